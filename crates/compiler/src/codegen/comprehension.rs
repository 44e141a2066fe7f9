//! Comprehensions and generator expressions, inlined (PEP 709) or as functions.

use super::Compiler;
use super::fblock::FBlockKind;
use super::unit::{ArgCounts, ScopeType};
use crate::error::Result;
use crate::instructions::{Label, Location};
use crate::symtable::{EntryId, Part, Scope, flag};
use bytecode::{op, pseudo};
use syntax::ast::{Comprehension, Expr, ExprKind};

const NONE: Location = Location::NO_LOCATION;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Set,
    Dict,
    Generator,
}

/// A comprehension being compiled.
#[derive(Clone, Copy)]
struct Comp<'a> {
    kind: Kind,
    loc: Location,
    generators: &'a [Comprehension<'a>],
    elt: &'a Expr<'a>,
    /// The value of a dict comprehension, whose `elt` is the key.
    value: Option<&'a Expr<'a>>,
    inlined: bool,
}

/// What has to be undone behind an inlined comprehension.
#[derive(Default)]
struct Inlined<'a> {
    /// Locals whose values wait on the stack.
    pushed: Vec<&'a str>,
    cleanup: Option<Label>,
    /// Flags that names have outside.
    outer_flags: Vec<(&'a str, u32)>,
    hidden: Vec<&'a str>,
}

