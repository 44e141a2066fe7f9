//! `_lsprof`: the native half of `cProfile`. A profiler is a tool of `sys.monitoring` that keeps a stack of running calls and sums up their times.

use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::native::MethodDef;
use runtime::os::duration::{self, Rounding};
use runtime::protocols::{attribute, call, number};
use runtime::types::descriptors::MethodDescriptor;
use runtime::types::function::BuiltinFunction;
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::alloc_instance;
use runtime::types::{float, int, list, structseq};
use runtime::{Args, Module, Obj, ObjExt, Py, PyResult, Thread, Type, int_obj, none};
use std::cell::Cell;
use std::collections::HashMap;

/// The number of the profiling tool, and its name.
const TOOL: i64 = 2;
const TOOL_NAME: &str = "cProfile";

/// Callbacks by event, as methods of the profiler.
const CALLBACKS: [(&str, &str); 9] = [
    ("PY_START", "_pystart_callback"),
    ("PY_RESUME", "_pystart_callback"),
    ("PY_THROW", "_pythrow_callback"),
    ("PY_RETURN", "_pyreturn_callback"),
    ("PY_YIELD", "_pyreturn_callback"),
    ("PY_UNWIND", "_pyreturn_callback"),
    ("CALL", "_ccall_callback"),
    ("C_RETURN", "_creturn_callback"),
    ("C_RAISE", "_creturn_callback"),
];

/// What was called: the address of a code object or of a native function's definition.
type Key = usize;

/// Calls of one function, in all or from one caller. Times are in the profiler's ticks.
#[derive(Clone, Copy, Default)]
struct Sums {
    calls: i64,
    recursive: i64,
    total: i64,
    inline: i64,
    /// How many calls are running.
    depth: i64,
}

impl Sums {
    fn finish(&mut self, total: i64, inline: i64) {
        self.depth -= 1;
        if self.depth == 0 {
            self.total += total;
        } else {
            self.recursive += 1;
        }
        self.inline += inline;
        self.calls += 1;
    }
}

struct Entry {
    /// The code object, or the text that names a native function.
    shown: Obj,
    sums: Sums,
    /// By index of the function that was called.
    callees: Vec<(usize, Sums)>,
}

impl Entry {
    fn callee(&mut self, index: usize) -> &mut Sums {
        let place = self.callees.iter().position(|(i, _)| *i == index).unwrap_or_else(|| {
            self.callees.push((index, Sums::default()));
            self.callees.len() - 1
        });
        &mut self.callees[place].1
    }
}

/// A call that runs.
struct Running {
    entry: usize,
    started: i64,
    in_callees: i64,
}

#[derive(Default)]
struct Data {
    entries: Vec<Entry>,
    by_key: HashMap<Key, usize>,
    stack: Vec<Running>,
}

impl Data {
    fn enter(&mut self, entry: usize, subcalls: bool) {
        self.entries[entry].sums.depth += 1;
        if let (true, Some(caller)) = (subcalls, self.stack.last().map(|r| r.entry)) {
            self.entries[caller].callee(entry).depth += 1;
        }
    }

    /// The innermost call ends at `now`.
    fn leave(&mut self, running: &Running, now: i64, subcalls: bool) {
        let total = now - running.started;
        let inline = total - running.in_callees;
        self.entries[running.entry].sums.finish(total, inline);
        let Some(caller) = self.stack.last_mut() else { return };
        caller.in_callees += total;
        let caller = caller.entry;
        if subcalls {
            self.entries[caller].callee(running.entry).finish(total, inline);
        }
    }
}

/// The payload of `Profiler`.
#[macros::pyclass(
    name = "Profiler",
    module = "_lsprof",
    flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF,
    doc = "Build a profiler object using the specified timer function.\n\nThe default timer is a fast built-in one based on real time.\nFor custom timer functions returning integers, 'timeunit' can\nbe a float specifying a scale (that is, how long each integer unit\nis, in seconds)."
)]
pub(crate) struct Profiler {
    data: Guarded<Data>,
    timer: Guarded<Option<Obj>>,
    unit: Cell<f64>,
    subcalls: Cell<bool>,
    builtins: Cell<bool>,
    enabled: Cell<bool>,
    in_timer: Cell<bool>,
}

impl Payload for Profiler {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(data) = self.data.try_lock() {
            data.entries.iter().for_each(|e| v.obj(&e.shown));
        }
        if let Some(timer) = self.timer.try_lock() {
            v.opt(&timer);
        }
    }

    fn clear(&self) {
        let old = self.data.try_lock().map(|mut d| std::mem::take(&mut *d));
        drop(old);
        let old = self.timer.try_lock().and_then(|mut t| t.take());
        drop(old);
    }
}

