//! What `faulthandler` shows: the Python frames of threads, written without touching objects, from handlers of signals as well.
//!
//! DESIGN: dumps. A dump may run in a handler of a signal at any point of the program, or on a thread that does not hold the interpreter lock. It allocates
//! nothing, opens no guard and takes no lock; it only reads frames and code, which may be changing. What it reads is bounded.
#![expect(unsafe_code, reason = "frames of other threads are read as they are")]

use crate::interpreter::frame::Frame;
use crate::types::str::Str;
use crate::{Interpreter, Thread};
use host::fault;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, Ordering::SeqCst};

/// Longest text, in characters.
const MOST_CHARACTERS: usize = 500;
const MOST_FRAMES: usize = 100;
const MOST_THREADS: usize = 100;
const MOST_NATIVE_FRAMES: usize = 32;

/// A descriptor that is written to at once.
#[derive(Clone, Copy)]
pub struct Out(pub i32);

impl Out {
    /// Writes bytes; failures have nobody to tell.
    pub fn put(self, text: &[u8]) {
        let mut rest = text;
        while !rest.is_empty() {
            match host::fd::write(self.0, rest) {
                Ok(n) if n > 0 => rest = &rest[n..],
                _ => return,
            }
        }
    }

    fn digits(self, mut n: usize, base: usize, least: usize) {
        let mut text = [b'0'; 24];
        let mut at = text.len();
        while n > 0 || text.len() - at < least.max(1) {
            at -= 1;
            text[at] = b"0123456789abcdef"[n % base];
            n /= base;
        }
        self.put(&text[at..]);
    }

    /// Printable ASCII as it is, the rest as escapes.
    fn text(self, s: &Str) {
        let chars = s.chars();
        for (i, c) in chars.iter().enumerate() {
            match c {
                _ if i == MOST_CHARACTERS => {
                    self.put(b"...");
                    return;
                }
                0x20..=0x7e => self.put(&[c as u8]),
                0..=0xff => {
                    self.put(b"\\x");
                    self.digits(c as usize, 16, 2);
                }
                0x100..=0xffff => {
                    self.put(b"\\u");
                    self.digits(c as usize, 16, 4);
                }
                _ => {
                    self.put(b"\\U");
                    self.digits(c as usize, 16, 8);
                }
            }
        }
    }

    fn frame(self, f: &Frame) {
        let code = &f.code;
        self.put(b"  File \"");
        // SAFETY: the name is only read; who replaces it keeps the old one alive in its own place.
        self.text(unsafe { code.filename_unguarded() });
        self.put(b"\", line ");
        match f.line() {
            Some(line) if line >= 0 => self.digits(line as usize, 10, 1),
            _ => self.put(b"???"),
        }
        self.put(b" in ");
        self.text(&code.name);
        self.put(b"\n");
    }

    fn frames(self, th: &Thread) {
        let mut f = th.frame.get();
        if f.is_null() {
            self.put(b"  <no Python frame>\n");
            return;
        }
        for _ in 0..MOST_FRAMES {
            // SAFETY: frames link to frames until null; those of a thread that runs meanwhile are read as they are.
            let Some(frame) = (unsafe { f.as_ref() }) else { return };
            self.frame(frame);
            f = frame.previous;
        }
        if !f.is_null() {
            self.put(b"  ...\n");
        }
    }

    /// The frames of a thread.
    pub fn stack(self, th: &Thread) {
        self.put(b"Stack (most recent call first):\n");
        self.frames(th);
    }

    fn thread(self, th: &Thread, current: bool) {
        self.put(if current { b"Current thread 0x" } else { b"Thread 0x" });
        let ident = th.ident.get();
        self.digits(ident as usize, 16, 16);
        let mut room = [0; 64];
        let name = fault::thread_name(ident, &mut room);
        if !name.is_empty() {
            self.put(b" [");
            self.put(name);
            self.put(b"]");
        }
        self.put(b" (most recent call first):\n");
        self.frames(th);
    }

    /// The frames of all threads of an interpreter.
    pub fn threads(self, rt: &Interpreter, current: Option<&Thread>) {
        // SAFETY: the list is only read; a thread that enters or leaves it meanwhile holds the interpreter lock, whose holder the signal has interrupted or
        // whose wait this dump is about.
        let list = unsafe { &*rt.threads.as_ptr() };
        for (i, t) in list.iter().rev().enumerate() {
            if i != 0 {
                self.put(b"\n");
            }
            if i == MOST_THREADS {
                self.put(b"...\n");
                return;
            }
            // SAFETY: states leave the list before they are freed.
            let th = unsafe { &*t.0 };
            self.thread(th, current.is_some_and(|c| std::ptr::eq(c, th)));
        }
    }

    /// The native stack of the calling thread.
    pub fn native(self) {
        self.put(b"Current thread's C stack trace (most recent call first):\n");
        let more = fault::native_stack(MOST_NATIVE_FRAMES, |place| {
            self.put(b"  Binary file \"");
            self.put(place.file.unwrap_or(b"<unknown>"));
            self.put(b"\"");
            if place.file.is_some() {
                self.put(b", at ");
                self.put(place.name.unwrap_or(b""));
                self.put(b"+0x");
                self.digits(place.offset, 16, 1);
            }
            self.put(b" [0x");
            self.digits(place.address, 16, 1);
            self.put(b"]\n");
        });
        if more {
            self.put(b"  <truncated rest of calls>\n");
        }
    }
}

/// The interpreter whose threads handlers show.
static INTERPRETER: AtomicPtr<Interpreter> = AtomicPtr::new(std::ptr::null_mut());

