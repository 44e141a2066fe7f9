//! Copies of tables.

use super::{HEAD, Inner, MIN_LOG2, PAIR, Pair, stride, usable_fraction};

impl Inner {
    /// A copy in the same layout, holes included.
    pub(in crate::types::dict) fn duplicate(&self) -> Inner {
        let mut copy = Inner::empty();
        if !self.is_allocated() {
            return copy;
        }
        let head = self.head();
        copy.used = self.used;
        let (n, stride) = (head.nentries, stride(head.general));
        if stride == PAIR && head.log2_size == MIN_LOG2 {
            copy.allocate_smallest();
            // SAFETY: both blocks are the smallest ones; entries below `nentries` are initialised, and their references counted.
            unsafe {
                const FRONT: usize = HEAD + (1 << MIN_LOG2);
                copy.head.cast::<[u64; FRONT / 8]>().write(self.head.cast::<[u64; FRONT / 8]>().read());
                for i in 0..n {
                    let Pair { key, value } = &*self.entries.add(i * PAIR).cast::<Pair>();
                    copy.entries.add(i * PAIR).cast::<Pair>().write(Pair { key: key.clone(), value: value.clone() });
                }
            }
            return copy;
        }
        let index_bytes = (1usize << head.log2_size) << head.log2_width;
        // SAFETY: both blocks get the same layout, slots in whole words; a head is plain memory.
        unsafe {
            copy.allocate_blank(self.head.read());
            let (from, to) = (self.head.add(1).cast::<u64>(), copy.head.add(1).cast::<u64>());
            if index_bytes == 16 {
                to.cast::<[u64; 2]>().write(from.cast::<[u64; 2]>().read());
            } else {
                std::ptr::copy_nonoverlapping(from, to, index_bytes / 8);
            }
        }
        let (mut from, mut to) = (self.entries, copy.entries);
        for _ in 0..n {
            // SAFETY: entries below `nentries` are initialised, those of a general table with a hash in front.
            unsafe {
                if stride != PAIR {
                    to.cast::<u64>().sub(1).write(from.cast::<u64>().sub(1).read());
                }
                let Pair { key, value } = &*from.cast::<Pair>();
                to.cast::<Pair>().write(Pair { key: key.clone(), value: value.clone() });
                (from, to) = (from.add(stride), to.add(stride));
            }
        }
        copy
    }

    /// A copy without holes, in the smallest block.
    pub(in crate::types::dict) fn compacted(&self) -> Inner {
        let mut copy = Inner::with_capacity(self.used, self.is_general());
        let mut pos = 0;
        while let Some((k, v)) = self.next(&mut pos) {
            let hash = self.hash_at(pos - 1);
            copy.insert_new(k.clone(), hash, v.clone());
        }
        copy
    }

    /// Whether the table has few enough holes to be copied as it is.
    pub(in crate::types::dict) fn is_dense(&self) -> bool {
        self.used >= self.nentries() * 2 / 3
    }

    /// Whether a merge into an empty dict may copy the table as it is.
    pub(in crate::types::dict) fn fits_tightly(&self) -> bool {
        let log2 = self.head().log2_size;
        self.used == self.nentries() && (log2 == MIN_LOG2 || usable_fraction(1 << log2 >> 1) < self.used)
    }
}
