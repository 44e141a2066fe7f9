//! The stages of compilation one by one, for those who want to look between them.

use crate::assemble::AssembleError;
use crate::instructions::InstrSequence;
use crate::{
    CompileOptions, PYCF_ALLOW_TOP_LEVEL_AWAIT, PYCF_MASK, Result, Warning, ast_preprocess, codegen, flowgraph, future, symtable,
};
use bytecode::tables::co;
use bytecode::{Const, opcode};
use syntax::Arena;
use syntax::ast::Mod;

/// What code generation makes of a module.
#[derive(Debug)]
pub struct Generated {
    /// The module's instructions, with those of the scopes within beside them.
    pub instructions: InstrSequence,
    pub consts: Vec<Const>,
    pub warnings: Vec<Warning>,
}

/// The first stage: code generation.
pub fn generate(module: &Mod<'_>, opts: &CompileOptions<'_>) -> Result<Generated> {
    let arena = Arena::new();
    let future = future::parse_future(module)?;
    let features = future.features | (opts.flags & PYCF_MASK);
    let mut warnings = Vec::new();
    let module = ast_preprocess::preprocess(&arena, module, opts.optimize, features, false, &mut warnings)?;
    let top_level_await = opts.flags & PYCF_ALLOW_TOP_LEVEL_AWAIT != 0;
    let table = symtable::build(&arena, module, &future, features & co::FUTURE_ANNOTATIONS != 0, top_level_await)?;
    let (instructions, consts) = codegen::generate_module(&arena, module, table, opts, features, &mut warnings)?;
    Ok(Generated { instructions, consts, warnings })
}

/// Why instructions can't be optimised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// No such instruction.
    Opcode(u16),
    /// A constant's index is beyond the constants.
    ConstIndex(i32),
    /// The index of a local is beyond 2**15 or negative.
    Local(i32),
    /// A jump leads nowhere.
    Target(i32),
}

/// Looks at operands that someone else than code generation wrote.
pub fn check(seq: &InstrSequence, nconsts: usize) -> std::result::Result<(), Unfit> {
    for instr in seq.instrs() {
        let oparg = instr.oparg;
        let below = |end: usize| usize::try_from(oparg).is_ok_and(|oparg| oparg < end);
        if opcode::info(instr.opcode).is_none() {
            return Err(Unfit::Opcode(instr.opcode));
        }
        if opcode::has_const(instr.opcode) && !below(nconsts) {
            return Err(Unfit::ConstIndex(oparg));
        }
        if opcode::has_local(instr.opcode) && !below(1 << 15) {
            return Err(Unfit::Local(oparg));
        }
        if flowgraph::has_target(instr.opcode) && !below(seq.len()) {
            return Err(Unfit::Target(oparg));
        }
    }
    Ok(())
}

/// The second stage: the passes that change the code for the better. The sequence has to be [fit](check).
pub fn optimize(
    seq: InstrSequence,
    consts: Vec<Const>,
    nlocals: usize,
) -> std::result::Result<(InstrSequence, Vec<Const>), AssembleError> {
    flowgraph::optimize_sequence(seq, consts, nlocals)
}
