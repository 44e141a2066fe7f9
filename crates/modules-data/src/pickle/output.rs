//! What a pickler writes: frames, and large pieces outside of them.

use super::opcodes::FRAME;
use runtime::protocols::call;
use runtime::types::bytes;
use runtime::{Obj, PyResult, Thread};

/// A frame is closed at the next opcode when it has this many bytes. Pieces of this size stand outside of frames.
const TARGET: usize = 64 * 1024;
/// Shorter frames are not worth their header.
const SMALLEST: usize = 4;
const HEADER: usize = 9;
/// Room that the buffer begins with.
const FIRST: usize = 500;

/// Bytes on their way to a file or to the result.
#[derive(Default)]
pub(super) struct Output {
    buffer: Vec<u8>,
    /// The `write` of the file; without one everything stays in the buffer.
    write: Option<Obj>,
    framing: bool,
    /// Where the header of the open frame is.
    frame: Option<usize>,
}

impl Output {
    pub(super) fn new(write: Option<Obj>) -> Output {
        Output { buffer: Vec::with_capacity(FIRST), write, ..Output::default() }
    }

    pub(super) fn start_framing(&mut self) {
        self.framing = true;
    }

    #[inline]
    pub(super) fn put(&mut self, bytes: &[u8]) {
        if self.framing && self.frame.is_none() {
            self.frame = Some(self.buffer.len());
            self.buffer.extend_from_slice(&[0xfe; HEADER]);
        }
        self.buffer.extend_from_slice(bytes);
    }

    #[inline]
    pub(super) fn op(&mut self, op: u8) {
        self.put(&[op]);
    }

    fn close_frame(&mut self) {
        let Some(start) = self.frame.take() else { return };
        let content = start + HEADER;
        let len = self.buffer.len() - content;
        if len >= SMALLEST {
            self.buffer[start] = FRAME;
            self.buffer[start + 1..content].copy_from_slice(&(len as u64).to_le_bytes());
        } else {
            self.buffer.drain(start..content);
        }
    }

    fn flush(&mut self, th: &Thread) -> PyResult<()> {
        let Some(write) = &self.write else { return Ok(()) };
        let piece = std::mem::take(&mut self.buffer);
        if piece.is_empty() {
            return Ok(());
        }
        call::call(th, write, &[bytes::new(&piece).into_obj()]).map(drop)
    }

    /// The place between two objects, where frames may end.
    #[inline]
    pub(super) fn boundary(&mut self, th: &Thread) -> PyResult<()> {
        match self.frame {
            Some(start) if self.buffer.len() - start - HEADER >= TARGET => {
                self.close_frame();
                self.flush(th)
            }
            _ => Ok(()),
        }
    }

    /// A header and a piece of data, which `payload` holds too; large data goes to the file as it is.
    pub(super) fn put_large(&mut self, th: &Thread, header: &[u8], data: &[u8], payload: Option<&Obj>) -> PyResult<()> {
        if data.len() < TARGET {
            self.put(header);
            self.put(data);
            return Ok(());
        }
        let framing = std::mem::replace(&mut self.framing, false);
        self.close_frame();
        self.put(header);
        match self.write.clone() {
            Some(write) => {
                self.flush(th)?;
                let payload = payload.cloned().unwrap_or_else(|| bytes::new(data).into_obj());
                call::call(th, &write, &[payload])?;
            }
            None => self.put(data),
        }
        self.framing = framing;
        Ok(())
    }

    /// Ends the pickle; gives what did not go to a file.
    pub(super) fn finish(&mut self, th: &Thread) -> PyResult<Vec<u8>> {
        self.close_frame();
        self.framing = false;
        self.flush(th)?;
        Ok(std::mem::take(&mut self.buffer))
    }
}
