//! Turns the grammar text into a program for the [machine](super::machine).
//!
//! The notation is that of PEG grammars: `rule: alternative | alternative`, with
//! - `'text'` a keyword or operator, `"text"` a soft keyword, `NAME`, `NUMBER`, … a kind of token;
//! - `[x]` optional, `x*`, `x+`, `s.x+` (separated by `s`), `&x` and `!x` lookahead, `~` commit to this alternative,
//!   `&&'x'` a token that must follow;
//! - `a=x` a name for what `x` matched;
//! - `-> Shape(a, b)` the value of an alternative: a node of that shape with these children, or `-> a` one of the matches;
//! - `{9 "X are"}` the first minor version that has the construct;
//! - `=> place "text"` the error this alternative reports, `=> call f(a)` a function that decides.
//!
//! After a rule's name, `memo` and `left` mark the rules CPython memoises (the latter are left-recursive there), and
//! `quiet` the rule that switches error productions off beneath it.

use super::shape::Shape;
use crate::token::{KEYWORDS, OPERATORS, TokenKind, TokenKind as K};
use std::collections::HashMap;

const GRAMMAR: [&str; 3] =
    [include_str!("grammar/statements.gram"), include_str!("grammar/expressions.gram"), include_str!("grammar/errors.gram")];

/// One step of the machine. Every item of an alternative leaves one value, but lookaheads and `Cut` leave none.
#[derive(Clone, Copy, Debug)]
pub(super) enum Op {
    Token(TokenKind),
    Soft(&'static str),
    SoftKeyword,
    /// `extra` is how many helper functions CPython's parser has between the rules. With `guard` the rule is an error
    /// production that is the whole of its alternative; only those depend on error productions being on.
    Call {
        rule: u16,
        extra: u8,
        guard: bool,
    },
    Choice(u32),
    Commit(u32),
    BackCommit(u32),
    FailTwice,
    Fail,
    Cut,
    ListStart,
    ListEnd,
    Nil,
    Drop,
    Forced(TokenKind),
    Reduce(u16),
    Return,
}

/// Something an error's place is made of: a match, or a part of it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part {
    Whole(usize),
    First(usize),
    Last(usize),
    ComprehensionEnd(usize),
    ComprehensionTarget(usize),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    At(Part),
    Range(Part, Part),
    /// From the part to where the lexer is.
    From(Part),
    /// The last token read.
    Here,
    /// The next token.
    Next,
    /// As `Here`, for an `IndentationError`.
    Indent,
}

#[derive(Clone, Debug)]
pub(super) enum Action {
    /// The only value, or a shapeless node.
    Pass,
    Value(usize),
    Node(Shape, Vec<usize>),
    /// The first match with trailers: a node shaped like the last trailer.
    Trailed(usize),
    LastOf(usize),
    /// The rule fails, without trying its other alternatives.
    Null,
    Raise(Place, String),
    Call(String, Vec<usize>),
}

#[derive(Clone, Debug)]
pub(super) struct Alternative {
    /// How many values it leaves.
    pub(super) values: usize,
    /// Which of them the letters `a`, `b`, … name.
    pub(super) names: Vec<(char, usize)>,
    pub(super) since: Option<(u8, String)>,
    pub(super) action: Action,
    /// It begins where its rule begins.
    pub(super) top: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) entry: u32,
    /// CPython keeps this rule's results whether or not error productions are on.
    pub(super) memo: bool,
    pub(super) quiet: bool,
    /// Levels of CPython's stack it takes.
    pub(super) weight: u16,
}

pub(super) struct Program {
    pub(super) ops: Vec<Op>,
    pub(super) rules: Vec<Rule>,
    pub(super) alternatives: Vec<Alternative>,
}

impl Program {
    pub(super) fn rule(&self, name: &str) -> Option<u16> {
        self.rules.iter().position(|rule| rule.name == name).map(|at| at as u16)
    }
}

