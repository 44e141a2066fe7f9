//! Reading text: chunks, characters, lines.

use super::{LineEnd, TextIoWrapper, line_end};
use crate::calls;
use crate::io::newline::find;
use crate::io::{buffered, unsupported};
use host::constants as c;
use runtime::buffer::BytesLike;
use runtime::protocols::call;
use runtime::types::str::{self as pystr, Str};
use runtime::types::{exceptions, int};
use runtime::{Obj, ObjExt, Py, PyResult, Thread};
use text::Builder;

impl TextIoWrapper {
    /// Takes up to `n` decoded characters.
    fn take_decoded(&self, n: usize) -> Py<Str> {
        let mut text = self.text.lock();
        let used = text.used;
        let Some(decoded) = &text.decoded else { return pystr::empty() };
        let end = decoded.len().min(used.saturating_add(n));
        let part =
            if used == 0 && end == decoded.len() { decoded.clone() } else { pystr::from_chars(decoded.chars().slice(used..end)) };
        text.used = end;
        part
    }

    /// Reads and decodes the next chunk. Returns false at the end.
    fn read_chunk(&self, th: &Thread, hint: usize) -> PyResult<bool> {
        let Some(decoder) = self.decoder() else {
            return Err(unsupported(th, "not readable"));
        };
        let before = if self.telling.get() { Some(decoder.state(th)?) } else { None };
        let hint = (self.ratio.get().max(1.0) * hint as f64) as usize;
        let size = self.chunk_size.get().max(hint);
        let buffer = self.buffer(th)?;
        let chunk = match buffered::read_some_fast(th, &buffer, size)? {
            Some(chunk) => chunk,
            None => {
                let method = if self.has_read1.get() { "read1" } else { "read" };
                let chunk = loop {
                    match call::call_method(th, &buffer, method, &[int::from_i64(size as i64)]) {
                        Ok(chunk) => break chunk,
                        Err(r) => {
                            th.catch(r, exceptions::INTERRUPTED_ERROR)?;
                            calls::run_handlers(th)?;
                        }
                    }
                };
                if !runtime::buffer::is_exporter(&chunk) {
                    return Err(th.type_error(format!(
                        "underlying {method}() should have returned a bytes-like object, not '{}'",
                        chunk.ty().name()
                    )));
                }
                BytesLike::new(th, &chunk)?.as_slice().to_vec()
            }
        };
        let at_end = chunk.is_empty();
        let decoded = decoder.decode(th, &chunk, at_end)?;
        let count = decoded.len();
        self.ratio.set(if count > 0 { chunk.len() as f64 / count as f64 } else { 0.0 });
        let old = {
            let mut text = self.text.lock();
            if let Some((mut input, flags)) = before {
                input.extend_from_slice(&chunk);
                text.snapshot = Some((input, flags));
            }
            text.used = 0;
            text.decoded.replace(decoded)
        };
        drop(old);
        Ok(count > 0 || !at_end)
    }

    /// Everything up to the end.
    pub(super) fn read_rest(&self, th: &Thread) -> PyResult<Obj> {
        let Some(decoder) = self.decoder() else {
            return Err(unsupported(th, "not readable"));
        };
        let buffer = self.buffer(th)?;
        let content = call::call_method(th, &buffer, "read", &[])?;
        if content.is_none() {
            let text = pystr::new("Read returned None.").into_obj();
            let e = call::call(th, &exceptions::BLOCKING_IO_ERROR.to_obj(), &[int::from_i64(c::EAGAIN.into()), text])?;
            return Err(th.raise(e));
        }
        let decoded = {
            let content = BytesLike::new(th, &content)?;
            match content {
                BytesLike::Bytes(b) => decoder.decode(th, b.as_slice(), true)?,
                BytesLike::Buffer(b) => decoder.decode(th, b.as_slice(), true)?,
            }
        };
        let rest = self.take_decoded(usize::MAX);
        let result = if rest.is_empty() {
            decoded
        } else {
            let mut b = Builder::with_capacity(rest.len() + decoded.len());
            b.push_chars(rest.chars());
            b.push_chars(decoded.chars());
            pystr::from_buf(b.finish())
        };
        self.forget();
        Ok(result.into_obj())
    }

