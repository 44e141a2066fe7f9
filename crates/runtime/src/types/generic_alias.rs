//! `types.GenericAlias`: `list[int]` and its like; and the substitution of type parameters that `types.UnionType` shares.

use crate::protocols::{attribute, call, compare, mapping};
use crate::slots::CompareOp;
use crate::types::list::{self, List};
use crate::types::str::{self, Str, interned};
use crate::types::tuple::{self, Tuple};
use crate::types::type_::alloc_instance;
use crate::types::union;
use crate::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, instances, none};
use object::gc::Visitor;
use object::{Guarded, Payload};

/// The payload of an alias.
#[macros::pyclass(name = "GenericAlias", module = "types", flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF)]
pub struct GenericAlias {
    pub origin: Obj,
    pub args: Py<Tuple>,
    /// `*tuple[int, ...]`
    pub starred: bool,
    parameters: Guarded<Option<Py<Tuple>>>,
}

/// The iterator of an alias, which gives the starred alias once.
#[macros::pyclass(name = "generic_alias_iterator", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub struct AliasIterator {
    alias: Guarded<Option<Py<GenericAlias>>>,
}

impl Payload for GenericAlias {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.origin);
        v.py(&self.args);
        if let Some(p) = self.parameters.try_lock() {
            v.opt_py(&p);
        }
    }
}

impl Payload for AliasIterator {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(a) = self.alias.try_lock() {
            v.opt_py(&a);
        }
    }
}

/// The value of a `__class_getitem__`: `origin[item]` (`Py_GenericAlias`).
pub fn new(th: &Thread, origin: &Obj, item: &Obj) -> Obj {
    make(th, GenericAlias::TYPE, origin.clone(), arguments(item), false).into_obj()
}

fn arguments(item: &Obj) -> Py<Tuple> {
    match item.downcast::<Tuple>() {
        Some(t) => t.clone(),
        None => tuple::from_array([item.clone()]),
    }
}

fn make(th: &Thread, ty: &crate::TypeObject, origin: Obj, args: Py<Tuple>, starred: bool) -> Py<GenericAlias> {
    alloc_instance(th, ty, GenericAlias { origin, args, starred, parameters: Guarded::new(None) })
}

/// How an argument shows in the repr of aliases and unions (`_Py_typing_type_repr`).
pub fn type_repr(th: &Thread, o: &Obj) -> PyResult<Py<Str>> {
    if o.is(&crate::ellipsis()) {
        return Ok(str::new("..."));
    }
    if o.is(&none().ty().to_obj()) {
        return Ok(str::new("None"));
    }
    let names = crate::names::get();
    if attribute::lookup_opt(th, o, &names.__origin__)?.is_some() && attribute::lookup_opt(th, o, &names.__args__)?.is_some() {
        return crate::protocols::repr(th, o);
    }
    let Some(qualname) = attribute::lookup_opt(th, o, &names.__qualname__)? else {
        return crate::protocols::repr(th, o);
    };
    let module = attribute::lookup_opt(th, o, &names.__module__)?.filter(|m| !m.is_none());
    let Some(module) = module else { return crate::protocols::repr(th, o) };
    let qualname = crate::protocols::str(th, &qualname)?;
    if module.downcast::<Str>().is_some_and(|m| m.is_ascii_eq("builtins")) {
        return Ok(qualname);
    }
    let mut b = text::Builder::with_capacity(qualname.len() + 16);
    b.push_chars(crate::protocols::str(th, &module)?.chars());
    b.push_str(".");
    b.push_chars(qualname.chars());
    Ok(str::from_buf(b.finish()))
}

fn push_list(th: &Thread, b: &mut text::Builder, items: &[Obj]) -> PyResult<()> {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            b.push_str(", ");
        }
        match item.downcast_exact::<List>() {
            // The arguments of a callable.
            Some(inner) => {
                b.push_str("[");
                let mut first = true;
                for o in inner.to_vec() {
                    if !first {
                        b.push_str(", ");
                    }
                    first = false;
                    b.push_chars(type_repr(th, &o)?.chars());
                }
                b.push_str("]");
            }
            None => b.push_chars(type_repr(th, item)?.chars()),
        }
    }
    Ok(())
}

/// The type parameters in these arguments, each once, in order (`_Py_make_parameters`).
pub fn make_parameters(th: &Thread, args: &[Obj]) -> PyResult<Vec<Obj>> {
    th.check_stack(" in __parameter__ calculation")?;
    let mut found: Vec<Obj> = Vec::new();
    for arg in args {
        // A class may have `__parameters__` as a plain attribute for its instances.
        if arg.downcast::<Type>().is_some() {
            continue;
        }
        if attribute::lookup_opt(th, arg, interned!("__typing_subst__"))?.is_some() {
            add_once(&mut found, arg.clone());
            continue;
        }
        let inner = if let Some(t) = arg.downcast::<Tuple>() {
            make_parameters(th, t.items())?
        } else if let Some(l) = arg.downcast::<List>() {
            make_parameters(th, &l.to_vec())?
        } else {
            parameters_of(th, arg)?
        };
        for p in inner {
            add_once(&mut found, p);
        }
    }
    Ok(found)
}