fn key_of<T>(place: &T) -> Key {
    std::ptr::from_ref(place) as usize
}

/// How a native function is shown: as the method of its receiver's type, else by module and name.
fn native_name(th: &Thread, def: &'static MethodDef, receiver: Option<&Obj>, module: Option<&Obj>) -> PyResult<Obj> {
    if let Some(receiver) = receiver
        && receiver.downcast::<Module>().is_none()
        && let Some(found) = receiver.ty().lookup(&pystr::intern(def.name))
    {
        return Ok(runtime::protocols::repr(th, &found)?.into_obj());
    }
    Ok(pystr::new(&match module.and_then(|m| m.downcast::<Str>()) {
        Some(m) => format!("<built-in method {}.{}>", m.to_string_lossy(), def.name),
        None => format!("<built-in method {}>", def.name),
    })
    .into_obj())
}

impl Profiler {
    /// The profiler's clock.
    fn now(&self, th: &Thread) -> i64 {
        let timer = self.timer.get();
        match timer {
            Some(timer) => self.call_timer(th, &timer),
            None => host::time::gettime(host::time::clock::MONOTONIC).unwrap_or(0),
        }
    }

    /// A timer of the program; its errors are shown and count as 0.
    fn call_timer(&self, th: &Thread, timer: &Obj) -> i64 {
        let outer = self.in_timer.replace(true);
        let result = call::call(th, timer, &[]);
        self.in_timer.set(outer);
        let ticks = result.and_then(|o| {
            if self.unit.get() > 0.0 { number::index_i64(th, &o) } else { duration::from_seconds(th, &o, Rounding::Floor) }
        });
        ticks.unwrap_or_else(|raised| {
            let shown = runtime::protocols::repr(th, timer).map_or_else(
                |raised| {
                    drop(th.take_raised(raised));
                    String::new()
                },
                |r| r.to_string_lossy(),
            );
            let e = th.take_raised(raised);
            let message = format!("Exception ignored while calling _lsprof timer {shown}");
            runtime::display::unraisable(th, e, Some(&message), None);
            0
        })
    }

    fn enter(&self, th: &Thread, key: Key, shown: impl FnOnce() -> PyResult<Obj>) -> PyResult<()> {
        let known = self.data.lock().by_key.get(&key).copied();
        let entry = match known {
            Some(i) => i,
            None => {
                let shown = shown()?;
                let mut data = self.data.lock();
                let i = data.entries.len();
                data.entries.push(Entry { shown, sums: Sums::default(), callees: Vec::new() });
                data.by_key.insert(key, i);
                i
            }
        };
        self.data.lock().enter(entry, self.subcalls.get());
        let started = self.now(th);
        self.data.lock().stack.push(Running { entry, started, in_callees: 0 });
        Ok(())
    }

    fn leave(&self, th: &Thread, key: Key) {
        let Some(running) = self.data.lock().stack.pop() else { return };
        if self.data.lock().by_key.contains_key(&key) {
            let now = self.now(th);
            self.data.lock().leave(&running, now, self.subcalls.get());
        }
    }

    /// Calls that began before the profiler stopped end now.
    fn leave_all(&self, th: &Thread) {
        loop {
            let running = self.data.lock().stack.pop();
            let Some(running) = running else { return };
            let now = self.now(th);
            self.data.lock().leave(&running, now, self.subcalls.get());
        }
    }

    /// A call of native code starts or ends.
    fn native(&self, th: &Thread, callable: &Obj, first: &Obj, starts: bool) -> PyResult<()> {
        if !self.builtins.get() {
            return Ok(());
        }
        if let Some(f) = callable.downcast::<BuiltinFunction>() {
            let key = key_of(f.def);
            if starts {
                return self.enter(th, key, || native_name(th, f.def, f.slf.as_ref(), f.module.as_ref()));
            }
            self.leave(th, key);
        } else if let Some(m) = callable.downcast::<MethodDescriptor>()
            && !first.is(&monitoring_attribute(th, "MISSING")?)
        {
            let key = key_of(m.def);
            if starts {
                return self.enter(th, key, || native_name(th, m.def, Some(first), None));
            }
            self.leave(th, key);
        }
        Ok(())
    }

    fn set_up(&self, subcalls: Option<bool>, builtins: Option<bool>) {
        self.subcalls.set(subcalls.unwrap_or(true));
        self.builtins.set(builtins.unwrap_or(true));
    }

    fn refuse_in_timer(&self, th: &Thread, what: &str) -> PyResult<()> {
        if self.in_timer.get() {
            return Err(th.runtime_error(format!("cannot {what} profiler in external timer")));
        }
        Ok(())
    }
}

