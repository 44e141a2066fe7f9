//! `list.sort`: stable, by merging natural runs (powersort).
//!
//! Comparisons may raise and run any code, so what is sorted are positions, while the items stand still beside the emptied list. Keys that all are small ints,
//! floats or exact strings need no such care and go through the standard library's sort.

use super::List;
use crate::protocols::{call, compare};
use crate::types::float;
use crate::types::str::Str;
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use std::cmp::Ordering;

/// `list.sort(key=key, reverse=reverse)`.
pub(crate) fn sort(th: &Thread, list: &Py<List>, key: Option<&Obj>, reverse: bool) -> PyResult<()> {
    let mut items = list.take();
    let result = sort_items(th, &mut items, key, reverse);
    let touched = list.lock().capacity() != 0;
    let intruders = list.replace(items);
    drop(intruders);
    result?;
    if touched { Err(th.value_error("list modified during sort")) } else { Ok(()) }
}

fn sort_items(th: &Thread, items: &mut Vec<Obj>, key: Option<&Obj>, reverse: bool) -> PyResult<()> {
    let keys = match key {
        Some(key) => {
            let mut keys = Vec::with_capacity(items.len());
            for o in items.iter() {
                keys.push(call::call(th, key, std::slice::from_ref(o))?);
            }
            Some(keys)
        }
        None => None,
    };
    sort_by_keys(th, items, keys.as_deref(), reverse)
}

/// Sorts a vector of items in place as `sorted(items, reverse=reverse)` orders them.
pub fn sort_vec(th: &Thread, items: &mut Vec<Obj>, reverse: bool) -> PyResult<()> {
    sort_by_keys(th, items, None, reverse)
}

fn sort_by_keys(th: &Thread, items: &mut Vec<Obj>, keys: Option<&[Obj]>, reverse: bool) -> PyResult<()> {
    if items.len() < 2 {
        return Ok(());
    }
    // Equal items keep their order in either direction: sort the mirror image and mirror the result.
    if keys.is_none() && sort_simple(items, reverse) {
        return Ok(());
    }
    let n = items.len();
    let mut order: Vec<usize> = if reverse { (0..n).rev().collect() } else { (0..n).collect() };
    let by = keys.unwrap_or(items);
    let result = match Kind::of(by) {
        Kind::Int => {
            let mut pairs: Vec<(i64, usize)> = order.iter().map(|&i| (int_key(&by[i]), i)).collect();
            pairs.sort_by_key(|p| p.0);
            order = pairs.into_iter().map(|p| p.1).collect();
            Ok(())
        }
        Kind::Float => {
            let mut pairs: Vec<(f64, usize)> = order.iter().map(|&i| (float_key(&by[i]), i)).collect();
            pairs.sort_by(|p, q| p.0.partial_cmp(&q.0).unwrap_or(Ordering::Equal));
            order = pairs.into_iter().map(|p| p.1).collect();
            Ok(())
        }
        Kind::Str => {
            match order.iter().map(|&i| Some((front(&by[i])?, i))).collect::<Option<Vec<_>>>() {
                Some(mut pairs) => {
                    pairs.sort_by(|(p, i), (q, j)| p.cmp(q).then_with(|| compare_behind(&by[*i], &by[*j])));
                    order = pairs.into_iter().map(|p| p.1).collect();
                }
                None => order.sort_by(|&i, &j| compare_strings(&by[i], &by[j])),
            }
            Ok(())
        }
        Kind::Mixed => Powersort { th, keys: by, order: &mut order, runs: Vec::new() }.run(),
    };
    if reverse {
        order.reverse();
    }
    let mut sorted = Vec::with_capacity(n);
    sorted.extend(order.into_iter().map(|i| std::mem::replace(&mut items[i], Obj::small_int(0))));
    *items = sorted;
    result
}

/// Sorts items that are compared without running code; false if they are not of that kind.
fn sort_simple(items: &mut [Obj], reverse: bool) -> bool {
    let kind = Kind::of(items);
    if matches!(kind, Kind::Mixed) {
        return false;
    }
    if reverse {
        items.reverse();
    }
    match kind {
        Kind::Int => items.sort_by_key(int_key),
        Kind::Float => items.sort_by(|a, b| float_key(a).partial_cmp(&float_key(b)).unwrap_or(Ordering::Equal)),
        Kind::Str => sort_strings(items),
        Kind::Mixed => {}
    }
    if reverse {
        items.reverse();
    }
    true
}

