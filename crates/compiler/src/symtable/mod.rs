//! The symbol table: every block of a module with its names and where each of them lives.
//!
//! `build` visits the tree once and records how each block uses its names (`DEF_*`, `USE` bits); `analyze` then
//! resolves each name to a scope. The result serves code generation and Python's `symtable` module.

mod analyze;
mod build;
mod build_expr;
mod scopes;

use crate::mangle::mangle;
use std::collections::{HashMap, HashSet};
use syntax::Arena;
use syntax::ast::Range;

pub use build::build;

/// Bits that say how a block uses a name.
pub mod flag {
    /// `global` statement.
    pub const DEF_GLOBAL: u32 = 1;
    /// Assignment in the block.
    pub const DEF_LOCAL: u32 = 2;
    /// Formal parameter.
    pub const DEF_PARAM: u32 = 4;
    /// `nonlocal` statement.
    pub const DEF_NONLOCAL: u32 = 8;
    /// The name is read.
    pub const USE: u32 = 16;
    /// Free variable of a method that the class body binds as well.
    pub const DEF_FREE_CLASS: u32 = 64;
    /// Bound by `import`.
    pub const DEF_IMPORT: u32 = 128;
    /// The name is annotated.
    pub const DEF_ANNOT: u32 = 256;
    /// Iteration variable of a comprehension.
    pub const DEF_COMP_ITER: u32 = 512;
    /// Type parameter.
    pub const DEF_TYPE_PARAM: u32 = 1024;
    /// A cell in an inlined comprehension.
    pub const DEF_COMP_CELL: u32 = 2048;
    pub const DEF_BOUND: u32 = DEF_LOCAL | DEF_PARAM | DEF_IMPORT;
    /// The scope of a name stands in the bits from here on.
    pub const SCOPE_OFF: u32 = 12;
    pub const SCOPE_MASK: u32 = 15;
}

/// Where a name lives. The numbers are those of Python's `_symtable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Unknown = 0,
    Local = 1,
    GlobalExplicit = 2,
    GlobalImplicit = 3,
    Free = 4,
    Cell = 5,
}

impl Scope {
    /// The scope in a symbol's flags.
    pub fn of(flags: u32) -> Scope {
        match (flags >> flag::SCOPE_OFF) & flag::SCOPE_MASK {
            1 => Scope::Local,
            2 => Scope::GlobalExplicit,
            3 => Scope::GlobalImplicit,
            4 => Scope::Free,
            5 => Scope::Cell,
            _ => Scope::Unknown,
        }
    }
}

/// The kinds of blocks. The numbers are those of Python's `_symtable`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockType {
    Function = 0,
    Class = 1,
    Module = 2,
    /// The `__annotate__` function of a block or function.
    Annotation = 3,
    TypeAlias = 4,
    /// Around a generic function, class or alias.
    TypeParameters = 5,
    /// Bound, constraints or default of one type parameter.
    TypeVariable = 6,
}

/// Which comprehension a function block is, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comprehension {
    No,
    List,
    Dict,
    Set,
    Generator,
}

/// The index of an entry in its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EntryId(pub u32);

/// The names of a block with their flags, in the order in which they came up.
#[derive(Clone, Debug, Default)]
pub struct Symbols<'a> {
    list: Vec<(&'a str, u32)>,
    index: HashMap<&'a str, u32>,
}

