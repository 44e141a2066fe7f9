//! What each place in a program can begin with, and what follows from that: which alternatives are worth a try, where
//! a repeat may stop, and where a match may start.
//!
//! Before: a program as `decode` leaves it. After: no target is a `Jump`, and every `Branch`, `Repeat` and `Loop` knows
//! the characters that its ways out can begin with. Everything here over-approximates; it never changes a result.

use crate::charset::kind;
use crate::program::{At, Branch, First, Follow, Inst, Mode, One, Program, Row};
use crate::start;

/// How many instructions to look at before a set is taken to hold everything.
const BUDGET: usize = 400;

impl First {
    /// Nothing at all.
    pub(crate) fn nothing() -> First {
        First { table: [false; 256], high: 0, end: false }
    }

    /// Everything, the end included.
    pub(crate) fn anything() -> First {
        First { table: [true; 256], high: kind::OTHER, end: true }
    }

    fn is_anything(&self) -> bool {
        self.end && self.high == kind::OTHER && self.table.iter().all(|&hit| hit)
    }

    /// The number of characters below 256.
    pub(crate) fn count(&self) -> usize {
        self.table.iter().filter(|&&hit| hit).count()
    }

    /// The characters below 256.
    pub(crate) fn members(&self) -> impl Iterator<Item = u8> {
        (0..=255u8).filter(|&c| self.table[usize::from(c)])
    }

    fn insert(&mut self, ch: u32) {
        match self.table.get_mut(ch as usize) {
            Some(hit) => *hit = true,
            None => self.high |= kind::OTHER,
        }
    }

    /// Adds the characters that pass `one`.
    pub(crate) fn add(&mut self, one: One, program: &Program) {
        match one {
            One::Char(ch) => self.insert(ch),
            One::Class(index) => {
                let class = &program.classes[index as usize];
                for (hit, &more) in self.table.iter_mut().zip(&class.table) {
                    *hit |= more;
                }
                self.high |= class.high_kinds();
            }
            One::Any => self.add_all_but(u32::from(b'\n')),
            One::NotChar(ch) => self.add_all_but(ch),
            One::AnyAll | One::Dynamic(_) => self.add_all_but(u32::MAX),
        }
    }

    fn add_all_but(&mut self, ch: u32) {
        for (i, hit) in self.table.iter_mut().enumerate() {
            *hit |= i as u32 != ch;
        }
        self.high |= kind::OTHER;
    }

    /// Keeps only what is also in `other`. Returns whether that took away a character below 256.
    fn confine(&mut self, other: &First) -> bool {
        let mut changed = false;
        for (hit, &allowed) in self.table.iter_mut().zip(&other.table) {
            changed |= *hit && !allowed;
            *hit &= allowed;
        }
        self.end &= other.end;
        if other.high == 0 {
            self.high = 0;
        }
        changed
    }

    /// The characters that pass `one`.
    pub(crate) fn of(one: One, program: &Program) -> First {
        let mut first = First::nothing();
        first.add(one, program);
        first
    }
}

/// Completes `program`.
pub(crate) fn annotate(program: &mut Program) {
    thread_jumps(program);
    flatten_branches(program);
    let mut analysis = Analysis { seen: vec![0; program.insts.len() * 3], stamp: 0, todo: Vec::new() };
    for index in 0..program.branches.len() {
        let firsts: Vec<First> = program.branches[index].targets.iter().map(|&pc| analysis.first(program, pc)).collect();
        let run = program.looping_tests(index);
        program.branches[index].fill(&firsts, run);
    }
    for index in 0..program.loops.len() {
        let (body, exit) = (program.loops[index].body, program.loops[index].exit);
        let (body_first, exit_first) = (analysis.first(program, body), analysis.first(program, exit));
        let lp = &mut program.loops[index];
        (lp.body_first, lp.exit_first) = (body_first, exit_first);
    }
    for index in 0..program.repeats.len() {
        let next = program.repeats[index].next;
        let follow = analysis.first(program, next);
        let own = First::of(program.repeats[index].one, program);
        let low_disjoint = !own.table.iter().zip(&follow.table).any(|(&a, &b)| a && b);
        let repeat = &mut program.repeats[index];
        let possessive = repeat.mode == Mode::Possessive;
        repeat.longest_narrow = possessive || low_disjoint;
        repeat.longest_wide = possessive || (low_disjoint && kind::disjoint(own.high, follow.high));
        repeat.follow = if follow.is_anything() {
            Follow::Anything
        } else if let (false, 0, 1) = (follow.end, follow.high, follow.count()) {
            follow.members().next().map_or(Follow::Anything, |c| Follow::Char(u32::from(c)))
        } else {
            Follow::Set(Box::new(follow))
        };
    }
    let mut first = analysis.first(program, 0);
    let confined = program.info.is_some_and(|info| first.confine(&First::of(info, program)));
    program.start = start::plan(program, first, confined);
    program.is_text = matches!(program.insts[..], [Inst::Str { .. } | Inst::WideStr { .. } | Inst::Char(_), Inst::Match]);
    program.leading = program.leading_repeat();
}

