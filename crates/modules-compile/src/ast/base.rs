//! `ast.AST`: what all node classes inherit.

use super::classes;
use super::table::Node;
use object::Payload;
use runtime::protocols::{attribute, call, compare, sequence};
use runtime::types::dict::{self, Dict};
use runtime::types::generic_alias::GenericAlias;
use runtime::types::list::{self, List};
use runtime::types::str as pystr;
use runtime::types::tuple::{self, Tuple};
use runtime::types::type_::alloc_instance;
use runtime::types::union::Union;
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, instances, none, warnings};

/// The payload of a node: all it has stands in its attributes.
#[macros::pyclass(name = "AST", module = "ast", flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF)]
pub(crate) struct Ast;

impl Payload for Ast {}

/// A tuple-like attribute of a node's class; empty if there is none.
fn class_items(th: &Thread, o: &Obj, name: &str) -> PyResult<Vec<Obj>> {
    match attribute::lookup_opt_str(th, &o.ty().to_obj(), name)? {
        Some(items) => sequence::to_vec(th, &items),
        None => Ok(Vec::new()),
    }
}

fn find(th: &Thread, items: &[Obj], key: &Obj) -> PyResult<Option<usize>> {
    for (i, item) in items.iter().enumerate() {
        if compare::eq(th, item, key)? {
            return Ok(Some(i));
        }
    }
    Ok(None)
}

fn repr_text(th: &Thread, o: &Obj) -> PyResult<String> {
    Ok(runtime::protocols::repr(th, o)?.to_string_lossy())
}

/// Removes a name; false if it is not there.
fn take(th: &Thread, from: &mut Vec<Obj>, key: &Obj) -> PyResult<bool> {
    match find(th, from, key)? {
        Some(i) => {
            from.remove(i);
            Ok(true)
        }
        None => Ok(false),
    }
}

/// The names in sorted order.
fn sorted(th: &Thread, names: Vec<Obj>) -> PyResult<Vec<Obj>> {
    let l = list::from_vec(th, names);
    call::call_method(th, l.as_obj(), "sort", &[])?;
    Ok(l.to_vec())
}

/// What fields that were not given become.
fn fill_missing(th: &Thread, slf: &Obj, missing: Vec<Obj>) -> PyResult<()> {
    let types = attribute::lookup_opt_str(th, &slf.ty().to_obj(), "_field_types")?;
    let Some(types) = types.as_ref().and_then(|t| t.downcast::<Dict>()) else { return Ok(()) };
    let class = slf.ty().name();
    for name in sorted(th, missing)? {
        let Some(ty) = types.get_item(th, &name)? else {
            let shown = repr_text(th, &name)?;
            let text = format!("Field {shown} is missing from {class}._field_types. This will become an error in Python 3.15.");
            warnings::warn_deprecated(th, &text)?;
            continue;
        };
        let default = if ty.downcast::<Union>().is_some() {
            // The class has `None`.
            continue;
        } else if ty.downcast_exact::<GenericAlias>().is_some() {
            list::from_vec(th, Vec::new()).into_obj()
        } else {
            let nodes = classes::of(th)?;
            match nodes.singleton(Node::Load).filter(|_| ty.is(nodes.ty(Node::expr_context).as_obj())) {
                Some(load) => load,
                None => {
                    let shown = repr_text(th, &name)?;
                    let text = format!(
                        "{class}.__init__ missing 1 required positional argument: {shown}. This will become an error in Python 3.15."
                    );
                    warnings::warn_deprecated(th, &text)?;
                    continue;
                }
            }
        };
        attribute::set_or_delete(th, slf, instances::attribute_name(th, &name)?, Some(&default))?;
    }
    Ok(())
}

/// How deep `repr` shows nodes in nodes.
const REPR_DEPTH: usize = 3;

