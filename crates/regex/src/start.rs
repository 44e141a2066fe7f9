//! Where a match can start: the strategy of a search, chosen once, and the search for the next candidate.

use memchr::memmem::Finder;
use memchr::{memchr2, memchr3};

use crate::program::{At, First, Inst, One, Program};
use crate::unit::Unit;

/// How to find the next place where a match can start.
#[derive(Debug)]
pub(crate) enum Start {
    /// Anywhere, the end included.
    Anywhere,
    /// At the beginning of the subject only.
    Beginning,
    /// At the beginning and after newlines.
    Line,
    Char(u32),
    /// Every match starts with this text; the finder is there if all of it is below 256.
    Text {
        text: Vec<u32>,
        finder: Option<Box<Finder<'static>>>,
    },
    /// One of two or three characters below 256.
    Two(u8, u8),
    Three(u8, u8, u8),
    /// One of the characters that the set holds; those above 255 are also in the class, if one is given.
    Set(Box<First>, Option<u32>),
    Sequences(Box<Sequences>),
}

/// Alternatives, each a sequence of `len` sets of characters, searched for all at once: bit k*len+i of the state says
/// that the last i+1 characters fit the first i+1 sets of alternative k (the Shift-And algorithm).
#[derive(Debug)]
pub(crate) struct Sequences {
    table: [u64; 256],
    high: u64,
    first: u64,
    last: u64,
    len: usize,
}

/// Limits of `Sequences`: characters looked at, alternatives.
const SEQUENCE_LEN: usize = 8;
const ALTERNATIVES: usize = 16;
/// The longest text worth looking for as a whole.
const TEXT_LEN: usize = 64;

/// Chooses the strategy for `program`, whose matches begin with `first`. `confined` says that `first` was confined to the
/// charset of the INFO block, which then must be the strategy: where flags change within a pattern, `re._compiler` makes
/// a charset that lacks characters, and CPython's search overlooks the matches that start with them.
pub(crate) fn plan(program: &Program, first: First, confined: bool) -> Start {
    let class = match program.info {
        Some(One::Class(index)) => Some(index),
        _ => None,
    };
    if confined {
        return Start::Set(Box::new(first), class);
    }
    match program.insts.iter().find(|inst| !matches!(inst, Inst::Mark(_))) {
        Some(Inst::At(At::Beginning)) => return Start::Beginning,
        Some(Inst::At(At::BeginningLine)) => return Start::Line,
        _ => {}
    }
    let text = leading_text(program);
    if let [ch] = text[..] {
        return Start::Char(ch);
    }
    if !text.is_empty() {
        let bytes: Result<Vec<u8>, _> = text.iter().map(|&c| u8::try_from(c)).collect();
        let finder = bytes.ok().map(|bytes| Box::new(Finder::new(&bytes).into_owned()));
        return Start::Text { text, finder };
    }
    if first.end {
        return if first.table.iter().all(|&hit| hit) { Start::Anywhere } else { Start::Set(Box::new(first), class) };
    }
    let sequences = Sequences::new(program);
    let members: Vec<u8> = if first.high == 0 { first.members().take(4).collect() } else { Vec::new() };
    let long = |len: usize| sequences.as_ref().is_some_and(|s| s.len >= len);
    match members[..] {
        [c] => Start::Char(u32::from(c)),
        [a, b] if !long(3) => Start::Two(a, b),
        [a, b, c] if !long(3) => Start::Three(a, b, c),
        _ => match sequences {
            Some(sequences) if class.is_none() || !sequences.passes_all_high() => Start::Sequences(Box::new(sequences)),
            _ => Start::Set(Box::new(first), class),
        },
    }
}

