//! Runs the grammar program over the tokens, as CPython's generated parser would: same order of attempts, same
//! memoised results, same tokens read ahead. It has a stack of its own, so that no source overflows Rust's.

use super::compile::{Action, Op, Program};
use super::shape::{Id, NIL, Nodes, Shape, Span};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::lexer::LexErrorKind;
use crate::literal::number::parse_number;
use crate::literal::plain::PlainString;
use crate::options::ParseOptions;
use crate::token::{Token, TokenKind, TokenKind as K};
use crate::token_source::TokenSource;

/// CPython's limit on nested parser functions.
const MAX_LEVEL: u32 = 6000;

/// Marks the beginning of a repetition on the value stack.
const MARK: Id = Id::MAX;

/// A token with the number of brackets open after it.
#[derive(Clone, Copy)]
pub(super) struct Leveled {
    pub(super) token: Token,
    pub(super) level: usize,
}

/// An error has been noted; parsing ends.
pub(super) struct Stop;

enum Entry {
    /// Where to go on after a failure.
    Back { address: u32, pos: usize, values: usize },
    /// A rule being tried.
    Frame { ret: u32, rule: u16, start: usize, invalid: bool, level: u32 },
}

#[derive(Clone, Copy)]
struct Memo {
    rule: u16,
    /// For rules that CPython does not memoise: whether error productions were on.
    mode: u8,
    /// Value and end, or failure.
    result: Option<(Id, u32)>,
}

pub(super) struct Machine<'a, 'p> {
    pub(super) program: &'p Program,
    pub(super) src: &'a str,
    pub(super) opts: &'p ParseOptions<'p>,
    pub(super) source: TokenSource<'a>,
    pub(super) tokens: Vec<Leveled>,
    pub(super) pos: usize,
    pub(super) nodes: Nodes,
    pub(super) error: Option<SyntaxError>,
    /// The error came from the lexer, and is of this kind.
    pub(super) lexical: Option<LexErrorKind>,
    /// Line and column of the last statement found.
    pub(super) last_statement: (i32, i32),
    /// Error productions are on.
    invalid: bool,
    level: u32,
    memo: Vec<Vec<Memo>>,
    stack: Vec<Entry>,
    frames: Vec<usize>,
    values: Vec<Id>,
}

impl<'a, 'p> Machine<'a, 'p> {
    pub(super) fn new(program: &'p Program, src: &'a str, opts: &'p ParseOptions<'p>) -> Self {
        Machine {
            program,
            src,
            opts,
            source: TokenSource::new(src, opts),
            tokens: Vec::new(),
            pos: 0,
            nodes: Nodes::new(),
            error: None,
            lexical: None,
            last_statement: (0, 0),
            invalid: false,
            level: 0,
            memo: Vec::new(),
            stack: Vec::new(),
            frames: Vec::new(),
            values: Vec::new(),
        }
    }

    /// Matches `rule` from the first token on. `Ok(false)` when it does not match.
    pub(super) fn run(&mut self, rule: u16, invalid: bool) -> Result<bool, Stop> {
        self.pos = 0;
        self.invalid = invalid;
        self.level = 0;
        self.memo.iter_mut().for_each(Vec::clear);
        self.stack.clear();
        self.frames.clear();
        self.values.clear();
        self.nodes = Nodes::new();
        // The first frame returns to the `Fail` at address 0, which is never reached: see `ret`.
        let mut at = self.enter(rule, 0, u32::MAX)?;
        loop {
            at = match self.step(at)? {
                Some(next) => next,
                None => match self.backtrack() {
                    Some(next) => next,
                    None => return Ok(false),
                },
            };
            if at == u32::MAX {
                return Ok(true);
            }
        }
    }

