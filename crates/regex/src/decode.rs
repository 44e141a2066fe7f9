//! From code array to program: validation and translation in one pass.
//!
//! What is accepted is what CPython's `_validate` accepts, save that a REPEAT_ONE must repeat one test of one character (no
//! other is ever compiled) and SUCCESS must end what it is in. Nesting is kept on a list of open regions, so that its depth is no danger.

use crate::charset::{Category, CharSet, CharTable, Class, Fold, Item};
use crate::code::*;
use crate::pattern::InvalidCode;
use crate::program::{At, Branch, First, Follow, Inst, Loop, Mode, One, Program, RefKind, Repeat, Row};
use crate::start::Start;

type Decoded<T> = Result<T, InvalidCode>;

/// The most alternatives that one `Branch` instruction holds.
const BRANCH_WIDTH: usize = 64;
/// The most instructions that a loop is unrolled to.
const UNROLLED: usize = 64;

/// Translates `code`. The program still lacks what `analyse` adds.
pub(crate) fn decode(code: &[u32], groups: usize, chars: &'static CharTable) -> Decoded<Program> {
    let end = code.len().checked_sub(1).ok_or(InvalidCode)?;
    if groups > MAXGROUPS || code[end] != SUCCESS || u32::try_from(code.len()).is_err() {
        return Err(InvalidCode);
    }
    let mut decoder = Decoder {
        code,
        at: 0,
        open: vec![Region { end, width: 0, kind: RegionKind::Root }],
        mergeable: false,
        class_keys: Vec::new(),
        program: Program {
            insts: Vec::new(),
            classes: Vec::new(),
            dynamic: Vec::new(),
            text: Vec::new(),
            text_bytes: Vec::new(),
            branches: Vec::new(),
            repeats: Vec::new(),
            loops: Vec::new(),
            groups,
            min_width: 0,
            has_group_refs: false,
            chars,
            info: None,
            start: Start::Anywhere,
            leading: None,
            is_text: false,
        },
    };
    decoder.run()?;
    Ok(decoder.program)
}

/// A stretch of the code array that is being translated.
struct Region {
    /// Where its operators end.
    end: usize,
    /// The least number of characters that what was translated of it takes.
    width: usize,
    kind: RegionKind,
}

/// What a region belongs to; `head` is the instruction that was emitted for its beginning.
enum RegionKind {
    Root,
    Alternative { head: u32, targets: Vec<u32>, jumps: Vec<u32>, after: Option<usize>, least: usize },
    Loop { head: u32, min: usize, max: usize, possessive: bool },
    Atomic,
    Assert { head: u32, negated: bool },
    Then { head: u32 },
    Else { jump: u32, then_width: usize },
}

/// Invariants: `open` is never empty before the root is closed, each region ends within the one below it, and `at` is
/// at most the end of the topmost.
struct Decoder<'a> {
    code: &'a [u32],
    /// The next word to read.
    at: usize,
    open: Vec<Region>,
    /// A literal may join the one before it: no jump leads between them.
    mergeable: bool,
    /// What each class was made of: operator, and range of the code array.
    class_keys: Vec<(u32, usize, usize, One)>,
    program: Program,
}

impl<'a> Decoder<'a> {
    fn run(&mut self) -> Decoded<()> {
        loop {
            let end = self.end();
            if self.at == end {
                if self.close()? {
                    return Ok(());
                }
            } else if self.at > end {
                return Err(InvalidCode);
            } else {
                self.operator()?;
            }
        }
    }

    /// The end of the topmost region.
    fn end(&self) -> usize {
        self.open.last().map_or(0, |region| region.end)
    }

    /// Reads a word, which must lie before `limit`.
    fn word_before(&mut self, limit: usize) -> Decoded<u32> {
        if self.at >= limit {
            return Err(InvalidCode);
        }
        let word = *self.code.get(self.at).ok_or(InvalidCode)?;
        self.at += 1;
        Ok(word)
    }

    fn word(&mut self) -> Decoded<u32> {
        let end = self.end();
        self.word_before(end)
    }

    /// Reads a skip and returns the index it leads to, counted from the skip itself.
    fn skip(&mut self) -> Decoded<usize> {
        let end = self.end();
        let from = self.at;
        let target = from + self.word()? as usize;
        if target > end { Err(InvalidCode) } else { Ok(target) }
    }

