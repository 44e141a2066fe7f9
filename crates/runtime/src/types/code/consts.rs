//! Constants of code objects as Python objects. Equal constants of one compilation are one object, as CPython's compiler merges them.

use super::Code;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::Tuple;
use crate::types::{bytes, tuple};
use crate::{Obj, ObjExt, Py, Thread};
use bytecode::{CodeData, Const, Text};
use std::collections::HashMap;
use std::hash::{Hash, Hasher};

/// A constant as a key: same type and value all the way down, `0.0` apart from `-0.0` (`_PyCode_ConstantKey`).
struct Key(Const);

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        hash_const(&self.0, state);
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Key) -> bool {
        same(&self.0, &other.0)
    }
}

impl Eq for Key {}

fn hash_const<H: Hasher>(c: &Const, state: &mut H) {
    std::mem::discriminant(c).hash(state);
    match c {
        Const::None | Const::True | Const::False | Const::Ellipsis | Const::Code(_) => {}
        Const::Int(i) => i.hash(state),
        Const::BigInt(b) => b.hash(state),
        Const::Float(f) => f.to_bits().hash(state),
        Const::Complex { real, imag } => (real.to_bits(), imag.to_bits()).hash(state),
        Const::Str(s) | Const::Bytes(s) => s.hash(state),
        Const::Tuple(items) | Const::FrozenSet(items) => items.iter().for_each(|c| hash_const(c, state)),
        Const::Slice(parts) => parts.iter().for_each(|c| hash_const(c, state)),
    }
}

fn same(a: &Const, b: &Const) -> bool {
    let all = |a: &[Const], b: &[Const]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b));
    match (a, b) {
        (Const::None, Const::None)
        | (Const::True, Const::True)
        | (Const::False, Const::False)
        | (Const::Ellipsis, Const::Ellipsis) => true,
        (Const::Int(a), Const::Int(b)) => a == b,
        (Const::BigInt(a), Const::BigInt(b)) => a == b,
        (Const::Float(a), Const::Float(b)) => a.to_bits() == b.to_bits(),
        (Const::Complex { real: a, imag: b }, Const::Complex { real: c, imag: d }) => {
            a.to_bits() == c.to_bits() && b.to_bits() == d.to_bits()
        }
        (Const::Str(a), Const::Str(b)) | (Const::Bytes(a), Const::Bytes(b)) => a == b,
        (Const::Tuple(a), Const::Tuple(b)) | (Const::FrozenSet(a), Const::FrozenSet(b)) => all(a, b),
        (Const::Slice(a), Const::Slice(b)) => all(&a[..], &b[..]),
        (Const::Code(a), Const::Code(b)) => std::sync::Arc::ptr_eq(a, b),
        _ => false,
    }
}

/// What the code objects of one compilation share.
pub(super) struct Pool<'a> {
    th: &'a Thread,
    merged: HashMap<Key, Obj>,
    filename: Option<(Text, Py<Str>)>,
}

impl Pool<'_> {
    pub(super) fn new(th: &Thread) -> Pool<'_> {
        Pool { th, merged: HashMap::new(), filename: None }
    }

    /// The object of a constant. Strings that look like names are interned, as CPython does.
    pub(super) fn object(&mut self, c: &Const) -> Obj {
        match c {
            Const::None => crate::none(),
            Const::True => crate::bool_obj(true),
            Const::False => crate::bool_obj(false),
            Const::Ellipsis => crate::ellipsis(),
            Const::Int(i) => crate::types::int::from_i64(*i),
            Const::Str(s) if s.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_') => {
                pystr::intern_obj(&pystr::from_wtf8(s)).into_obj()
            }
            Const::Code(code) => self.code((**code).clone()).into_obj(),
            Const::Tuple(items) if items.iter().any(|c| matches!(c, Const::Code(_))) => self.make(c),
            _ => {
                if let Some(known) = self.merged.get(&Key(c.clone())) {
                    return known.clone();
                }
                let made = self.make(c);
                self.merged.insert(Key(c.clone()), made.clone());
                made
            }
        }
    }

    fn objects(&mut self, items: &[Const]) -> Vec<Obj> {
        items.iter().map(|c| self.object(c)).collect()
    }

    fn make(&mut self, c: &Const) -> Obj {
        match c {
            Const::BigInt(b) => crate::types::int::from_big(b.clone()),
            Const::Float(f) => crate::types::float::new(*f),
            Const::Complex { real, imag } => crate::types::complex::new(self.th, *real, *imag),
            Const::Str(s) => pystr::from_wtf8(s).into_obj(),
            Const::Bytes(b) => bytes::new(b).into_obj(),
            Const::Tuple(items) => tuple::from_vec(self.objects(items)).into_obj(),
            Const::FrozenSet(items) => {
                let items = self.objects(items);
                match crate::types::set::frozen_from(self.th, &items) {
                    Ok(set) => set.into_obj(),
                    // Constants hash and compare without errors.
                    Err(raised) => {
                        drop(self.th.take_raised(raised));
                        crate::none()
                    }
                }
            }
            Const::Slice(parts) => {
                let [a, b, c] = &**parts;
                let (a, b, c) = (self.object(a), self.object(b), self.object(c));
                crate::types::slice::new(self.th, a, b, c).into_obj()
            }
            plain => self.object(plain),
        }
    }

    /// A code object of what the compiler made.
    pub(super) fn code(&mut self, mut data: CodeData) -> Py<Code> {
        let consts = Const::Tuple(std::mem::take(&mut data.consts).into());
        let made = self.object(&consts);
        let consts = made.downcast_exact::<Tuple>().cloned().unwrap_or_else(tuple::empty);
        let filename = match &self.filename {
            Some((text, object)) if *text == data.filename => object.clone(),
            _ => {
                let object = pystr::from_wtf8(&data.filename);
                self.filename = Some((data.filename.clone(), object.clone()));
                object
            }
        };
        super::with_consts(self.th, data, consts, filename)
    }
}
