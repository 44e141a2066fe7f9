//! The streams behind the objects of `zlib`.
//!
//! DESIGN: copies of streams. The compressor that we use can't copy its state. So a stream keeps what it was fed, up to [`LONGEST_LOG`] bytes, and a copy is a
//! new stream that is fed the same. Longer streams can't be copied.

use crate::incremental::next_chunk;
use object::Guarded;
use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Inflate, InflateError, InflateFlush, Method, Status, Strategy};

/// Bytes that a stream remembers for its copies.
const LONGEST_LOG: usize = 32 << 20;

/// What went wrong: zlib's return code and words about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failure {
    pub(super) code: i32,
    pub(super) detail: Option<&'static str>,
}

impl Failure {
    pub(super) const TRUNCATED: Failure = Failure { code: -5, detail: Some("incomplete or truncated stream") };
    pub(super) const INCONSISTENT: Failure = Failure { code: -2, detail: Some("inconsistent stream state") };
    /// No memory, or a stream too long for a copy.
    pub(super) const MEMORY: Failure = Failure { code: -4, detail: None };
    const NEED_DICTIONARY: Failure = Failure { code: 2, detail: None };

    fn data(detail: Option<&'static str>) -> Failure {
        Failure { code: -3, detail: detail.or(Some("invalid input data")) }
    }
}

/// Memory of streams that ended, for the next ones that run over a piece of data at once: with little data most of the time goes into making it.
#[derive(Default)]
pub(super) struct Kept {
    deflate: Guarded<Option<(Settings, Deflate)>>,
    inflate: Guarded<Option<(i32, Inflate)>>,
}

/// What a compressor is made with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) level: i32,
    pub(super) method: i32,
    pub(super) wbits: i32,
    pub(super) mem_level: i32,
    pub(super) strategy: i32,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { level: super::DEFAULT_COMPRESSION, method: 8, wbits: super::MAX_WBITS, mem_level: 8, strategy: 0 }
    }
}

impl Settings {
    /// The checks of `deflateInit2`.
    fn config(self) -> Option<DeflateConfig> {
        let (bits, zlib_format) = match self.wbits {
            w if w < -15 => return None,
            w if w < 0 => (-w, false),
            w if w > 15 => (w - 16, false),
            w => (w, true),
        };
        let valid = self.method == 8
            && (1..=9).contains(&self.mem_level)
            && (8..=15).contains(&bits)
            && (-1..=9).contains(&self.level)
            && (bits != 8 || zlib_format);
        Some(DeflateConfig {
            level: self.level,
            method: Method::Deflated,
            window_bits: self.wbits,
            mem_level: self.mem_level,
            strategy: Strategy::try_from(self.strategy).ok().filter(|_| valid)?,
        })
    }
}

/// A compressing stream.
pub(super) struct Deflater {
    inner: Deflate,
    settings: Settings,
    dictionary: Option<Vec<u8>>,
    /// What was fed; `None` when that became too much.
    log: Option<Vec<(Vec<u8>, DeflateFlush)>>,
    logged: usize,
}

impl Deflater {
    pub(super) fn new(settings: Settings, dictionary: Option<&[u8]>) -> Result<Deflater, Failure> {
        let config = settings.config().ok_or(Failure::INCONSISTENT)?;
        let mut inner = Deflate::new_with_config(config);
        if let Some(d) = dictionary {
            inner.set_dictionary(d).map_err(|_| Failure::INCONSISTENT)?;
        }
        let dictionary = dictionary.map(<[u8]>::to_vec);
        Ok(Deflater { inner, settings, dictionary, log: Some(Vec::new()), logged: 0 })
    }

    /// A stream for one piece of data.
    pub(super) fn once(settings: Settings, kept: &Kept) -> Result<Deflater, Failure> {
        match kept.deflate.take() {
            Some((made_with, mut inner)) if made_with == settings => {
                inner.reset();
                Ok(Deflater { inner, settings, dictionary: None, log: None, logged: 0 })
            }
            _ => Deflater::new(settings, None),
        }
    }

    /// Gives the memory to the next stream that runs [`Deflater::once`].
    pub(super) fn keep(self, kept: &Kept) {
        kept.deflate.set(Some((self.settings, self.inner)));
    }

    /// Compresses all of `input`.
    pub(super) fn run(&mut self, input: &[u8], flush: DeflateFlush, out: &mut Vec<u8>) -> Result<Status, Failure> {
        if flush != DeflateFlush::Finish {
            self.remember(input, flush);
        }
        self.feed(input, flush, out)
    }

    fn remember(&mut self, input: &[u8], flush: DeflateFlush) {
        self.logged += input.len();
        if self.logged > LONGEST_LOG {
            self.log = None;
        }
        if let Some(log) = &mut self.log {
            match log.last_mut() {
                Some((bytes, DeflateFlush::NoFlush)) if flush == DeflateFlush::NoFlush => bytes.extend_from_slice(input),
                _ => log.push((input.to_vec(), flush)),
            }
        }
    }

    fn feed(&mut self, mut input: &[u8], flush: DeflateFlush, out: &mut Vec<u8>) -> Result<Status, Failure> {
        loop {
            let (start, room) = (out.len(), next_chunk(out.len()));
            let (fed, made) = (self.inner.total_in(), self.inner.total_out());
            out.resize(start + room, 0);
            let status = self.inner.compress(input, &mut out[start..], flush);
            let (fed, made) = ((self.inner.total_in() - fed) as usize, (self.inner.total_out() - made) as usize);
            out.truncate(start + made);
            input = &input[fed..];
            match status {
                Err(e) => return Err(Failure { code: e as i32, detail: Failure::INCONSISTENT.detail }),
                Ok(Status::StreamEnd) => return Ok(Status::StreamEnd),
                Ok(status) if made < room && (input.is_empty() || fed == 0) => return Ok(status),
                Ok(_) => {}
            }
        }
    }

