//! The matcher: runs a program at one position of the subject.
//!
//! DESIGN: backtracking. One stack holds choices still open and, between them, notes of what was overwritten since
//! (marks, loop counters). To fail is to take frames off the stack: notes are undone, the first choice is taken up.
//! So marks at any moment are exactly those of the path being tried. While the stack is empty no notes are taken:
//! nothing could want them back.
//!
//! A part that must not be gone back into (look-around, atomic group, round of a possessive repeat) begins with a
//! `Frame::Wall`. When the part succeeds, the choices above its wall are thrown away and the notes kept; when it
//! fails, the wall itself comes off the stack. Walls are chained, the innermost one is `wall`.

use crate::charset::lower_ascii;
use crate::pattern::{FUEL, Interrupt, State, Stop, UNSET};
use crate::program::{At, Follow, Inst, Mode, Program, RefKind, Row};
use crate::unit::Unit;

/// What kind of match is wanted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goal {
    pub(crate) search: bool,
    /// The match must reach the end of the subject.
    pub(crate) full: bool,
    /// The match must not be empty.
    pub(crate) must_advance: bool,
}

impl Goal {
    pub(crate) const MATCH: Goal = Goal { search: false, full: false, must_advance: false };
}

/// An entry of the backtracking stack.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Frame {
    /// Go on at `pc`.
    Choice { pc: u32, pos: usize },
    /// The alternatives in `mask` are left.
    Alternatives { branch: u32, pos: usize, mask: u64 },
    /// A greedy repeat stopped at `pos`; it may give back down to `low`.
    Greedy { repeat: u32, low: usize, pos: usize },
    /// A lazy repeat stopped at `pos`; it may take up to `limit`.
    Lazy { repeat: u32, pos: usize, limit: usize },
    /// A lazy loop tried what follows; it may do another round.
    Round { lp: u32, pos: usize },
    /// Restores a mark.
    Mark { mark: u32, pos: usize, lastindex: usize },
    /// Restores the counter and the position of a loop.
    Loop { lp: u32, count: usize, last: usize },
    /// Begins a part that is not gone back into; `pc` is its first instruction, `outer` the wall around it.
    Wall { pc: u32, pos: usize, outer: usize },
}

/// No wall.
const NONE: usize = usize::MAX;

/// One subject being matched.
pub(crate) struct Machine<'a, U> {
    pub(crate) program: &'a Program,
    pub(crate) state: &'a mut State,
    pub(crate) s: &'a [U],
    /// What `s` is the beginning of. A match that starts after the end of `s` looks back at it.
    pub(crate) whole: &'a [U],
    /// Where the match begins.
    pub(crate) start: usize,
    pub(crate) goal: Goal,
    pub(crate) interrupt: Interrupt<'a>,
}