    /// Carries out one step. `None` is a failure to match.
    fn step(&mut self, at: u32) -> Result<Option<u32>, Stop> {
        let next = at + 1;
        match self.program.ops[at as usize] {
            Op::Token(kind) => return Ok(self.accept(kind)?.then_some(next)),
            Op::Soft(word) => {
                let token = self.peek()?;
                if token.kind != K::Name || self.text(&token) != word {
                    return Ok(None);
                }
                self.push_token();
            }
            Op::SoftKeyword => {
                let token = self.peek()?;
                if token.kind != K::Name || !matches!(self.text(&token), "_" | "case" | "match" | "type") {
                    return Ok(None);
                }
                self.push_token();
            }
            Op::Call { guard: true, .. } if !self.invalid => return Ok(None),
            Op::Call { rule, extra, .. } => return self.call(rule, extra, next),
            Op::Choice(address) => {
                let (pos, values) = (self.pos, self.values.len());
                self.stack.push(Entry::Back { address, pos, values });
            }
            Op::Commit(address) => {
                self.stack.pop();
                return Ok(Some(address));
            }
            Op::BackCommit(address) => {
                if let Some(Entry::Back { pos, values, .. }) = self.stack.pop() {
                    self.pos = pos;
                    self.values.truncate(values);
                }
                return Ok(Some(address));
            }
            Op::FailTwice => {
                self.stack.pop();
                return Ok(None);
            }
            Op::Fail => return Ok(None),
            Op::Cut => {
                if let Some(Entry::Back { address, .. }) = self.stack.last_mut() {
                    *address = 0;
                }
            }
            Op::ListStart => self.values.push(MARK),
            Op::ListEnd => {
                let start = self.values.iter().rposition(|&id| id == MARK).unwrap_or(0);
                let kids = self.values.split_off(start + 1);
                self.values.pop();
                let span = self.span_of(&kids);
                let token = kids.first().map_or(self.pos as u32, |&id| self.nodes.get(id).token);
                let id = self.nodes.add(Shape::Sequence, span, token, &kids);
                self.values.push(id);
            }
            Op::Nil => self.values.push(NIL),
            Op::Drop => {
                self.values.pop();
            }
            Op::Forced(kind) => {
                let token = self.peek()?;
                if token.kind != kind && !self.invalid {
                    return Ok(None);
                }
                if token.kind != kind {
                    let what = kind.spelling().unwrap_or_default();
                    return Err(self.raise_token(&token, format!("expected '{what}'")));
                }
                self.push_token();
            }
            Op::Reduce(alternative) => return Ok(self.reduce(alternative as usize)?.then_some(next)),
            Op::Return => return Ok(Some(self.leave())),
        }
        Ok(Some(next))
    }

    fn call(&mut self, rule: u16, extra: u8, ret: u32) -> Result<Option<u32>, Stop> {
        if let Some(memo) = self.recall(rule) {
            return Ok(memo.map(|(value, end)| {
                self.pos = end as usize;
                self.values.push(value);
                ret
            }));
        }
        self.enter(rule, extra, ret).map(Some)
    }

    fn mode(&self, rule: u16) -> u8 {
        if self.program.rules[rule as usize].memo { 2 } else { u8::from(self.invalid) }
    }

    fn recall(&self, rule: u16) -> Option<Option<(Id, u32)>> {
        let mode = self.mode(rule);
        let found = self.memo.get(self.pos)?.iter().find(|memo| memo.rule == rule && memo.mode == mode);
        found.map(|memo| memo.result)
    }

    fn remember(&mut self, rule: u16, start: usize, result: Option<(Id, u32)>) {
        if self.memo.len() <= start {
            self.memo.resize_with(start + 1, Vec::new);
        }
        let mode = self.mode(rule);
        self.memo[start].push(Memo { rule, mode, result });
    }

    fn enter(&mut self, rule: u16, extra: u8, ret: u32) -> Result<u32, Stop> {
        let info = &self.program.rules[rule as usize];
        self.frames.push(self.stack.len());
        self.stack.push(Entry::Frame { ret, rule, start: self.pos, invalid: self.invalid, level: self.level });
        self.level += u32::from(info.weight) + u32::from(extra);
        if self.level > MAX_LEVEL {
            let msg = "Parser stack overflowed - Python source too complex to parse";
            self.error = Some(SyntaxError::bare(SyntaxErrorKind::Memory, msg));
            return Err(Stop);
        }
        if info.quiet {
            self.invalid = false;
        }
        Ok(info.entry)
    }