    /// Reads an operator that must be one of `allowed`.
    fn expect(&mut self, allowed: &[u32]) -> Decoded<u32> {
        let op = self.word()?;
        if allowed.contains(&op) { Ok(op) } else { Err(InvalidCode) }
    }

    fn group(&mut self) -> Decoded<u32> {
        let group = self.word()?;
        if group as usize >= self.program.groups { Err(InvalidCode) } else { Ok(group) }
    }

    fn enter(&mut self, end: usize, kind: RegionKind) -> Decoded<()> {
        if end < self.at || end > self.end() {
            return Err(InvalidCode);
        }
        self.open.push(Region { end, width: 0, kind });
        self.mergeable = false;
        Ok(())
    }

    fn emit(&mut self, inst: Inst) -> u32 {
        let pc = self.program.insts.len() as u32;
        self.program.insts.push(inst);
        pc
    }

    /// The index of the next instruction, which something will jump to.
    fn label(&mut self) -> u32 {
        self.mergeable = false;
        self.program.insts.len() as u32
    }

    fn widen(&mut self, width: usize) {
        if let Some(region) = self.open.last_mut() {
            region.width = region.width.saturating_add(width);
        }
    }

    fn operator(&mut self) -> Decoded<()> {
        let op = self.word()?;
        if let Some(one) = self.one(op)? {
            self.emit_one(one);
            self.widen(1);
            return Ok(());
        }
        match op {
            FAILURE => {
                self.emit(Inst::Fail);
            }
            MARK => {
                let mark = self.word()?;
                if mark as usize >= 2 * self.program.groups {
                    return Err(InvalidCode);
                }
                self.emit(Inst::Mark(mark));
            }
            AT => self.position()?,
            INFO => self.info()?,
            BRANCH => {
                let head = self.emit(Inst::Fail);
                let targets = vec![head + 1];
                self.alternative(head, targets, Vec::new(), None, usize::MAX)?;
            }
            REPEAT_ONE | MIN_REPEAT_ONE | POSSESSIVE_REPEAT_ONE => self.repeat_one(op)?,
            REPEAT | POSSESSIVE_REPEAT => {
                let end = self.skip()?;
                let (min, max) = self.bounds()?;
                let head = self.emit(Inst::Fail);
                self.enter(end, RegionKind::Loop { head, min, max, possessive: op == POSSESSIVE_REPEAT })?;
            }
            ATOMIC_GROUP => {
                let after = self.skip()?;
                self.emit(Inst::Atomic);
                self.enter(after.wrapping_sub(1), RegionKind::Atomic)?;
            }
            ASSERT | ASSERT_NOT => {
                let after = self.skip()?;
                let back = self.word()?;
                let negated = op == ASSERT_NOT;
                let head = self.emit(match negated {
                    true => Inst::AssertNot { back, exit: 0 },
                    false => Inst::Assert { back, exit: 0 },
                });
                self.enter(after.wrapping_sub(1), RegionKind::Assert { head, negated })?;
            }
            GROUPREF | GROUPREF_IGNORE | GROUPREF_LOC_IGNORE | GROUPREF_UNI_IGNORE => {
                let group = self.group()?;
                let kind = match op {
                    GROUPREF => RefKind::Exact,
                    GROUPREF_IGNORE => RefKind::Ascii,
                    GROUPREF_LOC_IGNORE => RefKind::Locale,
                    _ => RefKind::Unicode,
                };
                self.program.has_group_refs = true;
                self.emit(Inst::GroupRef { group, kind });
            }
            GROUPREF_EXISTS => {
                let group = self.group()?;
                // This skip counts one more than the words it skips.
                let from = self.at;
                let end = (from + self.word()? as usize).wrapping_sub(1);
                let head = self.emit(Inst::GroupExists { group, no: 0 });
                self.enter(end, RegionKind::Then { head })?;
            }
            JUMP => self.jump_to_else()?,
            _ => return Err(InvalidCode),
        }
        Ok(())
    }

