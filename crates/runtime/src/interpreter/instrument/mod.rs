//! Watching code that runs (PEP 669): tools, events, and the state they share; `sys.settrace` and `sys.setprofile` are tools too.

pub mod events;
mod fire;
pub mod legacy;
mod native;
mod sites;

pub use fire::{Callback, tell_swallowed};
pub use native::{fire_native, watching};
pub use sites::Sites;

pub(in crate::interpreter) use fire::*;

use crate::interpreter::frame::Frame;
use crate::thread::breaker;
use crate::types::code::Code;
use crate::{Obj, Py, PyResult, Thread};
use events::{EVENTS, LOCAL_EVENTS, UNGROUPED_EVENTS, event};
use object::Guarded;
use std::cell::Cell;
use std::sync::atomic::Ordering::Relaxed;

/// Tools by number; the last two are the interpreter's own.
pub const TOOLS: usize = 8;
/// Tools that programs may use have lower numbers.
pub const USER_TOOLS: usize = 6;
pub const PROFILE_TOOL: usize = 6;
pub const TRACE_TOOL: usize = 7;

/// The interpreter's part of monitoring.
///
/// Invariants: `version` changes with `tools` and with every restart; a code object whose version differs is brought up to date before it runs on. All
/// threads have the breaker's `INSTRUMENTATION` bit once `version` is not 0.
pub struct Monitoring {
    version: Cell<u64>,
    last_restart: Cell<u64>,
    /// Tools of each event, for all code.
    tools: [Cell<u8>; UNGROUPED_EVENTS],
    /// How often each tool was cleared; local events of an earlier life of a tool are void.
    lives: [Cell<u64>; TOOLS],
    pub(crate) callbacks: Guarded<[[Option<Callback>; EVENTS]; TOOLS]>,
    pub(crate) names: Guarded<[Option<Obj>; USER_TOOLS]>,
    /// `sys.monitoring.DISABLE` and `MISSING`.
    disable: Guarded<Option<Obj>>,
    missing: Guarded<Option<Obj>>,
    tracing_threads: Cell<usize>,
    profiling_threads: Cell<usize>,
}

impl Default for Monitoring {
    fn default() -> Self {
        Monitoring {
            version: Cell::new(0),
            last_restart: Cell::new(0),
            tools: std::array::from_fn(|_| Cell::new(0)),
            lives: std::array::from_fn(|_| Cell::new(0)),
            callbacks: Guarded::new(std::array::from_fn(|_| std::array::from_fn(|_| None))),
            names: Guarded::new(std::array::from_fn(|_| None)),
            disable: Guarded::new(None),
            missing: Guarded::new(None),
            tracing_threads: Cell::new(0),
            profiling_threads: Cell::new(0),
        }
    }
}

fn singleton(th: &Thread, place: &Guarded<Option<Obj>>) -> Obj {
    if let Some(o) = place.get() {
        return o;
    }
    let fresh = crate::types::object::new_plain(th, crate::types::object::OBJECT_TYPE);
    place.set(Some(fresh.clone()));
    fresh
}

/// `sys.monitoring.DISABLE`.
pub fn disable_object(th: &Thread) -> Obj {
    singleton(th, &th.rt().monitoring.disable)
}

/// `sys.monitoring.MISSING`.
pub fn missing_object(th: &Thread) -> Obj {
    singleton(th, &th.rt().monitoring.missing)
}

impl Monitoring {
    /// The tools of an event for all code.
    pub fn tools(&self, event: usize) -> u8 {
        self.tools[event].get()
    }

    /// Events are, or were, watched: new threads have to look at versions.
    pub fn was_used(&self) -> bool {
        self.version.get() != 0
    }

    /// The events that a tool watches in all code.
    pub fn events_of(&self, tool: usize) -> u32 {
        (0..UNGROUPED_EVENTS).filter(|&e| self.tools[e].get() >> tool & 1 != 0).fold(0, |set, e| set | 1 << e)
    }
}

/// Sets the events that a tool watches in all code.
pub fn set_events(th: &Thread, tool: usize, set: u32) {
    let m = &th.rt().monitoring;
    if m.events_of(tool) == set {
        return;
    }
    for e in 0..UNGROUPED_EVENTS {
        let rest = m.tools[e].get() & !(1 << tool);
        m.tools[e].set(rest | u8::from(set >> e & 1 != 0) << tool);
    }
    m.version.set(m.version.get() + 2);
    changed(th);
}

/// Brings back the events that were disabled at single places (`sys.monitoring.restart_events`).
pub fn restart_events(th: &Thread) {
    let m = &th.rt().monitoring;
    m.last_restart.set(m.version.get() + 1);
    m.version.set(m.version.get() + 2);
    changed(th);
}

/// The events that a tool watches in one code object, besides those it watches in all.
pub fn local_events(th: &Thread, code: &Code, tool: usize) -> u32 {
    let mut sites = code.sites.lock();
    let Some(sites) = &mut *sites else { return 0 };
    sites.forget_cleared(th);
    let local = sites.local;
    (0..LOCAL_EVENTS).filter(|&e| local[e] >> tool & 1 != 0).fold(0, |set, e| set | 1 << e)
}

