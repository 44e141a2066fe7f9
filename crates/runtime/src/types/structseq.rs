//! Struct sequences: tuples with named fields (`sys.version_info`, `os.stat_result`, `time.struct_time`).
//!
//! A type has visible fields, which are the items, and may have further ones that only have names. An instance stores all of them as items
//! of the tuple it holds as hidden attribute only where there are invisible ones.

use crate::protocols::{iterate, repr, sequence};
use crate::types::descriptors;
use crate::types::dict::{self, Dict};
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::{self, Tuple};
use crate::types::type_::new_class;
use crate::{Args, Kwargs, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, int_obj, none};
use object::Payload;

/// The name under which an instance keeps the fields beyond its items.
const HIDDEN: &str = "_structseq_hidden";

/// Makes a struct sequence type. `name` is qualified (`os.stat_result`); the first `visible` fields are the items.
pub fn new_type(th: &Thread, name: &str, doc: &str, fields: &[&str], visible: usize) -> PyResult<Py<Type>> {
    let (module, bare) = name.rsplit_once('.').unwrap_or(("builtins", name));
    let d = dict::new();
    let put = |k: &str, v: Obj| d.insert_str(&pystr::intern(k), v);
    put("__module__", pystr::new(module).into_obj());
    put("__doc__", if doc.is_empty() { none() } else { pystr::new(doc).into_obj() });
    put("n_fields", int_obj(fields.len() as i64));
    put("n_sequence_fields", int_obj(visible as i64));
    put("n_unnamed_fields", int_obj(fields.iter().filter(|f| f.starts_with("unnamed")).count() as i64));
    let shown: Vec<Obj> = fields[..visible].iter().map(|f| pystr::intern(f).into_obj()).collect();
    put("__match_args__", tuple::from_vec(shown).into_obj());
    let all: Vec<Obj> = fields.iter().map(|f| pystr::intern(f).into_obj()).collect();
    put("_structseq_fields", tuple::from_vec(all).into_obj());
    for (i, f) in fields.iter().enumerate() {
        if f.starts_with("unnamed") {
            continue;
        }
        put(f, field(th, f, i, visible));
    }
    let ty = new_class(th, bare, &[<Tuple as PyClass>::TYPE.to_obj()], &d)?;
    add_methods(&ty, &StructSequence::METHODS);
    Ok(ty)
}

/// Adds native methods to a struct sequence type, in place of those that it has.
pub fn add_methods(ty: &Py<Type>, table: &crate::MethodTable) {
    let own: Py<Dict> = ty.namespace();
    for def in table.methods {
        let value = match def.flavour {
            crate::MethodFlavour::Static => descriptors::static_method(crate::types::function::builtin(def, None, None)),
            _ => descriptors::method(ty, def),
        };
        own.insert_str(&pystr::intern(def.name), value);
    }
    ty.modified();
    for name in ["__repr__", "__new__", "__reduce__"] {
        crate::types::type_::attribute_changed(ty, &pystr::intern(name));
    }
}

/// An instance with a value for each field.
pub fn new(th: &Thread, ty: &Py<Type>, values: Vec<Obj>) -> PyResult<Obj> {
    let visible = visible_fields(th, ty)?;
    let hidden = values[visible.min(values.len())..].to_vec();
    let o = tuple::new_instance(th, ty.as_object(), &values[..visible.min(values.len())]).into_obj();
    if !hidden.is_empty()
        && let Some(d) = crate::instances::instance_dict(th, &o)
    {
        d.insert_str(&pystr::intern(HIDDEN), tuple::from_vec(hidden).into_obj());
    }
    Ok(o)
}

/// The only instance of a type of its own, as `sys` has many.
pub fn instance(th: &Thread, name: &str, fields: &[(&str, Obj)]) -> PyResult<Obj> {
    let names: Vec<&str> = fields.iter().map(|(n, _)| *n).collect();
    let ty = new_type(th, name, "", &names, names.len())?;
    new(th, &ty, fields.iter().map(|(_, v)| v.clone()).collect())
}

