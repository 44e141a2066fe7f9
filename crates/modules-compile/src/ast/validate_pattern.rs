//! The checks of patterns.

use super::validate::Validator;
use runtime::PyResult;
use syntax::ast::{Constant, Expr, ExprKind, Operator, Pattern, PatternKind, UnaryOp};

fn capture(v: &Validator<'_>, name: &str) -> PyResult<()> {
    if name == "_" {
        return v.fail("can't capture name '_' in patterns");
    }
    v.name(name)
}

fn opt_capture(v: &Validator<'_>, name: Option<&str>) -> PyResult<()> {
    name.map_or(Ok(()), |n| capture(v, n))
}

/// A number: real or not, as asked for.
fn is_number(e: &Expr<'_>, real: bool, imaginary: bool) -> bool {
    match e.kind {
        ExprKind::Constant { value, .. } => match value {
            Constant::Int(_) | Constant::BigInt { .. } | Constant::Float(_) => real,
            Constant::Complex { .. } => imaginary,
            _ => false,
        },
        _ => false,
    }
}

fn is_negative(e: &Expr<'_>, imaginary: bool) -> bool {
    matches!(e.kind, ExprKind::UnaryOp { op: UnaryOp::USub, operand } if is_number(operand, true, imaginary))
}

fn is_complex(left: &Expr<'_>, op: Operator, right: &Expr<'_>) -> bool {
    matches!(op, Operator::Add | Operator::Sub)
        && (is_number(left, true, false) || is_negative(left, false))
        && is_number(right, false, true)
}

/// What `MatchValue` and the keys of a mapping may be.
fn value(v: &Validator<'_>, e: &Expr<'_>) -> PyResult<()> {
    v.load(e)?;
    let fits = match e.kind {
        ExprKind::Constant { value, .. } => match value {
            Constant::Int(_)
            | Constant::BigInt { .. }
            | Constant::Float(_)
            | Constant::Complex { .. }
            | Constant::Str(_)
            | Constant::Bytes(_) => true,
            _ => return v.fail("unexpected constant inside of a literal pattern"),
        },
        ExprKind::Attribute { .. } | ExprKind::JoinedStr { .. } | ExprKind::TemplateStr { .. } => true,
        ExprKind::UnaryOp { .. } => is_negative(e, true),
        ExprKind::BinOp { left, op, right } => is_complex(left, op, right),
        _ => false,
    };
    if fits { Ok(()) } else { v.fail("patterns may only match literals and attribute lookups") }
}

fn patterns(v: &Validator<'_>, patterns: &[Pattern<'_>], star_ok: bool) -> PyResult<()> {
    patterns.iter().try_for_each(|p| pattern(v, p, star_ok))
}

/// Checks a pattern; `star_ok` says that `*name` may stand here.
pub(super) fn pattern(v: &Validator<'_>, p: &Pattern<'_>, star_ok: bool) -> PyResult<()> {
    v.th.check_stack(" during compilation")?;
    v.position(&p.range)?;
    match p.kind {
        PatternKind::MatchValue { value: e } => value(v, e),
        PatternKind::MatchSingleton { value } => match value {
            Constant::None | Constant::True | Constant::False => Ok(()),
            _ => v.fail("MatchSingleton can only contain True, False and None"),
        },
        PatternKind::MatchSequence { patterns: items } => patterns(v, items, true),
        PatternKind::MatchMapping { keys, patterns: values, rest } => {
            if keys.len() != values.len() {
                return v.fail("MatchMapping doesn't have the same number of keys as patterns");
            }
            opt_capture(v, rest)?;
            for key in keys {
                let singleton =
                    matches!(key.kind, ExprKind::Constant { value: Constant::None | Constant::True | Constant::False, .. });
                if !singleton {
                    value(v, key)?;
                }
            }
            patterns(v, values, false)
        }
        PatternKind::MatchClass { cls, patterns: items, kwd_attrs, kwd_patterns } => {
            if kwd_attrs.len() != kwd_patterns.len() {
                return v.fail("MatchClass doesn't have the same number of keyword attributes as patterns");
            }
            v.load(cls)?;
            let mut part = cls;
            loop {
                match part.kind {
                    ExprKind::Name { .. } => break,
                    ExprKind::Attribute { value, .. } => part = value,
                    _ => return v.fail("MatchClass cls field can only contain Name or Attribute nodes."),
                }
            }
            kwd_attrs.iter().try_for_each(|n| v.name(n))?;
            patterns(v, items, false)?;
            patterns(v, kwd_patterns, false)
        }
        PatternKind::MatchStar { name } => {
            if !star_ok {
                return v.fail("can't use MatchStar here");
            }
            opt_capture(v, name)
        }
        PatternKind::MatchAs { pattern: inner, name } => {
            opt_capture(v, name)?;
            match (inner, name) {
                (None, _) => Ok(()),
                (Some(_), None) => v.fail("MatchAs must specify a target name if a pattern is given"),
                (Some(inner), Some(_)) => pattern(v, inner, false),
            }
        }
        PatternKind::MatchOr { patterns: items } => {
            if items.len() < 2 {
                return v.fail("MatchOr requires at least 2 patterns");
            }
            patterns(v, items, false)
        }
    }
}