    pub(super) fn copy(&self) -> Result<Deflater, Failure> {
        let log = self.log.as_ref().ok_or(Failure::MEMORY)?;
        let mut copy = Deflater::new(self.settings, self.dictionary.as_deref())?;
        let mut seen = Vec::new();
        for (input, flush) in log {
            copy.run(input, *flush, &mut seen)?;
            seen.clear();
        }
        Ok(copy)
    }
}

/// A decompressing stream.
pub(super) struct Inflater {
    inner: Inflate,
    wbits: i32,
    dictionary: Option<Vec<u8>>,
    /// Input that was consumed, and for each step how much of it and the room for output; `None` when that became too much.
    log: Option<(Vec<u8>, Vec<(usize, usize)>)>,
}

impl Inflater {
    /// Makes a stream after the checks of `inflateInit2`. A raw stream takes its dictionary at once.
    pub(super) fn new(wbits: i32, dictionary: Option<&[u8]>) -> Result<Inflater, Failure> {
        let valid = match wbits {
            w if w < 0 => (-15..=-8).contains(&w),
            w if w < 48 => w & 15 == 0 || w & 15 >= 8,
            _ => false,
        };
        if !valid {
            return Err(Failure::INCONSISTENT);
        }
        let mut inner = Inflate::new(wbits >= 0, wbits.unsigned_abs() as u8);
        if wbits < 0
            && let Some(d) = dictionary
        {
            inner.set_dictionary(d).map_err(|_| Failure::data(None))?;
        }
        Ok(Inflater { inner, wbits, dictionary: dictionary.map(<[u8]>::to_vec), log: Some(Default::default()) })
    }

    /// A stream for one piece of data.
    pub(super) fn once(wbits: i32, kept: &Kept) -> Result<Inflater, Failure> {
        match kept.inflate.take() {
            Some((made_with, mut inner)) if made_with == wbits => {
                inner.reset(wbits > 0);
                Ok(Inflater { inner, wbits, dictionary: None, log: None })
            }
            _ => Ok(Inflater { log: None, ..Inflater::new(wbits, None)? }),
        }
    }

    /// Gives the memory to the next stream that runs [`Inflater::once`].
    pub(super) fn keep(self, kept: &Kept) {
        // A stream that is reset has the largest window.
        if self.wbits.abs() == super::MAX_WBITS {
            kept.inflate.set(Some((self.wbits, self.inner)));
        }
    }

    /// Decompresses until the stream ends, the input is used up or the output has `limit` bytes; gives the number of bytes consumed.
    /// The error says `while setting zdict` by its code -3 and no message of the stream's own.
    pub(super) fn run(
        &mut self,
        input: &[u8],
        flush: InflateFlush,
        out: &mut Vec<u8>,
        limit: Option<usize>,
    ) -> Result<(Status, usize), Failure> {
        let mut at = 0;
        loop {
            let left = limit.map_or(usize::MAX, |l| l.saturating_sub(out.len()));
            if left == 0 {
                return Ok((Status::Ok, at));
            }
            let room = next_chunk(out.len()).min(left);
            let (status, fed, made) = self.step(&input[at..], room, flush, out);
            at += fed;
            match status {
                Ok(Status::StreamEnd) => return Ok((Status::StreamEnd, at)),
                Ok(status) if made < room && (at == input.len() || fed == 0) => return Ok((status, at)),
                Ok(_) => {}
                Err(InflateError::NeedDict { .. }) => {
                    let dictionary = self.dictionary.clone().ok_or(Failure::NEED_DICTIONARY)?;
                    self.inner.set_dictionary(&dictionary).map_err(|_| Failure::data(None))?;
                }
                Err(InflateError::DataError) => return Err(Failure::data(self.inner.error_message())),
                Err(InflateError::MemError) => return Err(Failure::MEMORY),
                Err(_) => return Err(Failure::INCONSISTENT),
            }
        }
    }

    fn step(
        &mut self,
        input: &[u8],
        room: usize,
        flush: InflateFlush,
        out: &mut Vec<u8>,
    ) -> (Result<Status, InflateError>, usize, usize) {
        let start = out.len();
        let (fed, made) = (self.inner.total_in(), self.inner.total_out());
        out.resize(start + room, 0);
        let status = self.inner.decompress(input, &mut out[start..], flush);
        let (fed, made) = ((self.inner.total_in() - fed) as usize, (self.inner.total_out() - made) as usize);
        out.truncate(start + made);
        if let Some((consumed, steps)) = &mut self.log {
            consumed.extend_from_slice(&input[..fed]);
            steps.push((fed, room));
            if consumed.len() > LONGEST_LOG {
                self.log = None;
            }
        }
        (status, fed, made)
    }

    pub(super) fn copy(&self) -> Result<Inflater, Failure> {
        let (consumed, steps) = self.log.as_ref().ok_or(Failure::MEMORY)?;
        let mut copy = Inflater::new(self.wbits, self.dictionary.as_deref())?;
        let (mut at, mut seen) = (0, Vec::new());
        for &(fed, room) in steps {
            if let (Err(InflateError::NeedDict { .. }), ..) =
                copy.step(&consumed[at..at + fed], room, InflateFlush::SyncFlush, &mut seen)
                && let Some(d) = &self.dictionary
            {
                copy.inner.set_dictionary(d).map_err(|_| Failure::data(None))?;
            }
            at += fed;
            seen.clear();
        }
        Ok(copy)
    }
}
