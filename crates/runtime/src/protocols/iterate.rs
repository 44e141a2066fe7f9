//! Iteration.

use crate::types::exceptions::{self, STOP_ITERATION};
use crate::types::iterators::{self, ListIterator};
use crate::types::list::List;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::Tuple;
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use object::Guarded;
use object::gc::Visitor;

/// `iter(o)`.
pub fn iter(th: &Thread, o: &Obj) -> PyResult<Obj> {
    let ty = o.ty();
    if let Some(f) = ty.slots.tp_iter.get() {
        let it = f(th, o)?;
        if it.ty().slots.tp_iternext.get().is_none() {
            return Err(th.type_error(format!("iter() returned non-iterator of type '{}'", it.ty().name())));
        }
        return Ok(it);
    }
    if super::sequence::is_sequence(o) {
        return Ok(iterators::sequence_iterator(th, o));
    }
    use exceptions::Part::Text;
    Err(th.raise_parts(exceptions::TYPE_ERROR, &[Text("'"), Text(&ty.name_cow()), Text("' object is not iterable")]))
}

/// `next(it)`: `None` at the end. The commonest iterator is done in place.
#[inline(always)]
pub fn next(th: &Thread, it: &Obj) -> PyResult<Option<Obj>> {
    if let Some(it) = it.downcast_exact::<ListIterator>() {
        return Ok(it.advance());
    }
    match it.ty().slots.tp_iternext.get() {
        Some(f) => end_of_stop_iteration(th, f(th, it)),
        None => Err(th.type_error(format!("'{}' object is not an iterator", it.ty().name()))),
    }
}

/// The next item of an iterator whose step runs no code; `None` for others, and at the end, for which [`next`] is to be asked.
#[inline(always)]
pub fn quick(it: &Obj) -> Option<Obj> {
    it.downcast_exact::<ListIterator>()?.peek_next()
}

/// The items of an iterable for a native loop: those of lists and tuples are taken without an iterator.
pub enum Source {
    List(Py<List>, usize),
    Tuple(Py<Tuple>, usize),
    Iterator(Obj),
}

impl Source {
    #[inline]
    pub fn of(th: &Thread, iterable: &Obj) -> PyResult<Source> {
        if let Some(l) = iterable.downcast_exact::<List>() {
            return Ok(Source::List(l.clone(), 0));
        }
        if let Some(t) = iterable.downcast_exact::<Tuple>() {
            return Ok(Source::Tuple(t.clone(), 0));
        }
        iter(th, iterable).map(Source::Iterator)
    }

    /// The next item; `None` at the end.
    #[inline(always)]
    pub fn next(&mut self, th: &Thread) -> PyResult<Option<Obj>> {
        match self {
            Source::Iterator(it) => next(th, it),
            known => Ok(known.quick()),
        }
    }

    /// As [`quick`] for the iterator.
    #[inline(always)]
    fn quick(&mut self) -> Option<Obj> {
        let (item, i) = match self {
            Source::List(l, i) => (l.get(*i)?, i),
            Source::Tuple(t, i) => (t.items().get(*i)?.clone(), i),
            Source::Iterator(it) => return quick(it),
        };
        *i += 1;
        Some(item)
    }
}

/// What an iterator takes its items from; empty behind the end.
pub struct Feed(Guarded<Option<Source>>);

impl Feed {
    /// The items of an iterable.
    pub fn of(th: &Thread, iterable: &Obj) -> PyResult<Feed> {
        Ok(Feed(Guarded::new(Some(Source::of(th, iterable)?))))
    }

    /// Without items.
    pub fn ended() -> Feed {
        Feed(Guarded::new(None))
    }

    /// For the iterator's `Payload::traverse`.
    pub fn traverse(&self, v: &mut Visitor<'_>) {
        match self.0.try_lock().as_deref() {
            Some(Some(Source::List(l, _))) => v.py(l),
            Some(Some(Source::Tuple(t, _))) => v.py(t),
            Some(Some(Source::Iterator(it))) => v.obj(it),
            _ => {}
        }
    }

