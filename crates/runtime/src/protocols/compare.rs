//! Rich comparison.

use crate::slots::CompareOp;
use crate::types::bytes::Bytes;
use crate::types::exceptions;
use crate::types::int;
use crate::types::str::Str;
use crate::types::tuple::Tuple;
use crate::{Obj, ObjExt, PyResult, Raised, Thread, bool_obj};

/// `a op b`.
pub fn rich(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
    if a.value().both_int(b.value()) {
        return Ok(bool_obj(op.matches(a.value().int().cmp(&b.value().int()))));
    }
    if let (Some(x), Some(y)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
        return Ok(bool_obj(match op {
            CompareOp::Eq => Str::eq(x, y),
            CompareOp::Ne => !Str::eq(x, y),
            _ => op.matches(crate::types::str::compare(x.chars(), y.chars())),
        }));
    }
    th.check_stack(" in comparison")?;
    let (ta, tb) = (a.ty(), b.ty());
    if std::ptr::eq(ta, tb) {
        return rich_same(th, a, b, op);
    }
    let mut tried_reflected = false;
    if !std::ptr::eq(ta, tb)
        && tb.is_subtype(ta)
        && let Some(f) = tb.slots.tp_richcompare.get()
    {
        tried_reflected = true;
        let r = f(th, b, a, op.swapped())?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    if let Some(f) = ta.slots.tp_richcompare.get() {
        let r = f(th, a, b, op)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    if !tried_reflected && let Some(f) = tb.slots.tp_richcompare.get() {
        let r = f(th, b, a, op.swapped())?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    rich_default(th, a, b, op)
}

/// As [`rich`], for two objects of one type.
#[inline]
fn rich_same(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
    if let Some(f) = a.ty().slots.tp_richcompare.get() {
        let r = f(th, a, b, op)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
        let r = f(th, b, a, op.swapped())?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    rich_default(th, a, b, op)
}

/// `a op b` after the left operand has declined: what the right one says.
pub fn rich_right(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
    if let Some(f) = b.ty().slots.tp_richcompare.get() {
        let r = f(th, b, a, op.swapped())?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    rich_default(th, a, b, op)
}

/// What a comparison gives when no type answers.
fn rich_default(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<Obj> {
    match op {
        CompareOp::Eq => Ok(bool_obj(a.is(b))),
        CompareOp::Ne => Ok(bool_obj(!a.is(b))),
        _ => Err(no_order(th, a, b, op)),
    }
}

#[cold]
fn no_order(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> Raised {
    use exceptions::Part::Text;
    let (a, b) = (a.ty().name_cow(), b.ty().name_cow());
    let between = "' not supported between instances of '";
    th.raise_parts(
        exceptions::TYPE_ERROR,
        &[Text("'"), Text(op.symbol()), Text(between), Text(&a), Text("' and '"), Text(&b), Text("'")],
    )
}

/// `bool(a op b)`; for `==` and `!=` identity decides first, as it does in containers.
pub fn rich_bool(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<bool> {
    if a.is(b) {
        match op {
            CompareOp::Eq => return Ok(true),
            CompareOp::Ne => return Ok(false),
            _ => {}
        }
    }
    let r = rich(th, a, b, op)?;
    super::truth(th, &r)
}

/// `a is b or a == b`.
#[inline]
pub fn eq(th: &Thread, a: &Obj, b: &Obj) -> PyResult<bool> {
    match known_eq(a, b) {
        Some(equal) => Ok(equal),
        None => rich_bool(th, a, b, CompareOp::Eq),
    }
}

/// `a is b or a == b`, where that takes no code of a type's.
#[inline(always)]
pub fn known_eq(a: &Obj, b: &Obj) -> Option<bool> {
    let (x, y) = (a.value(), b.value());
    if x == y {
        return Some(true);
    }
    if x.both_int(y) {
        return Some(false);
    }
    if x.both_float(y) {
        return Some(x.float_order() == y.float_order());
    }
    match (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
        (Some(a), Some(b)) => Some(Str::eq(a, b)),
        _ => None,
    }
}

/// As [`known_eq`], out of line.
#[inline(never)]
pub fn known_eq_apart(a: &Obj, b: &Obj) -> Option<bool> {
    known_eq(a, b)
}

/// As [`known_eq`], also for bytes and for tuples of such items: what keys of dicts and sets mostly are.
#[inline(never)]
pub fn known_key_eq(a: &Obj, b: &Obj) -> Option<bool> {
    if let Some(equal) = known_eq(a, b) {
        return Some(equal);
    }
    if let (Some(a), Some(b)) = (a.downcast_exact::<Bytes>(), b.downcast_exact::<Bytes>()) {
        return Some(a.as_slice() == b.as_slice());
    }
    let (a, b) = (a.downcast_exact::<Tuple>()?.items(), b.downcast_exact::<Tuple>()?.items());
    if a.len() != b.len() {
        return Some(false);
    }
    match match_items(a, b, 0) {
        Matched::All => Some(true),
        Matched::Differ(_) => Some(false),
        Matched::Ask(_) => None,
    }
}

/// What comparing two sequences from position `from` on comes to before a type's own code is needed.
pub enum Matched {
    /// The shorter one ends.
    All,
    /// These items differ.
    Differ(usize),
    /// Whether these items are equal is for their types to say.
    Ask(usize),
}

/// Whether all items are the same, up to the end of the shorter sequence.
#[inline(always)]
pub fn same_items(a: &[Obj], b: &[Obj]) -> bool {
    a.iter().zip(b).all(|(x, y)| x.is(y))
}

/// Compares items in pairs as far as that takes no code of a type's.
#[inline(always)]
pub fn match_items(a: &[Obj], b: &[Obj], from: usize) -> Matched {
    let n = a.len().min(b.len());
    let (a, b) = (&a[..n], &b[..n]);
    let mut i = from;
    while i < n && a[i].value() == b[i].value() {
        i += 1;
    }
    if i >= n { Matched::All } else { match_others(a, b, i) }
}

/// As [`match_items`], for items of which the first are not the same.
#[inline(never)]
fn match_others(a: &[Obj], b: &[Obj], from: usize) -> Matched {
    let n = a.len().min(b.len());
    let (a, b) = (&a[..n], &b[..n]);
    let mut i = from;
    while i < n {
        let (x, y) = (a[i].value(), b[i].value());
        if x != y {
            if x.both_int(y) {
                return Matched::Differ(i);
            }
            match known_eq_apart(&a[i], &b[i]) {
                Some(true) => {}
                Some(false) => return Matched::Differ(i),
                None => return Matched::Ask(i),
            }
        }
        i += 1;
    }
    Matched::All
}

/// What a search of a value comes to before a type's own code is needed.
pub enum Searched {
    Nowhere,
    At(usize),
    /// Whether this item is equal is for the types to say.
    Ask(usize),
}

/// Looks for an item that equals `value`, from position `from` on.
#[inline]
pub fn find(items: &[Obj], value: &Obj, from: usize) -> Searched {
    let word = value.value();
    let mut i = from;
    while i < items.len() {
        let item = items[i].value();
        if item == word {
            return Searched::At(i);
        }
        if !item.both_int(word) {
            match known_eq_apart(&items[i], value) {
                Some(false) => {}
                Some(true) => return Searched::At(i),
                None => return Searched::Ask(i),
            }
        }
        i += 1;
    }
    Searched::Nowhere
}

/// `a < b` as a truth value, for sorting.
#[inline]
pub fn lt(th: &Thread, a: &Obj, b: &Obj) -> PyResult<bool> {
    let (x, y) = (a.value(), b.value());
    if x.both_int(y) {
        return Ok(x.int() < y.int());
    }
    // Tuples whose first items decide: nothing is called for them here, so that no registers are saved.
    if let (Some(x), Some(y)) = (a.downcast_exact::<Tuple>(), b.downcast_exact::<Tuple>())
        && let ([p, ..], [q, ..]) = (x.items(), y.items())
        && p.value().both_int(q.value())
        && !p.is(q)
    {
        return Ok(p.value().int() < q.value().int());
    }
    lt_apart(th, a, b)
}

#[inline(never)]
fn lt_apart(th: &Thread, a: &Obj, b: &Obj) -> PyResult<bool> {
    let (x, y) = (a.value(), b.value());
    if x.both_float(y) {
        return Ok(x.float_order() < y.float_order());
    }
    if let (Some(a), Some(b)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
        return Ok(crate::types::str::compare(a.chars(), b.chars()).is_lt());
    }
    if let (Some(x), Some(y)) = (a.downcast_exact::<Tuple>(), b.downcast_exact::<Tuple>()) {
        match match_items(x.items(), y.items(), 0) {
            Matched::All => return Ok(x.len() < y.len()),
            Matched::Differ(i) => return lt(th, &x.items()[i], &y.items()[i]),
            Matched::Ask(_) => {}
        }
    }
    let r = rich(th, a, b, CompareOp::Lt)?;
    super::truth(th, &r)
}

/// Orders two integers of any size.
pub fn int_cmp(a: &Obj, b: &Obj) -> Option<std::cmp::Ordering> {
    int::cmp(a, b)
}
