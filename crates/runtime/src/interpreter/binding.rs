//! Binding of arguments to parameters in place: in the locals of the frame that is about to be entered. What has anything to complain about is left to the long way, which
//! words the errors.

use super::frame::{Frame, Then};
use super::invoke::{clear, fill};
use super::stack::Slot;
use crate::types::code::Code;
use crate::types::dict::{self, Dict};
use crate::types::function::Function;
use crate::types::str::Str;
use crate::types::tuple;
use crate::{Obj, ObjExt, Py, Thread};
use bytecode::tables::co;
use object::Object;
use std::mem::ManuallyDrop;
use std::ops::Range;

/// More keywords than bits of a word are bound the long way.
const KEYWORDS: usize = u64::BITS as usize;

/// Enters a function with `given` operands at `args` for parameters by position and, behind them, one for each of `names`. All of them move there, and so does
/// `callable`, the operand that holds the function. Null, and nothing has happened, when it is not that simple.
///
/// # Safety
/// The operands are live, and `func` is what `callable` holds.
#[inline(never)]
pub(super) unsafe fn try_enter_bound(
    th: &Thread,
    caller: *mut Frame,
    func: *const Object<Function>,
    callable: Slot,
    args: *mut Slot,
    given: usize,
    names: &[Obj],
) -> *mut Frame {
    // SAFETY: the operands are live; all locals are written before the frame is one.
    unsafe {
        let function = &(*func).payload;
        let code = &**function.code_ref();
        let left = th.recursion_remaining.get() - 1;
        if left < 0 || code.flags & co::OPTIMIZED == 0 || names.len() > KEYWORDS {
            return std::ptr::null_mut();
        }
        let Some(frame) = th.stack.try_push(code.frame_size()) else { return std::ptr::null_mut() };
        let frame = frame.as_ptr();
        let locals = Frame::locals(frame);
        let placed = place_all(code, locals, args, given, names).filter(|rest| {
            let by_name = names.len() - rest.count_ones() as usize;
            let all = given.min(code.argcount) + by_name == code.argcount + code.kwonlyargcount;
            all || add_defaults(function, code, locals, given)
        });
        let Some(rest) = placed else {
            th.stack.pop(frame);
            return std::ptr::null_mut();
        };
        if code.flags & (co::VARARGS | co::VARKEYWORDS) != 0 {
            add_collections(code, locals, args, given, names, rest);
        }
        th.recursion_remaining.set(left);
        let func = Py::from_raw(callable.owned().value().ptr().cast::<Object<Function>>().cast_mut());
        let code = ManuallyDrop::new(std::ptr::read(func.code_ref()));
        fill(th, caller, frame, func, code, Then::Push, 0);
        frame
    }
}

/// Puts the arguments into the locals of their parameters and nothing into the others; the keywords that no parameter has, a bit each. `None` for one that is given twice or
/// to nobody.
#[inline(always)]
unsafe fn place_all(code: &Code, locals: *mut Slot, args: *mut Slot, given: usize, names: &[Obj]) -> Option<u64> {
    // SAFETY: the operands are live, and there are as many locals as the code says, parameters first.
    unsafe {
        let total = code.argcount + code.kwonlyargcount;
        let direct = given.min(code.argcount);
        if given > direct && code.flags & co::VARARGS == 0 {
            return None;
        }
        for i in 0..direct {
            *locals.add(i) = *args.add(i);
        }
        clear(locals, direct..code.nlocalsplus());
        let parameters = code.localsplus_names().get(..total)?;
        let mut rest = 0;
        for (k, name) in names.iter().enumerate() {
            // Mostly they come in the order of the parameters.
            let expected = direct + k;
            let found = if expected >= code.posonlyargcount && parameters.get(expected).is_some_and(|p| p.as_obj().is(name)) {
                Some(expected)
            } else {
                let by_name = code.posonlyargcount..total;
                parameters[by_name.clone()]
                    .iter()
                    .position(|p| p.as_obj().is(name))
                    .map(|i| by_name.start + i)
                    .or_else(|| same_name(code, by_name, name))
            };
            match found {
                Some(i) if (*locals.add(i)).is_null() => *locals.add(i) = *args.add(given + k),
                None if code.flags & co::VARKEYWORDS != 0 => rest |= 1 << k,
                _ => return None,
            }
        }
        Some(rest)
    }
}

