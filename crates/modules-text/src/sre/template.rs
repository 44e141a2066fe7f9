//! Compiled replacement templates.

use super::matching::Match;
use super::subject::{self, Text};
use object::Payload;
use object::gc::Visitor;
use runtime::protocols::sequence;
use runtime::types::int;
use runtime::types::list::List;
use runtime::types::type_::alloc_instance;
use runtime::{Obj, ObjExt, Py, PyClass, PyResult, Thread};

/// A literal, then groups with a literal behind each.
#[macros::pyclass(name = "SRE_Template", module = "_sre", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(crate) struct Template {
    pub(super) literal: Obj,
    /// The number of a group, and the literal behind it unless that is empty.
    pub(super) items: Vec<(usize, Option<Obj>)>,
}

impl Payload for Template {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.literal);
        for (_, literal) in &self.items {
            v.opt(literal);
        }
    }
}

/// `_sre.template`.
pub(super) fn make(th: &Thread, _pattern: &Obj, list: &Py<List>) -> PyResult<Obj> {
    let parts = list.to_vec();
    if parts.len().is_multiple_of(2) {
        return Err(th.type_error("invalid template"));
    }
    let mut items = Vec::with_capacity(parts.len() / 2);
    for pair in parts[1..].chunks_exact(2) {
        let Some(i) = int::to_i64(&pair[0]) else { return Err(th.type_error("invalid template")) };
        let Ok(i) = usize::try_from(i) else { return Err(th.value_error("invalid template")) };
        let literal = if sequence::len(th, &pair[1])? == 0 { None } else { Some(pair[1].clone()) };
        items.push((i, literal));
    }
    Ok(alloc_instance(th, Template::TYPE, Template { literal: parts[0].clone(), items }).into_obj())
}

/// The text that a template makes of a match.
pub(super) fn expand(th: &Thread, template: &Obj, found: &Py<Match>) -> PyResult<Obj> {
    let Some(t) = template.downcast::<Template>() else { return Ok(template.clone()) };
    if t.items.is_empty() {
        return Ok(t.literal.clone());
    }
    let mut pieces = Vec::with_capacity(2 * t.items.len() + 1);
    if sequence::len(th, &t.literal)? != 0 {
        pieces.push(t.literal.clone());
    }
    for (group, literal) in &t.items {
        if *group >= found.groups_count() {
            return Err(th.index_error("no such group"));
        }
        pieces.extend(found.group_text(th, *group)?);
        pieces.extend(literal.clone());
    }
    let is_bytes = Text::open(th, &found.string)?.is_bytes();
    subject::join(th, is_bytes, pieces)
}

#[macros::pymethods]
impl Template {}