    /// Ends the innermost rule with the value on the stack; returns where to go on.
    fn leave(&mut self) -> u32 {
        self.frames.pop();
        let Some(Entry::Frame { ret, rule, start, invalid, level }) = self.stack.pop() else { return u32::MAX };
        (self.invalid, self.level) = (invalid, level);
        let value = self.values.last().copied().unwrap_or(NIL);
        self.remember(rule, start, Some((value, self.pos as u32)));
        ret
    }

    /// Returns to the last choice; the rules tried since have failed.
    fn backtrack(&mut self) -> Option<u32> {
        while let Some(entry) = self.stack.pop() {
            match entry {
                Entry::Back { address, pos, values } => {
                    self.pos = pos;
                    self.values.truncate(values);
                    return Some(address);
                }
                Entry::Frame { rule, start, invalid, level, .. } => self.fail_frame(rule, start, invalid, level),
            }
        }
        None
    }

    fn fail_frame(&mut self, rule: u16, start: usize, invalid: bool, level: u32) {
        self.frames.pop();
        (self.invalid, self.level) = (invalid, level);
        self.remember(rule, start, None);
    }

    /// The innermost rule fails, whatever alternatives it has left.
    fn fail_rule(&mut self) {
        while let Some(entry) = self.stack.pop() {
            if let Entry::Frame { rule, start, invalid, level, .. } = entry {
                self.fail_frame(rule, start, invalid, level);
                return;
            }
        }
    }

    /// Ends an alternative. False when its rule fails.
    fn reduce(&mut self, alternative: usize) -> Result<bool, Stop> {
        let program = self.program;
        let alt = &program.alternatives[alternative];
        if let Some((minor, what)) = &alt.since
            && self.opts.feature_version < *minor
        {
            return Err(
                self.raise_here(SyntaxErrorKind::SyntaxError, format!("{what} only supported in Python 3.{minor} and greater"))
            );
        }
        let values = self.values.split_off(self.values.len() - alt.values);
        let value = match &alt.action {
            Action::Pass if values.len() == 1 => Some(values[0]),
            Action::Pass => Some(self.node(Shape::Other, &values, &[], alt.top)),
            Action::Value(at) => Some(values[*at]),
            Action::Node(shape, kids) => {
                let kids: Vec<Id> = kids.iter().map(|&at| values[at]).collect();
                let kids = self.nodes.flatten(&kids);
                Some(self.node(*shape, &values, &kids, alt.top))
            }
            Action::Trailed(at) => {
                let shape = self.nodes.kids(values[*at]).last().map_or(Shape::Other, |&last| self.nodes.shape(last));
                Some(self.node(shape, &values, &[], alt.top))
            }
            Action::LastOf(at) => Some(self.nodes.kids(values[*at]).last().copied().unwrap_or(NIL)),
            Action::Null => None,
            Action::Raise(place, text) => return Err(self.raise_place(alt, *place, text, &values)),
            Action::Call(function, args) => {
                let args: Vec<Id> = args.iter().map(|&at| values[at]).collect();
                self.special(function, &args)?
            }
        };
        match value {
            Some(value) => {
                self.values.push(value);
                Ok(true)
            }
            None => {
                self.fail_rule();
                Ok(false)
            }
        }
    }

    /// A node for what the current alternative has matched.
    fn node(&mut self, shape: Shape, values: &[Id], kids: &[Id], top: bool) -> Id {
        let start = match self.frames.last().map(|&at| &self.stack[at]) {
            Some(Entry::Frame { start, .. }) if top => *start,
            _ => values.iter().find(|&&id| id != NIL).map_or(self.pos, |&id| self.nodes.get(id).token as usize),
        };
        let span = self.span_from(start);
        self.nodes.add(shape, span, start as u32, kids)
    }

    /// From the token `start` to the last one matched that is not white space.
    pub(super) fn span_from(&self, start: usize) -> Span {
        let first = self.tokens.get(start).map(|t| t.token);
        let solid = |t: &&Leveled| !matches!(t.token.kind, K::Newline | K::Indent | K::Dedent | K::EndMarker);
        let last = self.tokens[..self.pos.min(self.tokens.len())].iter().rev().find(solid).map(|t| t.token);
        let (line, col) = first.map_or((1, 0), |t| (t.line, t.col));
        let (end_line, end_col) = last.map_or((line, col), |t| (t.end_line, t.end_col));
        Span { line, col, end_line, end_col }
    }

