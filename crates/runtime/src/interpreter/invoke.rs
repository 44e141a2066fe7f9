//! Pushing and leaving the frames of Python functions; binding of arguments to parameters.

use super::binding::try_enter_bound;
use super::frame::{Frame, Owner, Then, unusual};
use super::stack::Slot;
use crate::types::code::Code;
use crate::types::dict::{self, Dict};
use crate::types::function::Function;
use crate::types::generator::State;
use crate::types::str::Str;
use crate::types::tuple::{self, Tuple};
use crate::{Args, Obj, ObjExt, Py, PyResult, Thread};
use bytecode::tables::co;
use object::{Object, Value};
use std::mem::ManuallyDrop;

/// What the caller's frame keeps while a frame runs that it entered.
#[derive(Clone, Copy)]
pub struct Caller {
    pub frame: *mut Frame,
    pub ip: *const u16,
    /// Its operands end here; the result comes next.
    pub sp: *mut Slot,
    /// It goes on this many code units after its instruction.
    pub return_offset: u16,
    /// What it does with the result.
    pub then: Then,
}

/// Fills the fixed part of a frame whose function's reference is moved in, and makes it current; `code` is the function's. `sp` is where its operands start.
#[inline(always)]
pub(super) unsafe fn fill(
    th: &Thread,
    previous: *mut Frame,
    frame: *mut Frame,
    func: Py<Function>,
    code: ManuallyDrop<Py<Code>>,
    then: Then,
    unusual: u8,
) {
    // SAFETY: the memory is free; the function keeps alive what the frame borrows of it.
    unsafe {
        frame.write(Frame {
            previous,
            ip: code.first_instruction(),
            sp: Frame::locals(frame).add(code.nlocalsplus()),
            globals: ManuallyDrop::new(std::ptr::read(func.globals())),
            code,
            func: ManuallyDrop::new(Some(func)),
            namespace: ManuallyDrop::new(None),
            frame_object: ManuallyDrop::new(None),
            owner: Owner::Thread,
            entry: false,
            then,
            unusual,
            state: State::Created,
            marks: 0,
            return_offset: 0,
        });
        th.frame.set(frame);
    }
}

/// Lays a frame for `func` on the thread's stack and makes it current. Its locals are not initialised. `None`: `RecursionError`.
///
/// # Safety
/// The locals are written before anything reads them, and the frame is left by [`leave`].
#[inline(always)]
pub unsafe fn new_frame(th: &Thread, func: Py<Function>) -> Option<*mut Frame> {
    // SAFETY: the stack has room for the frame; every field is written.
    unsafe {
        let left = th.recursion_remaining.get() - 1;
        if left < 0 {
            return too_deep(th);
        }
        th.recursion_remaining.set(left);
        let code = ManuallyDrop::new(std::ptr::read(func.code_ref()));
        let (frame, is_first) = th.stack.push(code.frame_size());
        fill(th, th.frame.get(), frame, func, code, Then::Push, if is_first { unusual::FIRST } else { 0 });
        Some(frame)
    }
}

/// Makes locals unbound that nothing was given for.
///
/// # Safety
/// The frame has these locals, and they hold nothing.
#[inline(always)]
pub(super) unsafe fn clear(locals: *mut Slot, unbound: std::ops::Range<usize>) {
    for i in unbound {
        // Few words: not worth the call of `memset` that plain stores would become.
        // SAFETY: by the caller's promise.
        unsafe { locals.add(i).write_volatile(Slot::NULL) }
    }
}