impl Branch {
    /// Notes which alternatives can match at what, given the sets they begin with. `looping` are those that test one
    /// character and come back here.
    fn fill(&mut self, firsts: &[First], looping: u64) {
        let mask = |hit: &dyn Fn(&First) -> bool| {
            firsts.iter().enumerate().fold(0u64, |mask, (i, first)| mask | u64::from(hit(first)) << i)
        };
        self.high = Row::new(mask(&|first| first.high != 0), &self.targets);
        self.end = Row::new(mask(&|first| first.end), &self.targets);
        self.rows.clear();
        let mut run = Box::new([false; 256]);
        for ch in 0..256 {
            let viable = mask(&|first| first.table[ch]);
            let wanted = Row::new(viable, &self.targets);
            let row = self.rows.iter().rposition(|&row| row == wanted).unwrap_or_else(|| {
                self.rows.push(wanted);
                self.rows.len() - 1
            });
            self.row_of[ch] = row as u8;
            run[ch] = viable.is_power_of_two() && viable & looping != 0;
        }
        self.run = run.contains(&true).then_some(run);
    }
}

impl Program {
    /// The unbounded repeat that the pattern begins with. If a match that begins with it at some place fails, then no
    /// match starts further on in the same run either, for what follows the repeat was tried wherever such a match could
    /// have left it. Back references could see the difference, so there must be none.
    fn leading_repeat(&self) -> Option<u32> {
        let first = self.insts.iter().find(|inst| !matches!(inst, Inst::Mark(_)));
        match first {
            Some(&Inst::Repeat(index)) if !self.has_group_refs && self.repeats[index as usize].max == usize::MAX => Some(index),
            _ => None,
        }
    }
}

impl Program {
    /// The alternatives of a branch that test one character and lead back to the branch.
    fn looping_tests(&self, index: usize) -> u64 {
        let home = |pc: u32| matches!(self.insts[pc as usize], Inst::Branch(other) if other as usize == index);
        let loops = |pc: u32| {
            self.insts[pc as usize].as_one().is_some()
                && match self.insts[pc as usize + 1] {
                    Inst::Jump(target) => home(target),
                    _ => home(pc + 1),
                }
        };
        self.branches[index].targets.iter().enumerate().fold(0, |mask, (i, &pc)| mask | u64::from(loops(pc)) << i)
    }
}

/// Puts the alternatives of a branch that another one leads to in its place.
fn flatten_branches(program: &mut Program) {
    for index in 0..program.branches.len() {
        // Branches lead forward, or back to a loop that takes a character first: few rounds settle it.
        for _ in 0..4 {
            let targets = &program.branches[index].targets;
            let inner = targets.iter().enumerate().find_map(|(at, &pc)| match program.insts[pc as usize] {
                Inst::Branch(inner) if inner as usize != index => Some((at, inner as usize)),
                _ => None,
            });
            let Some((at, inner)) = inner else { break };
            let inner = program.branches[inner].targets.clone();
            if targets.len() + inner.len() > 65 {
                break;
            }
            program.branches[index].targets.splice(at..=at, inner);
        }
    }
}

