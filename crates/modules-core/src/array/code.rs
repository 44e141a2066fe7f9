//! The type codes: size, form and conversion of items.

use runtime::protocols::number;
use runtime::types::str::{self as pystr, Str};
use runtime::types::{float, int};
use runtime::{Obj, ObjExt, PyResult, Thread};

/// One row of the table of type codes.
pub(super) struct Code {
    pub(super) letter: u8,
    pub(super) size: usize,
    /// The item's form for the buffer protocol.
    pub(super) format: &'static str,
    /// The machine format code of pickles.
    pub(super) machine: i32,
    pub(super) kind: Kind,
}

/// What the items are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Character,
    Signed,
    Unsigned,
    Float,
}

macro_rules! codes {
    ($($letter:literal $size:literal $format:literal $machine:literal $kind:ident;)*) => {
        /// The type codes in the order of `array.typecodes`.
        pub(super) static ALL: [Code; 14] = [
            $(Code { letter: $letter, size: $size, format: $format, machine: $machine, kind: Kind::$kind },)*
        ];
    };
}

codes! {
    b'b' 1 "b" 1 Signed;
    b'B' 1 "B" 0 Unsigned;
    b'u' 4 "w" 20 Character;
    b'w' 4 "w" 20 Character;
    b'h' 2 "h" 4 Signed;
    b'H' 2 "H" 2 Unsigned;
    b'i' 4 "i" 8 Signed;
    b'I' 4 "I" 6 Unsigned;
    b'l' 8 "l" 12 Signed;
    b'L' 8 "L" 10 Unsigned;
    b'q' 8 "q" 12 Signed;
    b'Q' 8 "Q" 10 Unsigned;
    b'f' 4 "f" 14 Float;
    b'd' 8 "d" 16 Float;
}

/// The code that a character stands for.
pub(super) fn find(letter: u32) -> Option<&'static Code> {
    ALL.iter().find(|c| u32::from(c.letter) == letter)
}

/// The bytes of one item; the first `size` count.
pub(super) type Raw = [u8; 8];

impl Code {
    pub(super) fn is_text(&self) -> bool {
        self.kind == Kind::Character
    }

    pub(super) fn name(&self) -> char {
        self.letter as char
    }

    /// What a visitor makes of items of numbers: told their size, and what makes an object of one. `None` for characters.
    #[inline(always)]
    fn numbers<V: Visit>(&self, v: V) -> Option<V::Out> {
        Some(match (self.kind, self.size) {
            (Kind::Signed, 1) => v.visit(|[b]| Obj::small_int(i32::from(b as i8))),
            (Kind::Signed, 2) => v.visit(|b| Obj::small_int(i32::from(i16::from_le_bytes(b)))),
            (Kind::Signed, 4) => v.visit(|b| Obj::small_int(i32::from_le_bytes(b))),
            (Kind::Signed, _) => v.visit(|b| int::from_i64(i64::from_le_bytes(b))),
            (Kind::Unsigned, 1) => v.visit(|[b]| Obj::small_int(i32::from(b))),
            (Kind::Unsigned, 2) => v.visit(|b| Obj::small_int(i32::from(u16::from_le_bytes(b)))),
            (Kind::Unsigned, 4) => v.visit(|b| int::from_i64(i64::from(u32::from_le_bytes(b)))),
            (Kind::Unsigned, _) => v.visit(|b| int::from_u64(u64::from_le_bytes(b))),
            (Kind::Float, 4) => v.visit(|b| float::new(f64::from(f32::from_le_bytes(b)))),
            (Kind::Float, _) => v.visit(|b| float::new(f64::from_le_bytes(b))),
            (Kind::Character, _) => return None,
        })
    }

    /// The item at a position as an object, if there is one.
    #[inline(always)]
    pub(super) fn decode(&self, th: &Thread, bytes: &[u8], i: usize) -> PyResult<Option<Obj>> {
        match self.numbers(At(bytes, i)) {
            Some(item) => Ok(item),
            None => bytes.as_chunks().0.get(i).map(|c| text_item(th, *c)).transpose(),
        }
    }

    /// Appends all items as objects.
    pub(super) fn decode_all(&self, th: &Thread, bytes: &[u8], to: &mut Vec<Obj>) -> PyResult<()> {
        if self.numbers(All(bytes, to)).is_none() {
            for c in bytes.as_chunks().0 {
                to.push(text_item(th, *c)?);
            }
        }
        Ok(())
    }

