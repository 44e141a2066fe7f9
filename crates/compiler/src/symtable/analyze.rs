//! Resolves every name to its scope.

use super::{BlockType, Comprehension, EntryId, Scope, SymbolTable, Symbols, flag};
use crate::error::{CompileError, Depth, Result, grow};
use std::collections::{HashMap, HashSet};

type Names<'a> = HashSet<&'a str>;

/// Sets the scope bits of all symbols, decides which comprehensions are inlined and what classes must provide.
pub(super) fn analyze(table: &mut SymbolTable<'_>) -> Result<()> {
    let mut pass = Analysis { table, depth: Depth::default() };
    let mut free = Names::new();
    let outer = Outer { bound: None, global: Names::new(), type_params: Names::new(), class: None };
    pass.block(SymbolTable::TOP, outer, &mut free)
}

/// What the surroundings of a block know.
struct Outer<'a> {
    /// Names bound in enclosing functions; `None` for the module.
    bound: Option<Names<'a>>,
    /// Names declared global in enclosing blocks.
    global: Names<'a>,
    type_params: Names<'a>,
    /// The class whose namespace the block may look into.
    class: Option<EntryId>,
}

struct Analysis<'t, 'a> {
    table: &'t mut SymbolTable<'a>,
    depth: Depth,
}

/// What a class provides to blocks inside of it, without the class body itself seeing it.
const CLASS_CELLS: [&str; 3] = ["__class__", "__classdict__", "__conditional_annotations__"];