/// A part of the grammar text, for messages about it.
type Res<T> = Result<T, String>;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Word {
    Ident(&'static str),
    Single(&'static str),
    Double(&'static str),
    Sym(&'static str),
}

#[derive(Debug)]
enum Item {
    Op(Op),
    Rule(&'static str),
    Group(Vec<Alt>),
    Optional(Box<Item>),
    Star(Box<Item>),
    Plus(Box<Item>),
    Gather(Box<Item>, Box<Item>),
    Look(Box<Item>),
    Not(Box<Item>),
}

#[derive(Debug)]
struct Alt {
    items: Vec<(Option<char>, Item)>,
    since: Option<(u8, String)>,
    arrow: Vec<Word>,
    raise: Vec<Word>,
}

pub(super) fn compile() -> Res<Program> {
    let mut rules = Vec::new();
    let mut bodies = Vec::new();
    for text in GRAMMAR {
        for chunk in chunks(text) {
            let (head, body) = chunk.split_once(':').ok_or(chunk)?;
            let mut words = head.split_whitespace();
            let name = words.next().ok_or(chunk)?;
            let flags: Vec<&str> = words.collect();
            let left = flags.contains(&"left");
            rules.push(Rule {
                name,
                entry: 0,
                memo: left || flags.contains(&"memo"),
                quiet: flags.contains(&"quiet"),
                weight: if left { 2 } else { 1 },
            });
            bodies.push(body);
        }
    }
    let ids = rules.iter().enumerate().map(|(i, rule)| (rule.name, i as u16)).collect();
    let mut emitter = Emitter { ids, ops: vec![Op::Fail], alternatives: Vec::new(), depth: 0 };
    for (rule, body) in rules.iter_mut().zip(bodies) {
        rule.entry = emitter.ops.len() as u32;
        let words = scan(body)?;
        let mut reader = Reader { words, at: 0 };
        let alts = reader.alternatives().map_err(|e| format!("{}: {e}", rule.name))?;
        if reader.at < reader.words.len() {
            return Err(format!("{}: stray {:?}", rule.name, reader.words[reader.at]));
        }
        emitter.alternatives(&alts, true).map_err(|e| format!("{}: {e}", rule.name))?;
        emitter.ops.push(Op::Return);
    }
    Ok(Program { ops: emitter.ops, rules, alternatives: emitter.alternatives })
}

/// The rules of a grammar text; each begins at the first column.
fn chunks(text: &'static str) -> Vec<&'static str> {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &text[start..end]).collect()
}

fn scan(body: &'static str) -> Res<Vec<Word>> {
    let bytes = body.as_bytes();
    let (mut words, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b' ' | b'\n' => at += 1,
            b'#' => at += body[at..].find('\n').unwrap_or(body.len() - at),
            quote @ (b'\'' | b'"') => {
                at += 1;
                while bytes.get(at).is_some_and(|&b| b != quote) {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                let text = body.get(start + 1..at).ok_or("open quote")?;
                at += 1;
                words.push(if quote == b'"' { Word::Double(text) } else { Word::Single(text) });
            }
            b if b.is_ascii_alphanumeric() || b == b'_' => {
                while bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') {
                    at += 1;
                }
                words.push(Word::Ident(&body[start..at]));
            }
            _ => {
                at += if ["->", "=>", "&&"].iter().any(|two| body[at..].starts_with(two)) { 2 } else { 1 };
                words.push(Word::Sym(&body[start..at]));
            }
        }
    }
    Ok(words)
}

struct Reader {
    words: Vec<Word>,
    at: usize,
}

impl Reader {
    fn peek(&self) -> Option<Word> {
        self.words.get(self.at).copied()
    }

    fn eat(&mut self, sym: &'static str) -> bool {
        let found = self.peek() == Some(Word::Sym(sym));
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, sym: &'static str) -> Res<()> {
        if self.eat(sym) { Ok(()) } else { Err(format!("expected {sym}, found {:?}", self.peek())) }
    }

    fn alternatives(&mut self) -> Res<Vec<Alt>> {
        self.eat("|");
        let mut alts = vec![self.alternative()?];
        while self.eat("|") {
            alts.push(self.alternative()?);
        }
        Ok(alts)
    }

    fn alternative(&mut self) -> Res<Alt> {
        let mut alt = Alt { items: Vec::new(), since: None, arrow: Vec::new(), raise: Vec::new() };
        loop {
            match self.peek() {
                None | Some(Word::Sym("|" | ")" | "]")) => return Ok(alt),
                Some(Word::Sym("{")) => {
                    self.at += 1;
                    let (Some(Word::Ident(minor)), Some(Word::Double(what))) =
                        (self.peek(), self.words.get(self.at + 1).copied())
                    else {
                        return Err("bad version".to_owned());
                    };
                    alt.since = Some((minor.parse().map_err(|_| "bad version")?, what.to_owned()));
                    self.at += 2;
                    self.need("}")?;
                }
                Some(Word::Sym("->")) => {
                    self.at += 1;
                    alt.arrow = self.clause();
                }
                Some(Word::Sym("=>")) => {
                    self.at += 1;
                    alt.raise = self.clause();
                }
                _ => {
                    let named = match (self.peek(), self.words.get(self.at + 1)) {
                        (Some(Word::Ident(name)), Some(Word::Sym("="))) => name.chars().next(),
                        _ => None,
                    };
                    if named.is_some() {
                        self.at += 2;
                    }
                    let item = self.item()?;
                    alt.items.push((named, item));
                }
            }
        }
    }

    /// The words of a `->` or `=>` clause: up to the end of the alternative or the next clause.
    fn clause(&mut self) -> Vec<Word> {
        let start = self.at;
        let mut depth = 0;
        while let Some(word) = self.peek() {
            match word {
                Word::Sym("(") => depth += 1,
                Word::Sym(")") if depth > 0 => depth -= 1,
                Word::Sym("|" | ")" | "]" | "{" | "=>") => break,
                _ => {}
            }
            self.at += 1;
        }
        self.words[start..self.at].to_vec()
    }

    fn item(&mut self) -> Res<Item> {
        if self.eat("&&") {
            let Item::Op(Op::Token(kind)) = self.atom()? else { return Err("a forced item must be a token".to_owned()) };
            return Ok(Item::Op(Op::Forced(kind)));
        }
        if self.eat("&") {
            return Ok(Item::Look(Box::new(self.atom()?)));
        }
        if self.eat("!") {
            return Ok(Item::Not(Box::new(self.atom()?)));
        }
        if self.eat("~") {
            return Ok(Item::Op(Op::Cut));
        }
        let atom = self.atom()?;
        if self.eat("*") {
            return Ok(Item::Star(Box::new(atom)));
        }
        if self.eat("+") {
            return Ok(Item::Plus(Box::new(atom)));
        }
        if self.eat(".") {
            let element = self.atom()?;
            self.need("+")?;
            return Ok(Item::Gather(Box::new(atom), Box::new(element)));
        }
        Ok(atom)
    }

    fn atom(&mut self) -> Res<Item> {
        let word = self.peek().ok_or("expected an item")?;
        self.at += 1;
        Ok(match word {
            Word::Sym("(") => {
                let alts = self.alternatives()?;
                self.need(")")?;
                Item::Group(alts)
            }
            Word::Sym("[") => {
                let alts = self.alternatives()?;
                self.need("]")?;
                Item::Optional(Box::new(Item::Group(alts)))
            }
            Word::Single(text) => {
                let row = KEYWORDS.iter().chain(&OPERATORS).find(|row| row.0 == text);
                Item::Op(Op::Token(row.ok_or_else(|| format!("no token '{text}'"))?.1))
            }
            Word::Double(text) => Item::Op(Op::Soft(text)),
            Word::Ident("SOFT_KEYWORD") => Item::Op(Op::SoftKeyword),
            Word::Ident(name) => token_class(name).map_or(Item::Rule(name), |kind| Item::Op(Op::Token(kind))),
            Word::Sym(sym) => return Err(format!("unexpected {sym}")),
        })
    }
}

fn token_class(name: &str) -> Option<TokenKind> {
    Some(match name {
        "ENDMARKER" => K::EndMarker,
        "NAME" => K::Name,
        "NUMBER" => K::Number,
        "STRING" => K::String,
        "NEWLINE" => K::Newline,
        "INDENT" => K::Indent,
        "DEDENT" => K::Dedent,
        "TYPE_COMMENT" => K::TypeComment,
        "FSTRING_START" => K::FStringStart,
        "FSTRING_MIDDLE" => K::FStringMiddle,
        "FSTRING_END" => K::FStringEnd,
        "TSTRING_START" => K::TStringStart,
        "TSTRING_MIDDLE" => K::TStringMiddle,
        "TSTRING_END" => K::TStringEnd,
        _ => return None,
    })
}

struct Emitter {
    ids: HashMap<&'static str, u16>,
    ops: Vec<Op>,
    alternatives: Vec<Alternative>,
    /// Helper functions CPython has around the item being emitted.
    depth: u8,
}

impl Emitter {
    fn here(&self) -> u32 {
        self.ops.len() as u32
    }

    fn alternatives(&mut self, alts: &[Alt], top: bool) -> Res<()> {
        let mut ends = Vec::new();
        for (i, alt) in alts.iter().enumerate() {
            let cut = alt.items.iter().any(|(_, item)| matches!(item, Item::Op(Op::Cut)));
            let choice = (i + 1 < alts.len() || cut).then_some(self.ops.len());
            if choice.is_some() {
                self.ops.push(Op::Choice(0));
            }
            self.alternative(alt, top)?;
            if let Some(choice) = choice {
                ends.push(self.ops.len());
                self.ops.push(Op::Commit(0));
                let next = if i + 1 < alts.len() { self.here() } else { 0 };
                self.ops[choice] = Op::Choice(next);
            }
        }
        let end = self.here();
        for at in ends {
            self.ops[at] = Op::Commit(end);
        }
        Ok(())
    }

    fn alternative(&mut self, alt: &Alt, top: bool) -> Res<()> {
        let (mut values, mut names) = (0, Vec::new());
        for (name, item) in &alt.items {
            let at = self.ops.len();
            self.item(item)?;
            if let (1, Item::Rule(rule), Some(Op::Call { guard, .. })) = (alt.items.len(), item, self.ops.get_mut(at)) {
                *guard = rule.starts_with("invalid_");
            }
            if let Some(name) = name {
                names.push((*name, values));
            }
            values += usize::from(!matches!(item, Item::Look(_) | Item::Not(_) | Item::Op(Op::Cut)));
        }
        let action = action(alt, &names)?;
        self.ops.push(Op::Reduce(self.alternatives.len() as u16));
        self.alternatives.push(Alternative { values, names, since: alt.since.clone(), action, top });
        Ok(())
    }

    fn item(&mut self, item: &Item) -> Res<()> {
        match item {
            Item::Op(op) => self.ops.push(*op),
            Item::Rule(name) => {
                let rule = *self.ids.get(name).ok_or_else(|| format!("no rule {name}"))?;
                self.ops.push(Op::Call { rule, extra: self.depth, guard: false });
            }
            Item::Group(alts) => {
                // CPython needs no helper function for a single item without action.
                let plain = alts.len() == 1 && alts[0].items.len() == 1;
                self.nested(u8::from(!plain), |e| e.alternatives(alts, false))?;
            }
            Item::Optional(inner) => {
                let choice = self.ops.len();
                self.ops.push(Op::Choice(0));
                self.item(inner)?;
                self.ops.push(Op::Commit(self.here() + 2));
                self.ops[choice] = Op::Choice(self.here());
                self.ops.push(Op::Nil);
            }
            Item::Star(inner) => {
                self.ops.push(Op::ListStart);
                self.repeat(inner, None)?;
            }
            Item::Plus(inner) => {
                self.ops.push(Op::ListStart);
                self.nested(1, |e| e.item(inner))?;
                self.repeat(inner, None)?;
            }
            Item::Gather(separator, element) => {
                self.ops.push(Op::ListStart);
                self.nested(1, |e| e.item(element))?;
                self.nested(1, |e| e.repeat(element, Some(separator)))?;
            }
            Item::Look(inner) => {
                let choice = self.ops.len();
                self.ops.push(Op::Choice(0));
                self.item(inner)?;
                self.ops.push(Op::BackCommit(self.here() + 2));
                self.ops[choice] = Op::Choice(self.here());
                self.ops.push(Op::Fail);
            }
            Item::Not(inner) => {
                let choice = self.ops.len();
                self.ops.push(Op::Choice(0));
                self.item(inner)?;
                self.ops.push(Op::FailTwice);
                self.ops[choice] = Op::Choice(self.here());
            }
        }
        Ok(())
    }

    fn repeat(&mut self, inner: &Item, separator: Option<&Item>) -> Res<()> {
        self.nested(1, |e| {
            let choice = e.here();
            e.ops.push(Op::Choice(0));
            if let Some(separator) = separator {
                e.item(separator)?;
                e.ops.push(Op::Drop);
            }
            e.item(inner)?;
            e.ops.push(Op::Commit(choice));
            e.ops[choice as usize] = Op::Choice(e.here());
            e.ops.push(Op::ListEnd);
            Ok(())
        })
    }

    fn nested(&mut self, levels: u8, emit: impl FnOnce(&mut Self) -> Res<()>) -> Res<()> {
        self.depth += levels;
        let result = emit(self);
        self.depth -= levels;
        result
    }
}

fn action(alt: &Alt, names: &[(char, usize)]) -> Res<Action> {
    let index = |name: &str| {
        let found = names.iter().find(|(letter, _)| name.len() == 1 && name.starts_with(*letter));
        found.map(|row| row.1).ok_or_else(|| format!("no match named {name}"))
    };
    let arguments = |words: &[Word]| -> Res<Vec<usize>> {
        let idents = words.iter().filter_map(|w| if let Word::Ident(name) = w { Some(*name) } else { None });
        idents.map(index).collect()
    };
    if let [Word::Ident(kind), rest @ ..] = alt.raise.as_slice() {
        if *kind == "null" {
            return Ok(Action::Null);
        }
        if *kind == "call"
            && let [Word::Ident(function), args @ ..] = rest
        {
            return Ok(Action::Call((*function).to_owned(), arguments(args)?));
        }
        let [places @ .., Word::Double(text)] = rest else { return Err("an error needs a text".to_owned()) };
        let mut parts = Vec::new();
        let mut words = places.iter();
        while let Some(Word::Ident(word)) = words.next() {
            let make: fn(usize) -> Part = match *word {
                "first" => Part::First,
                "last" => Part::Last,
                "comprehension_end" => Part::ComprehensionEnd,
                "comprehension_target" => Part::ComprehensionTarget,
                name => {
                    parts.push(Part::Whole(index(name)?));
                    continue;
                }
            };
            let (Some(Word::Sym("(")), Some(Word::Ident(name)), Some(Word::Sym(")"))) =
                (words.next(), words.next(), words.next())
            else {
                return Err("bad place".to_owned());
            };
            parts.push(make(index(name)?));
        }
        let place = match (*kind, parts.as_slice()) {
            ("at", &[a]) => Place::At(a),
            ("range", &[a, b]) => Place::Range(a, b),
            ("from", &[a]) => Place::From(a),
            ("here", []) => Place::Here,
            ("next", []) => Place::Next,
            ("indent", []) => Place::Indent,
            _ => return Err(format!("bad place {kind}")),
        };
        return Ok(Action::Raise(place, text.replace("\\\"", "\"")));
    }
    let [Word::Ident(head), args @ ..] = alt.arrow.as_slice() else { return Ok(Action::Pass) };
    let args = arguments(args)?;
    Ok(match (*head, args.as_slice()) {
        ("trailed", &[_, trailers]) => Action::Trailed(trailers),
        ("last", &[list]) => Action::LastOf(list),
        (name, []) if name.starts_with(|c: char| c.is_ascii_lowercase()) => Action::Value(index(name)?),
        (name, _) => Action::Node(Shape::named(name).ok_or_else(|| format!("no shape {name}"))?, args),
    })
}
