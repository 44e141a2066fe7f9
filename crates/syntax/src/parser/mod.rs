//! The plain grammar, by recursive descent with one token of lookahead.
//!
//! It accepts exactly the correct programs and says nothing about the others: a [`Fail`] makes
//! [`diagnose`](crate::diagnose) read the source again and find out what CPython says of it.
//! Only `match` statements and parenthesised `with` items are tried and taken back ([`Parser::checkpoint`]).

mod atom;
mod call;
mod compound;
mod expr;
mod params;
mod pattern;
mod stmt;
mod string;
mod target;

use crate::Arena;
use crate::ast::{Expr, ExprContext, ExprKind, Identifier, Keyword, Mod, Range, Stmt, StmtKind, TypeIgnore};
use crate::error::SyntaxWarningMsg;
use crate::options::{Mode, ParseOptions};
use crate::token::{Token, TokenKind, TokenKind as K};
use crate::token_source::TokenSource;
use unicode_normalization::UnicodeNormalization;

/// The source is not what the plain grammar accepts.
#[derive(Debug)]
pub(crate) struct Fail;

pub(crate) type PResult<T> = Result<T, Fail>;

/// How deep a tree may get: what each construct counts is about what it takes of CPython's parser stack, and keeps
/// both this parser and those that walk the tree within theirs.
const MAX_DEPTH: u32 = 5968;

/// Line and column of a token's start.
#[derive(Clone, Copy)]
pub(crate) struct Pos {
    line: i32,
    col: i32,
}

/// Parses one source.
///
/// Invariants: `tok` is the next token, not yet consumed; `prev_end` is the end of the last consumed token that is
/// not a `NEWLINE`, `INDENT` or `DEDENT`; the scratch stacks hold the finished elements of the lists being read.
pub(crate) struct Parser<'a, 'o> {
    arena: &'a Arena,
    src: &'a str,
    opts: &'o ParseOptions<'o>,
    tokens: TokenSource<'a>,
    tok: Token,
    prev_end: Pos,
    depth: u32,
    exprs: Vec<Expr<'a>>,
    stmts: Vec<Stmt<'a>>,
    keywords: Vec<Keyword<'a>>,
    warnings: Vec<SyntaxWarningMsg>,
}

/// A place to return to.
struct Checkpoint<'a> {
    tokens: TokenSource<'a>,
    tok: Token,
    prev_end: Pos,
    depth: u32,
    exprs: usize,
    stmts: usize,
    keywords: usize,
    warnings: usize,
}

impl<'a, 'o> Parser<'a, 'o> {
    pub(crate) fn new(arena: &'a Arena, src: &'a str, opts: &'o ParseOptions<'o>) -> Self {
        let tok = Token { kind: K::EndMarker, start: 0, end: 0, line: 1, col: 0, end_line: 1, end_col: 0 };
        Parser {
            arena,
            src,
            opts,
            tokens: TokenSource::new(src, opts),
            tok,
            prev_end: Pos { line: 1, col: 0 },
            depth: 0,
            exprs: Vec::new(),
            stmts: Vec::new(),
            keywords: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The tree of the whole source.
    pub(crate) fn parse(&mut self) -> PResult<Mod<'a>> {
        self.tok = self.tokens.next_token().map_err(|_| Fail)?;
        match self.opts.mode {
            Mode::Exec => self.module(),
            Mode::Single => self.interactive(),
            Mode::Eval => {
                let body = self.expressions()?;
                self.end_of_expression_input()?;
                Ok(Mod::Expression { body: self.alloc(body) })
            }
            Mode::FuncType => self.func_type(),
        }
    }

    /// The warnings due so far.
    pub(crate) fn take_warnings(&mut self) -> Vec<SyntaxWarningMsg> {
        let mut warnings = self.tokens.lex.take_warnings();
        warnings.append(&mut self.warnings);
        warnings
    }

    fn module(&mut self) -> PResult<Mod<'a>> {
        let base = self.stmts.len();
        while !self.at(K::EndMarker) {
            self.statement()?;
        }
        let body = self.take_stmts(base);
        let ignores: Vec<TypeIgnore<'a>> = self
            .tokens
            .type_ignores
            .iter()
            .map(|&(lineno, start, end)| TypeIgnore { lineno, tag: &self.src[start as usize..end as usize] })
            .collect();
        Ok(Mod::Module { body, type_ignores: self.arena.alloc_slice_copy(&ignores) })
    }