    /// An object as the bytes of an item.
    #[inline]
    pub(super) fn encode(&self, th: &Thread, o: &Obj) -> PyResult<Raw> {
        let widen4 = |four: [u8; 4]| {
            let mut raw = [0; 8];
            raw[..4].copy_from_slice(&four);
            raw
        };
        match self.kind {
            Kind::Float => {
                let x = number::as_f64(th, o)?;
                Ok(if self.size == 4 { widen4((x as f32).to_le_bytes()) } else { x.to_le_bytes() })
            }
            Kind::Character => character(th, o, "array item").map(|c| widen4(c.to_le_bytes())),
            Kind::Signed | Kind::Unsigned => self.integer(th, o),
        }
    }

    fn integer(&self, th: &Thread, o: &Obj) -> PyResult<Raw> {
        let fast = o.value().as_int().filter(|&i| self.range().contains(&i128::from(i)));
        if let Some(i) = fast {
            return Ok(i.to_le_bytes());
        }
        let index = number::index(th, o)?;
        match int::to_i128(&index) {
            Some(i) if self.range().contains(&i) => Ok((i as u64).to_le_bytes()),
            wide => Err(th.overflow_error(self.overflow(wide, int::is_negative(&index)))),
        }
    }

    fn range(&self) -> std::ops::RangeInclusive<i128> {
        let bits = self.size as u32 * 8;
        match self.kind {
            Kind::Signed => -(1 << (bits - 1))..=(1 << (bits - 1)) - 1,
            _ => 0..=(1 << bits) - 1,
        }
    }

    /// What is said of an integer that does not fit: small types take the way over a wider C type.
    #[cold]
    fn overflow(&self, value: Option<i128>, negative: bool) -> &'static str {
        let long = value.is_some_and(|i| i64::try_from(i).is_ok());
        let fits_int = value.is_some_and(|i| i32::try_from(i).is_ok());
        let fits_short = value.is_some_and(|i| i16::try_from(i).is_ok());
        let pick = |below: &'static str, above: &'static str| if negative { below } else { above };
        match self.letter {
            b'q' => "int too big to convert",
            b'Q' => pick("can't convert negative int to unsigned", "int too big to convert"),
            b'I' | b'L' if negative => "can't convert negative value to unsigned int",
            b'I' if value.is_some_and(|i| i <= i128::from(u64::MAX)) => "unsigned int is greater than maximum",
            b'I' | b'L' => "Python int too large to convert to C unsigned long",
            _ if !long => "Python int too large to convert to C long",
            b'b' if fits_short => pick("signed char is less than minimum", "signed char is greater than maximum"),
            b'b' | b'h' => pick("signed short integer is less than minimum", "signed short integer is greater than maximum"),
            b'B' => pick("unsigned byte integer is less than minimum", "unsigned byte integer is greater than maximum"),
            b'H' if fits_int => pick("unsigned short is less than minimum", "unsigned short is greater than maximum"),
            _ => pick("signed integer is less than minimum", "signed integer is greater than maximum"),
        }
    }
}

/// Does something with items of a size that is known when it is compiled.
trait Visit {
    type Out;
    fn visit<const N: usize>(self, make: impl Fn([u8; N]) -> Obj) -> Self::Out;
}

/// Makes the item at a position.
struct At<'a>(&'a [u8], usize);

impl Visit for At<'_> {
    type Out = Option<Obj>;
    #[inline(always)]
    fn visit<const N: usize>(self, make: impl Fn([u8; N]) -> Obj) -> Option<Obj> {
        self.0.as_chunks().0.get(self.1).map(|item| make(*item))
    }
}

/// Appends all items.
struct All<'a>(&'a [u8], &'a mut Vec<Obj>);

impl Visit for All<'_> {
    type Out = ();
    #[inline(always)]
    fn visit<const N: usize>(self, make: impl Fn([u8; N]) -> Obj) {
        self.1.extend(self.0.as_chunks().0.iter().map(|item| make(*item)));
    }
}

/// A character as an object.
#[inline(never)]
fn text_item(th: &Thread, item: [u8; 4]) -> PyResult<Obj> {
    match u32::from_le_bytes(item) {
        c @ ..=0x10ffff => Ok(pystr::single(c).into_obj()),
        _ => Err(th.value_error("chr() arg not in range(0x110000)")),
    }
}

/// The only character of a string (the `C` of argument formats). `what` names the argument.
pub(super) fn character(th: &Thread, o: &Obj, what: &str) -> PyResult<u32> {
    let Some(s) = o.downcast::<Str>() else {
        return Err(th.type_error(format!("{what} must be a unicode character, not {}", o.ty().name())));
    };
    match s.chars().get(0) {
        Some(c) if s.len() == 1 => Ok(c),
        _ => Err(th.type_error(format!("{what} must be a unicode character, not a string of length {}", s.len()))),
    }
}
