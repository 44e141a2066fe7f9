//! Exceptions: native code that raises, shows and makes them.

use super::TestCapi;
use runtime::display;
use runtime::protocols::call;
use runtime::types::dict::{self, Dict};
use runtime::types::exceptions::{self as exc, EXCEPTION};
use runtime::types::str::{self as pystr, Str};
use runtime::types::traceback::Traceback;
use runtime::types::tuple::{self, Tuple};
use runtime::{Obj, ObjExt, OrNone, Py, PyClass, PyResult, Thread, Type, int_obj};

#[macros::pymethods(EXCEPTIONS)]
impl TestCapi {
    /// To test the format of exceptions as printed out.
    #[pyfunction(sig = "($module, exception, legacy=False, /)")]
    fn exception_print(th: &Thread, exception: &Obj, legacy: Option<bool>) {
        if legacy.unwrap_or(false) {
            let traceback = exc::as_exception(exception).and_then(|e| e.traceback()).unwrap_or_else(runtime::none);
            display::excepthook(th, exception, &traceback);
        } else {
            display::print_exception(th, exception);
        }
    }

    /// To test the format of tracebacks as printed out.
    #[pyfunction(sig = "($module, traceback, file, /)")]
    fn traceback_print(th: &Thread, traceback: &Obj, file: &Obj) -> PyResult<()> {
        if traceback.downcast::<Traceback>().is_none() {
            return Err(th.system_error("../Python/traceback.c:700: bad argument to internal function"));
        }
        display::print_traceback_to(th, traceback, file);
        Ok(())
    }

    /// Test PyErr_NewExceptionWithDoc (also exercise PyErr_NewException). Run via Lib/test/test_exceptions.py
    #[pyfunction(sig = "($module, /, name, doc=<unrepresentable>, base=<unrepresentable>, dict=<unrepresentable>)")]
    fn make_exception_with_doc(
        th: &Thread,
        name: String,
        doc: Option<&Py<Str>>,
        base: Option<&Obj>,
        dict: Option<&Py<Dict>>,
    ) -> PyResult<Obj> {
        let Some((module, bare)) = name.rsplit_once('.') else {
            return Err(th.system_error("PyErr_NewException: name must be module.class"));
        };
        let namespace = dict.cloned().unwrap_or_else(dict::new);
        let module_key = pystr::intern("__module__");
        if !namespace.contains_str(&module_key) {
            namespace.insert_str(&module_key, pystr::new(module).into_obj());
        }
        if let Some(doc) = doc {
            namespace.insert_str(&pystr::intern("__doc__"), doc.as_obj().clone());
        }
        let bases = match base {
            Some(bases) if bases.downcast::<Tuple>().is_some() => bases.clone(),
            Some(base) => tuple::from_array([base.clone()]).into_obj(),
            None => tuple::from_array([EXCEPTION.to_obj()]).into_obj(),
        };
        call::call(th, &Type::TYPE.to_obj(), &[pystr::new(bare).into_obj(), bases, namespace.into_obj()])
    }

    #[pyfunction(sig = "($module, exception, num_args, /)")]
    fn raise_exception(th: &Thread, exception: &Obj, num_args: i32) -> PyResult<()> {
        let args: Vec<Obj> = (0..i64::from(num_args)).map(int_obj).collect();
        if !exc::is_exception_class(exception) {
            let shown = runtime::protocols::repr(th, exception)?.to_string_lossy();
            return Err(th.system_error(format!("_PyErr_SetObject: exception {shown} is not a BaseException subclass")));
        }
        let args = tuple::from_vec(args).into_obj();
        Err(th.raise(exc::normalize(th, exception, Some(&args))?))
    }

    #[pyfunction(sig = "($module, /)")]
    fn raise_memoryerror(th: &Thread) -> PyResult<()> {
        Err(th.memory_error())
    }

    #[pyfunction(sig = "($self, exc, obj, /)")]
    fn err_writeunraisable(th: &Thread, exception: &Obj, object: &Obj) -> PyResult<()> {
        if exc::as_exception(exception).is_none() {
            return Err(th.type_error("an exception is needed"));
        }
        display::unraisable(th, exception.clone(), None, Some(object).filter(|o| !o.is_none()));
        Ok(())
    }

    #[pyfunction(sig = "($self, exc, format=None, obj=None, /)")]
    fn err_formatunraisable(th: &Thread, exception: &Obj, format: OrNone<String>, object: Option<&Obj>) -> PyResult<()> {
        if exc::as_exception(exception).is_none() {
            return Err(th.type_error("an exception is needed"));
        }
        let message = match (&format.0, object) {
            (Some(format), Some(object)) => {
                let shown = runtime::protocols::repr(th, object)?.to_string_lossy();
                Some(format.replacen("%R", &shown, 1))
            }
            (format, _) => format.clone(),
        };
        display::unraisable(th, exception.clone(), message.as_deref(), None);
        Ok(())
    }
}
