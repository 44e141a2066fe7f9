//! `_queue`: a queue between threads that signal handlers and destructors may use too.

use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::os::calls;
use runtime::os::duration::{self, Deadline, Rounding};
use runtime::types::exceptions::{self, EXCEPTION};
use runtime::types::generic_alias;
use runtime::types::type_::alloc_instance;
use runtime::{Args, Module, Obj, ObjExt, Py, PyResult, Raised, Thread, Type};
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The module.
#[macros::pymodule(name = "_queue", exec = exec)]
pub(crate) struct Queue;

/// `_queue.Empty`.
#[derive(Default)]
struct State(Guarded<Option<Obj>>);

fn empty_class(th: &Thread) -> PyResult<Obj> {
    let state: Arc<State> = th.rt().state();
    if let Some(class) = state.0.get() {
        return Ok(class);
    }
    let doc = "Exception raised by Queue.get(block=0)/get_nowait().";
    let class = exceptions::new_class(th, "_queue.Empty", EXCEPTION, Some(doc))?;
    state.0.set(Some(class.clone()));
    Ok(class)
}

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add("Empty", empty_class(th)?);
    m.add_type::<SimpleQueue>();
    Ok(())
}

#[macros::pymethods]
impl Queue {}

/// How long a thread waits before it looks for signals.
const SLICE: i64 = 20_000_000;

/// `_queue.SimpleQueue`. Items change under the interpreter lock; `filled` counts them for those who wait without it.
#[macros::pyclass(name = "SimpleQueue", module = "_queue", flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF)]
pub(crate) struct SimpleQueue {
    items: Guarded<VecDeque<Obj>>,
    filled: Mutex<usize>,
    changed: Condvar,
}

impl Payload for SimpleQueue {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(items) = self.items.try_lock() {
            for o in items.iter() {
                v.obj(o);
            }
        }
    }

    fn clear(&self) {
        let old = self.items.try_lock().map(|mut items| std::mem::take(&mut *items));
        drop(old);
    }
}

impl SimpleQueue {
    fn push(&self, item: Obj) {
        self.items.lock().push_back(item);
        *self.filled.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.changed.notify_one();
    }

    fn pop(&self) -> Option<Obj> {
        let item = self.items.lock().pop_front()?;
        *self.filled.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        Some(item)
    }

    /// Waits for an item, at most that many nanoseconds.
    fn wait(&self, ns: i64) {
        let filled = self.filled.lock().unwrap_or_else(PoisonError::into_inner);
        if *filled == 0 {
            drop(self.changed.wait_timeout(filled, Duration::from_nanos(ns.max(0) as u64)));
        }
    }

    fn take(&self, th: &Thread, block: bool, timeout: Option<&Obj>) -> PyResult<Obj> {
        let mut until = Deadline::after(None);
        if block && let Some(t) = timeout.filter(|t| !t.is_none()) {
            let ns = duration::from_seconds(th, t, Rounding::Ceiling)?;
            if ns < 0 {
                return Err(th.value_error("'timeout' must be a non-negative number"));
            }
            until = Deadline::after(Some(ns));
        }
        loop {
            if let Some(item) = self.pop() {
                return Ok(item);
            }
            let left = until.left();
            if !block || left == Some(0) {
                return Err(empty(th));
            }
            th.allow_threads(|| self.wait(left.map_or(SLICE, |left| left.min(SLICE))));
            calls::run_handlers(th)?;
        }
    }
}

#[cold]
fn empty(th: &Thread) -> Raised {
    match empty_class(th).and_then(|class| runtime::protocols::call::call(th, &class, &[])) {
        Ok(e) => th.raise(e),
        Err(r) => r,
    }
}

#[macros::pymethods]
impl SimpleQueue {
    #[new(name = "SimpleQueue", text = "()")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Obj> {
        if !args.pos().is_empty() {
            return Err(th.type_error("SimpleQueue() takes no positional arguments"));
        }
        if args.has_keywords() {
            return Err(th.type_error("SimpleQueue() takes no keyword arguments"));
        }
        let q = SimpleQueue { items: Guarded::new(VecDeque::new()), filled: Mutex::new(0), changed: Condvar::new() };
        Ok(alloc_instance(th, cls.as_object(), q).into_obj())
    }

    /// Put the item on the queue, never blocking; the other arguments are there for likeness with queue.Queue.
    #[pymethod(sig = "($self, /, item, block=True, timeout=None)")]
    fn put(_th: &Thread, slf: &Py<SimpleQueue>, item: &Obj, _block: Option<bool>, _timeout: Option<&Obj>) {
        slf.push(item.clone());
    }

    /// Put an item into the queue without blocking.
    #[pymethod(sig = "($self, /, item)")]
    fn put_nowait(_th: &Thread, slf: &Py<SimpleQueue>, item: &Obj) {
        slf.push(item.clone());
    }

    /// Remove and return an item from the queue, waiting for one if asked to.
    #[pymethod(sig = "($self, /, block=True, timeout=None)")]
    fn get(th: &Thread, slf: &Py<SimpleQueue>, block: Option<bool>, timeout: Option<&Obj>) -> PyResult<Obj> {
        slf.take(th, block.unwrap_or(true), timeout)
    }

    /// Remove and return an item from the queue without blocking.
    #[pymethod(sig = "($self, /)")]
    fn get_nowait(th: &Thread, slf: &Py<SimpleQueue>) -> PyResult<Obj> {
        slf.take(th, false, None)
    }

    /// Return True if the queue is empty, False otherwise (not reliable!).
    #[pymethod(sig = "($self, /)")]
    fn empty(_th: &Thread, slf: &Py<SimpleQueue>) -> bool {
        slf.items.lock().is_empty()
    }

    /// Return the approximate size of the queue (not reliable!).
    #[pymethod(sig = "($self, /)")]
    fn qsize(_th: &Thread, slf: &Py<SimpleQueue>) -> usize {
        slf.items.lock().len()
    }

    /// See PEP 585
    #[classmethod(sig = "($type, object, /)")]
    fn __class_getitem__(th: &Thread, cls: &Obj, item: &Obj) -> Obj {
        generic_alias::new(th, cls, item)
    }
}
