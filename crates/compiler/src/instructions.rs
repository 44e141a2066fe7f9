//! Instruction sequences: what code generation emits and the flow graph is built from.

use crate::flowgraph;
use syntax::ast::Range;

/// The source range of an instruction. Lines count from 1, columns are UTF-8 byte offsets from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location {
    pub line: i32,
    pub end_line: i32,
    pub col: i32,
    pub end_col: i32,
}

impl Location {
    /// Artificial code: takes the place of what leads to it, or none.
    pub const NO_LOCATION: Location = Location::all(-1);
    /// Takes the place of the instruction behind it.
    pub const NEXT_LOCATION: Location = Location::all(-2);

    const fn all(value: i32) -> Location {
        Location { line: value, end_line: value, col: value, end_col: value }
    }

    /// A line without columns.
    pub const fn line(line: i32) -> Location {
        Location { line, end_line: line, col: -1, end_col: -1 }
    }

    /// The start of a line, as the first instruction of a scope has it.
    pub const fn line_start(line: i32) -> Location {
        Location { line, end_line: line, col: 0, end_col: 0 }
    }
}

impl From<Range> for Location {
    fn from(range: Range) -> Location {
        Location { line: range.line, end_line: range.end_line, col: range.col, end_col: range.end_col }
    }
}

/// A place in an [`InstrSequence`] to jump to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label(pub(crate) u32);

/// One instruction, pseudo instructions included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instr {
    /// A constant of `bytecode::op` or `bytecode::pseudo`.
    pub opcode: u16,
    /// The operand. For an instruction with a target (a jump or a handler's set-up): the label's number.
    pub oparg: i32,
    pub loc: Location,
}

/// Instructions in order, with labels.
///
/// Invariants: a label is placed at most once, and every label that an instruction names is placed before the sequence is assembled.
#[derive(Clone, Debug, Default)]
pub struct InstrSequence {
    pub(crate) instrs: Vec<Instr>,
    /// By label: the index of the instruction that it stands before.
    pub(crate) labels: Vec<Option<usize>>,
    /// What replaces `ANNOTATIONS_PLACEHOLDER`; has labels of its own.
    pub(crate) annotations: Option<Box<InstrSequence>>,
    /// The sequences of the scopes within, where something looks at the stages of compilation.
    pub(crate) nested: Vec<InstrSequence>,
}

impl InstrSequence {
    pub fn new() -> InstrSequence {
        InstrSequence::default()
    }

    /// A label that stands nowhere yet.
    pub fn new_label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() as u32 - 1)
    }

    /// Places a label before the next instruction.
    pub fn use_label(&mut self, label: Label) {
        let place = &mut self.labels[label.0 as usize];
        debug_assert!(place.is_none(), "a label is placed once");
        *place = Some(self.instrs.len());
    }

    /// Adds an instruction without operand.
    pub fn addop(&mut self, opcode: impl Into<u16>, loc: Location) {
        self.addop_i(opcode, 0, loc);
    }

    /// Adds an instruction with an operand.
    pub fn addop_i(&mut self, opcode: impl Into<u16>, oparg: i32, loc: Location) {
        self.instrs.push(Instr { opcode: opcode.into(), oparg, loc });
    }

    /// Adds an instruction with a target: a jump or `SETUP_*`.
    pub fn addop_j(&mut self, opcode: impl Into<u16>, target: Label, loc: Location) {
        self.addop_i(opcode, target.0 as i32, loc);
    }

    /// Puts an instruction before the one at `position`; labels at that place move behind it.
    pub fn insert(&mut self, position: usize, opcode: impl Into<u16>, oparg: i32, loc: Location) {
        self.instrs.insert(position, Instr { opcode: opcode.into(), oparg, loc });
        for place in self.labels.iter_mut().flatten() {
            if *place >= position {
                *place += 1;
            }
        }
    }

    /// Sets the code that stands for `ANNOTATIONS_PLACEHOLDER`.
    pub fn set_annotations_code(&mut self, annotations: InstrSequence) {
        self.annotations = Some(Box::new(annotations));
    }

    /// Adds the sequence of a scope within.
    pub fn add_nested(&mut self, nested: InstrSequence) {
        self.nested.push(nested);
    }

    pub fn nested(&self) -> &[InstrSequence] {
        &self.nested
    }

    /// Places label number `number`, which may stand nowhere and be unknown yet, before the next instruction.
    pub fn use_numbered_label(&mut self, number: u32) {
        let index = number as usize;
        if self.labels.len() <= index {
            self.labels.resize(index + 1, None);
        }
        self.labels[index] = Some(self.instrs.len());
    }

    /// Turns operands that name labels into indices of instructions; without labels they are that already. `false` if a label
    /// stands nowhere.
    pub fn apply_labels(&mut self) -> bool {
        let labels = std::mem::take(&mut self.labels);
        if labels.is_empty() {
            return true;
        }
        for instr in self.instrs.iter_mut().filter(|instr| flowgraph::has_target(instr.opcode)) {
            let place = usize::try_from(instr.oparg).ok().and_then(|label| *labels.get(label)?);
            let Some(place) = place else { return false };
            instr.oparg = place as i32;
        }
        true
    }

    /// How many instructions there are.
    pub fn len(&self) -> usize {
        self.instrs.len()
    }

    pub fn is_empty(&self) -> bool {
        self.instrs.is_empty()
    }

    pub fn instrs(&self) -> &[Instr] {
        &self.instrs
    }

    pub fn last(&self) -> Option<&Instr> {
        self.instrs.last()
    }
}
