//! `UnicodeDecodeError`, `UnicodeEncodeError`, `UnicodeTranslateError`.

use super::base::{BaseException, init_args, object_fields};
use super::message::{Part, check_count, concat, shown, str_argument};
use super::raising;
use crate::buffer;
use crate::native::MethodTable;
use crate::protocols::number;
use crate::types::bytes::{self, Bytes};
use crate::types::str::{self as pystr, Str};
use crate::types::{int, tuple};
use crate::{Args, GetterDef, Obj, ObjExt, Py, PyResult, Raised, SetterDef, Thread};

const ENCODING: usize = 0;
const OBJECT: usize = 1;
const START: usize = 2;
const END: usize = 3;
const REASON: usize = 4;

/// The attributes of all three classes that hold objects.
pub(super) const FIELDS: MethodTable = object_fields! {
    "encoding" ENCODING, "exception encoding";
    "object" OBJECT, "exception object";
    "reason" REASON, "exception reason";
};

fn write_position(th: &Thread, slf: &Obj, name: &'static str, index: usize, value: Option<&Obj>) -> PyResult<()> {
    let e: &Py<BaseException> = crate::args::receiver(th, slf, name)?;
    let Some(value) = value else { return Err(th.type_error("can't delete numeric/char attribute")) };
    if !int::is_int(value) {
        return Err(th.type_error("an integer is required"));
    }
    let Some(n) = int::to_i64(value) else {
        return Err(th.overflow_error("Python int too large to convert to C ssize_t"));
    };
    e.set_field(index, Some(int::from_i64(n)));
    Ok(())
}

fn read_position(th: &Thread, slf: &Obj, name: &'static str, index: usize) -> PyResult<Obj> {
    let e: &Py<BaseException> = crate::args::receiver(th, slf, name)?;
    Ok(e.field(index).unwrap_or_else(|| Obj::small_int(0)))
}

/// `start` and `end`, which are C integers.
pub(super) const POSITIONS: MethodTable = MethodTable {
    methods: &[],
    getters: &[
        GetterDef { name: "start", doc: Some("exception start"), get: |th, slf| read_position(th, slf, "start", START) },
        GetterDef { name: "end", doc: Some("exception end"), get: |th, slf| read_position(th, slf, "end", END) },
    ],
    setters: &[
        SetterDef { name: "start", set: |th, slf, v| write_position(th, slf, "start", START, v) },
        SetterDef { name: "end", set: |th, slf, v| write_position(th, slf, "end", END, v) },
    ],
    slots: |_| (),
    new_signature: None,
};

fn position(e: &BaseException, index: usize) -> i64 {
    e.field(index).and_then(|p| int::to_i64(&p)).unwrap_or(0)
}

/// Sets the fields from constructor arguments: `[encoding,] object, start, end, reason`.
fn set_fields(th: &Thread, e: &Py<BaseException>, args: Args<'_>, encoding: bool, decode: bool) -> PyResult<()> {
    init_args(th, e, args)?;
    let pos = args.pos();
    let n = if encoding { 5 } else { 4 };
    check_count(th, None, pos.len(), n, n)?;
    let (head, rest) = pos.split_at(n - 4);
    let first = head.len() + 1;
    let encoding = head.first().map(|o| str_argument(th, None, o, 1)).transpose()?;
    if !decode {
        str_argument(th, None, &rest[0], first)?;
    }
    let start = index(th, &rest[1])?;
    let end = index(th, &rest[2])?;
    let reason = str_argument(th, None, &rest[3], first + 3)?;
    let object = if decode && rest[0].downcast::<Bytes>().is_none() {
        bytes::new(&buffer::bytes_of(th, &rest[0])?).into_obj()
    } else {
        rest[0].clone()
    };
    e.set_field(ENCODING, encoding.map(|s| s.as_obj().clone()));
    e.set_field(OBJECT, Some(object));
    e.set_field(START, Some(int::from_i64(start)));
    e.set_field(END, Some(int::from_i64(end)));
    e.set_field(REASON, Some(reason.as_obj().clone()));
    Ok(())
}

/// A `Py_ssize_t` argument.
fn index(th: &Thread, o: &Obj) -> PyResult<i64> {
    let i = number::index(th, o)?;
    int::to_i64(&i).ok_or_else(|| th.overflow_error("Python int too large to convert to C ssize_t"))
}

