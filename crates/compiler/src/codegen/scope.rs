//! Entering and leaving scopes, and making functions of what came out.

use super::unit::{ArgCounts, ScopeType, Unit};
use super::{Compiler, assemble_error};
use crate::PYCF_MASK;
use crate::assemble::{CodeUnit, assemble};
use crate::error::{CompileError, ErrorKind, Result};
use crate::instructions::Location;
use crate::symtable::{BlockType, EntryId, Scope};
use bytecode::tables::{co, fast, function, intrinsic_1, resume};
use bytecode::{CodeData, Const, Text, op, pseudo};
use std::sync::Arc;

/// `AT_FUNC_START` and friends as operands.
pub(super) const AT_FUNC_START: usize = resume::AT_FUNC_START as usize;

impl<'a> Compiler<'a, '_> {
    pub(super) fn enter_scope(
        &mut self,
        name: &'a str,
        scope: ScopeType,
        ste: EntryId,
        firstlineno: i32,
        private: Option<&'a str>,
        counts: ArgCounts,
    ) {
        let private = private.or(self.u.private);
        let mut unit = Unit::new(&self.table, ste, scope, private, name, firstlineno);
        unit.counts = counts;
        self.stack.push(std::mem::replace(&mut self.u, unit));
        self.u.qualname = self.qualname();
        self.emit_scope_start(scope, firstlineno);
    }

    pub(super) fn emit_scope_start(&mut self, scope: ScopeType, firstlineno: i32) {
        let mut loc = Location::line_start(firstlineno);
        if scope == ScopeType::Module {
            loc.line = 0;
        }
        self.addop_i(op::RESUME, AT_FUNC_START, loc);
        if scope == ScopeType::Module {
            self.addop(pseudo::ANNOTATIONS_PLACEHOLDER, loc);
        }
    }

    fn qualname(&self) -> &'a str {
        let name = self.u.name;
        let mut base = None;
        let parents = self.stack.len();
        if parents > 1 {
            let mut parent = &self.stack[parents - 1];
            if parent.scope == ScopeType::Annotations {
                // Scopes around type parameters do not show in names.
                if parents == 2 {
                    return name;
                }
                parent = &self.stack[parents - 2];
            }
            let declares = matches!(self.u.scope, ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Class);
            let parent_ste = self.table.entry(parent.ste);
            let mangled = crate::mangle::mangle(self.arena, parent.private, name);
            let global = declares && parent_ste.scope(mangled) == Scope::GlobalExplicit;
            if !global {
                base = Some(match parent.scope {
                    ScopeType::Function | ScopeType::AsyncFunction | ScopeType::Lambda => {
                        &*self.arena.alloc_str(&format!("{}.<locals>", parent.qualname))
                    }
                    _ => parent.qualname,
                });
            }
        }
        match base {
            Some(base) => self.arena.alloc_str(&format!("{base}.{name}")),
            None => name,
        }
    }

    /// Leaves the innermost scope: its code object, and whether it has free variables.
    pub(super) fn exit_scope(&mut self, add_none: bool) -> Result<Arc<CodeData>> {
        self.add_return_at_end(add_none);
        let nested = self.keeps_nested.then(|| self.u.seq.clone());
        let code = self.assemble_finished()?;
        if let Some(outer) = self.stack.pop() {
            self.u = outer;
        }
        if let Some(nested) = nested {
            self.u.seq.add_nested(nested);
        }
        Ok(Arc::new(code))
    }

    pub(super) fn add_return_at_end(&mut self, add_none: bool) {
        if add_none {
            self.load_none(Location::NO_LOCATION);
        }
        self.addop(op::RETURN_VALUE, Location::NO_LOCATION);
    }

    pub(super) fn assemble_unit(&mut self, add_none: bool) -> Result<CodeData> {
        self.add_return_at_end(add_none);
        self.assemble_finished()
    }

    /// The code object of a unit whose instructions are complete.
    fn assemble_finished(&mut self) -> Result<CodeData> {
        let flags = self.code_flags();
        let text = |s: &str| -> Text { Arc::from(s.as_bytes()) };
        let texts = |list: &[&str]| -> Vec<Text> { list.iter().map(|s| text(s)).collect() };
        let seq = std::mem::take(&mut self.u.seq);
        let u = &mut self.u;
        let mut hidden: Vec<&str> = u.fasthidden.keys().copied().collect();
        hidden.sort_unstable();
        let unit = CodeUnit {
            name: text(u.name),
            qualname: text(u.qualname),
            filename: self.filename.clone(),
            argcount: u.counts.args + u.counts.posonly,
            posonlyargcount: u.counts.posonly,
            kwonlyargcount: u.counts.kwonly,
            flags,
            firstlineno: u.firstlineno,
            varnames: texts(&u.varnames.list),
            cellvars: texts(&u.cellvars.list),
            freevars: texts(&u.freevars.list),
            fasthidden: texts(&hidden),
            consts: std::mem::take(&mut u.consts.list),
            names: texts(&u.names.list),
        };
        assemble(unit, seq).map_err(assemble_error)
    }

    fn code_flags(&self) -> u32 {
        let ste = self.ste();
        let mut flags = self.features & PYCF_MASK;
        if ste.is_function_like() {
            flags |= co::NEWLOCALS | co::OPTIMIZED;
            let bits = [
                (ste.nested, co::NESTED),
                (ste.generator && !ste.coroutine, co::GENERATOR),
                (ste.generator && ste.coroutine, co::ASYNC_GENERATOR),
                (ste.coroutine && !ste.generator, co::COROUTINE),
                (ste.varargs, co::VARARGS),
                (ste.varkeywords, co::VARKEYWORDS),
                (ste.has_docstring, co::HAS_DOCSTRING),
                (ste.method, co::METHOD),
            ];
            flags |= bits.iter().filter(|b| b.0).map(|b| b.1).sum::<u32>();
        }
        if self.is_top_level_await() && ste.coroutine && !ste.generator {
            flags |= co::COROUTINE;
        }
        flags
    }

    /// Makes a function of a code object: closure, function and the attributes that are on the stack.
    pub(super) fn make_closure(&mut self, loc: Location, code: Arc<CodeData>, flags: u8) -> Result<()> {
        let mut flags = flags;
        let kinds = code.localsplusnames.iter().zip(&*code.localspluskinds);
        let free: Vec<Text> = kinds.filter(|(_, kind)| **kind & fast::FREE != 0).map(|(n, _)| n.clone()).collect();
        if !free.is_empty() {
            for name in &free {
                let name = std::str::from_utf8(name).unwrap_or_default();
                let index = self.closure_index(name)?;
                self.addop_i(pseudo::LOAD_CLOSURE, index, loc);
            }
            flags |= function::CLOSURE;
            self.addop_i(op::BUILD_TUPLE, free.len(), loc);
        }
        self.load_const(loc, Const::Code(code));
        self.addop(op::MAKE_FUNCTION, loc);
        for bit in [function::CLOSURE, function::ANNOTATIONS, function::ANNOTATE, function::KWDEFAULTS, function::DEFAULTS] {
            if flags & bit != 0 {
                self.addop_i(op::SET_FUNCTION_ATTRIBUTE, bit.into(), loc);
            }
        }
        Ok(())
    }

    fn closure_index(&self, name: &str) -> Result<usize> {
        let index = match self.ref_type(name) {
            Scope::Cell => self.u.cellvars.get(name),
            _ => self.u.freevars.get(name).map(|i| i + self.u.cellvars.list.len()),
        };
        index.ok_or_else(|| {
            let msg = format!("compiler: closure over '{name}' in '{}' has no variable", self.u.name);
            CompileError::plain(ErrorKind::System, msg)
        })
    }

    /// Whether a name is a cell of this scope or a free variable.
    pub(super) fn ref_type(&self, name: &str) -> Scope {
        let provided = ["__class__", "__classdict__", "__conditional_annotations__"];
        if self.ste().typ == BlockType::Class && provided.contains(&name) {
            return Scope::Cell;
        }
        self.ste().scope(name)
    }

    /// Turns a `StopIteration` that leaves a generator into a `RuntimeError`.
    pub(super) fn wrap_in_stopiteration_handler(&mut self) {
        let none = Location::NO_LOCATION;
        let handler = self.new_label();
        self.u.seq.insert(0, pseudo::SETUP_CLEANUP, handler.0 as i32, none);
        self.load_none(none);
        self.addop(op::RETURN_VALUE, none);
        self.use_label(handler);
        self.addop_i(op::CALL_INTRINSIC_1, intrinsic_1::INTRINSIC_STOPITERATION_ERROR.into(), none);
        self.addop_i(op::RERAISE, 1, none);
    }
}
