//! Expressions.

use super::unit::ScopeType;
use super::{Compiler, Ctx, STACK_USE_GUIDELINE};
use crate::error::{Result, grow};
use crate::instructions::Location;
use bytecode::tables::{convert, intrinsic_1, nb, resume};
use bytecode::{Const, op, pseudo};
use syntax::ast::{Expr, ExprKind, Operator, UnaryOp};

impl<'a> Compiler<'a, '_> {
    pub(super) fn exprs(&mut self, list: &'a [Expr<'a>]) -> Result<()> {
        list.iter().try_for_each(|e| self.expr(e))
    }

    pub(super) fn expr(&mut self, e: &'a Expr<'a>) -> Result<()> {
        self.depth.enter()?;
        let result = grow(|| self.expr_kind(e));
        self.depth.leave();
        result
    }

    fn expr_kind(&mut self, e: &'a Expr<'a>) -> Result<()> {
        let loc = Location::from(e.range);
        match e.kind {
            ExprKind::NamedExpr { target, value } => {
                self.expr(value)?;
                self.addop_i(op::COPY, 1, loc);
                self.expr(target)
            }
            ExprKind::BoolOp { op, values } => self.bool_op(loc, op, values),
            ExprKind::BinOp { left, op, right } => {
                self.expr(left)?;
                self.expr(right)?;
                self.binary_op(loc, op);
                Ok(())
            }
            ExprKind::UnaryOp { op, operand } => {
                self.expr(operand)?;
                match op {
                    UnaryOp::UAdd => self.addop_i(op::CALL_INTRINSIC_1, intrinsic_1::INTRINSIC_UNARY_POSITIVE.into(), loc),
                    UnaryOp::Not => {
                        self.addop(op::TO_BOOL, loc);
                        self.addop(op::UNARY_NOT, loc);
                    }
                    UnaryOp::Invert => self.addop(op::UNARY_INVERT, loc),
                    UnaryOp::USub => self.addop(op::UNARY_NEGATIVE, loc),
                }
                Ok(())
            }
            ExprKind::Lambda { args, body } => self.lambda(e, args, body),
            ExprKind::IfExp { test, body, orelse } => self.if_exp(loc, test, body, orelse),
            ExprKind::Dict { keys, values } => self.dict(loc, keys, values),
            ExprKind::Set { elts } => self.sequence(loc, elts, SET),
            ExprKind::ListComp { .. } | ExprKind::SetComp { .. } | ExprKind::DictComp { .. } | ExprKind::GeneratorExp { .. } => {
                self.comprehension(e)
            }
            ExprKind::Yield { value } => {
                if !self.ste().is_function_like() {
                    return self.error_at(loc, "'yield' outside function");
                }
                match value {
                    Some(value) => self.expr(value)?,
                    None => self.load_none(loc),
                }
                self.yield_value(loc);
                Ok(())
            }
            ExprKind::YieldFrom { value } => {
                if !self.ste().is_function_like() {
                    return self.error_at(loc, "'yield from' outside function");
                }
                if self.u.scope == ScopeType::AsyncFunction {
                    return self.error_at(loc, "'yield from' inside async function");
                }
                self.expr(value)?;
                self.addop(op::GET_YIELD_FROM_ITER, loc);
                self.load_none(loc);
                self.yield_from(loc, false);
                Ok(())
            }
            ExprKind::Await { value } => {
                self.expr(value)?;
                self.await_value(0, loc);
                Ok(())
            }
            ExprKind::Compare { left, ops, comparators } => self.compare(e, left, ops, comparators),
            ExprKind::Call { func, args, keywords } => self.call(e, func, args, keywords),
            ExprKind::Constant { value, .. } => {
                self.load_const(loc, crate::constant(&value));
                Ok(())
            }
            ExprKind::JoinedStr { values } => self.joined_str(loc, values),
            ExprKind::TemplateStr { values } => self.template_str(loc, values),
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                self.expr(value)?;
                if let Some(conversion) = self.conversion(conversion)? {
                    self.addop_i(op::CONVERT_VALUE, conversion, loc);
                }
                match format_spec {
                    Some(spec) => {
                        self.expr(spec)?;
                        self.addop(op::FORMAT_WITH_SPEC, loc);
                    }
                    None => self.addop(op::FORMAT_SIMPLE, loc),
                }
                Ok(())
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                self.expr(value)?;
                self.load_const(loc, crate::constant(&str));
                let mut oparg = 2;
                if let Some(spec) = format_spec {
                    self.expr(spec)?;
                    oparg += 1;
                }
                oparg |= self.conversion(conversion)?.unwrap_or(0) << 2;
                self.addop_i(op::BUILD_INTERPOLATION, oparg, loc);
                Ok(())
            }
            // What can also be a target.
            ExprKind::Attribute { value, attr, ctx } => self.attribute(e, value, attr, ctx),
            ExprKind::Subscript { value, slice, ctx } => self.subscript(loc, value, slice, ctx),
            ExprKind::Starred { ctx, .. } => match ctx {
                Ctx::Store => self.error_at(loc, "starred assignment target must be in a list or tuple"),
                _ => self.error_at(loc, "can't use starred expression here"),
            },
            ExprKind::Slice { .. } => {
                if let Some(value) = constant_slice(e) {
                    self.load_const(loc, value);
                    return Ok(());
                }
                let n = self.slice_parts(e, loc)?;
                self.addop_i(op::BUILD_SLICE, n, loc);
                Ok(())
            }
            ExprKind::Name { id, ctx } => self.nameop(loc, id, ctx),
            ExprKind::List { elts, ctx } => self.list_or_tuple(loc, elts, ctx, LIST),
            ExprKind::Tuple { elts, ctx } => self.list_or_tuple(loc, elts, ctx, TUPLE),
        }
    }

    pub(super) fn binary_op(&mut self, loc: Location, op: Operator) {
        self.addop_i(op::BINARY_OP, number_op(op).into(), loc);
    }

    fn conversion(&self, conversion: i32) -> Result<Option<usize>> {
        Ok(match u8::try_from(conversion) {
            Ok(b's') => Some(convert::FVC_STR.into()),
            Ok(b'r') => Some(convert::FVC_REPR.into()),
            Ok(b'a') => Some(convert::FVC_ASCII.into()),
            Err(_) if conversion == -1 => None,
            _ => {
                return Err(crate::CompileError::plain(
                    crate::ErrorKind::System,
                    format!("Unrecognized conversion character {conversion}"),
                ));
            }
        })
    }

    fn joined_str(&mut self, loc: Location, values: &'a [Expr<'a>]) -> Result<()> {
        if values.len() > STACK_USE_GUIDELINE {
            self.load_str(loc, "");
            self.load_method("join", loc);
            self.addop_i(op::BUILD_LIST, 0, loc);
            for value in values {
                self.expr(value)?;
                self.addop_i(op::LIST_APPEND, 1, loc);
            }
            self.addop_i(op::CALL, 1, loc);
            return Ok(());
        }
        self.exprs(values)?;
        match values.len() {
            0 => self.load_str(loc, ""),
            1 => {}
            n => self.addop_i(op::BUILD_STRING, n, loc),
        }
        Ok(())
    }

    fn template_str(&mut self, loc: Location, values: &'a [Expr<'a>]) -> Result<()> {
        let mut strings = 0;
        let mut after_string = false;
        for value in values {
            let is_string = !matches!(value.kind, ExprKind::Interpolation { .. });
            if is_string {
                self.expr(value)?;
                strings += 1;
            } else if !after_string {
                // Strings and interpolations take turns.
                self.load_str(loc, "");
                strings += 1;
            }
            after_string = is_string;
        }
        if !after_string {
            self.load_str(loc, "");
            strings += 1;
        }
        self.addop_i(op::BUILD_TUPLE, strings, loc);
        let mut interpolations = 0;
        for value in values {
            if matches!(value.kind, ExprKind::Interpolation { .. }) {
                self.expr(value)?;
                interpolations += 1;
            }
        }
        self.addop_i(op::BUILD_TUPLE, interpolations, loc);
        self.addop(op::BUILD_TEMPLATE, loc);
        Ok(())
    }

    // Generators and coroutines.

    pub(super) fn yield_value(&mut self, loc: Location) {
        if self.ste().generator && self.ste().coroutine {
            self.addop_i(op::CALL_INTRINSIC_1, intrinsic_1::INTRINSIC_ASYNC_GEN_WRAP.into(), loc);
        }
        self.addop_i(op::YIELD_VALUE, 0, loc);
        self.addop_i(op::RESUME, resume::AFTER_YIELD.into(), loc);
    }

    /// Yields what the iterator below the value to send yields, and leaves its result.
    pub(super) fn yield_from(&mut self, loc: Location, is_await: bool) {
        let send = self.new_label();
        let fail = self.new_label();
        let exit = self.new_label();
        self.use_label(send);
        self.addop_j(op::SEND, exit, loc);
        // Catches the `StopIteration` of a `throw` or `close`.
        self.addop_j(pseudo::SETUP_FINALLY, fail, loc);
        self.addop_i(op::YIELD_VALUE, 1, loc);
        self.addop(pseudo::POP_BLOCK, Location::NO_LOCATION);
        let place = if is_await { resume::AFTER_AWAIT } else { resume::AFTER_YIELD_FROM };
        self.addop_i(op::RESUME, place.into(), loc);
        self.addop_j(pseudo::JUMP_NO_INTERRUPT, send, loc);
        self.use_label(fail);
        self.addop(op::CLEANUP_THROW, loc);
        self.use_label(exit);
        self.addop(op::END_SEND, loc);
    }

    /// Awaits the value on the stack; `why` is the operand of `GET_AWAITABLE`.
    pub(super) fn await_value(&mut self, why: usize, loc: Location) {
        self.addop_i(op::GET_AWAITABLE, why, loc);
        self.load_none(loc);
        self.yield_from(loc, true);
    }

    // Displays.

    fn list_or_tuple(&mut self, loc: Location, elts: &'a [Expr<'a>], ctx: Ctx, display: Display) -> Result<()> {
        match ctx {
            Ctx::Load => self.sequence(loc, elts, display),
            Ctx::Store => self.unpack(loc, elts),
            Ctx::Del => self.exprs(elts),
        }
    }

    pub(super) fn sequence(&mut self, loc: Location, elts: &'a [Expr<'a>], display: Display) -> Result<()> {
        self.star_unpack(loc, elts, None, 0, display)
    }

    /// Builds a display of `elts` on top of `pushed` values that belong to it, then of the variable `injected`.
    pub(super) fn star_unpack(
        &mut self,
        loc: Location,
        elts: &'a [Expr<'a>],
        injected: Option<&'a str>,
        pushed: usize,
        display: Display,
    ) -> Result<()> {
        let big = elts.len() + pushed + usize::from(injected.is_some()) > STACK_USE_GUIDELINE;
        let starred = |e: &Expr<'a>| matches!(e.kind, ExprKind::Starred { .. });
        if !big && !elts.iter().any(starred) {
            self.exprs(elts)?;
            let mut n = elts.len() + pushed;
            if let Some(name) = injected {
                self.nameop(loc, name, Ctx::Load)?;
                n += 1;
            }
            self.addop_i(if display.tuple { op::BUILD_TUPLE } else { display.build }, n, loc);
            return Ok(());
        }
        let mut built = big;
        if big {
            self.addop_i(display.build, pushed, loc);
        }
        for (i, e) in elts.iter().enumerate() {
            if let ExprKind::Starred { value, .. } = e.kind {
                if !built {
                    self.addop_i(display.build, i + pushed, loc);
                    built = true;
                }
                self.expr(value)?;
                self.addop_i(display.extend, 1, loc);
            } else {
                self.expr(e)?;
                if built {
                    self.addop_i(display.add, 1, loc);
                }
            }
        }
        if let Some(name) = injected {
            self.nameop(loc, name, Ctx::Load)?;
            self.addop_i(display.add, 1, loc);
        }
        if display.tuple {
            self.addop_i(op::CALL_INTRINSIC_1, intrinsic_1::INTRINSIC_LIST_TO_TUPLE.into(), loc);
        }
        Ok(())
    }

    fn dict(&mut self, loc: Location, keys: &'a [Option<&'a Expr<'a>>], values: &'a [Expr<'a>]) -> Result<()> {
        let n = keys.len().min(values.len());
        let (keys, values) = (&keys[..n], &values[..n]);
        let mut have_dict = false;
        let mut elements = 0;
        for i in 0..n {
            if keys[i].is_some() {
                if elements * 2 > STACK_USE_GUIDELINE {
                    self.subdict(loc, &keys[i - elements..=i], &values[i - elements..=i], &mut have_dict)?;
                    elements = 0;
                } else {
                    elements += 1;
                }
                continue;
            }
            if elements > 0 {
                self.subdict(loc, &keys[i - elements..i], &values[i - elements..i], &mut have_dict)?;
                elements = 0;
            }
            if !have_dict {
                self.addop_i(op::BUILD_MAP, 0, loc);
                have_dict = true;
            }
            self.expr(&values[i])?;
            self.addop_i(op::DICT_UPDATE, 1, loc);
        }
        if elements > 0 {
            self.subdict(loc, &keys[n - elements..], &values[n - elements..], &mut have_dict)?;
        }
        if !have_dict {
            self.addop_i(op::BUILD_MAP, 0, loc);
        }
        Ok(())
    }

    /// A part of a dict display without `**`, merged into the dict before it, if there is one.
    fn subdict(
        &mut self,
        loc: Location,
        keys: &'a [Option<&'a Expr<'a>>],
        values: &'a [Expr<'a>],
        have_dict: &mut bool,
    ) -> Result<()> {
        let big = keys.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.addop_i(op::BUILD_MAP, 0, loc);
        }
        for (key, value) in keys.iter().zip(values) {
            if let Some(key) = key {
                self.expr(key)?;
            }
            self.expr(value)?;
            if big {
                self.addop_i(op::MAP_ADD, 1, loc);
            }
        }
        if !big {
            self.addop_i(op::BUILD_MAP, keys.len(), loc);
        }
        if *have_dict {
            self.addop_i(op::DICT_UPDATE, 1, loc);
        }
        *have_dict = true;
        Ok(())
    }

    // Slices.

    /// Puts the parts of a slice on the stack and returns how many there are.
    pub(super) fn slice_parts(&mut self, e: &'a Expr<'a>, loc: Location) -> Result<usize> {
        let ExprKind::Slice { lower, upper, step } = e.kind else {
            return Ok(0);
        };
        for part in [lower, upper] {
            match part {
                Some(part) => self.expr(part)?,
                None => self.load_none(loc),
            }
        }
        match step {
            Some(step) => self.expr(step).map(|()| 3),
            None => Ok(2),
        }
    }
}