/// As [`instance`], with only the first `visible` fields in the sequence, and of a type that programs can't make instances of.
pub fn only_instance(th: &Thread, name: &str, fields: &[(&str, Obj)], visible: usize) -> PyResult<Obj> {
    let names: Vec<&str> = fields.iter().map(|(n, _)| *n).collect();
    let ty = new_type(th, name, "", &names, visible)?;
    let only = new(th, &ty, fields.iter().map(|(_, v)| v.clone()).collect())?;
    ty.slots.tp_new.set(None);
    Ok(only)
}

fn class_int(th: &Thread, ty: &Obj, name: &str) -> PyResult<usize> {
    let v = crate::protocols::attribute::get_str(th, ty, name)?;
    crate::protocols::number::index_i64(th, &v).map(|i| i.max(0) as usize)
}

fn visible_fields(th: &Thread, ty: &Py<Type>) -> PyResult<usize> {
    class_int(th, ty.as_obj(), "n_sequence_fields")
}

fn field_names(th: &Thread, ty: &Obj) -> PyResult<Vec<String>> {
    let names = crate::protocols::attribute::get_str(th, ty, "_structseq_fields")?;
    Ok(sequence::to_vec(th, &names)?.iter().filter_map(|n| n.downcast::<Str>().map(|s| s.to_string_lossy())).collect())
}

/// The descriptor of one field.
#[macros::pyclass(name = "member_descriptor", flags = DISALLOW_INSTANTIATION)]
struct Field {
    name: String,
    index: usize,
    visible: usize,
}

impl Payload for Field {}

fn field(th: &Thread, name: &str, index: usize, visible: usize) -> Obj {
    let f = Field { name: name.to_string(), index, visible };
    crate::types::type_::alloc_instance(th, Field::TYPE, f).into_obj()
}

/// The type of field descriptors, to be made ready at start.
pub fn field_type() -> &'static crate::TypeObject {
    Field::TYPE
}

#[macros::pymethods]
impl Field {
    #[slot(tp_descr_get)]
    fn get(th: &Thread, slf: &Py<Field>, o: Option<&Obj>, _ty: Option<&Obj>) -> PyResult<Obj> {
        let Some(o) = o.filter(|o| !o.is_none()) else { return Ok(slf.as_obj().clone()) };
        let Some(t) = o.downcast::<Tuple>() else {
            return Err(th.type_error(format!("descriptor '{}' doesn't apply to a '{}' object", slf.name, o.ty().name())));
        };
        if slf.index < slf.visible {
            return Ok(t.items().get(slf.index).cloned().unwrap_or_else(none));
        }
        let hidden = crate::instances::instance_dict(th, o).and_then(|d| d.get_str(&pystr::intern(HIDDEN)));
        let value =
            hidden.as_ref().and_then(|h| h.downcast::<Tuple>()).and_then(|h| h.items().get(slf.index - slf.visible).cloned());
        Ok(value.unwrap_or_else(none))
    }

    #[slot(tp_descr_set)]
    fn set(th: &Thread, _slf: &Py<Field>, _o: &Obj, _value: Option<&Obj>) -> PyResult<()> {
        Err(th.attribute_error_message("readonly attribute"))
    }

    #[slot(tp_repr)]
    fn repr(_: &Thread, slf: &Py<Field>) -> PyResult<Obj> {
        Ok(pystr::new(&format!("<member '{}'>", slf.name)).into_obj())
    }

    #[getter]
    fn __name__(_: &Thread, slf: &Py<Field>) -> String {
        slf.name.clone()
    }
}

struct StructSequence;