fn add_once(found: &mut Vec<Obj>, p: Obj) {
    if !found.iter().any(|f| f.is(&p)) {
        found.push(p);
    }
}

fn parameters_of(th: &Thread, o: &Obj) -> PyResult<Vec<Obj>> {
    let parameters = attribute::lookup_opt(th, o, interned!("__parameters__"))?;
    Ok(parameters.and_then(|p| p.downcast::<Tuple>().map(|t| t.items().to_vec())).unwrap_or_default())
}

/// Arguments of a subscript with starred tuples spread out.
fn unpack_arguments(th: &Thread, item: &Obj) -> PyResult<Vec<Obj>> {
    let given = arguments(item);
    let mut out = Vec::with_capacity(given.len());
    for arg in given.items() {
        if arg.downcast::<Type>().is_none()
            && let Some(inner) = attribute::lookup_opt(th, arg, interned!("__typing_unpacked_tuple_args__"))?
            && let Some(inner) = inner.downcast::<Tuple>()
            && !inner.items().last().is_some_and(|l| l.is(&crate::ellipsis()))
        {
            out.extend(inner.items().iter().cloned());
        } else {
            out.push(arg.clone());
        }
    }
    Ok(out)
}

/// The arguments with their type parameters replaced by what a subscript gives (`_Py_subs_parameters`).
pub fn substitute(th: &Thread, slf: &Obj, args: &[Obj], parameters: &[Obj], item: &Obj) -> PyResult<Vec<Obj>> {
    th.check_stack("")?;
    let shown = |th: &Thread| crate::protocols::repr(th, slf).map(|s| s.to_string_lossy());
    if parameters.is_empty() {
        return Err(th.type_error(format!("{} is not a generic class", shown(th)?)));
    }
    let mut items = unpack_arguments(th, item)?;
    for parameter in parameters {
        let prepare = attribute::lookup_opt(th, parameter, interned!("__typing_prepare_subst__"))?;
        if let Some(prepare) = prepare.filter(|p| !p.is_none()) {
            let given = tuple::from_vec(items).into_obj();
            let prepared = call::call(th, &prepare, &[slf.clone(), given])?;
            items = arguments(&prepared).items().to_vec();
        }
    }
    if items.len() != parameters.len() {
        let many = if items.len() > parameters.len() { "many" } else { "few" };
        return Err(th.type_error(format!(
            "Too {many} arguments for {}; actual {}, expected {}",
            shown(th)?,
            items.len(),
            parameters.len()
        )));
    }
    replace_all(th, args, parameters, &items)
}

fn replace_all(th: &Thread, args: &[Obj], parameters: &[Obj], items: &[Obj]) -> PyResult<Vec<Obj>> {
    th.check_stack("")?;
    let mut out = Vec::with_capacity(args.len());
    for arg in args {
        if arg.downcast::<Type>().is_some() {
            out.push(arg.clone());
            continue;
        }
        if let Some(t) = arg.downcast::<Tuple>() {
            out.push(tuple::from_vec(replace_all(th, t.items(), parameters, items)?).into_obj());
            continue;
        }
        if let Some(l) = arg.downcast::<List>() {
            out.push(list::from_vec(th, replace_all(th, &l.to_vec(), parameters, items)?).into_obj());
            continue;
        }
        let unpacked = match attribute::lookup_opt(th, arg, interned!("__typing_is_unpacked_typevartuple__"))? {
            Some(flag) => crate::protocols::truth(th, &flag)?,
            None => false,
        };
        let new = match attribute::lookup_opt(th, arg, interned!("__typing_subst__"))? {
            Some(subst) => match parameters.iter().position(|p| p.is(arg)) {
                Some(i) => call::call(th, &subst, std::slice::from_ref(&items[i]))?,
                None => {
                    let shown = crate::protocols::repr(th, arg)?.to_string_lossy();
                    return Err(th.type_error(format!("argument {shown} with __typing_subst__ was not found in __parameters__")));
                }
            },
            None => substitute_inside(th, arg, parameters, items)?,
        };
        if !unpacked {
            out.push(new);
            continue;
        }
        match new.downcast::<Tuple>() {
            Some(t) => out.extend(t.items().iter().cloned()),
            None => {
                let original = attribute::lookup_opt(th, arg, &crate::names::get().__origin__)?;
                let shown = original.as_ref().unwrap_or(arg).ty().name();
                return Err(th.type_error(format!(
                    "expected __typing_subst__ of {shown} objects to return a tuple, not {}",
                    new.ty().name()
                )));
            }
        }
    }
    Ok(out)
}

