//! `'...' % (...)` as an f-string, where all conversions are `%s`, `%r` and `%a`.

use syntax::Arena;
use syntax::ast::{Constant, Expr, ExprKind, Range};

/// Places of parts that do not stand in the source.
const NOWHERE: Range = Range { line: -1, col: -1, end_line: -1, end_col: -1 };

/// Widths and precisions with more digits are left to run time.
const MAXDIGITS: usize = 3;

/// The f-string for `left % right`, if there is one.
pub(super) fn format_as_fstring<'a>(arena: &'a Arena, left: &Expr<'a>, right: &Expr<'a>) -> Option<ExprKind<'a>> {
    let ExprKind::Constant { value: Constant::Str(format), .. } = left.kind else {
        return None;
    };
    let ExprKind::Tuple { elts, .. } = right.kind else {
        return None;
    };
    if elts.iter().any(|e| matches!(e.kind, ExprKind::Starred { .. })) {
        return None;
    }
    let mut values = Vec::new();
    let mut items = elts.iter();
    let mut rest = format;
    while !rest.is_empty() {
        let literal = take_literal(&mut rest);
        if !literal.is_empty() {
            values.push(text(arena.alloc_slice_copy(&literal)));
        }
        if !rest.is_empty() {
            let item = items.next()?;
            values.push(take_conversion(arena, &mut rest, item)?);
        }
    }
    if items.next().is_some() {
        return None;
    }
    Some(ExprKind::JoinedStr { values: arena.alloc_slice_copy(&values) })
}

fn text(value: &[u8]) -> Expr<'_> {
    Expr { kind: ExprKind::Constant { value: Constant::Str(value), kind: None }, range: NOWHERE }
}

/// Everything up to the next conversion, with `%%` as `%`.
fn take_literal(rest: &mut &[u8]) -> Vec<u8> {
    let mut literal = Vec::new();
    loop {
        match **rest {
            [b'%', b'%', ..] => {
                literal.push(b'%');
                *rest = &rest[2..];
            }
            [] | [b'%', ..] => return literal,
            [b, ..] => {
                literal.push(b);
                *rest = &rest[1..];
            }
        }
    }
}

fn take_conversion<'a>(arena: &'a Arena, rest: &mut &[u8], value: &'a Expr<'a>) -> Option<Expr<'a>> {
    let mut left_adjusted = false;
    *rest = &rest[1..];
    while let [flag @ (b'-' | b'+' | b' ' | b'#' | b'0'), tail @ ..] = *rest {
        left_adjusted |= *flag == b'-';
        *rest = tail;
    }
    let width = take_number(rest)?;
    let mut spec = String::new();
    if let Some(width) = width {
        if !left_adjusted && width > 0 {
            spec.push('>');
        }
        spec.push_str(&width.to_string());
    }
    if let [b'.', tail @ ..] = *rest {
        *rest = tail;
        let precision = take_number(rest)?.unwrap_or(0);
        spec.push_str(&format!(".{precision}"));
    }
    let [conversion @ (b's' | b'r' | b'a'), tail @ ..] = *rest else {
        return None;
    };
    *rest = tail;
    let format_spec = (!spec.is_empty()).then(|| &*arena.alloc(text(arena.alloc_str(&spec).as_bytes())));
    Some(Expr { kind: ExprKind::FormattedValue { value, conversion: i32::from(*conversion), format_spec }, range: value.range })
}

/// The outer `None` stands for a number that is too long.
fn take_number(rest: &mut &[u8]) -> Option<Option<u32>> {
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 {
        return Some(None);
    }
    if digits >= MAXDIGITS {
        return None;
    }
    let value = rest[..digits].iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'));
    *rest = &rest[digits..];
    Some(Some(value))
}
