//! `sendmsg` and `recvmsg`: several buffers at once, with messages beside the data.

use super::address::{family, from_object, to_object};
use super::arguments::{c_int, optional_int, positional, size};
use super::sock::{Socket, Wait};
use super::transfer::contents;
use host::socket::{self as h, Control, Message};
use runtime::buffer::{self, Buffer, flags as request};
use runtime::protocols::{number, sequence};
use runtime::types::exceptions::{BUFFER_ERROR, OS_ERROR, RUNTIME_WARNING, TYPE_ERROR};
use runtime::types::tuple::Tuple;
use runtime::types::{bytes, list, tuple};
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, int_obj, warnings};

/// The items of an argument that has to be iterable.
fn items(th: &Thread, o: &Obj, wrong: &str) -> PyResult<Vec<Obj>> {
    match sequence::to_vec(th, o) {
        Err(r) if th.exception_matches(TYPE_ERROR) => {
            drop(th.take_raised(r));
            Err(th.type_error(wrong))
        }
        result => result,
    }
}

fn controls(th: &Thread, given: &[Obj]) -> PyResult<Vec<Control>> {
    let place = "[sendmsg() ancillary data items]() argument";
    given
        .iter()
        .map(|o| {
            let Some(t) = o.downcast::<Tuple>() else {
                return Err(th.type_error(format!("{place} must be 3-item tuple, not {}", o.ty().name())));
            };
            let [level, kind, content] = t.items() else {
                return Err(th.type_error(format!("{place} must be tuple of length 3, not {}", t.len())));
            };
            let content = (c_int(th, level)?, c_int(th, kind)?, buffer::bytes_of(th, content)?);
            if h::control_space(content.2.len()).is_none() {
                return Err(th.raise_message(OS_ERROR, "ancillary data item too large"));
            }
            Ok(content)
        })
        .collect()
}

/// Room for messages beside the data.
fn room(th: &Thread, o: Option<&Obj>) -> PyResult<usize> {
    let n = o.map_or(Ok(0), |o| size(th, o))?;
    usize::try_from(n)
        .ok()
        .filter(|&n| n <= i32::MAX as usize)
        .ok_or_else(|| th.value_error("invalid ancillary data buffer length"))
}

/// `(first, messages, flags, address)`.
fn result(th: &Thread, slf: &Socket, first: Obj, m: &Message) -> PyResult<Obj> {
    if !m.whole {
        warnings::warn(th, RUNTIME_WARNING, "received malformed or improperly-truncated ancillary data", 1)?;
    }
    let messages = m.controls.iter().map(|(level, kind, content)| {
        tuple::from_array([int_obj((*level).into()), int_obj((*kind).into()), bytes::new(content).into_obj()]).into_obj()
    });
    let messages = list::from_vec(th, messages.collect()).into_obj();
    let from = to_object(th, &m.from, slf.protocol.get())?;
    Ok(tuple::from_array([first, messages, int_obj(m.flags.into()), from]).into_obj())
}

#[macros::pymethods(MESSAGES)]
impl Socket {
    /// sendmsg(buffers[, ancdata[, flags[, address]]]) -> count: send normal and ancillary data to the socket.
    #[pymethod]
    fn sendmsg(th: &Thread, slf: &Py<Socket>, args: Args<'_>) -> PyResult<usize> {
        let args = positional(th, "sendmsg", args, 1, 4)?;
        let flags = optional_int(th, args.get(2))?;
        let to = match args.get(3).filter(|o| !o.is_none()) {
            Some(o) => Some(from_object(th, "sendmsg", slf.family.get(), slf.protocol.get(), o)?),
            None => None,
        };
        let parts = contents(th, &items(th, &args[0], "sendmsg() argument 1 must be an iterable")?)?;
        let given = match args.get(1).filter(|o| !o.is_none()) {
            Some(o) => items(th, o, "sendmsg() argument 2 must be an iterable")?,
            None => Vec::new(),
        };
        let controls = controls(th, &given)?;
        let slices: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let fd = slf.fd.get();
        slf.call(th, Wait::Writable, || h::send_message(fd, &slices, &controls, flags, to.as_ref()))
    }

