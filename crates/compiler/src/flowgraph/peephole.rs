//! Local improvements within a block, and jumps to jumps.

use super::{Cfg, CfgInstr, ConstPool, constants, has_target, swaps};
use bytecode::tables::{COMPARE_TO_BOOL, intrinsic_1};
use bytecode::{op, pseudo};

/// Runs over every block once.
pub(super) fn optimize_basic_blocks(cfg: &mut Cfg, pool: &mut ConstPool) {
    for id in cfg.order() {
        let mut index = 0;
        while index < cfg[id].instrs.len() {
            let instr = cfg[id].instrs[index];
            if has_target(instr.opcode) {
                if !thread_jump(cfg, id, index) {
                    index += 1;
                }
            } else {
                optimize_at(cfg, id, index, pool);
                index += 1;
            }
        }
        swaps::optimize_swaps(&mut cfg[id]);
    }
}

/// Lets a jump to a jump lead where that one leads; whether the place has to be looked at again.
fn thread_jump(cfg: &mut Cfg, id: super::BlockId, index: usize) -> bool {
    const POP_IF_FALSE: u16 = op::POP_JUMP_IF_FALSE as u16;
    const POP_IF_TRUE: u16 = op::POP_JUMP_IF_TRUE as u16;
    const POP_IF_NONE: u16 = op::POP_JUMP_IF_NONE as u16;
    const POP_IF_NOT_NONE: u16 = op::POP_JUMP_IF_NOT_NONE as u16;
    let instr = cfg[id].instrs[index];
    let Some(block) = instr.target else { return false };
    let Some(&target) = cfg[block].instrs.first() else { return false };
    let opcode = match (instr.opcode, target.opcode) {
        (POP_IF_FALSE | POP_IF_TRUE | POP_IF_NONE | POP_IF_NOT_NONE, pseudo::JUMP) => instr.opcode,
        (pseudo::JUMP_IF_FALSE, pseudo::JUMP | pseudo::JUMP_IF_FALSE) => instr.opcode,
        (pseudo::JUMP_IF_TRUE, pseudo::JUMP | pseudo::JUMP_IF_TRUE) => instr.opcode,
        (pseudo::JUMP_IF_FALSE, pseudo::JUMP_IF_TRUE) | (pseudo::JUMP_IF_TRUE, pseudo::JUMP_IF_FALSE) => {
            // The condition is known there: it goes on behind that jump.
            let next = cfg[block].next;
            if next.is_none() {
                return false;
            }
            cfg[id].instrs[index].target = next;
            return true;
        }
        (pseudo::JUMP | pseudo::JUMP_NO_INTERRUPT, pseudo::JUMP) => pseudo::JUMP,
        (pseudo::JUMP | pseudo::JUMP_NO_INTERRUPT, pseudo::JUMP_NO_INTERRUPT) => instr.opcode,
        _ => return false,
    };
    if instr.target == target.target {
        return false;
    }
    // The old jump stays as a NOP for its line.
    cfg[id].instrs[index].set_nop();
    cfg[id].push_in_used_slot(CfgInstr { opcode, oparg: 0, ..target });
    true
}

fn optimize_at(cfg: &mut Cfg, id: super::BlockId, index: usize, pool: &mut ConstPool) {
    const BUILD_TUPLE: u8 = op::BUILD_TUPLE;
    let block = &mut cfg[id];
    let instr = block.instrs[index];
    let next = block.instrs.get(index + 1).copied();
    let next_is = |opcode: u8| next.is_some_and(|next| next.is(opcode));
    // Replaces this instruction and the next one.
    let replace = |instrs: &mut Vec<CfgInstr>, opcode: u8, oparg: i32| {
        instrs[index].set_nop();
        instrs[index + 1].set(opcode, oparg);
    };
    let Ok(opcode) = u8::try_from(instr.opcode) else { return };
    match opcode {
        BUILD_TUPLE => match next.filter(|next| next.is(op::UNPACK_SEQUENCE) && next.oparg == instr.oparg) {
            Some(_) if instr.oparg == 1 => replace(&mut block.instrs, op::NOP, 0),
            Some(_) if instr.oparg == 2 || instr.oparg == 3 => replace(&mut block.instrs, op::SWAP, instr.oparg),
            _ => constants::fold_tuple_of_constants(block, index, pool),
        },
        op::BUILD_LIST | op::BUILD_SET => {
            constants::optimize_lists_and_sets(block, index, next.map_or(0, |next| next.opcode), pool);
        }
        op::COMPARE_OP if next_is(op::TO_BOOL) => replace(&mut block.instrs, opcode, instr.oparg | COMPARE_TO_BOOL),
        op::CONTAINS_OP | op::IS_OP if next_is(op::TO_BOOL) => replace(&mut block.instrs, opcode, instr.oparg),
        op::CONTAINS_OP | op::IS_OP if next_is(op::UNARY_NOT) => replace(&mut block.instrs, opcode, instr.oparg ^ 1),
        op::TO_BOOL if next_is(op::TO_BOOL) => block.instrs[index].set_nop(),
        op::UNARY_NOT if next_is(op::TO_BOOL) => replace(&mut block.instrs, op::UNARY_NOT, 0),
        op::UNARY_NOT if next_is(op::UNARY_NOT) => replace(&mut block.instrs, op::NOP, 0),
        op::UNARY_NOT | op::UNARY_INVERT | op::UNARY_NEGATIVE => constants::fold_const_unaryop(block, index, pool),
        op::CALL_INTRINSIC_1 if instr.oparg == intrinsic_1::INTRINSIC_LIST_TO_TUPLE.into() => {
            let folded = constants::fold_constant_intrinsic_list_to_tuple(block, index, pool);
            if !folded && next_is(op::GET_ITER) {
                block.instrs[index].set_nop();
            }
        }
        op::LIST_APPEND | op::SET_ADD if next_is(op::GET_ITER) || next_is(op::CONTAINS_OP) => {
            constants::fold_appended_constants(block, index, pool);
        }
        op::CALL_INTRINSIC_1 if instr.oparg == intrinsic_1::INTRINSIC_UNARY_POSITIVE.into() => {
            constants::fold_const_unaryop(block, index, pool);
        }
        op::BINARY_OP => constants::fold_const_binop(block, index, pool),
        op::LOAD_GLOBAL if next_is(op::PUSH_NULL) && instr.oparg & 1 == 0 => {
            block.instrs[index].oparg |= 1;
            block.instrs[index + 1].set_nop();
        }
        op::STORE_FAST
            if next
                .is_some_and(|next| next.is(op::STORE_FAST) && next.oparg == instr.oparg && next.loc.line == instr.loc.line) =>
        {
            block.instrs[index].set(op::POP_TOP, 0);
        }
        op::SWAP if instr.oparg == 1 => block.instrs[index].set_nop(),
        _ => {}
    }
}