/// `'ascii' codec can't decode byte 0xff in position 3: reason`.
fn message(th: &Thread, e: &Py<BaseException>, verb: &str) -> PyResult<Obj> {
    if e.field(OBJECT).is_none() {
        return Ok(pystr::empty().into_obj());
    }
    let decode = verb == "decode";
    let reason = shown(th, e.field(REASON).as_ref())?;
    let encoding = if verb == "translate" { None } else { Some(shown(th, e.field(ENCODING).as_ref())?) };
    // Showing these may have run code that changes the error.
    let Some(object) = e.field(OBJECT) else {
        return Err(th.type_error("UnicodeError 'object' attribute is not set"));
    };
    let (start, end) = (position(e, START), position(e, END));
    let single = |len: usize| start >= 0 && (start as u64) < len as u64 && end == start + 1;
    let what = if decode {
        let Some(data) = object.downcast::<Bytes>() else {
            return Err(th.type_error("UnicodeError 'object' attribute must be a bytes"));
        };
        if single(data.len()) { format!("byte 0x{:02x}", data.as_slice()[start as usize]) } else { "bytes".into() }
    } else {
        let Some(text) = object.downcast::<Str>() else {
            return Err(th.type_error("UnicodeError 'object' attribute must be a string"));
        };
        match text.chars().get(start as usize).filter(|_| single(text.len())) {
            Some(c @ ..=0xff) => format!("character '\\x{c:02x}'"),
            Some(c @ ..=0xffff) => format!("character '\\u{c:04x}'"),
            Some(c) => format!("character '\\U{c:08x}'"),
            None => "characters".into(),
        }
    };
    let place = if what.contains(' ') { format!("{start}") } else { format!("{start}-{}", end - 1) };
    let tail = format!("can't {verb} {what} in position {place}: ");
    let text = match &encoding {
        Some(encoding) => {
            concat(&[Part::Text("'"), Part::Str(encoding), Part::Text("' codec "), Part::Text(&tail), Part::Str(&reason)])
        }
        None => concat(&[Part::Text(&tail), Part::Str(&reason)]),
    };
    Ok(text.into_obj())
}

/// `UnicodeDecodeError`.
pub(super) struct UnicodeDecodeClass;

#[macros::pymethods]
impl UnicodeDecodeClass {
    #[slot(tp_init)]
    fn init(th: &Thread, slf: &Py<BaseException>, args: Args<'_>) -> PyResult<()> {
        set_fields(th, slf, args, true, true)
    }

    #[slot(tp_str)]
    fn str(th: &Thread, slf: &Py<BaseException>) -> PyResult<Obj> {
        message(th, slf, "decode")
    }
}

/// `UnicodeEncodeError`.
pub(super) struct UnicodeEncodeClass;

#[macros::pymethods]
impl UnicodeEncodeClass {
    #[slot(tp_init)]
    fn init(th: &Thread, slf: &Py<BaseException>, args: Args<'_>) -> PyResult<()> {
        set_fields(th, slf, args, true, false)
    }

    #[slot(tp_str)]
    fn str(th: &Thread, slf: &Py<BaseException>) -> PyResult<Obj> {
        message(th, slf, "encode")
    }
}

/// `UnicodeTranslateError`.
pub(super) struct UnicodeTranslateClass;

#[macros::pymethods]
impl UnicodeTranslateClass {
    #[slot(tp_init)]
    fn init(th: &Thread, slf: &Py<BaseException>, args: Args<'_>) -> PyResult<()> {
        set_fields(th, slf, args, false, false)
    }

    #[slot(tp_str)]
    fn str(th: &Thread, slf: &Py<BaseException>) -> PyResult<Obj> {
        message(th, slf, "translate")
    }
}

/// Raises `UnicodeDecodeError(encoding, object, start, end, reason)`; `object` is a `bytes`.
#[cold]
pub fn unicode_decode_error(th: &Thread, encoding: &str, object: &Obj, start: usize, end: usize, reason: &str) -> Raised {
    raise(th, super::UNICODE_DECODE_ERROR, Some(encoding), object, start, end, reason)
}

/// Raises `UnicodeEncodeError(encoding, object, start, end, reason)`; `object` is a `str`.
#[cold]
pub fn unicode_encode_error(th: &Thread, encoding: &str, object: &Obj, start: usize, end: usize, reason: &str) -> Raised {
    raise(th, super::UNICODE_ENCODE_ERROR, Some(encoding), object, start, end, reason)
}

/// Raises `UnicodeTranslateError(object, start, end, reason)`; `object` is a `str`.
#[cold]
pub fn unicode_translate_error(th: &Thread, object: &Obj, start: usize, end: usize, reason: &str) -> Raised {
    raise(th, super::UNICODE_TRANSLATE_ERROR, None, object, start, end, reason)
}

fn raise(
    th: &Thread,
    ty: &'static crate::TypeObject,
    encoding: Option<&str>,
    object: &Obj,
    start: usize,
    end: usize,
    reason: &str,
) -> Raised {
    let mut args: Vec<Obj> = encoding.map(|e| pystr::new(e).into_obj()).into_iter().collect();
    args.extend([object.clone(), int::from_u64(start as u64), int::from_u64(end as u64), pystr::new(reason).into_obj()]);
    th.raise(raising::new_with_args(th, ty, tuple::from_vec(args)))
}