fn show_items(th: &Thread, b: &mut text::Builder, items: &[Obj], (open, close): (&str, &str), depth: usize) -> PyResult<()> {
    b.push_str(open);
    let shown: Vec<&Obj> = match items {
        [] => Vec::new(),
        [one] => vec![one],
        [first, .., last] => vec![first, last],
    };
    for (i, item) in shown.iter().enumerate() {
        if i > 0 {
            b.push_str(if items.len() > 2 { ", ..., " } else { ", " });
        }
        show_value(th, b, item, depth)?;
    }
    b.push_str(close);
    Ok(())
}

fn show_value(th: &Thread, b: &mut text::Builder, value: &Obj, depth: usize) -> PyResult<()> {
    if value.downcast::<Ast>().is_some() {
        return show(th, b, value, depth);
    }
    b.push_chars(runtime::protocols::repr(th, value)?.chars());
    Ok(())
}

fn show(th: &Thread, b: &mut text::Builder, o: &Obj, depth: usize) -> PyResult<()> {
    let class = o.ty().name();
    if depth == 0 {
        b.push_str(&format!("{class}(...)"));
        return Ok(());
    }
    let done = th.repr_guarded(o, || {
        let fields = class_items(th, o, "_fields")?;
        b.push_str(&format!("{class}("));
        for (i, field) in fields.iter().enumerate() {
            let name = instances::attribute_name(th, field)?;
            let value = attribute::get(th, o, name)?;
            if i > 0 {
                b.push_str(", ");
            }
            b.push_chars(name.chars());
            b.push_str("=");
            if let Some(l) = value.downcast::<List>() {
                show_items(th, b, &l.to_vec(), ("[", "]"), depth - 1)?;
            } else if let Some(t) = value.downcast::<Tuple>() {
                show_items(th, b, t.items(), ("(", ")"), depth - 1)?;
            } else {
                show_value(th, b, &value, depth - 1)?;
            }
        }
        b.push_str(")");
        Ok(())
    })?;
    if done.is_none() {
        b.push_str(&format!("{class}(...)"));
    }
    Ok(())
}

