//! From instruction sequence to graph, and back to a list.

use super::{Block, BlockId, Cfg, CfgInstr, ENTRY, Handler, LaidInstr, has_target, is_terminator};
use crate::assemble::AssembleError;
use crate::instructions::{Instr, InstrSequence};
use bytecode::pseudo;

/// Splits a sequence into blocks: a new one starts behind every jump or exit and at every label that is used.
pub(super) fn from_sequence(seq: InstrSequence) -> Result<Cfg, AssembleError> {
    let InstrSequence { instrs, labels, annotations, .. } = seq;
    let place = |oparg: i32| -> Result<usize, AssembleError> {
        // Without labels the operands are indices, as `apply_labels` leaves them.
        let label = usize::try_from(oparg).ok();
        let place = if labels.is_empty() { label } else { label.and_then(|label| *labels.get(label)?) };
        place.filter(|place| *place < instrs.len()).ok_or(AssembleError::UnplacedLabel)
    };
    let mut is_target = vec![false; instrs.len()];
    for instr in instrs.iter().filter(|instr| has_target(instr.opcode)) {
        is_target[place(instr.oparg)?] = true;
    }
    let mut builder = Builder {
        cfg: Cfg { blocks: vec![Block::new()] },
        current: ENTRY,
        pending_label: None,
        block_of: vec![None; instrs.len()],
    };
    for (index, instr) in instrs.iter().enumerate() {
        if instr.opcode == pseudo::ANNOTATIONS_PLACEHOLDER {
            for instr in annotations.iter().flat_map(|code| &code.instrs) {
                if has_target(instr.opcode) {
                    return Err(AssembleError::Malformed("annotations code may not jump"));
                }
                builder.add(instr, instr.oparg);
            }
            continue;
        }
        if is_target[index] {
            builder.use_label(index);
        }
        let oparg = if has_target(instr.opcode) { place(instr.oparg)? as i32 } else { instr.oparg };
        builder.add(instr, oparg);
    }
    builder.finish()
}

struct Builder {
    cfg: Cfg,
    current: BlockId,
    /// A label (an instruction's index) that waits for its block.
    pending_label: Option<usize>,
    /// By label: its block.
    block_of: Vec<Option<BlockId>>,
}

impl Builder {
    fn use_label(&mut self, index: usize) {
        self.pending_label = Some(index);
        self.maybe_start_new_block();
    }

    fn add(&mut self, instr: &Instr, oparg: i32) {
        self.maybe_start_new_block();
        self.cfg[self.current].instrs.push(CfgInstr::new(instr.opcode, oparg, instr.loc));
    }

    fn maybe_start_new_block(&mut self) {
        let block = &self.cfg[self.current];
        let ended = block.instrs.last().is_some_and(|last| is_terminator(last.opcode));
        let labelled = self.pending_label.is_some() && (!block.instrs.is_empty() || block.labelled);
        if ended || labelled {
            let next = self.cfg.new_block();
            self.cfg[self.current].next = Some(next);
            self.current = next;
        }
        if let Some(label) = self.pending_label.take() {
            self.block_of[label] = Some(self.current);
            self.cfg[self.current].labelled = true;
        }
    }

    /// Turns operands that name labels into targets.
    fn finish(mut self) -> Result<Cfg, AssembleError> {
        for instr in self.cfg.blocks.iter_mut().flat_map(|block| &mut block.instrs) {
            if has_target(instr.opcode) {
                let target = self.block_of.get(instr.oparg as usize).copied().flatten();
                instr.target = Some(target.ok_or(AssembleError::UnplacedLabel)?);
                instr.oparg = 0;
            }
        }
        Ok(self.cfg)
    }
}

/// Lays the blocks out one behind the other.
pub(super) fn to_list(cfg: &Cfg) -> Result<Vec<LaidInstr>, AssembleError> {
    let order = cfg.order();
    let mut starts = vec![usize::MAX; cfg.blocks.len()];
    let mut count = 0;
    for id in &order {
        starts[id.0 as usize] = count;
        count += cfg[*id].instrs.len();
    }
    let start = |id: BlockId| starts[id.0 as usize];
    let mut list = Vec::with_capacity(count);
    for instr in order.iter().flat_map(|id| &cfg[*id].instrs) {
        let oparg = match instr.target {
            Some(target) if has_target(instr.opcode) => {
                let start = start(target);
                if start >= count {
                    return Err(AssembleError::Malformed("malformed control flow graph."));
                }
                start as i32
            }
            _ => instr.oparg,
        };
        let handler = instr.except.map(|id| Handler {
            start: start(id),
            startdepth: cfg[id].startdepth,
            preserve_lasti: cfg[id].preserve_lasti,
        });
        list.push(LaidInstr { opcode: instr.opcode, oparg, loc: instr.loc, handler });
    }
    Ok(list)
}
