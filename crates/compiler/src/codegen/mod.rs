//! Code generation: from the tree and its symbol table to instruction sequences, as CPython's `codegen.c` emits them.
//!
//! One `Unit` is open for each scope being compiled; leaving it runs the flow graph and the assembler.

mod annotations;
mod assign;
mod call;
mod class;
mod comprehension;
mod control;
mod exceptions;
mod expr;
mod fblock;
mod function;
mod jump;
mod lint;
mod names;
mod pattern;
mod pattern_compound;
mod scope;
mod stmt;
mod type_params;
mod unit;

use crate::assemble::AssembleError;
use crate::error::{CompileError, Depth, ErrorKind, Result, Warning, WarningCategory};
use crate::instructions::{InstrSequence, Label, Location};
use crate::symtable::{BlockType, Entry, Key, Part, SymbolTable};
use crate::{CompileOptions, PYCF_ALLOW_TOP_LEVEL_AWAIT};
use bytecode::tables::co;
use bytecode::{CodeData, Const, Text, op};
use std::sync::Arc;
use syntax::Arena;
use syntax::ast::{Constant, Expr, ExprKind, Mod, Range, Stmt, StmtKind};
use unit::{ScopeType, Unit};

/// More values than this are not kept on the stack at once.
const STACK_USE_GUIDELINE: usize = 30;

/// Compiles a module to its code object.
pub(crate) fn compile_module<'a>(
    arena: &'a Arena,
    module: &'a Mod<'a>,
    table: SymbolTable<'a>,
    opts: &CompileOptions<'_>,
    features: u32,
    warnings: &mut Vec<Warning>,
) -> Result<CodeData> {
    let mut c = Compiler::new(arena, module, table, opts, features, warnings);
    c.module(module)?;
    c.assemble_unit(!matches!(module, Mod::Expression { .. }))
}

/// A module's own instructions and its constants, before the passes over the flow graph.
pub(crate) fn generate_module<'a>(
    arena: &'a Arena,
    module: &'a Mod<'a>,
    table: SymbolTable<'a>,
    opts: &CompileOptions<'_>,
    features: u32,
    warnings: &mut Vec<Warning>,
) -> Result<(InstrSequence, Vec<Const>)> {
    let mut c = Compiler::new(arena, module, table, opts, features, warnings);
    c.keeps_nested = true;
    c.module(module)?;
    c.add_return_at_end(!matches!(module, Mod::Expression { .. }));
    Ok((c.u.seq, c.u.consts.list))
}

impl<'a, 'w> Compiler<'a, 'w> {
    fn new(
        arena: &'a Arena,
        module: &'a Mod<'a>,
        table: SymbolTable<'a>,
        opts: &CompileOptions<'_>,
        features: u32,
        warnings: &'w mut Vec<Warning>,
    ) -> Compiler<'a, 'w> {
        let unit = Unit::new(&table, SymbolTable::TOP, ScopeType::Module, None, "<module>", 1);
        Compiler {
            arena,
            table,
            u: unit,
            stack: Vec::new(),
            filename: Arc::from(opts.filename),
            optimize: opts.optimize,
            features,
            top_level_await: opts.flags & PYCF_ALLOW_TOP_LEVEL_AWAIT != 0,
            interactive: matches!(module, Mod::Interactive { .. }),
            warnings,
            silent: 0,
            depth: Depth::default(),
            keeps_nested: false,
        }
    }
}

pub(super) struct Compiler<'a, 'w> {
    arena: &'a Arena,
    table: SymbolTable<'a>,
    /// The innermost scope, and those around it.
    u: Unit<'a>,
    stack: Vec<Unit<'a>>,
    filename: Text,
    optimize: u8,
    /// `CO_FUTURE_*` bits.
    features: u32,
    top_level_await: bool,
    interactive: bool,
    warnings: &'w mut Vec<Warning>,
    /// Above 0 while something is compiled for a second time, whose warnings are known.
    silent: u32,
    depth: Depth,
    /// The instructions of scopes within are kept beside their code objects.
    keeps_nested: bool,
}

