//! `import`.

use super::{name, put};
use crate::import;
use crate::interpreter::dispatch::{handlers, next, raise};
use crate::interpreter::frame::Frame;
use crate::interpreter::stack::{Operands, Slot};
use crate::{Obj, Thread};

#[inline(never)]
unsafe fn import_name(th: &Thread, frame: *mut Frame, sp: *mut Slot, i: usize) -> bool {
    // SAFETY: level and from-list are on top of the stack.
    unsafe {
        let r = {
            let operands = Operands::<2>::take(sp.sub(2));
            let [level, from_list] = operands.objs();
            let namespace = (*frame).namespace.as_ref().cloned();
            import::import_name(
                th,
                Frame::builtins(frame),
                (*frame).globals.as_obj(),
                namespace.as_ref(),
                name(frame, i),
                from_list,
                level,
            )
        };
        put(sp.sub(2), r)
    }
}

#[inline(never)]
unsafe fn import_from(th: &Thread, frame: *mut Frame, sp: *mut Slot, i: usize) -> bool {
    // SAFETY: the module is on top of the stack and stays.
    unsafe {
        let module: Obj = (*sp.sub(1)).dup().into_obj();
        put(sp, import::import_from(th, &module, name(frame, i)))
    }
}

handlers! {
    IMPORT_NAME(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !import_name(th, frame, sp, arg) {
            raise!(ip, sp.sub(2), frame, th);
        }
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    IMPORT_FROM(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        if !import_from(th, frame, sp, arg) {
            raise!(ip, sp, frame, th);
        }
        next!(ip.add(1), sp.add(1), frame, th)
    }
}
