//! Constants in the graph: the pool of a code unit, folding of what loads only constants, conditions that are constant.

use super::{Block, Cfg, fold};
use crate::instructions::Location;
use bytecode::{Const, ConstKey, op, opcode, pseudo};
use std::collections::HashMap;

/// Sequences with more items are built at run time, and code with more operands on the stack is not folded.
const STACK_USE_GUIDELINE: usize = 30;
/// Shorter lists and sets of constants are built item by item.
const MIN_CONST_SEQUENCE_SIZE: usize = 3;

/// A code unit's constants.
pub(super) struct ConstPool {
    consts: Vec<Const>,
    /// The index of each constant; made when first needed.
    index: Option<HashMap<ConstKey, usize>>,
}

impl ConstPool {
    pub(super) fn new(consts: Vec<Const>) -> ConstPool {
        ConstPool { consts, index: None }
    }

    pub(super) fn into_consts(self) -> Vec<Const> {
        self.consts
    }

    fn add(&mut self, value: Const) -> i32 {
        let consts = &mut self.consts;
        let index = self.index.get_or_insert_with(|| consts.iter().cloned().map(ConstKey).zip(0..).collect());
        let place = *index.entry(ConstKey(value.clone())).or_insert(consts.len());
        if place == consts.len() {
            consts.push(value);
        }
        place as i32
    }

    /// What an instruction loads, if that is a constant.
    fn loaded(&self, opcode: u16, oparg: i32) -> Option<Const> {
        if opcode == op::LOAD_SMALL_INT.into() {
            Some(Const::Int(oparg.into()))
        } else if opcode::has_const(opcode) {
            self.consts.get(oparg as usize).cloned()
        } else {
            None
        }
    }
}

fn loads_const(opcode: u16) -> bool {
    opcode == op::LOAD_SMALL_INT.into() || opcode::has_const(opcode)
}

fn small_int(value: &Const) -> Option<i32> {
    match value {
        Const::Int(value @ 0..=255) => Some(*value as i32),
        _ => None,
    }
}

/// Shortens what tests a constant: jumps on it, `is None`, `TO_BOOL`; loads small integers as such.
pub(super) fn optimize_load_const(cfg: &mut Cfg, pool: &mut ConstPool) {
    for id in cfg.order() {
        optimize_load_const_in_block(&mut cfg[id], pool);
    }
}

fn optimize_load_const_in_block(block: &mut Block, pool: &mut ConstPool) {
    let instrs = &mut block.instrs;
    let (mut opcode, mut oparg) = (0, 0);
    for index in 0..instrs.len() {
        if instrs[index].is(op::LOAD_CONST)
            && let Some(value) = pool.consts.get(instrs[index].oparg as usize).and_then(small_int)
        {
            instrs[index].set(op::LOAD_SMALL_INT, value);
        }
        let copies_const = opcode == op::LOAD_CONST.into() && instrs[index].is(op::COPY) && instrs[index].oparg == 1;
        if !copies_const {
            (opcode, oparg) = (instrs[index].opcode, instrs[index].oparg);
        }
        if !loads_const(opcode) {
            continue;
        }
        let (Some(value), Some(next)) = (pool.loaded(opcode, oparg), instrs.get(index + 1).copied()) else { continue };
        const POP_IF_FALSE: u16 = op::POP_JUMP_IF_FALSE as u16;
        const POP_IF_TRUE: u16 = op::POP_JUMP_IF_TRUE as u16;
        const IS_OP: u16 = op::IS_OP as u16;
        const TO_BOOL: u16 = op::TO_BOOL as u16;
        match next.opcode {
            POP_IF_FALSE | POP_IF_TRUE | pseudo::JUMP_IF_FALSE | pseudo::JUMP_IF_TRUE => {
                if !matches!(next.opcode, pseudo::JUMP_IF_FALSE | pseudo::JUMP_IF_TRUE) {
                    instrs[index].set_nop();
                }
                let jump_if = matches!(next.opcode, POP_IF_TRUE | pseudo::JUMP_IF_TRUE);
                if fold::is_true(&value) == jump_if {
                    instrs[index + 1].opcode = pseudo::JUMP;
                } else {
                    instrs[index + 1].set_nop();
                }
            }
            IS_OP if matches!(value, Const::None) => {
                let mut jump = index + 2;
                if instrs.get(jump).is_some_and(|instr| instr.is(op::TO_BOOL)) {
                    instrs[jump].set_nop();
                    jump += 1;
                }
                let inverted = match instrs.get(jump).map(|instr| instr.opcode) {
                    Some(POP_IF_FALSE) => next.oparg == 0,
                    Some(POP_IF_TRUE) => next.oparg != 0,
                    _ => continue,
                };
                instrs[index].set_nop();
                instrs[index + 1].set_nop();
                instrs[jump].opcode = if inverted { op::POP_JUMP_IF_NOT_NONE } else { op::POP_JUMP_IF_NONE }.into();
            }
            TO_BOOL => {
                let place = pool.add(Const::bool(fold::is_true(&value)));
                instrs[index].set_nop();
                instrs[index + 1].set(op::LOAD_CONST, place);
            }
            _ => {}
        }
    }
}