    /// Lets go what the items come from.
    pub fn end(&self) {
        self.0.set(None);
    }

    /// There is something to ask for items.
    pub fn is_open(&self) -> bool {
        self.0.lock().is_some()
    }

    /// Goes on with the items of another iterable.
    pub fn refill(&self, th: &Thread, iterable: &Obj) -> PyResult<()> {
        let source = Source::of(th, iterable)?;
        self.0.set(Some(source));
        Ok(())
    }

    /// The next item, when no code runs for it; `None` does not mean the end.
    #[inline(always)]
    pub fn quick(&self) -> Option<Obj> {
        self.0.lock().as_mut()?.quick()
    }

    /// The next item; the end is not noted.
    pub fn next(&self, th: &Thread) -> PyResult<Option<Obj>> {
        let it = match &mut *self.0.lock() {
            Some(Source::Iterator(it)) => it.clone(),
            Some(source) => return Ok(source.quick()),
            None => return Ok(None),
        };
        next(th, &it)
    }
}

/// A `StopIteration` that a native `tp_iternext` let through means the end as well.
#[inline(always)]
fn end_of_stop_iteration(th: &Thread, r: PyResult<Option<Obj>>) -> PyResult<Option<Obj>> {
    match r {
        Err(raised) => {
            th.catch(raised, STOP_ITERATION)?;
            Ok(None)
        }
        ok => ok,
    }
}

/// Calls `f` with each item of an iterable.
pub fn for_each(th: &Thread, iterable: &Obj, mut f: impl FnMut(Obj) -> PyResult<()>) -> PyResult<()> {
    if let Some(t) = iterable.downcast_exact::<Tuple>() {
        let t = t.clone();
        for o in t.items() {
            f(o.clone())?;
        }
        return Ok(());
    }
    if let Some(l) = iterable.downcast_exact::<List>() {
        let l = l.clone();
        let mut i = 0;
        while let Some(o) = l.get(i) {
            i += 1;
            f(o)?;
        }
        return Ok(());
    }
    if let Some(s) = iterable.downcast_exact::<Str>() {
        let s = s.clone();
        for c in s.chars().iter() {
            f(pystr::single(c).into_obj())?;
        }
        return Ok(());
    }
    let it = iter(th, iterable)?;
    while let Some(o) = next(th, &it)? {
        f(o)?;
    }
    Ok(())
}

/// `operator.length_hint(o, default)`.
pub fn length_hint(th: &Thread, o: &Obj, default: usize) -> PyResult<usize> {
    let slots = &o.ty().slots;
    if slots.sq_length.get().is_some() || slots.mp_length.get().is_some() {
        match super::sequence::len(th, o) {
            Ok(n) => return Ok(n),
            Err(raised) => th.catch(raised, crate::types::exceptions::TYPE_ERROR)?,
        }
    }
    let Some(hint) = o.ty().lookup(&crate::names::get().__length_hint__) else { return Ok(default) };
    let r = match super::attribute::call_found(th, hint, o, &[]) {
        Ok(r) => r,
        Err(raised) => {
            th.catch(raised, crate::types::exceptions::TYPE_ERROR)?;
            return Ok(default);
        }
    };
    if r.is_not_implemented() {
        return Ok(default);
    }
    if !r.is_instance(crate::types::int::INT_TYPE) {
        return Err(th.type_error(format!("__length_hint__ must be an integer, not {}", r.ty().name())));
    }
    match crate::types::int::to_i128(&r).map(isize::try_from) {
        Some(Ok(n)) if n >= 0 => Ok(n as usize),
        Some(Ok(_)) => Err(th.value_error("__length_hint__() should return >= 0")),
        _ => Err(th.overflow_error("Python int too large to convert to C ssize_t")),
    }
}