    /// Reads the bounds of a repeat.
    fn bounds(&mut self) -> Decoded<(usize, usize)> {
        let (min, max) = (self.word()?, self.word()?);
        if min > max {
            return Err(InvalidCode);
        }
        let unbounded = |n: u32| if n == MAXREPEAT { usize::MAX } else { n as usize };
        Ok((unbounded(min), unbounded(max)))
    }

    /// Reads the skip of an alternative, after the instruction `head` that stands for the BRANCH.
    fn alternative(&mut self, head: u32, targets: Vec<u32>, jumps: Vec<u32>, after: Option<usize>, least: usize) -> Decoded<()> {
        let next = self.skip()?;
        // The region stops before the JUMP and its skip.
        let end = next.checked_sub(2).ok_or(InvalidCode)?;
        self.enter(end, RegionKind::Alternative { head, targets, jumps, after, least })
    }

    fn repeat_one(&mut self, op: u32) -> Decoded<()> {
        let after = self.skip()?;
        let (min, max) = self.bounds()?;
        let item = self.word_before(after)?;
        let one = match item {
            // The empty set.
            FAILURE => self.class(item, 0, 0, CharSet { items: Vec::new(), fold: Fold::None, negated: false }),
            _ => self.one(item)?.ok_or(InvalidCode)?,
        };
        self.expect(&[SUCCESS])?;
        if self.at != after {
            return Err(InvalidCode);
        }
        let mode = match op {
            REPEAT_ONE => Mode::Greedy,
            MIN_REPEAT_ONE => Mode::Lazy,
            _ => Mode::Possessive,
        };
        let index = self.program.repeats.len() as u32;
        let pc = self.emit(Inst::Repeat(index));
        self.program.repeats.push(Repeat {
            one,
            min,
            max,
            mode,
            follow: Follow::Anything,
            longest_narrow: false,
            longest_wide: false,
            next: pc + 1,
        });
        self.widen(min);
        Ok(())
    }

    /// The JUMP that ends the first part of a conditional with two parts.
    fn jump_to_else(&mut self) -> Decoded<()> {
        let skip_at = self.at;
        let Some(Region { end, width, kind: RegionKind::Then { head } }) = self.open.pop() else {
            return Err(InvalidCode);
        };
        if skip_at + 1 != end {
            return Err(InvalidCode);
        }
        let after = self.skip()?;
        let jump = self.emit(Inst::Jump(0));
        let no = self.label();
        if let Inst::GroupExists { no: target, .. } = &mut self.program.insts[head as usize] {
            *target = no;
        }
        self.enter(after, RegionKind::Else { jump, then_width: width })
    }

    /// Ends the topmost region. Returns whether it was the whole pattern.
    fn close(&mut self) -> Decoded<bool> {
        let Some(Region { width, kind, .. }) = self.open.pop() else {
            return Err(InvalidCode);
        };
        match kind {
            RegionKind::Root => {
                self.program.min_width = width;
                self.emit(Inst::Match);
                return Ok(true);
            }
            RegionKind::Alternative { head, targets, jumps, after, least } => {
                self.close_alternative(head, targets, jumps, after, least.min(width))?;
            }
            RegionKind::Loop { head, min, max, possessive } => {
                let mode = match (possessive, self.word()?) {
                    (true, SUCCESS) => Mode::Possessive,
                    (false, MAX_UNTIL) => Mode::Greedy,
                    (false, MIN_UNTIL) => Mode::Lazy,
                    _ => return Err(InvalidCode),
                };
                self.close_loop(head, min, max, mode, width);
                self.widen(width.saturating_mul(min));
            }
            RegionKind::Atomic => {
                self.expect(&[SUCCESS])?;
                self.emit(Inst::AtomicEnd);
                self.widen(width);
            }
            RegionKind::Assert { head, negated } => {
                self.expect(&[SUCCESS])?;
                self.close_assert(head as usize, negated);
            }
            RegionKind::Then { head } => {
                let exit = self.label();
                if let Inst::GroupExists { no, .. } = &mut self.program.insts[head as usize] {
                    *no = exit;
                }
            }
            RegionKind::Else { jump, then_width } => {
                let exit = self.label();
                self.program.insts[jump as usize] = Inst::Jump(exit);
                self.widen(then_width.min(width));
            }
        }
        self.mergeable = false;
        Ok(false)
    }

