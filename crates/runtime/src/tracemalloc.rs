//! Where memory was allocated: the traces that `tracemalloc` shows.
//!
//! DESIGN: traces. The allocator tells of every block while tracing is on (see `object::alloc::Watcher`). A trace is the block's size and the number of an interned traceback. What this
//! module itself allocates is not traced: `BUSY` says that the calling thread is inside. Blocks that are made without the interpreter lock have no traceback, as frames and
//! file names may only be touched under it.
#![expect(unsafe_code, reason = "frames are read where they stand")]

use crate::types::str::Str;
use crate::{Obj, Py, PyResult, Thread};
use object::alloc::{self, Watcher};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most frames that a traceback can have.
pub const MOST_FRAMES: i32 = 65535;

/// A frame: its file by address (0 for an unknown one), and its line.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    file: usize,
    line: i32,
}

/// The innermost frames of a thread at one moment, the innermost first.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Traceback {
    places: Vec<Place>,
    /// How many frames there were.
    total: u16,
}

#[derive(Clone, Copy)]
struct Trace {
    size: usize,
    traceback: u32,
}

/// What was allocated where. Keys are domain and address.
#[derive(Default)]
struct Tables {
    traces: HashMap<(u32, usize), Trace>,
    numbers: HashMap<Arc<Traceback>, u32>,
    tracebacks: Vec<Arc<Traceback>>,
    /// The file names that places refer to, kept alive.
    files: HashMap<usize, Py<Str>>,
    /// The traceback that is being made.
    scratch: Traceback,
    now: usize,
    peak: usize,
}

static TABLES: Mutex<Option<Tables>> = Mutex::new(None);
static LIMIT: AtomicI32 = AtomicI32::new(1);

thread_local! {
    /// The thread is inside this module, which is not traced.
    static BUSY: Cell<bool> = const { Cell::new(false) };
    /// The thread has the tables open.
    static OPEN: Cell<bool> = const { Cell::new(false) };
}

/// Runs `f` with tracing off for this thread.
fn untraced<R>(f: impl FnOnce() -> R) -> R {
    struct Back(bool);
    impl Drop for Back {
        fn drop(&mut self) {
            BUSY.set(self.0);
        }
    }
    let _back = Back(BUSY.replace(true));
    f()
}

