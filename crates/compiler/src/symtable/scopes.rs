//! Entering and leaving blocks, and recording names in them.

use super::{BlockType, Comprehension, Entry, EntryId, Key, SymbolTable, Symbols, flag};
use crate::error::{CompileError, Depth, Result};
use std::collections::HashSet;
use syntax::Arena;
use syntax::ast::{Expr, ExprContext, ExprKind, Range};

/// The state of the visit.
pub(super) struct Builder<'a> {
    pub(super) arena: &'a Arena,
    pub(super) table: SymbolTable<'a>,
    pub(super) stack: Vec<EntryId>,
    pub(super) cur: EntryId,
    pub(super) private: Option<&'a str>,
    pub(super) future_annotations: bool,
    /// The last of the future statements at the start.
    pub(super) last_future: Option<Range>,
    pub(super) top_level_await: bool,
    pub(super) depth: Depth,
}

impl<'a> Builder<'a> {
    pub(super) fn cur(&self) -> &Entry<'a> {
        self.table.entry(self.cur)
    }

    pub(super) fn cur_mut(&mut self) -> &mut Entry<'a> {
        self.table.entry_mut(self.cur)
    }

    pub(super) fn new_entry(&mut self, name: &'a str, typ: BlockType, key: Key, range: Range) -> EntryId {
        let id = EntryId(self.table.entries.len() as u32);
        let parent = self.stack.last().map(|&id| self.table.entry(id));
        let nested = parent.is_some_and(|p| p.nested || p.is_function_like());
        let method = typ == BlockType::Function && parent.is_some_and(|p| p.typ == BlockType::Class);
        self.table.entries.push(Entry {
            name,
            typ,
            symbols: Symbols::default(),
            varnames: Vec::new(),
            children: Vec::new(),
            nested,
            range,
            generator: false,
            coroutine: false,
            comprehension: Comprehension::No,
            varargs: false,
            varkeywords: false,
            returns_value: false,
            needs_class_closure: false,
            needs_classdict: false,
            comp_inlined: false,
            can_see_class_scope: false,
            has_docstring: false,
            method,
            has_conditional_annotations: false,
            annotation_block: None,
            function_name: None,
            annotations_used: false,
            mangled_names: None,
            directives: Vec::new(),
            scope_info: None,
            in_conditional_block: false,
            in_unevaluated_annotation: false,
            comp_iter_target: false,
            comp_iter_expr: 0,
        });
        self.table.blocks.insert(key, id);
        id
    }

    pub(super) fn enter_block(&mut self, name: &'a str, typ: BlockType, key: Key, range: Range) -> Result<EntryId> {
        let id = self.new_entry(name, typ, key, range);
        self.enter_existing(id);
        if matches!(typ, BlockType::Annotation | BlockType::TypeVariable | BlockType::TypeAlias) {
            // The parameter of these functions, which their generated prologue reads.
            self.add_def(".format", flag::DEF_PARAM, range)?;
            self.add_def(".format", flag::USE, range)?;
        }
        Ok(id)
    }

    pub(super) fn enter_existing(&mut self, id: EntryId) {
        let parent = self.stack.last().copied();
        self.stack.push(id);
        self.cur = id;
        let Some(parent) = parent else { return };
        let comp_iter_expr = self.table.entry(parent).comp_iter_expr;
        self.cur_mut().comp_iter_expr = comp_iter_expr;
        if self.cur().typ != BlockType::Class && self.table.entry(parent).mangled_names.is_some() {
            self.cur_mut().mangled_names = self.table.entry(parent).mangled_names.clone();
        }
        // Annotations that become strings have no influence on their surroundings.
        if self.cur().typ == BlockType::Annotation && self.future_annotations {
            return;
        }
        let children = &mut self.table.entry_mut(parent).children;
        if !children.contains(&id) {
            children.push(id);
        }
    }

    pub(super) fn exit_block(&mut self) {
        self.stack.pop();
        if let Some(&id) = self.stack.last() {
            self.cur = id;
        }
    }

    pub(super) fn only_mangle_type_params(&mut self) {
        self.cur_mut().mangled_names = Some(HashSet::new());
    }

    /// Lets annotation scopes in a class find the class's namespace.
    pub(super) fn see_class_scope(&mut self, range: Range) -> Result<()> {
        self.cur_mut().can_see_class_scope = true;
        self.add_def("__classdict__", flag::USE, range)
    }

    /// Flags of a name as written in the current block.
    pub(super) fn lookup(&self, name: &'a str) -> u32 {
        self.lookup_in(self.cur, name)
    }

    pub(super) fn lookup_in(&self, id: EntryId, name: &'a str) -> u32 {
        let entry = self.table.entry(id);
        entry.flags(entry.mangle(self.arena, self.private, name))
    }

    pub(super) fn add_def(&mut self, name: &'a str, flags: u32, range: Range) -> Result<()> {
        if flags & flag::DEF_TYPE_PARAM != 0
            && let Some(names) = &mut self.cur_mut().mangled_names
        {
            names.insert(name);
        }
        self.add_def_in(name, flags, self.cur, range)
    }

    pub(super) fn add_def_in(&mut self, name: &'a str, flags: u32, id: EntryId, range: Range) -> Result<()> {
        let mangled = self.cur().mangle(self.arena, self.private, name);
        let entry = self.table.entry_mut(id);
        let old = entry.symbols.get(mangled).unwrap_or(0);
        if flags & old & flag::DEF_PARAM != 0 {
            return Err(CompileError::scope(format!("duplicate argument '{name}' in function definition"), range));
        }
        if flags & old & flag::DEF_TYPE_PARAM != 0 {
            return Err(CompileError::scope(format!("duplicate type parameter '{name}'"), range));
        }
        let mut new = old | flags;
        if entry.comp_iter_target {
            // Iteration variables may not clash with named expressions.
            if new & (flag::DEF_GLOBAL | flag::DEF_NONLOCAL) != 0 {
                return Err(CompileError::scope(
                    format!("comprehension inner loop cannot rebind assignment expression target '{name}'"),
                    range,
                ));
            }
            new |= flag::DEF_COMP_ITER;
        }
        entry.symbols.set(mangled, new);
        if flags & flag::DEF_PARAM != 0 {
            entry.varnames.push(mangled);
        } else if flags & flag::DEF_GLOBAL != 0 {
            let module = &mut self.table.entry_mut(SymbolTable::TOP).symbols;
            let old = module.get(mangled).unwrap_or(0);
            module.set(mangled, old | flags);
        }
        Ok(())
    }

    /// Remembers where `global`, `nonlocal` or a named expression declared a name.
    pub(super) fn record_directive(&mut self, name: &'a str, range: Range) {
        let mangled = self.cur().mangle(self.arena, self.private, name);
        self.cur_mut().directives.push((mangled, range));
    }

    pub(super) fn check_name(&self, name: &str, ctx: ExprContext, range: Range) -> Result<()> {
        if name != "__debug__" {
            return Ok(());
        }
        match ctx {
            ExprContext::Store => Err(CompileError::scope("cannot assign to __debug__", range)),
            ExprContext::Del => Err(CompileError::scope("cannot delete __debug__", range)),
            ExprContext::Load => Ok(()),
        }
    }

    /// Binds a name by other means than a `Name` node.
    pub(super) fn bind(&mut self, name: &'a str, flags: u32, range: Range) -> Result<()> {
        self.check_name(name, ExprContext::Store, range)?;
        self.add_def(name, flags, range)
    }

    pub(super) fn allows_top_level_await(&self) -> bool {
        self.top_level_await && self.cur().typ == BlockType::Module
    }

    pub(super) fn mark_module_coroutine(&mut self) {
        if self.allows_top_level_await() {
            self.cur_mut().coroutine = true;
        }
    }

    pub(super) fn conditional_block<R>(&mut self, body: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        let before = std::mem::replace(&mut self.cur_mut().in_conditional_block, true);
        let result = body(self);
        self.cur_mut().in_conditional_block = before;
        result
    }

    /// Refuses `yield`, `await` and `:=` in annotation scopes.
    pub(super) fn refuse_in_annotation_block(&self, what: &str, range: Range) -> Result<()> {
        let entry = self.cur();
        let place = match entry.typ {
            BlockType::Annotation => "an annotation",
            BlockType::TypeVariable => entry.scope_info.unwrap_or("a TypeVar bound"),
            BlockType::TypeAlias => "a type alias",
            BlockType::TypeParameters => "the definition of a generic",
            _ => return Ok(()),
        };
        Err(CompileError::scope(format!("{what} cannot be used within {place}"), range))
    }

    /// The target of a named expression inside a comprehension belongs to the block around the comprehension.
    pub(super) fn extend_namedexpr_scope(&mut self, target: &'a Expr<'a>) -> Result<()> {
        let ExprKind::Name { id: name, .. } = target.kind else {
            return Ok(());
        };
        let range = target.range;
        for i in (0..self.stack.len()).rev() {
            let id = self.stack[i];
            let entry = self.table.entry(id);
            if entry.comprehension != Comprehension::No {
                let known = self.lookup_in(id, name);
                if known & flag::DEF_COMP_ITER != 0 && known & (flag::DEF_LOCAL | flag::DEF_GLOBAL) != 0 {
                    return Err(CompileError::scope(
                        format!("assignment expression cannot rebind comprehension iteration variable '{name}'"),
                        range,
                    ));
                }
                continue;
            }
            let place = match entry.typ {
                BlockType::Function => {
                    let global = self.lookup_in(id, name) & flag::DEF_GLOBAL != 0;
                    let flags = if global { flag::DEF_GLOBAL } else { flag::DEF_NONLOCAL };
                    self.add_def(name, flags, range)?;
                    self.record_directive(name, range);
                    return self.add_def_in(name, flag::DEF_LOCAL, id, range);
                }
                BlockType::Module => {
                    self.add_def(name, flag::DEF_GLOBAL, range)?;
                    self.record_directive(name, range);
                    return self.add_def_in(name, flag::DEF_GLOBAL, id, range);
                }
                BlockType::Annotation => continue,
                BlockType::Class => "in a class body",
                BlockType::TypeParameters => "within the definition of a generic",
                BlockType::TypeAlias => "in a type alias",
                BlockType::TypeVariable => "in a TypeVar bound",
            };
            return Err(CompileError::scope(
                format!("assignment expression within a comprehension cannot be used {place}"),
                range,
            ));
        }
        Ok(())
    }
}
