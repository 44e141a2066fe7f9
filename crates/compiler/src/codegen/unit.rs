//! One scope while it is compiled.

use super::fblock::FBlock;
use crate::instructions::InstrSequence;
use crate::symtable::{EntryId, Scope, SymbolTable, flag};
use bytecode::{Const, ConstKey};
use std::collections::{BTreeSet, HashMap};
use syntax::ast::Stmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeType {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    /// Annotations and everything around type parameters.
    Annotations,
}

/// Names and their indices, in order of first use.
#[derive(Debug, Default)]
pub(super) struct NameTable<'a> {
    pub(super) list: Vec<&'a str>,
    index: HashMap<&'a str, usize>,
}

impl<'a> NameTable<'a> {
    pub(super) fn add(&mut self, name: &'a str) -> usize {
        let next = self.list.len();
        let index = *self.index.entry(name).or_insert(next);
        if index == next {
            self.list.push(name);
        }
        index
    }

    pub(super) fn get(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }
}

/// Constants and their indices.
#[derive(Debug, Default)]
pub(super) struct ConstTable {
    pub(super) list: Vec<Const>,
    index: HashMap<ConstKey, usize>,
}

impl ConstTable {
    pub(super) fn add(&mut self, value: Const) -> usize {
        let next = self.list.len();
        let index = *self.index.entry(ConstKey(value.clone())).or_insert(next);
        if index == next {
            self.list.push(value);
        }
        index
    }
}

/// How many parameters of which kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ArgCounts {
    pub(super) args: u32,
    pub(super) posonly: u32,
    pub(super) kwonly: u32,
}

#[derive(Debug)]
pub(super) struct Unit<'a> {
    pub(super) ste: EntryId,
    pub(super) scope: ScopeType,
    /// The class whose private names are mangled.
    pub(super) private: Option<&'a str>,
    pub(super) name: &'a str,
    pub(super) qualname: &'a str,
    pub(super) counts: ArgCounts,
    pub(super) firstlineno: i32,
    pub(super) consts: ConstTable,
    pub(super) names: NameTable<'a>,
    pub(super) varnames: NameTable<'a>,
    pub(super) cellvars: NameTable<'a>,
    /// Indices count from the number of `cellvars`.
    pub(super) freevars: NameTable<'a>,
    /// Fast locals of inlined comprehensions; true while the comprehension is being compiled.
    pub(super) fasthidden: HashMap<&'a str, bool>,
    pub(super) seq: InstrSequence,
    pub(super) fblocks: Vec<FBlock<'a>>,
    pub(super) inlined_comp: u32,
    /// Attributes that methods set on `self`.
    pub(super) static_attributes: BTreeSet<&'a str>,
    /// Annotated assignments and the index of each that is conditional.
    pub(super) deferred: Vec<(&'a Stmt<'a>, Option<i64>)>,
    pub(super) next_conditional: i64,
    pub(super) in_conditional_block: bool,
}

impl<'a> Unit<'a> {
    pub(super) fn new(
        table: &SymbolTable<'a>,
        ste: EntryId,
        scope: ScopeType,
        private: Option<&'a str>,
        name: &'a str,
        firstlineno: i32,
    ) -> Unit<'a> {
        let entry = table.entry(ste);
        let mut unit = Unit {
            ste,
            scope,
            private,
            name,
            qualname: name,
            counts: ArgCounts::default(),
            firstlineno,
            consts: ConstTable::default(),
            names: NameTable::default(),
            varnames: NameTable::default(),
            cellvars: NameTable::default(),
            freevars: NameTable::default(),
            fasthidden: HashMap::new(),
            seq: InstrSequence::new(),
            fblocks: Vec::new(),
            inlined_comp: 0,
            static_attributes: BTreeSet::new(),
            deferred: Vec::new(),
            next_conditional: 0,
            in_conditional_block: false,
        };
        for name in &entry.varnames {
            unit.varnames.add(name);
        }
        let (mut cells, mut free) = (Vec::new(), Vec::new());
        for (name, flags) in entry.symbols.iter() {
            let scope = Scope::of(flags);
            if scope == Scope::Cell || flags & flag::DEF_COMP_CELL != 0 {
                cells.push(name);
            }
            if scope == Scope::Free || flags & flag::DEF_FREE_CLASS != 0 {
                free.push(name);
            }
        }
        // In the order of Python's strings, which for UTF-8 is that of the bytes.
        cells.sort_unstable();
        free.sort_unstable();
        // What a class provides to its methods is a cell of its own. A module gets one that it does not use.
        let provided = [
            ("__class__", entry.needs_class_closure),
            ("__classdict__", entry.needs_classdict),
            ("__conditional_annotations__", entry.has_conditional_annotations),
        ];
        cells.extend(provided.iter().filter(|p| p.1).map(|p| p.0));
        cells.into_iter().for_each(|name| {
            unit.cellvars.add(name);
        });
        free.into_iter().for_each(|name| {
            unit.freevars.add(name);
        });
        unit
    }

    pub(super) fn cell_index(&mut self, name: &'a str) -> usize {
        self.cellvars.add(name)
    }

    pub(super) fn free_index(&mut self, name: &'a str) -> usize {
        self.cellvars.list.len() + self.freevars.add(name)
    }
}
