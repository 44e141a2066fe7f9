//! `seek` and `tell`: positions are cookies that hold a byte position and what the decoder needs to go on from there.

use super::TextIoWrapper;
use crate::arguments::Or;
use crate::io::incremental::Decoder;
use crate::io::unsupported;
use host::constants as c;
use runtime::protocols::{call, compare, number};
use runtime::types::int;
use runtime::{MethodTable, Obj, ObjExt, Py, PyResult, Thread};

pub(super) const TABLE: MethodTable = TextIoWrapper::POSITION_METHODS;

/// What a position holds. As an integer: 64 bits of `start`, then three of 32 bits, then the last flag.
#[derive(Default)]
struct Cookie {
    start: i64,
    flags: i64,
    bytes_to_feed: i64,
    chars_to_skip: i64,
    at_end: bool,
}

impl Cookie {
    fn build(&self, th: &Thread) -> PyResult<Obj> {
        let low = i128::from(self.start) | i128::from(self.flags) << 64 | i128::from(self.bytes_to_feed) << 96;
        let high = self.chars_to_skip | i64::from(self.at_end) << 32;
        let low = int::from_i128(low);
        if high == 0 {
            return Ok(low);
        }
        let high = number::lshift(th, &int::from_i64(high), &int::from_i64(128))?;
        number::add(th, &low, &high)
    }

    fn parse(th: &Thread, o: &Obj) -> PyResult<Cookie> {
        let high = number::rshift(th, o, &int::from_i64(128))?;
        let shifted = number::lshift(th, &high, &int::from_i64(128))?;
        let low = number::sub(th, o, &shifted)?;
        let (Some(low), Some(high)) = (int::to_i128(&low), int::to_i64(&high)) else {
            return Err(th.overflow_error("Python int too large to convert to C long"));
        };
        let word = |shift: u32| ((low >> shift) as u32).into();
        let start = low as u64;
        Ok(Cookie {
            start: i64::try_from(start).map_err(|_| th.overflow_error("Python int too large to convert to C long"))?,
            flags: word(64),
            bytes_to_feed: word(96),
            chars_to_skip: high & 0xffff_ffff,
            at_end: high >> 32 != 0,
        })
    }
}

impl TextIoWrapper {
    /// The position of the next character, by decoding the chunk again up to there.
    fn find_position(&self, th: &Thread, decoder: &Decoder, cookie: &mut Cookie, input: &[u8], used: usize) -> PyResult<()> {
        // Native decoders are in their first state wherever no bytes are pending; others are asked after each byte.
        let mut start = (Vec::new(), cookie.flags);
        decoder.set_state(th, &start)?;
        let (mut chars, mut at, mut fed) = (0, 0, 0i64);
        let skip = if decoder.is_native() && decoder.newlines.is_none() { self.safe_prefix(input, used) } else { 0 };
        if skip > 0 {
            chars = decoder.decode(th, &input[..skip], false)?.len();
            at = skip;
            cookie.start += skip as i64;
            start = decoder.state(th)?;
            cookie.flags = start.1;
        }
        let mut passed = 0;
        cookie.bytes_to_feed = 0;
        while at < input.len() && chars + passed < used {
            passed += decoder.decode(th, &input[at..=at], false)?.len();
            at += 1;
            fed += 1;
            let (pending, flags) = decoder.state(th)?;
            if pending.is_empty() && chars + passed <= used {
                // A place to start from.
                cookie.start += fed;
                chars += passed;
                (fed, passed) = (0, 0);
                cookie.flags = flags;
            }
            cookie.bytes_to_feed = fed;
        }
        if chars + passed < used {
            passed += decoder.decode(th, b"", true)?.len();
            cookie.at_end = true;
            if chars + passed < used {
                return Err(th.os_error_message("can't reconstruct logical file position"));
            }
        }
        cookie.chars_to_skip = (used - chars) as i64;
        Ok(())
    }

    /// A length of ASCII at the front of the input that is surely behind the position.
    fn safe_prefix(&self, input: &[u8], used: usize) -> usize {
        let prefix = &input[..used.min(input.len())];
        if prefix.is_ascii() { prefix.len() } else { 0 }
    }

    /// `tell`.
    fn position(slf: &Py<Self>, th: &Thread) -> PyResult<Obj> {
        let buffer = slf.check_open(th)?;
        if !slf.seekable.get() {
            return Err(unsupported(th, "underlying stream is not seekable"));
        }
        if !slf.telling.get() {
            return Err(th.os_error_message("telling position disabled by next() call"));
        }
        slf.write_pending(th)?;
        call::call_method(th, slf.as_obj(), "flush", &[])?;
        let at = call::call_method(th, &buffer, "tell", &[])?;
        let (snapshot, used) = {
            let text = slf.text.lock();
            (text.snapshot.clone(), text.used)
        };
        let (Some(decoder), Some((input, flags))) = (slf.decoder(), snapshot) else { return Ok(at) };
        let at = number::index_i64(th, &at)?;
        let mut cookie = Cookie { start: at - input.len() as i64, flags, ..Cookie::default() };
        if used == 0 {
            return cookie.build(th);
        }
        let saved = decoder.state(th)?;
        let found = slf.find_position(th, &decoder, &mut cookie, &input, used);
        let pending = found.err().map(|r| th.take_raised(r));
        let restored = decoder.set_state(th, &saved);
        match pending {
            Some(e) => {
                if let Err(r) = restored {
                    drop(th.take_raised(r));
                }
                Err(th.reraise(e))
            }
            None => {
                restored?;
                cookie.build(th)
            }
        }
    }

