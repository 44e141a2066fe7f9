//! `Context`: what results are rounded to, and which conditions raise.

use super::arguments::{rounding, signature, word};
use super::signals::{self, list_of};
use super::{IEEE_CONTEXT_MAX_BITS, given, signal_dict};
use crate::number::condition::{ANY_INVALID, CLAMPED, DIVISION_BY_ZERO, OVERFLOW, UNDERFLOW};
use crate::number::{Ctx, MAX_EMAX, MAX_PREC, MIN_EMIN, Rounding};
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::args::Signature;
use runtime::instances::generic_setattro;
use runtime::types::list::List;
use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple;
use runtime::types::type_::alloc_instance;
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, TypeObject, int_obj};
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// The context affects almost all operations and controls rounding,
/// Over/Underflow, raising of exceptions and much more.
#[macros::pyclass(
    name = "Context",
    module = "decimal",
    flags = BASETYPE | HAVE_GC,
    methods(METHODS, UNARY, BINARY, TESTS, OTHERS)
)]
pub(super) struct Context {
    pub(super) settings: Cell<Ctx>,
    pub(super) capitals: Cell<bool>,
    /// The flags, as bits of conditions; `SignalDict` shares them.
    pub(super) status: Arc<AtomicU32>,
    pub(super) traps: Arc<AtomicU32>,
    flag_dict: Guarded<Option<Obj>>,
    trap_dict: Guarded<Option<Obj>>,
}

impl Payload for Context {
    fn traverse(&self, v: &mut Visitor<'_>) {
        for dict in [&self.flag_dict, &self.trap_dict] {
            if let Some(dict) = dict.try_lock() {
                v.opt(&dict);
            }
        }
    }

    fn clear(&self) {
        for dict in [&self.flag_dict, &self.trap_dict] {
            let old = dict.try_lock().map(|mut d| d.take());
            drop(old);
        }
    }
}

const DEFAULT_TRAPS: u32 = ANY_INVALID | DIVISION_BY_ZERO | OVERFLOW;
const DEFAULT: Ctx = Ctx { prec: 28, emax: 999_999, emin: -999_999, rounding: Rounding::HalfEven, clamp: false };

fn make(th: &Thread, ty: &TypeObject, ctx: Ctx, capitals: bool, status: u32, traps: u32) -> Py<Context> {
    let context = Context {
        settings: Cell::new(ctx),
        capitals: Cell::new(capitals),
        status: Arc::new(AtomicU32::new(status)),
        traps: Arc::new(AtomicU32::new(traps)),
        flag_dict: Guarded::new(None),
        trap_dict: Guarded::new(None),
    };
    alloc_instance(th, ty, context)
}

/// `DefaultContext`, `BasicContext` and `ExtendedContext`.
pub(super) fn templates(th: &Thread) -> Vec<Py<Context>> {
    let nine = Ctx { prec: 9, ..DEFAULT };
    let basic = Ctx { rounding: Rounding::HalfUp, ..nine };
    vec![
        make(th, Context::TYPE, DEFAULT, true, 0, DEFAULT_TRAPS),
        make(th, Context::TYPE, basic, true, 0, DEFAULT_TRAPS | UNDERFLOW | CLAMPED),
        make(th, Context::TYPE, nine, true, 0, 0),
    ]
}

/// A copy, always a plain `Context`.
pub(super) fn copy(th: &Thread, c: &Context) -> Py<Context> {
    make(th, Context::TYPE, c.settings.get(), c.capitals.get(), c.status.load(Relaxed), c.traps.load(Relaxed))
}

/// The context of an IEEE interchange format.
pub(super) fn ieee(th: &Thread, bits: &Obj) -> PyResult<Obj> {
    let bits = word(th, bits)?;
    if bits <= 0 || bits > IEEE_CONTEXT_MAX_BITS || bits % 32 != 0 {
        let text = format!("argument must be a multiple of 32, with a maximum of {IEEE_CONTEXT_MAX_BITS}");
        return Err(th.value_error(text));
    }
    let emax = 3 * (1i64 << (bits / 16 + 3));
    let ctx = Ctx { prec: 9 * (bits / 32) - 2, emax, emin: 1 - emax, rounding: Rounding::HalfEven, clamp: true };
    Ok(make(th, Context::TYPE, ctx, true, 0, 0).into_obj())
}

