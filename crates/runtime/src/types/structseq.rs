//! Struct sequences: tuples with named fields (`sys.version_info`, `os.stat_result`, `time.struct_time`).
//!
//! A type has visible fields, which are the items, and may have further ones that only have names: their values are in a tuple of their own,
//! a hidden member, as those of `__slots__` are that a tuple has no room for.

use crate::documentation;
use crate::protocols::{iterate, repr};
use crate::types::descriptors::{self, Member};
use crate::types::dict::{self, Dict};
use crate::types::function;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::{self, Tuple};
use crate::types::type_::{flags, hidden_value, new_class, set_hidden_value};
use crate::{Args, Kwargs, MethodFlavour, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, int_obj, none};
use object::Guarded;
use std::sync::Arc;

/// What a field without a name is declared as.
const UNNAMED: &str = "unnamed";

/// Makes a struct sequence type. `name` is qualified (`os.stat_result`); the first `visible` fields are the items.
pub fn new_type(th: &Thread, name: &str, doc: &str, fields: &[&str], visible: usize) -> PyResult<Py<Type>> {
    let (module, bare) = name.rsplit_once('.').unwrap_or(("builtins", name));
    let d = dict::new();
    let put = |k: &str, v: Obj| d.insert_str(&pystr::intern(k), v);
    let doc = documentation::find(module, bare).doc.unwrap_or(Some(doc).filter(|doc| !doc.is_empty()));
    let named = |f: &&&str| !f.starts_with(UNNAMED);
    put("__module__", pystr::new(module).into_obj());
    put("__doc__", doc.map_or_else(none, |doc| pystr::new(doc).into_obj()));
    put("__slots__", tuple::empty().into_obj());
    put("n_fields", int_obj(fields.len() as i64));
    put("n_sequence_fields", int_obj(visible as i64));
    put("n_unnamed_fields", int_obj((fields.len() - fields.iter().filter(named).count()) as i64));
    let shown: Vec<Obj> = fields[..visible].iter().filter(named).map(|f| pystr::intern(f).into_obj()).collect();
    put("__match_args__", tuple::from_vec(shown).into_obj());
    let ty = new_class(th, bare, &[<Tuple as PyClass>::TYPE.to_obj()], &d)?;
    let own: Py<Dict> = ty.namespace();
    drop(own.remove_str(&pystr::intern("__slots__")));
    for (i, f) in fields.iter().enumerate().filter(|(_, f)| named(f)) {
        own.insert_str(&pystr::intern(f), descriptors::field(th, &ty, pystr::intern(f), i));
    }
    let hidden = if visible < fields.len() { flags::MANAGED_DICT | flags::HIDDEN_MEMBERS } else { 0 };
    ty.set_flags(ty.flags() & !flags::BASETYPE | hidden);
    add_methods(&ty, &StructSequence::METHODS);
    Ok(ty)
}

