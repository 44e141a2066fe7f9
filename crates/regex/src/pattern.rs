//! What users of the crate handle: patterns, the state of a match, and the ways a match can end.

use std::fmt;
use std::sync::LazyLock;

use crate::charset::CharTable;
use crate::code;
use crate::machine::{Frame, Goal};
use crate::program::Program;
use crate::unit::{Subject, Unit};
use crate::{analyse, decode, search};

/// The code array is not one that `re._compiler` can have made (`RuntimeError: invalid SRE code`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCode;

impl fmt::Display for InvalidCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid SRE code")
    }
}

impl std::error::Error for InvalidCode {}

/// Why a match ended without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The interrupt callback asked for it: an exception is set.
    Interrupted,
    /// The backtracking stack reached its limit (`MemoryError`).
    Memory,
}

/// The part of the subject to look at. Values beyond the subject's end count as the end.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Where the match starts, or the search.
    pub pos: usize,
    /// Where the subject is taken to end.
    pub endpos: usize,
}

impl Span {
    /// Everything.
    pub const ALL: Span = Span { pos: 0, endpos: usize::MAX };
}

/// Called now and then during a match; true ends it with [`Stop::Interrupted`].
pub type Interrupt<'a> = &'a mut dyn FnMut() -> bool;

/// A compiled pattern. It never changes, so that any number of threads can match with it at once.
#[derive(Debug)]
pub struct Pattern {
    /// Analysed when the first match begins: many patterns are made and never used.
    program: LazyLock<Program, Box<dyn FnOnce() -> Program + Send>>,
    groups: usize,
}

impl Pattern {
    /// The `_sre.MAGIC` whose code arrays can be used.
    pub const MAGIC: u32 = code::MAGIC;
    /// `_sre.MAXREPEAT`.
    pub const MAXREPEAT: u32 = code::MAXREPEAT;
    /// `_sre.MAXGROUPS`.
    pub const MAXGROUPS: usize = code::MAXGROUPS;

    /// Validates and prepares the code array of a pattern with `groups` groups.
    pub fn new(code: &[u32], groups: usize, chars: &'static CharTable) -> Result<Pattern, InvalidCode> {
        let mut program = decode::decode(code, groups, chars)?;
        let analysed = move || {
            analyse::annotate(&mut program);
            program
        };
        Ok(Pattern { program: LazyLock::new(Box::new(analysed)), groups })
    }

    /// The number of groups.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Matches at `span.pos`. With `must_advance` the match may not be empty.
    pub fn match_at(
        &self,
        state: &mut State,
        subject: Subject<'_>,
        span: Span,
        must_advance: bool,
        interrupt: Interrupt<'_>,
    ) -> Result<bool, Stop> {
        self.run(state, subject, span, Goal { must_advance, ..Goal::MATCH }, interrupt)
    }

    /// Matches from `span.pos` to `span.endpos`.
    pub fn fullmatch(&self, state: &mut State, subject: Subject<'_>, span: Span, interrupt: Interrupt<'_>) -> Result<bool, Stop> {
        self.run(state, subject, span, Goal { full: true, ..Goal::MATCH }, interrupt)
    }

    /// Looks for the first match at or after `span.pos`. With `must_advance` a match at `span.pos` may not be empty:
    /// findall and its like set it after an empty match.
    pub fn search(
        &self,
        state: &mut State,
        subject: Subject<'_>,
        span: Span,
        must_advance: bool,
        interrupt: Interrupt<'_>,
    ) -> Result<bool, Stop> {
        self.run(state, subject, span, Goal { search: true, must_advance, ..Goal::MATCH }, interrupt)
    }

    fn run(
        &self,
        state: &mut State,
        subject: Subject<'_>,
        span: Span,
        goal: Goal,
        interrupt: Interrupt<'_>,
    ) -> Result<bool, Stop> {
        state.prepare(&self.program)?;
        let result = match subject {
            Subject::Bytes(s) | Subject::Latin1(s) => self.run_on(state, s, span, goal, interrupt),
            Subject::Ucs2(s) => self.run_on(state, s, span, goal, interrupt),
            Subject::Ucs4(s) => self.run_on(state, s, span, goal, interrupt),
        };
        state.finish();
        result
    }

    fn run_on<U: Unit>(
        &self,
        state: &mut State,
        subject: &[U],
        span: Span,
        goal: Goal,
        interrupt: Interrupt<'_>,
    ) -> Result<bool, Stop> {
        let pos = span.pos.min(subject.len());
        let end = span.endpos.min(subject.len());
        search::run(&self.program, state, subject, pos, end, goal, interrupt)
    }
}

