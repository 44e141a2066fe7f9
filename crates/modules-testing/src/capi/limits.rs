//! The ranges of C's types.

use runtime::types::{float, int};
use runtime::{Module, Py};

/// Names and values of whole numbers.
static INTEGERS: &[(&str, i128)] = &[
    ("CHAR_MAX", i8::MAX as i128),
    ("CHAR_MIN", i8::MIN as i128),
    ("UCHAR_MAX", u8::MAX as i128),
    ("SHRT_MAX", i16::MAX as i128),
    ("SHRT_MIN", i16::MIN as i128),
    ("USHRT_MAX", u16::MAX as i128),
    ("INT_MAX", i32::MAX as i128),
    ("INT_MIN", i32::MIN as i128),
    ("UINT_MAX", u32::MAX as i128),
    ("INT32_MAX", i32::MAX as i128),
    ("INT32_MIN", i32::MIN as i128),
    ("UINT32_MAX", u32::MAX as i128),
    ("LONG_MAX", i64::MAX as i128),
    ("LONG_MIN", i64::MIN as i128),
    ("ULONG_MAX", u64::MAX as i128),
    ("LLONG_MAX", i64::MAX as i128),
    ("LLONG_MIN", i64::MIN as i128),
    ("ULLONG_MAX", u64::MAX as i128),
    ("INT64_MAX", i64::MAX as i128),
    ("INT64_MIN", i64::MIN as i128),
    ("UINT64_MAX", u64::MAX as i128),
    ("PY_SSIZE_T_MAX", isize::MAX as i128),
    ("PY_SSIZE_T_MIN", isize::MIN as i128),
    ("SIZE_MAX", usize::MAX as i128),
    ("SIZEOF_PID_T", 4),
    ("SIZEOF_TIME_T", 8),
    ("SIZEOF_VOID_P", 8),
    ("SIZEOF_WCHAR_T", 4),
];

static FLOATS: &[(&str, f64)] =
    &[("FLT_MAX", f32::MAX as f64), ("FLT_MIN", f32::MIN_POSITIVE as f64), ("DBL_MAX", f64::MAX), ("DBL_MIN", f64::MIN_POSITIVE)];

pub(super) fn add(m: &Py<Module>) {
    for &(name, value) in INTEGERS {
        m.add(name, int::from_i128(value));
    }
    for &(name, value) in FLOATS {
        m.add(name, float::new(value));
    }
}