/// The tables, for a thread that is busy.
struct Opened(MutexGuard<'static, Option<Tables>>);

impl Opened {
    fn new() -> Opened {
        debug_assert!(BUSY.get());
        let tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
        OPEN.set(true);
        Opened(tables)
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        OPEN.set(false);
    }
}

/// Keeps the tables whole over a fork: another thread may be in them. Nothing is traced meanwhile.
pub(crate) struct Whole {
    opened: Option<Opened>,
    was_busy: bool,
}

impl Whole {
    pub(crate) fn new() -> Whole {
        let was_busy = BUSY.replace(true);
        Whole { opened: Some(Opened::new()), was_busy }
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        self.opened = None;
        BUSY.set(self.was_busy);
    }
}

fn allocated(block: *mut u8, size: usize) {
    if !BUSY.get() {
        untraced(|| record(0, block as usize, size));
    }
}

fn freed(block: *mut u8) {
    if !OPEN.get() {
        untraced(|| forget(0, block as usize));
    }
}

fn record(domain: u32, address: usize, size: usize) -> bool {
    let mut opened = Opened::new();
    match opened.0.as_mut() {
        Some(tables) => {
            tables.add(domain, address, size);
            true
        }
        None => false,
    }
}

fn forget(domain: u32, address: usize) -> bool {
    let mut opened = Opened::new();
    match opened.0.as_mut() {
        Some(tables) => {
            tables.remove(domain, address);
            true
        }
        None => false,
    }
}

impl Tables {
    fn add(&mut self, domain: u32, address: usize, size: usize) {
        let traceback = self.traceback();
        if let Some(old) = self.traces.insert((domain, address), Trace { size, traceback }) {
            self.now -= old.size;
        }
        self.now += size;
        self.peak = self.peak.max(self.now);
    }

    fn remove(&mut self, domain: u32, address: usize) {
        if let Some(old) = self.traces.remove(&(domain, address)) {
            self.now -= old.size;
        }
    }

    /// The number of the calling thread's traceback.
    fn traceback(&mut self) -> u32 {
        self.scratch.places.clear();
        self.scratch.total = 0;
        if let Some(th) = Thread::try_current().filter(|th| th.rt().gil.is_held_by(th)) {
            self.walk(th);
        }
        if self.scratch.places.is_empty() {
            self.scratch.places.push(Place { file: 0, line: 0 });
            self.scratch.total = 1;
        }
        if let Some(number) = self.numbers.get(&self.scratch) {
            return *number;
        }
        let shared = Arc::new(self.scratch.clone());
        let number = self.tracebacks.len() as u32;
        self.tracebacks.push(shared.clone());
        self.numbers.insert(shared, number);
        number
    }

    fn walk(&mut self, th: &Thread) {
        let limit = LIMIT.load(Relaxed) as usize;
        // SAFETY: the thread's frames are live and link to each other until null; it is the calling thread, which is somewhere in native code.
        let mut frame = unsafe { th.frame.get().as_ref() };
        while let Some(f) = frame {
            // Until it has left its first instruction that can be traced, a frame is not there for programs; it shows that instruction from the start.
            if f.ip > f.code.first_instruction() {
                self.scratch.total = self.scratch.total.saturating_add(1);
                if self.scratch.places.len() < limit {
                    // SAFETY: the name is copied before anybody can replace it.
                    let name = unsafe { f.code.filename_unguarded() };
                    let file = std::ptr::from_ref(name) as usize;
                    self.files.entry(file).or_insert_with(|| f.code.filename());
                    self.scratch.places.push(Place { file, line: f.line().unwrap_or(0) });
                }
            }
            // SAFETY: as above.
            frame = unsafe { f.previous.as_ref() };
        }
    }

    fn show(&self, traceback: &Traceback) -> Vec<(Option<Py<Str>>, i32)> {
        traceback.places.iter().map(|p| (self.files.get(&p.file).cloned(), p.line)).collect()
    }
}

/// The frames of a traceback, the innermost first: file (`None` for an unknown one) and line.
pub type Frames = Vec<(Option<Py<Str>>, i32)>;

/// A copy of all traces.
#[derive(Default)]
pub struct Traces {
    /// Domain, size and place in `tracebacks` of each block.
    pub blocks: Vec<(u32, usize, usize)>,
    /// Frames, and how many there were.
    pub tracebacks: Vec<(Frames, u16)>,
}

/// Starts tracing, with so many frames for each block. Nothing happens when it is on already.
pub fn start(frames: i32) {
    untraced(|| {
        {
            let mut opened = Opened::new();
            if opened.0.is_some() {
                return;
            }
            LIMIT.store(frames.clamp(1, MOST_FRAMES), Relaxed);
            *opened.0 = Some(Tables::default());
        }
        alloc::watch(Watcher { allocated, freed }, true);
    });
}

/// Stops tracing and forgets all traces.
pub fn stop() {
    if is_tracing() {
        alloc::watch(Watcher { allocated, freed }, false);
        untraced(|| {
            let old = Opened::new().0.take();
            drop(old);
        });
    }
}

/// True while allocations are traced.
pub fn is_tracing() -> bool {
    untraced(|| Opened::new().0.is_some())
}

/// The most frames that tracebacks have.
pub fn limit() -> i32 {
    LIMIT.load(Relaxed)
}

/// Forgets all traces, and goes on.
pub fn clear() {
    untraced(|| {
        let old = Opened::new().0.as_mut().map(std::mem::take);
        drop(old);
    });
}

/// Bytes that are traced now, and the most there were.
pub fn traced() -> (usize, usize) {
    untraced(|| Opened::new().0.as_ref().map_or((0, 0), |t| (t.now, t.peak)))
}

/// The most bytes there were are now those there are.
pub fn reset_peak() {
    untraced(|| {
        if let Some(t) = Opened::new().0.as_mut() {
            t.peak = t.now;
        }
    });
}

/// Bytes that this module itself uses.
pub fn memory() -> usize {
    untraced(|| {
        Opened::new().0.as_ref().map_or(0, |t| {
            let places: usize = t.tracebacks.iter().map(|b| b.places.capacity() * size_of::<Place>()).sum();
            t.traces.capacity() * (size_of::<((u32, usize), Trace)>() + 1)
                + t.tracebacks.capacity() * (size_of::<Arc<Traceback>>() + size_of::<Traceback>())
                + t.numbers.capacity() * (size_of::<(Arc<Traceback>, u32)>() + 1)
                + t.files.capacity() * (size_of::<(usize, Py<Str>)>() + 1)
                + places
        })
    })
}

/// Hands a copy of all traces to `f`, whose own allocations are not traced.
pub fn with_traces<R>(f: impl FnOnce(Traces) -> R) -> R {
    untraced(|| {
        let copy = {
            let opened = Opened::new();
            opened.0.as_ref().map_or_else(Traces::default, |t| Traces {
                blocks: t.traces.iter().map(|((d, _), trace)| (*d, trace.size, trace.traceback as usize)).collect(),
                tracebacks: t.tracebacks.iter().map(|b| (t.show(b), b.total)).collect(),
            })
        };
        f(copy)
    })
}

/// Where the block of an object was allocated, if that is known.
pub fn of_object(object: &Obj) -> Option<Frames> {
    of_block(0, alloc::block_of(object.header()?))
}

/// Where a block of a domain was allocated, if that is known.
pub fn of_block(domain: u32, address: usize) -> Option<Frames> {
    untraced(|| {
        let opened = Opened::new();
        let t = opened.0.as_ref()?;
        let trace = t.traces.get(&(domain, address))?;
        Some(t.show(t.tracebacks.get(trace.traceback as usize)?))
    })
}

/// Records a block that another allocator made (`PyTraceMalloc_Track`); false when tracing is off.
pub fn track(domain: u32, address: usize, size: usize) -> bool {
    untraced(|| record(domain, address, size))
}

/// Forgets a block of another allocator (`PyTraceMalloc_Untrack`); false when tracing is off.
pub fn untrack(domain: u32, address: usize) -> bool {
    untraced(|| forget(domain, address))
}

/// `start` as Python calls it.
///
/// Errors: `ValueError` for a number of frames that is out of range.
pub fn start_checked(th: &Thread, frames: i32) -> PyResult<()> {
    if !(1..=MOST_FRAMES).contains(&frames) {
        return Err(th.value_error(format!("the number of frames must be in range [1; {MOST_FRAMES}]")));
    }
    start(frames);
    Ok(())
}