/// The text that every match starts with.
fn leading_text(program: &Program) -> Vec<u32> {
    let mut text = Vec::new();
    let mut pc = 0;
    while text.len() < TEXT_LEN {
        match program.insts[pc] {
            Inst::Char(ch) => text.push(ch),
            Inst::Str { start, len } | Inst::WideStr { start, len } => text.extend(program.text(start, len).0),
            Inst::Repeat(index) => {
                let repeat = &program.repeats[index as usize];
                let One::Char(ch) = repeat.one else { break };
                text.extend(std::iter::repeat_n(ch, repeat.min.min(TEXT_LEN)));
                if repeat.min != repeat.max || repeat.min > TEXT_LEN {
                    break;
                }
            }
            Inst::Mark(_) | Inst::Boundary { .. } | Inst::Peek { .. } | Inst::Atomic => {}
            Inst::Assert { exit, .. } | Inst::AssertNot { exit, .. } => {
                pc = exit as usize;
                continue;
            }
            _ => break,
        }
        pc += 1;
    }
    text
}

impl Sequences {
    /// Makes the search for what `program` begins with; `None` if that would be no better than the first character.
    fn new(program: &Program) -> Option<Sequences> {
        let mut heads = Vec::new();
        collect(program, 0, &mut heads, 0)?;
        let room = 64 / heads.len();
        let sequences: Vec<Vec<First>> = heads.iter().map(|&pc| sequence(program, pc)).collect();
        let len = sequences.iter().map(Vec::len).min()?.min(room);
        if len < 2 {
            return None;
        }
        let mut found = Sequences { table: [0; 256], high: 0, first: 0, last: 0, len };
        for (k, sequence) in sequences.iter().enumerate() {
            for (i, set) in sequence.iter().take(len).enumerate() {
                let bit = 1 << (k * len + i);
                for c in set.members() {
                    found.table[usize::from(c)] |= bit;
                }
                if set.high != 0 {
                    found.high |= bit;
                }
            }
            found.first |= 1 << (k * len);
            found.last |= 1 << (k * len + len - 1);
        }
        // Sets that hold nearly everything would only stop too often.
        let density = (0..len).map(|i| sequences.iter().map(|s| s[i].count()).sum::<usize>()).min()?;
        (density <= 80).then_some(found)
    }

    /// Whether some alternative lets everything pass that consists of characters above 255.
    fn passes_all_high(&self) -> bool {
        let starts = (0..64 / self.len).map(|k| k * self.len).filter(|&start| self.first >> start & 1 == 1);
        let all = u64::MAX >> (64 - self.len);
        starts.into_iter().any(|start| self.high >> start & all == all)
    }

    #[inline]
    fn find<U: Unit>(&self, s: &[U], from: usize) -> Option<usize> {
        let mut state = 0u64;
        for (i, &c) in s[from..].iter().enumerate() {
            let code = c.code();
            let row = if !U::WIDE || code < 256 { self.table[(code & 255) as usize] } else { self.high };
            state = (state << 1 | self.first) & row;
            if state & self.last != 0 {
                return Some(from + i + 1 - self.len);
            }
        }
        None
    }
}

/// Follows the branches at the front of a pattern; gathers where the alternatives start.
fn collect(program: &Program, mut pc: u32, heads: &mut Vec<u32>, depth: usize) -> Option<()> {
    loop {
        match program.insts[pc as usize] {
            Inst::Jump(target) => pc = target,
            Inst::Mark(_) | Inst::Boundary { .. } | Inst::Peek { .. } | Inst::Atomic => pc += 1,
            Inst::Branch(index) if depth < 4 => {
                for &target in &program.branches[index as usize].targets {
                    collect(program, target, heads, depth + 1)?;
                }
                return Some(());
            }
            _ => break,
        }
    }
    heads.push(pc);
    (heads.len() <= ALTERNATIVES).then_some(())
}