/// Makes every target the instruction where the jumps it leads to end.
fn thread_jumps(program: &mut Program) {
    let insts = program.insts.clone();
    let resolve = |mut pc: u32| {
        for _ in 0..64 {
            match insts[pc as usize] {
                Inst::Jump(target) => pc = target,
                _ => break,
            }
        }
        pc
    };
    for inst in &mut program.insts {
        match inst {
            Inst::Jump(target)
            | Inst::Assert { exit: target, .. }
            | Inst::AssertNot { exit: target, .. }
            | Inst::GroupExists { no: target, .. } => *target = resolve(*target),
            _ => {}
        }
    }
    for target in program.branches.iter_mut().flat_map(|branch| &mut branch.targets) {
        *target = resolve(*target);
    }
    for lp in &mut program.loops {
        (lp.body, lp.exit) = (resolve(lp.body), resolve(lp.exit));
    }
    for repeat in &mut program.repeats {
        repeat.next = resolve(repeat.next);
    }
}

/// What a position test on the way allows to follow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Only {
    Anything,
    NewlineOrEnd,
    End,
}

/// Working memory of `first`: which instructions were seen under which condition, in the walk numbered `stamp`.
struct Analysis {
    seen: Vec<u32>,
    stamp: u32,
    todo: Vec<(u32, Only)>,
}

impl Analysis {
    /// What a match that goes on at `pc` can begin with.
    fn first(&mut self, program: &Program, pc: u32) -> First {
        self.stamp += 1;
        self.todo.clear();
        self.todo.push((pc, Only::Anything));
        let mut first = First::nothing();
        let mut steps = 0;
        while let Some((pc, only)) = self.todo.pop() {
            let seen = &mut self.seen[pc as usize * 3 + only as usize];
            if std::mem::replace(seen, self.stamp) == self.stamp {
                continue;
            }
            steps += 1;
            let whatever = if steps > BUDGET { Some(Only::Anything) } else { self.step(program, pc, only, &mut first) };
            match whatever {
                Some(Only::Anything) => return First::anything(),
                Some(Only::NewlineOrEnd) => {
                    first.insert(u32::from(b'\n'));
                    first.end = true;
                }
                Some(Only::End) => first.end = true,
                None => {}
            }
        }
        first
    }

    /// Looks at one instruction: adds the characters it takes to `first`, or notes where to look next. Returns a
    /// condition if the match can go on with whatever meets it.
    fn step(&mut self, program: &Program, pc: u32, only: Only, first: &mut First) -> Option<Only> {
        let next = pc + 1;
        let todo = &mut self.todo;
        let mut take = |one: One| match only {
            Only::Anything => first.add(one, program),
            Only::NewlineOrEnd => {
                let newline = usize::from(b'\n');
                first.table[newline] |= First::of(one, program).table[newline];
            }
            Only::End => {}
        };
        let inst = program.insts[pc as usize];
        if let Some(one) = inst.as_one() {
            take(one);
            return None;
        }
        match inst {
            Inst::Str { start, .. } | Inst::WideStr { start, .. } => take(One::Char(program.text[start as usize])),
            Inst::Fail => {}
            Inst::Jump(target) => todo.push((target, only)),
            Inst::Mark(_) | Inst::Boundary { .. } | Inst::Peek { .. } | Inst::Atomic => todo.push((next, only)),
            Inst::At(at) => {
                let condition = match at {
                    At::Beginning | At::BeginningLine => Only::Anything,
                    At::End | At::EndLine => Only::NewlineOrEnd,
                    At::EndString => Only::End,
                };
                todo.push((next, only.max(condition)));
            }
            Inst::Branch(index) => {
                todo.extend(program.branches[index as usize].targets.iter().map(|&pc| (pc, only)));
            }
            Inst::Repeat(index) => {
                let repeat = &program.repeats[index as usize];
                if repeat.max > 0 {
                    take(repeat.one);
                }
                if repeat.min == 0 {
                    todo.push((repeat.next, only));
                }
            }
            Inst::LoopEnter(index) | Inst::PossessiveEnter(index) => {
                let lp = &program.loops[index as usize];
                todo.push((lp.body, only));
                if lp.min == 0 {
                    todo.push((lp.exit, only));
                }
            }
            Inst::LoopNext(index) => {
                let lp = &program.loops[index as usize];
                todo.extend([(lp.body, only), (lp.exit, only)]);
            }
            Inst::Assert { exit, .. } | Inst::AssertNot { exit, .. } => todo.push((exit, only)),
            Inst::GroupExists { no, .. } => todo.extend([(next, only), (no, only)]),
            // What comes after the end of an enclosed pattern has no say in how that pattern matches.
            _ => return Some(only),
        }
        None
    }
}