/// Checks the keywords of `__replace__` and that no field stays without a value.
fn check_replace(th: &Thread, slf: &Obj, own: &Py<Dict>, args: Args<'_>) -> PyResult<()> {
    let class = slf.ty().name();
    let mut expected = class_items(th, slf, "_fields")?;
    let fields = expected.clone();
    let attributes = class_items(th, slf, "_attributes")?;
    expected.extend(attributes.iter().cloned());
    for (key, _) in args.keywords().iter() {
        if !take(th, &mut expected, key)? {
            let key = repr_text(th, key)?;
            return Err(th.type_error(format!("{class}.__replace__ got an unexpected keyword argument {key}.")));
        }
    }
    let types = attribute::lookup_opt_str(th, &slf.ty().to_obj(), "_field_types")?;
    let mut missing = Vec::new();
    for name in expected {
        if own.contains(th, &name)? || find(th, &attributes, &name)?.is_some() || find(th, &fields, &name)?.is_none() {
            continue;
        }
        let ty = match types.as_ref().and_then(|t| t.downcast::<Dict>()) {
            Some(types) => types.get_item(th, &name)?,
            None => None,
        };
        if ty.is_none_or(|t| t.downcast::<Union>().is_none()) {
            missing.push(name);
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let mut shown = Vec::new();
    for name in sorted(th, missing)? {
        shown.push(repr_text(th, &name)?);
    }
    let plural = if shown.len() == 1 { "" } else { "s" };
    Err(th.type_error(format!("{class}.__replace__ missing {} keyword argument{plural}: {}.", shown.len(), shown.join(", "))))
}

#[macros::pymethods]
impl Ast {
    #[new(name = "AST")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        Ok(alloc_instance(th, cls.as_object(), Ast).into_obj())
    }

    #[init(name = "AST")]
    fn init(th: &Thread, slf: &Obj, args: Args<'_>) -> PyResult<()> {
        let fields = class_items(th, slf, "_fields")?;
        let class = slf.ty().name();
        if fields.is_empty() && attribute::lookup_opt_str(th, &slf.ty().to_obj(), "_fields")?.is_none() {
            return Err(th.attribute_error_message(format!("type object '{class}' has no attribute '_fields'")));
        }
        let given = args.pos();
        if given.len() > fields.len() {
            let (n, plural) = (fields.len(), if fields.len() == 1 { "" } else { "s" });
            let short = slf.ty().short_name();
            return Err(th.type_error(format!("{short} constructor takes at most {n} positional argument{plural}")));
        }
        let mut missing = fields.clone();
        for (field, value) in fields.iter().zip(given) {
            attribute::set(th, slf, instances::attribute_name(th, field)?, value)?;
            take(th, &mut missing, field)?;
        }
        let mut attributes = None;
        for (key, value) in args.keywords().iter() {
            if find(th, &fields, key)?.is_some() {
                if !take(th, &mut missing, key)? {
                    let key = repr_text(th, key)?;
                    return Err(th.type_error(format!("{class} got multiple values for argument {key}")));
                }
            } else {
                let known = match attributes.take() {
                    Some(known) => known,
                    None => class_items(th, slf, "_attributes")?,
                };
                if find(th, &known, key)?.is_none() {
                    let key = repr_text(th, key)?;
                    warnings::warn_deprecated(
                        th,
                        &format!(
                            "{class}.__init__ got an unexpected keyword argument {key}. Support for arbitrary keyword arguments is \
                             deprecated and will be removed in Python 3.15."
                        ),
                    )?;
                }
                attributes = Some(known);
            }
            attribute::set(th, slf, instances::attribute_name(th, key)?, value)?;
        }
        fill_missing(th, slf, missing)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        th.check_stack(" while getting the repr of an object")?;
        let mut b = text::Builder::with_capacity(64);
        show(th, &mut b, slf, REPR_DEPTH)?;
        Ok(pystr::from_buf(b.finish()).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let ty = slf.ty().to_obj();
        let Some(own) = attribute::lookup_opt_str(th, slf, "__dict__")? else {
            return Ok(tuple::from_array([ty, tuple::empty().into_obj()]).into_obj());
        };
        // `None` for each field that is set, so that the constructor does not warn; the state puts the values in.
        let mut placeholders = Vec::new();
        for field in class_items(th, slf, "_fields")? {
            let present = match own.downcast::<Dict>() {
                Some(d) => d.contains(th, &field)?,
                None => false,
            };
            if !present {
                break;
            }
            placeholders.push(none());
        }
        Ok(tuple::from_array([ty, tuple::from_vec(placeholders).into_obj(), own]).into_obj())
    }

    /// Return a copy of the AST node with new values for the specified fields.
    #[pymethod(sig = "($self, /, **fields)")]
    fn __replace__(th: &Thread, slf: &Obj, fields: runtime::Kwargs<'_>) -> PyResult<Obj> {
        let own = attribute::get_str(th, slf, "__dict__")?;
        let Some(own) = own.downcast::<Dict>() else {
            return Err(th.type_error("__dict__ must be a dictionary"));
        };
        let (mut values, mut names) = (Vec::new(), Vec::new());
        for (name, value) in fields.iter() {
            names.push(name.clone());
            values.push(value.clone());
        }
        let names = tuple::from_vec(names);
        check_replace(th, slf, own, Args::new(&values, Some(&names)))?;
        let payload = dict::new();
        let mut known = class_items(th, slf, "_fields")?;
        known.extend(class_items(th, slf, "_attributes")?);
        for key in known {
            if let Some(value) = own.get_item(th, &key)? {
                payload.set_item(th, &key, value)?;
            }
        }
        for (key, value) in names.items().iter().zip(values) {
            payload.set_item(th, key, value)?;
        }
        call::call_dict(th, &slf.ty().to_obj(), &[], Some(&payload))
    }

    #[getter]
    fn __dict__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        instances::dict_getter(th, slf)
    }

    #[setter(name = "__dict__")]
    fn set_dict(th: &Thread, slf: &Obj, value: Option<&Obj>) -> PyResult<()> {
        instances::dict_setter(th, slf, value)
    }
}

/// True for a node.
pub(crate) fn is_node(o: &Obj) -> bool {
    o.ty().is_subtype(Ast::TYPE)
}