/// Sets the events that a tool watches in one code object.
pub fn set_local_events(th: &Thread, tool: usize, code: &Code, set: u32) {
    if local_events(th, code, tool) == set {
        return;
    }
    {
        let mut sites = code.sites.lock();
        let sites = sites.get_or_insert_with(|| Box::new(Sites::new(code)));
        sites.forget_cleared(th);
        for e in 0..LOCAL_EVENTS {
            sites.local[e] = sites.local[e] & !(1 << tool) | u8::from(set >> e & 1 != 0) << tool;
        }
    }
    let m = &th.rt().monitoring;
    if m.version.get() == 0 {
        m.version.set(2);
        changed(th);
    }
    bring_up_to_date(th, code);
}

/// The version changed: all threads look at it from now on, and the code that runs follows at once.
fn changed(th: &Thread) {
    let threads: Vec<_> = th.rt().threads.lock().clone();
    for t in threads {
        // SAFETY: states leave the list before they are freed, both under the GIL; frames of all threads are live and stand still.
        unsafe {
            let t = &*t.0;
            t.eval_breaker.fetch_or(breaker::INSTRUMENTATION, Relaxed);
            let mut frame = t.frame.get();
            while !frame.is_null() {
                bring_up_to_date(th, &(*frame).code);
                frame = (*frame).previous;
            }
        }
    }
    th.eval_breaker.fetch_or(breaker::INSTRUMENTATION, Relaxed);
}

/// Whether a code object's units reflect the events that are watched now.
#[inline]
pub(in crate::interpreter) fn is_up_to_date(th: &Thread, code: &Code) -> bool {
    code.monitoring_version.get() == th.rt().monitoring.version.get()
}

/// Makes a code object's units reflect the events that are watched now.
pub(in crate::interpreter) fn bring_up_to_date(th: &Thread, code: &Code) {
    let m = &th.rt().monitoring;
    let mut sites = code.sites.lock();
    let mut wanted: [u8; LOCAL_EVENTS] = std::array::from_fn(|e| m.tools[e].get());
    if let Some(sites) = &mut *sites {
        sites.forget_cleared(th);
        for (w, local) in wanted.iter_mut().zip(sites.local) {
            *w |= local;
        }
    }
    let afresh = m.last_restart.get() > code.monitoring_version.get();
    code.monitoring_version.set(m.version.get());
    if sites.is_none() && wanted == [0; LOCAL_EVENTS] {
        return;
    }
    sites.get_or_insert_with(|| Box::new(Sites::new(code))).apply(code, wanted, afresh);
}

/// A tool's callback for an event; `None` takes it away. Returns the one before.
pub fn register_callback(th: &Thread, tool: usize, event: usize, callback: Option<Callback>) -> Option<Callback> {
    let mut callbacks = th.rt().monitoring.callbacks.lock();
    std::mem::replace(&mut callbacks[tool][event], callback)
}

/// Takes away all callbacks and events of a tool, local ones included.
pub fn clear_tool(th: &Thread, tool: usize) {
    let m = &th.rt().monitoring;
    let old = std::mem::replace(&mut m.callbacks.lock()[tool], std::array::from_fn(|_| None));
    drop(old);
    m.lives[tool].set(m.lives[tool].get() + 1);
    set_events(th, tool, 0);
    m.version.set(m.version.get() + 2);
    changed(th);
}

impl Sites {
    /// Drops local events of tools that were cleared since.
    fn forget_cleared(&mut self, th: &Thread) {
        for (tool, life) in th.rt().monitoring.lives.iter().enumerate() {
            if self.lives[tool] != life.get() {
                self.lives[tool] = life.get();
                self.local.iter_mut().for_each(|tools| *tools &= !(1 << tool));
            }
        }
    }
}

/// The line of the instruction that a frame runs, for `INSTRUMENTED_LINE`.
fn line_in(sites: &Sites, unit: isize) -> i32 {
    usize::try_from(unit).ok().and_then(|u| sites.line_of.get(u).copied()).unwrap_or(sites::NO_LINE)
}

/// An exception is thrown into a waiting frame, which goes on without passing `RESUME`.
///
/// # Safety
/// The frame is the one that runs, the exception is set.
pub(in crate::interpreter) unsafe fn thrown(th: &Thread, frame: *mut Frame) {
    if !th.rt().monitoring.was_used() || th.tracing.get() != 0 {
        return;
    }
    // SAFETY: by the caller's promise.
    unsafe {
        let code = &(*frame).code;
        if !is_up_to_date(th, code) {
            bring_up_to_date(th, code);
        }
        // It would have gone on behind the instruction that it waits at.
        tell_exception(th, frame, (*frame).ip.add(1), event::PY_THROW);
    }
}

/// Makes a tool watch `INSTRUCTION` in one code object, or not: `f_trace_opcodes` does so for the trace function.
pub fn set_opcode_trace(th: &Thread, code: &Py<Code>, on: bool) {
    let set = local_events(th, code, TRACE_TOOL);
    let bit = 1 << event::INSTRUCTION;
    set_local_events(th, TRACE_TOOL, code, if on { set | bit } else { set & !bit });
}

/// Raises unless a tool number is in use; the interpreter's own tools always are.
pub fn check_in_use(th: &Thread, tool: usize) -> PyResult<()> {
    if tool < USER_TOOLS && th.rt().monitoring.names.lock()[tool].is_none() {
        return Err(th.value_error(format!("tool {tool} is not in use")));
    }
    Ok(())
}
