//! Signals and conditions as exceptions.

use super::context::Context;
use super::{State, state};
use crate::number::Ctx;
use crate::number::condition::{
    ANY_INVALID, CLAMPED, CONVERSION_SYNTAX, DIVISION_BY_ZERO, DIVISION_IMPOSSIBLE, DIVISION_UNDEFINED, FLOAT_OPERATION, INEXACT,
    INVALID_CONTEXT, INVALID_OPERATION, NO_MEMORY, OVERFLOW, ROUNDED, SUBNORMAL, UNDERFLOW,
};
use runtime::protocols::call;
use runtime::types::exceptions::{ARITHMETIC_ERROR, KEY_ERROR, TYPE_ERROR, ZERO_DIVISION_ERROR};
use runtime::types::{dict, list, str as pystr, tuple};
use runtime::{Obj, PyClass, PyResult, Raised, Thread, Type, TypeObject};
use std::sync::atomic::Ordering::Relaxed;

/// A signal, or a condition that belongs to one: its name and bits of the status word.
pub(super) struct Signal {
    pub(super) name: &'static str,
    pub(super) bits: u32,
}

/// The signals in the order in which `SignalDict` lists them; the first that is trapped is raised.
pub(super) const SIGNALS: [Signal; 9] = [
    Signal { name: "InvalidOperation", bits: ANY_INVALID },
    Signal { name: "FloatOperation", bits: FLOAT_OPERATION },
    Signal { name: "DivisionByZero", bits: DIVISION_BY_ZERO },
    Signal { name: "Overflow", bits: OVERFLOW },
    Signal { name: "Underflow", bits: UNDERFLOW },
    Signal { name: "Subnormal", bits: SUBNORMAL },
    Signal { name: "Inexact", bits: INEXACT },
    Signal { name: "Rounded", bits: ROUNDED },
    Signal { name: "Clamped", bits: CLAMPED },
];

/// Why an operation is invalid, for the argument of the exception.
pub(super) const CONDITIONS: [Signal; 5] = [
    Signal { name: "InvalidOperation", bits: INVALID_OPERATION },
    Signal { name: "ConversionSyntax", bits: CONVERSION_SYNTAX },
    Signal { name: "DivisionImpossible", bits: DIVISION_IMPOSSIBLE },
    Signal { name: "DivisionUndefined", bits: DIVISION_UNDEFINED },
    Signal { name: "InvalidContext", bits: INVALID_CONTEXT },
];