impl<'a> Symbols<'a> {
    pub fn get(&self, name: &str) -> Option<u32> {
        self.index.get(name).map(|&i| self.list[i as usize].1)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'a str, u32)> + '_ {
        self.list.iter().copied()
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn set(&mut self, name: &'a str, flags: u32) {
        let next = self.list.len() as u32;
        let i = *self.index.entry(name).or_insert(next);
        if i == next {
            self.list.push((name, flags));
        } else {
            self.list[i as usize].1 = flags;
        }
    }

    fn remove(&mut self, name: &str) {
        if let Some(i) = self.index.remove(name) {
            self.list.remove(i as usize);
            for place in self.index.values_mut() {
                if *place > i {
                    *place -= 1;
                }
            }
        }
    }
}

/// One block.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    pub name: &'a str,
    pub typ: BlockType,
    pub symbols: Symbols<'a>,
    /// Parameters, in order.
    pub varnames: Vec<&'a str>,
    pub children: Vec<EntryId>,
    /// The block, or one around it, is a function.
    pub nested: bool,
    /// Where the block begins; line 0 for a module.
    pub range: Range,
    pub generator: bool,
    pub coroutine: bool,
    pub comprehension: Comprehension,
    pub varargs: bool,
    pub varkeywords: bool,
    /// A `return` statement has a value.
    pub returns_value: bool,
    /// A class whose methods use `__class__` or `super`.
    pub needs_class_closure: bool,
    /// A class with annotation scopes that look names up in its namespace.
    pub needs_classdict: bool,
    /// The comprehension is compiled in place (PEP 709).
    pub comp_inlined: bool,
    /// An annotation scope that stands immediately in a class.
    pub can_see_class_scope: bool,
    pub has_docstring: bool,
    /// A function whose parent is a class.
    pub method: bool,
    /// Some annotations may never be reached.
    pub has_conditional_annotations: bool,
    /// The block of the annotations of variables.
    pub annotation_block: Option<EntryId>,
    /// For the annotations of a function: the function's name.
    pub function_name: Option<&'a str>,
    pub annotations_used: bool,
    /// If present, only these names are mangled.
    mangled_names: Option<HashSet<&'a str>>,
    directives: Vec<(&'a str, Range)>,
    /// Names the part of a type parameter that a `TypeVariable` block is, for messages.
    scope_info: Option<&'static str>,
    in_conditional_block: bool,
    in_unevaluated_annotation: bool,
    comp_iter_target: bool,
    comp_iter_expr: u32,
}

impl<'a> Entry<'a> {
    /// The flags of a name; 0 if the block does not know it.
    pub fn flags(&self, name: &str) -> u32 {
        self.symbols.get(name).unwrap_or(0)
    }

    /// The scope of a (mangled) name.
    pub fn scope(&self, name: &str) -> Scope {
        Scope::of(self.flags(name))
    }

    /// Whether code of this block has fast locals.
    pub fn is_function_like(&self) -> bool {
        !matches!(self.typ, BlockType::Class | BlockType::Module)
    }

    /// Mangles a name that stands in this block.
    pub fn mangle(&self, arena: &'a Arena, private: Option<&str>, name: &'a str) -> &'a str {
        match &self.mangled_names {
            Some(only) if !only.contains(name) => name,
            _ => mangle(arena, private, name),
        }
    }
}

/// Says which block of a node is meant. Nodes are known by their address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(usize, Part);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    /// The block of the node itself; the bound of a type parameter.
    Body,
    TypeParams,
    Annotations,
    Default,
}

impl Key {
    pub(crate) fn new<T>(node: &T, part: Part) -> Key {
        Key(std::ptr::from_ref(node) as usize, part)
    }
}

/// All blocks of a module.
#[derive(Debug)]
pub struct SymbolTable<'a> {
    pub(crate) entries: Vec<Entry<'a>>,
    blocks: HashMap<Key, EntryId>,
}

impl<'a> SymbolTable<'a> {
    /// The module's block.
    pub const TOP: EntryId = EntryId(0);

    pub fn entry(&self, id: EntryId) -> &Entry<'a> {
        &self.entries[id.0 as usize]
    }

    /// All blocks, in the order in which they were entered.
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    pub(crate) fn lookup(&self, key: Key) -> Option<EntryId> {
        self.blocks.get(&key).copied()
    }

    /// Gives a name other flags, while an inlined comprehension is compiled. Flags of 0 make it unknown.
    pub(crate) fn set_flags(&mut self, id: EntryId, name: &'a str, flags: u32) {
        self.entry_mut(id).symbols.set(name, flags);
    }

    fn entry_mut(&mut self, id: EntryId) -> &mut Entry<'a> {
        &mut self.entries[id.0 as usize]
    }
}