impl<'a> Compiler<'a, '_> {
    fn module(&mut self, module: &'a Mod<'a>) -> Result<()> {
        self.emit_scope_start(ScopeType::Module, 1);
        match module {
            Mod::Module { body, .. } => self.body(start_location(body), body),
            Mod::Interactive { body } => self.body(start_location(body), body),
            Mod::Expression { body } => self.expr(body),
            Mod::FunctionType { .. } => Err(CompileError::plain(ErrorKind::System, "module kind 4 should not be possible")),
        }
    }

    /// The statements of a module or class, with its docstring and annotations.
    fn body(&mut self, loc: Location, stmts: &'a [Stmt<'a>]) -> Result<()> {
        let future = self.future_annotations();
        if self.ste().has_conditional_annotations && self.u.scope == ScopeType::Module {
            self.addop_i(op::BUILD_SET, 0, loc);
            self.nameop(loc, "__conditional_annotations__", Ctx::Store)?;
        }
        if future && self.ste().annotations_used {
            self.addop(op::SETUP_ANNOTATIONS, loc);
        }
        let mut rest = stmts;
        if !self.is_interactive_top_level()
            && let Some((doc, expr)) = docstring(stmts)
        {
            rest = &stmts[1..];
            let doc = doc_constant(doc)?;
            self.load_const(expr.range.into(), doc);
            self.nameop(Location::NO_LOCATION, "__doc__", Ctx::Store)?;
        }
        self.stmts(rest)?;
        if !future {
            self.deferred_annotations(loc)?;
        }
        Ok(())
    }

    // Emitting.

    fn addop(&mut self, opcode: impl Into<u16>, loc: Location) {
        self.u.seq.addop(opcode, loc);
    }

    fn addop_i(&mut self, opcode: impl Into<u16>, oparg: usize, loc: Location) {
        self.u.seq.addop_i(opcode, oparg as i32, loc);
    }

    fn addop_j(&mut self, opcode: impl Into<u16>, target: Label, loc: Location) {
        self.u.seq.addop_j(opcode, target, loc);
    }

    fn new_label(&mut self) -> Label {
        self.u.seq.new_label()
    }

    fn use_label(&mut self, label: Label) {
        self.u.seq.use_label(label);
    }

    fn load_const(&mut self, loc: Location, value: Const) {
        let index = self.u.consts.add(value);
        self.addop_i(op::LOAD_CONST, index, loc);
    }

    fn load_none(&mut self, loc: Location) {
        self.load_const(loc, Const::None);
    }

    fn load_str(&mut self, loc: Location, text: &str) {
        self.load_const(loc, crate::constant::string(text));
    }

    // Asking.

    fn ste(&self) -> &Entry<'a> {
        self.table.entry(self.u.ste)
    }

    fn future_annotations(&self) -> bool {
        self.features & co::FUTURE_ANNOTATIONS != 0
    }

    fn is_interactive_top_level(&self) -> bool {
        self.interactive && self.stack.is_empty()
    }

    fn is_top_level_await(&self) -> bool {
        self.top_level_await && self.ste().typ == BlockType::Module
    }

    fn mangle(&self, name: &'a str) -> &'a str {
        self.ste().mangle(self.arena, self.u.private, name)
    }

    fn entry_of<T>(&self, node: &T, part: Part) -> Result<crate::symtable::EntryId> {
        self.table
            .lookup(Key::new(node, part))
            .ok_or_else(|| CompileError::plain(ErrorKind::System, "unknown symbol table entry"))
    }

    // Reporting.

    fn warn(&mut self, range: Range, msg: String) {
        if self.silent == 0 {
            self.warnings.push(Warning { category: WarningCategory::SyntaxWarning, msg, range });
        }
    }

    fn error_at<T>(&self, loc: Location, msg: impl Into<String>) -> Result<T> {
        let range = Range { line: loc.line, col: loc.col, end_line: loc.end_line, end_col: loc.end_col };
        Err(CompileError::syntax(msg, range))
    }
}

pub(super) use syntax::ast::ExprContext as Ctx;

pub(super) fn assemble_error(error: AssembleError) -> Box<CompileError> {
    match error {
        AssembleError::Malformed(text) => CompileError::plain(ErrorKind::System, text),
        AssembleError::TooLarge(text) => CompileError::plain(ErrorKind::Overflow, text),
        AssembleError::UnplacedLabel => CompileError::plain(ErrorKind::System, "a jump has no target"),
    }
}

/// The docstring that a body begins with.
pub(crate) fn docstring<'a>(body: &'a [Stmt<'a>]) -> Option<(&'a [u8], &'a Expr<'a>)> {
    let StmtKind::Expr { value } = body.first()?.kind else {
        return None;
    };
    match value.kind {
        ExprKind::Constant { value: Constant::Str(text), .. } => Some((text, value)),
        _ => None,
    }
}

/// Code of a module without place of its own stands at its first statement.
fn start_location(body: &[Stmt<'_>]) -> Location {
    match body.first() {
        Some(stmt) => stmt.range.into(),
        None => Location::line_start(1),
    }
}

/// The constant for a docstring, which has to be proper Unicode.
fn doc_constant(doc: &[u8]) -> Result<Const> {
    let clean = clean_doc(doc);
    if std::str::from_utf8(&clean).is_err() {
        let mut error = CompileError::plain(ErrorKind::UnicodeEncode, "surrogates not allowed");
        error.text = expand_tabs(doc);
        return Err(error);
    }
    Ok(Const::Str(clean.into()))
}

/// A docstring as `__doc__` shows it: tabs expanded, the first line without leading spaces, the others without their common margin.
pub fn clean_doc(doc: &[u8]) -> Vec<u8> {
    let text = expand_tabs(doc);
    let mut lines = text.split(|&b| b == b'\n');
    let indent = |line: &[u8]| line.iter().take_while(|&&b| b == b' ').count();
    let first = lines.next().unwrap_or_default();
    let rest: Vec<&[u8]> = lines.collect();
    let with_content = rest.iter().map(|line| (indent(line), line.len())).filter(|(i, len)| i < len);
    let margin = with_content.map(|(i, _)| i).min().unwrap_or(0);
    let mut out = first[indent(first)..].to_vec();
    for line in rest {
        out.push(b'\n');
        out.extend_from_slice(&line[margin.min(indent(line))..]);
    }
    out
}

fn expand_tabs(doc: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(doc.len());
    let mut column = 0;
    for &b in doc {
        match b {
            b'\t' => {
                let spaces = 8 - column % 8;
                out.resize(out.len() + spaces, b' ');
                column += spaces;
                continue;
            }
            b'\n' | b'\r' => column = 0,
            // Continuation bytes belong to the character before.
            0x80..=0xbf => {}
            _ => column += 1,
        }
        out.push(b);
    }
    out
}
