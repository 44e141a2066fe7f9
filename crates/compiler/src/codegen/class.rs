//! Classes.

use super::unit::{ArgCounts, ScopeType};
use super::{Compiler, Ctx};
use crate::error::Result;
use crate::instructions::Location;
use crate::symtable::Part;
use bytecode::tables::intrinsic_1;
use bytecode::{Const, op, pseudo};
use syntax::ast::{ClassDef, Stmt};

const NONE: Location = Location::NO_LOCATION;

impl<'a> Compiler<'a, '_> {
    pub(super) fn class_def(&mut self, s: &'a Stmt<'a>, class: &'a ClassDef<'a>) -> Result<()> {
        let loc = Location::from(s.range);
        self.exprs(class.decorator_list)?;
        let firstlineno = class.decorator_list.first().map_or(s.range.line, |d| d.range.line);
        let generic = !class.type_params.is_empty();
        if generic {
            let name = self.arena.alloc_str(&format!("<generic parameters of {}>", class.name));
            let id = self.entry_of(class, Part::TypeParams)?;
            let counts = ArgCounts::default();
            self.enter_scope(name, ScopeType::Annotations, id, firstlineno, Some(class.name), counts);
            self.type_params(class.type_params)?;
            self.nameop(loc, ".type_params", Ctx::Store)?;
        }
        self.class_body(loc, class, firstlineno)?;
        if generic {
            self.nameop(loc, ".type_params", Ctx::Load)?;
            self.addop_i(op::CALL_INTRINSIC_1, intrinsic_1::INTRINSIC_SUBSCRIPT_GENERIC.into(), loc);
            self.nameop(loc, ".generic_base", Ctx::Store)?;
            self.call_helper(loc, 2, class.bases, Some(".generic_base"), class.keywords)?;
            let code = self.exit_scope(false)?;
            self.make_closure(loc, code, 0)?;
            self.addop(op::PUSH_NULL, loc);
            self.addop_i(op::CALL, 0, loc);
        } else {
            self.call_helper(loc, 2, class.bases, None, class.keywords)?;
        }
        self.apply_decorators(class.decorator_list);
        self.nameop(loc, class.name, Ctx::Store)
    }

    /// Compiles the body and puts `__build_class__`, the body's function and the name on the stack.
    fn class_body(&mut self, stmt: Location, class: &'a ClassDef<'a>, firstlineno: i32) -> Result<()> {
        let id = self.entry_of(class, Part::Body)?;
        let counts = ArgCounts::default();
        self.enter_scope(class.name, ScopeType::Class, id, firstlineno, Some(class.name), counts);
        let loc = Location::line_start(firstlineno);
        self.nameop(loc, "__name__", Ctx::Load)?;
        self.nameop(loc, "__module__", Ctx::Store)?;
        let qualname = self.u.qualname;
        self.load_str(loc, qualname);
        self.nameop(loc, "__qualname__", Ctx::Store)?;
        self.load_const(loc, Const::Int(firstlineno.into()));
        self.nameop(loc, "__firstlineno__", Ctx::Store)?;
        if !class.type_params.is_empty() {
            self.nameop(loc, ".type_params", Ctx::Load)?;
            self.nameop(loc, "__type_params__", Ctx::Store)?;
        }
        if self.ste().needs_classdict {
            self.addop(op::LOAD_LOCALS, loc);
            self.store_class_cell("__classdict__", loc);
        }
        if self.ste().has_conditional_annotations {
            self.addop_i(op::BUILD_SET, 0, loc);
            self.store_class_cell("__conditional_annotations__", loc);
        }
        self.body(loc, class.body)?;
        let attributes = self.u.static_attributes.iter().map(|a| crate::constant::string(a));
        let attributes = Const::Tuple(attributes.collect());
        self.load_const(NONE, attributes);
        self.nameop(NONE, "__static_attributes__", Ctx::Store)?;
        if self.ste().needs_classdict {
            let cell = self.u.cell_index("__classdict__");
            self.addop_i(pseudo::LOAD_CLOSURE, cell, NONE);
            self.nameop(NONE, "__classdictcell__", Ctx::Store)?;
        }
        if self.ste().needs_class_closure {
            // Handed to `type.__new__`, which fills the cell.
            let cell = self.u.cell_index("__class__");
            self.addop_i(pseudo::LOAD_CLOSURE, cell, NONE);
            self.addop_i(op::COPY, 1, NONE);
            self.nameop(NONE, "__classcell__", Ctx::Store)?;
        } else {
            self.load_none(NONE);
        }
        self.addop(op::RETURN_VALUE, NONE);
        let code = self.exit_scope(true)?;
        self.addop(op::LOAD_BUILD_CLASS, stmt);
        self.addop(op::PUSH_NULL, stmt);
        self.make_closure(stmt, code, 0)?;
        self.load_str(stmt, class.name);
        Ok(())
    }

    fn store_class_cell(&mut self, name: &'a str, loc: Location) {
        let cell = self.u.cell_index(name);
        self.addop_i(op::STORE_DEREF, cell, loc);
    }
}
