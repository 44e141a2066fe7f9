//! The two-way algorithm (Crochemore and Perrin, 1991) for wide characters: linear time, constant space, helped by a table
//! that skips ahead by the window's last character.

use std::borrow::Cow;

/// A wide character.
pub(super) trait Unit: Copy + Ord + std::fmt::Debug {
    /// The bits that select an entry of the skip table.
    fn low(self) -> usize;
}

impl Unit for u16 {
    fn low(self) -> usize {
        usize::from(self) & 0xFF
    }
}

impl Unit for u32 {
    fn low(self) -> usize {
        self as usize & 0xFF
    }
}

/// A needle, analysed.
///
/// Invariants: `needle` is not empty; `cut` is a critical position, so that a mismatch at `i >= cut` allows a shift of
/// `i - cut + 1`; after a mismatch left of `cut` the window moves by `period`, which is the needle's own period if
/// `is_periodic` (then what matched is remembered), and otherwise no more than that period.
#[derive(Debug)]
pub(super) struct TwoWay<'a, T: Unit> {
    needle: Cow<'a, [T]>,
    cut: usize,
    period: usize,
    is_periodic: bool,
    /// By the low bits of a character: distance from its last occurrence to the needle's end. Only for needles worth it.
    skip: Option<Box<[u8; 256]>>,
}

/// Shorter needles are found without the table.
const TABLE_MIN: usize = 4;

impl<'a, T: Unit> TwoWay<'a, T> {
    pub(super) fn new(needle: Cow<'a, [T]>) -> Self
    where
        [T]: ToOwned<Owned = Vec<T>>,
    {
        let (cut_1, period_1) = maximal_suffix(&needle, false);
        let (cut_2, period_2) = maximal_suffix(&needle, true);
        let (cut, suffix_period) = if cut_1 > cut_2 { (cut_1, period_1) } else { (cut_2, period_2) };
        let is_periodic = suffix_period + cut <= needle.len() && needle[..cut] == needle[suffix_period..suffix_period + cut];
        let period = if is_periodic { suffix_period } else { cut.max(needle.len() - cut) + 1 };
        let skip = (needle.len() >= TABLE_MIN).then(|| {
            let mut table = Box::new([needle.len().min(255) as u8; 256]);
            for (distance, &c) in needle.iter().rev().enumerate().take(255).collect::<Vec<_>>().into_iter().rev() {
                table[c.low()] = distance as u8;
            }
            table
        });
        TwoWay { needle, cut, period, is_periodic, skip }
    }

    pub(super) fn find(&self, hay: &[T]) -> Option<usize> {
        let needle = &*self.needle;
        if let [c] = needle {
            return position(hay, *c);
        }
        let last = needle.len() - 1;
        let (mut pos, mut known) = (0, 0);
        while let Some(window) = hay.get(pos..pos + needle.len()) {
            if let Some(table) = &self.skip {
                let skip = usize::from(table[window[last].low()]);
                if skip > 0 {
                    // The window mismatches at its end, hence no earlier than where the comparison below would have begun.
                    let compared = if known > 0 { self.cut.max(known) - self.cut + 1 } else { 1 };
                    pos += skip.max(compared);
                    known = 0;
                    continue;
                }
            }
            let from = self.cut.max(known);
            if let Some(i) = (from..needle.len()).find(|&i| needle[i] != window[i]) {
                pos += i - self.cut + 1;
                known = 0;
            } else if (known..self.cut).rev().all(|i| needle[i] == window[i]) {
                return Some(pos);
            } else {
                pos += self.period;
                known = if self.is_periodic { needle.len() - self.period } else { 0 };
            }
        }
        None
    }
}

/// Position of the first `c`: sixteen at a time, which the compiler turns into vector instructions.
pub(super) fn position<T: Unit>(hay: &[T], c: T) -> Option<usize> {
    let (chunks, rest) = hay.as_chunks::<16>();
    for (index, chunk) in chunks.iter().enumerate() {
        if chunk.iter().fold(false, |found, &x| found | (x == c)) {
            return chunk.iter().position(|&x| x == c).map(|at| index * 16 + at);
        }
    }
    rest.iter().position(|&x| x == c).map(|at| chunks.len() * 16 + at)
}

/// Position of the last occurrence of a needle that is not empty.
pub(super) fn rfind<T: Unit>(hay: &[T], needle: &[T]) -> Option<usize>
where
    [T]: ToOwned<Owned = Vec<T>>,
{
    // Few needles are periodic enough to make the naive search slow; those are searched back to front in reversed copies.
    let budget = hay.len().saturating_mul(4) + needle.len();
    let mut spent = 0;
    for pos in (0..=hay.len().checked_sub(needle.len())?).rev() {
        let matched = needle.iter().zip(&hay[pos..]).take_while(|(a, b)| a == b).count();
        if matched == needle.len() {
            return Some(pos);
        }
        spent += matched + 1;
        if spent > budget {
            let reversed = |text: &[T]| text.iter().rev().copied().collect::<Vec<T>>();
            let rest = reversed(&hay[..pos + needle.len() - 1]);
            let at = TwoWay::new(Cow::Owned(reversed(needle))).find(&rest)?;
            return Some(rest.len() - at - needle.len());
        }
    }
    None
}

/// Start and period of the greatest suffix in the order of the characters, or in the opposite order.
fn maximal_suffix<T: Ord>(text: &[T], opposite: bool) -> (usize, usize) {
    let (mut start, mut candidate, mut offset, mut period) = (0, 1, 0, 1);
    while candidate + offset < text.len() {
        let (a, b) = (&text[candidate + offset], &text[start + offset]);
        let order = if opposite { b.cmp(a) } else { a.cmp(b) };
        match order {
            std::cmp::Ordering::Less => {
                candidate += offset + 1;
                offset = 0;
                period = candidate - start;
            }
            std::cmp::Ordering::Equal if offset + 1 == period => {
                candidate += period;
                offset = 0;
            }
            std::cmp::Ordering::Equal => offset += 1,
            std::cmp::Ordering::Greater => {
                start = candidate;
                candidate += 1;
                offset = 0;
                period = 1;
            }
        }
    }
    (start, period)
}