/// Pushes the frame of a function whose parameters are just the `count` operands at `args`, which move there, and then these defaults, and makes it current.
/// `callable` is the operand that holds the function, and moves too. Null, and nothing has happened, when there is no room or it is too deep.
///
/// The caller's frame is written before the new one: its values need no registers from then on.
///
/// # Safety
/// `args` and `callable` are the operands of the caller's call, which runs; they are used up unless the answer is null.
#[inline(always)]
unsafe fn enter(
    th: &Thread,
    caller: Caller,
    func: *const Object<Function>,
    callable: Slot,
    args: *mut Slot,
    count: usize,
    defaults: &[Obj],
) -> *mut Frame {
    // SAFETY: the operands are live; the frame's locals are all written.
    unsafe {
        let code = std::ptr::read(&raw const *(*func).payload.code_ref());
        let code = ManuallyDrop::new(code);
        let left = th.recursion_remaining.get() - 1;
        if left < 0 {
            return std::ptr::null_mut();
        }
        let n = code.nlocalsplus();
        let Some(frame) = th.stack.try_push(code.frame_size()) else { return std::ptr::null_mut() };
        let frame = frame.as_ptr();
        th.recursion_remaining.set(left);
        (*caller.frame).ip = caller.ip;
        (*caller.frame).sp = caller.sp;
        (*caller.frame).return_offset = caller.return_offset;
        // A marked operand has no count of its own to give the frame.
        callable.owned();
        fill(th, caller.frame, frame, Py::from_raw(func.cast_mut()), code, caller.then, 0);
        let locals = Frame::locals(frame);
        for i in 0..count {
            *locals.add(i) = *args.add(i);
        }
        for (i, default) in defaults.iter().enumerate() {
            *locals.add(count + i) = Slot::own(default.clone());
        }
        clear(locals, count + defaults.len()..n);
        frame
    }
}

/// Enters a function all of whose parameters are given by position. Null, and nothing has happened, when it is not that simple.
///
/// # Safety
/// As for [`enter`].
#[inline(always)]
pub unsafe fn try_enter(
    th: &Thread,
    caller: Caller,
    func: *const Object<Function>,
    callable: Slot,
    args: *mut Slot,
    count: usize,
) -> *mut Frame {
    // SAFETY: as for `enter`.
    unsafe {
        if !(*func).payload.code_ref().is_simple(count) {
            return std::ptr::null_mut();
        }
        enter(th, caller, func, callable, args, count, &[])
    }
}

/// Enters a function whose parameters are just the `count` operands at `args`, which are used up. False: an exception is set.
///
/// # Safety
/// As for [`enter`].
#[inline(always)]
pub unsafe fn enter_simple(th: &Thread, caller: Caller, func: &Object<Function>, args: *mut Slot, count: usize) -> bool {
    // SAFETY: as for `enter`; the frame gets a reference of its own.
    unsafe {
        let callable = Slot(Value::from_ptr(std::ptr::from_ref(func).cast()).borrowed().bits());
        !enter(th, caller, func, callable, args, count, &[]).is_null() || enter_in_new_chunk(th, caller, func, args, count)
    }
}

/// As [`enter_simple`], where the stack has no room, or the function must not be entered.
#[cold]
#[inline(never)]
unsafe fn enter_in_new_chunk(th: &Thread, caller: Caller, func: &Object<Function>, args: *mut Slot, count: usize) -> bool {
    // SAFETY: as for `enter_simple`.
    unsafe {
        (*caller.frame).ip = caller.ip;
        (*caller.frame).sp = caller.sp;
        (*caller.frame).return_offset = caller.return_offset;
        match push_frame(th, func.to_py(), args, count, None) {
            Some(frame) => {
                (*frame).then = caller.then;
                true
            }
            None => false,
        }
    }
}

#[cold]
#[inline(never)]
fn too_deep(th: &Thread) -> Option<*mut Frame> {
    // Room to handle the error, as CPython leaves some.
    let remaining = th.recursion_remaining.get();
    th.recursion_remaining.set(remaining + 50);
    let _ = th.recursion_error("maximum recursion depth exceeded");
    th.recursion_remaining.set(remaining);
    None
}

/// Pushes a frame for a call with `count` values at `args` (the last ones named by `names`), which are used up. `None`: an exception is set.
///
/// # Safety
/// There are `count` values at `args`, which nobody else uses up, and as many names as say so or fewer.
#[inline(always)]
pub unsafe fn push_frame(
    th: &Thread,
    func: Py<Function>,
    args: *mut Slot,
    count: usize,
    names: Option<&Py<Tuple>>,
) -> Option<*mut Frame> {
    // SAFETY: the operands are live; the frame's locals are all written.
    unsafe {
        let code = func.code_ref();
        if names.is_none() && code.is_simple(count) {
            let n = code.nlocalsplus();
            let Some(frame) = new_frame(th, func) else {
                drop_slots(args, count);
                return None;
            };
            let locals = Frame::locals(frame);
            for i in 0..count {
                *locals.add(i) = *args.add(i);
            }
            for i in count..n {
                *locals.add(i) = Slot::NULL;
            }
            return Some(frame);
        }
        push_frame_bound(th, func, args, count, names.map_or(&[], |n| n.items()))
    }
}

