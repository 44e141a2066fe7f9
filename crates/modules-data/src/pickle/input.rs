//! What an unpickler reads: bytes in memory, or a file by pieces.

use super::unpickling_error;
use runtime::protocols::{attribute, call};
use runtime::types::exceptions::EOF_ERROR;
use runtime::types::{bytes, int};
use runtime::{Obj, PyResult, Raised, Thread};

/// The methods of a file that are used.
#[derive(Clone)]
pub(super) struct Reader {
    read: Obj,
    readline: Obj,
    readinto: Option<Obj>,
}

impl Reader {
    pub(super) fn of(th: &Thread, file: &Obj) -> PyResult<Reader> {
        let read = attribute::lookup_opt_str(th, file, "read")?;
        let readline = attribute::lookup_opt_str(th, file, "readline")?;
        let readinto = attribute::lookup_opt_str(th, file, "readinto")?;
        match (read, readline) {
            (Some(read), Some(readline)) => Ok(Reader { read, readline, readinto }),
            _ => Err(th.type_error("file must have 'read' and 'readline' attributes")),
        }
    }

    pub(super) fn objects(&self) -> impl Iterator<Item = &Obj> {
        [&self.read, &self.readline].into_iter().chain(&self.readinto)
    }
}

/// The bytes at hand, and where more may come from.
pub(super) struct Input {
    buffer: Vec<u8>,
    at: usize,
    /// Where the open frame ends.
    frame_end: Option<usize>,
    reader: Option<Reader>,
}

#[cold]
fn truncated(th: &Thread) -> Raised {
    unpickling_error(th, "pickle data was truncated")
}

#[cold]
fn straddles(th: &Thread) -> Raised {
    unpickling_error(th, "pickle exhausted before end of frame")
}

impl Input {
    pub(super) fn new(buffer: Vec<u8>, reader: Option<Reader>) -> Input {
        Input { buffer, at: 0, frame_end: None, reader }
    }

    /// The next opcode. Errors: `EOFError` at the end.
    #[inline(always)]
    pub(super) fn opcode(&mut self, th: &Thread) -> PyResult<u8> {
        let Some(&b) = self.buffer.get(self.at) else { return self.opcode_of_file(th) };
        if self.frame_end == Some(self.at) {
            self.frame_end = None;
        }
        self.at += 1;
        Ok(b)
    }

    #[cold]
    #[inline(never)]
    fn opcode_of_file(&mut self, th: &Thread) -> PyResult<u8> {
        if self.reader.is_none() || self.refill(th, 1)? == 0 {
            return Err(th.raise_message(EOF_ERROR, "Ran out of input"));
        }
        self.opcode(th)
    }

    /// Replaces the buffer by the next `n` bytes of the file, or what there is of them.
    fn refill(&mut self, th: &Thread, n: usize) -> PyResult<usize> {
        let Some(reader) = &self.reader else { return Err(truncated(th)) };
        if self.at < self.buffer.len() {
            return Err(straddles(th));
        }
        self.frame_end = None;
        let piece = call::call(th, &reader.read, &[int::from_u64(n as u64)])?;
        let Some(piece) = bytes::of(&piece) else {
            use runtime::ObjExt;
            let ty = piece.ty().name();
            return Err(th.type_error(format!("a bytes-like object is required, not '{ty}'")));
        };
        self.buffer = piece.to_vec();
        self.at = 0;
        Ok(self.buffer.len())
    }

    /// The next `n` bytes.
    #[inline]
    pub(super) fn take(&mut self, th: &Thread, n: usize) -> PyResult<&[u8]> {
        if self.frame_end.is_some_and(|end| self.at < end && end - self.at < n) {
            return Err(straddles(th));
        }
        if self.buffer.len() - self.at < n {
            self.refill_whole(th, n)?;
        }
        self.at += n;
        Ok(&self.buffer[self.at - n..self.at])
    }

    /// As `refill`; there have to be `n` bytes.
    #[cold]
    #[inline(never)]
    fn refill_whole(&mut self, th: &Thread, n: usize) -> PyResult<()> {
        if self.refill(th, n)? < n { Err(truncated(th)) } else { Ok(()) }
    }

    #[inline(always)]
    pub(super) fn array<const N: usize>(&mut self, th: &Thread) -> PyResult<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(th, N)?);
        Ok(out)
    }

    /// The next `n` bytes, read into memory of their own.
    pub(super) fn take_vec(&mut self, th: &Thread, n: usize) -> PyResult<Vec<u8>> {
        Ok(self.take(th, n)?.to_vec())
    }

    /// The next line, with its end.
    pub(super) fn line(&mut self, th: &Thread) -> PyResult<Vec<u8>> {
        let rest = &self.buffer[self.at..];
        if let Some(i) = rest.iter().position(|&b| b == b'\n') {
            if self.frame_end.is_some_and(|end| self.at < end && self.at + i >= end) {
                return Err(straddles(th));
            }
            let line = rest[..=i].to_vec();
            self.at += i + 1;
            return Ok(line);
        }
        let Some(reader) = &self.reader else { return Err(truncated(th)) };
        if !rest.is_empty() {
            return Err(straddles(th));
        }
        let line = call::call(th, &reader.readline, &[])?;
        match bytes::of(&line) {
            Some([line @ .., b'\n']) => Ok([line, b"\n"].concat()),
            _ => Err(truncated(th)),
        }
    }

    /// Makes sure that a frame of `n` bytes is at hand.
    pub(super) fn frame(&mut self, th: &Thread, n: usize) -> PyResult<()> {
        if self.frame_end.is_some_and(|end| self.at < end) {
            return Err(unpickling_error(th, "beginning of a new frame before end of current frame"));
        }
        self.take(th, n)?;
        self.frame_end = Some(self.at);
        self.at -= n;
        Ok(())
    }
}