/// The `count` instructions before `end` that each load a constant, first to last, and what they load; `NOP`s between don't matter.
fn constants_before(block: &Block, end: usize, count: usize, pool: &ConstPool) -> Option<(Vec<usize>, Vec<Const>)> {
    if count > STACK_USE_GUIDELINE {
        return None;
    }
    let mut places = Vec::with_capacity(count);
    let mut values = Vec::with_capacity(count);
    for (place, instr) in block.instrs[..end].iter().enumerate().rev() {
        if places.len() == count {
            break;
        }
        if instr.is(op::NOP) {
            continue;
        }
        values.push(pool.loaded(instr.opcode, instr.oparg)?);
        places.push(place);
    }
    if places.len() < count {
        return None;
    }
    places.reverse();
    values.reverse();
    Some((places, values))
}

/// Removes instructions together with their lines.
fn nop_out(block: &mut Block, places: &[usize]) {
    for place in places {
        block.instrs[*place].set_nop();
        block.instrs[*place].loc = Location::NO_LOCATION;
    }
}

fn make_load_const(block: &mut Block, index: usize, value: Const, pool: &mut ConstPool) {
    match small_int(&value) {
        Some(small) => block.instrs[index].set(op::LOAD_SMALL_INT, small),
        None => {
            let place = pool.add(value);
            block.instrs[index].set(op::LOAD_CONST, place);
        }
    }
}

/// `BUILD_TUPLE` of constants.
pub(super) fn fold_tuple_of_constants(block: &mut Block, index: usize, pool: &mut ConstPool) {
    let Ok(size) = usize::try_from(block.instrs[index].oparg) else { return };
    if let Some((places, values)) = constants_before(block, index, size, pool) {
        nop_out(block, &places);
        make_load_const(block, index, Const::Tuple(values.into()), pool);
    }
}

/// `CALL_INTRINSIC_1(INTRINSIC_LIST_TO_TUPLE)` of a list that constants were appended to one by one; whether it was one.
pub(super) fn fold_constant_intrinsic_list_to_tuple(block: &mut Block, index: usize, pool: &mut ConstPool) -> bool {
    let Some((start, values)) = appended_constants(block, index, op::BUILD_LIST, op::LIST_APPEND, pool) else { return false };
    replace_by_const(block, start, index, Const::Tuple(values.into()), pool);
    true
}

/// A long list or set of constants that is only iterated or searched; `index` is the last instruction that adds to it.
///
/// The load takes the place of what stands before, as in CPython.
pub(super) fn fold_appended_constants(block: &mut Block, index: usize, pool: &mut ConstPool) {
    if block.instrs[index].is(op::LIST_APPEND) {
        if let Some((start, values)) = appended_constants(block, index + 1, op::BUILD_LIST, op::LIST_APPEND, pool) {
            replace_by_const(block, start, index, Const::Tuple(values.into()), pool);
            block.instrs[index].loc = Location::NO_LOCATION;
        }
    } else if let Some((start, values)) = appended_constants(block, index + 1, op::BUILD_SET, op::SET_ADD, pool) {
        replace_by_const(block, start, index, fold::frozenset(values), pool);
        block.instrs[index].loc = Location::NO_LOCATION;
    }
}