/// As [`try_enter`], for a call that leaves out parameters with defaults.
///
/// # Safety
/// As for [`enter`].
#[inline(always)]
pub unsafe fn try_enter_with_defaults(
    th: &Thread,
    caller: Caller,
    func: *const Object<Function>,
    callable: Slot,
    args: *mut Slot,
    count: usize,
) -> *mut Frame {
    // SAFETY: as for `enter`; the function keeps its defaults while they are copied.
    unsafe {
        let missing = (*func).payload.code_ref().simple_argcount().and_then(|n| n.checked_sub(count));
        let defaults: &[Obj] = (*func).payload.defaults_ref().map_or(&[], |d| d.items());
        match missing.and_then(|missing| defaults.len().checked_sub(missing)) {
            Some(first) => enter(th, caller, func, callable, args, count, &defaults[first..]),
            None => std::ptr::null_mut(),
        }
    }
}

/// As [`push_frame`], for a call whose arguments have to be bound.
#[inline(never)]
unsafe fn push_frame_bound(th: &Thread, func: Py<Function>, args: *mut Slot, count: usize, names: &[Obj]) -> Option<*mut Frame> {
    // SAFETY: the operands are live and used up.
    unsafe {
        let (code, given) = (func.code_ref(), count - names.len());
        if names.is_empty() && code.takes_the_rest() && given >= code.argcount {
            return push_frame_with_rest(th, func, args, given);
        }
        let callable = Slot::own(func.into_obj());
        let frame = try_enter_bound(th, th.frame.get(), callable.value().ptr().cast(), callable, args, given, names);
        if !frame.is_null() {
            return Some(frame);
        }
        let func = callable.into_obj().cast_into::<Function>();
        let values: Vec<Obj> = (0..count).map(|i| (*args.add(i)).into_obj()).collect();
        push_frame_general(th, func, values, if names.is_empty() { None } else { Some(names) })
    }
}

/// Binds positional arguments to parameters that end in `*args`, and of which none is left out.
unsafe fn push_frame_with_rest(th: &Thread, func: Py<Function>, args: *mut Slot, count: usize) -> Option<*mut Frame> {
    // SAFETY: the operands are live and used up; all locals are written.
    unsafe {
        let code = func.code_ref();
        let (argcount, n) = (code.argcount, code.nlocalsplus());
        let rest = Slot::own(tuple::from_slots(args.add(argcount), count - argcount).into_obj());
        let Some(frame) = new_frame(th, func) else {
            drop_slots(args, argcount);
            rest.drop();
            return None;
        };
        let locals = Frame::locals(frame);
        for i in 0..argcount {
            *locals.add(i) = *args.add(i);
        }
        *locals.add(argcount) = rest;
        clear(locals, argcount + 1..n);
        Some(frame)
    }
}

unsafe fn drop_slots(args: *mut Slot, count: usize) {
    for i in 0..count {
        // SAFETY: the caller hands the operands over.
        unsafe { (*args.add(i)).drop() }
    }
}

/// Pushes a frame for a call with a tuple and a dict.
///
/// # Safety
/// The frame is left by [`leave`].
pub unsafe fn push_frame_packed(
    th: &Thread,
    func: Py<Function>,
    args: &Py<Tuple>,
    kwargs: Option<&Py<Dict>>,
) -> Option<*mut Frame> {
    // Few arguments need no block of memory.
    const FEW: usize = 12;
    let count = args.len() + kwargs.map_or(0, |k| k.len());
    let mut few = [Slot::NULL; FEW];
    let mut many = Vec::new();
    let values: &mut [Slot] = if count <= FEW {
        &mut few[..count]
    } else {
        many.resize(count, Slot::NULL);
        &mut many
    };
    for (place, a) in values.iter_mut().zip(args.items()) {
        *place = Slot::own(a.clone());
    }
    let mut names = Vec::new();
    if let Some(k) = kwargs {
        names.reserve_exact(k.len());
        let mut position = 0;
        while let Some((name, value)) = k.next_entry(&mut position) {
            if name.downcast::<Str>().is_none() {
                // SAFETY: the values are owned and not used again; the rest are null.
                unsafe { drop_slots(values.as_mut_ptr(), count) };
                let _ = th.type_error("keywords must be strings");
                return None;
            }
            values[args.len() + names.len()] = Slot::own(value);
            names.push(name);
        }
    }
    // SAFETY: all values are owned, and used up.
    unsafe {
        if names.is_empty() {
            push_frame(th, func, values.as_mut_ptr(), count, None)
        } else {
            push_frame_bound(th, func, values.as_mut_ptr(), count, &names)
        }
    }
}

