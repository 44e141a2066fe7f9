//! `code` objects: what the compiler made, ready to run.
#![expect(unsafe_code, reason = "instructions are specialised in place")]

mod attributes;
mod build;
mod compare;
mod consts;
mod handlers;
mod iterators;
mod unread;

pub use build::{BuildError, from_data, from_parts, to_const, to_data};
pub use iterators::{LineIterator, PositionsIterator};
pub use unread::from_image;

use crate::interpreter::frame::FRAME_SIZE;
use crate::interpreter::instrument::Sites;
use crate::interpreter::stack::Slot;
use crate::types::bytes::Bytes;
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::Tuple;
use crate::{Obj, ObjExt, Py, Thread};
use bytecode::CodeData;
use bytecode::exception_table::Entry as Handler;
use bytecode::tables::{co, fast};
use handlers::Handlers;
use object::gc::Visitor;
use object::{Guarded, Payload};
use std::cell::{Cell, OnceCell, UnsafeCell};
use unread::Unread;

/// The payload of a code object.
///
/// Invariants: what `body` holds is set once, and with it `instructions`, `consts`, `names` and `localsplus`, which point into it; until then `unread` says where it is,
/// and the one unit that runs reads it. `body.instructions` is a copy of `data.code` as 16-bit units, which the interpreter specialises in place; everything
/// else never changes, but for `filename`, which `_imp._fix_co_filename` replaces.
#[macros::pyclass(
    name = "code",
    flags = MANAGED_WEAKREF,
    doc = "Create a code object.  Not for the faint of heart.",
    methods(METHODS, ATTRIBUTES, COMPARISON)
)]
pub struct Code {
    instructions: Cell<*mut u16>,
    consts: Cell<*const [Obj]>,
    names: Cell<*const [Py<Str>]>,
    localsplus: Cell<*const [Py<Str>]>,
    /// Bytes of a frame.
    frame_size: usize,
    /// Positional calls with exactly this many arguments need no binding; `usize::MAX` when there is no such number.
    simple_argcount: usize,
    nlocalsplus: usize,
    pub argcount: usize,
    pub posonlyargcount: usize,
    pub kwonlyargcount: usize,
    pub flags: u32,
    nfreevars: u32,
    body: OnceCell<Box<Body>>,
    unread: Guarded<Option<Unread>>,
    filename: Guarded<Py<Str>>,
    pub name: Py<Str>,
    pub qualname: Py<Str>,
    /// What monitoring keeps for watched code, and the version of the events that it and the running units reflect.
    pub(crate) sites: Guarded<Option<Box<Sites>>>,
    pub(crate) monitoring_version: Cell<u64>,
}

/// What of a code object is needed when it runs or is looked at.
struct Body {
    /// All but the constants and names, which are objects here.
    data: CodeData,
    instructions: UnsafeCell<Box<[u16]>>,
    consts: Py<Tuple>,
    /// Interned.
    names: Box<[Py<Str>]>,
    localsplus: Box<[Py<Str>]>,
    handlers: Handlers,
    shown: Guarded<Shown>,
}

/// What attributes have been asked for, made once.
#[derive(Default)]
struct Shown {
    names: Option<Py<Tuple>>,
    varnames: Option<Py<Tuple>>,
    cellvars: Option<Py<Tuple>>,
    freevars: Option<Py<Tuple>>,
    code: Option<Py<Bytes>>,
    linetable: Option<Py<Bytes>>,
    exceptiontable: Option<Py<Bytes>>,
}

// SAFETY: instructions are specialised under the GIL, each in one store of a unit.
unsafe impl Sync for Code {}
// SAFETY: as above.
unsafe impl Send for Code {}

