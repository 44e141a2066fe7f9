//! Warnings about expressions that can't be meant.

use super::Compiler;
use syntax::ast::{CmpOp, Constant, Expr, ExprKind};

impl<'a> Compiler<'a, '_> {
    pub(super) fn check_compare(&mut self, e: &Expr<'a>, left: &Expr<'a>, ops: &[CmpOp], comparators: &[Expr<'a>]) {
        let mut left = left;
        for (op, right) in ops.iter().zip(comparators) {
            let hint = match op {
                CmpOp::Is => Some(("is", "==")),
                CmpOp::IsNot => Some(("is not", "!=")),
                _ => None,
            };
            let literal = [left, right].into_iter().find(|e| is_literal(e));
            if let (Some((word, better)), Some(literal)) = (hint, literal) {
                let name = type_name(literal).unwrap_or("object");
                let msg = format!("\"{word}\" with '{name}' literal. Did you mean \"{better}\"?");
                self.warn(e.range, msg);
            }
            left = right;
        }
    }

    pub(super) fn check_caller(&mut self, func: &Expr<'a>) {
        let callable = !matches!(
            func.kind,
            ExprKind::Constant { .. }
                | ExprKind::Tuple { .. }
                | ExprKind::List { .. }
                | ExprKind::ListComp { .. }
                | ExprKind::Dict { .. }
                | ExprKind::DictComp { .. }
                | ExprKind::Set { .. }
                | ExprKind::SetComp { .. }
                | ExprKind::GeneratorExp { .. }
                | ExprKind::JoinedStr { .. }
                | ExprKind::FormattedValue { .. }
                | ExprKind::TemplateStr { .. }
                | ExprKind::Interpolation { .. }
        );
        if !callable {
            let name = type_name(func).unwrap_or("object");
            let msg = format!("'{name}' object is not callable; perhaps you missed a comma?");
            self.warn(func.range, msg);
        }
    }

    pub(super) fn check_subscripter(&mut self, value: &Expr<'a>) {
        let subscriptable = match value.kind {
            ExprKind::Constant { value, .. } => matches!(value, Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_)),
            ExprKind::Set { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::GeneratorExp { .. }
            | ExprKind::TemplateStr { .. }
            | ExprKind::Interpolation { .. }
            | ExprKind::Lambda { .. } => false,
            _ => true,
        };
        if !subscriptable {
            let name = type_name(value).unwrap_or("object");
            let msg = format!("'{name}' object is not subscriptable; perhaps you missed a comma?");
            self.warn(value.range, msg);
        }
    }

    pub(super) fn check_index(&mut self, value: &Expr<'a>, index: &Expr<'a>) {
        let Some(index_type) = type_name(index) else { return };
        if matches!(index_type, "int" | "bool" | "slice") {
            return;
        }
        let indexed_by_ints = match value.kind {
            ExprKind::Constant { value, .. } => matches!(value, Constant::Str(_) | Constant::Bytes(_) | Constant::Tuple(_)),
            ExprKind::Tuple { .. }
            | ExprKind::List { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::JoinedStr { .. }
            | ExprKind::FormattedValue { .. } => true,
            _ => false,
        };
        if indexed_by_ints {
            let name = type_name(value).unwrap_or("object");
            let msg = format!("{name} indices must be integers or slices, not {index_type}; perhaps you missed a comma?");
            self.warn(value.range, msg);
        }
    }
}

/// A constant whose identity means nothing, or a tuple of constants.
fn is_literal(e: &Expr<'_>) -> bool {
    match e.kind {
        ExprKind::Constant { value, .. } => {
            !matches!(value, Constant::None | Constant::True | Constant::False | Constant::Ellipsis)
        }
        ExprKind::Tuple { elts, .. } => elts.iter().all(|e| matches!(e.kind, ExprKind::Constant { .. })),
        _ => false,
    }
}

/// The type of what an expression gives, where its form tells.
fn type_name(e: &Expr<'_>) -> Option<&'static str> {
    Some(match e.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp { .. } => "list",
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => "dict",
        ExprKind::Set { .. } | ExprKind::SetComp { .. } => "set",
        ExprKind::GeneratorExp { .. } => "generator",
        ExprKind::Lambda { .. } => "function",
        ExprKind::TemplateStr { .. } => "string.templatelib.Template",
        ExprKind::Interpolation { .. } => "string.templatelib.Interpolation",
        ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant { value, .. } => match value {
            Constant::None => "NoneType",
            Constant::True | Constant::False => "bool",
            Constant::Ellipsis => "ellipsis",
            Constant::Int(_) | Constant::BigInt { .. } => "int",
            Constant::Float(_) => "float",
            Constant::Complex { .. } => "complex",
            Constant::Str(_) => "str",
            Constant::Bytes(_) => "bytes",
            Constant::Tuple(_) => "tuple",
            Constant::FrozenSet(_) => "frozenset",
        },
        _ => return None,
    })
}