/// The sequence that ends before `end`, if constants are added to an empty one in turn: where it starts, and its items.
fn appended_constants(block: &Block, end: usize, build: u8, append: u8, pool: &ConstPool) -> Option<(usize, Vec<Const>)> {
    let mut values = Vec::new();
    let mut expect_append = true;
    for (place, instr) in block.instrs[..end].iter().enumerate().rev() {
        if instr.is(op::NOP) {
            continue;
        }
        if instr.is(build) && instr.oparg == 0 {
            values.reverse();
            return expect_append.then_some((place, values));
        }
        if !expect_append {
            values.push(pool.loaded(instr.opcode, instr.oparg)?);
        } else if !(instr.is(append) && instr.oparg == 1) {
            return None;
        }
        expect_append = !expect_append;
    }
    None
}

/// Replaces all instructions from `start` to `index` by a load in the latter's place.
fn replace_by_const(block: &mut Block, start: usize, index: usize, value: Const, pool: &mut ConstPool) {
    let places: Vec<usize> = (start..index).filter(|place| !block.instrs[*place].is(op::NOP)).collect();
    nop_out(block, &places);
    make_load_const(block, index, value, pool);
}

/// `BUILD_LIST` or `BUILD_SET` of constants, and displays that are only iterated or searched.
pub(super) fn optimize_lists_and_sets(block: &mut Block, index: usize, next: u16, pool: &mut ConstPool) {
    let instr = block.instrs[index];
    let Ok(size) = usize::try_from(instr.oparg) else { return };
    let only_read = next == op::GET_ITER.into() || next == op::CONTAINS_OP.into();
    if size > STACK_USE_GUIDELINE || (size < MIN_CONST_SEQUENCE_SIZE && !only_read) {
        return;
    }
    let Some((places, values)) = constants_before(block, index, size, pool) else {
        if only_read && instr.is(op::BUILD_LIST) {
            block.instrs[index].opcode = op::BUILD_TUPLE.into();
        }
        return;
    };
    let is_list = instr.is(op::BUILD_LIST);
    let value = if is_list { Const::Tuple(values.into()) } else { fold::frozenset(values) };
    let place = pool.add(value);
    nop_out(block, &places);
    if only_read {
        block.instrs[index].set(op::LOAD_CONST, place);
    } else if let Some([build, load, extend]) = block.instrs.get_mut(index.saturating_sub(2)..=index) {
        build.loc = instr.loc;
        build.set(instr.opcode, 0);
        load.set(op::LOAD_CONST, place);
        extend.set(if is_list { op::LIST_EXTEND } else { op::SET_UPDATE }, 1);
    }
}

/// A binary operation on two constants.
pub(super) fn fold_const_binop(block: &mut Block, index: usize, pool: &mut ConstPool) {
    if let Some((places, values)) = constants_before(block, index, 2, pool)
        && let [left, right] = &values[..]
        && let Some(value) = fold::binary(left, block.instrs[index].oparg, right)
    {
        nop_out(block, &places);
        make_load_const(block, index, value, pool);
    }
}

/// A unary operation on a constant; unary plus is an intrinsic.
pub(super) fn fold_const_unaryop(block: &mut Block, index: usize, pool: &mut ConstPool) {
    if let Some((places, values)) = constants_before(block, index, 1, pool)
        && let [operand] = &values[..]
        && let Some(value) = fold::unary(block.instrs[index].opcode, operand)
    {
        nop_out(block, &places);
        make_load_const(block, index, value, pool);
    }
}

/// Drops the constants that no instruction loads, but for the first, which may be a docstring.
pub(super) fn remove_unused_consts(cfg: &mut Cfg, pool: &mut ConstPool) {
    let mut used = vec![false; pool.consts.len()];
    let Some(first) = used.first_mut() else { return };
    *first = true;
    let mut loads: Vec<&mut i32> = cfg
        .blocks
        .iter_mut()
        .flat_map(|block| &mut block.instrs)
        .filter(|instr| opcode::has_const(instr.opcode))
        .map(|instr| &mut instr.oparg)
        .collect();
    for oparg in &loads {
        if let Some(used) = used.get_mut(**oparg as usize) {
            *used = true;
        }
    }
    let mut new_index = Vec::with_capacity(used.len());
    let mut count = 0;
    for used in &used {
        new_index.push(count);
        count += i32::from(*used);
    }
    for oparg in &mut loads {
        if let Some(new) = new_index.get(**oparg as usize) {
            **oparg = *new;
        }
    }
    let mut used = used.into_iter();
    pool.consts.retain(|_| used.next().unwrap_or(true));
    pool.index = None;
}
