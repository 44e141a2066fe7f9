//! The classes of an interpreter, made from the table on first use.

use super::base::Ast;
use super::table::{ATTRIBUTES, Field, NODES, Node};
use object::Guarded;
use runtime::protocols::{attribute, number};
use runtime::types::dict::{self, Dict};
use runtime::types::generic_alias;
use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple;
use runtime::types::type_::{alloc_instance, ready_static};
use runtime::{Module, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, none};
use std::collections::HashMap;
use std::sync::Arc;

/// What the conversions need of a class.
struct Entry {
    ty: Py<Type>,
    fields: Vec<Py<Str>>,
    /// The one instance of a class without fields, which the parser's trees share.
    singleton: Option<Obj>,
}

/// The classes of one interpreter.
pub(crate) struct Classes {
    entries: Vec<Entry>,
    by_id: HashMap<u64, Node>,
    attributes: Vec<Py<Str>>,
}

/// Where an interpreter keeps its classes.
#[derive(Default)]
struct Slot(Guarded<Option<Arc<Classes>>>);

/// The classes of the running interpreter.
pub(crate) fn of(th: &Thread) -> PyResult<Arc<Classes>> {
    let slot = th.rt().state::<Slot>();
    if let Some(known) = slot.0.get() {
        return Ok(known);
    }
    let made = Arc::new(make(th)?);
    slot.0.set(Some(made.clone()));
    Ok(made)
}

/// The classes if they exist already: without them there can't be a node.
pub(crate) fn known(th: &Thread) -> Option<Arc<Classes>> {
    th.rt().state::<Slot>().0.get()
}

fn names(names: impl Iterator<Item = &'static str>) -> Obj {
    tuple::from_vec(names.map(|n| pystr::intern(n).into_obj()).collect()).into_obj()
}

fn put(d: &Py<Dict>, name: &str, value: Obj) {
    d.insert_str(&pystr::intern(name), value);
}

/// The root's own attributes.
fn ready_root() {
    let root = Ast::TYPE;
    ready_static(root);
    let ns = root.namespace();
    if ns.contains_str(&pystr::intern("_fields")) {
        return;
    }
    for name in ["_fields", "_attributes", "__match_args__"] {
        put(&ns, name, tuple::empty().into_obj());
    }
    put(&ns, "__module__", pystr::intern("ast").into_obj());
    // Unlike other native types, this one may be changed by programs.
    root.set_flags(root.flags() & !runtime::type_flags::IMMUTABLETYPE);
}

/// The type object of a field: what `_field_types` says of it.
fn field_type(th: &Thread, types: &HashMap<&'static str, Obj>, field: Field<'_>) -> PyResult<Obj> {
    let plain = match field.ty {
        "identifier" | "string" => <Str as PyClass>::TYPE.to_obj(),
        "int" => runtime::types::int::INT_TYPE.to_obj(),
        "constant" => runtime::types::object::OBJECT_TYPE.to_obj(),
        other => types.get(other).cloned().unwrap_or_else(none),
    };
    if field.many {
        let list = <runtime::types::list::List as PyClass>::TYPE.to_obj();
        Ok(generic_alias::new(th, &list, &plain))
    } else if field.optional {
        number::or(th, &plain, &none())
    } else {
        Ok(plain)
    }
}

fn make(th: &Thread) -> PyResult<Classes> {
    ready_root();
    let mut types: HashMap<&'static str, Obj> = HashMap::new();
    types.insert("AST", Ast::TYPE.to_obj());
    let mut entries = Vec::with_capacity(NODES.len());
    let mut by_id = HashMap::new();
    for &node in Node::ALL {
        let class = node.class();
        let ns = dict::new();
        let fields = || class.fields().map(|f| f.name);
        put(&ns, "_fields", names(fields()));
        put(&ns, "__match_args__", names(fields()));
        put(&ns, "__module__", pystr::intern("ast").into_obj());
        put(&ns, "__doc__", pystr::new(&class.doc()).into_obj());
        if class.base == "AST" {
            let attributes: &[&str] = if class.located { &ATTRIBUTES } else { &[] };
            put(&ns, "_attributes", names(attributes.iter().copied()));
        }
        if class.located {
            put(&ns, "end_lineno", none());
            put(&ns, "end_col_offset", none());
        }
        for field in class.fields().filter(|f| f.optional && !f.many) {
            put(&ns, field.name, none());
        }
        let base = types.get(class.base).cloned().unwrap_or_else(none);
        let ty = runtime::types::type_::new_class(th, class.name, &[base], &ns)?;
        types.insert(class.name, ty.as_obj().clone());
        by_id.insert(ty.as_obj().id(), node);
        let singleton = (class.base != "AST" && class.text.is_empty() && !matches!(class.base, "stmt"))
            .then(|| alloc_instance(th, ty.as_object(), Ast).into_obj());
        entries.push(Entry { ty, fields: class.fields().map(|f| pystr::intern(f.name)).collect(), singleton });
    }
    // Field types may name classes that come later in the table.
    for (entry, &node) in entries.iter().zip(Node::ALL) {
        let class = node.class();
        if class.is_sum() {
            continue;
        }
        let field_types = dict::new();
        for field in class.fields() {
            put(&field_types, field.name, field_type(th, &types, field)?);
        }
        attribute::set_str(th, entry.ty.as_obj(), "_field_types", field_types.as_obj())?;
        attribute::set_str(th, entry.ty.as_obj(), "__annotations__", field_types.as_obj())?;
    }
    Ok(Classes { entries, by_id, attributes: ATTRIBUTES.iter().map(|a| pystr::intern(a)).collect() })
}

impl Classes {
    pub(crate) fn ty(&self, node: Node) -> &Py<Type> {
        &self.entries[node as usize].ty
    }

    pub(crate) fn fields(&self, node: Node) -> &[Py<Str>] {
        &self.entries[node as usize].fields
    }

    /// The names `lineno`, `col_offset`, `end_lineno`, `end_col_offset`.
    pub(crate) fn attributes(&self) -> &[Py<Str>] {
        &self.attributes
    }

    pub(crate) fn singleton(&self, node: Node) -> Option<Obj> {
        self.entries[node as usize].singleton.clone()
    }

    /// The member of the sum `base` that an object is an instance of.
    pub(crate) fn member(&self, o: &Obj, base: &str) -> Option<Node> {
        let mro = o.ty().mro.get()?;
        mro.items().iter().filter_map(|t| self.by_id.get(&t.id()).copied()).find(|n| n.class().base == base)
    }

    /// True for an instance of the class or of a subclass.
    pub(crate) fn is(&self, o: &Obj, node: Node) -> bool {
        o.is_instance(self.ty(node).as_object())
    }

    pub(crate) fn add_to(&self, m: &Py<Module>) {
        m.add("AST", Ast::TYPE.to_obj());
        for (entry, class) in self.entries.iter().zip(NODES) {
            m.add(class.name, entry.ty.as_obj().clone());
        }
    }
}
