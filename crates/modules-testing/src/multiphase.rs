//! `_testmultiphase`: a native module that is made first and filled then, as all native modules here are.

use object::Payload;
use runtime::types::exceptions::{self as exc, EXCEPTION};
use runtime::types::str::Str;
use runtime::types::type_::{self, alloc_instance};
use runtime::types::{dict, str as pystr};
use runtime::{Args, Module, Obj, Py, PyClass, PyResult, Thread, Type, int_obj, none};

/// The module.
#[macros::pymodule(name = "_testmultiphase", exec = exec, doc = "Test module main")]
pub(crate) struct TestMultiphase;

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    exc::define(th, m, "_testimportexec.error", EXCEPTION.to_obj(), None)?;
    m.add_type::<Example>();
    m.add("int_const", int_obj(1969));
    m.add("str_const", pystr::new("something different"));
    let namespace = dict::new();
    namespace.insert_str(&pystr::intern("__module__"), pystr::new("_testimportexec").into_obj());
    m.add("Str", type_::new_class(th, "Str", &[Str::TYPE.to_obj()], &namespace)?);
    Ok(())
}

#[macros::pymethods]
impl TestMultiphase {
    /// foo(i,j)
    ///
    /// Return the sum of i and j.
    #[pyfunction(sig = "($module, i, j, /)")]
    fn foo(th: &Thread, i: i64, j: i64) -> PyResult<i64> {
        i.checked_add(j).ok_or_else(|| th.overflow_error("Python int too large to convert to C long"))
    }
}

/// A class with attributes and a method.
#[macros::pyclass(
    name = "Example",
    module = "_testimportexec",
    flags = SHOWN_AS_HEAP | HAVE_GC | MANAGED_DICT,
    doc = "The Example type"
)]
pub(crate) struct Example;

impl Payload for Example {}

#[macros::pymethods]
impl Example {
    #[new(name = "Example")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> Obj {
        alloc_instance(th, cls.as_object(), Example).into_obj()
    }

    /// demo() -> None
    #[pymethod(sig = "($self, o=None, /)")]
    fn demo(_th: &Thread, _slf: &Obj, o: Option<&Obj>) -> Obj {
        use runtime::ObjExt;
        o.filter(|o| o.downcast::<Str>().is_some()).cloned().unwrap_or_else(none)
    }
}
