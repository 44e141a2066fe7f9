//! Constants of the tree as constants of code.

use bytecode::Const;
use dashu_int::{IBig, UBig};
use std::sync::Arc;
use syntax::ast;

/// Converts a literal's value.
pub fn constant(value: &ast::Constant<'_>) -> Const {
    match *value {
        ast::Constant::None => Const::None,
        ast::Constant::True => Const::True,
        ast::Constant::False => Const::False,
        ast::Constant::Ellipsis => Const::Ellipsis,
        ast::Constant::Int(i) => Const::Int(i),
        ast::Constant::BigInt { negative, magnitude } => {
            let value = IBig::from(UBig::from_le_bytes(magnitude));
            Const::int(if negative { -value } else { value })
        }
        ast::Constant::Float(f) => Const::Float(f),
        ast::Constant::Complex { real, imag } => Const::Complex { real, imag },
        ast::Constant::Str(s) => Const::Str(Arc::from(s)),
        ast::Constant::Bytes(b) => Const::Bytes(Arc::from(b)),
        ast::Constant::Tuple(items) => Const::Tuple(items.iter().map(constant).collect()),
        ast::Constant::FrozenSet(items) => Const::FrozenSet(items.iter().map(constant).collect()),
    }
}

/// A constant string.
pub(crate) fn string(text: &str) -> Const {
    Const::Str(Arc::from(text.as_bytes()))
}