/// Adds native methods to a struct sequence type, in place of those that it has.
pub fn add_methods(ty: &Py<Type>, table: &crate::MethodTable) {
    let own: Py<Dict> = ty.namespace();
    for def in table.methods {
        let value = match def.flavour {
            MethodFlavour::Static => function::builtin(def, Some(ty.as_obj().clone()), None),
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
    let visible = shape(ty).visible.min(values.len());
    let (items, hidden) = values.split_at(visible);
    let o = tuple::new_instance(th, ty.as_object(), items).into_obj();
    // A value that is not kept reads as `None`.
    if hidden.iter().any(|v| !v.is_none()) {
        set_hidden_value(&o, hidden_name(), tuple::from_slice(hidden).into_obj());
    }
    Ok(o)
}

/// The member that the values of the fields without an item are in.
fn hidden_name() -> &'static Py<Str> {
    pystr::interned!("n_sequence_fields")
}

/// What making an instance needs to know of a type with a version.
struct Shape {
    /// The type's address.
    of: usize,
    version: u32,
    visible: usize,
}

/// The shapes of the types that instances were made of lately.
static SHAPES: Guarded<Vec<Arc<Shape>>> = Guarded::new(Vec::new());
const SHAPES_KEPT: usize = 16;

fn shape(ty: &Type) -> Arc<Shape> {
    let (of, version) = (std::ptr::from_ref(ty) as usize, ty.version_tag());
    if let Some(known) = SHAPES.lock().iter().find(|s| s.of == of && s.version == version && version != 0) {
        return known.clone();
    }
    let new = Arc::new(Shape { of, version, visible: class_int(ty, "n_sequence_fields") });
    let mut shapes = SHAPES.lock();
    let outdated = shapes.iter().position(|s| s.of == of).or((shapes.len() == SHAPES_KEPT).then_some(0));
    let old = outdated.map(|i| shapes.remove(i));
    shapes.push(new.clone());
    drop(shapes);
    drop(old);
    new
}

/// The only instance of a type of its own, as `sys` has many. `closed`: a program can make no other.
pub fn instance(th: &Thread, name: &str, fields: &[(&str, Obj)], visible: usize, closed: bool) -> PyResult<Obj> {
    let names: Vec<&str> = fields.iter().map(|(n, _)| *n).collect();
    let ty = new_type(th, name, "", &names, visible)?;
    let made = new(th, &ty, fields.iter().map(|(_, v)| v.clone()).collect())?;
    let mut bits = ty.flags() | flags::IMMUTABLETYPE;
    if closed {
        drop(ty.namespace().remove_str(&crate::names::get().__new__));
        ty.slots.tp_new.set(None);
        bits |= flags::DISALLOW_INSTANTIATION;
    }
    ty.set_flags(bits);
    ty.modified();
    Ok(made)
}

/// The value of a field, by its place.
pub(crate) fn read(o: &Obj, index: usize) -> Obj {
    let Some(t) = o.downcast::<Tuple>() else { return none() };
    if let Some(item) = t.items().get(index) {
        return item.clone();
    }
    let hidden = hidden_value(o, hidden_name());
    let value = hidden.as_ref().and_then(|h| h.downcast::<Tuple>()?.items().get(index - t.len()).cloned());
    value.unwrap_or_else(none)
}

fn class_int(ty: &Type, name: &str) -> usize {
    let value = ty.namespace().get_str(&pystr::intern(name));
    value.and_then(|v| v.value().as_int()).and_then(|i| usize::try_from(i).ok()).unwrap_or(0)
}

/// The names of all fields in order; `None` for those without.
fn field_names(ty: &Type) -> Vec<Option<Py<Str>>> {
    let mut names = vec![None; class_int(ty, "n_fields")];
    for value in ty.namespace().values_vec() {
        if let Some(member) = value.downcast_exact::<Member>()
            && let Some(place) = member.field_index()
            && let Some(name) = names.get_mut(place)
        {
            *name = Some(member.name.clone());
        }
    }
    names
}

struct StructSequence;

#[macros::pymethods]
impl StructSequence {
    #[staticmethod(
        text = "($type, *args, **kwargs)",
        doc = "Create and return a new object.  See help(type) for accurate signature."
    )]
    fn __new__(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let Some(cls) = args.pos().first() else {
            return Err(th.type_error("structseq.__new__(): not enough arguments"));
        };
        let Some(ty) = cls.downcast::<Type>() else {
            return Err(th.type_error(format!("structseq.__new__(X): X is not a type object ({})", cls.ty().name())));
        };
        let [sequence, given] = NEW.bind::<2>(th, args.without_first())?;
        let visible = class_int(ty, "n_sequence_fields");
        let shown = || crate::types::type_::fully_qualified_name(ty.as_object());
        let mut values = Vec::new();
        iterate::for_each(th, sequence.unwrap_or(&none()), |o| {
            values.push(o);
            Ok(())
        })
        .map_err(|raised| match th.catch(raised, crate::types::exceptions::TYPE_ERROR) {
            Ok(()) => th.type_error("constructor requires a sequence"),
            Err(raised) => raised,
        })?;
        let given = match given {
            None => None,
            Some(d) => match d.downcast::<Dict>() {
                Some(d) => Some(d),
                None => return Err(th.type_error(format!("{}() takes a dict as second arg, if any", shown()))),
            },
        };
        let (n, all) = (values.len(), class_int(ty, "n_fields"));
        if n < visible || n > all {
            let bound = match (n < visible, visible == all) {
                (_, true) => format!("a {visible}"),
                (true, false) => format!("an at least {visible}"),
                (false, false) => format!("an at most {all}"),
            };
            return Err(th.type_error(format!("{}() takes {bound}-sequence ({n}-sequence given)", shown())));
        }
        let Some(given) = given else {
            values.resize_with(all, none);
            return new(th, ty, values);
        };
        let mut used = 0;
        for name in &field_names(ty)[n..] {
            let value = match name {
                Some(name) => given.get_item(th, name.as_obj())?,
                None => None,
            };
            used += usize::from(value.is_some());
            values.push(value.unwrap_or_else(none));
        }
        if given.len() > used {
            return Err(th.type_error(format!("{}() got duplicate or unexpected field name(s)", shown())));
        }
        new(th, ty, values)
    }

    #[pymethod(sig = "($self, /)")]
    fn __repr__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let Some(t) = slf.downcast::<Tuple>() else { return Err(th.type_error("not a struct sequence")) };
        let mut parts = Vec::new();
        for (name, v) in field_names(slf.ty()).iter().zip(t.items()) {
            let name = name.as_ref().map(|n| n.to_string_lossy()).unwrap_or_default();
            parts.push(format!("{name}={}", repr(th, v)?.to_string_lossy()));
        }
        let shown = crate::types::type_::fully_qualified_name(slf.ty());
        Ok(pystr::new(&format!("{shown}({})", parts.join(", "))).into_obj())
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let Some(t) = slf.downcast::<Tuple>() else { return Err(th.type_error("not a struct sequence")) };
        let rest = dict::new();
        for (i, name) in field_names(slf.ty()).iter().enumerate().skip(t.len()) {
            if let Some(name) = name {
                rest.insert_str(name, read(slf, i));
            }
        }
        let args = tuple::from_array([tuple::from_slice(t.items()).into_obj(), rest.into_obj()]);
        Ok(tuple::from_array([slf.ty().to_obj(), args.into_obj()]).into_obj())
    }

    #[pymethod(sig = "($self, /, **changes)")]
    fn __replace__(th: &Thread, slf: &Obj, changes: Kwargs<'_>) -> PyResult<Obj> {
        let ty = slf.ty().to_py();
        let names = field_names(&ty);
        if names.iter().any(Option::is_none) {
            let shown = crate::types::type_::fully_qualified_name(&ty);
            return Err(th.type_error(format!("__replace__() is not supported for {shown} because it has unnamed field(s)")));
        }
        let mut values = Vec::new();
        for (i, name) in names.iter().flatten().enumerate() {
            let changed = changes.get(&name.to_string_lossy());
            values.push(changed.cloned().unwrap_or_else(|| read(slf, i)));
        }
        let known = |k: &Obj| {
            let k = k.downcast::<Str>().map(|k| k.to_string_lossy());
            names.iter().flatten().any(|n| Some(n.to_string_lossy()) == k)
        };
        let unknown: Vec<Obj> = changes.iter().filter(|(k, _)| !known(k)).map(|(k, _)| k.clone()).collect();
        if !unknown.is_empty() {
            let unknown = crate::types::list::from_vec(th, unknown);
            let shown = repr(th, unknown.as_obj())?.to_string_lossy();
            return Err(th.type_error(format!("Got unexpected field name(s): {shown}")));
        }
        new(th, &ty, values)
    }
}

static NEW: crate::args::Signature = crate::args::Signature {
    function: "structseq",
    names: &["sequence", "dict"],
    required: &[true, false],
    positional_only: 0,
    positional: 2,
    var_positional: false,
    var_keyword: false,
};
