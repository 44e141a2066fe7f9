//! The state of an instance's inline attributes, in the flags of its header; what it is for is described in `inline_keys`.

use object::Header;
use std::sync::atomic::Ordering::Relaxed;

/// How many inline words an instance has, and in which order its attributes were made.
///
/// Bits 0..8 are the capacity in words. From bit 16 on stand up to [`LATE`] words that were filled out of order, the earliest first, each of [`LATE_BITS`] bits and one above
/// the word's index. Bits 8..16 are the high-water mark, which is above all other words that are filled. The last bit belongs to native types.
#[derive(Clone, Copy)]
pub struct InlineState(u32);

/// How many words may be filled out of order.
const LATE: u32 = 3;
const LATE_BITS: u32 = 5;
const LATE_FIRST: u32 = 16;
const LATE_MASK: u32 = (1 << (LATE * LATE_BITS)) - 1;
const ONE_MASK: u32 = (1 << LATE_BITS) - 1;

const _: () = assert!(super::MAX_INLINE < ONE_MASK as usize && LATE_FIRST + LATE * LATE_BITS == 31);

impl InlineState {
    #[inline(always)]
    pub fn of(header: &Header) -> InlineState {
        InlineState(header.flags.load(Relaxed))
    }

    /// The state of a new instance.
    #[inline(always)]
    pub fn start(header: &Header, capacity: usize) {
        header.flags.store(capacity as u32, Relaxed);
    }

    #[inline(always)]
    pub fn store(self, header: &Header) {
        header.flags.store(self.0, Relaxed);
    }

    /// Words that the instance has.
    #[inline(always)]
    pub fn capacity(self) -> usize {
        (self.0 & 0xff) as usize
    }

    #[inline(always)]
    fn mark(self) -> u32 {
        self.0 >> 8 & 0xff
    }

    #[inline(always)]
    fn with_mark(self, mark: u32) -> InlineState {
        InlineState(self.0 & !0xff00 | mark << 8)
    }

    #[inline(always)]
    fn late_bits(self) -> u32 {
        self.0 >> LATE_FIRST & LATE_MASK
    }

    #[inline(always)]
    fn with_late(self, late: u32) -> InlineState {
        InlineState(self.0 & !(LATE_MASK << LATE_FIRST) | late << LATE_FIRST)
    }

    /// The words that were filled out of order, in the order in which they were.
    #[inline(always)]
    pub fn late(self) -> impl Iterator<Item = usize> {
        let mut rest = self.late_bits();
        std::iter::from_fn(move || {
            let index = (rest & ONE_MASK).checked_sub(1)?;
            rest >>= LATE_BITS;
            Some(index as usize)
        })
    }

    /// Whether the empty word `index` comes behind all others when it is filled.
    #[inline(always)]
    pub fn comes_last(self, index: usize) -> bool {
        // With words that came late this is above every index.
        index >= (self.0 >> 8) as usize
    }

    /// The state after the empty word `index`, which comes last, was filled.
    #[inline(always)]
    pub fn filled_last(self, index: usize) -> InlineState {
        self.with_mark(index as u32 + 1)
    }

    /// The state after the empty word `index` was filled; `None` if the order can't be told any more.
    #[inline]
    pub fn filled(self, index: usize) -> Option<InlineState> {
        let late = self.late_bits();
        let place = match late {
            0 if index >= self.mark() as usize => return Some(self.filled_last(index)),
            0 => 0,
            _ if late >> LATE_BITS == 0 => LATE_BITS,
            _ if late >> (2 * LATE_BITS) == 0 => 2 * LATE_BITS,
            _ => return None,
        };
        Some(self.with_late(late | (index as u32 + 1) << place))
    }

    /// The state after the word `index` was emptied; `highest` tells one above the highest word that is filled.
    #[inline]
    pub fn emptied(self, index: usize, highest: impl FnOnce() -> usize) -> InlineState {
        let late = self.late_bits();
        if late == 0 {
            return if self.mark() as usize == index + 1 { self.with_mark(highest() as u32) } else { self };
        }
        let Some(place) = self.late().position(|i| i == index) else { return self };
        let at = place as u32 * LATE_BITS;
        let before = late & ((1 << at) - 1);
        self.with_late(before | (late >> (at + LATE_BITS)) << at)
    }
}

#[cfg(test)]
mod tests {
    use super::InlineState;

    fn order(s: InlineState) -> (u32, Vec<usize>) {
        (s.mark(), s.late().collect())
    }

    #[test]
    fn words_in_order_raise_the_mark() {
        let s = InlineState(4).filled(0).and_then(|s| s.filled(2)).unwrap();
        assert_eq!((s.capacity(), order(s)), (4, (3, vec![])));
        assert_eq!(order(s.emptied(2, || 1)), (1, vec![]));
        assert_eq!(order(s.emptied(0, || unreachable!())), (3, vec![]));
    }

    #[test]
    fn words_out_of_order_are_remembered_up_to_a_number() {
        let s = InlineState(8).filled(5).and_then(|s| s.filled(1)).and_then(|s| s.filled(0)).and_then(|s| s.filled(7)).unwrap();
        assert_eq!(order(s), (6, vec![1, 0, 7]));
        assert!(s.filled(2).is_none());
        let s = s.emptied(0, || unreachable!());
        assert_eq!(order(s), (6, vec![1, 7]));
        let s = s.filled(29).unwrap();
        assert_eq!(order(s), (6, vec![1, 7, 29]));
        let s = s.emptied(7, || unreachable!()).emptied(5, || unreachable!()).emptied(29, || unreachable!());
        let s = s.emptied(1, || unreachable!());
        assert_eq!(order(s), (6, vec![]));
        assert!(s.comes_last(6) && !s.comes_last(5));
        assert_eq!(s.capacity(), 8);
    }
}
