//! `__build_class__`.

use super::Builtins;
use crate::interpreter::invoke;
use crate::protocols::{attribute, call, mapping};
use crate::types::cell::PyCell;
use crate::types::dict;
use crate::types::function::Function;
use crate::types::str::Str;
use crate::types::tuple::{self, Tuple};
use crate::types::type_::calculate_metaclass;
use crate::{Args, Obj, ObjExt, PyClass, PyResult, Thread, Type, names};

/// Replaces bases that are no classes by what their `__mro_entries__` gives (PEP 560). `None`: nothing changed.
pub(super) fn update_bases(th: &Thread, bases: &[Obj]) -> PyResult<Option<Vec<Obj>>> {
    let n = names::get();
    let mut out: Option<Vec<Obj>> = None;
    for (i, base) in bases.iter().enumerate() {
        let hook = if base.downcast::<Type>().is_some() { None } else { attribute::lookup_opt(th, base, &n.__mro_entries__)? };
        match hook {
            None => {
                if let Some(o) = &mut out {
                    o.push(base.clone());
                }
            }
            Some(hook) => {
                let entries = call::call(th, &hook, &[tuple::from_slice(bases).into_obj()])?;
                let Some(t) = entries.downcast::<Tuple>() else {
                    return Err(th.type_error("__mro_entries__ must return a tuple"));
                };
                out.get_or_insert_with(|| bases[..i].to_vec()).extend(t.items().iter().cloned());
            }
        }
    }
    Ok(out)
}

#[macros::pymethods(CLASS_BODY)]
impl Builtins {
    /// Internal helper function used by the class statement.
    #[pyfunction]
    fn __build_class__(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let n = names::get();
        let pos = args.pos();
        if pos.len() < 2 {
            return Err(th.type_error("__build_class__: not enough arguments"));
        }
        let Some(func) = pos[0].downcast_exact::<Function>() else {
            return Err(th.type_error("__build_class__: func must be a function"));
        };
        let Some(name) = pos[1].downcast::<Str>() else {
            return Err(th.type_error("__build_class__: name is not a string"));
        };
        let original = &pos[2..];
        let updated = update_bases(th, original)?;
        let bases: &[Obj] = updated.as_deref().unwrap_or(original);
        let mut meta: Option<Obj> = None;
        let mut keywords: Vec<(Obj, Obj)> = Vec::new();
        for (k, v) in args.keywords().iter() {
            if k.downcast::<Str>().is_some_and(|s| s.is_ascii_eq("metaclass")) {
                meta = Some(v.clone());
            } else {
                keywords.push((k.clone(), v.clone()));
            }
        }
        let meta = meta.unwrap_or_else(|| match bases.first() {
            Some(b) => b.ty().to_obj(),
            None => <Type as PyClass>::TYPE.to_obj(),
        });
        let meta = match meta.downcast::<Type>() {
            Some(m) => calculate_metaclass(th, m, bases)?.into_obj(),
            None => meta,
        };
        let bases_tuple = tuple::from_slice(bases);
        let call_meta = |callable: &Obj, ns: Option<&Obj>| -> PyResult<Obj> {
            let mut all = vec![name.as_obj().clone(), bases_tuple.as_obj().clone()];
            all.extend(ns.cloned());
            let names_: Vec<Obj> = keywords.iter().map(|(k, _)| k.clone()).collect();
            all.extend(keywords.iter().map(|(_, v)| v.clone()));
            let names_ = tuple::from_vec(names_);
            call::call_args(th, callable, Args::new(&all, Some(&names_)))
        };
        let ns = match attribute::lookup_opt(th, &meta, &n.__prepare__)? {
            Some(prepare) => {
                let ns = call_meta(&prepare, None)?;
                if ns.ty().slots.mp_subscript.get().is_none() {
                    let shown = match meta.downcast::<Type>() {
                        Some(m) => m.name(),
                        None => "<metaclass>".to_string(),
                    };
                    return Err(th.type_error(format!("{shown}.__prepare__() must return a mapping, not {}", ns.ty().name())));
                }
                ns
            }
            None => dict::new().into_obj(),
        };
        let cell = invoke::run_code(th, func.clone(), Some(ns.clone()))?;
        if updated.is_some() {
            let original = tuple::from_slice(original);
            mapping::set_item(th, &ns, n.__orig_bases__.as_obj(), original.as_obj())?;
        }
        let cls = call_meta(&meta, Some(&ns))?;
        if cls.downcast::<Type>().is_some()
            && let Some(cell) = cell.downcast_exact::<PyCell>()
        {
            match cell.contents.get() {
                None => {
                    return Err(th.runtime_error(format!(
                        "__class__ not set defining {} as {}. Was __classcell__ propagated to type.__new__?",
                        crate::protocols::repr(th, name.as_obj())?.to_string_lossy(),
                        crate::protocols::repr(th, &cls)?.to_string_lossy()
                    )));
                }
                Some(c) if !c.is(&cls) => {
                    return Err(th.type_error(format!(
                        "__class__ set to {} defining {} as {}",
                        crate::protocols::repr(th, &c)?.to_string_lossy(),
                        crate::protocols::repr(th, name.as_obj())?.to_string_lossy(),
                        crate::protocols::repr(th, &cls)?.to_string_lossy()
                    )));
                }
                Some(_) => {}
            }
        }
        Ok(cls)
    }
}
