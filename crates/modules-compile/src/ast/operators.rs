//! Operators and contexts: enumerations there, classes here.

use super::table::Node;
use syntax::ast::{BoolOp, CmpOp, ExprContext, Operator, UnaryOp};

/// An enumeration whose members have classes of the same names.
pub(crate) trait Simple: Copy {
    /// The class that stands for all of them.
    const BASE: &'static str;
    fn node(self) -> Node;
    fn from_node(node: Node) -> Option<Self>;
}

macro_rules! simple {
    ($($ty:ident $base:literal: $($member:ident)*;)*) => {$(
        impl Simple for $ty {
            const BASE: &'static str = $base;

            fn node(self) -> Node {
                match self { $($ty::$member => Node::$member,)* }
            }

            fn from_node(node: Node) -> Option<Self> {
                match node { $(Node::$member => Some($ty::$member),)* _ => None }
            }
        }
    )*};
}

simple! {
    ExprContext "expr_context": Load Store Del;
    BoolOp "boolop": And Or;
    Operator "operator": Add Sub Mult MatMult Div Mod Pow LShift RShift BitOr BitXor BitAnd FloorDiv;
    UnaryOp "unaryop": Invert Not UAdd USub;
    CmpOp "cmpop": Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn;
}