    fn reset_encoder(&self, th: &Thread, at_start: bool) -> PyResult<()> {
        match self.encoder() {
            Some(e) => e.set_at_start(th, at_start),
            None => Ok(()),
        }
    }

    /// Goes to a position that `tell` gave.
    fn go_to(slf: &Py<Self>, th: &Thread, buffer: &Obj, cookie: &Obj) -> PyResult<()> {
        if compare::lt(th, cookie, &int::from_i64(0))? {
            let shown = runtime::protocols::repr(th, cookie)?.to_string_lossy();
            return Err(th.value_error(format!("negative seek position {shown}")));
        }
        call::call_method(th, slf.as_obj(), "flush", &[])?;
        let cookie = Cookie::parse(th, cookie)?;
        call::call_method(th, buffer, "seek", &[int::from_i64(cookie.start)])?;
        slf.forget();
        if let Some(decoder) = slf.decoder() {
            if cookie.start == 0 && cookie.flags == 0 {
                decoder.reset(th)?;
            } else {
                decoder.set_state(th, &(Vec::new(), cookie.flags))?;
            }
            if cookie.chars_to_skip > 0 {
                let input = call::call_method(th, buffer, "read", &[int::from_i64(cookie.bytes_to_feed)])?;
                let Some(input) = runtime::types::bytes::of(&input).map(<[u8]>::to_vec) else {
                    return Err(th.type_error(format!(
                        "underlying read() should have returned a bytes object, not '{}'",
                        input.ty().name()
                    )));
                };
                let decoded = decoder.decode(th, &input, cookie.at_end)?;
                let skip = cookie.chars_to_skip as usize;
                let enough = decoded.len() >= skip;
                let mut text = slf.text.lock();
                text.snapshot = Some((input, cookie.flags));
                text.decoded = Some(decoded);
                text.used = skip.min(text.decoded.as_ref().map_or(0, |d| d.len()));
                drop(text);
                if !enough {
                    return Err(th.os_error_message("can't restore logical file position"));
                }
            } else {
                slf.text.lock().snapshot = Some((Vec::new(), cookie.flags));
            }
        }
        slf.reset_encoder(th, cookie.start == 0 && cookie.flags == 0)
    }
}

#[macros::pymethods(POSITION_METHODS)]
impl TextIoWrapper {
    #[pymethod(sig = "($self, cookie, whence=os.SEEK_SET, /)")]
    fn seek(th: &Thread, slf: &Py<Self>, cookie: &Obj, whence: Or<i32, 0>) -> PyResult<Obj> {
        let buffer = slf.check_open(th)?;
        if !slf.seekable.get() {
            return Err(unsupported(th, "underlying stream is not seekable"));
        }
        let is_zero = |o: &Obj| compare::eq(th, o, &int::from_i64(0));
        match whence.0 {
            c::SEEK_CUR => {
                if !is_zero(cookie)? {
                    return Err(unsupported(th, "can't do nonzero cur-relative seeks"));
                }
                let here = call::call_method(th, slf.as_obj(), "tell", &[])?;
                Self::go_to(slf, th, &buffer, &here)?;
                Ok(here)
            }
            c::SEEK_END => {
                if !is_zero(cookie)? {
                    return Err(unsupported(th, "can't do nonzero end-relative seeks"));
                }
                call::call_method(th, slf.as_obj(), "flush", &[])?;
                slf.forget();
                if let Some(decoder) = slf.decoder() {
                    decoder.reset(th)?;
                }
                let end = call::call_method(th, &buffer, "seek", &[int::from_i64(0), int::from_i64(2)])?;
                slf.reset_encoder(th, is_zero(&end)?)?;
                Ok(end)
            }
            c::SEEK_SET => {
                Self::go_to(slf, th, &buffer, cookie)?;
                Ok(cookie.clone())
            }
            w => Err(th.value_error(format!("invalid whence ({w}, should be 0, 1 or 2)"))),
        }
    }

    #[pymethod(sig = "($self, /)")]
    fn tell(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Self::position(slf, th)
    }

    #[pymethod(sig = "($self, pos=None, /)")]
    fn truncate(th: &Thread, slf: &Py<Self>, pos: Option<&Obj>) -> PyResult<Obj> {
        let buffer = slf.buffer(th)?;
        call::call_method(th, slf.as_obj(), "flush", &[])?;
        call::call_method(th, &buffer, "truncate", &[pos.cloned().unwrap_or_else(runtime::none)])
    }
}
