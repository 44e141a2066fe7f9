//! `SignalDict`: the flags or the traps of a context, by signal.

use super::kept;
use super::signals::{self, SIGNALS, key_error};
use object::Payload;
use runtime::protocols::{self, iterate};
use runtime::types::dict::{self, Dict};
use runtime::types::tuple;
use runtime::types::type_::alloc_instance;
use runtime::{Args, CompareOp, Obj, ObjExt, Py, PyResult, Thread, Type, bool_obj, not_implemented};
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Weak};

/// The native half of `SignalDict`; the other one is `MutableMapping`.
#[macros::pyclass(name = "SignalDictMixin", module = "decimal", flags = BASETYPE)]
pub(super) struct SignalDictMixin {
    /// The context's word, which is gone with the context.
    bits: Weak<AtomicU32>,
}

impl Payload for SignalDictMixin {}

/// The dictionary that shows a word of a context.
pub(super) fn of(th: &Thread, bits: &Arc<AtomicU32>) -> PyResult<Obj> {
    let class = kept(th, |s| &s.signal_dict)?;
    let Some(class) = class.downcast::<Type>() else { return Err(th.system_error("SignalDict is no class")) };
    let payload = SignalDictMixin { bits: Arc::downgrade(bits) };
    Ok(alloc_instance(th, class.as_object(), payload).into_obj())
}

/// The bits of an argument that sets all flags or traps: another dictionary of signals.
pub(super) fn bits_of_dict(th: &Thread, value: &Obj) -> PyResult<u32> {
    if let Some(other) = value.downcast::<SignalDictMixin>() {
        return Ok(word(th, other)?.load(Relaxed));
    }
    let Some(given) = value.downcast::<Dict>() else { return Err(th.type_error("argument must be a signal dict")) };
    if given.len() != SIGNALS.len() {
        return Err(key_error(th, "invalid signal dict"));
    }
    let mut bits = 0;
    for (key, on) in given.items_vec() {
        let bit = signals::bits_of(th, &key)?;
        if protocols::truth(th, &on)? {
            bits |= bit;
        }
    }
    Ok(bits)
}

/// The bits of a list of signals.
pub(super) fn bits_of_list(th: &Thread, list: &Obj) -> PyResult<u32> {
    let mut bits = 0;
    iterate::for_each(th, list, |class| {
        bits |= signals::bits_of(th, &class)?;
        Ok(())
    })?;
    Ok(bits)
}

fn word(th: &Thread, slf: &SignalDictMixin) -> PyResult<Arc<AtomicU32>> {
    slf.bits.upgrade().ok_or_else(|| th.value_error("invalid signal dict"))
}

#[macros::pymethods]
impl SignalDictMixin {
    #[new(name = "SignalDictMixin", hidden)]
    fn new_slot(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        Ok(alloc_instance(th, cls.as_object(), SignalDictMixin { bits: Weak::new() }).into_obj())
    }

    #[init(name = "SignalDictMixin")]
    fn init(_th: &Thread, _slf: &Py<SignalDictMixin>, _args: Args<'_>) -> PyResult<()> {
        Ok(())
    }

    #[slot(mp_length)]
    fn len(th: &Thread, slf: &Py<SignalDictMixin>) -> PyResult<usize> {
        word(th, slf)?;
        Ok(SIGNALS.len())
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<SignalDictMixin>) -> PyResult<Obj> {
        word(th, slf)?;
        iterate::iter(th, tuple::from_vec(signals::classes(th)).as_obj())
    }

    #[slot(mp_subscript)]
    fn subscript(th: &Thread, slf: &Py<SignalDictMixin>, key: &Obj) -> PyResult<Obj> {
        let bits = word(th, slf)?.load(Relaxed);
        Ok(bool_obj(bits & signals::bits_of(th, key)? != 0))
    }

    #[slot(mp_ass_subscript)]
    fn ass_subscript(th: &Thread, slf: &Py<SignalDictMixin>, key: &Obj, value: Option<&Obj>) -> PyResult<()> {
        let word = word(th, slf)?;
        let Some(value) = value else { return Err(th.value_error("signal keys cannot be deleted")) };
        let bits = signals::bits_of(th, key)?;
        if protocols::truth(th, value)? {
            word.store(word.load(Relaxed) | bits, Relaxed);
        } else {
            word.store(word.load(Relaxed) & !bits, Relaxed);
        }
        Ok(())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<SignalDictMixin>) -> PyResult<Obj> {
        let bits = word(th, slf)?.load(Relaxed);
        let shown: Vec<String> = SIGNALS
            .iter()
            .map(|s| format!("<class 'decimal.{}'>:{}", s.name, if bits & s.bits != 0 { "True" } else { "False" }))
            .collect();
        Ok(runtime::types::str::new(&format!("{{{}}}", shown.join(", "))).into_obj())
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<SignalDictMixin>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let bits = word(th, slf)?.load(Relaxed);
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let same = if let Some(other) = other.downcast::<SignalDictMixin>() {
            word(th, other)?.load(Relaxed) == bits
        } else if other.downcast::<Dict>().is_some() {
            match bits_of_dict(th, other) {
                Ok(other) => other == bits,
                Err(raised) => {
                    th.catch(raised, runtime::types::exceptions::KEY_ERROR)?;
                    return Ok(not_implemented());
                }
            }
        } else {
            return Ok(not_implemented());
        };
        Ok(bool_obj(same == (op == CompareOp::Eq)))
    }

    /// D.copy() -> a shallow copy of D
    #[pymethod]
    fn copy(th: &Thread, slf: &Py<SignalDictMixin>, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "copy")?;
        let bits = word(th, slf)?.load(Relaxed);
        let made = dict::new();
        for (class, signal) in signals::classes(th).iter().zip(&SIGNALS) {
            made.set_item(th, class, bool_obj(bits & signal.bits != 0))?;
        }
        Ok(made.into_obj())
    }
}
