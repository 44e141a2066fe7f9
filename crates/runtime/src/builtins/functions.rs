//! Builtin functions on values.

use super::Builtins;
use crate::args::OrNone;
use crate::protocols::iterate::Source;
use crate::protocols::{attribute, call, compare, format, hash, isinstance, issubclass, iterate, number, repr, sequence, truth};
use crate::slots::CompareOp;
use crate::types::exceptions::{STOP_ASYNC_ITERATION, STOP_ITERATION};
use crate::types::str::{self as pystr, Str};
use crate::types::{complex, float, int, list};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread, names, none};

/// `min` and `max`.
#[inline(always)]
fn extreme(th: &Thread, args: Args<'_>, name: &str, op: CompareOp) -> PyResult<Obj> {
    if !args.has_keywords() && args.all().len() > 1 {
        return best_of(th, args.all(), op);
    }
    extreme_of(th, args, name, op)
}

fn extreme_of(th: &Thread, args: Args<'_>, name: &str, op: CompareOp) -> PyResult<Obj> {
    if args.pos().is_empty() {
        return Err(th.type_error(format!("{name} expected at least 1 argument, got 0")));
    }
    let [key, default] = args.keywords_apart(th, name, ["key", "default"])?;
    let key = key.filter(|k| !k.is_none());
    let pos = args.pos();
    if pos.len() > 1 && default.is_some() {
        return Err(th.type_error(format!("Cannot specify a default for {name}() with multiple positional arguments")));
    }
    let Some(key) = key else {
        let best = if pos.len() > 1 { None } else { best_of_iterable(th, &pos[0], op)? };
        return match best.or_else(|| default.cloned()) {
            Some(best) => Ok(best),
            None if pos.len() > 1 => best_of(th, pos, op),
            None => Err(th.value_error(format!("{name}() iterable argument is empty"))),
        };
    };
    let mut best: Option<(Obj, Obj)> = None;
    let mut consider = |item: Obj| -> PyResult<()> {
        let value = call::call(th, key, std::slice::from_ref(&item))?;
        let better = match &best {
            None => true,
            Some((_, b)) => is_better(th, &value, b, op)?,
        };
        if better {
            best = Some((item, value));
        }
        Ok(())
    };
    if pos.len() > 1 {
        for item in pos {
            consider(item.clone())?;
        }
    } else {
        iterate::for_each(th, &pos[0], &mut consider)?;
    }
    match (best, default) {
        (Some((item, _)), _) => Ok(item),
        (None, Some(d)) => Ok(d.clone()),
        (None, None) => Err(th.value_error(format!("{name}() iterable argument is empty"))),
    }
}

