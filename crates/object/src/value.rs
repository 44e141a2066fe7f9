//! `Value`: one non-zero 64-bit word that is an integer, a float or a reference.
//!
//! DESIGN: value representation
//!
//! ```text
//! …xxx1   int, 63 bits, two's complement
//! …xx10   float whose exponent is in the common range, rotated into place
//! …0000   pointer to a heap object, 16-byte aligned
//! …0100   the same pointer, borrowed: on the VM stack only
//! ```
//!
//! A float qualifies when bits 62..60 of its IEEE form are `011` or `100`, that is for magnitudes from about 1.7e-77 to
//! 1.2e77. These bits are then implied by bit 60 alone: rotating the word left by three moves sign, 62 and 61 to the bottom, where 62
//! and 61 give way to the tag. Of the patterns that qualify, the two with an all-zero rest (±1.7e-77) are left to the heap and
//! their codes stand for 0.0 and -0.0.

use crate::header::Header;
use std::num::NonZeroU64;

/// One machine word that holds any Python value without owning it.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Value(NonZeroU64);

const INT_TAG: u64 = 0b1;
const FLOAT_TAG: u64 = 0b10;
const FLOAT_MASK: u64 = 0b11;
const FLOAT_SIGN: u64 = 0b100;
/// Marks a reference on the VM stack that does not own a count.
pub const BORROWED_TAG: u64 = 0b100;
const POINTER_MASK: u64 = 0b11;

const ZERO_CODE: u64 = 0x8000_0000_0000_0002;
const NEG_ZERO_CODE: u64 = 0x8000_0000_0000_0006;

/// The smallest and largest `int` that fit in the word.
pub const IMMEDIATE_MIN: i64 = -(1 << 62);
pub const IMMEDIATE_MAX: i64 = (1 << 62) - 1;

impl Value {
    /// The word with these bits.
    ///
    /// # Safety
    /// `bits` must have come from [`Value::bits`] of a value that is still valid.
    #[inline(always)]
    pub unsafe fn from_bits(bits: u64) -> Value {
        // SAFETY: no valid value is zero, by the caller's promise.
        Value(unsafe { NonZeroU64::new_unchecked(bits) })
    }

    #[inline(always)]
    pub fn bits(self) -> u64 {
        self.0.get()
    }

    /// An immediate integer, if `i` fits in 63 bits.
    #[inline(always)]
    pub fn from_int(i: i64) -> Option<Value> {
        let shifted = i.wrapping_shl(1);
        if shifted >> 1 == i { Some(Value::int_unchecked(i)) } else { None }
    }

    /// An immediate integer from the low 63 bits of `i`.
    #[inline(always)]
    pub const fn int_unchecked(i: i64) -> Value {
        match NonZeroU64::new(((i << 1) as u64) | INT_TAG) {
            Some(bits) => Value(bits),
            None => unreachable!(),
        }
    }

    /// An immediate float, if the exponent of `f` is in the common range.
    #[inline(always)]
    pub fn from_float(f: f64) -> Option<Value> {
        let bits = f.to_bits();
        let top = (bits >> 60) & 7;
        let code = if top == 3 || top == 4 {
            let rotated = (bits.rotate_left(3) & !FLOAT_MASK) | FLOAT_TAG;
            if rotated == ZERO_CODE || rotated == NEG_ZERO_CODE {
                return None;
            }
            rotated
        } else if bits == 0 {
            ZERO_CODE
        } else if bits == 1 << 63 {
            NEG_ZERO_CODE
        } else {
            return None;
        };
        NonZeroU64::new(code).map(Value)
    }

    /// A reference to a heap object.
    #[inline(always)]
    pub fn from_ptr(ptr: *const Header) -> Value {
        debug_assert!(!ptr.is_null() && (ptr as u64) & 0xf == 0);
        // SAFETY: object pointers are never null.
        Value(unsafe { NonZeroU64::new_unchecked(ptr as u64) })
    }

    #[inline(always)]
    pub fn is_int(self) -> bool {
        self.bits() & INT_TAG != 0
    }

    #[inline(always)]
    pub fn is_float(self) -> bool {
        self.bits() & FLOAT_MASK == FLOAT_TAG
    }

    /// True for references, borrowed ones included.
    #[inline(always)]
    pub fn is_ptr(self) -> bool {
        self.bits() & POINTER_MASK == 0
    }

    /// True for a reference marked borrowed.
    #[inline(always)]
    pub fn is_borrowed(self) -> bool {
        self.bits() & 0b111 == BORROWED_TAG
    }

    /// Both words are immediate integers.
    #[inline(always)]
    pub fn both_int(self, other: Value) -> bool {
        self.bits() & other.bits() & INT_TAG != 0
    }

    /// Both words are immediate floats.
    #[inline(always)]
    pub fn both_float(self, other: Value) -> bool {
        ((self.bits() ^ FLOAT_TAG) | (other.bits() ^ FLOAT_TAG)) & FLOAT_MASK == 0
    }

    /// True for two immediate floats without a minus, whose words order as their values do, taken for numbers with a sign.
    #[inline(always)]
    pub fn both_positive_float(self, other: Value) -> bool {
        ((self.bits() ^ FLOAT_TAG) | (other.bits() ^ FLOAT_TAG)) & (FLOAT_MASK | FLOAT_SIGN) == 0
    }

