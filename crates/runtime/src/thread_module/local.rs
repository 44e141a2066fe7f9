//! Attributes that each thread has for itself.

use crate::protocols::call;
use crate::types::dict::Dict;
use crate::types::str::Str;
use crate::types::tuple::{self, Tuple};
use crate::types::type_::alloc_instance;
use crate::types::weakref;
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread};
use object::gc::Visitor;
use object::{Guarded, Payload};

/// `_thread._local`: attributes that each thread has for itself.
#[macros::pyclass(name = "_local", module = "_thread", flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF)]
pub struct Local {
    args: Guarded<Option<(Py<Tuple>, Option<Py<Dict>>)>>,
    /// One dict per thread that has touched the object, by thread number.
    dicts: Guarded<Vec<(u64, Py<Dict>)>>,
}

impl Payload for Local {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(a) = self.args.try_lock()
            && let Some((t, d)) = &*a
        {
            v.py(t);
            v.opt_py(d);
        }
        if let Some(d) = self.dicts.try_lock() {
            for (_, d) in d.iter() {
                v.py(d);
            }
        }
    }

    fn clear(&self) {
        drop(self.args.try_lock().and_then(|mut a| a.take()));
        drop(self.dicts.try_lock().map(|mut d| std::mem::take(&mut *d)));
    }
}

impl Local {
    /// Lets go of what a thread that ends has here.
    pub(crate) fn forget(&self, thread: u64) {
        let gone: Vec<_> = self.dicts.lock().extract_if(.., |(id, _)| *id == thread).collect();
        drop(gone);
    }

    /// The calling thread's dict; the first look in a thread calls `__init__` again.
    fn dict(th: &Thread, slf: &Py<Local>) -> PyResult<Py<Dict>> {
        if let Some((_, d)) = slf.dicts.lock().iter().find(|(id, _)| *id == th.id) {
            return Ok(d.clone());
        }
        let reference = weakref::new_ref(th, slf.as_obj(), None)?;
        let d = crate::types::dict::new();
        slf.dicts.lock().push((th.id, d.clone()));
        th.note_local(reference);
        let args = slf.args.lock().clone();
        if let Some((t, k)) = args
            && let Some(init) = slf.as_obj().ty().slots.tp_init.get()
            && !std::ptr::fn_addr_eq(init, crate::types::object::object_init as crate::slots::InitFn)
        {
            let (mut all, mut names) = (t.items().to_vec(), Vec::new());
            for (n, v) in k.map(|k| k.items_vec()).unwrap_or_default() {
                names.push(n);
                all.push(v);
            }
            let names = tuple::from_vec(names);
            init(th, slf.as_obj(), Args::new(&all, Some(&names)))?;
        }
        Ok(d)
    }
}

#[macros::pymethods]
impl Local {
    #[new(name = "_local")]
    fn new(th: &Thread, cls: &Py<crate::Type>, args: Args<'_>) -> PyResult<Obj> {
        let overridden = cls
            .slots
            .tp_init
            .get()
            .is_some_and(|f| !std::ptr::fn_addr_eq(f, crate::types::object::object_init as crate::slots::InitFn));
        if !args.all().is_empty() && !overridden {
            return Err(th.type_error("Initialization arguments are not supported"));
        }
        let packed = call::pack(th, args)?;
        let l = Local { args: Guarded::new(Some(packed)), dicts: Guarded::new(vec![(th.id, crate::types::dict::new())]) };
        let l = alloc_instance(th, cls.as_object(), l).into_obj();
        th.note_local(weakref::new_ref(th, &l, None)?);
        Ok(l)
    }

    #[slot(tp_getattro)]
    fn getattro(th: &Thread, slf: &Py<Local>, name: &Obj) -> PyResult<Obj> {
        let d = Local::dict(th, slf)?;
        let Some(n) = name.downcast::<Str>() else {
            return Err(th.type_error(format!("attribute name must be string, not '{}'", name.ty().name())));
        };
        if n.is_ascii_eq("__dict__") {
            return Ok(d.into_obj());
        }
        let found = slf.as_obj().ty().lookup(n);
        if let Some(f) = &found
            && f.ty().slots.tp_descr_set.get().is_some()
        {
            return crate::protocols::attribute::bind(th, f, slf.as_obj());
        }
        if let Some(v) = d.get_item(th, name)? {
            return Ok(v);
        }
        match found {
            Some(f) => crate::protocols::attribute::bind(th, &f, slf.as_obj()),
            None => Err(th.no_attribute(slf.as_obj(), name)),
        }
    }

    #[slot(tp_setattro)]
    fn setattro(th: &Thread, slf: &Py<Local>, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let d = Local::dict(th, slf)?;
        let Some(n) = name.downcast::<Str>() else {
            return Err(th.type_error(format!("attribute name must be string, not '{}'", name.ty().name())));
        };
        if n.is_ascii_eq("__dict__") {
            let text = format!("'{}' object attribute '__dict__' is read-only", slf.as_obj().ty().name());
            return Err(th.attribute_error(text, slf.as_obj(), name));
        }
        if let Some(f) = slf.as_obj().ty().lookup(n)
            && let Some(set) = f.ty().slots.tp_descr_set.get()
        {
            return set(th, &f, slf.as_obj(), value);
        }
        match value {
            Some(v) => d.set_item(th, name, v.clone()),
            None => {
                if d.del_item(th, name)? {
                    return Ok(());
                }
                Err(th.no_attribute(slf.as_obj(), name))
            }
        }
    }
}
