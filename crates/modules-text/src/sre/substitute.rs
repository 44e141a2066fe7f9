//! `sub` and `subn`.

use super::pattern::{Mode, Pattern, Run};
use super::subject::{self, Text};
use super::template::{self, Template};
use runtime::protocols::{attribute, call};
use runtime::{Obj, ObjExt, Py, PyResult, Thread};

/// What replaces a match.
enum Replacement {
    Literal(Obj),
    Template(Obj),
    Function(Obj),
}

/// Compiles a replacement with backslashes by `re._compile_template`.
pub(super) fn compile_template(th: &Thread, pattern: &Py<Pattern>, repl: &Obj) -> PyResult<Obj> {
    let re = runtime::import::import_module(th, "re")?;
    let compile = attribute::get_str(th, &re, "_compile_template")?;
    call::call(th, &compile, &[pattern.as_obj().clone(), repl.clone()])
}

/// Whether a replacement stands for itself: text without a backslash.
fn is_literal(th: &Thread, repl: &Obj) -> bool {
    match Text::open(th, repl) {
        Ok(Text::Str(s)) => s.chars().iter().all(|c| c != u32::from(b'\\')),
        Ok(Text::Bytes(b)) => !b.as_slice().contains(&b'\\'),
        Err(_) => {
            drop(th.take_exception());
            false
        }
    }
}

fn replacement(th: &Thread, pattern: &Py<Pattern>, repl: &Obj) -> PyResult<Replacement> {
    if call::is_callable(repl) {
        return Ok(Replacement::Function(repl.clone()));
    }
    if is_literal(th, repl) {
        return Ok(Replacement::Literal(repl.clone()));
    }
    let compiled = compile_template(th, pattern, repl)?;
    Ok(match compiled.downcast::<Template>() {
        Some(t) if t.items.is_empty() => Replacement::Literal(t.literal.clone()),
        Some(_) => Replacement::Template(compiled),
        None => Replacement::Literal(compiled),
    })
}

/// The text with its matches replaced, and their number.
pub(super) fn substitute(th: &Thread, pattern: &Py<Pattern>, repl: &Obj, string: &Obj, count: isize) -> PyResult<(Obj, usize)> {
    let repl = replacement(th, pattern, repl)?;
    let mut run = Run::new(th, pattern, string, 0, isize::MAX)?;
    let (mut pieces, mut last, mut n) = (Vec::new(), 0, 0usize);
    while (count == 0 || (n as isize) < count) && run.step(Mode::Search)? {
        let (b, e) = run.span();
        if last < b {
            pieces.push(run.text.slice(string, last, b));
        }
        let new = match &repl {
            Replacement::Literal(o) => o.clone(),
            Replacement::Template(t) => template::expand(th, t, &run.to_match(0))?,
            Replacement::Function(f) => call::call(th, f, &[run.to_match(0).into_obj()])?,
        };
        if !new.is_none() {
            pieces.push(new);
        }
        last = e;
        n += 1;
        run.advance();
    }
    if last < run.end {
        pieces.push(run.text.slice(string, last, run.end));
    }
    let is_bytes = run.text.is_bytes();
    drop(run);
    Ok((subject::join(th, is_bytes, pieces)?, n))
}
