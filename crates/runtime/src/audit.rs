//! Audit hooks (PEP 578): functions that are told of what a program is about to do, and may forbid it by raising.

use crate::protocols::{attribute, call};
use crate::types::str as pystr;
use crate::types::tuple;
use crate::{Obj, PyResult, Thread};

/// Whether anybody listens; callers whose arguments cost something to make ask first.
#[inline]
pub fn has_hooks(th: &Thread) -> bool {
    !th.rt().audit_hooks.lock().is_empty()
}

/// Raises the event with these arguments.
#[inline]
pub fn audit(th: &Thread, event: &str, args: &[&Obj]) -> PyResult<()> {
    if !has_hooks(th) {
        return Ok(());
    }
    let args: Vec<Obj> = args.iter().map(|&o| o.clone()).collect();
    audit_args(th, pystr::intern(event).as_obj(), args)
}

/// As [`audit`], with arguments that are made only if anybody listens.
#[inline]
pub fn audit_with(th: &Thread, event: &str, args: impl FnOnce() -> Vec<Obj>) -> PyResult<()> {
    if !has_hooks(th) {
        return Ok(());
    }
    audit_args(th, pystr::intern(event).as_obj(), args())
}

/// Calls each hook with the event and a tuple of its arguments. Trace functions see a hook only if it says so (`__cantrace__`).
#[cold]
#[inline(never)]
pub fn audit_args(th: &Thread, event: &Obj, args: Vec<Obj>) -> PyResult<()> {
    let args = tuple::from_vec(args).into_obj();
    let outer = th.tracing.get();
    let mut i = 0;
    loop {
        let next = th.rt().audit_hooks.lock().get(i).cloned();
        let Some(hook) = next else { return Ok(()) };
        i += 1;
        th.tracing.set(outer + 1);
        let r = call_hook(th, &hook, event, &args, outer);
        th.tracing.set(outer);
        r?;
    }
}

fn call_hook(th: &Thread, hook: &Obj, event: &Obj, args: &Obj, outer: u32) -> PyResult<()> {
    let traced = match attribute::get_str(th, hook, "__cantrace__") {
        Ok(v) => crate::protocols::truth(th, &v)?,
        Err(raised) => {
            th.catch(raised, crate::types::exceptions::ATTRIBUTE_ERROR)?;
            false
        }
    };
    if traced {
        th.tracing.set(outer);
    }
    call::call(th, hook, &[event.clone(), args.clone()]).map(drop)
}

/// A sensitive attribute is read.
#[inline]
pub fn getting(th: &Thread, obj: &Obj, name: &str) -> PyResult<()> {
    audit_with(th, "object.__getattr__", || vec![obj.clone(), pystr::intern(name).into_obj()])
}

/// A sensitive attribute is set, or deleted.
#[inline]
pub fn setting(th: &Thread, obj: &Obj, name: &str, value: Option<&Obj>) -> PyResult<()> {
    let attribute = || vec![obj.clone(), pystr::intern(name).into_obj()];
    match value {
        Some(v) => audit_with(th, "object.__setattr__", || [attribute(), vec![v.clone()]].concat()),
        None => audit_with(th, "object.__delattr__", attribute),
    }
}
