//! Which built-in types are in a type's MRO, as a set of numbers: native code asks that all the time.
//!
//! DESIGN: subtype tests. Built-in types are numbered as they are made ready. A type keeps the numbers of those in its MRO as bits, so that
//! `issubclass` of a built-in type is one look instead of a walk. Types without a number (those that programs make, and built-in ones beyond the room) are looked for in the MRO.

use super::{Type, TypeObject};
use crate::types::tuple::Tuple;
use crate::{ObjExt, Py};
use std::cell::Cell;
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};

const WORDS: usize = 8;

/// The numbers of the built-in types in an MRO. Number 0 stands for "the MRO is known".
pub(crate) struct Ancestors([Cell<u64>; WORDS]);

impl Ancestors {
    pub(crate) const fn new() -> Ancestors {
        Ancestors([const { Cell::new(0) }; WORDS])
    }

    #[inline(always)]
    pub(crate) fn contains(&self, number: u16) -> bool {
        self.0[usize::from(number) / 64 % WORDS].get() >> (number % 64) & 1 != 0
    }

    #[inline(always)]
    pub(crate) fn known(&self) -> bool {
        self.contains(0)
    }

    fn set<'a>(&self, mro: impl Iterator<Item = &'a TypeObject>) {
        let mut bits = [0u64; WORDS];
        bits[0] = 1;
        for ty in mro {
            let n = usize::from(ty.number.get());
            bits[n / 64] |= 1 << (n % 64);
        }
        for (word, bits) in self.0.iter().zip(bits) {
            word.set(bits);
        }
    }
}

static NUMBERS: AtomicU16 = AtomicU16::new(1);

impl Type {
    /// Gives a built-in type its number, as long as there are any.
    pub(super) fn give_number(&self) {
        if self.number.get() == 0 {
            let next = NUMBERS.fetch_update(Relaxed, Relaxed, |n| (usize::from(n) < WORDS * 64).then_some(n + 1));
            self.number.set(next.unwrap_or(0));
        }
    }

    /// Sets the MRO and returns the old one.
    pub(crate) fn set_mro(&self, mro: Option<Py<Tuple>>) -> Option<Py<Tuple>> {
        if let Some(mro) = &mro {
            self.ancestors.set(mro.items().iter().filter_map(|t| t.downcast::<Type>()).map(|t| t.as_object()));
        }
        self.mro.replace(mro)
    }
}