impl Payload for Code {
    fn traverse(&self, _: &mut Visitor<'_>) {}
}

/// A code object of what the compiler or `marshal` made.
pub fn new(th: &Thread, data: CodeData) -> Py<Code> {
    consts::Pool::new(th).code(data)
}

/// The object of a constant that the compiler made.
pub fn const_object(th: &Thread, c: &bytecode::Const) -> Obj {
    consts::Pool::new(th).object(c)
}

/// The names of a code object.
pub struct Names {
    pub filename: Py<Str>,
    pub name: Py<Str>,
    pub qualname: Py<Str>,
    pub names: Box<[Py<Str>]>,
    pub localsplus: Box<[Py<Str>]>,
}

/// As [`new`], with constants and file name that are objects already (the constructor, `replace`).
fn with_consts(th: &Thread, mut data: CodeData, consts: Py<Tuple>, filename: Py<Str>) -> Py<Code> {
    let text = |t: &bytecode::Text| pystr::intern_obj(&pystr::from_wtf8(t));
    let all = |texts: &mut Vec<bytecode::Text>| std::mem::take(texts).iter().map(text).collect();
    let nothing = || bytecode::Text::from([]);
    let names = Names {
        filename,
        name: text(&std::mem::replace(&mut data.name, nothing())),
        qualname: text(&std::mem::replace(&mut data.qualname, nothing())),
        names: all(&mut data.names),
        localsplus: all(&mut data.localsplusnames),
    };
    assemble(th, data, names, consts)
}

/// A code object of parts of which names and constants are objects already; `data` has none of them.
fn assemble(th: &Thread, data: CodeData, names: Names, consts: Py<Tuple>) -> Py<Code> {
    let nfreevars = data.localspluskinds.iter().filter(|k| **k & fast::FREE != 0).count() as u32;
    let head = Head {
        counts: [data.argcount, data.posonlyargcount, data.kwonlyargcount, data.stacksize, data.flags],
        nlocalsplus: names.localsplus.len(),
        nfreevars,
        filename: names.filename,
        name: names.name,
        qualname: names.qualname,
    };
    let code = Code::unread(head, None);
    code.fill(th, Parts { data, names: names.names, localsplus: names.localsplus, consts });
    crate::types::type_::alloc_instance(th, <Code as crate::PyClass>::TYPE, code)
}

/// What a code object has from the start.
struct Head {
    /// `co_argcount`, `co_posonlyargcount`, `co_kwonlyargcount`, `co_stacksize`, `co_flags`.
    counts: [u32; 5],
    nlocalsplus: usize,
    nfreevars: u32,
    filename: Py<Str>,
    name: Py<Str>,
    qualname: Py<Str>,
}

/// What a code object's body is made of.
struct Parts {
    data: CodeData,
    names: Box<[Py<Str>]>,
    localsplus: Box<[Py<Str>]>,
    consts: Py<Tuple>,
}

/// What stands for the instructions of code that is not read yet: one unit, whose handler reads it.
static READ_BODY: u16 = bytecode::op::CACHE as u16;

impl Code {
    /// A code object without a body.
    fn unread(head: Head, unread: Option<Unread>) -> Code {
        let [argcount, posonly, kwonly, stacksize, flags] = head.counts;
        let simple = kwonly == 0 && flags & (co::VARARGS | co::VARKEYWORDS) == 0 && flags & co::OPTIMIZED != 0;
        Code {
            instructions: Cell::new((&raw const READ_BODY).cast_mut()),
            consts: Cell::new(&[]),
            names: Cell::new(&[]),
            localsplus: Cell::new(&[]),
            frame_size: FRAME_SIZE + (head.nlocalsplus + stacksize as usize + 1) * 8,
            simple_argcount: if simple { argcount as usize } else { usize::MAX },
            nlocalsplus: head.nlocalsplus,
            argcount: argcount as usize,
            posonlyargcount: posonly as usize,
            kwonlyargcount: kwonly as usize,
            flags,
            nfreevars: head.nfreevars,
            body: OnceCell::new(),
            unread: Guarded::new(unread),
            filename: Guarded::new(head.filename),
            name: head.name,
            qualname: head.qualname,
            sites: Guarded::new(None),
            monitoring_version: Cell::new(0),
        }
    }

