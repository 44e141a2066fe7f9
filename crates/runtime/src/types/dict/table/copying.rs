//! Copies of tables.

use super::{HEAD, Inner, MIN_LOG2, PAIR, Pair, SMALL_BYTES, stride, usable_fraction};
use object::alloc::alloc_block;

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
        if head.is_small() {
            match head.log2_size {
                MIN_LOG2 => copy.copy_small::<{ MIN_LOG2 as usize }>(self),
                4 => copy.copy_small::<4>(self),
                _ => copy.copy_small::<5>(self),
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

    /// Makes a table without a block a copy of one with `1 << LOG2` slots, one of [`SMALL_BYTES`].
    #[inline(always)]
    fn copy_small<const LOG2: usize>(&mut self, from: &Inner) {
        debug_assert!(from.head().log2_size as usize == LOG2);
        let front = HEAD + (1 << LOG2);
        // SAFETY: both blocks are of this size; entries below `nentries` are initialised, and their references counted.
        unsafe {
            let block = alloc_block(SMALL_BYTES[LOG2]);
            for word in 0..front / 8 {
                block.cast::<u64>().add(word).write(from.head.cast::<u64>().add(word).read());
            }
            self.head = block.cast();
            self.entries = block.add(front);
            for i in 0..from.head().nentries {
                let Pair { key, value } = &*from.entries.add(i * PAIR).cast::<Pair>();
                self.entries.add(i * PAIR).cast::<Pair>().write(Pair { key: key.clone(), value: value.clone() });
            }
        }
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
