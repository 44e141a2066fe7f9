//! `_io.TextIOWrapper`: text over a buffered stream of bytes.
//!
//! DESIGN: text streams. Written text is encoded at once and gathered in `pending`; read bytes are decoded a chunk at a time into `decoded`, of which
//! `used` characters are handed out. For `tell`, `snapshot` keeps the decoder's state before the chunk and the bytes that went in.

mod lines;
mod methods;
mod position;
mod reading;
mod setup;

pub(super) use lines::{LineEnd, line_end};

use super::base::TextIoBase;
use super::incremental::{Decoder, Encoder, State};
use super::{buffered, closed_error};
use crate::calls;
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::call;
use runtime::types::str::Str;
use runtime::types::{bytes, exceptions};
use runtime::{MethodTable, Obj, Py, PyResult, Thread};
use std::cell::Cell;
use std::rc::Rc;

/// Bytes gathered before they are written, and read at a time.
const CHUNK: usize = 8192;

/// The payload of a `TextIOWrapper`.
#[macros::pyclass(name = "TextIOWrapper", module = "_io", base = TextIoBase, flags = BASETYPE | HAVE_GC | MANAGED_DICT | MANAGED_WEAKREF, methods(METHODS, POSITION))]
pub struct TextIoWrapper {
    buffer: Guarded<Option<Obj>>,
    encoding: Guarded<Option<Obj>>,
    errors: Guarded<String>,
    coders: Guarded<Coders>,
    text: Guarded<Text>,
    pending: Guarded<Vec<u8>>,
    newline: Guarded<Rc<Newline>>,
    detached: Cell<bool>,
    line_buffering: Cell<bool>,
    write_through: Cell<bool>,
    seekable: Cell<bool>,
    /// `tell` is possible: not while the stream is iterated over.
    telling: Cell<bool>,
    has_read1: Cell<bool>,
    finalizing: Cell<bool>,
    chunk_size: Cell<usize>,
    /// Bytes per character, as seen last.
    ratio: Cell<f64>,
}

impl TextIoWrapper {
    const POSITION: MethodTable = position::TABLE;
}

/// How the bytes are read and written; absent for directions that the buffer does not have.
#[derive(Default, Clone)]
struct Coders {
    encoder: Option<Rc<Encoder>>,
    decoder: Option<Rc<Decoder>>,
}

/// Decoded text that was not read yet.
#[derive(Default)]
struct Text {
    decoded: Option<Py<Str>>,
    used: usize,
    /// The decoder's state before the current chunk, and its input since.
    snapshot: Option<State>,
}

/// What the `newline` argument says.
#[derive(Default)]
struct Newline {
    given: Option<String>,
    /// Any line end ends a line.
    universal: bool,
    /// Line ends are read as `\n`.
    translate: bool,
    /// `\n` is written as this.
    written: Option<String>,
}

impl Payload for TextIoWrapper {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(b) = self.buffer.try_lock() {
            v.opt(&b);
        }
        if let Some(c) = self.coders.try_lock() {
            if let Some(e) = &c.encoder {
                e.traverse(v);
            }
            if let Some(d) = &c.decoder {
                d.traverse(v);
            }
        }
    }

    fn clear(&self) {
        self.buffer.set(None);
        drop(self.coders.take());
    }
}

impl TextIoWrapper {
    /// The buffer. Errors: `ValueError` when there is none.
    fn buffer(&self, th: &Thread) -> PyResult<Obj> {
        self.buffer.get().ok_or_else(|| {
            th.value_error(if self.detached.get() {
                "underlying buffer has been detached"
            } else {
                "I/O operation on uninitialized object"
            })
        })
    }

    fn decoder(&self) -> Option<Rc<Decoder>> {
        self.coders.lock().decoder.clone()
    }

    fn encoder(&self) -> Option<Rc<Encoder>> {
        self.coders.lock().encoder.clone()
    }

    /// Errors: `ValueError` when the stream is closed.
    fn check_open(&self, th: &Thread) -> PyResult<Obj> {
        let buffer = self.buffer(th)?;
        if buffered::is_closed_fast(th, &buffer)? { Err(closed_error(th)) } else { Ok(buffer) }
    }

    /// The buffer and the stream below it are of our types, and open.
    #[inline]
    fn is_plainly_open(&self) -> bool {
        self.buffer.lock().as_ref().is_some_and(buffered::is_open_file)
    }

    /// Forgets decoded text and the snapshot.
    fn forget(&self) {
        let old = self.text.take();
        drop(old);
    }

    /// Hands the gathered bytes to the buffer.
    fn write_pending(&self, th: &Thread) -> PyResult<()> {
        let pending = self.pending.take();
        if pending.is_empty() {
            return Ok(());
        }
        let buffer = self.buffer(th)?;
        if buffered::write_fast(th, &buffer, &pending)?.is_some() {
            return Ok(());
        }
        let content = bytes::new(&pending).into_obj();
        loop {
            match call::call_method(th, &buffer, "write", std::slice::from_ref(&content)) {
                Ok(_) => return Ok(()),
                Err(r) => {
                    th.catch(r, exceptions::INTERRUPTED_ERROR)?;
                    calls::run_handlers(th)?;
                }
            }
        }
    }

    /// `flush`: everything to the buffer, and the buffer's own flush.
    fn flush_all(&self, th: &Thread) -> PyResult<Obj> {
        let buffer = self.check_open(th)?;
        self.telling.set(self.seekable.get());
        self.write_pending(th)?;
        call::call_method(th, &buffer, "flush", &[])
    }
}
