//! `from __future__ import ...`.

use crate::error::{CompileError, Result};
use bytecode::tables::co;
use syntax::ast::{Alias, Mod, Range, Stmt, StmtKind};

/// What a module's future statements say.
#[derive(Clone, Copy, Debug, Default)]
pub struct Future {
    /// `CO_FUTURE_*` bits.
    pub features: u32,
    /// The last of the statements; later ones are errors.
    pub last: Option<Range>,
}

/// Reads the future statements at the start of a module.
pub fn parse_future(module: &Mod<'_>) -> Result<Future> {
    let mut future = Future::default();
    let (Mod::Module { body, .. } | Mod::Interactive { body }) = module else {
        return Ok(future);
    };
    let docstrings = usize::from(crate::codegen::docstring(body).is_some());
    for stmt in &body[docstrings..] {
        let Some(names) = future_import(stmt) else { break };
        for alias in names {
            future.features |= feature(alias)?;
        }
        future.last = Some(stmt.range);
    }
    Ok(future)
}

/// The names of a future statement.
fn future_import<'a>(stmt: &Stmt<'a>) -> Option<&'a [Alias<'a>]> {
    match stmt.kind {
        StmtKind::ImportFrom { module: Some("__future__"), names, level } if level.unwrap_or(0) == 0 => Some(names),
        _ => None,
    }
}

/// Refuses a future statement behind other code.
pub(crate) fn check_place(stmt: &Stmt<'_>, last: Option<Range>) -> Result<()> {
    if future_import(stmt).is_none() {
        return Ok(());
    }
    let range = stmt.range;
    let late = last.is_none_or(|last| (range.line, range.col) > (last.end_line, last.end_col));
    if late {
        return Err(CompileError::syntax("from __future__ imports must occur at the beginning of the file", range));
    }
    Ok(())
}

fn feature(alias: &Alias<'_>) -> Result<u32> {
    match alias.name {
        "nested_scopes" | "generators" | "division" | "absolute_import" | "with_statement" | "print_function"
        | "unicode_literals" | "generator_stop" => Ok(0),
        "barry_as_FLUFL" => Ok(co::FUTURE_BARRY_AS_BDFL),
        "annotations" => Ok(co::FUTURE_ANNOTATIONS),
        "braces" => Err(CompileError::scope("not a chance", alias.range)),
        name => Err(CompileError::scope(format!("future feature {name:.100} is not defined"), alias.range)),
    }
}
