//! Type parameters and type aliases (PEP 695, 696).

use super::unit::{ArgCounts, ScopeType};
use super::{Compiler, Ctx};
use crate::error::Result;
use crate::instructions::Location;
use crate::symtable::{EntryId, Part};
use bytecode::tables::{function, intrinsic_1, intrinsic_2};
use bytecode::{Const, op};
use syntax::ast::{Expr, ExprKind, Stmt, TypeParam, TypeParamKind};

impl<'a> Compiler<'a, '_> {
    /// Makes the type parameters, binds their names and leaves a tuple of them.
    pub(super) fn type_params(&mut self, params: &'a [TypeParam<'a>]) -> Result<()> {
        let mut seen_default = false;
        for param in params {
            let loc = Location::from(param.range);
            let (name, bound, default, intrinsic) = match param.kind {
                TypeParamKind::TypeVar { name, bound, default_value } => {
                    (name, bound, default_value, intrinsic_1::INTRINSIC_TYPEVAR)
                }
                TypeParamKind::ParamSpec { name, default_value } => (name, None, default_value, intrinsic_1::INTRINSIC_PARAMSPEC),
                TypeParamKind::TypeVarTuple { name, default_value } => {
                    (name, None, default_value, intrinsic_1::INTRINSIC_TYPEVARTUPLE)
                }
            };
            self.load_str(loc, name);
            if let Some(bound) = bound {
                let id = self.entry_of(param, Part::Body)?;
                self.type_param_part(bound, name, id, false)?;
                let intrinsic = match bound.kind {
                    ExprKind::Tuple { .. } => intrinsic_2::INTRINSIC_TYPEVAR_WITH_CONSTRAINTS,
                    _ => intrinsic_2::INTRINSIC_TYPEVAR_WITH_BOUND,
                };
                self.addop_i(op::CALL_INTRINSIC_2, intrinsic.into(), loc);
            } else {
                self.addop_i(op::CALL_INTRINSIC_1, intrinsic.into(), loc);
            }
            if let Some(default) = default {
                seen_default = true;
                let id = self.entry_of(param, Part::Default)?;
                let starred = matches!(param.kind, TypeParamKind::TypeVarTuple { .. });
                self.type_param_part(default, name, id, starred)?;
                self.addop_i(op::CALL_INTRINSIC_2, intrinsic_2::INTRINSIC_SET_TYPEPARAM_DEFAULT.into(), loc);
            } else if seen_default {
                let msg = format!("non-default type parameter '{name}' follows default type parameter");
                return self.error_at(loc, msg);
            }
            self.addop_i(op::COPY, 1, loc);
            self.nameop(loc, name, Ctx::Store)?;
        }
        if let Some(first) = params.first() {
            self.addop_i(op::BUILD_TUPLE, params.len(), first.range.into());
        }
        Ok(())
    }

    /// The function that evaluates a bound or default.
    fn type_param_part(&mut self, e: &'a Expr<'a>, name: &'a str, id: EntryId, allow_starred: bool) -> Result<()> {
        let loc = Location::from(e.range);
        self.load_format_default(loc);
        self.enter_annotation_scope(loc, id, name);
        match e.kind {
            ExprKind::Starred { value, .. } if allow_starred => {
                self.expr(value)?;
                self.addop_i(op::UNPACK_SEQUENCE, 1, loc);
            }
            _ => self.expr(e)?,
        }
        self.addop(op::RETURN_VALUE, loc);
        let code = self.exit_scope(true)?;
        self.make_closure(loc, code, function::DEFAULTS)
    }

    /// Called without a format, these functions give the value.
    fn load_format_default(&mut self, loc: Location) {
        self.load_const(loc, Const::Tuple([Const::Int(1)].into()));
    }

    pub(super) fn type_alias(
        &mut self,
        s: &'a Stmt<'a>,
        name: &'a Expr<'a>,
        type_params: &'a [TypeParam<'a>],
        value: &'a Expr<'a>,
    ) -> Result<()> {
        let loc = Location::from(s.range);
        let ExprKind::Name { id: name, .. } = name.kind else {
            return Ok(());
        };
        let generic = !type_params.is_empty();
        if generic {
            let scope_name = self.arena.alloc_str(&format!("<generic parameters of {name}>"));
            let id = self.entry_of(s, Part::TypeParams)?;
            let counts = ArgCounts::default();
            self.enter_scope(scope_name, ScopeType::Annotations, id, loc.line, None, counts);
            self.load_str(loc, name);
            self.type_params(type_params)?;
        } else {
            self.load_str(loc, name);
            self.load_none(loc);
        }
        let id = self.entry_of(s, Part::Body)?;
        self.load_format_default(loc);
        self.enter_annotation_scope(loc, id, name);
        self.expr(value)?;
        self.addop(op::RETURN_VALUE, loc);
        let code = self.exit_scope(false)?;
        self.make_closure(loc, code, function::DEFAULTS)?;
        self.addop_i(op::BUILD_TUPLE, 3, loc);
        self.addop_i(op::CALL_INTRINSIC_1, intrinsic_1::INTRINSIC_TYPEALIAS.into(), loc);
        if generic {
            let code = self.exit_scope(false)?;
            self.make_closure(loc, code, 0)?;
            self.addop(op::PUSH_NULL, loc);
            self.addop_i(op::CALL, 0, loc);
        }
        self.nameop(loc, name, Ctx::Store)
    }
}
