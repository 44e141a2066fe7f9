//! Code objects as plain data: what the compiler produces, `marshal` reads and writes, and the runtime turns into `code` objects.

use crate::tables::{co, fast};
use dashu_int::IBig;
use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Text as Python has it: generalised UTF-8 (WTF-8), where a lone surrogate is three bytes.
pub type Text = Arc<[u8]>;

/// Bytes of a code object: its own, or some of the packed library's.
pub type Blob = Cow<'static, [u8]>;

/// A constant of a code object.
#[derive(Clone, Debug)]
pub enum Const {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    /// Outside the range of `i64`.
    BigInt(IBig),
    Float(f64),
    Complex {
        real: f64,
        imag: f64,
    },
    Str(Text),
    Bytes(Arc<[u8]>),
    Tuple(Arc<[Const]>),
    FrozenSet(Arc<[Const]>),
    /// `slice(start, stop, step)`, a constant since 3.14.
    Slice(Arc<[Const; 3]>),
    Code(Arc<CodeData>),
}

/// The contents of a `code` object, field for field CPython's constructor.
#[derive(Clone, Debug)]
pub struct CodeData {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    /// `CO_*` bits.
    pub flags: u32,
    pub firstlineno: i32,
    pub filename: Text,
    pub name: Text,
    pub qualname: Text,
    /// Code units of two bytes (opcode, operand), inline caches included and zeroed.
    pub code: Blob,
    pub consts: Vec<Const>,
    pub names: Vec<Text>,
    /// Arguments, locals, cells and free variables, in the order of the frame's fast slots.
    pub localsplusnames: Vec<Text>,
    /// One `CO_FAST_*` byte for each of `localsplusnames`.
    pub localspluskinds: Blob,
    pub linetable: Blob,
    pub exceptiontable: Blob,
}

impl CodeData {
    /// How many parameters there are, `*args` and `**kwargs` included.
    pub fn parameter_count(&self) -> usize {
        let variadic = usize::from(self.flags & co::VARARGS != 0) + usize::from(self.flags & co::VARKEYWORDS != 0);
        self.argcount as usize + self.kwonlyargcount as usize + variadic
    }

    /// How many fast locals there are: `co_nlocals`.
    pub fn local_count(&self) -> usize {
        self.localspluskinds.iter().filter(|kind| **kind & fast::LOCAL != 0).count()
    }

    fn names_of_kind(&self, kind: u8) -> impl Iterator<Item = &Text> {
        self.localsplusnames.iter().zip(&*self.localspluskinds).filter(move |(_, is)| **is & kind != 0).map(|(name, _)| name)
    }

    /// `co_varnames`.
    pub fn varnames(&self) -> impl Iterator<Item = &Text> {
        self.names_of_kind(fast::LOCAL)
    }

    /// `co_cellvars`.
    pub fn cellvars(&self) -> impl Iterator<Item = &Text> {
        self.names_of_kind(fast::CELL)
    }

    /// `co_freevars`.
    pub fn freevars(&self) -> impl Iterator<Item = &Text> {
        self.names_of_kind(fast::FREE)
    }
}

impl Const {
    /// The constant for an integer, in the form that its size asks for.
    pub fn int(value: IBig) -> Const {
        match i64::try_from(&value) {
            Ok(small) => Const::Int(small),
            Err(_) => Const::BigInt(value),
        }
    }

    /// The constant for a bool.
    pub const fn bool(value: bool) -> Const {
        if value { Const::True } else { Const::False }
    }

    /// The integer's value; `None` when it is none (a bool counts as none here).
    pub fn as_int(&self) -> Option<IBig> {
        match self {
            Const::Int(value) => Some(IBig::from(*value)),
            Const::BigInt(value) => Some(value.clone()),
            _ => None,
        }
    }

    /// Whether both may share one entry of `co_consts`: same type and value all the way down, `0.0` apart from `-0.0`, a NaN never.
    pub fn same(&self, other: &Const) -> bool {
        match (self, other) {
            (Const::None, Const::None)
            | (Const::True, Const::True)
            | (Const::False, Const::False)
            | (Const::Ellipsis, Const::Ellipsis) => true,
            (Const::Int(a), Const::Int(b)) => a == b,
            (Const::BigInt(a), Const::BigInt(b)) => a == b,
            (Const::Float(a), Const::Float(b)) => same_float(*a, *b),
            (Const::Complex { real: a, imag: b }, Const::Complex { real: c, imag: d }) => {
                same_float(*a, *c) && same_float(*b, *d)
            }
            (Const::Str(a), Const::Str(b)) | (Const::Bytes(a), Const::Bytes(b)) => a == b,
            (Const::Tuple(a), Const::Tuple(b)) => same_all(a, b),
            (Const::Slice(a), Const::Slice(b)) => same_all(&a[..], &b[..]),
            (Const::FrozenSet(a), Const::FrozenSet(b)) => a.len() == b.len() && a.iter().all(|x| b.iter().any(|y| x.same(y))),
            (Const::Code(a), Const::Code(b)) => Arc::ptr_eq(a, b) || same_code(a, b),
            _ => false,
        }
    }

    fn hash_key<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Const::None | Const::True | Const::False | Const::Ellipsis => {}
            Const::Int(value) => value.hash(state),
            Const::BigInt(value) => value.hash(state),
            Const::Float(value) => value.to_bits().hash(state),
            Const::Complex { real, imag } => (real.to_bits(), imag.to_bits()).hash(state),
            Const::Str(value) | Const::Bytes(value) => value.hash(state),
            Const::Tuple(items) => items.iter().for_each(|item| item.hash_key(state)),
            Const::Slice(items) => items.iter().for_each(|item| item.hash_key(state)),
            Const::FrozenSet(items) => items.len().hash(state),
            Const::Code(code) => (&code.name, code.firstlineno, &code.code).hash(state),
        }
    }
}

fn same_float(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() && !a.is_nan()
}

fn same_all(a: &[Const], b: &[Const]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.same(b))
}

/// Equality of code objects, which ignores the file name.
fn same_code(a: &CodeData, b: &CodeData) -> bool {
    a.name == b.name
        && (a.argcount, a.posonlyargcount, a.kwonlyargcount) == (b.argcount, b.posonlyargcount, b.kwonlyargcount)
        && (a.flags, a.firstlineno) == (b.flags, b.firstlineno)
        && a.code == b.code
        && same_all(&a.consts, &b.consts)
        && a.names == b.names
        && a.localsplusnames == b.localsplusnames
        && a.linetable == b.linetable
        && a.exceptiontable == b.exceptiontable
}

/// A constant as a key: equal when both may share one entry of `co_consts` ([`Const::same`]).
#[derive(Clone, Debug)]
pub struct ConstKey(pub Const);

impl PartialEq for ConstKey {
    fn eq(&self, other: &ConstKey) -> bool {
        self.0.same(&other.0)
    }
}

/// A NaN is not even itself, which costs a map of constants nothing but one more entry.
impl Eq for ConstKey {}

impl Hash for ConstKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash_key(state);
    }
}
