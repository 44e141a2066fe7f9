//! The small tables that operands index: binary operators, comparisons, intrinsics, special methods, common constants;
//! and the bits of code and function flags.

macro_rules! table {
    ($(#[$doc:meta])* $module:ident, $all:ident: $($value:literal $name:ident $text:literal;)*) => {
        $(#[$doc])*
        pub mod $module {
            $(pub const $name: u8 = $value;)*
        }
        $(#[$doc])*
        pub static $all: &[&str] = &[$($text),*];
    };
    ($(#[$doc:meta])* $module:ident, $all:ident, names: $($value:literal $name:ident;)*) => {
        $(#[$doc])*
        pub mod $module {
            $(pub const $name: u8 = $value;)*
        }
        $(#[$doc])*
        pub static $all: &[&str] = &[$(stringify!($name)),*];
    };
}

table! {
    /// Operators of `BINARY_OP`, by operand.
    nb, NB_OPS:
    0 NB_ADD "+";
    1 NB_AND "&";
    2 NB_FLOOR_DIVIDE "//";
    3 NB_LSHIFT "<<";
    4 NB_MATRIX_MULTIPLY "@";
    5 NB_MULTIPLY "*";
    6 NB_REMAINDER "%";
    7 NB_OR "|";
    8 NB_POWER "**";
    9 NB_RSHIFT ">>";
    10 NB_SUBTRACT "-";
    11 NB_TRUE_DIVIDE "/";
    12 NB_XOR "^";
    13 NB_INPLACE_ADD "+=";
    14 NB_INPLACE_AND "&=";
    15 NB_INPLACE_FLOOR_DIVIDE "//=";
    16 NB_INPLACE_LSHIFT "<<=";
    17 NB_INPLACE_MATRIX_MULTIPLY "@=";
    18 NB_INPLACE_MULTIPLY "*=";
    19 NB_INPLACE_REMAINDER "%=";
    20 NB_INPLACE_OR "|=";
    21 NB_INPLACE_POWER "**=";
    22 NB_INPLACE_RSHIFT ">>=";
    23 NB_INPLACE_SUBTRACT "-=";
    24 NB_INPLACE_TRUE_DIVIDE "/=";
    25 NB_INPLACE_XOR "^=";
    26 NB_SUBSCR "[]";
}

/// The names of `BINARY_OP`'s operators in C, by operand (`_opcode.get_nb_ops()`).
pub static NB_NAMES: &[&str] = &[
    "NB_ADD",
    "NB_AND",
    "NB_FLOOR_DIVIDE",
    "NB_LSHIFT",
    "NB_MATRIX_MULTIPLY",
    "NB_MULTIPLY",
    "NB_REMAINDER",
    "NB_OR",
    "NB_POWER",
    "NB_RSHIFT",
    "NB_SUBTRACT",
    "NB_TRUE_DIVIDE",
    "NB_XOR",
    "NB_INPLACE_ADD",
    "NB_INPLACE_AND",
    "NB_INPLACE_FLOOR_DIVIDE",
    "NB_INPLACE_LSHIFT",
    "NB_INPLACE_MATRIX_MULTIPLY",
    "NB_INPLACE_MULTIPLY",
    "NB_INPLACE_REMAINDER",
    "NB_INPLACE_OR",
    "NB_INPLACE_POWER",
    "NB_INPLACE_RSHIFT",
    "NB_INPLACE_SUBTRACT",
    "NB_INPLACE_TRUE_DIVIDE",
    "NB_INPLACE_XOR",
    "NB_SUBSCR",
];

table! {
    /// Comparisons, by operand: `dis.cmp_op`. `COMPARE_OP`'s operand holds the index in its bits from 5 on.
    cmp, CMP_OPS:
    0 LT "<";
    1 LE "<=";
    2 EQ "==";
    3 NE "!=";
    4 GT ">";
    5 GE ">=";
}

/// In `COMPARE_OP`'s operand: the result is turned into a bool.
pub const COMPARE_TO_BOOL: i32 = 16;

/// The low bits of `COMPARE_OP`'s operand for a comparison: the relations (1 unordered, 2 less, 4 greater, 8 equal) that make it true.
pub const fn compare_mask(cmp: u8) -> i32 {
    match cmp {
        cmp::LT => 2,
        cmp::LE => 2 | 8,
        cmp::EQ => 8,
        cmp::NE => 1 | 2 | 4,
        cmp::GT => 4,
        _ => 4 | 8,
    }
}

table! {
    /// Functions of `CALL_INTRINSIC_1`, by operand.
    intrinsic_1, INTRINSIC_1, names:
    0 INTRINSIC_1_INVALID;
    1 INTRINSIC_PRINT;
    2 INTRINSIC_IMPORT_STAR;
    3 INTRINSIC_STOPITERATION_ERROR;
    4 INTRINSIC_ASYNC_GEN_WRAP;
    5 INTRINSIC_UNARY_POSITIVE;
    6 INTRINSIC_LIST_TO_TUPLE;
    7 INTRINSIC_TYPEVAR;
    8 INTRINSIC_PARAMSPEC;
    9 INTRINSIC_TYPEVARTUPLE;
    10 INTRINSIC_SUBSCRIPT_GENERIC;
    11 INTRINSIC_TYPEALIAS;
}

table! {
    /// Functions of `CALL_INTRINSIC_2`, by operand.
    intrinsic_2, INTRINSIC_2, names:
    0 INTRINSIC_2_INVALID;
    1 INTRINSIC_PREP_RERAISE_STAR;
    2 INTRINSIC_TYPEVAR_WITH_BOUND;
    3 INTRINSIC_TYPEVAR_WITH_CONSTRAINTS;
    4 INTRINSIC_SET_FUNCTION_TYPE_PARAMS;
    5 INTRINSIC_SET_TYPEPARAM_DEFAULT;
}

table! {
    /// Methods of `LOAD_SPECIAL`, by operand.
    special, SPECIAL_METHODS:
    0 SPECIAL_ENTER "__enter__";
    1 SPECIAL_EXIT "__exit__";
    2 SPECIAL_AENTER "__aenter__";
    3 SPECIAL_AEXIT "__aexit__";
}

table! {
    /// Objects of `LOAD_COMMON_CONSTANT`, by operand.
    common, COMMON_CONSTANTS:
    0 CONSTANT_ASSERTIONERROR "AssertionError";
    1 CONSTANT_NOTIMPLEMENTEDERROR "NotImplementedError";
    2 CONSTANT_BUILTIN_TUPLE "tuple";
    3 CONSTANT_BUILTIN_ALL "all";
    4 CONSTANT_BUILTIN_ANY "any";
}

/// Operands of `CONVERT_VALUE`.
pub mod convert {
    pub const FVC_STR: u8 = 1;
    pub const FVC_REPR: u8 = 2;
    pub const FVC_ASCII: u8 = 3;
}

/// Bits of `SET_FUNCTION_ATTRIBUTE`'s operand.
pub mod function {
    pub const DEFAULTS: u8 = 0x01;
    pub const KWDEFAULTS: u8 = 0x02;
    pub const ANNOTATIONS: u8 = 0x04;
    pub const CLOSURE: u8 = 0x08;
    pub const ANNOTATE: u8 = 0x10;
}

/// Bits of `RESUME`'s operand.
pub mod resume {
    pub const AT_FUNC_START: u8 = 0;
    pub const AFTER_YIELD: u8 = 1;
    pub const AFTER_YIELD_FROM: u8 = 2;
    pub const AFTER_AWAIT: u8 = 3;
    /// The bits that say where execution resumes.
    pub const LOCATION_MASK: u8 = 3;
    /// Set when no handler but the implicit one of a generator surrounds the place.
    pub const DEPTH1_MASK: u8 = 4;
}

/// Bits of `co_flags`.
pub mod co {
    pub const OPTIMIZED: u32 = 0x0001;
    pub const NEWLOCALS: u32 = 0x0002;
    pub const VARARGS: u32 = 0x0004;
    pub const VARKEYWORDS: u32 = 0x0008;
    pub const NESTED: u32 = 0x0010;
    pub const GENERATOR: u32 = 0x0020;
    pub const COROUTINE: u32 = 0x0080;
    pub const ITERABLE_COROUTINE: u32 = 0x0100;
    pub const ASYNC_GENERATOR: u32 = 0x0200;
    pub const FUTURE_DIVISION: u32 = 0x20000;
    pub const FUTURE_ABSOLUTE_IMPORT: u32 = 0x40000;
    pub const FUTURE_WITH_STATEMENT: u32 = 0x80000;
    pub const FUTURE_PRINT_FUNCTION: u32 = 0x100000;
    pub const FUTURE_UNICODE_LITERALS: u32 = 0x200000;
    pub const FUTURE_BARRY_AS_BDFL: u32 = 0x400000;
    pub const FUTURE_GENERATOR_STOP: u32 = 0x800000;
    pub const FUTURE_ANNOTATIONS: u32 = 0x1000000;
    pub const NO_MONITORING_EVENTS: u32 = 0x2000000;
    pub const HAS_DOCSTRING: u32 = 0x4000000;
    pub const METHOD: u32 = 0x8000000;
    /// How deep blocks may nest.
    pub const MAXBLOCKS: usize = 21;
}

/// Bits of `co_localspluskinds`.
pub mod fast {
    /// Positional-only, positional-or-keyword, `*args`.
    pub const ARG_POS: u8 = 0x02;
    /// Keyword-only, positional-or-keyword, `**kwargs`.
    pub const ARG_KW: u8 = 0x04;
    /// `*args`, `**kwargs`.
    pub const ARG_VAR: u8 = 0x08;
    pub const HIDDEN: u8 = 0x10;
    pub const LOCAL: u8 = 0x20;
    pub const CELL: u8 = 0x40;
    pub const FREE: u8 = 0x80;
}

/// The first four bytes of a `.pyc` file: `importlib.util.MAGIC_NUMBER`.
pub const MAGIC_NUMBER: [u8; 4] = [0x2b, 0x0e, b'\r', b'\n'];