    fn close_alternative(
        &mut self,
        head: u32,
        mut targets: Vec<u32>,
        mut jumps: Vec<u32>,
        after: Option<usize>,
        least: usize,
    ) -> Decoded<()> {
        self.expect(&[JUMP])?;
        let target = self.skip()?;
        if after.is_some_and(|after| after != target) {
            return Err(InvalidCode);
        }
        jumps.push(self.emit(Inst::Jump(0)));
        let next = self.code.get(self.at).copied().ok_or(InvalidCode)?;
        if next != 0 {
            targets.push(self.label());
            return self.alternative(head, targets, jumps, Some(target), least);
        }
        self.word()?;
        if self.at != target {
            return Err(InvalidCode);
        }
        if targets.len() <= BRANCH_WIDTH {
            // The last alternative runs on into what follows.
            jumps.pop();
            self.program.insts.pop();
        }
        let inst = self.branch(targets);
        self.program.insts[head as usize] = inst;
        let exit = self.label();
        for jump in jumps {
            self.program.insts[jump as usize] = Inst::Jump(exit);
        }
        self.widen(least);
        Ok(())
    }

    /// Makes a `Branch`; where there are too many targets, its last one is another `Branch`, which is emitted here.
    fn branch(&mut self, mut targets: Vec<u32>) -> Inst {
        while targets.len() > BRANCH_WIDTH {
            let room = (targets.len() - 1) % (BRANCH_WIDTH - 1);
            let tail = targets.split_off(targets.len() - if room == 0 { BRANCH_WIDTH } else { room + 1 });
            let inst = self.branch(tail);
            let link = self.emit(inst);
            targets.push(link);
        }
        let index = self.program.branches.len() as u32;
        let none = Row::new(0, &targets);
        self.program.branches.push(Branch { targets, row_of: [0; 256], rows: vec![none], high: none, end: none, run: None });
        Inst::Branch(index)
    }

    /// Ends a loop whose body began after `head` and takes at least `width` characters.
    fn close_loop(&mut self, head: u32, min: usize, max: usize, mode: Mode, width: usize) {
        let body = head + 1;
        if mode != Mode::Possessive && self.unroll(head, min, max, mode, width) {
            return;
        }
        let ordered = |body, exit| match mode {
            Mode::Lazy => vec![exit, body],
            _ => vec![body, exit],
        };
        let head_inst = match (mode, min, max) {
            (Mode::Greedy | Mode::Lazy, 0, 0) => Inst::Jump(self.label()),
            (Mode::Greedy | Mode::Lazy, 1, 1) => Inst::Jump(body),
            (Mode::Greedy | Mode::Lazy, 0, 1) => {
                let exit = self.label();
                self.branch(ordered(body, exit))
            }
            (Mode::Greedy | Mode::Lazy, 0, usize::MAX) if width > 0 => {
                self.emit(Inst::Jump(head));
                let exit = self.label();
                self.branch(ordered(body, exit))
            }
            (Mode::Greedy | Mode::Lazy, 1, usize::MAX) if width > 0 => {
                let exit = self.label() + 1;
                let inst = self.branch(ordered(body, exit));
                self.emit(inst);
                Inst::Jump(body)
            }
            _ => {
                let index = self.program.loops.len() as u32;
                let (enter, next) = match mode {
                    Mode::Possessive => (Inst::PossessiveEnter(index), Inst::PossessiveNext(index)),
                    _ => (Inst::LoopEnter(index), Inst::LoopNext(index)),
                };
                self.emit(next);
                let exit = self.label();
                let (body_first, exit_first) = (First::anything(), First::anything());
                let guarded = width == 0;
                self.program.loops.push(Loop { min, max, mode, body, exit, guarded, body_first, exit_first });
                enter
            }
        };
        self.program.insts[head as usize] = head_inst;
    }

