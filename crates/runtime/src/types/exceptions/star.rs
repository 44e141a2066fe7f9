//! The end of a `try` statement with `except*`: what goes on being raised.

use super::base::BaseException;
use super::group::{Matcher, is_group, members, new_group, split_recursive};
use crate::types::list;
use crate::{Obj, ObjExt, PyResult, Thread, none};

/// The exception to raise after the `except*` clauses of a statement have run, `None` for nothing (`_PyExc_PrepReraiseStar`).
///
/// `original` is what the statement caught, `raised` what came out of its clauses and what none of them matched.
pub fn prep_reraise_star(th: &Thread, original: &Obj, raised: &[Obj]) -> PyResult<Obj> {
    if raised.is_empty() {
        return Ok(none());
    }
    if !is_group(original) {
        // A naked exception was wrapped: at most one clause ran.
        return Ok(raised[0].clone());
    }
    let (mut new, mut again) = (Vec::new(), Vec::new());
    for e in raised.iter().filter(|e| !e.is_none()) {
        if same_metadata(e, original) { again.push(e.clone()) } else { new.push(e.clone()) }
    }
    let again = projection(th, original, &again)?;
    if new.is_empty() {
        return Ok(again.unwrap_or_else(none));
    }
    new.extend(again);
    if new.len() > 1 { new_group(th, "", list::from_vec(th, new).into_obj()) } else { Ok(new.swap_remove(0)) }
}

/// True for a part of the original group: it was not raised anew.
fn same_metadata(e: &Obj, original: &Obj) -> bool {
    if !is_group(e) || !is_group(original) {
        return false;
    }
    let (Some(a), Some(b)) = (e.downcast::<BaseException>(), original.downcast::<BaseException>()) else { return false };
    let same = |a: Option<Obj>, b: Option<Obj>| a.map(|o| o.id()) == b.map(|o| o.id());
    same(a.traceback(), b.traceback()) && same(a.cause(), b.cause()) && same(a.context(), b.context())
}

fn leaf_ids(th: &Thread, e: &Obj, ids: &mut Vec<u64>) -> PyResult<()> {
    let Some(exceptions) = members(e) else {
        ids.push(e.id());
        return Ok(());
    };
    th.check_stack(" in collect_exception_group_leaf_ids")?;
    exceptions.items().iter().try_for_each(|m| leaf_ids(th, m, ids))
}

/// The original group with only those leaves that occur in `keep`.
fn projection(th: &Thread, original: &Obj, keep: &[Obj]) -> PyResult<Option<Obj>> {
    let mut ids = Vec::new();
    for e in keep {
        leaf_ids(th, e, &mut ids)?;
    }
    Ok(split_recursive(th, original, &Matcher::Instances(ids), false)?.matched)
}