    fn span_of(&self, ids: &[Id]) -> Span {
        match (ids.first(), ids.last()) {
            (Some(&first), Some(&last)) => {
                let (first, last) = (self.nodes.get(first).span, self.nodes.get(last).span);
                Span { end_line: last.end_line, end_col: last.end_col, ..first }
            }
            _ => self.nodes.get(NIL).span,
        }
    }

    /// The next token.
    pub(super) fn peek(&mut self) -> Result<Token, Stop> {
        while self.pos >= self.tokens.len() {
            match self.source.next_token() {
                Ok(token) => self.tokens.push(Leveled { token, level: self.source.lex.paren_level() }),
                Err(fault) => {
                    self.error = Some(fault.error);
                    self.lexical = Some(fault.kind);
                    return Err(Stop);
                }
            }
        }
        Ok(self.tokens[self.pos].token)
    }

    /// Whether reading the last token has shown CPython's tokenizer the end of a source without a final newline.
    pub(super) fn has_peeked_end(&self) -> bool {
        // The tokens after which nothing need be looked at.
        let ends_itself = |t: &Leveled| match t.token.kind {
            K::String => !PlainString::new(self.text(&t.token)).body.is_empty(),
            K::FStringEnd | K::TStringEnd => true,
            K::Colon => self.source.lex.in_string_text(),
            kind => kind.is_operator() && t.token.end - t.token.start == 3,
        };
        self.source.lex.at_end() && !self.src.ends_with('\n') && !self.tokens.last().is_some_and(ends_itself)
    }

    /// Whether CPython's tokenizer has met the end of the source, and has nothing else to report.
    pub(super) fn has_met_end(&self) -> bool {
        match (self.lexical, self.tokens.last().map(|t| t.token)) {
            (Some(LexErrorKind::Eof | LexErrorKind::OpenString), _) => true,
            (Some(_), _) | (None, None) => false,
            (None, Some(Token { kind: K::EndMarker, .. })) => true,
            (None, Some(Token { kind: K::Newline | K::Dedent, col: -1, .. })) => self.source.lex.at_end(),
            (None, Some(_)) => self.has_peeked_end(),
        }
    }

    fn accept(&mut self, kind: TokenKind) -> Result<bool, Stop> {
        let token = self.peek()?;
        if token.kind != kind {
            return Ok(false);
        }
        if kind == K::Number {
            self.check_number(&token)?;
        }
        self.push_token();
        Ok(true)
    }

    fn check_number(&mut self, token: &Token) -> Result<(), Stop> {
        let text = self.text(token);
        if self.opts.feature_version < 6 && text.contains('_') {
            let msg = "Underscores in numeric literals are only supported in Python 3.6 and greater".to_owned();
            return Err(self.raise_here(SyntaxErrorKind::SyntaxError, msg));
        }
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        if self.opts.int_max_str_digits == 0 || digits <= self.opts.int_max_str_digits {
            return Ok(());
        }
        match parse_number(&crate::Arena::new(), text, self.opts.int_max_str_digits) {
            Ok(_) => Ok(()),
            Err(problem) => {
                let span = Span { line: token.line, col: -1, end_line: token.end_line, end_col: -1 };
                Err(self.raise_span(SyntaxErrorKind::SyntaxError, span, problem.message()))
            }
        }
    }

    /// Consumes the next token and leaves its node.
    fn push_token(&mut self) {
        let token = self.tokens[self.pos].token;
        let shape = match token.kind {
            K::Name => Shape::Name,
            K::Number => Shape::Number,
            K::String => Shape::Literal,
            _ => Shape::Token,
        };
        let span = Span { line: token.line, col: token.col, end_line: token.end_line, end_col: token.end_col };
        let id = self.nodes.add(shape, span, self.pos as u32, &[]);
        self.values.push(id);
        self.pos += 1;
    }

    pub(super) fn text(&self, token: &Token) -> &'a str {
        &self.src[token.start as usize..token.end as usize]
    }

    /// The text of the token a node is.
    pub(super) fn node_text(&self, id: Id) -> &'a str {
        self.tokens.get(self.nodes.get(id).token as usize).map_or("", |t| self.text(&t.token))
    }
}