    /// Ends a loop by writing its body several times, if the body is short and jumps nowhere. Saves the counting.
    fn unroll(&mut self, head: u32, min: usize, max: usize, mode: Mode, width: usize) -> bool {
        let body: Vec<Inst> = self.program.insts[head as usize + 1..].to_vec();
        let unbounded = max == usize::MAX;
        let optional = if unbounded { 1 } else { max - min };
        let copies = min.saturating_add(optional);
        // Rounds that may be left out would need a guard if they could be empty.
        if min.max(copies - min) < 2 && !(min == 1 && max == 2)
            || copies.saturating_mul(body.len() + 2) > UNROLLED
            || (width == 0 && min != max)
            || !body.iter().all(|inst| inst.is_movable())
        {
            return false;
        }
        self.program.insts[head as usize] = Inst::Jump(head + 1);
        self.program.insts.truncate(head as usize + 1);
        let mut branches = Vec::new();
        for round in 0..copies {
            if round >= min {
                branches.push(self.emit(Inst::Fail));
            }
            for &inst in &body {
                self.emit_copy(inst);
            }
        }
        if let (true, Some(&last)) = (unbounded, branches.last()) {
            self.emit(Inst::Jump(last));
        }
        let exit = self.label();
        for pc in branches {
            let targets = if mode == Mode::Lazy { vec![exit, pc + 1] } else { vec![pc + 1, exit] };
            let inst = self.branch(targets);
            self.program.insts[pc as usize] = inst;
        }
        true
    }

    /// Emits an instruction that was emitted before.
    fn emit_copy(&mut self, inst: Inst) {
        let Inst::Repeat(index) = inst else {
            self.emit(inst);
            return;
        };
        let copy = self.program.repeats.len() as u32;
        let pc = self.emit(Inst::Repeat(copy));
        let repeat = Repeat { next: pc + 1, ..self.program.repeats[index as usize].clone() };
        self.program.repeats.push(repeat);
    }

    fn close_assert(&mut self, head: usize, negated: bool) {
        let insts = &mut self.program.insts;
        let back = match insts[head] {
            Inst::Assert { back, .. } | Inst::AssertNot { back, .. } => back,
            _ => 0,
        };
        if let (&[inst], 0 | 1) = (&insts[head + 1..], back)
            && let Some(one) = inst.as_one()
        {
            insts.truncate(head);
            self.emit(Inst::Peek { one, behind: back == 1, negated });
            return;
        }
        self.emit(if negated { Inst::AssertNotEnd } else { Inst::AssertEnd });
        let exit = self.label();
        self.program.insts[head] = if negated { Inst::AssertNot { back, exit } } else { Inst::Assert { back, exit } };
    }

    fn position(&mut self) -> Decoded<()> {
        let at = self.word()?;
        let inst = match at {
            AT_BEGINNING | AT_BEGINNING_STRING => Inst::At(At::Beginning),
            AT_BEGINNING_LINE => Inst::At(At::BeginningLine),
            AT_END => Inst::At(At::End),
            AT_END_LINE => Inst::At(At::EndLine),
            AT_END_STRING => Inst::At(At::EndString),
            AT_BOUNDARY | AT_NON_BOUNDARY => self.boundary(Category::Word, at == AT_NON_BOUNDARY),
            AT_LOC_BOUNDARY | AT_LOC_NON_BOUNDARY => self.boundary(Category::LocWord, at == AT_LOC_NON_BOUNDARY),
            AT_UNI_BOUNDARY | AT_UNI_NON_BOUNDARY => self.boundary(Category::UniWord, at == AT_UNI_NON_BOUNDARY),
            _ => return Err(InvalidCode),
        };
        self.emit(inst);
        Ok(())
    }

    fn boundary(&mut self, category: Category, negated: bool) -> Inst {
        let items = vec![Item::Category(category, false)];
        let set = CharSet { items, fold: Fold::None, negated: false };
        Inst::Boundary { word: self.class(AT, 0, category as usize, set), negated }
    }