impl<'a> Analysis<'_, 'a> {
    fn block(&mut self, id: EntryId, outer: Outer<'a>, free: &mut Names<'a>) -> Result<()> {
        self.depth.enter()?;
        let result = grow(|| self.block_inner(id, outer, free));
        self.depth.leave();
        result
    }

    fn block_inner(&mut self, id: EntryId, mut outer: Outer<'a>, free: &mut Names<'a>) -> Result<()> {
        let entry = self.table.entry(id);
        let is_class = entry.typ == BlockType::Class;
        let function_like = entry.is_function_like();
        let can_see_class_scope = entry.can_see_class_scope;
        let mut new_bound = Names::new();
        let mut new_global = Names::new();
        let mut new_free = Names::new();
        if is_class {
            // Names of the class body are invisible inside; what is around stays visible.
            new_global.extend(&outer.global);
            if let Some(bound) = &outer.bound {
                new_bound.extend(bound);
            }
        }
        let mut scopes = HashMap::new();
        let mut local = Names::new();
        for (name, flags) in entry.symbols.iter() {
            let scope = self.name(id, name, flags, &mut outer, &mut local, free)?;
            scopes.insert(name, scope);
        }
        if is_class {
            new_bound.extend(CLASS_CELLS);
        } else {
            if function_like {
                new_bound.extend(&local);
            }
            if let Some(bound) = &outer.bound {
                new_bound.extend(bound);
            }
            new_global.extend(&outer.global);
        }
        let mut inlined_cells = Names::new();
        let children = self.table.entry(id).children.clone();
        for &child in &children {
            let entry = self.table.entry(child);
            let class = match entry.can_see_class_scope {
                true if is_class => Some(id),
                true => outer.class,
                false => None,
            };
            let inlined = !matches!(entry.comprehension, Comprehension::No | Comprehension::Generator) && !can_see_class_scope;
            let inner = Outer {
                bound: Some(new_bound.clone()),
                global: new_global.clone(),
                type_params: outer.type_params.clone(),
                class,
            };
            let mut child_free = Names::new();
            self.block(child, inner, &mut child_free)?;
            if inlined {
                self.inline_comprehension(id, child, &mut scopes, &mut child_free, &mut inlined_cells);
                self.table.entry_mut(child).comp_inlined = true;
            }
            new_free.extend(child_free);
        }
        self.splice_inlined(id, &children);
        if function_like {
            analyze_cells(&mut scopes, &mut new_free, &inlined_cells);
        } else if is_class {
            self.drop_class_free(id, &mut new_free);
        }
        update_symbols(
            &mut self.table.entry_mut(id).symbols,
            &scopes,
            outer.bound.as_ref(),
            &new_free,
            &inlined_cells,
            is_class || can_see_class_scope,
        );
        free.extend(new_free);
        Ok(())
    }

    fn name(
        &self,
        id: EntryId,
        name: &'a str,
        flags: u32,
        outer: &mut Outer<'a>,
        local: &mut Names<'a>,
        free: &mut Names<'a>,
    ) -> Result<Scope> {
        if flags & flag::DEF_GLOBAL != 0 {
            if flags & flag::DEF_NONLOCAL != 0 {
                return Err(self.directive_error(id, name, format!("name '{name}' is nonlocal and global")));
            }
            outer.global.insert(name);
            if let Some(bound) = &mut outer.bound {
                bound.remove(name);
            }
            return Ok(Scope::GlobalExplicit);
        }
        if flags & flag::DEF_NONLOCAL != 0 {
            let Some(bound) = &outer.bound else {
                let msg = "nonlocal declaration not allowed at module level".to_string();
                return Err(self.directive_error(id, name, msg));
            };
            if !bound.contains(name) {
                return Err(self.directive_error(id, name, format!("no binding for nonlocal '{name}' found")));
            }
            if outer.type_params.contains(name) {
                let msg = format!("nonlocal binding not allowed for type parameter '{name}'");
                return Err(self.directive_error(id, name, msg));
            }
            free.insert(name);
            return Ok(Scope::Free);
        }
        if flags & flag::DEF_BOUND != 0 {
            local.insert(name);
            outer.global.remove(name);
            if flags & flag::DEF_TYPE_PARAM != 0 {
                outer.type_params.insert(name);
            } else {
                outer.type_params.remove(name);
            }
            return Ok(Scope::Local);
        }
        // A name that the class binds is looked up in its namespace at run time and must bypass functions around it.
        if let Some(class) = outer.class {
            let in_class = self.table.entry(class).flags(name);
            if name == "__classdict__" {
                // The namespace itself is needed, even where the class binds a variable of that name.
                free.insert(name);
            }
            if in_class & flag::DEF_GLOBAL != 0 {
                return Ok(Scope::GlobalExplicit);
            }
            if in_class & flag::DEF_BOUND != 0 && in_class & flag::DEF_NONLOCAL == 0 {
                return Ok(Scope::GlobalImplicit);
            }
        }
        if outer.bound.as_ref().is_some_and(|bound| bound.contains(name)) {
            free.insert(name);
            return Ok(Scope::Free);
        }
        Ok(Scope::GlobalImplicit)
    }

    fn directive_error(&self, id: EntryId, name: &str, msg: String) -> Box<CompileError> {
        let directives = &self.table.entry(id).directives;
        let range = directives.iter().find(|d| d.0 == name).map(|d| d.1).unwrap_or_default();
        CompileError::scope(msg, range)
    }

    /// Takes the names of a comprehension over into the block that it is compiled in.
    fn inline_comprehension(
        &mut self,
        id: EntryId,
        comp: EntryId,
        scopes: &mut HashMap<&'a str, Scope>,
        comp_free: &mut Names<'a>,
        inlined_cells: &mut Names<'a>,
    ) {
        let symbols: Vec<(&'a str, u32)> = self.table.entry(comp).symbols.iter().collect();
        let is_class = self.table.entry(id).typ == BlockType::Class;
        for (name, flags) in symbols {
            if flags & flag::DEF_PARAM != 0 {
                continue;
            }
            let mut scope = Scope::of(flags);
            let only_flags = flags & ((1 << flag::SCOPE_OFF) - 1);
            if scope == Scope::Cell || only_flags & flag::DEF_COMP_CELL != 0 {
                inlined_cells.insert(name);
            }
            match self.table.entry(id).symbols.get(name) {
                None => {
                    if scope == Scope::Free && is_class && CLASS_CELLS.contains(&name) {
                        scope = Scope::GlobalImplicit;
                        if !self.is_free_in_any_child(comp, name) {
                            comp_free.remove(name);
                        }
                        self.table.entry_mut(comp).symbols.remove(name);
                    }
                    self.table.entry_mut(id).symbols.set(name, only_flags);
                    scopes.insert(name, scope);
                }
                Some(_) if scope == Scope::Free && is_class && CLASS_CELLS.contains(&name) => {
                    if !self.is_free_in_any_child(comp, name) {
                        comp_free.remove(name);
                    }
                    let global = only_flags | (Scope::GlobalImplicit as u32) << flag::SCOPE_OFF;
                    self.table.entry_mut(comp).symbols.set(name, global);
                }
                // What is free in the comprehension and local here is just a local, unless inner functions need it.
                Some(outer) if outer & flag::DEF_BOUND != 0 && !is_class => {
                    if !self.is_free_in_any_child(comp, name) {
                        comp_free.remove(name);
                    }
                }
                Some(_) => {}
            }
        }
    }

    fn is_free_in_any_child(&self, id: EntryId, name: &str) -> bool {
        let children = &self.table.entry(id).children;
        children.iter().any(|&child| self.table.entry(child).scope(name) == Scope::Free)
    }

    fn splice_inlined(&mut self, id: EntryId, children: &[EntryId]) {
        let mut spliced = Vec::with_capacity(children.len());
        for &child in children {
            let entry = self.table.entry(child);
            if entry.comp_inlined {
                spliced.extend_from_slice(&entry.children);
            } else {
                spliced.push(child);
            }
        }
        self.table.entry_mut(id).children = spliced;
    }

    fn drop_class_free(&mut self, id: EntryId, free: &mut Names<'a>) {
        let entry = self.table.entry_mut(id);
        entry.needs_class_closure |= free.remove("__class__");
        entry.needs_classdict |= free.remove("__classdict__");
        entry.has_conditional_annotations |= free.remove("__conditional_annotations__");
    }
}

/// Locals that inner functions need become cells.
fn analyze_cells<'a>(scopes: &mut HashMap<&'a str, Scope>, free: &mut Names<'a>, inlined_cells: &Names<'a>) {
    for (name, scope) in scopes {
        if *scope == Scope::Local && (free.contains(name) || inlined_cells.contains(name)) {
            *scope = Scope::Cell;
            free.remove(name);
        }
    }
}

fn update_symbols<'a>(
    symbols: &mut Symbols<'a>,
    scopes: &HashMap<&'a str, Scope>,
    bound: Option<&Names<'a>>,
    free: &Names<'a>,
    inlined_cells: &Names<'a>,
    class_like: bool,
) {
    for (name, flags) in &mut symbols.list {
        if inlined_cells.contains(name) {
            *flags |= flag::DEF_COMP_CELL;
        }
        *flags |= (scopes.get(name).map_or(0, |s| *s as u32)) << flag::SCOPE_OFF;
    }
    let mut free: Vec<&'a str> = free.iter().copied().collect();
    free.sort_unstable();
    for name in free {
        match symbols.get(name) {
            Some(flags) if class_like => symbols.set(name, flags | flag::DEF_FREE_CLASS),
            Some(_) => {}
            // A name that no function around binds is global.
            None if bound.is_some_and(|bound| !bound.contains(name)) => {}
            None => symbols.set(name, (Scope::Free as u32) << flag::SCOPE_OFF),
        }
    }
}