/// Whether every parameter that got nothing has a default.
#[inline(always)]
unsafe fn defaults_suffice(func: &Function, code: &Code, locals: *mut Slot, given: usize) -> bool {
    let required = code.argcount.saturating_sub(func.defaults_ref().map_or(0, |d| d.len()));
    let total = code.argcount + code.kwonlyargcount;
    // SAFETY: these are parameters.
    let open = |i: usize| unsafe { (*locals.add(i)).is_null() };
    !(given..required).any(open)
        && (code.argcount..total)
            .all(|i| !open(i) || func.kwdefaults_ref().is_some_and(|known| keyword_default(known, code, i, |_| ()).is_some()))
}

/// Gives the parameters that got nothing their defaults; false, and nothing has happened, when one has none.
#[inline(always)]
unsafe fn add_defaults(func: &Function, code: &Code, locals: *mut Slot, given: usize) -> bool {
    // SAFETY: these are parameters; what is put there was unbound.
    unsafe {
        if !defaults_suffice(func, code, locals, given) {
            return false;
        }
        if let Some(defaults) = func.defaults_ref() {
            // There may be more of them than parameters: the last one is the last parameter's.
            for (i, default) in (0..code.argcount).rev().zip(defaults.items().iter().rev()) {
                if i < given {
                    break;
                }
                if (*locals.add(i)).is_null() {
                    *locals.add(i) = Slot::own(default.clone());
                }
            }
        }
        if let Some(known) = func.kwdefaults_ref() {
            for i in code.argcount..code.argcount + code.kwonlyargcount {
                if (*locals.add(i)).is_null() {
                    *locals.add(i) = Slot::own_opt(keyword_default(known, code, i, Obj::clone));
                }
            }
        }
        true
    }
}

/// Makes the tuple for `*args` and the dict for `**kwargs`.
unsafe fn add_collections(code: &Code, locals: *mut Slot, args: *mut Slot, given: usize, names: &[Obj], mut rest: u64) {
    // SAFETY: the operands for them were left, and move there; both locals are unbound.
    unsafe {
        let mut local = locals.add(code.argcount + code.kwonlyargcount);
        if code.flags & co::VARARGS != 0 {
            let direct = given.min(code.argcount);
            *local = Slot::own(tuple::from_slots(args.add(direct), given - direct).into_obj());
            local = local.add(1);
        }
        if code.flags & co::VARKEYWORDS != 0 {
            let keywords = dict::new();
            while rest != 0 {
                let k = rest.trailing_zeros() as usize;
                let value = (*args.add(given + k)).into_obj();
                if let Some(name) = names[k].downcast::<Str>() {
                    keywords.insert_str(name, value);
                }
                rest &= rest - 1;
            }
            *local = Slot::own(keywords.into_obj());
        }
    }
}

/// What `pick` takes of the default of the keyword-only parameter `i`. The dict that the compiler makes has them in the order of the parameters.
#[inline]
fn keyword_default<T>(known: &Py<Dict>, code: &Code, i: usize, pick: impl Fn(&Obj) -> T) -> Option<T> {
    let name = code.localsplus_name(i);
    let mut position = i - code.argcount;
    let in_order = known.pick_next(&mut position, |k, v| k.is(name.as_obj()).then(|| pick(v)));
    in_order.flatten().or_else(|| known.get_str(name).map(|v| pick(&v)))
}

/// The parameter of this name, when the name is another string than the code's own.
#[inline(never)]
fn same_name(code: &Code, mut params: Range<usize>, name: &Obj) -> Option<usize> {
    let name = name.downcast::<Str>()?;
    if name.is_interned() {
        return None;
    }
    params.find(|&i| Str::eq(code.localsplus_name(i), name))
}