    /// Sets the body, which stays.
    fn fill(&self, th: &Thread, parts: Parts) -> &Body {
        let Parts { mut data, names, localsplus, consts } = parts;
        if !th.rt().config.code_debug_ranges {
            data.linetable = bytecode::location::without_columns(&data.linetable, data.firstlineno).into();
        }
        let instructions: Box<[u16]> = data.code.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
        let handlers = Handlers::of(&data.exceptiontable);
        let instructions = UnsafeCell::new(instructions);
        let body = Body { data, instructions, consts, names, localsplus, handlers, shown: Guarded::default() };
        let body = self.body.get_or_init(|| Box::new(body));
        self.consts.set(body.consts.items());
        self.names.set(&*body.names);
        self.localsplus.set(&*body.localsplus);
        // SAFETY: nobody else looks at the box; units are written through this pointer only, under the GIL.
        self.instructions.set(unsafe { (*body.instructions.get()).as_mut_ptr() });
        body
    }

    #[inline]
    fn body(&self) -> &Body {
        match self.body.get() {
            Some(body) => body,
            None => self.read(),
        }
    }

    /// Reads what was left unread.
    #[cold]
    #[inline(never)]
    fn read(&self) -> &Body {
        if let Some(body) = self.body.get() {
            return body;
        }
        let unread = self.unread.replace(None).expect("code without a body says where it is");
        let th = Thread::current();
        let parts = unread.parts(th, &self.filename());
        self.fill(th, parts)
    }

    /// Reads the code if the instruction pointer is that of code which is not read yet; otherwise false.
    pub(crate) fn read_at(&self, ip: *const u16) -> bool {
        let unread = std::ptr::eq(ip, &READ_BODY);
        if unread {
            self.body();
        }
        unread
    }

    /// All but constants and names, which are objects.
    #[inline]
    pub fn data(&self) -> &CodeData {
        &self.body().data
    }

    /// Interned.
    #[inline]
    pub fn names(&self) -> &[Py<Str>] {
        &self.body().names
    }

    /// A name, for an instruction of this code that runs.
    #[inline(always)]
    pub(crate) fn running_name(&self, i: usize) -> &Py<Str> {
        // SAFETY: empty, or what the body holds, which stays as long as the code.
        unsafe { &(*self.names.get())[i] }
    }

    /// Constant `i` as a borrowed-from operand, for an instruction of this code that runs.
    #[inline(always)]
    pub fn const_slot(&self, i: usize) -> Slot {
        // SAFETY: as above.
        Slot(unsafe { &(*self.consts.get())[i] }.value().bits())
    }

    /// `co_filename`.
    pub fn filename(&self) -> Py<Str> {
        self.filename.get()
    }

    /// The file's name, without opening its guard.
    ///
    /// # Safety
    /// The result is used before the name may be replaced.
    pub unsafe fn filename_unguarded(&self) -> &Str {
        // SAFETY: the caller's promise.
        unsafe { &*self.filename.as_ptr() }
    }

    /// Gives this code and the code in its constants another file name, where they have the old one (`update_code_filenames`).
    pub fn replace_filename(&self, old: &Py<Str>, new: &Py<Str>) {
        if !self.filename().eq(old) {
            return;
        }
        self.filename.set(new.clone());
        // What is in unread code gets the name of what it is in.
        let Some(body) = self.body.get() else { return };
        for inner in body.consts.items().iter().filter_map(|c| c.downcast::<Code>()) {
            inner.replace_filename(old, new);
        }
    }

    /// The units that run.
    #[inline(always)]
    pub fn instructions(&self) -> *mut u16 {
        self.instructions.get()
    }

    /// The units as they stand now, specialised or not.
    fn running_units(&self) -> impl Iterator<Item = u16> {
        let units = self.data().code.len() / 2;
        let start = self.instructions();
        // SAFETY: the box holds one unit for each pair of bytes; units are written whole under the GIL.
        (0..units).map(move |i| unsafe { start.add(i).read() })
    }

