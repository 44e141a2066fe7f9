//! The matcher's own program: what a code array becomes.

use crate::charset::{CharSet, CharTable, Class};
use crate::start::Start;

/// A test of one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum One {
    /// Anything but a newline.
    Any,
    AnyAll,
    Char(u32),
    NotChar(u32),
    /// Index into `Program::classes`.
    Class(u32),
    /// Index into `Program::dynamic`: the answer depends on the locale.
    Dynamic(u32),
}

/// A test of a position that no character takes part in, or at most a newline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// AT_BEGINNING, AT_BEGINNING_STRING.
    Beginning,
    BeginningLine,
    End,
    EndLine,
    EndString,
}

/// How a back reference compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefKind {
    Exact,
    Ascii,
    Locale,
    Unicode,
}

/// An instruction. The next one is the one after it unless it says otherwise; targets are indexes of instructions.
///
/// Invariants: every target and index is in range, and no instruction but `Match`, `Fail` and those that name their
/// targets is last.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Inst {
    /// The whole pattern has matched.
    Match,
    Fail,
    Jump(u32),
    Any,
    AnyAll,
    Char(u32),
    NotChar(u32),
    Class(u32),
    Dynamic(u32),
    /// A range of `Program::text`, at least two characters, all below 256.
    Str {
        start: u32,
        len: u32,
    },
    /// The same with a character above 255 in it.
    WideStr {
        start: u32,
        len: u32,
    },
    /// Notes the position in a mark: even ones open a group, odd ones close it.
    Mark(u32),
    At(At),
    /// Whether word-ness changes here; `word` tests one character.
    Boundary {
        word: One,
        negated: bool,
    },
    /// A look around at one character.
    Peek {
        one: One,
        behind: bool,
        negated: bool,
    },
    /// Index into `Program::branches`.
    Branch(u32),
    /// Index into `Program::repeats`.
    Repeat(u32),
    /// Begins the loop of that index in `Program::loops`.
    LoopEnter(u32),
    /// Ends one round of a loop.
    LoopNext(u32),
    PossessiveEnter(u32),
    PossessiveNext(u32),
    /// `exit` follows the matching `AssertEnd`; `back` is the width of a look-behind.
    Assert {
        back: u32,
        exit: u32,
    },
    AssertEnd,
    AssertNot {
        back: u32,
        exit: u32,
    },
    AssertNotEnd,
    Atomic,
    AtomicEnd,
    GroupRef {
        group: u32,
        kind: RefKind,
    },
    /// Goes to `no` if the group has not taken part.
    GroupExists {
        group: u32,
        no: u32,
    },
}

/// Alternatives in order of preference, at most 64.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) targets: Vec<u32>,
    /// For each character below 256 the index in `rows`.
    pub(crate) row_of: [u8; 256],
    pub(crate) rows: Vec<Row>,
    /// For characters above 255.
    pub(crate) high: Row,
    /// At the end of the subject.
    pub(crate) end: Row,
    /// The characters for which the one viable alternative is a test of that character that leads back here.
    pub(crate) run: Option<Box<[bool; 256]>>,
}

/// Which alternatives of a branch can match at a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// Where the first of them is; `NOWHERE` if there is none.
    pub(crate) target: u32,
    /// The others: bit n stands for `targets[n]`.
    pub(crate) rest: u64,
}

impl Row {
    pub(crate) const NOWHERE: u32 = u32::MAX;

    /// The row of the alternatives in `mask`.
    pub(crate) fn new(mask: u64, targets: &[u32]) -> Row {
        match mask {
            0 => Row { target: Row::NOWHERE, rest: 0 },
            _ => Row { target: targets[mask.trailing_zeros() as usize], rest: mask & (mask - 1) },
        }
    }
}

/// How a repeat chooses how often to repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Greedy,
    Lazy,
    Possessive,
}

/// What must follow a repeat for the rest of the pattern to have a chance.
#[derive(Clone, Debug)]
pub(crate) enum Follow {
    Anything,
    Char(u32),
    Set(Box<First>),
}

/// A repeated test of one character.
#[derive(Clone, Debug)]
pub(crate) struct Repeat {
    pub(crate) one: One,
    pub(crate) min: usize,
    /// `usize::MAX` if there is no bound.
    pub(crate) max: usize,
    pub(crate) mode: Mode,
    pub(crate) follow: Follow,
    /// Nothing that follows can begin with what is repeated, so only the longest run can succeed: in a subject whose
    /// characters are all below 256, and in any.
    pub(crate) longest_narrow: bool,
    pub(crate) longest_wide: bool,
    /// The instruction after the repeat.
    pub(crate) next: u32,
}

/// A repeated part of a pattern that needs counting or a guard against empty rounds.
#[derive(Clone, Debug)]
pub(crate) struct Loop {
    pub(crate) min: usize,
    pub(crate) max: usize,
    pub(crate) mode: Mode,
    pub(crate) body: u32,
    pub(crate) exit: u32,
    /// The body can match nothing: a round that does so is the last.
    pub(crate) guarded: bool,
    /// Whether the body can match at a character, whether what follows can.
    pub(crate) body_first: First,
    pub(crate) exit_first: First,
}

/// What a match can begin with: an over-approximation.
#[derive(Clone, Debug)]
pub(crate) struct First {
    /// For each character below 256.
    pub(crate) table: [bool; 256],
    /// The kinds of characters above 255.
    pub(crate) high: u8,
    /// Whether it can match at the end of the subject.
    pub(crate) end: bool,
}

/// A decoded pattern.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) insts: Vec<Inst>,
    pub(crate) classes: Vec<Class>,
    pub(crate) dynamic: Vec<CharSet>,
    /// The characters of all `Str` and `WideStr` instructions, and the same as bytes (0 where one does not fit).
    pub(crate) text: Vec<u32>,
    pub(crate) text_bytes: Vec<u8>,
    pub(crate) branches: Vec<Branch>,
    pub(crate) repeats: Vec<Repeat>,
    pub(crate) loops: Vec<Loop>,
    /// The number of groups.
    pub(crate) groups: usize,
    /// The least number of characters that a match takes.
    pub(crate) min_width: usize,
    pub(crate) has_group_refs: bool,
    pub(crate) chars: &'static CharTable,
    /// The charset of the INFO block: a search only looks at places where a character of it stands.
    pub(crate) info: Option<One>,
    pub(crate) start: Start,
    /// The repeat that the pattern begins with, if a failed attempt rules out every start within the run it covered.
    pub(crate) leading: Option<u32>,
    /// The pattern is a text and nothing else.
    pub(crate) is_text: bool,
}

impl Program {
    /// The text of a `Str`, and the same as bytes.
    #[inline]
    pub(crate) fn text(&self, start: u32, len: u32) -> (&[u32], &[u8]) {
        let range = start as usize..(start + len) as usize;
        (&self.text[range.clone()], &self.text_bytes[range])
    }
}