/// Sorts exact strings; those of Latin-1 beside their fronts, so that few need to be looked at.
fn sort_strings(items: &mut [Obj]) {
    let Some(fronts) = items.iter().map(front).collect::<Option<Vec<u64>>>() else { return items.sort_by(compare_strings) };
    let taken = items.iter_mut().map(|o| std::mem::replace(o, Obj::small_int(0)));
    let mut pairs: Vec<(u64, Obj)> = fronts.into_iter().zip(taken).collect();
    pairs.sort_by(|(p, a), (q, b)| p.cmp(q).then_with(|| compare_behind(a, b)));
    items.iter_mut().zip(pairs).for_each(|(to, (_, o))| *to = o);
}

/// How many characters [`front`] takes.
const FRONT: usize = 8;

/// The first characters of an exact string of Latin-1, as a number that orders as they do.
fn front(o: &Obj) -> Option<u64> {
    let text = o.downcast_exact::<Str>()?.narrow()?;
    Some(match text.first_chunk::<FRONT>() {
        Some(front) => u64::from_be_bytes(*front),
        None => text.iter().fold(0, |front, &b| front << 8 | u64::from(b)) << (8 * (FRONT - text.len()) % 64),
    })
}

/// Orders strings of Latin-1 with the same front.
fn compare_behind(a: &Obj, b: &Obj) -> Ordering {
    let text = |o| Obj::downcast_exact::<Str>(o).and_then(|s| s.narrow()).unwrap_or_default();
    let (a, b) = (text(a), text(b));
    let behind = |text: &'_ [u8]| text.len().saturating_sub(FRONT);
    if behind(a) == 0 && behind(b) == 0 {
        return a.len().cmp(&b.len());
    }
    a[a.len().min(FRONT)..].cmp(&b[b.len().min(FRONT)..])
}

fn int_key(o: &Obj) -> i64 {
    o.value().as_int().unwrap_or(0)
}

fn float_key(o: &Obj) -> f64 {
    float::value_of(o).unwrap_or(0.0)
}

/// What all keys have in common.
enum Kind {
    /// Immediate ints.
    Int,
    /// Exact floats, none of them NaN.
    Float,
    /// Exact strings.
    Str,
    Mixed,
}

impl Kind {
    fn of(keys: &[Obj]) -> Kind {
        if keys.iter().all(|k| k.value().is_int()) {
            Kind::Int
        } else if keys.iter().all(|k| k.downcast_exact::<Str>().is_some()) {
            Kind::Str
        } else if keys.iter().all(|k| std::ptr::eq(k.ty(), float::FLOAT_TYPE) && float::value_of(k).is_some_and(|f| !f.is_nan()))
        {
            Kind::Float
        } else {
            Kind::Mixed
        }
    }
}

/// Orders strings by code points.
fn compare_strings(a: &Obj, b: &Obj) -> Ordering {
    let (Some(a), Some(b)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) else { return Ordering::Equal };
    match (a.as_ascii(), b.as_ascii()) {
        (Some(x), Some(y)) => x.as_bytes().cmp(y.as_bytes()),
        _ => a.chars().iter().cmp(b.chars().iter()),
    }
}

/// A sorted stretch of the order, with the power of the boundary behind the one before it.
struct Run {
    start: usize,
    len: usize,
    power: u32,
}

struct Powersort<'a> {
    th: &'a Thread,
    keys: &'a [Obj],
    order: &'a mut [usize],
    runs: Vec<Run>,
}

