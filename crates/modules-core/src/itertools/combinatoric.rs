//! `combinations`, `combinations_with_replacement`, `permutations` and `product`.

use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::sequence;
use runtime::types::int;
use runtime::types::tuple::{Recycled, Tuple};
use runtime::types::type_::alloc_instance;
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, Type};

/// Positions of the items of the last result.
#[derive(Default)]
struct Walk {
    indices: Vec<usize>,
    /// `permutations`: how often each place still turns.
    cycles: Vec<usize>,
    started: bool,
    stopped: bool,
}

fn indices(th: &Thread, n: usize, value: impl Fn(usize) -> usize) -> PyResult<Vec<usize>> {
    let mut v = Vec::new();
    if v.try_reserve_exact(n).is_err() {
        return Err(th.memory_error());
    }
    v.extend((0..n).map(value));
    Ok(v)
}

/// Declares an iterator over choices from one pool. `$advance` moves to the next choice, false at the end.
macro_rules! choices {
    ($(#[$doc:meta])* $name:ident $py:literal $sig:literal, $make:expr, $advance:expr) => {
        $(#[$doc])*
        #[macros::pyclass(name = $py, module = "itertools", flags = BASETYPE | HAVE_GC)]
        pub(crate) struct $name {
            pool: Vec<Obj>,
            walk: Guarded<Walk>,
            result: Recycled,
        }

        impl Payload for $name {
            fn traverse(&self, v: &mut Visitor<'_>) {
                v.all(&self.pool);
                self.result.traverse(v);
            }
        }

        #[macros::pymethods]
        impl $name {
            #[new(name = $py, sig = $sig)]
            fn new(th: &Thread, cls: &Py<Type>, iterable: &Obj, r: Option<&Obj>) -> PyResult<Obj> {
                let pool = sequence::to_vec(th, iterable)?;
                let make: fn(&Thread, &[Obj], Option<&Obj>) -> PyResult<Walk> = $make;
                let walk = Guarded::new(make(th, &pool, r)?);
                Ok(alloc_instance(th, cls.as_object(), $name { pool, walk, result: Recycled::default() }).into_obj())
            }

            #[slot(tp_iter)]
            fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
                Ok(slf.clone())
            }

            #[slot(tp_iternext)]
            fn next(th: &Thread, slf: &Py<$name>) -> PyResult<Option<Obj>> {
                let mut w = slf.walk.lock();
                if w.stopped {
                    return Ok(None);
                }
                let advance: fn(&mut Walk, usize) -> bool = $advance;
                if w.started && !advance(&mut w, slf.pool.len()) {
                    w.stopped = true;
                    return Ok(None);
                }
                w.started = true;
                let r = if w.cycles.is_empty() { w.indices.len() } else { w.cycles.len() };
                Ok(Some(slf.result.gather(th, r, move |i| &slf.pool[w.indices[i]])))
            }

            /// Returns size in memory, in bytes.
            #[pymethod(sig = "($self, /)")]
            fn __sizeof__(_th: &Thread, slf: &Py<$name>) -> usize {
                slf.as_obj().ty().basicsize() + slf.walk.lock().indices.len() * 8
            }
        }
    };
}

/// The size of a choice, which must be given.
fn size(th: &Thread, r: Option<&Obj>) -> PyResult<usize> {
    let Some(r) = r else { return Err(th.type_error("missing required argument 'r' (pos 2)")) };
    let r = runtime::protocols::number::index_isize(th, r, "Python int too large to convert to C ssize_t")?;
    usize::try_from(r).map_err(|_| th.value_error("r must be non-negative"))
}

choices! {
    /// Return successive r-length combinations of elements in the iterable.
    ///
    /// combinations(range(4), 3) --> (0,1,2), (0,1,3), (0,2,3), (1,2,3)
    Combinations "combinations" "(iterable, r)",
    |th, pool, r| {
        let r = size(th, r)?;
        let stopped = r > pool.len();
        Ok(Walk { indices: indices(th, if stopped { 0 } else { r }, |i| i)?, stopped, ..Walk::default() })
    },
    |w, n| {
        let r = w.indices.len();
        let Some(i) = (0..r).rev().find(|&i| w.indices[i] != i + n - r) else { return false };
        let first = w.indices[i] + 1;
        for j in i..r {
            w.indices[j] = first + (j - i);
        }
        true
    }
}

choices! {
    /// Return successive r-length combinations of elements in the iterable allowing individual elements to have successive repeats.
    ///
    /// combinations_with_replacement('ABC', 2) --> ('A','A'), ('A','B'), ('A','C'), ('B','B'), ('B','C'), ('C','C')
    CombinationsWithReplacement "combinations_with_replacement" "(iterable, r)",
    |th, pool, r| {
        let r = size(th, r)?;
        let stopped = pool.is_empty() && r > 0;
        Ok(Walk { indices: indices(th, if stopped { 0 } else { r }, |_| 0)?, stopped, ..Walk::default() })
    },
    |w, n| {
        let Some(i) = w.indices.iter().rposition(|&k| k + 1 != n) else { return false };
        let next = w.indices[i] + 1;
        w.indices[i..].fill(next);
        true
    }
}

choices! {
    /// Return successive r-length permutations of elements in the iterable.
    ///
    /// permutations(range(3), 2) --> (0,1), (0,2), (1,0), (1,2), (2,0), (2,1)
    Permutations "permutations" "(iterable, r=None)",
    |th, pool, r| {
        let n = pool.len();
        let r = match r.filter(|r| !r.is_none()) {
            None => n,
            Some(r) if !r.is_instance(int::INT_TYPE) => return Err(th.type_error("Expected int as r")),
            Some(r) => size(th, Some(r))?,
        };
        let stopped = r > n;
        let (n, r) = if stopped { (0, 0) } else { (n, r) };
        // Without places to turn, the empty choice is the only one.
        let indices = indices(th, if r == 0 { 0 } else { n }, |i| i)?;
        Ok(Walk { indices, cycles: (0..r).map(|i| n - i).collect(), stopped, ..Walk::default() })
    },
    |w, n| {
        for i in (0..w.cycles.len()).rev() {
            w.cycles[i] -= 1;
            if w.cycles[i] == 0 {
                w.indices[i..].rotate_left(1);
                w.cycles[i] = n - i;
            } else {
                let j = w.indices.len() - w.cycles[i];
                w.indices.swap(i, j);
                return true;
            }
        }
        false
    }
}

/// Cartesian product of input iterables.  Equivalent to nested for-loops.
///
/// For example, product(A, B) returns the same as:  ((x,y) for x in A for y in B).
/// The leftmost iterators are in the outermost for-loop, so the output tuples
/// cycle in a manner similar to an odometer (with the rightmost element changing
/// on every iteration).
///
/// To compute the product of an iterable with itself, specify the number
/// of repetitions with the optional repeat keyword argument. For example,
/// product(A, repeat=4) means the same as product(A, A, A, A).
///
/// product('ab', range(3)) --> ('a',0) ('a',1) ('a',2) ('b',0) ('b',1) ('b',2)
/// product((0,1), (0,1), (0,1)) --> (0,0,0) (0,0,1) (0,1,0) (0,1,1) (1,0,0) ...
#[macros::pyclass(name = "product", module = "itertools", flags = BASETYPE | HAVE_GC)]
pub(crate) struct Product {
    /// One for each place of a result.
    pools: Box<[Py<Tuple>]>,
    walk: Guarded<Walk>,
    result: Recycled,
}

impl Payload for Product {
    fn traverse(&self, v: &mut Visitor<'_>) {
        for pool in &self.pools {
            v.py(pool);
        }
        self.result.traverse(v);
    }
}

#[macros::pymethods]
impl Product {
    #[new(name = "product")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        let mut repeat = 1isize;
        if let [Some(value)] = args.keywords_apart(th, "product", ["repeat"])? {
            repeat = runtime::protocols::number::index_isize(th, value, "Python int too large to convert to C ssize_t")?;
            if repeat < 0 {
                return Err(th.value_error("repeat argument cannot be negative"));
            }
        }
        let given = if repeat == 0 { &[] } else { args.pos() };
        let Some(total) = given.len().checked_mul(repeat as usize) else {
            return Err(th.overflow_error("repeat argument too large"));
        };
        let mut pools = Vec::new();
        if pools.try_reserve_exact(total).is_err() {
            return Err(th.memory_error());
        }
        for iterable in given {
            pools.push(sequence::to_tuple(th, iterable)?);
        }
        for i in given.len()..total {
            pools.push(pools[i - given.len()].clone());
        }
        let walk = Walk { indices: indices(th, total, |_| 0)?, stopped: pools.iter().any(|p| p.is_empty()), ..Walk::default() };
        let payload = Product { pools: pools.into(), walk: Guarded::new(walk), result: Recycled::default() };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Product>) -> PyResult<Option<Obj>> {
        let mut w = slf.walk.lock();
        if w.stopped {
            return Ok(None);
        }
        let pools = &slf.pools;
        if w.started {
            let moved = w.indices.iter_mut().zip(pools).rev().any(|(index, pool)| {
                *index += 1;
                if *index == pool.len() {
                    *index = 0;
                }
                *index != 0
            });
            if !moved {
                w.stopped = true;
                return Ok(None);
            }
        }
        w.started = true;
        let n = pools.len();
        Ok(Some(slf.result.gather(th, n, move |i| &pools[i].items()[w.indices[i]])))
    }

    /// Returns size in memory, in bytes.
    #[pymethod(sig = "($self, /)")]
    fn __sizeof__(_th: &Thread, slf: &Py<Product>) -> usize {
        slf.as_obj().ty().basicsize() + slf.walk.lock().indices.len() * 8
    }
}