#[inline(never)]
unsafe fn push_frame_general(th: &Thread, func: Py<Function>, values: Vec<Obj>, names: Option<&[Obj]>) -> Option<*mut Frame> {
    let code = func.code();
    let n = code.nlocalsplus();
    let bound = bind(th, &func, &code, values, names).ok()?;
    // SAFETY: all locals are written; `bound` has one value per parameter.
    unsafe {
        let frame = new_frame(th, func)?;
        let locals = Frame::locals(frame);
        let mut i = 0;
        for v in bound {
            *locals.add(i) = Slot::own_opt(v);
            i += 1;
        }
        while i < n {
            *locals.add(i) = Slot::NULL;
            i += 1;
        }
        Some(frame)
    }
}

/// Calls a Python function from native code.
pub fn call_function(th: &Thread, func: &Py<Function>, args: Args<'_>) -> PyResult<Obj> {
    if args.names().is_none() && func.code_ref().is_simple(args.all().len()) {
        // SAFETY: the function takes just these arguments.
        return unsafe { run_simple(th, func.clone(), None, args.all()) };
    }
    call_bound(th, func.clone(), None, args)
}

/// Calls a Python function with `first` and then `rest`.
pub fn call_method(th: &Thread, func: Py<Function>, first: &Obj, rest: &[Obj]) -> PyResult<Obj> {
    if func.code_ref().is_simple(rest.len() + 1) {
        // SAFETY: the function takes just these arguments.
        return unsafe { run_simple(th, func, Some(first), rest) };
    }
    call_bound(th, func, Some(first), Args::positional_only(rest))
}

/// The caller's reference, lent: it outlives the call.
#[inline(always)]
fn lent(o: &Obj) -> Slot {
    Slot(o.value().borrowed().bits())
}

/// Runs a function whose parameters are just `first`, if any, and `rest`.
#[inline(always)]
unsafe fn run_simple(th: &Thread, func: Py<Function>, first: Option<&Obj>, rest: &[Obj]) -> PyResult<Obj> {
    // SAFETY: all locals are written before the frame runs.
    unsafe {
        th.check_stack(" while calling a Python object")?;
        let n = func.code_ref().nlocalsplus();
        let Some(frame) = new_frame(th, func) else { return Err(th.raised()) };
        let locals = Frame::locals(frame);
        let before = usize::from(first.is_some());
        if let Some(first) = first {
            *locals = lent(first);
        }
        for (i, a) in rest.iter().enumerate() {
            *locals.add(before + i) = lent(a);
        }
        clear(locals, before + rest.len()..n);
        super::run(th, frame)
    }
}

/// Calls a function that has to bind its arguments.
#[inline(never)]
fn call_bound(th: &Thread, func: Py<Function>, first: Option<&Obj>, args: Args<'_>) -> PyResult<Obj> {
    th.check_stack(" while calling a Python object")?;
    let mut slots: Vec<Slot> = first.into_iter().chain(args.all()).map(lent).collect();
    // SAFETY: the frame is complete before it runs.
    unsafe {
        match push_frame_bound(th, func, slots.as_mut_ptr(), slots.len(), args.keyword_names()) {
            Some(frame) => super::run(th, frame),
            None => Err(th.raised()),
        }
    }
}

/// Runs a code object as a module or class body (`exec`, `eval`, `__build_class__`).
pub fn run_code(th: &Thread, func: Py<Function>, namespace: Option<Obj>) -> PyResult<Obj> {
    // SAFETY: the frame is complete before it runs.
    unsafe {
        let code = func.code();
        let Some(frame) = new_frame(th, func) else { return Err(th.raised()) };
        for i in 0..code.nlocalsplus() {
            *Frame::locals(frame).add(i) = Slot::NULL;
        }
        if namespace.is_some() {
            (*frame).unusual |= unusual::NAMESPACE;
        }
        (*frame).namespace = ManuallyDrop::new(namespace);
        super::run(th, frame)
    }
}