impl Powersort<'_> {
    #[inline]
    fn less(&self, i: usize, j: usize) -> PyResult<bool> {
        compare::lt(self.th, &self.keys[i], &self.keys[j])
    }

    fn run(&mut self) -> PyResult<()> {
        let n = self.order.len();
        let least = least_run(n);
        let mut start = 0;
        while start < n {
            let mut len = self.natural_run(start)?;
            if len < least {
                let wanted = least.min(n - start);
                self.insert(start, start + len, start + wanted)?;
                len = wanted;
            }
            if let Some(last) = self.runs.last() {
                let power = power(last.start, last.len, len, n);
                while self.runs.len() > 1 && self.runs.last().is_some_and(|r| r.power > power) {
                    self.merge_last()?;
                }
                self.runs.push(Run { start, len, power });
            } else {
                self.runs.push(Run { start, len, power: 0 });
            }
            start += len;
        }
        while self.runs.len() > 1 {
            self.merge_last()?;
        }
        Ok(())
    }

    /// The length of the run at `start`; a descending one is turned round, stretches of equal items in it excepted (`count_run`).
    fn natural_run(&mut self, start: usize) -> PyResult<usize> {
        let n = self.order.len();
        let mut end = start + 1;
        while end < n && !self.falls(end)? {
            end += 1;
        }
        if end == n {
            return Ok(end - start);
        }
        if end > start + 1 {
            if self.less(self.order[start], self.order[end - 1])? {
                return Ok(end - start);
            }
            // All are equal so far, and begin a descending run.
            self.order[start..end].reverse();
        }
        end += 1;
        let mut equal = 0;
        while end < n {
            if self.falls(end)? {
                self.keep_equal(end, &mut equal);
            } else if self.less(self.order[end - 1], self.order[end])? {
                break;
            } else {
                equal += 1;
            }
            end += 1;
        }
        self.keep_equal(end, &mut equal);
        self.order[start..end].reverse();
        while end < n && !self.falls(end)? {
            end += 1;
        }
        Ok(end - start)
    }

    /// Whether the item is smaller than the one before it.
    #[inline]
    fn falls(&self, at: usize) -> PyResult<bool> {
        self.less(self.order[at], self.order[at - 1])
    }

    /// Turns the stretch of equal items before `end` round in advance, of which all but the first were counted.
    fn keep_equal(&mut self, end: usize, equal: &mut usize) {
        if *equal != 0 {
            self.order[end - 1 - *equal..end].reverse();
            *equal = 0;
        }
    }

    /// Binary insertion: `start..sorted` is in order already.
    fn insert(&mut self, start: usize, sorted: usize, end: usize) -> PyResult<()> {
        for at in sorted..end {
            let pivot = self.order[at];
            let (mut low, mut high) = (start, at);
            while low < high {
                let middle = low + (high - low) / 2;
                if self.less(pivot, self.order[middle])? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.order[low..=at].rotate_right(1);
        }
        Ok(())
    }

    /// The first position in `low..high` that comes after `pivot`.
    fn upper_bound(&self, pivot: usize, mut low: usize, mut high: usize) -> PyResult<usize> {
        while low < high {
            let middle = low + (high - low) / 2;
            if self.less(pivot, self.order[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        Ok(low)
    }

    /// The first position in `low..high` that does not come before `pivot`.
    fn lower_bound(&self, pivot: usize, mut low: usize, mut high: usize) -> PyResult<usize> {
        while low < high {
            let middle = low + (high - low) / 2;
            if self.less(self.order[middle], pivot)? {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    fn merge_last(&mut self) -> PyResult<()> {
        let (Some(right), Some(left)) = (self.runs.pop(), self.runs.pop()) else { return Ok(()) };
        let (start, middle, end) = (left.start, right.start, right.start + right.len);
        self.runs.push(Run { start, len: left.len + right.len, power: left.power });
        // What is in place already at both ends stays there; often that is everything.
        if !self.less(self.order[middle], self.order[middle - 1])? {
            return Ok(());
        }
        let start = self.upper_bound(self.order[middle], start, middle)?;
        let end = self.lower_bound(self.order[middle - 1], middle, end)?;
        let head: Vec<usize> = self.order[start..middle].to_vec();
        let (mut l, mut r, mut to) = (0, middle, start);
        let mut result = Ok(());
        while l < head.len() && r < end {
            match self.less(self.order[r], head[l]) {
                Ok(true) => {
                    self.order[to] = self.order[r];
                    r += 1;
                }
                Ok(false) => {
                    self.order[to] = head[l];
                    l += 1;
                }
                Err(raised) => {
                    result = Err(raised);
                    break;
                }
            }
            to += 1;
        }
        // The gap before `r` is as long as what is left of the head.
        self.order[to..to + head.len() - l].copy_from_slice(&head[l..]);
        result
    }
}

/// Runs shorter than this are extended by insertion.
fn least_run(n: usize) -> usize {
    let (mut n, mut odd) = (n, 0);
    while n >= 64 {
        odd |= n & 1;
        n >>= 1;
    }
    n + odd
}

/// The depth of the boundary between two adjacent runs in the ideal merge tree over `n` items.
fn power(start: usize, left: usize, right: usize, n: usize) -> u32 {
    let (mut a, mut b) = (2 * start + left, 2 * start + 2 * left + right);
    let mut depth = 0;
    loop {
        depth += 1;
        if a >= n {
            a -= n;
            b -= n;
        } else if b >= n {
            return depth;
        }
        a <<= 1;
        b <<= 1;
    }
}