/// The names of a context's settings, in the order of the constructor's parameters.
pub(super) const SETTINGS: [&str; 8] = ["prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"];

static INIT: Signature = signature(&SETTINGS, &[false; 8]);

/// Changes the settings that are given.
pub(super) fn set_all(th: &Thread, c: &Context, values: &[Option<&Obj>; 8]) -> PyResult<()> {
    for (name, value) in SETTINGS.iter().zip(values) {
        let Some(value) = given(*value) else { continue };
        match *name {
            "flags" | "traps" => {
                let bits = if value.downcast::<List>().is_some() {
                    signal_dict::bits_of_list(th, value)?
                } else {
                    signal_dict::bits_of_dict(th, value)?
                };
                if *name == "flags" { &c.status } else { &c.traps }.store(bits, Relaxed);
            }
            _ => set(th, c, name, value)?,
        }
    }
    Ok(())
}

/// Changes one setting.
fn set(th: &Thread, c: &Context, name: &str, value: &Obj) -> PyResult<()> {
    let mut ctx = c.settings.get();
    let number = |low: i64, high: i64, range: &str| {
        let n = word(th, value)?;
        if (low..=high).contains(&n) { Ok(n) } else { Err(th.value_error(format!("valid {range}"))) }
    };
    match name {
        "prec" => ctx.prec = number(1, MAX_PREC, "range for prec is [1, MAX_PREC]")?,
        "Emin" => ctx.emin = number(MIN_EMIN, 0, "range for Emin is [MIN_EMIN, 0]")?,
        "Emax" => ctx.emax = number(0, MAX_EMAX, "range for Emax is [0, MAX_EMAX]")?,
        "capitals" => c.capitals.set(number(0, 1, "values for capitals are 0 or 1")? != 0),
        "clamp" => ctx.clamp = number(0, 1, "values for clamp are 0 or 1")? != 0,
        "rounding" => ctx.rounding = rounding(th, value)?,
        "traps" => c.traps.store(signal_dict::bits_of_dict(th, value)?, Relaxed),
        _ => c.status.store(signal_dict::bits_of_dict(th, value)?, Relaxed),
    }
    c.settings.set(ctx);
    Ok(())
}

/// The dictionary of flags or traps, made when it is first asked for.
fn dict_of(th: &Thread, kept: &Guarded<Option<Obj>>, bits: &Arc<AtomicU32>) -> PyResult<Obj> {
    if let Some(dict) = kept.get() {
        return Ok(dict);
    }
    let dict = signal_dict::of(th, bits)?;
    kept.set(Some(dict.clone()));
    Ok(dict)
}

