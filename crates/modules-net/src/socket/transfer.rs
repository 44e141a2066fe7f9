//! Sending and receiving bytes.

use super::address::{from_object, to_object};
use super::arguments::{c_int, optional_int, positional, size};
use super::sock::{Socket, Wait, timed_out};
use host::socket as h;
use runtime::buffer::{self, BytesLike, WritableBytes};
use runtime::os::calls;
use runtime::types::{bytes, tuple};
use runtime::{Args, Obj, Py, PyResult, Thread, int_obj};

/// Content that stays as it is while other threads run.
pub(super) fn steady<'a>(content: &'a BytesLike<'_>, own: &'a mut Vec<u8>) -> &'a [u8] {
    match content {
        BytesLike::Bytes(b) => b.as_slice(),
        BytesLike::Buffer(b) => {
            *own = b.as_slice().to_vec();
            own
        }
    }
}

/// How many bytes are asked for: all of the buffer unless less is said.
fn wanted(th: &Thread, function: &str, given: isize, room: usize, too_small: &str) -> PyResult<usize> {
    match usize::try_from(given) {
        Err(_) => Err(th.value_error(format!("negative buffersize in {function}"))),
        Ok(0) => Ok(room),
        Ok(n) if n > room => Err(th.value_error(too_small)),
        Ok(n) => Ok(n),
    }
}

#[macros::pymethods(TRANSFER)]
impl Socket {
    /// recv(buffersize[, flags]) -> data: receive up to buffersize bytes from the socket.
    #[pymethod]
    fn recv(th: &Thread, slf: &Py<Socket>, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "recv", args, 1, 2)?;
        let most = size(th, &args[0])?;
        let flags = optional_int(th, args.get(1))?;
        let Ok(most) = usize::try_from(most) else {
            return Err(th.value_error("negative buffersize in recv"));
        };
        let fd = slf.fd.get();
        let got = slf.call(th, Wait::Readable, || h::receive_vec(fd, most, flags))?;
        Ok(bytes::new(&got).into_obj())
    }

    /// A version of recv() that stores its data into a buffer rather than creating a new bytes object; returns the number of bytes.
    #[pymethod(sig = "($self, /, buffer, nbytes=0, flags=0)")]
    fn recv_into(
        th: &Thread,
        slf: &Py<Socket>,
        buffer: WritableBytes,
        nbytes: Option<isize>,
        flags: Option<i32>,
    ) -> PyResult<usize> {
        let n = wanted(th, "recv_into", nbytes.unwrap_or(0), buffer.0.len(), "buffer too small for requested bytes")?;
        let (fd, flags) = (slf.fd.get(), flags.unwrap_or(0));
        let got = slf.call(th, Wait::Readable, || h::receive_vec(fd, n, flags))?;
        buffer.0.with_mut(|to| to[..got.len()].copy_from_slice(&got));
        Ok(got.len())
    }

    /// recvfrom(buffersize[, flags]) -> (data, address info): like recv(), but also return the sender's address info.
    #[pymethod]
    fn recvfrom(th: &Thread, slf: &Py<Socket>, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "recvfrom", args, 1, 2)?;
        let most = size(th, &args[0])?;
        let flags = optional_int(th, args.get(1))?;
        let Ok(most) = usize::try_from(most) else {
            return Err(th.value_error("negative buffersize in recvfrom"));
        };
        let fd = slf.fd.get();
        let (got, from) = slf.call(th, Wait::Readable, || h::receive_from(fd, most, flags))?;
        let from = to_object(th, &from, slf.protocol.get())?;
        Ok(tuple::from_array([bytes::new(&got).into_obj(), from]).into_obj())
    }

    /// Like recv_into(), but also return the sender's address info.
    #[pymethod(sig = "($self, /, buffer, nbytes=0, flags=0)")]
    fn recvfrom_into(
        th: &Thread,
        slf: &Py<Socket>,
        buffer: WritableBytes,
        nbytes: Option<isize>,
        flags: Option<i32>,
    ) -> PyResult<Obj> {
        let too_small = "nbytes is greater than the length of the buffer";
        let n = wanted(th, "recvfrom_into", nbytes.unwrap_or(0), buffer.0.len(), too_small)?;
        let (fd, flags) = (slf.fd.get(), flags.unwrap_or(0));
        let (got, from) = slf.call(th, Wait::Readable, || h::receive_from(fd, n, flags))?;
        buffer.0.with_mut(|to| to[..got.len()].copy_from_slice(&got));
        let from = to_object(th, &from, slf.protocol.get())?;
        Ok(tuple::from_array([int_obj(got.len() as i64), from]).into_obj())
    }

    /// send(data[, flags]) -> count: send a data string to the socket.
    #[pymethod]
    fn send(th: &Thread, slf: &Py<Socket>, args: Args<'_>) -> PyResult<usize> {
        let args = positional(th, "send", args, 1, 2)?;
        let content = BytesLike::new(th, &args[0])?;
        let flags = optional_int(th, args.get(1))?;
        let (fd, mut own) = (slf.fd.get(), Vec::new());
        let data = steady(&content, &mut own);
        slf.call(th, Wait::Writable, || h::send(fd, data, flags))
    }

    /// sendall(data[, flags]): send a data string to the socket, until all of it is sent.
    #[pymethod]
    fn sendall(th: &Thread, slf: &Py<Socket>, args: Args<'_>) -> PyResult<()> {
        let args = positional(th, "sendall", args, 1, 2)?;
        let content = BytesLike::new(th, &args[0])?;
        let flags = optional_int(th, args.get(1))?;
        let mut own = Vec::new();
        let mut rest = steady(&content, &mut own);
        // One timeout holds for all of it.
        let limited = slf.timeout.get().is_some_and(|t| t > 0);
        let until = slf.deadline();
        while !rest.is_empty() {
            if limited && until.left() == Some(0) {
                return Err(timed_out(th));
            }
            let fd = slf.fd.get();
            let n = slf.call_until(th, Wait::Writable, until, || h::send(fd, rest, flags))?;
            rest = &rest[n.min(rest.len())..];
            calls::run_handlers(th)?;
        }
        Ok(())
    }

    /// sendto(data, [flags,] address) -> count: like send(data, flags) but allows specifying the destination address.
    #[pymethod]
    fn sendto(th: &Thread, slf: &Py<Socket>, args: Args<'_>) -> PyResult<usize> {
        let (data, flags, to) = match args.pos() {
            [data, to] => (data, 0, to),
            [data, flags, to] => (data, c_int(th, flags)?, to),
            other => {
                return Err(th.type_error(format!("sendto() takes 2 or 3 arguments ({} given)", other.len())));
            }
        };
        args.no_keywords(th, "socket.sendto")?;
        let content = BytesLike::new(th, data)?;
        let to = from_object(th, "sendto", slf.family.get(), slf.protocol.get(), to)?;
        let (fd, mut own) = (slf.fd.get(), Vec::new());
        let data = steady(&content, &mut own);
        slf.call(th, Wait::Writable, || h::send_to(fd, data, flags, &to))
    }
}

/// The bytes of each buffer of an iterable.
pub(super) fn contents(th: &Thread, buffers: &[Obj]) -> PyResult<Vec<Vec<u8>>> {
    buffers.iter().map(|b| buffer::bytes_of(th, b)).collect()
}