fn interpreter<'a>() -> Option<&'a Interpreter> {
    // SAFETY: null or the interpreter of the thread that asked for dumps, which lives until the process ends.
    unsafe { INTERPRETER.load(SeqCst).as_ref() }
}

fn remember(th: &Thread) {
    INTERPRETER.store(std::ptr::from_ref(th.rt()).cast_mut(), SeqCst);
}

/// All threads, or the calling one.
fn dump(out: Out, all_threads: bool) {
    let current = Thread::try_current();
    match (interpreter(), current) {
        (Some(rt), _) if all_threads => out.threads(rt, current),
        (_, Some(th)) => out.stack(th),
        _ => {}
    }
}

/// The signals that end a program, and what they are called.
const FATAL: [(i32, &[u8]); 5] = [
    (7, b"Bus error"),
    (4, b"Illegal instruction"),
    (8, b"Floating-point exception"),
    (6, b"Aborted"),
    (11, b"Segmentation fault"),
];

/// True for signals that [`enable`] is about.
pub fn is_fatal(number: i32) -> bool {
    FATAL.iter().any(|(n, _)| *n == number)
}

static FATAL_FD: AtomicI32 = AtomicI32::new(-1);
static FATAL_ALL_THREADS: AtomicBool = AtomicBool::new(false);
static FATAL_NATIVE: AtomicBool = AtomicBool::new(false);

fn fatal(number: i32) {
    fault::release(number);
    let out = Out(FATAL_FD.load(SeqCst));
    if out.0 >= 0 {
        out.put(b"Fatal Python error: ");
        out.put(FATAL.iter().find(|(n, _)| *n == number).map_or(b"unknown signal", |(_, name)| name));
        out.put(b"\n\n");
        let current = Thread::try_current();
        match (interpreter(), current) {
            (Some(rt), _) if FATAL_ALL_THREADS.load(SeqCst) => out.threads(rt, current),
            (Some(_), Some(th)) => out.thread(th, true),
            _ => {}
        }
        if FATAL_NATIVE.load(SeqCst) {
            out.put(b"\n");
            out.native();
        }
    }
    // Handled as before now: this ends the process, at the latest when the faulty instruction runs again.
    let _ = host::signal::raise(number);
}

/// Shows frames on `fd` when the program crashes.
pub fn enable(th: &Thread, fd: i32, all_threads: bool, native: bool) -> std::io::Result<()> {
    remember(th);
    FATAL_ALL_THREADS.store(all_threads, SeqCst);
    FATAL_NATIVE.store(native, SeqCst);
    if FATAL_FD.swap(fd, SeqCst) < 0 {
        fault::own_handler_stack();
        for (number, _) in FATAL {
            fault::catch(number, fatal, true)?;
        }
    }
    Ok(())
}

/// Undoes [`enable`]; false when it was not in force.
pub fn disable() -> bool {
    if FATAL_FD.swap(-1, SeqCst) < 0 {
        return false;
    }
    for (number, _) in FATAL {
        fault::forget(number);
    }
    true
}

/// Whether crashes are shown.
pub fn is_enabled() -> bool {
    FATAL_FD.load(SeqCst) >= 0
}

/// What a signal that was registered does.
struct Registered {
    fd: AtomicI32,
    all_threads: AtomicBool,
    chain: AtomicBool,
}

static REGISTERED: [Registered; 65] =
    [const { Registered { fd: AtomicI32::new(-1), all_threads: AtomicBool::new(false), chain: AtomicBool::new(false) } }; 65];

fn user(number: i32) {
    let Some(r) = REGISTERED.get(number as usize) else { return };
    let fd = r.fd.load(SeqCst);
    if fd < 0 {
        return;
    }
    dump(Out(fd), r.all_threads.load(SeqCst));
    if r.chain.load(SeqCst) {
        fault::release(number);
        let _ = host::signal::raise(number);
        fault::catch_again(number, true);
    }
}

/// Shows frames on `fd` whenever a signal (1 to 64) arrives; `chain`: it is handled as before, too.
pub fn register(th: &Thread, number: i32, fd: i32, all_threads: bool, chain: bool) -> std::io::Result<()> {
    let Some(r) = REGISTERED.get(number as usize) else {
        return Err(std::io::Error::from_raw_os_error(host::constants::EINVAL));
    };
    remember(th);
    r.all_threads.store(all_threads, SeqCst);
    r.chain.store(chain, SeqCst);
    if r.fd.load(SeqCst) < 0 {
        fault::catch(number, user, chain)?;
    }
    r.fd.store(fd, SeqCst);
    Ok(())
}

/// Undoes [`register`]; false when the signal was not registered.
pub fn unregister(number: i32) -> bool {
    match REGISTERED.get(number as usize) {
        Some(r) if r.fd.swap(-1, SeqCst) >= 0 => {
            fault::forget(number);
            true
        }
        _ => false,
    }
}

/// Shows the frames of all threads, for a thread that runs no Python itself.
pub fn dump_later(out: Out) {
    if let Some(rt) = interpreter() {
        out.threads(rt, None);
    }
}

/// Says whose threads [`dump_later`] shows.
pub fn prepare_later(th: &Thread) {
    remember(th);
}

/// `Fatal Python error: function: message`, the frames of all threads, and the end.
pub fn fatal_error(function: &str, message: &str) -> ! {
    let out = Out(2);
    for part in ["Fatal Python error: ", function, ": ", message, "\nPython runtime state: initialized\n\n"] {
        out.put(part.as_bytes());
    }
    if let Some(rt) = interpreter() {
        out.threads(rt, Thread::try_current());
    }
    disable();
    host::process::abort()
}
