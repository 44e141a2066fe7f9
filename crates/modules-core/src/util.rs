//! Small helpers of the modules.

use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple;
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, builtins};

/// A tuple of these items.
pub(crate) fn tuple_of<const N: usize>(items: [Obj; N]) -> Obj {
    tuple::from_array(items).into_obj()
}

/// `type(o)` as an object.
pub(crate) fn type_obj(o: &Obj) -> Obj {
    o.ty().to_obj()
}

/// A built-in function or type by name.
pub(crate) fn builtin(th: &Thread, name: &str) -> PyResult<Obj> {
    builtins::visible(th, name)
}

/// `repr(o)` as Rust text, lone surrogates replaced.
pub(crate) fn string(s: &str) -> Obj {
    pystr::new(s).into_obj()
}

/// An interned name.
pub(crate) fn name(s: &str) -> Py<Str> {
    pystr::intern(s)
}

/// Joins texts that may hold any code point.
pub(crate) fn concat(parts: &[&Str]) -> Obj {
    let mut bytes = Vec::new();
    for p in parts {
        bytes.extend_from_slice(&p.to_wtf8());
    }
    pystr::from_wtf8(&bytes).into_obj()
}

/// Positional arguments only, between `min` and `max` of them (`PyArg_UnpackTuple`).
pub(crate) fn unpack<'a>(th: &Thread, name: &str, args: Args<'a>, min: usize, max: usize) -> PyResult<&'a [Obj]> {
    args.no_keywords(th, name)?;
    let pos = args.pos();
    let n = pos.len();
    if n < min || n > max {
        let bound = if min == max {
            ""
        } else if n < min {
            "at least "
        } else {
            "at most "
        };
        let count = if n < min { min } else { max };
        return Err(
            th.type_error(format!("{name} expected {bound}{count} argument{}, got {n}", if count == 1 { "" } else { "s" }))
        );
    }
    Ok(pos)
}