    /// The INFO block. Its prefix is checked, and then unused, because `analyse` finds out more.
    fn info(&mut self) -> Decoded<()> {
        let after = self.skip()?;
        let flags = self.word()?;
        let (_min, _max) = (self.word()?, self.word()?);
        let (prefix, charset) = (flags & SRE_INFO_PREFIX != 0, flags & SRE_INFO_CHARSET != 0);
        if flags & !(SRE_INFO_PREFIX | SRE_INFO_LITERAL | SRE_INFO_CHARSET) != 0
            || (prefix && charset)
            || (flags & SRE_INFO_LITERAL != 0 && !prefix)
            || after < self.at
        {
            return Err(InvalidCode);
        }
        if prefix {
            let len = self.word_before(after)? as usize;
            let _skip = self.word_before(after)?;
            if len > (after - self.at) / 2 {
                return Err(InvalidCode);
            }
            let overlap = &self.code[self.at + len..self.at + 2 * len];
            if overlap.iter().any(|&k| k as usize >= len) {
                return Err(InvalidCode);
            }
            self.at += 2 * len;
        }
        if charset {
            let from = self.at;
            let items = self.charset_items(after)?;
            let set = CharSet { items, fold: Fold::None, negated: false };
            self.program.info = Some(self.class(IN, from - 1, after, set));
        }
        if self.at == after { Ok(()) } else { Err(InvalidCode) }
    }

    /// Reads what remains of an operator that tests one character, if `op` is one.
    fn one(&mut self, op: u32) -> Decoded<Option<One>> {
        let from = self.at;
        let (fold, negated) = match op {
            ANY => return Ok(Some(One::Any)),
            ANY_ALL => return Ok(Some(One::AnyAll)),
            LITERAL => return Ok(Some(One::Char(self.word()?))),
            NOT_LITERAL => return Ok(Some(One::NotChar(self.word()?))),
            LITERAL_IGNORE | NOT_LITERAL_IGNORE => (Fold::Ascii, op == NOT_LITERAL_IGNORE),
            LITERAL_LOC_IGNORE | NOT_LITERAL_LOC_IGNORE => (Fold::LocaleAny, op == NOT_LITERAL_LOC_IGNORE),
            LITERAL_UNI_IGNORE | NOT_LITERAL_UNI_IGNORE => (Fold::Unicode, op == NOT_LITERAL_UNI_IGNORE),
            IN | IN_IGNORE | IN_LOC_IGNORE | IN_UNI_IGNORE => {
                let fold = match op {
                    IN => Fold::None,
                    IN_IGNORE => Fold::Ascii,
                    IN_LOC_IGNORE => Fold::Locale,
                    _ => Fold::Unicode,
                };
                let after = self.skip()?;
                let items = self.charset_items(after)?;
                if self.at != after {
                    return Err(InvalidCode);
                }
                let set = CharSet { items, fold, negated: false };
                return Ok(Some(self.class(op, from, after, set)));
            }
            _ => return Ok(None),
        };
        let ch = self.word()?;
        let set = CharSet { items: vec![Item::Range { lo: ch, hi: ch }], fold, negated };
        Ok(Some(self.class(op, from, self.at, set)))
    }

    /// Prepares a set that the operator `op` made of the words `from..to`, or finds that it has been prepared before.
    fn class(&mut self, op: u32, from: usize, to: usize, set: CharSet) -> One {
        let code = self.code;
        let words = |from: usize, to: usize| code.get(from..to);
        let same = |&(o, f, t, _): &(u32, usize, usize, One)| {
            o == op && (if op == AT { (f, t) == (from, to) } else { words(f, t) == words(from, to) })
        };
        if let Some(&(.., one)) = self.class_keys.iter().rev().take(32).find(|key| same(key)) {
            return one;
        }
        let program = &mut self.program;
        let one = if set.is_dynamic() {
            program.dynamic.push(set);
            One::Dynamic(program.dynamic.len() as u32 - 1)
        } else {
            let class = Class::new(set, program.chars);
            if let Some(ch) = class.single() {
                One::Char(ch)
            } else if let Some(ch) = class.single_absent() {
                One::NotChar(ch)
            } else {
                program.classes.push(class);
                One::Class(program.classes.len() as u32 - 1)
            }
        };
        self.class_keys.push((op, from, to, one));
        one
    }

