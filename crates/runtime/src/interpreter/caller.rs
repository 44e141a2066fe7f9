//! What native code may ask of the Python function that called it.

use super::frame::Frame;
use crate::types::dict::Dict;
use crate::{Obj, Py, Thread};

/// The globals of the innermost Python frame.
pub fn current_globals(th: &Thread) -> Option<Py<Dict>> {
    // SAFETY: the thread's innermost frame is live.
    unsafe { th.frame.get().as_ref() }.map(|f| (*f.globals).clone())
}

/// What `super()` without arguments needs of its caller.
pub struct SuperCaller {
    pub argument_count: usize,
    /// The first fast local, and whether it sits in a cell.
    pub first: Option<Obj>,
    pub first_is_cell: bool,
    /// What stands in the free variable `__class__`.
    pub class_cell: Option<Obj>,
}

/// See [`SuperCaller`]; `None` without a Python frame.
pub fn super_caller(th: &Thread) -> Option<SuperCaller> {
    let frame = th.frame.get();
    // SAFETY: the thread's innermost frame is live, and its fast locals hold values or nothing.
    unsafe {
        let code = &*frame.as_ref()?.code;
        let local = |i: usize| {
            let slot = *Frame::locals(frame).add(i);
            if slot.is_null() { None } else { slot.dup().into_opt() }
        };
        let class = (0..code.nlocalsplus()).find(|&i| code.is_free_slot(i) && code.localsplus_name(i).is_ascii_eq("__class__"));
        Some(SuperCaller {
            argument_count: code.argcount,
            first: if code.nlocalsplus() > 0 { local(0) } else { None },
            first_is_cell: code.nlocalsplus() > 0 && code.is_cell_slot(0),
            class_cell: class.and_then(local),
        })
    }
}