    /// An immediate number with the other sign, if that is one too.
    #[inline(always)]
    pub fn negated(self) -> Option<Value> {
        let bits = if self.is_int() {
            // The sum of both words is that of both tags.
            (2 * INT_TAG as i64).checked_sub(self.bits() as i64)? as u64
        } else if self.is_float() {
            self.bits() ^ FLOAT_SIGN
        } else {
            return None;
        };
        NonZeroU64::new(bits).map(Value)
    }

    /// A number that orders immediate floats as their values do: what [`Value::float`] returns need not be put together for a comparison.
    #[inline(always)]
    pub fn float_order(self) -> i64 {
        let bits = self.bits();
        // The implied exponent bits are those of the larger half where the top bit is clear; the codes of the zeros are the least of all then.
        let magnitude = ((bits ^ 1 << 63) >> 3) as i64;
        let sign = (bits << 61) as i64 >> 63;
        (magnitude ^ sign) - sign
    }

    #[inline(always)]
    pub fn as_int(self) -> Option<i64> {
        if self.is_int() { Some(self.int()) } else { None }
    }

    /// The integer of a word for which [`Value::is_int`] holds; otherwise some number.
    #[inline(always)]
    pub fn int(self) -> i64 {
        (self.bits() as i64) >> 1
    }

    #[inline(always)]
    pub fn as_float(self) -> Option<f64> {
        if self.is_float() { Some(self.float()) } else { None }
    }

    /// The float of a word for which [`Value::is_float`] holds; otherwise some number.
    #[inline(always)]
    pub fn float(self) -> f64 {
        let bits = self.bits();
        if bits & !0b100 == ZERO_CODE {
            return if bits == ZERO_CODE { 0.0 } else { -0.0 };
        }
        let implied = 2 - (bits >> 63);
        f64::from_bits(((bits & !FLOAT_MASK) | implied).rotate_right(3))
    }

    /// The object a reference points to, whether borrowed or not.
    #[inline(always)]
    pub fn as_ptr(self) -> Option<*const Header> {
        if self.is_ptr() { Some(self.ptr()) } else { None }
    }

    /// The address in a word for which [`Value::is_ptr`] holds.
    #[inline(always)]
    pub fn ptr(self) -> *const Header {
        (self.bits() & !BORROWED_TAG) as *const Header
    }

    /// The same value marked borrowed (immediates stay as they are).
    #[inline(always)]
    pub fn borrowed(self) -> Value {
        if self.is_ptr() { Value(self.0 | BORROWED_TAG) } else { self }
    }

    /// The same value without the borrowed mark.
    #[inline(always)]
    pub fn unborrowed(self) -> Value {
        if self.is_ptr() {
            // SAFETY: an object address stays non-zero without its tag.
            Value(unsafe { NonZeroU64::new_unchecked(self.bits() & !BORROWED_TAG) })
        } else {
            self
        }
    }

    /// Adds a count to the object referred to, if any.
    ///
    /// # Safety
    /// A reference must point to a live object.
    #[inline(always)]
    pub unsafe fn incref(self) {
        if self.is_ptr() {
            // SAFETY: live by the caller's promise.
            unsafe { (*self.ptr()).incref() }
        }
    }

    /// Takes a count from the object referred to, if any, and destroys it at zero.
    ///
    /// # Safety
    /// The caller owns the count it gives up; the word must not be marked borrowed.
    #[inline(always)]
    pub unsafe fn decref(self) {
        debug_assert!(!self.is_borrowed());
        if self.is_ptr() {
            // SAFETY: live and owned by the caller's promise; without a mark the word is the address.
            unsafe { Header::decref(self.bits() as *const Header) }
        }
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_int() {
            write!(f, "int {}", self.int())
        } else if self.is_float() {
            write!(f, "float {}", self.float())
        } else {
            write!(f, "object at {:p}", self.ptr())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_round_trip() {
        for i in [0, 1, -1, 42, IMMEDIATE_MAX, IMMEDIATE_MIN] {
            assert_eq!(Value::from_int(i).and_then(Value::as_int), Some(i));
        }
        for i in [i64::MAX, i64::MIN, IMMEDIATE_MAX + 1, IMMEDIATE_MIN - 1] {
            assert!(Value::from_int(i).is_none());
        }
    }

    #[test]
    fn floats_round_trip() {
        for f in [0.0, -0.0, 1.0, -1.0, 0.1, 1e76, -1e-76, std::f64::consts::PI, 2.0, 1.75e-77] {
            let v = Value::from_float(f).expect("common exponent");
            assert!(v.is_float() && !v.is_int() && !v.is_ptr());
            assert_eq!(v.float().to_bits(), f.to_bits());
        }
        let values = [-1e76, -2.0, -1.0, -1e-76, -0.0, 0.0, 1.75e-77, 1e-76, 0.1, 0.5, 1.0, 1.5, 2.0, 3.5, 4.0, 1e76];
        for (a, b) in values.iter().flat_map(|a| values.iter().map(move |b| (*a, *b))) {
            let order = |f| Value::from_float(f).expect("common exponent").float_order();
            assert_eq!(order(a).partial_cmp(&order(b)), a.partial_cmp(&b), "{a} {b}");
        }
        for f in [f64::NAN, f64::INFINITY, 1e300, 1e-300, f64::from_bits(0x3000_0000_0000_0000)] {
            assert!(Value::from_float(f).is_none(), "{f}");
        }
    }
}