    /// Reads the operators of a charset, and the FAILURE that ends it right before `after`.
    fn charset_items(&mut self, after: usize) -> Decoded<Vec<Item>> {
        let end = after.checked_sub(1).filter(|&end| end >= self.at).ok_or(InvalidCode)?;
        let mut items = Vec::new();
        while self.at < end {
            let item = match self.word_before(end)? {
                NEGATE => Item::Negate,
                LITERAL => {
                    let ch = self.word_before(end)?;
                    Item::Range { lo: ch, hi: ch }
                }
                RANGE => Item::Range { lo: self.word_before(end)?, hi: self.word_before(end)? },
                RANGE_UNI_IGNORE => Item::RangeFolded { lo: self.word_before(end)?, hi: self.word_before(end)? },
                CHARSET => Item::Charset(self.words(8, end)?.into()),
                BIGCHARSET => {
                    let blocks = self.word_before(end)? as usize;
                    let mut pages = Box::new([0; 256]);
                    for (page, byte) in pages.iter_mut().zip(self.words(64, end)?.iter().flat_map(|w| w.to_ne_bytes())) {
                        if usize::from(byte) >= blocks {
                            return Err(InvalidCode);
                        }
                        *page = byte;
                    }
                    let bitmaps = self.words(blocks.checked_mul(8).ok_or(InvalidCode)?, end)?.into();
                    Item::BigCharset { pages, bitmaps }
                }
                CATEGORY => {
                    let (category, negated) = Category::from_code(self.word_before(end)?).ok_or(InvalidCode)?;
                    Item::Category(category, negated)
                }
                _ => return Err(InvalidCode),
            };
            items.push(item);
        }
        if self.word_before(after)? == FAILURE { Ok(items) } else { Err(InvalidCode) }
    }

    fn words(&mut self, count: usize, limit: usize) -> Decoded<&'a [u32]> {
        let end = self.at.checked_add(count).filter(|&end| end <= limit).ok_or(InvalidCode)?;
        let words = self.code.get(self.at..end).ok_or(InvalidCode)?;
        self.at = end;
        Ok(words)
    }

    /// Emits the test of one character; a character joins the text before it.
    fn emit_one(&mut self, one: One) {
        let One::Char(ch) = one else {
            self.emit(Inst::from_one(one));
            self.mergeable = false;
            return;
        };
        let program = &mut self.program;
        let mut push = |ch: u32| {
            program.text.push(ch);
            program.text_bytes.push(u8::try_from(ch).unwrap_or(0));
        };
        let joined = match program.insts.last() {
            Some(&Inst::Char(before)) if self.mergeable => {
                push(before);
                push(ch);
                Some((program.text.len() as u32 - 2, 2, before < 256))
            }
            Some(&Inst::Str { start, len }) if self.mergeable => {
                push(ch);
                Some((start, len + 1, true))
            }
            Some(&Inst::WideStr { start, len }) if self.mergeable => {
                push(ch);
                Some((start, len + 1, false))
            }
            _ => None,
        };
        match joined {
            Some((start, len, narrow)) => {
                program.insts.pop();
                self.emit(if narrow && ch < 256 { Inst::Str { start, len } } else { Inst::WideStr { start, len } });
            }
            None => {
                self.emit(Inst::Char(ch));
            }
        }
        self.mergeable = true;
    }
}

impl Inst {
    fn from_one(one: One) -> Inst {
        match one {
            One::Any => Inst::Any,
            One::AnyAll => Inst::AnyAll,
            One::Char(ch) => Inst::Char(ch),
            One::NotChar(ch) => Inst::NotChar(ch),
            One::Class(index) => Inst::Class(index),
            One::Dynamic(index) => Inst::Dynamic(index),
        }
    }

    /// Whether the instruction means the same elsewhere in the program.
    fn is_movable(self) -> bool {
        self.as_one().is_some()
            || matches!(
                self,
                Inst::Str { .. }
                    | Inst::WideStr { .. }
                    | Inst::Repeat(_)
                    | Inst::Mark(_)
                    | Inst::At(_)
                    | Inst::Boundary { .. }
                    | Inst::Peek { .. }
                    | Inst::GroupRef { .. }
            )
    }

    /// The test of one character that the instruction is.
    pub(crate) fn as_one(self) -> Option<One> {
        Some(match self {
            Inst::Any => One::Any,
            Inst::AnyAll => One::AnyAll,
            Inst::Char(ch) => One::Char(ch),
            Inst::NotChar(ch) => One::NotChar(ch),
            Inst::Class(index) => One::Class(index),
            Inst::Dynamic(index) => One::Dynamic(index),
            _ => return None,
        })
    }
}