#[macros::pymethods]
impl StructSequence {
    /// Builds an instance from a sequence of its items, and a dict for further fields.
    #[staticmethod]
    fn __new__(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let [cls, rest @ ..] = args.pos() else {
            return Err(th.type_error("__new__() takes at least 1 argument"));
        };
        let Some(ty) = cls.downcast::<Type>() else {
            return Err(th.type_error("__new__() argument 1 must be a type"));
        };
        let Some(items) = rest.first() else {
            return Err(th.type_error(format!("{}() missing required argument 'sequence' (pos 1)", ty.name())));
        };
        let names = field_names(th, cls)?;
        let visible = visible_fields(th, ty)?;
        let mut values = Vec::new();
        iterate::for_each(th, items, |o| {
            values.push(o);
            Ok(())
        })
        .map_err(|raised| match th.catch(raised, crate::types::exceptions::TYPE_ERROR) {
            Ok(()) => th.type_error("constructor requires a sequence"),
            Err(raised) => raised,
        })?;
        let shown = crate::types::type_::fully_qualified_name(ty.as_object());
        if names.len() != visible {
            if values.len() < visible {
                return Err(
                    th.type_error(format!("{shown}() takes an at least {visible}-sequence ({}-sequence given)", values.len()))
                );
            }
            if values.len() > names.len() {
                return Err(th.type_error(format!(
                    "{shown}() takes an at most {}-sequence ({}-sequence given)",
                    names.len(),
                    values.len()
                )));
            }
        } else if values.len() != visible {
            return Err(th.type_error(format!("{shown}() takes a {visible}-sequence ({}-sequence given)", values.len())));
        }
        let given = rest.get(1).or_else(|| args.keywords().get("dict"));
        for name in &names[values.len()..] {
            let v = match given.and_then(|d| d.downcast::<Dict>()) {
                Some(d) => d.get_item(th, pystr::intern(name).as_obj())?,
                None => None,
            };
            values.push(v.unwrap_or_else(none));
        }
        new(th, ty, values)
    }

    #[pymethod(sig = "($self, /)")]
    fn __repr__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let Some(t) = slf.downcast::<Tuple>() else { return Err(th.type_error("not a struct sequence")) };
        let ty = slf.ty().to_obj();
        let names = field_names(th, &ty)?;
        let mut parts = Vec::new();
        for (name, v) in names.iter().zip(t.items()) {
            parts.push(format!("{name}={}", repr(th, v)?.to_string_lossy()));
        }
        let shown = crate::types::type_::fully_qualified_name(slf.ty());
        Ok(pystr::new(&format!("{shown}({})", parts.join(", "))).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let Some(t) = slf.downcast::<Tuple>() else { return Err(th.type_error("not a struct sequence")) };
        let ty = slf.ty().to_obj();
        let names = field_names(th, &ty)?;
        let rest = dict::new();
        for name in &names[t.len()..] {
            let v = crate::protocols::attribute::get_str(th, slf, name)?;
            rest.insert_str(&pystr::intern(name), v);
        }
        let args = tuple::from_array([tuple::from_slice(t.items()).into_obj(), rest.into_obj()]);
        Ok(tuple::from_array([ty, args.into_obj()]).into_obj())
    }

    #[pymethod(sig = "($self, /, **changes)")]
    fn __replace__(th: &Thread, slf: &Obj, changes: Kwargs<'_>) -> PyResult<Obj> {
        let ty = slf.ty().to_py();
        let names = field_names(th, ty.as_obj())?;
        let mut values = Vec::new();
        for name in &names {
            values.push(match changes.get(name) {
                Some(v) => v.clone(),
                None => crate::protocols::attribute::get_str(th, slf, name)?,
            });
        }
        for (k, _) in changes.iter() {
            if let Some(k) = k.downcast::<Str>()
                && !names.iter().any(|n| k.is_ascii_eq(n))
            {
                return Err(th.type_error(format!("Got unexpected field name(s): ['{}']", k.to_string_lossy())));
            }
        }
        new(th, &ty, values)
    }
}
