//! Code objects as plain data: what the compiler produces, `marshal` reads and writes, and the runtime turns into `code` objects.

use dashu_int::IBig;
use std::rc::Rc;

/// Text as Python has it: generalised UTF-8 (WTF-8), where a lone surrogate is three bytes.
pub type Text = Rc<[u8]>;

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
    Complex { real: f64, imag: f64 },
    Str(Text),
    Bytes(Rc<[u8]>),
    Tuple(Rc<[Const]>),
    FrozenSet(Rc<[Const]>),
    /// `slice(start, stop, step)`, a constant since 3.14.
    Slice(Rc<[Const; 3]>),
    Code(Rc<CodeData>),
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
    pub code: Vec<u8>,
    pub consts: Vec<Const>,
    pub names: Vec<Text>,
    /// Arguments, locals, cells and free variables, in the order of the frame's fast slots.
    pub localsplusnames: Vec<Text>,
    /// One `CO_FAST_*` byte for each of `localsplusnames`.
    pub localspluskinds: Vec<u8>,
    pub linetable: Vec<u8>,
    pub exceptiontable: Vec<u8>,
}
