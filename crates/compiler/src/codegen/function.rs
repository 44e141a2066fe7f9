//! Functions and lambdas.

use super::fblock::FBlockKind;
use super::unit::{ArgCounts, ScopeType};
use super::{Compiler, Ctx, doc_constant, docstring};
use crate::error::Result;
use crate::instructions::Location;
use crate::symtable::Part;
use bytecode::op;
use bytecode::tables::{function, intrinsic_2};
use syntax::ast::{Arguments, Expr, FunctionDef, Stmt};

impl<'a> Compiler<'a, '_> {
    pub(super) fn function_def(&mut self, s: &'a Stmt<'a>, f: &'a FunctionDef<'a>, is_async: bool) -> Result<()> {
        let loc = Location::from(s.range);
        self.exprs(f.decorator_list)?;
        let firstlineno = f.decorator_list.first().map_or(s.range.line, |d| d.range.line);
        let mut flags = self.default_arguments(loc, f.args)?;
        let generic = !f.type_params.is_empty();
        let has = |bit: u8| usize::from(flags & bit != 0);
        let passed = has(function::DEFAULTS) + has(function::KWDEFAULTS);
        if generic {
            if passed == 2 {
                self.addop_i(op::SWAP, 2, loc);
            }
            let name = self.arena.alloc_str(&format!("<generic parameters of {}>", f.name));
            let id = self.entry_of(f, Part::TypeParams)?;
            let counts = ArgCounts { args: passed as u32, ..Default::default() };
            self.enter_scope(name, ScopeType::Annotations, id, firstlineno, None, counts);
            self.type_params(f.type_params)?;
            for i in 0..passed {
                self.addop_i(op::LOAD_FAST, i, loc);
            }
        }
        flags |= self.function_annotations(loc, f)?;
        self.function_body(loc, f, is_async, flags, firstlineno)?;
        if generic {
            self.addop_i(op::SWAP, 2, loc);
            self.addop_i(op::CALL_INTRINSIC_2, intrinsic_2::INTRINSIC_SET_FUNCTION_TYPE_PARAMS.into(), loc);
            let code = self.exit_scope(false)?;
            self.make_closure(loc, code, 0)?;
            if passed > 0 {
                self.addop_i(op::SWAP, passed + 1, loc);
                self.addop_i(op::CALL, passed - 1, loc);
            } else {
                self.addop(op::PUSH_NULL, loc);
                self.addop_i(op::CALL, 0, loc);
            }
        }
        self.apply_decorators(f.decorator_list);
        self.nameop(loc, f.name, Ctx::Store)
    }

    pub(super) fn apply_decorators(&mut self, decorators: &[Expr<'a>]) {
        for decorator in decorators.iter().rev() {
            self.addop_i(op::CALL, 0, decorator.range.into());
        }
    }

    fn function_body(
        &mut self,
        loc: Location,
        f: &'a FunctionDef<'a>,
        is_async: bool,
        flags: u8,
        firstlineno: i32,
    ) -> Result<()> {
        let scope = if is_async { ScopeType::AsyncFunction } else { ScopeType::Function };
        let id = self.entry_of(f, Part::Body)?;
        self.enter_scope(f.name, scope, id, firstlineno, None, counts(f.args));
        let mut body = f.body;
        if let Some((doc, _)) = docstring(f.body) {
            body = &f.body[1..];
            let doc = doc_constant(doc)?;
            self.u.consts.add(doc);
        }
        let is_generator = self.ste().coroutine || self.ste().generator;
        if is_generator {
            // The handler around the body takes a block.
            let start = self.new_label();
            self.use_label(start);
            self.push_fblock(Location::NO_LOCATION, FBlockKind::StopIteration, Some(start), None)?;
        }
        self.stmts(body)?;
        if is_generator {
            self.wrap_in_stopiteration_handler();
            self.pop_fblock();
        }
        let code = self.exit_scope(true)?;
        self.make_closure(loc, code, flags)
    }

    pub(super) fn lambda(&mut self, e: &'a Expr<'a>, args: &'a Arguments<'a>, body: &'a Expr<'a>) -> Result<()> {
        let loc = Location::from(e.range);
        let flags = self.default_arguments(loc, args)?;
        let id = self.entry_of(e, Part::Body)?;
        self.enter_scope("<lambda>", ScopeType::Lambda, id, e.range.line, None, counts(args));
        self.expr(body)?;
        let code = if self.ste().generator {
            self.exit_scope(false)?
        } else {
            self.addop(op::RETURN_VALUE, body.range.into());
            self.exit_scope(true)?
        };
        self.make_closure(loc, code, flags)
    }

    /// Puts default values on the stack and returns which there are.
    fn default_arguments(&mut self, loc: Location, args: &'a Arguments<'a>) -> Result<u8> {
        let mut flags = 0;
        if !args.defaults.is_empty() {
            flags |= function::DEFAULTS;
            self.exprs(args.defaults)?;
            self.addop_i(op::BUILD_TUPLE, args.defaults.len(), loc);
        }
        let mut kwdefaults = 0;
        for (arg, default) in args.kwonlyargs.iter().zip(args.kw_defaults) {
            let Some(default) = default else { continue };
            let name = self.mangle(arg.arg);
            self.load_str(loc, name);
            self.expr(default)?;
            kwdefaults += 1;
        }
        if kwdefaults > 0 {
            flags |= function::KWDEFAULTS;
            self.addop_i(op::BUILD_MAP, kwdefaults, loc);
        }
        Ok(flags)
    }
}

fn counts(args: &Arguments<'_>) -> ArgCounts {
    ArgCounts { args: args.args.len() as u32, posonly: args.posonlyargs.len() as u32, kwonly: args.kwonlyargs.len() as u32 }
}