/// An argument that is generic itself, subscripted with what its own parameters become.
fn substitute_inside(th: &Thread, arg: &Obj, parameters: &[Obj], items: &[Obj]) -> PyResult<Obj> {
    let own = parameters_of(th, arg)?;
    if own.is_empty() {
        return Ok(arg.clone());
    }
    let mut subscript = Vec::with_capacity(own.len());
    for p in own {
        match parameters.iter().position(|q| q.is(&p)) {
            Some(i) => match items[i].downcast::<Tuple>() {
                // A `TypeVarTuple` stands for any number of arguments.
                Some(several) if p.ty().slots.tp_iter.get().is_some() => subscript.extend(several.items().iter().cloned()),
                _ => subscript.push(items[i].clone()),
            },
            None => subscript.push(p),
        }
    }
    mapping::get_item(th, arg, tuple::from_vec(subscript).as_obj())
}

/// Attributes that an alias has itself; all others are its origin's.
const OWN: [&str; 10] = [
    "__class__",
    "__class_getitem__",
    "__origin__",
    "__args__",
    "__unpacked__",
    "__parameters__",
    "__typing_unpacked_tuple_args__",
    "__mro_entries__",
    "__reduce_ex__",
    "__reduce__",
];

/// Attributes of the origin that an alias hides.
const BLOCKED: [&str; 3] = ["__bases__", "__copy__", "__deepcopy__"];