    /// `n` characters, fewer at the end.
    pub(super) fn read_chars(&self, th: &Thread, n: usize) -> PyResult<Obj> {
        if self.decoder().is_none() {
            return Err(unsupported(th, "not readable"));
        }
        let first = self.take_decoded(n);
        if first.len() == n {
            return Ok(first.into_obj());
        }
        let mut b = Builder::with_capacity(first.len());
        b.push_chars(first.chars());
        while b.len() < n {
            let missing = n - b.len();
            if !self.read_chunk(th, missing)? {
                break;
            }
            b.push_chars(self.take_decoded(missing).chars());
        }
        Ok(pystr::from_buf(b.finish()).into_obj())
    }

    /// The next line if it ends in `\n` within the text that is decoded already, and nothing waits to be written.
    #[inline]
    pub(super) fn ready_line(&self) -> Option<Py<Str>> {
        if !self.pending.lock().is_empty() || !matches!(self.newline.lock().given.as_deref(), None | Some("\n")) {
            return None;
        }
        let mut text = self.text.lock();
        let used = text.used;
        let (line, to) = {
            let decoded = text.decoded.as_ref()?;
            let to = find(decoded.chars(), used, b'\n')? + 1;
            (pystr::substring(decoded, used, to), to)
        };
        text.used = to;
        Some(line)
    }

    /// One line, with its end; `limit` characters at most.
    pub(super) fn read_line(&self, th: &Thread, limit: Option<usize>) -> PyResult<Py<Str>> {
        if limit.is_none()
            && let Some(line) = self.ready_line()
        {
            return Ok(line);
        }
        self.write_pending(th)?;
        let newline = self.newline.get();
        let end = LineEnd::new(newline.given.as_deref());
        let mut line: Option<Builder> = None;
        loop {
            {
                let mut text = self.text.lock();
                let used = text.used;
                let available = text.decoded.as_ref().map_or(0, |d| d.len() - used);
                if available > 0
                    && let Some(decoded) = text.decoded.clone()
                {
                    let chars = decoded.chars();
                    let taken = line.as_ref().map_or(0, Builder::len);
                    let room = limit.map_or(usize::MAX, |l| l - taken);
                    // A line end of two characters may be cut by the end of a chunk.
                    let split = matches!(end, LineEnd::CrLf)
                        && chars.get(used) == Some(u32::from(b'\n'))
                        && line.as_ref().is_some_and(|l| l.as_chars().get(taken - 1) == Some(u32::from(b'\r')));
                    let stop = if split { Some(used + 1) } else { line_end(chars, used, &end) };
                    let to = stop.unwrap_or(used + available).min(used.saturating_add(room));
                    let done = stop == Some(to) || to - used == room;
                    text.used = to;
                    drop(text);
                    let piece = chars.slice(used..to);
                    match &mut line {
                        None if done => return Ok(pystr::from_chars(piece)),
                        None => {
                            let mut b = Builder::with_capacity(piece.len());
                            b.push_chars(piece);
                            line = Some(b);
                        }
                        Some(b) => b.push_chars(piece),
                    }
                    if done {
                        break;
                    }
                }
            }
            if limit == Some(line.as_ref().map_or(0, Builder::len)) {
                break;
            }
            // Chunks without text may come before the end.
            let more = loop {
                if !self.read_chunk(th, 0)? {
                    break false;
                }
                if self.text.lock().decoded.as_ref().is_some_and(|d| !d.is_empty()) {
                    break true;
                }
            };
            if !more {
                self.forget();
                break;
            }
        }
        Ok(line.map_or_else(pystr::empty, |b| pystr::from_buf(b.finish())))
    }
}