#[macros::pymethods]
impl Context {
    #[new(
        name = "Context",
        text = "(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)"
    )]
    fn new_slot(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        let template = super::state(th).templates.lock().first().cloned();
        let made = match template {
            Some(t) => make(th, cls.as_object(), t.settings.get(), t.capitals.get(), 0, t.traps.load(Relaxed)),
            None => make(th, cls.as_object(), DEFAULT, true, 0, DEFAULT_TRAPS),
        };
        Ok(made.into_obj())
    }

    #[init(name = "Context")]
    fn init(th: &Thread, slf: &Py<Context>, args: Args<'_>) -> PyResult<()> {
        let values = INIT.bind::<8>(th, args)?;
        set_all(th, slf, &values)
    }

    #[getter]
    fn prec(_th: &Thread, slf: &Py<Context>) -> i64 {
        slf.settings.get().prec
    }

    #[getter(name = "Emax")]
    fn emax(_th: &Thread, slf: &Py<Context>) -> i64 {
        slf.settings.get().emax
    }

    #[getter(name = "Emin")]
    fn emin(_th: &Thread, slf: &Py<Context>) -> i64 {
        slf.settings.get().emin
    }

    #[getter]
    fn rounding(_th: &Thread, slf: &Py<Context>) -> Py<Str> {
        pystr::intern(slf.settings.get().rounding.name())
    }

    #[getter]
    fn capitals(_th: &Thread, slf: &Py<Context>) -> i64 {
        slf.capitals.get().into()
    }

    #[getter]
    fn clamp(_th: &Thread, slf: &Py<Context>) -> i64 {
        slf.settings.get().clamp.into()
    }

    #[getter]
    fn flags(th: &Thread, slf: &Py<Context>) -> PyResult<Obj> {
        dict_of(th, &slf.flag_dict, &slf.status)
    }

    #[getter]
    fn traps(th: &Thread, slf: &Py<Context>) -> PyResult<Obj> {
        dict_of(th, &slf.trap_dict, &slf.traps)
    }

    #[slot(tp_setattro)]
    fn setattr(th: &Thread, slf: &Py<Context>, name: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let Some(value) = value else { return Err(th.attribute_error_message("context attributes cannot be deleted")) };
        let known = name.downcast::<Str>().and_then(|s| SETTINGS.iter().find(|n| s.is_ascii_eq(n)));
        match known {
            Some(setting) => set(th, slf, setting, value),
            None => generic_setattro(th, slf.as_obj(), name, Some(value)),
        }
    }

    #[slot(tp_repr)]
    fn repr(_th: &Thread, slf: &Py<Context>) -> PyResult<Obj> {
        let ctx = slf.settings.get();
        let (flags, traps) = (signals::shown(slf.status.load(Relaxed)), signals::shown(slf.traps.load(Relaxed)));
        let text = format!(
            "Context(prec={}, rounding={}, Emin={}, Emax={}, capitals={}, clamp={}, flags=[{flags}], traps=[{traps}])",
            ctx.prec,
            ctx.rounding.name(),
            ctx.emin,
            ctx.emax,
            u8::from(slf.capitals.get()),
            u8::from(ctx.clamp),
        );
        Ok(pystr::new(&text).into_obj())
    }

    /// Reset all flags to False.
    #[pymethod(sig = "($self, /)")]
    fn clear_flags(_th: &Thread, slf: &Py<Context>) {
        slf.status.store(0, Relaxed);
    }

    /// Set all traps to False.
    #[pymethod(sig = "($self, /)")]
    fn clear_traps(_th: &Thread, slf: &Py<Context>) {
        slf.traps.store(0, Relaxed);
    }

    /// Return a duplicate of the context with all flags cleared.
    #[pymethod(sig = "($self, /)")]
    fn copy(th: &Thread, slf: &Py<Context>) -> Py<Context> {
        copy(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn __copy__(th: &Thread, slf: &Py<Context>) -> Py<Context> {
        copy(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Py<Context>) -> Obj {
        let ctx = slf.settings.get();
        let state = tuple::from_array([
            int_obj(ctx.prec),
            pystr::intern(ctx.rounding.name()).into_obj(),
            int_obj(ctx.emin),
            int_obj(ctx.emax),
            int_obj(slf.capitals.get().into()),
            int_obj(ctx.clamp.into()),
            list_of(th, slf.status.load(Relaxed)),
            list_of(th, slf.traps.load(Relaxed)),
        ]);
        tuple::from_array([slf.as_obj().ty().to_obj(), state.into_obj()]).into_obj()
    }

    /// Return a value equal to Emin - prec + 1.
    ///
    /// This is the minimum exponent value for subnormal results.  When
    /// underflow occurs, the exponent is set to Etiny.
    #[pymethod(name = "Etiny", sig = "($self, /)")]
    fn etiny(_th: &Thread, slf: &Py<Context>) -> i64 {
        slf.settings.get().etiny()
    }

    /// Return a value equal to Emax - prec + 1.
    ///
    /// This is the maximum exponent if the _clamp field of the context is set
    /// to 1 (IEEE clamp mode).  Etop() must not be negative.
    #[pymethod(name = "Etop", sig = "($self, /)")]
    fn etop(_th: &Thread, slf: &Py<Context>) -> i64 {
        slf.settings.get().etop()
    }

    /// Return 10.
    #[pymethod(sig = "($self, /)")]
    fn radix(th: &Thread, _slf: &Py<Context>) -> Obj {
        super::decimal::new(th, crate::number::Dec::small(false, 10, 0))
    }
}