/// Ends a frame on the thread's stack: its caller becomes current, its contents are dropped (or handed to its `frame` object), its memory given back.
///
/// # Safety
/// The frame is the thread's innermost one and finished.
#[inline(always)]
pub unsafe fn leave(th: &Thread, frame: *mut Frame) {
    // SAFETY: the caller's promise.
    unsafe {
        if (*frame).owner == Owner::Generator {
            crate::types::generator::finished(th, frame);
            return;
        }
        leave_plain(th, frame);
    }
}

/// As [`leave`], for a frame on the thread's stack.
///
/// # Safety
/// As for [`leave`].
#[inline(always)]
pub unsafe fn leave_plain(th: &Thread, frame: *mut Frame) {
    // SAFETY: as for `leave`.
    unsafe {
        th.recursion_remaining.set(th.recursion_remaining.get() + 1);
        th.frame.set((*frame).previous);
        if (*frame).frame_object.is_some() {
            leave_observed(frame);
        } else {
            Frame::clear_unobserved(frame);
        }
        th.stack.pop(frame);
    }
}

/// A frame that somebody holds a `frame` object of: the object takes the contents over if it is not the last reference.
#[cold]
#[inline(never)]
unsafe fn leave_observed(frame: *mut Frame) {
    // SAFETY: the frame is finished.
    unsafe {
        let object = ManuallyDrop::take(&mut (*frame).frame_object);
        let Some(object) = object else { return };
        if object.header().is_unique() {
            object.detach();
            drop(object);
            Frame::clear(frame);
        } else {
            object.take_over(frame);
        }
    }
}

/// One value per parameter (cells and locals beyond them are the caller's), in the order of the fast locals.
fn bind(
    th: &Thread,
    func: &Py<Function>,
    code: &Py<Code>,
    values: Vec<Obj>,
    names: Option<&[Obj]>,
) -> PyResult<Vec<Option<Obj>>> {
    let argcount = code.argcount;
    let posonly = code.posonlyargcount;
    let total = argcount + code.kwonlyargcount;
    let has_varargs = code.flags & co::VARARGS != 0;
    let has_varkeywords = code.flags & co::VARKEYWORDS != 0;
    let names: &[Obj] = names.unwrap_or(&[]);
    let given = values.len() - names.len();
    let slots = total + usize::from(has_varargs) + usize::from(has_varkeywords);
    let mut out: Vec<Option<Obj>> = Vec::with_capacity(slots);
    out.resize_with(slots, || None);
    let mut values = values.into_iter();
    for place in out.iter_mut().take(given.min(argcount)) {
        *place = values.next();
    }
    let mut extra = Vec::new();
    for _ in argcount..given {
        extra.extend(values.next());
    }
    let extra_given = extra.len();
    if has_varargs {
        out[total] = Some(tuple::from_vec(extra).into_obj());
    }
    let varkeywords = if has_varkeywords { Some(dict::new()) } else { None };
    if let Some(d) = &varkeywords {
        out[total + usize::from(has_varargs)] = Some(d.as_obj().clone());
    }
    for (name, value) in names.iter().zip(values) {
        let Some(name_str) = name.downcast::<Str>() else {
            return Err(th.type_error(format!("{}() keywords must be strings", func.qualname().to_string_lossy())));
        };
        let params = posonly..total;
        let found = params
            .clone()
            .find(|&i| code.localsplus_name(i).is(name_str))
            .or_else(|| params.into_iter().find(|&i| Str::eq(code.localsplus_name(i), name_str)));
        match (found, &varkeywords) {
            (Some(i), _) if out[i].is_some() => {
                return Err(th.type_error(format!(
                    "{}() got multiple values for argument '{}'",
                    func.qualname().to_string_lossy(),
                    name_str.to_string_lossy()
                )));
            }
            (Some(i), _) => out[i] = Some(value),
            (None, Some(d)) => d.set_item(th, name, value)?,
            (None, None) => return Err(unexpected_keyword(th, func, code, name_str, names)),
        }
    }
    if extra_given > 0 && !has_varargs {
        return Err(too_many_positional(th, func, code, given, &out));
    }
    let defaults = func.defaults();
    let defaults: &[Obj] = defaults.as_ref().map_or(&[], |d| d.items());
    if given < argcount {
        let required = argcount.saturating_sub(defaults.len());
        let missing: Vec<usize> = (given..required).filter(|&i| out[i].is_none()).collect();
        if !missing.is_empty() {
            return Err(missing_arguments(th, func, code, &missing, "positional"));
        }
        for i in required.max(given)..argcount {
            if out[i].is_none() {
                out[i] = Some(defaults[i - required].clone());
            }
        }
    }
    if code.kwonlyargcount > 0 {
        let kwdefaults = func.kwdefaults();
        let mut missing = Vec::new();
        for (i, value) in out.iter_mut().enumerate().take(total).skip(argcount).filter(|(_, value)| value.is_none()) {
            *value = kwdefaults.as_ref().map(|d| d.get_item(th, code.localsplus_name(i).as_obj())).transpose()?.flatten();
            if value.is_none() {
                missing.push(i);
            }
        }
        if !missing.is_empty() {
            return Err(missing_arguments(th, func, code, &missing, "keyword-only"));
        }
    }
    Ok(out)
}

