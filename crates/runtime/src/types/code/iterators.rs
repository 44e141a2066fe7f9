//! What `co_lines()`, `co_branches()` and `co_positions()` return.

use crate::types::int;
use crate::types::tuple;
use crate::types::type_::alloc_instance;
use crate::{Obj, Py, PyClass, PyResult, Thread, none};
use bytecode::location::{LineRange, Position};
use bytecode::opcode::{self, op};
use object::{Guarded, Payload};

/// The payload of an iterator over lines or branches: triples yet to come, in reverse.
#[macros::pyclass(name = "line_iterator", flags = DISALLOW_INSTANTIATION)]
pub struct LineIterator {
    rest: Guarded<Vec<[Option<i64>; 3]>>,
}

/// The payload of an iterator over the positions of code units: those yet to come, in reverse.
#[macros::pyclass(name = "positions_iterator", flags = DISALLOW_INSTANTIATION)]
pub struct PositionsIterator {
    rest: Guarded<Vec<Position>>,
}

impl Payload for LineIterator {}
impl Payload for PositionsIterator {}

fn number(n: Option<i64>) -> Obj {
    n.map_or_else(none, int::from_i64)
}

fn triples(th: &Thread, mut items: Vec<[Option<i64>; 3]>) -> Obj {
    items.reverse();
    alloc_instance(th, LineIterator::TYPE, LineIterator { rest: Guarded::new(items) }).into_obj()
}

/// Byte offsets and line of each run of units.
pub(super) fn lines(th: &Thread, ranges: impl Iterator<Item = LineRange>) -> Obj {
    let offset = |unit: usize| Some(2 * unit as i64);
    triples(th, ranges.map(|r| [offset(r.start), offset(r.end), r.line.map(i64::from)]).collect())
}

/// The position of each code unit.
pub(super) fn positions(th: &Thread, positions: impl Iterator<Item = Position>) -> Obj {
    let mut rest: Vec<Position> = positions.collect();
    rest.reverse();
    alloc_instance(th, PositionsIterator::TYPE, PositionsIterator { rest: Guarded::new(rest) }).into_obj()
}

/// Each branch: byte offsets of the instruction, of what follows when it doesn't jump, and of its target.
pub(super) fn branches(th: &Thread, code: &[u8]) -> Obj {
    let units: Vec<(u8, u8)> = code.chunks_exact(2).map(|u| (opcode::base(u[0]), u[1])).collect();
    let mut found = Vec::new();
    let (mut offset, mut extended) = (0usize, 0i64);
    while let Some(&(opcode, arg)) = units.get(offset) {
        let next = offset + 1 + opcode::caches(opcode.into());
        let arg = extended << 8 | i64::from(arg);
        let mut triple = |from: i64, not_taken: i64, target: i64| {
            found.push([from, not_taken, target].map(|unit| Some(2 * unit)));
        };
        extended = 0;
        let (here, after) = (offset as i64, next as i64);
        offset = next;
        match opcode {
            op::EXTENDED_ARG => extended = arg,
            op::POP_JUMP_IF_FALSE | op::POP_JUMP_IF_TRUE | op::POP_JUMP_IF_NONE | op::POP_JUMP_IF_NOT_NONE => {
                // A NOT_TAKEN stands behind it.
                offset = next + 1;
                triple(here, after + 1, after + arg);
            }
            // The jump leads behind the END_FOR and POP_ITER at its target.
            op::FOR_ITER => triple(here, after, after + arg + 2),
            op::END_ASYNC_FOR => triple(after - arg, after - arg + 2, after),
            _ => {}
        }
    }
    triples(th, found)
}

#[macros::pymethods]
impl LineIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(slf.as_obj().clone())
    }

    #[slot(tp_iternext)]
    fn next(_th: &Thread, slf: &Py<Self>) -> PyResult<Option<Obj>> {
        let next = slf.rest.lock().pop();
        Ok(next.map(|t| tuple::from_array(t.map(number)).into_obj()))
    }
}

#[macros::pymethods]
impl PositionsIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(slf.as_obj().clone())
    }

    #[slot(tp_iternext)]
    fn next(_th: &Thread, slf: &Py<Self>) -> PyResult<Option<Obj>> {
        let next = slf.rest.lock().pop();
        let field = |n: Option<i32>| number(n.map(i64::from));
        Ok(next.map(|p| tuple::from_array([field(p.line), field(p.end_line), field(p.col), field(p.end_col)]).into_obj()))
    }
}