    /// The opcode that runs at a unit, specialised or instrumented or not.
    pub(crate) fn running_opcode(&self, unit: usize) -> u8 {
        assert!(unit < self.data().code.len() / 2);
        // SAFETY: the box holds one unit for each pair of bytes.
        (unsafe { self.instructions().add(unit).read() }) as u8
    }

    /// Puts another opcode in a unit's place; its operand stays.
    pub(crate) fn set_running_opcode(&self, unit: usize, opcode: u8) {
        assert!(unit < self.data().code.len() / 2);
        // SAFETY: as above; units are written whole under the GIL.
        unsafe {
            let p = self.instructions().add(unit);
            p.write(p.read() & 0xff00 | u16::from(opcode));
        }
    }

    #[inline(always)]
    pub fn first_instruction(&self) -> *const u16 {
        self.instructions()
    }

    /// What `__sizeof__` says of a frame of this code, with CPython's sizes: the fixed part, then a word for each local and operand.
    pub fn shown_frame_size(&self) -> usize {
        const FIXED: usize = 152;
        FIXED + 8 * (self.nlocalsplus() + self.data().stacksize as usize)
    }

    #[inline(always)]
    pub fn nlocalsplus(&self) -> usize {
        self.nlocalsplus
    }

    /// Bytes of a frame.
    #[inline(always)]
    pub fn frame_size(&self) -> usize {
        self.frame_size
    }

    /// Words of a frame behind its fixed part.
    pub fn frame_words(&self) -> usize {
        (self.frame_size - FRAME_SIZE) / 8
    }

    /// True when `count` positional arguments fill the parameters just so.
    #[inline(always)]
    pub fn is_simple(&self, count: usize) -> bool {
        self.simple_argcount == count
    }

    /// True when the parameters are positional ones and then `*args`.
    #[inline(always)]
    pub fn takes_the_rest(&self) -> bool {
        self.kwonlyargcount == 0 && self.flags & (co::VARARGS | co::VARKEYWORDS) == co::VARARGS
    }

    /// The number of parameters, if all can be given by position.
    #[inline(always)]
    pub fn simple_argcount(&self) -> Option<usize> {
        if self.simple_argcount == usize::MAX { None } else { Some(self.simple_argcount) }
    }

    pub fn consts(&self) -> &[Obj] {
        self.body().consts.items()
    }

    /// The name of fast slot `i`.
    #[inline]
    pub fn localsplus_name(&self, i: usize) -> &Py<Str> {
        // SAFETY: empty, or what the body holds, which stays as long as the code.
        match unsafe { &*self.localsplus.get() }.get(i) {
            Some(name) => name,
            None => &self.body().localsplus[i],
        }
    }

    pub fn localsplus_names(&self) -> &[Py<Str>] {
        &self.body().localsplus
    }

    pub fn is_free_slot(&self, i: usize) -> bool {
        self.data().localspluskinds[i] & fast::FREE != 0
    }

    pub fn is_cell_slot(&self, i: usize) -> bool {
        self.data().localspluskinds[i] & fast::CELL != 0
    }

    /// True for functions, whose locals are fast.
    pub fn is_function(&self) -> bool {
        self.flags & (co::OPTIMIZED | co::NEWLOCALS) == co::OPTIMIZED | co::NEWLOCALS
    }

    /// The number of free variables.
    pub fn nfreevars(&self) -> usize {
        self.nfreevars as usize
    }

    /// The handler for an exception at a code unit.
    pub fn find_handler(&self, offset: usize) -> Option<Handler> {
        self.body().handlers.find(offset)
    }

    /// The line of a byte offset; `None` for code without one.
    pub fn line_at(&self, lasti: i32) -> Option<i32> {
        if lasti < 0 {
            return Some(self.data().firstlineno);
        }
        self.position_at(lasti as usize / 2)?.line
    }

    /// The source range of a code unit.
    pub fn position_at(&self, unit: usize) -> Option<bytecode::location::Position> {
        bytecode::location::position_at(&self.data().linetable, self.data().firstlineno, unit)
    }
}
