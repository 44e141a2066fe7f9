//! Moving operands about.

use crate::interpreter::dispatch::{handlers, next, next_dropping};
use crate::interpreter::stack::Slot;

handlers! {
    POP_TOP(ip, sp, frame, th, arg) {
        next_dropping!(*sp.sub(1), ip, ip.add(1), sp.sub(1), frame, th)
    }

    POP_ITER(ip, sp, frame, th, arg) {
        next_dropping!(*sp.sub(1), ip, ip.add(1), sp.sub(1), frame, th)
    }

    END_FOR(ip, sp, frame, th, arg) {
        next_dropping!(*sp.sub(1), ip, ip.add(1), sp.sub(1), frame, th)
    }

    /// Destroys the object at the address in the operand, and goes on.
    DESTROY(ip, sp, frame, th, arg) {
        (*frame).sp = sp;
        Slot(arg as u64).destroy();
        next!(ip, sp, frame, th)
    }

    /// Destroys the object at the address in the operand, gives up the one in the place above the operands, and goes on.
    DESTROY_AND_DROP(ip, sp, frame, th, arg) {
        (*frame).sp = sp;
        let second = *sp;
        Slot(arg as u64).destroy();
        second.drop();
        next!(ip, sp, frame, th)
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