/// The instructions that a kind of display is built with.
#[derive(Clone, Copy)]
pub(super) struct Display {
    build: u8,
    add: u8,
    extend: u8,
    /// A tuple, made of a list if it has to grow.
    tuple: bool,
}

pub(super) const LIST: Display = Display { build: op::BUILD_LIST, add: op::LIST_APPEND, extend: op::LIST_EXTEND, tuple: false };
pub(super) const TUPLE: Display = Display { tuple: true, ..LIST };
const SET: Display = Display { build: op::BUILD_SET, add: op::SET_ADD, extend: op::SET_UPDATE, tuple: false };

/// The value of a slice whose parts are all constants.
pub(super) fn constant_slice(e: &Expr<'_>) -> Option<Const> {
    let ExprKind::Slice { lower, upper, step } = e.kind else {
        return None;
    };
    let part = |part: Option<&Expr<'_>>| match part.map(|e| e.kind) {
        None => Some(Const::None),
        Some(ExprKind::Constant { value, .. }) => Some(crate::constant(&value)),
        Some(_) => None,
    };
    Some(Const::Slice([part(lower)?, part(upper)?, part(step)?].into()))
}

/// The operand of `BINARY_OP`.
pub(super) fn number_op(op: Operator) -> u8 {
    match op {
        Operator::Add => nb::NB_ADD,
        Operator::Sub => nb::NB_SUBTRACT,
        Operator::Mult => nb::NB_MULTIPLY,
        Operator::MatMult => nb::NB_MATRIX_MULTIPLY,
        Operator::Div => nb::NB_TRUE_DIVIDE,
        Operator::Mod => nb::NB_REMAINDER,
        Operator::Pow => nb::NB_POWER,
        Operator::LShift => nb::NB_LSHIFT,
        Operator::RShift => nb::NB_RSHIFT,
        Operator::BitOr => nb::NB_OR,
        Operator::BitXor => nb::NB_XOR,
        Operator::BitAnd => nb::NB_AND,
        Operator::FloorDiv => nb::NB_FLOOR_DIVIDE,
    }
}