#[cold]
fn missing_arguments(th: &Thread, func: &Py<Function>, code: &Py<Code>, missing: &[usize], kind: &str) -> crate::Raised {
    let names: Vec<String> = missing.iter().map(|&i| format!("'{}'", code.localsplus_name(i).to_string_lossy())).collect();
    let list = match &names[..] {
        [a] => a.clone(),
        [a, b] => format!("{a} and {b}"),
        [head @ .., last] => format!("{}, and {last}", head.join(", ")),
        [] => String::new(),
    };
    th.type_error(format!(
        "{}() missing {} required {kind} argument{}: {list}",
        func.qualname().to_string_lossy(),
        names.len(),
        if names.len() == 1 { "" } else { "s" }
    ))
}

#[cold]
fn too_many_positional(th: &Thread, func: &Py<Function>, code: &Py<Code>, given: usize, out: &[Option<Obj>]) -> crate::Raised {
    let argcount = code.argcount;
    let kwonly_given = (argcount..argcount + code.kwonlyargcount).filter(|&i| out[i].is_some()).count();
    let defaults = func.defaults().map_or(0, |d| d.len());
    let (plural, shown) = if defaults > 0 {
        (true, format!("from {} to {argcount}", argcount - defaults.min(argcount)))
    } else {
        (argcount != 1, argcount.to_string())
    };
    let kwonly = if kwonly_given > 0 {
        format!(
            " positional argument{} (and {kwonly_given} keyword-only argument{})",
            if given == 1 { "" } else { "s" },
            if kwonly_given == 1 { "" } else { "s" }
        )
    } else {
        String::new()
    };
    th.type_error(format!(
        "{}() takes {shown} positional argument{} but {given}{kwonly} {} given",
        func.qualname().to_string_lossy(),
        if plural { "s" } else { "" },
        if given == 1 && kwonly_given == 0 { "was" } else { "were" }
    ))
}

#[cold]
fn unexpected_keyword(th: &Thread, func: &Py<Function>, code: &Py<Code>, name: &Py<Str>, names: &[Obj]) -> crate::Raised {
    let qualname = func.qualname().to_string_lossy();
    let as_keyword: Vec<String> = (0..code.posonlyargcount)
        .map(|i| code.localsplus_name(i))
        .filter(|p| names.iter().any(|n| n.downcast::<Str>().is_some_and(|n| Str::eq(n, p))))
        .map(|p| p.to_string_lossy())
        .collect();
    if !as_keyword.is_empty() {
        return th.type_error(format!(
            "{qualname}() got some positional-only arguments passed as keyword arguments: '{}'",
            as_keyword.join(", ")
        ));
    }
    let candidates: Vec<String> =
        (code.posonlyargcount..code.argcount + code.kwonlyargcount).map(|i| code.localsplus_name(i).to_string_lossy()).collect();
    crate::args::unexpected_keyword(th, &qualname, name, &candidates)
}