impl<'a> Compiler<'a, '_> {
    pub(super) fn comprehension(&mut self, e: &'a Expr<'a>) -> Result<()> {
        let (kind, name, elt, value, generators) = match e.kind {
            ExprKind::ListComp { elt, generators } => (Kind::List, "<listcomp>", elt, None, generators),
            ExprKind::SetComp { elt, generators } => (Kind::Set, "<setcomp>", elt, None, generators),
            ExprKind::DictComp { key, value, generators } => (Kind::Dict, "<dictcomp>", key, Some(value), generators),
            ExprKind::GeneratorExp { elt, generators } => (Kind::Generator, "<genexpr>", elt, None, generators),
            _ => return Ok(()),
        };
        let Some(outermost) = generators.first() else {
            return Ok(());
        };
        let loc = Location::from(e.range);
        let id = self.entry_of(e, Part::Body)?;
        let inlined = self.table.entry(id).comp_inlined;
        let is_async = self.table.entry(id).coroutine;
        let comp = Comp { kind, loc, generators, elt, value, inlined };
        let mut state = Inlined::default();
        if inlined {
            self.outermost_iter(outermost)?;
            self.push_inlined(loc, id, &mut state)?;
        } else {
            let counts = ArgCounts { args: 1, ..Default::default() };
            self.enter_scope(name, ScopeType::Comprehension, id, e.range.line, None, counts);
        }
        let build = match kind {
            Kind::List => Some(op::BUILD_LIST),
            Kind::Set => Some(op::BUILD_SET),
            Kind::Dict => Some(op::BUILD_MAP),
            Kind::Generator => None,
        };
        if let Some(build) = build {
            self.addop_i(build, 0, loc);
            if inlined {
                self.addop_i(op::SWAP, 2, loc);
            }
        }
        self.comp_generator(comp, 0, 0)?;
        if inlined {
            self.pop_inlined(loc, state);
            return Ok(());
        }
        if kind == Kind::Generator {
            self.wrap_in_stopiteration_handler();
        } else {
            self.addop(op::RETURN_VALUE, loc);
        }
        let code = self.exit_scope(true)?;
        self.make_closure(loc, code, 0)?;
        self.outermost_iter(outermost)?;
        self.addop_i(op::CALL, 0, loc);
        if is_async && kind != Kind::Generator {
            self.await_value(0, loc);
        }
        Ok(())
    }

    fn outermost_iter(&mut self, generator: &'a Comprehension<'a>) -> Result<()> {
        self.expr(generator.iter)?;
        let get_iter = if generator.is_async { op::GET_AITER } else { op::GET_ITER };
        self.addop(get_iter, generator.iter.range.into());
        Ok(())
    }

    fn comp_generator(&mut self, comp: Comp<'a>, index: usize, depth: usize) -> Result<()> {
        if comp.generators[index].is_async {
            self.comp_async_generator(comp, index, depth)
        } else {
            self.comp_sync_generator(comp, index, depth)
        }
    }

    fn comp_sync_generator(&mut self, comp: Comp<'a>, index: usize, depth: usize) -> Result<()> {
        let generator = &comp.generators[index];
        let if_cleanup = self.new_label();
        let anchor = self.new_label();
        let mut depth = depth;
        let place = Location::from(generator.iter.range);
        let mut start = None;
        if index == 0 {
            if !comp.inlined {
                self.addop_i(op::LOAD_FAST, 0, comp.loc);
            }
            start = Some(self.new_label());
        } else if let ExprKind::List { elts: [only], .. } | ExprKind::Tuple { elts: [only], .. } = generator.iter.kind
            && !matches!(only.kind, ExprKind::Starred { .. })
        {
            // `for y in [f(x)]` is an assignment.
            self.expr(only)?;
        } else {
            self.expr(generator.iter)?;
            start = Some(self.new_label());
        }
        if let Some(start) = start {
            depth += 1;
            if index > 0 {
                self.addop(op::GET_ITER, place);
            }
            self.use_label(start);
            self.addop_j(op::FOR_ITER, anchor, place);
        }
        self.expr(generator.target)?;
        let end_place = self.comp_rest(comp, index, depth, if_cleanup)?;
        if let Some(start) = start {
            self.addop_j(pseudo::JUMP, start, end_place);
            self.use_label(anchor);
            self.addop(op::END_FOR, NONE);
            self.addop(op::POP_ITER, NONE);
        }
        Ok(())
    }

    fn comp_async_generator(&mut self, comp: Comp<'a>, index: usize, depth: usize) -> Result<()> {
        let generator = &comp.generators[index];
        let start = self.new_label();
        let send = self.new_label();
        let except = self.new_label();
        let if_cleanup = self.new_label();
        let loc = comp.loc;
        if index > 0 {
            self.expr(generator.iter)?;
            self.addop(op::GET_AITER, generator.iter.range.into());
        } else if !comp.inlined {
            self.addop_i(op::LOAD_FAST, 0, loc);
        }
        self.use_label(start);
        self.push_fblock(loc, FBlockKind::AsyncComprehensionGenerator, Some(start), None)?;
        self.addop_j(pseudo::SETUP_FINALLY, except, loc);
        self.addop(op::GET_ANEXT, loc);
        self.load_none(loc);
        self.use_label(send);
        self.yield_from(loc, true);
        self.addop(pseudo::POP_BLOCK, loc);
        self.expr(generator.target)?;
        let end_place = self.comp_rest(comp, index, depth + 1, if_cleanup)?;
        self.addop_j(pseudo::JUMP, start, end_place);
        self.pop_fblock();
        self.use_label(except);
        self.addop_j(op::END_ASYNC_FOR, send, loc);
        Ok(())
    }

    /// Conditions, then the next `for` or the element. Returns the element's place.
    fn comp_rest(&mut self, comp: Comp<'a>, index: usize, depth: usize, if_cleanup: Label) -> Result<Location> {
        for test in comp.generators[index].ifs {
            self.jump_if(comp.loc, test, if_cleanup, false)?;
        }
        let mut place = Location::from(comp.elt.range);
        if index + 1 < comp.generators.len() {
            self.comp_generator(comp, index + 1, depth)?;
        } else {
            self.expr(comp.elt)?;
            match comp.kind {
                Kind::Generator => {
                    self.yield_value(place);
                    self.addop(op::POP_TOP, place);
                }
                Kind::List => self.addop_i(op::LIST_APPEND, depth + 1, place),
                Kind::Set => self.addop_i(op::SET_ADD, depth + 1, place),
                Kind::Dict => {
                    if let Some(value) = comp.value {
                        self.expr(value)?;
                        place.end_line = value.range.end_line;
                        place.end_col = value.range.end_col;
                    }
                    self.addop_i(op::MAP_ADD, depth + 1, place);
                }
            }
        }
        self.use_label(if_cleanup);
        Ok(place)
    }

    /// Makes the names of a comprehension mean what they mean inside, and puts outer values of its variables aside.
    fn push_inlined(&mut self, loc: Location, comp: EntryId, state: &mut Inlined<'a>) -> Result<()> {
        let function_like = self.ste().is_function_like();
        let all_names = !function_like && self.u.inlined_comp == 0;
        self.u.inlined_comp += 1;
        let symbols: Vec<(&'a str, u32)> = self.table.entry(comp).symbols.iter().collect();
        let mut stored = Vec::new();
        for &(name, flags) in &symbols {
            let bound = flags & flag::DEF_LOCAL != 0 && flags & flag::DEF_NONLOCAL == 0;
            let scope = Scope::of(flags);
            // A global of this comprehension may be the variable of another one that was inlined into the same scope.
            let global = matches!(scope, Scope::GlobalExplicit | Scope::GlobalImplicit);
            if !bound && !all_names && !global {
                continue;
            }
            let outer_flags = self.ste().flags(name);
            let outer = Scope::of(outer_flags);
            // A cell that takes the place of a free variable keeps its index; a class has both.
            let replaces_free = scope == Scope::Cell && outer == Scope::Free && !all_names;
            if scope != outer && !replaces_free && flags & flag::DEF_PARAM == 0 {
                state.outer_flags.push((name, outer_flags));
                self.table.set_flags(self.u.ste, name, flags);
            }
            if !bound {
                continue;
            }
            if !function_like {
                let hidden = self.u.fasthidden.entry(name).or_insert(false);
                if !*hidden {
                    *hidden = true;
                    state.hidden.push(name);
                }
            }
            stored.push((name, scope, replaces_free));
        }
        for (name, scope, replaces_free) in stored {
            let index = self.u.varnames.add(name);
            self.addop_i(op::LOAD_FAST_AND_CLEAR, index, loc);
            if scope == Scope::Cell {
                let cell = if replaces_free { self.u.free_index(name) } else { self.u.cell_index(name) };
                self.addop_i(op::MAKE_CELL, cell, loc);
            }
            state.pushed.push(name);
        }
        if !state.pushed.is_empty() {
            // The iterable comes back to the top.
            self.addop_i(op::SWAP, state.pushed.len() + 1, loc);
            let cleanup = self.new_label();
            state.cleanup = Some(cleanup);
            self.addop_j(pseudo::SETUP_FINALLY, cleanup, loc);
            self.push_fblock(loc, FBlockKind::InlinedComprehension, None, None)?;
        }
        Ok(())
    }

    fn pop_inlined(&mut self, loc: Location, state: Inlined<'a>) {
        self.u.inlined_comp -= 1;
        if let Some(cleanup) = state.cleanup {
            self.pop_fblock();
            self.addop(pseudo::POP_BLOCK, NONE);
            let end = self.new_label();
            self.addop_j(pseudo::JUMP_NO_INTERRUPT, end, NONE);
            self.use_label(cleanup);
            // Drops the unfinished result below the exception.
            self.addop_i(op::SWAP, 2, NONE);
            self.addop(op::POP_TOP, NONE);
            self.restore_inlined_locals(loc, &state.pushed);
            self.addop_i(op::RERAISE, 0, NONE);
            self.use_label(end);
            self.restore_inlined_locals(loc, &state.pushed);
        }
        for (name, flags) in state.outer_flags {
            self.table.set_flags(self.u.ste, name, flags);
        }
        for name in state.hidden {
            self.u.fasthidden.insert(name, false);
        }
    }

    fn restore_inlined_locals(&mut self, loc: Location, pushed: &[&'a str]) {
        self.addop_i(op::SWAP, pushed.len() + 1, loc);
        for name in pushed.iter().rev() {
            let index = self.u.varnames.add(name);
            self.addop_i(pseudo::STORE_FAST_MAYBE_NULL, index, loc);
        }
    }
}