/// The signals of a status word, in the order of its bits.
pub(super) fn shown(status: u32) -> String {
    let mut names: Vec<&str> = Vec::new();
    for bit in (0..15).map(|i| 1 << i).filter(|bit| status & bit != 0) {
        let name = SIGNALS.iter().find(|s| s.bits & bit != 0).map_or("", |s| s.name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// Makes the exception classes.
pub(super) fn define(th: &Thread, state: &State) -> PyResult<()> {
    let make = |name: &str, bases: Vec<Obj>| -> PyResult<Obj> {
        let namespace = dict::new();
        namespace.insert_str(&pystr::intern("__module__"), pystr::new("decimal").into_obj());
        let metaclass = <Type as PyClass>::TYPE.to_obj();
        let parts = [pystr::new(name).into_obj(), tuple::from_vec(bases).into_obj(), namespace.into_obj()];
        let class = call::call(th, &metaclass, &parts)?;
        state.exceptions.lock().push(class.clone());
        Ok(class)
    };
    let builtin = |ty: &'static TypeObject| ty.to_obj();
    let base = make("DecimalException", vec![builtin(ARITHMETIC_ERROR)])?;
    let only = || vec![base.clone()];
    let clamped = make("Clamped", only())?;
    let rounded = make("Rounded", only())?;
    let inexact = make("Inexact", only())?;
    let subnormal = make("Subnormal", only())?;
    let underflow = make("Underflow", vec![inexact.clone(), rounded.clone(), subnormal.clone()])?;
    let overflow = make("Overflow", vec![inexact.clone(), rounded.clone()])?;
    let by_zero = make("DivisionByZero", vec![base.clone(), builtin(ZERO_DIVISION_ERROR)])?;
    let float = make("FloatOperation", vec![base.clone(), builtin(TYPE_ERROR)])?;
    let invalid = make("InvalidOperation", only())?;
    let reason =
        |name, also: Option<&'static TypeObject>| make(name, [invalid.clone()].into_iter().chain(also.map(builtin)).collect());
    let conditions = vec![
        invalid.clone(),
        reason("ConversionSyntax", None)?,
        reason("DivisionImpossible", None)?,
        reason("DivisionUndefined", Some(ZERO_DIVISION_ERROR))?,
        reason("InvalidContext", None)?,
    ];
    state.conditions.set(conditions);
    state.signals.set(vec![invalid, float, by_zero, overflow, underflow, subnormal, inexact, rounded, clamped]);
    Ok(())
}

/// The class of each signal, in the order of [`SIGNALS`].
pub(super) fn classes(th: &Thread) -> Vec<Obj> {
    state(th).signals.get()
}

/// The signals of a status word as a list.
pub(super) fn list_of(th: &Thread, status: u32) -> Obj {
    let set = classes(th).into_iter().zip(&SIGNALS).filter(|(_, s)| status & s.bits != 0).map(|(class, _)| class);
    list::from_vec(th, set.collect()).into_obj()
}

/// The bits of a signal's class.
pub(super) fn bits_of(th: &Thread, class: &Obj) -> PyResult<u32> {
    match classes(th).iter().position(|c| c.is(class)) {
        Some(i) => Ok(SIGNALS[i].bits),
        None => Err(key_error(
            th,
            "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]",
        )),
    }
}

pub(super) fn key_error(th: &Thread, text: &str) -> Raised {
    th.raise_with_args(KEY_ERROR, vec![pystr::new(text).into_obj()])
}

/// Adds conditions to the context's flags, and raises if one is trapped.
#[inline(always)]
pub(super) fn note(th: &Thread, context: &Context, status: u32) -> PyResult<()> {
    if status == 0 {
        return Ok(());
    }
    context.status.store(context.status.load(Relaxed) | status, Relaxed);
    if status & (context.traps.load(Relaxed) | NO_MEMORY) == 0 {
        return Ok(());
    }
    Err(raise(th, context.traps.load(Relaxed) & status, status))
}

/// What an operation gives with a context's settings; the conditions that it meets are noted there.
#[inline(always)]
pub(super) fn computed<T>(th: &Thread, context: &Context, operation: impl FnOnce(&Ctx, &mut u32) -> T) -> PyResult<T> {
    let mut status = 0;
    let result = operation(&context.settings.get(), &mut status);
    note(th, context, status)?;
    Ok(result)
}

#[cold]
#[inline(never)]
fn raise(th: &Thread, trapped: u32, status: u32) -> Raised {
    if status & NO_MEMORY != 0 {
        return th.memory_error();
    }
    let state = state(th);
    let (signals, conditions) = (state.signals.get(), state.conditions.get());
    let known = conditions.into_iter().zip(&CONDITIONS).chain(signals.iter().cloned().zip(&SIGNALS).skip(1));
    let reasons: Vec<Obj> = known.filter(|(_, s)| trapped & s.bits != 0).map(|(class, _)| class).collect();
    let Some(first) = SIGNALS.iter().position(|s| trapped & s.bits != 0) else {
        return th.runtime_error("invalid error flag");
    };
    let Some(class) = signals.get(first) else { return th.runtime_error("module _decimal has not started") };
    match call::call(th, class, &[list::from_vec(th, reasons).into_obj()]) {
        Ok(e) => th.raise(e),
        Err(raised) => raised,
    }
}