    /// recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address): receive normal data and ancillary data.
    #[pymethod]
    fn recvmsg(th: &Thread, slf: &Py<Socket>, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "recvmsg", args, 1, 3)?;
        let Ok(most) = usize::try_from(size(th, &args[0])?) else {
            return Err(th.value_error("negative buffer size in recvmsg()"));
        };
        let room = room(th, args.get(1))?;
        let flags = optional_int(th, args.get(2))?;
        let mut part = Vec::new();
        if part.try_reserve_exact(most).is_err() {
            return Err(th.memory_error());
        }
        part.resize(most, 0);
        let (fd, mut parts) = (slf.fd.get(), [part]);
        let m = slf.call(th, Wait::Readable, || h::receive_message(fd, &mut parts, room, flags))?;
        let data = bytes::new(&parts[0][..m.len.min(most)]).into_obj();
        result(th, slf, data, &m)
    }

    /// recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address): as recvmsg(), into buffers.
    #[pymethod]
    fn recvmsg_into(th: &Thread, slf: &Py<Socket>, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "recvmsg_into", args, 1, 3)?;
        let given = items(th, &args[0], "recvmsg_into() argument 1 must be an iterable")?;
        let mut views: Vec<Buffer> = Vec::with_capacity(given.len());
        for o in &given {
            let view = buffer::get(th, o, request::WRITABLE);
            if view.is_err() && (th.exception_matches(TYPE_ERROR) || th.exception_matches(BUFFER_ERROR)) {
                drop(th.take_exception());
                return Err(th.type_error("recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers"));
            }
            views.push(view?);
        }
        let room = room(th, args.get(1))?;
        let flags = optional_int(th, args.get(2))?;
        let mut parts: Vec<Vec<u8>> = views.iter().map(|v| vec![0; v.len()]).collect();
        let fd = slf.fd.get();
        let m = slf.call(th, Wait::Readable, || h::receive_message(fd, &mut parts, room, flags))?;
        let mut left = m.len;
        for (view, part) in views.iter().zip(&parts) {
            let n = left.min(part.len());
            view.with_mut(|to| to[..n].copy_from_slice(&part[..n]));
            left -= n;
        }
        result(th, slf, int_obj(m.len as i64), &m)
    }

    /// sendmsg_afalg([msg], *, op[, iv[, assoclen[, flags=MSG_MORE]]]): set operation mode, IV and length of associated data for an AF_ALG operation socket.
    #[pymethod]
    fn sendmsg_afalg(th: &Thread, slf: &Py<Socket>, args: Args<'_>) -> PyResult<usize> {
        if slf.family.get() != family::ALG {
            return Err(th.raise_message(OS_ERROR, "algset is only supported for AF_ALG"));
        }
        const SOL_ALG: i32 = 279;
        const SET_IV: i32 = 2;
        const SET_OP: i32 = 3;
        const SET_ASSOC: i32 = 4;
        let keywords = args.keywords();
        let given = |name: &str| keywords.get(name).filter(|o| !o.is_none());
        let parts = match args.pos().first().or_else(|| given("msg")) {
            Some(o) if !o.is_none() => contents(th, &items(th, o, "sendmsg_afalg() argument 1 must be an iterable")?)?,
            _ => Vec::new(),
        };
        let op = given("op").map_or(Ok(-1), |o| c_int(th, o))?;
        if op < 0 {
            return Err(th.type_error("Invalid or missing argument 'op'"));
        }
        let mut controls: Vec<Control> = vec![(SOL_ALG, SET_OP, op.to_ne_bytes().to_vec())];
        if let Some(iv) = given("iv") {
            let iv = buffer::bytes_of(th, iv)?;
            let mut content = (iv.len() as u32).to_ne_bytes().to_vec();
            content.extend_from_slice(&iv);
            controls.push((SOL_ALG, SET_IV, content));
        }
        if let Some(n) = given("assoclen") {
            let n = c_int(th, &number::index(th, n)?)?;
            if n < 0 {
                return Err(th.type_error("assoclen must be positive"));
            }
            controls.push((SOL_ALG, SET_ASSOC, n.to_ne_bytes().to_vec()));
        }
        let flags = given("flags").map_or(Ok(0), |o| c_int(th, o))?;
        let slices: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let fd = slf.fd.get();
        slf.call(th, Wait::Writable, || h::send_message(fd, &slices, &controls, flags, None))
    }
}
