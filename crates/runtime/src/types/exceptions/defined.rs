//! Exception classes that native modules make when they start: `binascii.Error`, `csv.Error`, `zlib.error`.

use crate::protocols::call;
use crate::types::str as pystr;
use crate::types::{dict, tuple};
use crate::{Module, Obj, Py, PyClass, PyResult, Raised, Thread, Type};
use object::Guarded;
use std::collections::HashMap;

/// The classes of one interpreter, by qualified name.
#[derive(Default)]
struct Defined(Guarded<HashMap<&'static str, Obj>>);

/// Makes the class `module.Name` (`PyErr_NewExceptionWithDoc`) and adds it to the module under its last name.
pub fn define(th: &Thread, m: &Py<Module>, qualified: &'static str, base: Obj, doc: Option<&str>) -> PyResult<Obj> {
    let (module, name) = qualified.rsplit_once('.').unwrap_or(("builtins", qualified));
    // A module that is imported anew raises what the first one raised.
    if let Some(known) = defined(th, qualified) {
        m.add(name, known.clone());
        return Ok(known);
    }
    let namespace = dict::new();
    namespace.insert_str(&pystr::intern("__module__"), pystr::new(module).into_obj());
    if let Some(doc) = doc {
        namespace.insert_str(&pystr::intern("__doc__"), pystr::new(doc).into_obj());
    }
    let bases = tuple::from_array([base]).into_obj();
    let metaclass = <Type as PyClass>::TYPE.to_obj();
    let class = call::call(th, &metaclass, &[pystr::new(name).into_obj(), bases, namespace.into_obj()])?;
    th.rt().state::<Defined>().0.lock().insert(qualified, class.clone());
    m.add(name, class.clone());
    Ok(class)
}

/// The class made under this qualified name, once its module has started.
pub fn defined(th: &Thread, qualified: &str) -> Option<Obj> {
    th.rt().state::<Defined>().0.lock().get(qualified).cloned()
}

/// Raises the class made under this name with a message.
#[cold]
pub fn raise_defined(th: &Thread, qualified: &str, message: impl AsRef<str>) -> Raised {
    let message = message.as_ref();
    match defined(th, qualified).map(|class| call::call(th, &class, &[pystr::new(message).into_obj()])) {
        Some(Ok(e)) => th.raise(e),
        Some(Err(raised)) => raised,
        None => th.runtime_error(message),
    }
}