/// An attribute of `sys.monitoring`.
fn monitoring_attribute(th: &Thread, name: &str) -> PyResult<Obj> {
    attribute::get_str(th, &monitoring(th)?, name)
}

fn monitoring(th: &Thread) -> PyResult<Obj> {
    runtime::sys::get(th, "monitoring")?.ok_or_else(|| th.runtime_error("lost sys.monitoring"))
}

/// Registers the profiler's callbacks, or takes them away, and sets or clears the tool's events.
fn register(th: &Thread, slf: Option<&Py<Profiler>>) -> PyResult<()> {
    let monitoring = monitoring(th)?;
    let events = attribute::get_str(th, &monitoring, "events")?;
    let mut all = 0;
    for (event, method) in CALLBACKS {
        let event = attribute::get_str(th, &events, event)?;
        all |= number::index_i64(th, &event)?;
        let callback = match slf {
            Some(p) => attribute::get_str(th, p.as_obj(), method)?,
            None => none(),
        };
        call::call_method(th, &monitoring, "register_callback", &[int_obj(TOOL), event, callback])?;
    }
    let set = if slf.is_some() { all } else { 0 };
    call::call_method(th, &monitoring, "set_events", &[int_obj(TOOL), int_obj(set)]).map(drop)
}

/// The types of results, made once for an interpreter.
#[derive(Default)]
struct Types(Guarded<Vec<Py<Type>>>);

/// Name, fields, their number.
const RESULTS: [(&str, &[&str]); 2] = [
    ("_lsprof.profiler_entry", &["code", "callcount", "reccallcount", "totaltime", "inlinetime", "calls"]),
    ("_lsprof.profiler_subentry", &["code", "callcount", "reccallcount", "totaltime", "inlinetime"]),
];

fn types(th: &Thread) -> PyResult<Vec<Py<Type>>> {
    let state = th.rt().state::<Types>();
    let known = state.0.get();
    if !known.is_empty() {
        return Ok(known);
    }
    let make = |&(name, fields): &(&str, &[&str])| structseq::new_type(th, name, "", fields, fields.len());
    let made: Vec<Py<Type>> = RESULTS.iter().map(make).collect::<PyResult<_>>()?;
    state.0.set(made.clone());
    Ok(made)
}

/// The module.
#[macros::pymodule(name = "_lsprof", exec = Lsprof::exec)]
pub(crate) struct Lsprof;

#[macros::pymethods]
impl Lsprof {}

impl Lsprof {
    fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
        m.add_type::<Profiler>();
        for (ty, name) in types(th)?.into_iter().zip(["profiler_entry", "profiler_subentry"]) {
            m.add(name, ty.into_obj());
        }
        Ok(())
    }
}

/// The five common fields of a result.
fn fields(shown: &Obj, sums: &Sums, factor: f64) -> Vec<Obj> {
    let seconds = |ticks: i64| float::new(ticks as f64 * factor);
    vec![shown.clone(), int::from_i64(sums.calls), int::from_i64(sums.recursive), seconds(sums.total), seconds(sums.inline)]
}