/// `bool(a op b)` for an `op` that is `<` or `>`, where identity decides nothing.
#[inline(always)]
fn is_better(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<bool> {
    let (x, y) = (a.value(), b.value());
    if x.both_int(y) {
        return Ok(op.matches(x.int().cmp(&y.int())));
    }
    is_better_thing(th, a, b, op)
}

#[inline(never)]
fn is_better_thing(th: &Thread, a: &Obj, b: &Obj, op: CompareOp) -> PyResult<bool> {
    if let (Some(x), Some(y)) = (exact_float(a), exact_float(b)) {
        // What is not a number is neither less nor greater.
        return Ok(x.partial_cmp(&y).is_some_and(|order| op.matches(order)));
    }
    if let (Some(x), Some(y)) = (a.downcast_exact::<Str>(), b.downcast_exact::<Str>()) {
        return Ok(op.matches(pystr::compare(x.chars(), y.chars())));
    }
    let r = compare::rich(th, a, b, op)?;
    truth(th, &r)
}

/// The best of some arguments, of which there are two at least.
fn best_of(th: &Thread, items: &[Obj], op: CompareOp) -> PyResult<Obj> {
    let mut best = &items[0];
    for item in &items[1..] {
        if is_better(th, item, best, op)? {
            best = item;
        }
    }
    Ok(best.clone())
}

/// The best item of an iterable, if it has any.
fn best_of_iterable(th: &Thread, iterable: &Obj, op: CompareOp) -> PyResult<Option<Obj>> {
    let mut items = Source::of(th, iterable)?;
    let Some(mut best) = items.next(th)? else { return Ok(None) };
    while let Some(item) = items.next(th)? {
        if is_better(th, &item, &best, op)? {
            best = item;
        }
    }
    Ok(Some(best))
}

/// The items of an iterable that is not long and lends memory, taken at once: they are numbers or characters, so that to add them to a number runs no code that
/// could see it.
fn numbers_at_hand(th: &Thread, iterable: &Obj, start: &Obj) -> PyResult<Option<Source>> {
    const MOST: usize = 1 << 12;
    let ty = iterable.ty();
    if ty.slots.bf_getbuffer.get().is_none() || ty.spec.is_none() || !start.value().is_int() {
        return Ok(None);
    }
    let it = iterate::iter(th, iterable)?;
    let mut items = Vec::new();
    let taken = match it.ty().slots.it_rest.get() {
        Some(rest) => sequence::len(th, iterable)? <= MOST && rest(th, &it, &mut items)?,
        None => false,
    };
    Ok(Some(if taken { Source::List(list::from_vec(th, items), 0) } else { Source::Iterator(it) }))
}

/// `sum` with the exact and floating fast paths; floats are added with compensation, as CPython does.
fn sum_items(th: &Thread, iterable: &Obj, start: Obj) -> PyResult<Obj> {
    let mut items = match numbers_at_hand(th, iterable, &start)? {
        Some(numbers) => numbers,
        None => Source::of(th, iterable)?,
    };
    let mut total = start;
    let mut pending: Option<Obj> = None;
    if total.value().is_int() {
        let mut acc = total.value().int();
        loop {
            let Some(item) = items.next(th)? else { return Ok(int::from_i64(acc)) };
            let small = item.value().as_int().or_else(|| {
                if item.is_true() {
                    Some(1)
                } else if item.is_false() {
                    Some(0)
                } else {
                    None
                }
            });
            match small.and_then(|i| acc.checked_add(i)) {
                Some(sum) => acc = sum,
                None => {
                    total = int::from_i64(acc);
                    pending = Some(item);
                    break;
                }
            }
        }
    }
    // An item that a faster sum cannot take is added in the general way; the result decides which sum goes on.
    if let Some(item) = pending {
        total = number::add(th, &total, &item)?;
    }
    if let Some(start) = exact_float(&total) {
        let mut sum = Compensated::new(start);
        loop {
            let Some(item) = items.next(th)? else { return Ok(float::new(sum.value())) };
            if let Some(x) = exact_float(&item) {
                sum.add(x);
            } else if item.is_instance(int::INT_TYPE) {
                sum.add(int::to_f64(th, &item)?);
            } else {
                total = number::add(th, &float::new(sum.value()), &item)?;
                break;
            }
        }
    }
    if let Some((real, imag)) = exact_complex(&total) {
        let (mut real, mut imag) = (Compensated::new(real), Compensated::new(imag));
        loop {
            let Some(item) = items.next(th)? else { return Ok(complex::new(th, real.value(), imag.value())) };
            if let Some((x, y)) = exact_complex(&item) {
                real.add(x);
                imag.add(y);
            } else if item.is_instance(int::INT_TYPE) {
                real.add(int::to_f64(th, &item)?);
            } else if let Some(x) = float::value_of(&item) {
                real.add(x);
            } else {
                total = number::add(th, &complex::new(th, real.value(), imag.value()), &item)?;
                break;
            }
        }
    }
    while let Some(item) = items.next(th)? {
        total = number::add(th, &total, &item)?;
    }
    Ok(total)
}

/// A sum of floats with the error made so far (Neumaier).
struct Compensated {
    sum: f64,
    error: f64,
}

impl Compensated {
    fn new(sum: f64) -> Compensated {
        Compensated { sum, error: 0.0 }
    }

    #[inline]
    fn add(&mut self, x: f64) {
        let t = self.sum + x;
        self.error += if self.sum.abs() >= x.abs() { (self.sum - t) + x } else { (x - t) + self.sum };
        self.sum = t;
    }

    /// An error that is not finite would make a `nan` of an infinite sum, and one of zero would lose a negative zero.
    fn value(&self) -> f64 {
        if self.error != 0.0 && self.error.is_finite() { self.sum + self.error } else { self.sum }
    }
}

fn exact_float(o: &Obj) -> Option<f64> {
    if std::ptr::eq(o.ty(), float::FLOAT_TYPE) { float::value_of(o) } else { None }
}

fn exact_complex(o: &Obj) -> Option<(f64, f64)> {
    o.downcast_exact::<complex::Complex>().map(|c| (c.real, c.imag))
}

#[macros::pymethods(FUNCTIONS)]
impl Builtins {
    #[pyfunction(sig = "($module, x, /)")]
    fn abs(th: &Thread, x: &Obj) -> PyResult<Obj> {
        if let Some(i) = x.value().as_int() {
            return Ok(int::from_i64(i.abs()));
        }
        if let Some(f) = x.value().as_float() {
            return Ok(float::new(f.abs()));
        }
        number::abs(th, x)
    }

    #[pyfunction(sig = "($module, iterable, /)")]
    fn all(th: &Thread, iterable: &Obj) -> PyResult<bool> {
        let mut items = Source::of(th, iterable)?;
        while let Some(o) = items.next(th)? {
            if !truth(th, &o)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    #[pyfunction(sig = "($module, iterable, /)")]
    fn any(th: &Thread, iterable: &Obj) -> PyResult<bool> {
        let mut items = Source::of(th, iterable)?;
        while let Some(o) = items.next(th)? {
            if truth(th, &o)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[pyfunction(sig = "($module, obj, /)")]
    fn ascii(th: &Thread, obj: &Obj) -> PyResult<Py<Str>> {
        crate::protocols::ascii(th, obj)
    }

    #[pyfunction(sig = "($module, number, /)")]
    fn bin(th: &Thread, number: &Obj) -> PyResult<Obj> {
        radix(th, number, "#b")
    }

    #[pyfunction(sig = "($module, number, /)")]
    fn oct(th: &Thread, number: &Obj) -> PyResult<Obj> {
        radix(th, number, "#o")
    }

    #[pyfunction(sig = "($module, number, /)")]
    fn hex(th: &Thread, number: &Obj) -> PyResult<Obj> {
        radix(th, number, "#x")
    }

    #[pyfunction(sig = "($module, obj, /)")]
    fn callable(_: &Thread, obj: &Obj) -> bool {
        call::is_callable(obj)
    }

    #[pyfunction(sig = "($module, i, /)")]
    fn chr(th: &Thread, i: &Obj) -> PyResult<Obj> {
        if let Some(c @ 0..256) = i.value().as_int() {
            return Ok(pystr::single(c as u32).into_obj());
        }
        let index = number::index(th, i)?;
        match int::to_i64(&index).and_then(|i| u32::try_from(i).ok()).filter(|c| *c < 0x110000) {
            Some(c) => Ok(pystr::single(c).into_obj()),
            None => Err(th.value_error("chr() arg not in range(0x110000)")),
        }
    }

    #[pyfunction(sig = "($module, c, /)")]
    fn ord(th: &Thread, c: &Obj) -> PyResult<i64> {
        if let Some(s) = c.downcast::<Str>() {
            if s.len() == 1 {
                return Ok(s.chars().get(0).unwrap_or(0).into());
            }
            return Err(th.type_error(format!("ord() expected a character, but string of length {} found", s.len())));
        }
        let is_bytes =
            c.downcast::<crate::types::bytes::Bytes>().is_some() || c.downcast::<crate::types::bytes::ByteArray>().is_some();
        if !is_bytes {
            return Err(th.type_error(format!("ord() expected string of length 1, but {} found", c.ty().name())));
        }
        let bytes = crate::buffer::bytes_of(th, c)?;
        match &bytes[..] {
            [b] => Ok((*b).into()),
            other => Err(th.type_error(format!("ord() expected a character, but string of length {} found", other.len()))),
        }
    }

    #[pyfunction(sig = "($module, obj, name, /)")]
    fn delattr(th: &Thread, obj: &Obj, name: &Obj) -> PyResult<()> {
        attribute::set_or_delete(th, obj, &attribute_name(th, name)?, None)
    }

    #[pyfunction(sig = "($module, obj, name, value, /)")]
    fn setattr(th: &Thread, obj: &Obj, name: &Obj, value: &Obj) -> PyResult<()> {
        attribute::set_or_delete(th, obj, &attribute_name(th, name)?, Some(value))
    }

    /// Get a named attribute from an object.
    #[pyfunction]
    fn getattr(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "getattr")?;
        match args.pos() {
            [o, name] => match name.downcast_exact::<Str>().filter(|n| n.is_interned()) {
                Some(name) => attribute::get(th, o, name),
                None => attribute::get(th, o, &attribute_name(th, name)?),
            },
            [o, name, default] => {
                Ok(attribute::lookup_opt(th, o, &attribute_name(th, name)?)?.unwrap_or_else(|| default.clone()))
            }
            other if other.len() < 2 => Err(th.type_error(format!("getattr expected at least 2 arguments, got {}", other.len()))),
            other => Err(th.type_error(format!("getattr expected at most 3 arguments, got {}", other.len()))),
        }
    }

    #[pyfunction(sig = "($module, obj, name, /)")]
    fn hasattr(th: &Thread, obj: &Obj, name: &Obj) -> PyResult<bool> {
        attribute::has(th, obj, &attribute_name(th, name)?)
    }

    #[pyfunction(sig = "($module, x, y, /)")]
    fn divmod(th: &Thread, x: &Obj, y: &Obj) -> PyResult<Obj> {
        if let (Some(a), Some(b)) = (x.value().as_int(), y.value().as_int())
            && b != 0
        {
            return Ok(int::divmod_words(a, b));
        }
        number::divmod(th, x, y)
    }

    #[pyfunction(sig = "($module, value, format_spec='', /)")]
    fn format(th: &Thread, value: &Obj, format_spec: Option<&Py<Str>>) -> PyResult<Py<Str>> {
        match format_spec {
            Some(s) => format(th, value, s),
            None => format(th, value, &pystr::empty()),
        }
    }

    #[pyfunction(sig = "($module, obj, /)")]
    fn hash(th: &Thread, obj: &Obj) -> PyResult<i64> {
        hash(th, obj)
    }

    #[pyfunction(sig = "($module, obj, /)")]
    fn id(th: &Thread, obj: &Obj) -> PyResult<u64> {
        let id = obj.id();
        crate::audit::audit_with(th, "builtins.id", || vec![crate::types::int::from_u64(id)])?;
        Ok(id)
    }

    #[pyfunction(sig = "($module, obj, class_or_tuple, /)")]
    fn isinstance(th: &Thread, obj: &Obj, class_or_tuple: &Obj) -> PyResult<bool> {
        isinstance(th, obj, class_or_tuple)
    }

    #[pyfunction(sig = "($module, cls, class_or_tuple, /)")]
    fn issubclass(th: &Thread, cls: &Obj, class_or_tuple: &Obj) -> PyResult<bool> {
        issubclass(th, cls, class_or_tuple)
    }

    /// Get an iterator from an object.
    #[pyfunction]
    fn iter(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "iter")?;
        match args.pos() {
            [o] => iterate::iter(th, o),
            [f, sentinel] => {
                if !call::is_callable(f) {
                    return Err(th.type_error("iter(v, w): v must be callable"));
                }
                Ok(crate::types::iterators::callable_iterator(th, f.clone(), sentinel.clone()))
            }
            [] => Err(th.type_error("iter expected at least 1 argument, got 0")),
            other => Err(th.type_error(format!("iter expected at most 2 arguments, got {}", other.len()))),
        }
    }

    #[pyfunction(sig = "($module, async_iterable, /)")]
    fn aiter(th: &Thread, async_iterable: &Obj) -> PyResult<Obj> {
        let Some(f) = async_iterable.ty().slots.am_aiter.get() else {
            return Err(th.type_error(format!("'{}' object is not an async iterable", async_iterable.ty().name())));
        };
        let it = f(th, async_iterable)?;
        if it.ty().slots.am_anext.get().is_none() {
            return Err(th.type_error(format!("aiter() returned not an async iterator of type '{}'", it.ty().name())));
        }
        Ok(it)
    }

    /// Return the next item from the async iterator.
    #[pyfunction]
    fn anext(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "anext")?;
        let (it, default) = match args.pos() {
            [it] => (it, None),
            [it, d] => (it, Some(d)),
            [] => return Err(th.type_error("anext expected at least 1 argument, got 0")),
            other => return Err(th.type_error(format!("anext expected at most 2 arguments, got {}", other.len()))),
        };
        let Some(f) = it.ty().slots.am_anext.get() else {
            return Err(th.type_error(format!("'{}' object is not an async iterator", it.ty().name())));
        };
        let awaitable = f(th, it)?;
        match default {
            None => Ok(awaitable),
            Some(d) => Ok(crate::types::async_generator::anext_with_default(th, awaitable, d.clone(), STOP_ASYNC_ITERATION)),
        }
    }

    /// Return the next item from the iterator.
    #[pyfunction]
    fn next(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "next")?;
        let (it, default) = match args.pos() {
            [it] => (it, None),
            [it, d] => (it, Some(d)),
            [] => return Err(th.type_error("next expected at least 1 argument, got 0")),
            other => return Err(th.type_error(format!("next expected at most 2 arguments, got {}", other.len()))),
        };
        let Some(f) = it.ty().slots.tp_iternext.get() else {
            return Err(th.type_error(format!("'{}' object is not an iterator", it.ty().name())));
        };
        match (f(th, it), default) {
            (Ok(Some(v)), _) => Ok(v),
            (Ok(None), Some(d)) => Ok(d.clone()),
            (Ok(None), None) => Err(th.stop_iteration(None)),
            (Err(raised), Some(d)) => {
                th.catch(raised, STOP_ITERATION)?;
                Ok(d.clone())
            }
            (Err(raised), None) => Err(raised),
        }
    }

    #[pyfunction(sig = "($module, obj, /)")]
    fn len(th: &Thread, obj: &Obj) -> PyResult<usize> {
        sequence::len(th, obj)
    }

    /// With a single iterable argument, return its biggest item.
    #[pyfunction]
    fn max(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        extreme(th, args, "max", CompareOp::Gt)
    }

    /// With a single iterable argument, return its smallest item.
    #[pyfunction]
    fn min(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        extreme(th, args, "min", CompareOp::Lt)
    }

    #[pyfunction(sig = "($module, base, exp, mod=None)")]
    fn pow(th: &Thread, base: &Obj, exp: &Obj, modulus: Option<&Obj>) -> PyResult<Obj> {
        number::power(th, base, exp, modulus.unwrap_or(&none()))
    }

    #[pyfunction(sig = "($module, obj, /)")]
    fn repr(th: &Thread, obj: &Obj) -> PyResult<Py<Str>> {
        repr(th, obj)
    }

    #[pyfunction(sig = "($module, number, ndigits=None)")]
    fn round(th: &Thread, number: &Obj, ndigits: OrNone<&Obj>) -> PyResult<Obj> {
        let Some(f) = attribute::lookup_special(th, number, &names::get().__round__)? else {
            return Err(th.type_error(format!("type {} doesn't define __round__ method", number.ty().name())));
        };
        match ndigits.0 {
            Some(n) => call::call(th, &f, std::slice::from_ref(n)),
            None => call::call(th, &f, &[]),
        }
    }

    #[pyfunction(text = "($module, iterable, /, *, key=None, reverse=False)")]
    fn sorted(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let [iterable] = args.pos() else {
            return Err(th.type_error(format!("sorted expected 1 argument, got {}", args.pos().len())));
        };
        let l = list::from_vec(th, sequence::to_list_items(th, iterable)?);
        let (mut key, mut reverse, mut other) = (None, None, false);
        for (name, value) in args.keywords().iter() {
            match name.downcast::<Str>() {
                Some(n) if n.is_ascii_eq("key") => key = Some(value),
                Some(n) if n.is_ascii_eq("reverse") => reverse = Some(value),
                _ => other = true,
            }
        }
        if !other {
            let reverse = reverse.map_or(Ok(false), |r| truth(th, r))?;
            list::sort(th, &l, key.filter(|k| !k.is_none()), reverse)?;
            return Ok(l.into_obj());
        }
        // What keywords there are is the business of `list.sort`.
        let sort = attribute::get_str(th, l.as_obj(), "sort")?;
        call::call_args(th, &sort, args.without_first())?;
        Ok(l.into_obj())
    }

    #[pyfunction(sig = "($module, iterable, /, start=0)")]
    fn sum(th: &Thread, iterable: &Obj, start: Option<&Obj>) -> PyResult<Obj> {
        if let Some(s) = start {
            let kind = if s.downcast::<Str>().is_some() {
                Some(("strings", "''"))
            } else if s.downcast::<crate::types::bytes::Bytes>().is_some() {
                Some(("bytes", "b''"))
            } else if s.downcast::<crate::types::bytes::ByteArray>().is_some() {
                Some(("bytearray", "b''"))
            } else {
                None
            };
            if let Some((kind, empty)) = kind {
                return Err(th.type_error(format!("sum() can't sum {kind} [use {empty}.join(seq) instead]")));
            }
        }
        sum_items(th, iterable, start.cloned().unwrap_or(Obj::small_int(0)))
    }

    /// Without arguments, names in the current scope; with one, an alphabetized list of its attributes.
    #[pyfunction]
    fn dir(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "dir")?;
        let names_ = match args.pos() {
            [] => {
                let locals = super::scope::current_locals(th)?;
                call::call_method(th, &locals, "keys", &[])?
            }
            [o] => {
                let Some(f) = attribute::lookup_special(th, o, &names::get().__dir__)? else {
                    return Err(th.type_error("object does not provide __dir__"));
                };
                call::call(th, &f, &[])?
            }
            other => return Err(th.type_error(format!("dir expected at most 1 argument, got {}", other.len()))),
        };
        let l = list::from_vec(th, sequence::to_vec(th, &names_)?);
        call::call_method(th, l.as_obj(), "sort", &[])?;
        Ok(l.into_obj())
    }

    /// Without arguments, locals(); with one, object.__dict__.
    #[pyfunction]
    fn vars(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "vars")?;
        match args.pos() {
            [] => super::scope::current_locals(th),
            [o] => match attribute::lookup_opt(th, o, &names::get().__dict__)? {
                Some(d) => Ok(d),
                None => Err(th.type_error("vars() argument must have __dict__ attribute")),
            },
            other => Err(th.type_error(format!("vars expected at most 1 argument, got {}", other.len()))),
        }
    }
}

fn attribute_name(th: &Thread, name: &Obj) -> PyResult<Py<Str>> {
    match name.downcast::<Str>() {
        Some(s) => Ok(pystr::intern_obj(s)),
        None => Err(th.type_error(format!("attribute name must be string, not '{}'", name.ty().name()))),
    }
}

fn radix(th: &Thread, number: &Obj, spec: &str) -> PyResult<Obj> {
    let i = number::index(th, number)?;
    if let Some(word) = i.value().as_int() {
        let digits = text::int::Prefixed::new(word, spec.as_bytes()[1]);
        return Ok(pystr::from_chars(text::Chars::Ascii(digits.as_bytes())).into_obj());
    }
    format(th, &i, &pystr::new(spec)).map(Py::into_obj)
}