/// The sets of the characters that a match from `pc` on starts with, as far as they are certain.
fn sequence(program: &Program, mut pc: u32) -> Vec<First> {
    let mut sets = Vec::new();
    // A loop that takes no character can't be led through without an instruction that ends this walk.
    while sets.len() < SEQUENCE_LEN {
        let inst = program.insts[pc as usize];
        if let Some(one) = inst.as_one() {
            sets.push(First::of(one, program));
            pc += 1;
            continue;
        }
        match inst {
            Inst::Str { start, len } | Inst::WideStr { start, len } => {
                sets.extend(program.text(start, len).0.iter().map(|&c| First::of(One::Char(c), program)));
            }
            Inst::Repeat(index) => {
                let repeat = &program.repeats[index as usize];
                let set = First::of(repeat.one, program);
                sets.extend(std::iter::repeat_n(set, repeat.min.min(SEQUENCE_LEN)));
                if repeat.min != repeat.max {
                    break;
                }
            }
            Inst::Jump(target) => {
                if target <= pc {
                    break;
                }
                pc = target;
                continue;
            }
            Inst::Mark(_) | Inst::Boundary { .. } | Inst::Peek { .. } | Inst::Atomic | Inst::AtomicEnd => {}
            Inst::Assert { exit, .. } | Inst::AssertNot { exit, .. } => {
                pc = exit;
                continue;
            }
            _ => break,
        }
        pc += 1;
    }
    sets.truncate(SEQUENCE_LEN);
    sets
}

impl Start {
    /// The first place at or after `from` where a match can start. `from` is at most the length of `s`.
    #[inline]
    pub(crate) fn next<U: Unit>(&self, program: &Program, s: &[U], from: usize) -> Option<usize> {
        let rest = &s[from..];
        match self {
            Start::Anywhere => Some(from),
            Start::Beginning => (from == 0).then_some(0),
            Start::Line => {
                if from == 0 || s[from - 1].code() == u32::from(b'\n') {
                    return Some(from);
                }
                U::find(rest, u32::from(b'\n')).map(|i| from + i + 1)
            }
            Start::Char(ch) => U::find(rest, *ch).map(|i| from + i),
            Start::Text { text, finder } => find_text(s, from, text, finder.as_deref()),
            Start::Two(a, b) => match U::as_bytes(rest) {
                Some(bytes) => memchr2(*a, *b, bytes).map(|i| from + i),
                None => U::find2(rest, u32::from(*a), u32::from(*b)).map(|i| from + i),
            },
            Start::Three(a, b, c) => match U::as_bytes(rest) {
                Some(bytes) => memchr3(*a, *b, *c, bytes).map(|i| from + i),
                None => {
                    let (a, b, c) = (u32::from(*a), u32::from(*b), u32::from(*c));
                    let hit = |x: u32| (x == a) | (x == b) | (x == c);
                    rest.iter().position(|x| hit(x.code())).map(|i| from + i)
                }
            },
            Start::Set(first, class) => {
                let high =
                    |code: u32| first.high != 0 && class.is_none_or(|index| program.classes[index as usize].contains_high(code));
                let found = rest.iter().position(|&c| {
                    let code = c.code();
                    if !U::WIDE || code < 256 { first.table[(code & 255) as usize] } else { high(code) }
                });
                match found {
                    Some(i) => Some(from + i),
                    None => first.end.then_some(s.len()),
                }
            }
            Start::Sequences(sequences) => sequences.find(s, from),
        }
    }
}

/// The first place at or after `from` where `text` stands.
fn find_text<U: Unit>(s: &[U], from: usize, text: &[u32], finder: Option<&Finder<'static>>) -> Option<usize> {
    if let Some(bytes) = U::as_bytes(s) {
        return finder?.find(&bytes[from..]).map(|i| from + i);
    }
    let (&first, rest) = text.split_first()?;
    let mut at = from;
    // A start further on would leave too few characters.
    let end = (s.len() + 1).checked_sub(text.len())?;
    while at < end {
        at += U::find(&s[at..end], first)?;
        if s[at + 1..].iter().zip(rest).all(|(x, &c)| x.code() == c) {
            return Some(at);
        }
        at += 1;
    }
    None
}
