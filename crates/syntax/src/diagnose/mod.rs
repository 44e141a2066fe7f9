//! Finds what CPython says of a source that the plain grammar does not accept.
//!
//! DESIGN: error pass. Which error CPython reports, and where, follows from the order in which its parser tries things
//! and from how far it has read ahead. So the grammar is kept here a second time, as text, with the productions that
//! exist for errors, and a small machine tries it in that order: first without those productions, which settles the
//! token a plain "invalid syntax" points at, then with them. Correct programs never come here.

mod compile;
mod machine;
mod report;
mod shape;
mod special;

use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::lexer::LexErrorKind;
use crate::options::{Mode, ParseOptions};
use crate::parser::code_follows;
use crate::token::{Token, TokenKind as K};
use machine::{Machine, Stop};
use std::sync::OnceLock;

fn program() -> &'static compile::Program {
    static PROGRAM: OnceLock<compile::Program> = OnceLock::new();
    PROGRAM.get_or_init(|| compile::compile().expect("the built-in grammar compiles: a test checks it"))
}

/// The error for `text`.
pub(crate) fn diagnose(text: &str, opts: &ParseOptions<'_>) -> SyntaxError {
    let program = program();
    let start = match opts.mode {
        Mode::Exec => "file",
        Mode::Single => "interactive",
        Mode::Eval => "eval",
        Mode::FuncType => "func_type",
    };
    let rule = program.rule(start).unwrap_or(0);
    let mut machine = Machine::new(program, text, opts);
    let first = machine.run(rule, false);
    let incomplete = opts.allow_incomplete_input && machine.has_met_end();
    match first {
        Ok(true) => too_much(&mut machine),
        _ if incomplete => incomplete_input(&mut machine),
        Ok(false) => second_pass(&mut machine, rule),
        Err(Stop) if machine.has_peeked_end() => {}
        Err(Stop) => prefer_lexical(&mut machine),
    }
    let (line, col) = machine.last_statement;
    let mut error = machine.error.take().unwrap_or_else(|| SyntaxError::bare(SyntaxErrorKind::SyntaxError, "invalid syntax"));
    if matches!(error.kind, SyntaxErrorKind::SyntaxError | SyntaxErrorKind::IndentationError | SyntaxErrorKind::TabError) {
        error.metadata = Some((line, col, text.to_owned()));
    }
    error
}

/// The source ends too early: the error is at the last token, or where the lexer gave up.
fn incomplete_input(machine: &mut Machine<'_, '_>) {
    let msg = "incomplete input".to_owned();
    let kind = SyntaxErrorKind::IncompleteInput;
    let fault = machine.error.take();
    match (fault, machine.lexical) {
        (Some(fault), Some(LexErrorKind::OpenString)) => {
            let text = machine.source.lex.text_from_line(fault.line);
            machine.error = Some(SyntaxError { kind, msg, end_col: -1, text: Some(text), ..fault });
        }
        (Some(fault), Some(_)) => {
            let (line, col) = machine.source.lex.place();
            let text = machine.source.lex.error_line(line);
            let col = report::character_column(&text, col);
            machine.error = Some(SyntaxError { kind, msg, line, col, end_line: line, end_col: -1, text: Some(text), ..fault });
        }
        _ => {
            let Stop = machine.raise_here(kind, msg);
        }
    }
}

/// The grammar accepts what the plain parser did not: one statement was asked for, or the source nests too deeply.
fn too_much(machine: &mut Machine<'_, '_>) {
    let read = machine.tokens.last().map_or(0, |t| t.token.end as usize);
    if machine.opts.mode == Mode::Single && code_follows(machine.src.as_bytes(), read) {
        let msg = "multiple statements found while compiling a single statement".to_owned();
        let Stop = machine.raise_here(SyntaxErrorKind::SyntaxError, msg);
        return;
    }
    let msg = "Parser stack overflowed - Python source too complex to parse";
    machine.error = Some(SyntaxError::bare(SyntaxErrorKind::Memory, msg));
}

fn second_pass(machine: &mut Machine<'_, '_>, rule: u16) {
    let last = machine.tokens.last().map(|t| t.token);
    if machine.run(rule, true).is_ok() {
        match last {
            Some(Token { kind: K::Indent, .. }) => {
                let Stop = machine.raise_here(SyntaxErrorKind::IndentationError, "unexpected indent".to_owned());
                return;
            }
            Some(Token { kind: K::Dedent, .. }) => {
                let Stop = machine.raise_here(SyntaxErrorKind::IndentationError, "unexpected unindent".to_owned());
                return;
            }
            Some(token) => {
                let Stop = machine.raise_token(&token, "invalid syntax".to_owned());
            }
            None => {}
        }
    } else if machine.has_peeked_end() {
        return;
    }
    prefer_lexical(machine);
}

/// Reads the rest of the source: a lexical error there outranks the parser's.
fn prefer_lexical(machine: &mut Machine<'_, '_>) {
    let memory = machine.error.as_ref().is_some_and(|e| e.kind == SyntaxErrorKind::Memory);
    if machine.lexical.is_some() || memory {
        return;
    }
    let error_line = machine.tokens.last().map_or(0, |t| t.token.line);
    let lex = &mut machine.source.lex;
    loop {
        match lex.next_token() {
            Ok(token) if token.kind == K::EndMarker => return,
            Ok(_) => {}
            // What is wrong later inside an f-string does not hide an error in its expressions.
            Err(_) if lex.in_fstring() => return,
            Err(fault) => {
                let open_line = lex.innermost_paren().map(|open| open.line);
                if matches!(fault.kind, LexErrorKind::Syntax | LexErrorKind::OpenString) {
                    machine.error = Some(fault.error);
                } else if open_line.is_some_and(|line| error_line > line) {
                    machine.error = Some(lex.never_closed());
                }
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn grammar_compiles() {
        let program = super::compile::compile();
        assert!(program.is_ok(), "{:?}", program.err());
    }
}
