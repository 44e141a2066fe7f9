//! Writing: the bytes of each kind of object, and references to objects that were written before.

use super::{VERSION, format_float, kind};
use dashu_int::ops::BitTest;
use dashu_int::{IBig, Sign};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

/// Collects the bytes of a marshalled object.
///
/// Whoever walks an object calls [`begin`](Writer::begin) first, unless it is one of those that are never referred to
/// (`None`, bools, `...`, `StopIteration`), and passes the flag on to the method for its kind. Contents follow their head.
/// Bounding the depth is the walker's part.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
    version: i32,
    refs: HashMap<usize, u32, BuildHasherDefault<IdentityHasher>>,
    count: u32,
}

/// The hash of what tells an object from others: spread over the bits that maps look at, which are the highest and the lowest.
#[derive(Default)]
struct IdentityHasher(u64);

impl Hasher for IdentityHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.write_usize(self.0 as usize ^ usize::from(b));
        }
    }

    #[inline]
    fn write_usize(&mut self, n: usize) {
        let n = (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = n ^ n >> 32;
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

/// What [`Writer::begin`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The object was written before: a reference to it stands in the output, nothing else is to be done.
    Reference,
    /// The object is to be written.
    New(Flag),
}

/// The mark of an object that has a reference number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag(u8);

impl Flag {
    /// For an object that is not referred to again.
    pub const NONE: Flag = Flag(0);
}

impl Writer {
    /// A writer for a version of the format, 0 to 5; more than that counts as 5.
    pub fn new(version: i32) -> Writer {
        Writer { out: Vec::new(), version: version.min(VERSION), refs: HashMap::default(), count: 0 }
    }

    pub fn version(&self) -> i32 {
        self.version
    }

    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    /// Starts an object. `identity` tells it from all others and is `None` if no one else refers to it, so that it needs no number.
    ///
    /// The object must stay alive until the writer is done, or another could take its identity.
    pub fn begin(&mut self, identity: Option<usize>) -> Begun {
        let Some(identity) = identity.filter(|_| self.version >= 3) else { return Begun::New(Flag::NONE) };
        match self.refs.entry(identity) {
            Entry::Occupied(number) => {
                self.out.push(kind::REF);
                self.out.extend(number.get().to_le_bytes());
                Begun::Reference
            }
            Entry::Vacant(place) => {
                place.insert(self.count);
                self.count += 1;
                Begun::New(Flag(kind::FLAG_REF))
            }
        }
    }

    fn kind(&mut self, kind: u8, flag: Flag) {
        self.out.push(kind | flag.0);
    }

    fn length(&mut self, length: usize) -> Result<(), super::WriteError> {
        let length = i32::try_from(length).map_err(|_| super::WriteError::Unmarshallable)?;
        self.long(length);
        Ok(())
    }

    /// A plain number of four bytes, as a field of a code object.
    pub fn long(&mut self, value: i32) {
        self.out.extend(value.to_le_bytes());
    }

    /// The end of a dict's items.
    pub fn null(&mut self) {
        self.out.push(kind::NULL);
    }

    pub fn none(&mut self) {
        self.out.push(kind::NONE);
    }

    pub fn bool(&mut self, value: bool) {
        self.out.push(if value { kind::TRUE } else { kind::FALSE });
    }

    pub fn ellipsis(&mut self) {
        self.out.push(kind::ELLIPSIS);
    }

    pub fn stop_iteration(&mut self) {
        self.out.push(kind::STOPITER);
    }

    pub fn int(&mut self, flag: Flag, value: i64) {
        match i32::try_from(value) {
            Ok(small) => {
                self.kind(kind::INT, flag);
                self.long(small);
            }
            Err(_) => self.digits(flag, &IBig::from(value)),
        }
    }

    pub fn big_int(&mut self, flag: Flag, value: &IBig) {
        match i64::try_from(value) {
            Ok(small) => self.int(flag, small),
            Err(_) => self.digits(flag, value),
        }
    }

    /// Digits of 15 bits.
    fn digits(&mut self, flag: Flag, value: &IBig) {
        let (sign, magnitude) = value.clone().into_parts();
        let count = magnitude.bit_len().div_ceil(15) as i32;
        self.kind(kind::LONG, flag);
        self.long(if sign == Sign::Negative { -count } else { count });
        let (mut buffer, mut bits, mut written) = (0u32, 0, 0);
        for byte in magnitude.to_le_bytes().iter() {
            buffer |= u32::from(*byte) << bits;
            bits += 8;
            if bits >= 15 {
                self.out.extend(((buffer & 0x7fff) as u16).to_le_bytes());
                (buffer, bits, written) = (buffer >> 15, bits - 15, written + 1);
            }
        }
        if written < count {
            self.out.extend((buffer as u16).to_le_bytes());
        }
    }

    pub fn float(&mut self, flag: Flag, value: f64) {
        if self.version > 1 {
            self.kind(kind::BINARY_FLOAT, flag);
            self.out.extend(value.to_le_bytes());
        } else {
            self.kind(kind::FLOAT, flag);
            self.float_text(value);
        }
    }

    pub fn complex(&mut self, flag: Flag, real: f64, imag: f64) {
        if self.version > 1 {
            self.kind(kind::BINARY_COMPLEX, flag);
            self.out.extend(real.to_le_bytes());
            self.out.extend(imag.to_le_bytes());
        } else {
            self.kind(kind::COMPLEX, flag);
            self.float_text(real);
            self.float_text(imag);
        }
    }

    fn float_text(&mut self, value: f64) {
        let text = format_float::seventeen_digits(value);
        self.out.push(text.len() as u8);
        self.out.extend(text.bytes());
    }

    /// Bytes, and whatever else offers a buffer.
    pub fn bytes(&mut self, flag: Flag, value: &[u8]) -> Result<(), super::WriteError> {
        self.kind(kind::STRING, flag);
        self.length(value.len())?;
        self.out.extend(value);
        Ok(())
    }

    /// Text in UTF-8, surrogates as three bytes each.
    pub fn text(&mut self, flag: Flag, utf8: &[u8], interned: bool) -> Result<(), super::WriteError> {
        if self.version >= 4 && utf8.is_ascii() {
            if let Ok(short) = u8::try_from(utf8.len()) {
                self.kind(if interned { kind::SHORT_ASCII_INTERNED } else { kind::SHORT_ASCII }, flag);
                self.out.push(short);
            } else {
                self.kind(if interned { kind::ASCII_INTERNED } else { kind::ASCII }, flag);
                self.length(utf8.len())?;
            }
        } else {
            self.kind(if interned && self.version >= 3 { kind::INTERNED } else { kind::UNICODE }, flag);
            self.length(utf8.len())?;
        }
        self.out.extend(utf8);
        Ok(())
    }

    /// The head of a tuple; its items follow.
    pub fn tuple(&mut self, flag: Flag, length: usize) -> Result<(), super::WriteError> {
        match u8::try_from(length) {
            Ok(short) if self.version >= 4 => {
                self.kind(kind::SMALL_TUPLE, flag);
                self.out.push(short);
                Ok(())
            }
            _ => {
                self.kind(kind::TUPLE, flag);
                self.length(length)
            }
        }
    }

    /// The head of a list; its items follow.
    pub fn list(&mut self, flag: Flag, length: usize) -> Result<(), super::WriteError> {
        self.kind(kind::LIST, flag);
        self.length(length)
    }

    /// The head of a dict; keys and values follow in turn, then a [`null`](Writer::null).
    pub fn dict(&mut self, flag: Flag) {
        self.kind(kind::DICT, flag);
    }

    /// The head of a set or frozenset; its items follow, in the order of what each alone is marshalled to.
    pub fn set(&mut self, flag: Flag, frozen: bool, length: usize) -> Result<(), super::WriteError> {
        self.kind(if frozen { kind::FROZENSET } else { kind::SET }, flag);
        self.length(length)
    }

    /// The head of a slice; its three parts follow. Only version 5 has slices.
    pub fn slice(&mut self, flag: Flag) -> Result<(), super::WriteError> {
        if self.version < 5 {
            return Err(super::WriteError::Unmarshallable);
        }
        self.kind(kind::SLICE, flag);
        Ok(())
    }

    /// The head of a code object.
    ///
    /// There follow the [`long`](Writer::long)s `argcount`, `posonlyargcount`, `kwonlyargcount`, `stacksize`, `flags`; the objects
    /// `code`, `consts`, `names`, `localsplusnames`, `localspluskinds`, `filename`, `name`, `qualname`; the long
    /// `firstlineno`; the objects `linetable`, `exceptiontable`.
    pub fn code(&mut self, flag: Flag) {
        self.kind(kind::CODE, flag);
    }
}
