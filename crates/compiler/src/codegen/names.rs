//! Loading, storing and deleting names and attributes.

use super::{Compiler, Ctx};
use crate::error::Result;
use crate::instructions::Location;
use crate::symtable::{BlockType, Scope};
use bytecode::op;
use syntax::ast::{Expr, ExprKind};

enum NameOp {
    Fast,
    Global,
    Deref,
    Name,
}

impl<'a> Compiler<'a, '_> {
    pub(super) fn nameop(&mut self, loc: Location, name: &'a str, ctx: Ctx) -> Result<()> {
        let name = self.mangle(name);
        let scope = self.ste().scope(name);
        let function_like = self.ste().is_function_like();
        let in_class = self.ste().typ == BlockType::Class;
        let inlined = self.u.inlined_comp > 0;
        let sees_class = self.ste().can_see_class_scope;
        let kind = match scope {
            Scope::Free | Scope::Cell => NameOp::Deref,
            Scope::Local if function_like || self.u.fasthidden.get(name) == Some(&true) => NameOp::Fast,
            Scope::GlobalImplicit if function_like => NameOp::Global,
            Scope::GlobalExplicit => NameOp::Global,
            _ => NameOp::Name,
        };
        match kind {
            NameOp::Fast => {
                let index = self.u.varnames.add(name);
                let opcode = by_ctx(ctx, op::LOAD_FAST, op::STORE_FAST, op::DELETE_FAST);
                self.addop_i(opcode, index, loc);
            }
            NameOp::Deref => {
                let index = match scope {
                    Scope::Free => self.u.free_index(name),
                    _ => self.u.cell_index(name),
                };
                let mut opcode = by_ctx(ctx, op::LOAD_DEREF, op::STORE_DEREF, op::DELETE_DEREF);
                if ctx == Ctx::Load && in_class && !inlined {
                    opcode = op::LOAD_FROM_DICT_OR_DEREF;
                    self.addop(op::LOAD_LOCALS, loc);
                } else if ctx == Ctx::Load && sees_class {
                    opcode = op::LOAD_FROM_DICT_OR_DEREF;
                    self.load_classdict(loc);
                }
                self.addop_i(opcode, index, loc);
            }
            NameOp::Global => {
                let index = self.u.names.add(name);
                match ctx {
                    Ctx::Load if sees_class && scope == Scope::GlobalImplicit => {
                        self.load_classdict(loc);
                        self.addop_i(op::LOAD_FROM_DICT_OR_GLOBALS, index, loc);
                    }
                    Ctx::Load => self.addop_i(op::LOAD_GLOBAL, index << 1, loc),
                    Ctx::Store => self.addop_i(op::STORE_GLOBAL, index, loc),
                    Ctx::Del => self.addop_i(op::DELETE_GLOBAL, index, loc),
                }
            }
            NameOp::Name => {
                let index = self.u.names.add(name);
                match ctx {
                    Ctx::Load if in_class && inlined => self.addop_i(op::LOAD_GLOBAL, index << 1, loc),
                    _ => self.addop_i(by_ctx(ctx, op::LOAD_NAME, op::STORE_NAME, op::DELETE_NAME), index, loc),
                }
            }
        }
        Ok(())
    }

    fn load_classdict(&mut self, loc: Location) {
        let index = self.u.free_index("__classdict__");
        self.addop_i(op::LOAD_DEREF, index, loc);
    }

    /// An instruction whose operand is an index into `co_names`; the name is mangled.
    pub(super) fn addop_name(&mut self, opcode: u8, name: &'a str, loc: Location) {
        let index = self.name_index(name);
        self.addop_i(opcode, index, loc);
    }

    pub(super) fn name_index(&mut self, name: &'a str) -> usize {
        let name = self.mangle(name);
        self.u.names.add(name)
    }

    pub(super) fn load_attr(&mut self, name: &'a str, loc: Location) {
        let index = self.name_index(name);
        self.addop_i(op::LOAD_ATTR, index << 1, loc);
    }

    pub(super) fn load_method(&mut self, name: &'a str, loc: Location) {
        let index = self.name_index(name);
        self.addop_i(op::LOAD_ATTR, index << 1 | 1, loc);
    }

    /// The attribute of a multi-line expression is where its name is, on the last line.
    pub(super) fn attr_location(&self, loc: Location, attr: &Expr<'a>) -> Location {
        let ExprKind::Attribute { attr: name, .. } = attr.kind else {
            return loc;
        };
        let mut loc = loc;
        if loc.line != attr.range.end_line {
            loc.line = attr.range.end_line;
            let len = name.chars().count() as i32;
            if len <= attr.range.end_col {
                loc.col = attr.range.end_col - len;
            } else {
                // The tree of a program, with places of its own choice.
                loc.col = -1;
                loc.end_col = -1;
            }
        }
        loc
    }
}

pub(super) fn by_ctx(ctx: Ctx, load: u8, store: u8, del: u8) -> u8 {
    match ctx {
        Ctx::Load => load,
        Ctx::Store => store,
        Ctx::Del => del,
    }
}