/// "Not set" for a position.
pub(crate) const UNSET: usize = usize::MAX;

/// The memory of a match in progress, and the groups of the last match that succeeded. Keep it and use it again: it
/// may serve any pattern and subject, one match at a time.
#[derive(Debug)]
pub struct State {
    /// Two positions for each group: beginning and end.
    pub(crate) marks: Vec<usize>,
    /// The group that was closed last, from 1; 0 for none.
    pub(crate) lastindex: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) stack: Vec<Frame>,
    /// For each loop of the program how many rounds are complete, and where the latest voluntary round began.
    pub(crate) loops: Vec<(usize, usize)>,
    /// How long to go on until the next look for interrupts.
    pub(crate) fuel: usize,
    max_frames: usize,
}

/// Attempts and steps back between two looks for interrupts.
pub(crate) const FUEL: usize = 4096;
/// The default limit of the backtracking stack: 3 GiB.
const MAX_FRAMES: usize = (3 << 30) / size_of::<Frame>();
/// How much of a stack is kept for the next match.
const KEPT_FRAMES: usize = 1 << 16;

impl Default for State {
    fn default() -> State {
        State::new()
    }
}

impl State {
    /// A state that has matched nothing yet.
    pub fn new() -> State {
        State::with_stack_limit(MAX_FRAMES * size_of::<Frame>())
    }

    /// A state whose backtracking stack takes at most `bytes`; a match that needs more ends with [`Stop::Memory`].
    pub fn with_stack_limit(bytes: usize) -> State {
        State {
            marks: Vec::new(),
            lastindex: 0,
            start: 0,
            end: 0,
            stack: Vec::new(),
            loops: Vec::new(),
            fuel: FUEL,
            max_frames: bytes / size_of::<Frame>(),
        }
    }

    /// Where the last match began and ended. Meaningful only after one succeeded, as are the groups.
    pub fn span(&self) -> (usize, usize) {
        (self.start, self.end)
    }

    /// Where group `index` began and ended, if it took part. Group 0 is the whole match.
    pub fn group(&self, index: usize) -> Option<(usize, usize)> {
        let Some(group) = index.checked_sub(1) else {
            return Some(self.span());
        };
        match self.marks.get(2 * group..2 * group + 2) {
            Some(&[start, end]) if start != UNSET && end != UNSET => Some((start, end)),
            _ => None,
        }
    }

    /// The group that was closed last (`Match.lastindex`).
    pub fn lastindex(&self) -> Option<usize> {
        (self.lastindex != 0).then_some(self.lastindex)
    }

    fn prepare(&mut self, program: &Program) -> Result<(), Stop> {
        let marks = 2 * program.groups;
        if self.marks.len() != marks {
            self.marks.clear();
            self.marks.try_reserve(marks).map_err(|_| Stop::Memory)?;
            self.marks.resize(marks, UNSET);
        }
        if self.loops.len() != program.loops.len() {
            self.loops.clear();
            self.loops.resize(program.loops.len(), (0, UNSET));
        }
        Ok(())
    }

    /// Forgets the groups and what a former attempt left.
    #[inline]
    pub(crate) fn reset(&mut self) {
        self.marks.fill(UNSET);
        self.lastindex = 0;
        self.stack.clear();
    }

    fn finish(&mut self) {
        self.stack.clear();
        if self.stack.capacity() > KEPT_FRAMES {
            self.stack.shrink_to(KEPT_FRAMES);
        }
    }

    #[inline]
    pub(crate) fn set_mark(&mut self, mark: u32, pos: usize) {
        self.marks[mark as usize] = pos;
        if mark & 1 == 1 {
            self.lastindex = mark as usize / 2 + 1;
        }
    }

    #[inline]
    pub(crate) fn push(&mut self, frame: Frame) -> Result<(), Stop> {
        if self.stack.len() == self.stack.capacity() {
            self.grow()?;
        }
        self.stack.push(frame);
        Ok(())
    }

    #[cold]
    fn grow(&mut self) -> Result<(), Stop> {
        let len = self.stack.len();
        let more = len.max(64).min(self.max_frames.saturating_sub(len));
        if more == 0 {
            return Err(Stop::Memory);
        }
        self.stack.try_reserve_exact(more).map_err(|_| Stop::Memory)
    }
}
