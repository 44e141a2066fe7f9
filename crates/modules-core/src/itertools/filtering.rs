//! Iterators that pass on some items, or the results of calls: `compress`, `dropwhile`, `filterfalse`, `starmap`, `takewhile`.

use object::Payload;
use object::gc::Visitor;
use runtime::protocols::{call, iterate, sequence, truth};
use runtime::types::tuple::Tuple;
use runtime::types::type_::alloc_instance;
use runtime::{Obj, ObjExt, Py, PyResult, Thread, Type};
use std::cell::Cell;

/// Return data elements corresponding to true selector elements.
///
/// Forms a shorter iterator from selected data elements using the selectors to
/// choose the data elements.
#[macros::pyclass(name = "compress", module = "itertools", flags = BASETYPE | HAVE_GC)]
pub(crate) struct Compress {
    data: Obj,
    selectors: Obj,
}

impl Payload for Compress {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.data);
        v.obj(&self.selectors);
    }
}

#[macros::pymethods]
impl Compress {
    #[new(name = "compress", sig = "(data, selectors)")]
    fn new(th: &Thread, cls: &Py<Type>, data: &Obj, selectors: &Obj) -> PyResult<Obj> {
        let data = iterate::iter(th, data)?;
        let selectors = iterate::iter(th, selectors)?;
        Ok(alloc_instance(th, cls.as_object(), Compress { data, selectors }).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Compress>) -> PyResult<Option<Obj>> {
        loop {
            let Some(datum) = iterate::next(th, &slf.data)? else { return Ok(None) };
            let Some(selector) = iterate::next(th, &slf.selectors)? else { return Ok(None) };
            if truth(th, &selector)? {
                return Ok(Some(datum));
            }
        }
    }
}

/// Declares an iterator that calls a function with the items of another; a fact that it remembers, if there is one, starts as `$first` says.
macro_rules! calling_iterator {
    ($(#[$doc:meta])* $name:ident $py:literal $sig:literal $({ $fact:ident: $first:expr })?, |$th:ident, $slf:ident| $step:expr) => {
        $(#[$doc])*
        #[macros::pyclass(name = $py, module = "itertools", flags = BASETYPE | HAVE_GC)]
        pub(crate) struct $name {
            function: Obj,
            it: Obj,
            $($fact: Cell<bool>,)?
        }

        impl Payload for $name {
            fn traverse(&self, v: &mut Visitor<'_>) {
                v.obj(&self.function);
                v.obj(&self.it);
            }
        }

        #[macros::pymethods]
        impl $name {
            #[new(name = $py, sig = $sig)]
            fn new(th: &Thread, cls: &Py<Type>, function: &Obj, iterable: &Obj) -> PyResult<Obj> {
                let it = iterate::iter(th, iterable)?;
                let payload = $name { function: function.clone(), it, $($fact: Cell::new($first(function)))? };
                Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
            }

            #[slot(tp_iter)]
            fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
                Ok(slf.clone())
            }

            #[slot(tp_iternext)]
            fn next($th: &Thread, $slf: &Py<$name>) -> PyResult<Option<Obj>> {
                $step
            }
        }
    };
}

/// Whether a predicate is true of an item.
fn holds(th: &Thread, predicate: &Obj, item: &Obj) -> PyResult<bool> {
    let answer = call::call_one(th, predicate, item)?;
    truth(th, &answer)
}

fn undecided(_function: &Obj) -> bool {
    false
}

fn is_truth(function: &Obj) -> bool {
    function.is_none() || function.is(&runtime::types::int::BOOL_TYPE.to_obj())
}

calling_iterator! {
    /// Drop items from the iterable while predicate(item) is true.
    ///
    /// Afterwards, return every element until the iterable is exhausted.
    DropWhile "dropwhile" "(predicate, iterable, /)" { decided: undecided }, |th, slf| loop {
        let Some(item) = iterate::next(th, &slf.it)? else { return Ok(None) };
        if slf.decided.get() {
            return Ok(Some(item));
        }
        if !holds(th, &slf.function, &item)? {
            slf.decided.set(true);
            return Ok(Some(item));
        }
    }
}

calling_iterator! {
    /// Return successive entries from an iterable as long as the predicate evaluates to true for each entry.
    TakeWhile "takewhile" "(predicate, iterable, /)" { decided: undecided }, |th, slf| {
        if slf.decided.get() {
            return Ok(None);
        }
        let Some(item) = iterate::next(th, &slf.it)? else { return Ok(None) };
        if holds(th, &slf.function, &item)? {
            return Ok(Some(item));
        }
        slf.decided.set(true);
        Ok(None)
    }
}

calling_iterator! {
    /// Return those items of iterable for which function(item) is false.
    ///
    /// If function is None, return the items that are false.
    FilterFalse "filterfalse" "(function, iterable, /)" { decided: is_truth }, |th, slf| {
        let plain = slf.decided.get();
        loop {
            let Some(item) = iterate::next(th, &slf.it)? else { return Ok(None) };
            let holds = if plain { truth(th, &item)? } else { holds(th, &slf.function, &item)? };
            if !holds {
                return Ok(Some(item));
            }
        }
    }
}

calling_iterator! {
    /// Return an iterator whose values are returned from the function evaluated with an argument tuple taken from the given sequence.
    StarMap "starmap" "(function, iterable, /)", |th, slf| {
        let Some(args) = iterate::next(th, &slf.it)? else { return Ok(None) };
        let result = match args.downcast_exact::<Tuple>() {
            Some(t) => call::call(th, &slf.function, t.items())?,
            None => call::call(th, &slf.function, &sequence::to_vec(th, &args)?)?,
        };
        Ok(Some(result))
    }
}