#[macros::pymethods]
impl Profiler {
    #[new(name = "Profiler")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        let payload = Profiler {
            data: Guarded::new(Data::default()),
            timer: Guarded::new(None),
            unit: Cell::new(0.0),
            subcalls: Cell::new(true),
            builtins: Cell::new(true),
            enabled: Cell::new(false),
            in_timer: Cell::new(false),
        };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[init(name = "Profiler", sig = "(timer=None, timeunit=0.0, subcalls=True, builtins=True)")]
    fn init(
        th: &Thread,
        slf: &Py<Self>,
        timer: Option<&Obj>,
        timeunit: Option<f64>,
        subcalls: Option<bool>,
        builtins: Option<bool>,
    ) -> PyResult<()> {
        let _ = th;
        let old = slf.timer.replace(timer.filter(|t| !t.is_none()).cloned());
        drop(old);
        slf.unit.set(timeunit.unwrap_or(0.0));
        slf.set_up(subcalls, builtins);
        Ok(())
    }

    /// Start collecting profiling information.
    ///
    ///   subcalls
    ///     If True, also records for each function
    ///     statistics separated according to its current caller.
    ///   builtins
    ///     If True, records the time spent in
    ///     built-in functions separately from their caller.
    #[pymethod(sig = "($self, /, subcalls=True, builtins=True)")]
    fn enable(th: &Thread, slf: &Py<Self>, subcalls: Option<bool>, builtins: Option<bool>) -> PyResult<()> {
        slf.set_up(subcalls, builtins);
        let name = pystr::new(TOOL_NAME).into_obj();
        call::call_method(th, &monitoring(th)?, "use_tool_id", &[int_obj(TOOL), name])?;
        slf.enabled.set(true);
        register(th, Some(slf))
    }

    /// Stop collecting profiling information.
    #[pymethod(sig = "($self, /)")]
    fn disable(th: &Thread, slf: &Py<Self>) -> PyResult<()> {
        slf.refuse_in_timer(th, "disable")?;
        if slf.enabled.replace(false) {
            register(th, None)?;
            call::call_method(th, &monitoring(th)?, "free_tool_id", &[int_obj(TOOL)])?;
            slf.leave_all(th);
        }
        Ok(())
    }

    /// Clear all profiling information collected so far.
    #[pymethod(sig = "($self, /)")]
    fn clear(th: &Thread, slf: &Py<Self>) -> PyResult<()> {
        slf.refuse_in_timer(th, "clear")?;
        let old = std::mem::take(&mut *slf.data.lock());
        drop(old);
        Ok(())
    }

    /// list of profiler_entry objects.
    ///
    /// getstats() -> list of profiler_entry objects
    ///
    /// Return all information collected by the profiler.
    /// Each profiler_entry is a tuple-like object with the
    /// following attributes:
    ///
    ///     code          code object
    ///     callcount     how many times this was called
    ///     reccallcount  how many times called recursively
    ///     totaltime     total time in this entry
    ///     inlinetime    inline time in this entry (not in subcalls)
    ///     calls         details of the calls
    ///
    /// The calls attribute is either None or a list of
    /// profiler_subentry objects:
    ///
    ///     code          called code object
    ///     callcount     how many times this is called
    ///     reccallcount  how many times this is called recursively
    ///     totaltime     total time spent in this call
    ///     inlinetime    inline time (not in further subcalls)
    #[pymethod(sig = "($self, /)")]
    fn getstats(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let outside = slf.timer.lock().is_some() && slf.unit.get() != 0.0;
        let factor = if outside { slf.unit.get() } else { 1e-9 };
        let types = types(th)?;
        // Taken out first: making results runs the collector.
        let taken: Vec<(Vec<Obj>, Vec<Vec<Obj>>)> = {
            let data = slf.data.lock();
            let called = data.entries.iter().filter(|e| e.sums.calls != 0);
            let callees = |e: &Entry| {
                let counted = e.callees.iter().filter(|(_, s)| s.calls != 0);
                counted.map(|(i, s)| fields(&data.entries[*i].shown, s, factor)).collect()
            };
            called.map(|e| (fields(&e.shown, &e.sums, factor), callees(e))).collect()
        };
        let mut out = Vec::with_capacity(taken.len());
        for (mut values, callees) in taken {
            let subentries = callees.into_iter().map(|v| structseq::new(th, &types[1], v)).collect::<PyResult<Vec<Obj>>>()?;
            values.push(if subentries.is_empty() { none() } else { list::from_vec(th, subentries).into_obj() });
            out.push(structseq::new(th, &types[0], values)?);
        }
        Ok(list::from_vec(th, out).into_obj())
    }

    #[pymethod(sig = "($self, code, instruction_offset, /)")]
    fn _pystart_callback(th: &Thread, slf: &Py<Self>, code: &Obj, _instruction_offset: &Obj) -> PyResult<()> {
        slf.enter(th, code.id() as Key, || Ok(code.clone()))
    }

    #[pymethod(sig = "($self, code, instruction_offset, exception, /)")]
    fn _pythrow_callback(th: &Thread, slf: &Py<Self>, code: &Obj, _offset: &Obj, _exception: &Obj) -> PyResult<()> {
        slf.enter(th, code.id() as Key, || Ok(code.clone()))
    }

    #[pymethod(sig = "($self, code, instruction_offset, retval, /)")]
    fn _pyreturn_callback(th: &Thread, slf: &Py<Self>, code: &Obj, _offset: &Obj, _retval: &Obj) {
        slf.leave(th, code.id() as Key);
    }

    #[pymethod(sig = "($self, code, instruction_offset, callable, self_arg, /)")]
    fn _ccall_callback(
        th: &Thread,
        slf: &Py<Self>,
        _code: &Obj,
        _instruction_offset: &Obj,
        callable: &Obj,
        self_arg: &Obj,
    ) -> PyResult<()> {
        slf.native(th, callable, self_arg, true)
    }

    #[pymethod(sig = "($self, code, instruction_offset, callable, self_arg, /)")]
    fn _creturn_callback(
        th: &Thread,
        slf: &Py<Self>,
        _code: &Obj,
        _instruction_offset: &Obj,
        callable: &Obj,
        self_arg: &Obj,
    ) -> PyResult<()> {
        slf.native(th, callable, self_arg, false)
    }
}