    fn interactive(&mut self) -> PResult<Mod<'a>> {
        let base = self.stmts.len();
        match self.tok.kind {
            K::Newline => {
                let start = self.start();
                let (line, col) = (start.line, start.col);
                let range = Range { line, col, end_line: self.tok.end_line, end_col: self.tok.end_col };
                self.stmts.push(Stmt { kind: StmtKind::Pass, range });
            }
            K::EndMarker => return Err(Fail),
            _ => {
                if !self.compound_statement()? {
                    self.simple_statements_before_newline()?;
                }
                if !self.at(K::Newline) {
                    return Err(Fail);
                }
            }
        }
        if self.more_statements() {
            return Err(Fail);
        }
        Ok(Mod::Interactive { body: self.take_stmts(base) })
    }

    /// Whether code follows the statement that single mode is for.
    fn more_statements(&self) -> bool {
        code_follows(self.src.as_bytes(), self.tok.end as usize)
    }

    fn end_of_expression_input(&mut self) -> PResult<()> {
        while self.at(K::Newline) {
            self.advance()?;
        }
        if self.at(K::EndMarker) { Ok(()) } else { Err(Fail) }
    }

    fn func_type(&mut self) -> PResult<Mod<'a>> {
        self.expect(K::LPar)?;
        let base = self.exprs.len();
        let mut last_rank = 0;
        while !self.at(K::RPar) {
            let rank = match self.tok.kind {
                K::Star => 1,
                K::DoubleStar => 2,
                _ => 0,
            };
            if rank < last_rank || (rank == last_rank && rank > 0) {
                return Err(Fail);
            }
            last_rank = rank;
            if rank > 0 {
                self.advance()?;
            }
            let typ = self.expression()?;
            self.exprs.push(typ);
            if !self.eat(K::Comma)? {
                break;
            }
            if self.at(K::RPar) {
                return Err(Fail);
            }
        }
        self.expect(K::RPar)?;
        let argtypes = self.take_exprs(base);
        self.expect(K::RArrow)?;
        let returns = self.expression()?;
        self.end_of_expression_input()?;
        Ok(Mod::FunctionType { argtypes, returns: self.alloc(returns) })
    }

    #[inline]
    fn at(&self, kind: TokenKind) -> bool {
        self.tok.kind == kind
    }

    /// Consumes the next token.
    #[inline]
    fn advance(&mut self) -> PResult<()> {
        let kind = self.tok.kind as u8;
        if !(K::Newline as u8..=K::Dedent as u8).contains(&kind) {
            self.prev_end = Pos { line: self.tok.end_line, col: self.tok.end_col };
        }
        match self.tokens.next_token() {
            Ok(token) => {
                self.tok = token;
                Ok(())
            }
            Err(_) => Err(Fail),
        }
    }

    #[inline]
    fn eat(&mut self, kind: TokenKind) -> PResult<bool> {
        if self.tok.kind == kind {
            self.advance()?;
            return Ok(true);
        }
        Ok(false)
    }

    #[inline]
    fn expect(&mut self, kind: TokenKind) -> PResult<()> {
        if self.tok.kind == kind { self.advance() } else { Err(Fail) }
    }

    /// Whether the next token is the soft keyword `word`.
    fn at_word(&self, word: &str) -> bool {
        self.tok.kind == K::Name && self.text(&self.tok) == word
    }

    fn text(&self, token: &Token) -> &'a str {
        &self.src[token.start as usize..token.end as usize]
    }

    #[inline]
    fn start(&self) -> Pos {
        Pos { line: self.tok.line, col: self.tok.col }
    }

    /// From `start` to the last token consumed.
    #[inline]
    fn range(&self, start: Pos) -> Range {
        Range { line: start.line, col: start.col, end_line: self.prev_end.line, end_col: self.prev_end.col }
    }

    #[inline]
    fn expr(&self, kind: ExprKind<'a>, start: Pos) -> Expr<'a> {
        Expr { kind, range: self.range(start) }
    }

    #[inline]
    fn alloc<T: Copy>(&self, node: T) -> &'a T {
        self.arena.alloc(node)
    }

    /// Consumes a name.
    fn name(&mut self) -> PResult<Identifier<'a>> {
        if !self.at(K::Name) {
            return Err(Fail);
        }
        let id = identifier(self.arena, self.text(&self.tok));
        self.advance()?;
        Ok(id)
    }

    fn name_expr(&mut self, ctx: ExprContext) -> PResult<Expr<'a>> {
        let start = self.start();
        let id = self.name()?;
        Ok(self.expr(ExprKind::Name { id, ctx }, start))
    }

    #[inline]
    fn take_exprs(&mut self, base: usize) -> &'a [Expr<'a>] {
        let slice = self.arena.alloc_slice_copy(&self.exprs[base..]);
        self.exprs.truncate(base);
        slice
    }

    fn take_stmts(&mut self, base: usize) -> &'a [Stmt<'a>] {
        let slice = self.arena.alloc_slice_copy(&self.stmts[base..]);
        self.stmts.truncate(base);
        slice
    }

    #[inline]
    fn take_keywords(&mut self, base: usize) -> &'a [Keyword<'a>] {
        let slice = self.arena.alloc_slice_copy(&self.keywords[base..]);
        self.keywords.truncate(base);
        slice
    }

    /// Counts `levels` of nesting; [`leave`](Self::leave) takes them back.
    #[inline]
    fn enter(&mut self, levels: u32) -> PResult<()> {
        self.depth += levels;
        if self.depth > MAX_DEPTH { Err(Fail) } else { Ok(()) }
    }

    #[inline]
    fn leave(&mut self, levels: u32) {
        self.depth -= levels;
    }

    /// Fails when the grammar being accepted is older than `minor`.
    #[inline]
    fn since(&self, minor: u8) -> PResult<()> {
        if self.opts.feature_version >= minor { Ok(()) } else { Err(Fail) }
    }

    fn checkpoint(&self) -> Checkpoint<'a> {
        Checkpoint {
            tokens: self.tokens.clone(),
            tok: self.tok,
            prev_end: self.prev_end,
            depth: self.depth,
            exprs: self.exprs.len(),
            stmts: self.stmts.len(),
            keywords: self.keywords.len(),
            warnings: self.warnings.len(),
        }
    }

    fn restore(&mut self, at: Checkpoint<'a>) {
        self.tokens = at.tokens;
        (self.tok, self.prev_end, self.depth) = (at.tok, at.prev_end, at.depth);
        self.exprs.truncate(at.exprs);
        self.stmts.truncate(at.stmts);
        self.keywords.truncate(at.keywords);
        self.warnings.truncate(at.warnings);
    }
}

/// The normalised form of a name (PEP 3131).
pub(crate) fn identifier<'a>(arena: &'a Arena, name: &'a str) -> Identifier<'a> {
    if name.is_ascii() {
        return name;
    }
    let normal: String = name.nfkc().collect();
    if normal == name { name } else { arena.alloc_str(&normal) }
}

/// Whether anything but blanks and comments stands at `at` or later.
pub(crate) fn code_follows(src: &[u8], mut at: usize) -> bool {
    loop {
        match src.get(at) {
            None => return false,
            Some(b' ' | b'\t' | b'\n' | 0x0c) => at += 1,
            Some(b'#') => at += memchr::memchr(b'\n', &src[at..]).unwrap_or(src.len() - at),
            Some(_) => return true,
        }
    }
}
