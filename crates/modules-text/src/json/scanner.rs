//! `make_scanner`.

use super::parse::{is_class, scan_value};
use super::string_argument;
use object::Payload;
use object::gc::Visitor;
use runtime::args::Signature;
use runtime::protocols::{self, attribute, number};
use runtime::types::float::Float;
use runtime::types::int::{self, Int};
use runtime::types::tuple;
use runtime::types::type_::alloc_instance;
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, Type, none};

#[macros::pyclass(name = "Scanner", module = "_json", flags = BASETYPE | HAVE_GC, doc = "JSON scanner object")]
pub(crate) struct Scanner {
    pub(super) strict: bool,
    pub(super) object_hook: Option<Obj>,
    pub(super) object_pairs_hook: Option<Obj>,
    pub(super) parse_float: Obj,
    pub(super) parse_int: Obj,
    pub(super) parse_constant: Obj,
    /// `parse_float` is `float`.
    pub(super) plain_float: bool,
    /// `parse_int` is `int`.
    pub(super) plain_int: bool,
}

impl Payload for Scanner {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.opt(&self.object_hook);
        v.opt(&self.object_pairs_hook);
        v.obj(&self.parse_float);
        v.obj(&self.parse_int);
        v.obj(&self.parse_constant);
    }
}

static CALL: Signature = Signature {
    function: "scan_once",
    names: &["string", "idx"],
    required: &[true, true],
    positional_only: 0,
    positional: 2,
    var_positional: false,
    var_keyword: false,
};

#[macros::pymethods]
impl Scanner {
    #[new(name = "make_scanner", hidden, sig = "(context)")]
    fn new(th: &Thread, cls: &Py<Type>, context: &Obj) -> PyResult<Obj> {
        let get = |name: &str| attribute::get_str(th, context, name);
        let hook = |name: &str| get(name).map(|o| if o.is_none() { None } else { Some(o) });
        let strict = protocols::truth(th, &get("strict")?)?;
        let object_hook = hook("object_hook")?;
        let object_pairs_hook = hook("object_pairs_hook")?;
        let parse_float = get("parse_float")?;
        let parse_int = get("parse_int")?;
        let parse_constant = get("parse_constant")?;
        let payload = Scanner {
            strict,
            object_hook,
            object_pairs_hook,
            plain_float: is_class::<Float>(&parse_float),
            plain_int: is_class::<Int>(&parse_int),
            parse_float,
            parse_int,
            parse_constant,
        };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<Scanner>, args: Args<'_>) -> PyResult<Obj> {
        let [string, idx] = CALL.bind::<2>(th, args)?;
        let (Some(string), Some(idx)) = (string, idx) else { return Err(th.system_error("scan_once() lost its arguments")) };
        let idx = number::index_isize(th, idx, "Python int too large to convert to C ssize_t")?;
        let string = string_argument(th, string)?;
        let Ok(idx) = usize::try_from(idx) else { return Err(th.value_error("idx cannot be negative")) };
        let (value, end) = scan_value(th, slf, string, idx)?;
        Ok(tuple::from_array([value, int::from_u64(end as u64)]).into_obj())
    }

    /// strict
    #[getter]
    fn strict(_th: &Thread, slf: &Py<Scanner>) -> bool {
        slf.strict
    }

    /// object_hook
    #[getter]
    fn object_hook(_th: &Thread, slf: &Py<Scanner>) -> Obj {
        slf.object_hook.clone().unwrap_or_else(none)
    }

    #[getter]
    fn object_pairs_hook(_th: &Thread, slf: &Py<Scanner>) -> Obj {
        slf.object_pairs_hook.clone().unwrap_or_else(none)
    }

    /// parse_float
    #[getter]
    fn parse_float(_th: &Thread, slf: &Py<Scanner>) -> Obj {
        slf.parse_float.clone()
    }

    /// parse_int
    #[getter]
    fn parse_int(_th: &Thread, slf: &Py<Scanner>) -> Obj {
        slf.parse_int.clone()
    }

    /// parse_constant
    #[getter]
    fn parse_constant(_th: &Thread, slf: &Py<Scanner>) -> Obj {
        slf.parse_constant.clone()
    }
}
