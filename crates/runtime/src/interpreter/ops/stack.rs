//! Moving operands about.

use crate::interpreter::dispatch::{handlers, next};
use crate::interpreter::stack::Slot;

handlers! {
    POP_TOP(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        (*sp.sub(1)).drop();
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    POP_ITER(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        (*sp.sub(1)).drop();
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    END_FOR(ip, sp, frame, th, arg) {
        (*frame).ip = ip;
        (*sp.sub(1)).drop();
        next!(ip.add(1), sp.sub(1), frame, th)
    }

    PUSH_NULL(ip, sp, frame, th, arg) {
        *sp = Slot::NULL;
        next!(ip.add(1), sp.add(1), frame, th)
    }

    COPY(ip, sp, frame, th, arg) {
        *sp = (*sp.sub(arg)).dup();
        next!(ip.add(1), sp.add(1), frame, th)
    }

    SWAP(ip, sp, frame, th, arg) {
        let top = *sp.sub(1);
        *sp.sub(1) = *sp.sub(arg);
        *sp.sub(arg) = top;
        next!(ip.add(1), sp, frame, th)
    }
}