#[macros::pymethods]
impl GenericAlias {
    #[new(name = "GenericAlias")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Py<GenericAlias>> {
        args.no_keywords(th, "GenericAlias")?;
        let [origin, item] = args.pos() else {
            return Err(th.type_error(format!("GenericAlias expected 2 arguments, got {}", args.pos().len())));
        };
        Ok(make(th, cls.as_object(), origin.clone(), arguments(item), false))
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let mut b = text::Builder::with_capacity(32);
        if slf.starred {
            b.push_str("*");
        }
        b.push_chars(type_repr(th, &slf.origin)?.chars());
        b.push_str("[");
        if slf.args.is_empty() {
            b.push_str("()");
        }
        push_list(th, &mut b, slf.args.items())?;
        b.push_str("]");
        Ok(str::from_buf(b.finish()).into_obj())
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<Self>) -> PyResult<i64> {
        let h = crate::protocols::hash(th, &slf.origin)? ^ crate::protocols::hash(th, slf.args.as_obj())?;
        Ok(if h == -1 { -2 } else { h })
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<Self>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let (CompareOp::Eq | CompareOp::Ne, Some(other)) = (op, other.downcast::<Self>()) else {
            return Ok(crate::not_implemented());
        };
        let same = slf.starred == other.starred
            && compare::eq(th, &slf.origin, &other.origin)?
            && compare::eq(th, slf.args.as_obj(), other.args.as_obj())?;
        Ok(crate::bool_obj(same == (op == CompareOp::Eq)))
    }

    #[slot(tp_call)]
    fn call(th: &Thread, slf: &Py<Self>, args: Args<'_>) -> PyResult<Obj> {
        let made = call::call_args(th, &slf.origin, args)?;
        if let Err(raised) = attribute::set(th, &made, interned!("__orig_class__"), slf.as_obj()) {
            use crate::types::exceptions::{ATTRIBUTE_ERROR, TYPE_ERROR};
            if !th.exception_matches(ATTRIBUTE_ERROR) && !th.exception_matches(TYPE_ERROR) {
                return Err(raised);
            }
            drop(th.take_raised(raised));
        }
        Ok(made)
    }

    #[slot(tp_getattro)]
    fn getattro(th: &Thread, slf: &Py<Self>, name: &Obj) -> PyResult<Obj> {
        let name = instances::attribute_name(th, name)?;
        if OWN.iter().chain(&BLOCKED).any(|n| name.is_ascii_eq(n)) {
            return instances::generic_getattr(th, slf.as_obj(), name);
        }
        attribute::get(th, &slf.origin, name)
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(alloc_instance(th, AliasIterator::TYPE, AliasIterator { alias: Guarded::new(Some(slf.clone())) }).into_obj())
    }

    #[slot(nb_or)]
    fn or(th: &Thread, a: &Obj, b: &Obj) -> PyResult<Obj> {
        union::type_or(th, a, b)
    }

    #[slot(mp_subscript)]
    fn getitem(th: &Thread, slf: &Py<Self>, item: &Obj) -> PyResult<Obj> {
        let parameters = Self::__parameters__(th, slf)?;
        let args = substitute(th, slf.as_obj(), slf.args.items(), parameters.items(), item)?;
        Ok(make(th, slf.as_obj().ty(), slf.origin.clone(), tuple::from_vec(args), slf.starred).into_obj())
    }

    #[pymethod]
    fn __mro_entries__(_th: &Thread, slf: &Py<Self>, _args: Args<'_>) -> Py<Tuple> {
        tuple::from_array([slf.origin.clone()])
    }

    #[pymethod]
    fn __instancecheck__(th: &Thread, _slf: &Py<Self>, _args: Args<'_>) -> PyResult<Obj> {
        Err(th.type_error("isinstance() argument 2 cannot be a parameterized generic"))
    }

    #[pymethod]
    fn __subclasscheck__(th: &Thread, _slf: &Py<Self>, _args: Args<'_>) -> PyResult<Obj> {
        Err(th.type_error("issubclass() argument 2 cannot be a parameterized generic"))
    }

    #[pymethod]
    fn __reduce__(th: &Thread, slf: &Py<Self>, _args: Args<'_>) -> PyResult<Obj> {
        let parts = tuple::from_array([slf.origin.clone(), slf.args.as_obj().clone()]);
        let ty = GenericAlias::TYPE.to_obj();
        if slf.starred {
            let plain = make(th, GenericAlias::TYPE, slf.origin.clone(), slf.args.clone(), false);
            let next = crate::builtins::visible(th, "next")?;
            let iterator = Self::iter(th, &plain)?;
            return Ok(tuple::from_array([next, tuple::from_array([iterator]).into_obj()]).into_obj());
        }
        Ok(tuple::from_array([ty, parts.into_obj()]).into_obj())
    }

    #[pymethod]
    fn __dir__(th: &Thread, slf: &Py<Self>, _args: Args<'_>) -> PyResult<Obj> {
        let dir = crate::builtins::visible(th, "dir")?;
        let names = call::call(th, &dir, std::slice::from_ref(&slf.origin))?;
        if let Some(names) = names.downcast::<List>() {
            for own in OWN {
                let known = names.to_vec().iter().any(|n| n.downcast::<Str>().is_some_and(|n| n.is_ascii_eq(own)));
                if !known {
                    names.push(str::intern(own).into_obj());
                }
            }
        }
        Ok(names)
    }

    #[getter]
    fn __origin__(_th: &Thread, slf: &Py<Self>) -> Obj {
        slf.origin.clone()
    }

    #[getter]
    fn __args__(_th: &Thread, slf: &Py<Self>) -> Py<Tuple> {
        slf.args.clone()
    }

    #[getter]
    fn __unpacked__(_th: &Thread, slf: &Py<Self>) -> bool {
        slf.starred
    }

    /// Type variables in the GenericAlias.
    #[getter]
    fn __parameters__(th: &Thread, slf: &Py<Self>) -> PyResult<Py<Tuple>> {
        if let Some(known) = slf.parameters.get() {
            return Ok(known);
        }
        let made = tuple::from_vec(make_parameters(th, slf.args.items())?);
        slf.parameters.set(Some(made.clone()));
        Ok(made)
    }

    #[getter]
    fn __typing_unpacked_tuple_args__(_th: &Thread, slf: &Py<Self>) -> Option<Py<Tuple>> {
        let of_tuple = slf.origin.is(&Tuple::TYPE.to_obj());
        if slf.starred && of_tuple { Some(slf.args.clone()) } else { None }
    }
}

#[macros::pymethods]
impl AliasIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(slf.as_obj().clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Self>) -> PyResult<Option<Obj>> {
        let Some(alias) = slf.alias.take() else { return Ok(None) };
        Ok(Some(make(th, GenericAlias::TYPE, alias.origin.clone(), alias.args.clone(), true).into_obj()))
    }

    #[pymethod]
    fn __reduce__(th: &Thread, slf: &Py<Self>, _args: Args<'_>) -> PyResult<Obj> {
        let iter = crate::builtins::visible(th, "iter")?;
        let inner = match slf.alias.get() {
            Some(alias) => alias.into_obj(),
            None => tuple::empty().into_obj(),
        };
        Ok(tuple::from_array([iter, tuple::from_array([inner]).into_obj()]).into_obj())
    }
}

/// `__class_getitem__` of a built-in type.
pub fn class_getitem(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
    args.no_keywords(th, "__class_getitem__")?;
    match args.pos() {
        [item] => Ok(new(th, cls, item)),
        other => {
            let ty = cls.downcast::<Type>().map(|t| t.name()).unwrap_or_default();
            Err(th.type_error(format!("{ty}.__class_getitem__() takes exactly one argument ({} given)", other.len())))
        }
    }
}