impl<U: Unit> Machine<'_, U> {
    /// Counts work that no step back accounts for; looks for interrupts when it is time.
    #[inline]
    pub(crate) fn burn(&mut self, chars: usize) -> Result<(), Stop> {
        let cost = 1 + (chars >> 8);
        if self.state.fuel > cost {
            self.state.fuel -= cost;
            return Ok(());
        }
        self.state.fuel = FUEL;
        if (self.interrupt)() { Err(Stop::Interrupted) } else { Ok(()) }
    }

    /// Matches at `self.start`. On success the state holds span and groups.
    pub(crate) fn attempt(&mut self) -> Result<bool, Stop> {
        let program = self.program;
        let insts = &program.insts[..];
        let s = self.s;
        self.state.reset();
        let mut wall = NONE;
        let mut pos = self.start;
        let mut pc = 0u32;
        // Tests one character, or fails.
        macro_rules! one {
            ($c:ident => $test:expr) => {
                if let Some(&$c) = s.get(pos)
                    && $test
                {
                    pos += 1;
                    pc += 1;
                    continue;
                }
            };
        }
        loop {
            // Each arm goes on with `continue`, or fails by running to its end.
            match insts[pc as usize] {
                Inst::Char(ch) => one!(c => c.code() == ch),
                Inst::Class(index) => {
                    one!(c => {
                        let (class, code) = (&program.classes[index as usize], c.code());
                        if !U::WIDE || code < 256 { class.table[(code & 255) as usize] } else { class.contains_high(code) }
                    })
                }
                Inst::Any => one!(c => c.code() != u32::from(b'\n')),
                Inst::AnyAll => one!(_c => true),
                Inst::NotChar(ch) => one!(c => c.code() != ch),
                Inst::Dynamic(index) => {
                    one!(c => program.dynamic[index as usize].contains(c.code(), program.chars))
                }
                Inst::Str { start, len } => {
                    let (text, bytes) = program.text(start, len);
                    if s.get(pos..).is_some_and(|rest| U::starts_with(rest, text, bytes)) {
                        pos += len as usize;
                        pc += 1;
                        continue;
                    }
                }
                Inst::WideStr { start, len } => {
                    let (text, bytes) = program.text(start, len);
                    if U::WIDE && s.get(pos..).is_some_and(|rest| U::starts_with(rest, text, bytes)) {
                        pos += len as usize;
                        pc += 1;
                        continue;
                    }
                }
                Inst::Repeat(index) => {
                    let repeat = &program.repeats[index as usize];
                    let longest = if U::WIDE { repeat.longest_wide } else { repeat.longest_narrow };
                    let stop = if pos > s.len() {
                        None
                    } else if longest {
                        let end = program.run_end(repeat.one, s, pos, repeat.max);
                        (end - pos >= repeat.min).then_some(end)
                    } else if repeat.mode == Mode::Lazy {
                        self.begin_lazy(index, pos)?
                    } else {
                        self.begin_greedy(index, pos)?
                    };
                    if let Some(stop) = stop {
                        pos = stop;
                        pc = repeat.next;
                        continue;
                    }
                }
                Inst::Branch(index) => {
                    let branch = &program.branches[index as usize];
                    if let Some(run) = &branch.run {
                        let in_run = |c: U| (!U::WIDE || c.code() < 256) && run[(c.code() & 255) as usize];
                        while s.get(pos).is_some_and(|&c| in_run(c)) {
                            pos += 1;
                        }
                    }
                    let row = match s.get(pos) {
                        Some(c) if !U::WIDE || c.code() < 256 => {
                            branch.rows[usize::from(branch.row_of[(c.code() & 255) as usize])]
                        }
                        Some(_) => branch.high,
                        None => branch.end,
                    };
                    if row.target != Row::NOWHERE {
                        if row.rest != 0 {
                            self.state.push(Frame::Alternatives { branch: index, pos, mask: row.rest })?;
                        }
                        pc = row.target;
                        continue;
                    }
                }
                Inst::Mark(mark) => {
                    let state = &mut *self.state;
                    if !state.stack.is_empty() {
                        let old = state.marks[mark as usize];
                        state.push(Frame::Mark { mark, pos: old, lastindex: state.lastindex })?;
                    }
                    state.set_mark(mark, pos);
                    pc += 1;
                    continue;
                }
                Inst::Jump(target) => {
                    pc = target;
                    continue;
                }
                Inst::Match => {
                    let rejected = (self.goal.full && pos != s.len()) || (self.goal.must_advance && pos == self.start);
                    if !rejected {
                        (self.state.start, self.state.end) = (self.start, pos);
                        return Ok(true);
                    }
                }
                Inst::Fail => {}
                Inst::At(at) => {
                    if self.is_at(at, pos) {
                        pc += 1;
                        continue;
                    }
                }
                Inst::Boundary { word, negated } => {
                    let before = pos.checked_sub(1).and_then(|i| self.whole.get(i)).is_some_and(|&c| program.passes(word, c));
                    let after = s.get(pos).is_some_and(|&c| program.passes(word, c));
                    if (before != after) != negated {
                        pc += 1;
                        continue;
                    }
                }
                Inst::Peek { one, behind, negated } => {
                    let place = if behind { pos.checked_sub(1) } else { Some(pos) };
                    let found = place.and_then(|i| s.get(i)).is_some_and(|&c| program.passes(one, c));
                    if found != negated {
                        pc += 1;
                        continue;
                    }
                }
                Inst::LoopEnter(index) => {
                    let state = &mut *self.state;
                    let (count, last) = std::mem::replace(&mut state.loops[index as usize], (0, UNSET));
                    if !state.stack.is_empty() {
                        state.push(Frame::Loop { lp: index, count, last })?;
                    }
                    if let Some(next) = self.round(index, pos)? {
                        pc = next;
                        continue;
                    }
                }
                Inst::LoopNext(index) => {
                    let state = &mut *self.state;
                    let (count, last) = state.loops[index as usize];
                    if !state.stack.is_empty() {
                        state.push(Frame::Loop { lp: index, count, last })?;
                    }
                    state.loops[index as usize].0 = count + 1;
                    if let Some(next) = self.round(index, pos)? {
                        pc = next;
                        continue;
                    }
                }
                Inst::PossessiveEnter(index) => {
                    self.state.loops[index as usize] = (0, UNSET);
                    pc = self.possessive_round(index, pos, pc, &mut wall)?;
                    continue;
                }
                Inst::PossessiveNext(index) => {
                    let (enter, _) = self.cut(&mut wall);
                    self.state.loops[index as usize].0 += 1;
                    pc = self.possessive_round(index, pos, enter, &mut wall)?;
                    continue;
                }
                Inst::Atomic => {
                    self.build_wall(pc, pos, &mut wall)?;
                    pc += 1;
                    continue;
                }
                Inst::AtomicEnd => {
                    self.cut(&mut wall);
                    pc += 1;
                    continue;
                }
                Inst::Assert { back, .. } => {
                    if let Some(from) = pos.checked_sub(back as usize) {
                        self.build_wall(pc, pos, &mut wall)?;
                        pos = from;
                        pc += 1;
                        continue;
                    }
                }
                Inst::AssertEnd => {
                    (_, pos) = self.cut(&mut wall);
                    pc += 1;
                    continue;
                }
                Inst::AssertNot { back, exit } => {
                    match pos.checked_sub(back as usize) {
                        Some(from) => {
                            self.build_wall(pc, pos, &mut wall)?;
                            pos = from;
                            pc += 1;
                        }
                        None => pc = exit,
                    }
                    continue;
                }
                // What must not match has: undo all of it, and fail.
                Inst::AssertNotEnd => self.raze(&mut wall),
                Inst::GroupRef { group, kind } => {
                    if let Some(end) = self.group_ref(group, kind, pos) {
                        pos = end;
                        pc += 1;
                        continue;
                    }
                }
                Inst::GroupExists { group, no } => {
                    let taken = self.state.group(group as usize + 1).is_some_and(|(start, end)| start <= end);
                    pc = if taken { pc + 1 } else { no };
                    continue;
                }
            }
            self.burn(0)?;
            match self.backtrack(&mut wall)? {
                Some(place) => (pc, pos) = place,
                None => return Ok(false),
            }
        }
    }

    /// Takes up the latest choice. Returns where to go on.
    #[inline]
    fn backtrack(&mut self, wall: &mut usize) -> Result<Option<(u32, usize)>, Stop> {
        let (program, s) = (self.program, self.s);
        while let Some(frame) = self.state.stack.pop() {
            match frame {
                Frame::Choice { pc, pos } => return Ok(Some((pc, pos))),
                Frame::Alternatives { branch, pos, mask } => {
                    let rest = mask & (mask - 1);
                    if rest != 0 {
                        self.state.push(Frame::Alternatives { branch, pos, mask: rest })?;
                    }
                    return Ok(Some((program.branches[branch as usize].targets[mask.trailing_zeros() as usize], pos)));
                }
                Frame::Greedy { repeat: index, low, pos } => {
                    let repeat = &program.repeats[index as usize];
                    if let Some(stop) = repeat.follow.last(s, low, pos - 1) {
                        if stop > low {
                            self.state.push(Frame::Greedy { repeat: index, low, pos: stop })?;
                        }
                        return Ok(Some((repeat.next, stop)));
                    }
                }
                Frame::Lazy { repeat: index, pos, limit } => {
                    let repeat = &program.repeats[index as usize];
                    if s.get(pos).is_some_and(|&c| program.passes(repeat.one, c))
                        && let Some(stop) = self.lazy_stop(index, pos + 1, limit)?
                    {
                        return Ok(Some((repeat.next, stop)));
                    }
                }
                Frame::Round { lp: index, pos } => {
                    return Ok(Some((self.begin_round(index, pos)?, pos)));
                }
                Frame::Mark { mark, pos, lastindex } => {
                    self.state.marks[mark as usize] = pos;
                    self.state.lastindex = lastindex;
                }
                Frame::Loop { lp, count, last } => self.state.loops[lp as usize] = (count, last),
                Frame::Wall { pc, pos, outer } => {
                    *wall = outer;
                    match program.insts[pc as usize] {
                        Inst::AssertNot { exit, .. } => return Ok(Some((exit, pos))),
                        Inst::PossessiveEnter(index) => {
                            let lp = &program.loops[index as usize];
                            if self.state.loops[index as usize].0 >= lp.min {
                                return Ok(Some((lp.exit, pos)));
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        Ok(None)
    }

    /// Runs a greedy repeat; returns where to go on.
    #[inline]
    fn begin_greedy(&mut self, index: u32, pos: usize) -> Result<Option<usize>, Stop> {
        let repeat = &self.program.repeats[index as usize];
        let end = self.program.run_end(repeat.one, self.s, pos, repeat.max);
        if end - pos < repeat.min {
            return Ok(None);
        }
        let low = pos + repeat.min;
        let stop = match &repeat.follow {
            Follow::Anything => Some(end),
            follow => follow.last(self.s, low, end),
        };
        if let Some(stop) = stop.filter(|&stop| stop > low) {
            self.state.push(Frame::Greedy { repeat: index, low, pos: stop })?;
        }
        Ok(stop)
    }

    /// Runs a lazy repeat; returns where to go on.
    #[inline]
    fn begin_lazy(&mut self, index: u32, pos: usize) -> Result<Option<usize>, Stop> {
        let repeat = &self.program.repeats[index as usize];
        let low = self.program.run_end(repeat.one, self.s, pos, repeat.min);
        if low - pos < repeat.min {
            return Ok(None);
        }
        self.lazy_stop(index, low, pos.saturating_add(repeat.max))
    }

    fn lazy_stop(&mut self, index: u32, pos: usize, limit: usize) -> Result<Option<usize>, Stop> {
        let repeat = &self.program.repeats[index as usize];
        let stop = self.program.lazy_stop(repeat.one, &repeat.follow, self.s, pos, limit);
        if let Some(stop) = stop.filter(|&stop| stop < limit) {
            self.state.push(Frame::Lazy { repeat: index, pos: stop, limit })?;
        }
        Ok(stop)
    }

    /// Decides at the end of a round of a loop, or before the first, whether there is another. Returns where to go on.
    fn round(&mut self, index: u32, pos: usize) -> Result<Option<u32>, Stop> {
        self.burn(0)?;
        let lp = &self.program.loops[index as usize];
        let (count, last) = self.state.loops[index as usize];
        if count < lp.min {
            return Ok(lp.body_first.allows(self.s, pos).then_some(lp.body));
        }
        let more = count < lp.max && pos != last && lp.body_first.allows(self.s, pos);
        let leave = lp.exit_first.allows(self.s, pos);
        match (more, leave) {
            (false, false) => Ok(None),
            (false, true) => Ok(Some(lp.exit)),
            (true, false) => self.begin_round(index, pos).map(Some),
            (true, true) if lp.mode == Mode::Lazy => {
                self.state.push(Frame::Round { lp: index, pos })?;
                Ok(Some(lp.exit))
            }
            (true, true) => {
                self.state.push(Frame::Choice { pc: lp.exit, pos })?;
                self.begin_round(index, pos).map(Some)
            }
        }
    }

    /// Begins a round that could have been left out: notes where, so that an empty one is the last.
    fn begin_round(&mut self, index: u32, pos: usize) -> Result<u32, Stop> {
        let lp = &self.program.loops[index as usize];
        if lp.guarded {
            let state = &mut *self.state;
            let (count, last) = state.loops[index as usize];
            if !state.stack.is_empty() {
                state.push(Frame::Loop { lp: index, count, last })?;
            }
            state.loops[index as usize].1 = pos;
        }
        Ok(lp.body)
    }

    /// The same for a possessive loop, whose rounds are walled; `enter` is the instruction that begins it.
    fn possessive_round(&mut self, index: u32, pos: usize, enter: u32, wall: &mut usize) -> Result<u32, Stop> {
        self.burn(0)?;
        let lp = &self.program.loops[index as usize];
        let (count, last) = &mut self.state.loops[index as usize];
        if *count >= lp.min {
            if *count >= lp.max || pos == *last || !lp.body_first.allows(self.s, pos) {
                return Ok(lp.exit);
            }
            *last = pos;
        }
        self.build_wall(enter, pos, wall)?;
        Ok(lp.body)
    }

    fn build_wall(&mut self, pc: u32, pos: usize, wall: &mut usize) -> Result<(), Stop> {
        let outer = std::mem::replace(wall, self.state.stack.len());
        self.state.push(Frame::Wall { pc, pos, outer })
    }

    /// Throws away the innermost wall and the choices above it, keeps the notes. Returns what the wall held.
    fn cut(&mut self, wall: &mut usize) -> (u32, usize) {
        let base = *wall;
        let stack = &mut self.state.stack;
        let Some(&Frame::Wall { pc, pos, outer }) = stack.get(base) else {
            // `decode` pairs every end with a beginning, which built the wall.
            debug_assert!(false, "no wall to cut");
            return (0, 0);
        };
        *wall = outer;
        let mut kept = base;
        // With nothing below, nothing can want the notes.
        if base > 0 {
            for i in base + 1..stack.len() {
                if matches!(stack[i], Frame::Mark { .. } | Frame::Loop { .. }) {
                    stack[kept] = stack[i];
                    kept += 1;
                }
            }
        }
        stack.truncate(kept);
        (pc, pos)
    }

    /// Takes everything down to the innermost wall off the stack, and the wall, undoing what is noted.
    fn raze(&mut self, wall: &mut usize) {
        let state = &mut *self.state;
        while let Some(frame) = state.stack.pop() {
            match frame {
                Frame::Mark { mark, pos, lastindex } => {
                    state.marks[mark as usize] = pos;
                    state.lastindex = lastindex;
                }
                Frame::Loop { lp, count, last } => state.loops[lp as usize] = (count, last),
                Frame::Wall { outer, .. } if state.stack.len() == *wall => {
                    *wall = outer;
                    return;
                }
                _ => {}
            }
        }
    }

    fn is_at(&self, at: At, pos: usize) -> bool {
        let newline = |i: usize| self.s.get(i).is_some_and(|c| c.code() == u32::from(b'\n'));
        let len = self.s.len();
        match at {
            At::Beginning => pos == 0,
            At::BeginningLine => pos == 0 || self.whole[pos - 1].code() == u32::from(b'\n'),
            At::End => pos == len || (pos + 1 == len && newline(pos)),
            At::EndLine => pos == len || newline(pos),
            At::EndString => pos == len,
        }
    }

    /// Where the text of the group ends when it stands at `pos` again.
    fn group_ref(&self, group: u32, kind: RefKind, pos: usize) -> Option<usize> {
        let (start, end) = self.state.group(group as usize + 1)?;
        if start == end {
            return Some(pos);
        }
        let text = self.s.get(start..end)?;
        let stop = pos + text.len();
        let here = self.s.get(pos..stop)?;
        let chars = self.program.chars;
        let fold = |c: &U| match kind {
            RefKind::Exact => c.code(),
            RefKind::Ascii => lower_ascii(c.code()),
            RefKind::Locale => chars.lower_locale(c.code()),
            RefKind::Unicode => (chars.lower)(c.code()),
        };
        let same = match kind {
            RefKind::Exact => text == here,
            _ => text.iter().map(fold).eq(here.iter().map(fold)),
        };
        same.then_some(stop)
    }
}
