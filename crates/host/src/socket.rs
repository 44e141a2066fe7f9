//! Sockets.

use crate::address::{Address, CAPACITY};
use crate::{RawFd, calls, check, check_len};
use std::io::{Error, Result};

calls! {
    /// A new socket.
    socket(family: i32, kind: i32, protocol: i32) -> RawFd = check(libc::socket(family, kind, protocol));
    /// Gives a socket its own address.
    bind(fd: RawFd, to: &Address) -> () = check_unit(libc::bind(fd, to.bytes.as_ptr().cast(), to.len as libc::socklen_t));
    /// Connects to another socket.
    connect(fd: RawFd, to: &Address) -> () = check_unit(libc::connect(fd, to.bytes.as_ptr().cast(), to.len as libc::socklen_t));
    /// Lets others connect.
    listen(fd: RawFd, backlog: i32) -> () = check_unit(libc::listen(fd, backlog));
    /// Ends one direction or both.
    shutdown(fd: RawFd, how: i32) -> () = check_unit(libc::shutdown(fd, how));
    /// Sends what fits.
    send(fd: RawFd, data: &[u8], flags: i32) -> usize = check_len(libc::send(fd, data.as_ptr().cast(), data.len(), flags));
    /// Sends to an address.
    send_to(fd: RawFd, data: &[u8], flags: i32, to: &Address) -> usize = check_len(
        libc::sendto(fd, data.as_ptr().cast(), data.len(), flags, to.bytes.as_ptr().cast(), to.len as libc::socklen_t)
    );
    /// Receives into a buffer.
    receive(fd: RawFd, buffer: &mut [u8], flags: i32) -> usize = check_len(libc::recv(fd, buffer.as_mut_ptr().cast(), buffer.len(), flags));
    /// Names this machine.
    sethostname(name: &[u8]) -> () = check_unit(libc::sethostname(name.as_ptr().cast(), name.len()));
}

/// `SOCK_CLOEXEC` and `SOCK_NONBLOCK`, which may be part of a socket's kind.
pub const KIND_FLAGS: i32 = libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
/// `SOCK_CLOEXEC`.
pub const CLOEXEC: i32 = libc::SOCK_CLOEXEC;
/// `SOCK_NONBLOCK`.
pub const NONBLOCK: i32 = libc::SOCK_NONBLOCK;

/// Two sockets that are connected.
pub fn socketpair(family: i32, kind: i32, protocol: i32) -> Result<(RawFd, RawFd)> {
    let mut ends = [0; 2];
    // SAFETY: room for two descriptors.
    check(unsafe { libc::socketpair(family, kind, protocol, ends.as_mut_ptr()) })?;
    Ok((ends[0], ends[1]))
}

/// Calls something that fills in an address.
fn filled<R>(call: impl FnOnce(*mut libc::sockaddr, *mut libc::socklen_t) -> Result<R>) -> Result<(R, Address)> {
    let mut a = Address::empty();
    let mut len = CAPACITY as libc::socklen_t;
    let r = call(a.bytes.as_mut_ptr().cast(), &mut len)?;
    a.len = (len as usize).min(CAPACITY);
    Ok((r, a))
}

/// Takes a connection; the descriptor is not inheritable.
pub fn accept(fd: RawFd) -> Result<(RawFd, Address)> {
    // SAFETY: room for any address, and its length.
    filled(|a, n| check(unsafe { libc::accept4(fd, a, n, libc::SOCK_CLOEXEC) }))
}

/// The socket's own address.
pub fn own_address(fd: RawFd) -> Result<Address> {
    // SAFETY: room for any address, and its length.
    filled(|a, n| check(unsafe { libc::getsockname(fd, a, n) })).map(|(_, a)| a)
}

/// The address of the other end.
pub fn peer_address(fd: RawFd) -> Result<Address> {
    // SAFETY: room for any address, and its length.
    filled(|a, n| check(unsafe { libc::getpeername(fd, a, n) })).map(|(_, a)| a)
}

/// Receives at most `most` bytes.
pub fn receive_vec(fd: RawFd, most: usize, flags: i32) -> Result<Vec<u8>> {
    let mut v = reserve(most)?;
    // SAFETY: room for `most` bytes, as many of which are set as the call says.
    unsafe {
        let n = check_len(libc::recv(fd, v.as_mut_ptr().cast(), most, flags))?;
        v.set_len(n);
    }
    Ok(v)
}

fn reserve(n: usize) -> Result<Vec<u8>> {
    let mut v = Vec::new();
    v.try_reserve_exact(n).map_err(|_| Error::from_raw_os_error(libc::ENOMEM))?;
    Ok(v)
}

/// As [`receive_vec`], with the sender's address.
pub fn receive_from(fd: RawFd, most: usize, flags: i32) -> Result<(Vec<u8>, Address)> {
    let mut v = reserve(most)?;
    // SAFETY: room for `most` bytes, as many of which are set as the call says; room for any address.
    let (n, a) = filled(|a, len| check_len(unsafe { libc::recvfrom(fd, v.as_mut_ptr().cast(), most, flags, a, len) }))?;
    // SAFETY: as above.
    unsafe { v.set_len(n) };
    Ok((v, a))
}

/// An option that is a number.
pub fn option(fd: RawFd, level: i32, name: i32) -> Result<i32> {
    let mut value = 0;
    let mut len = size_of::<i32>() as libc::socklen_t;
    // SAFETY: a place for a number, and its length.
    check(unsafe { libc::getsockopt(fd, level, name, (&raw mut value).cast(), &mut len) })?;
    Ok(value)
}

/// An option of at most `most` bytes.
pub fn option_bytes(fd: RawFd, level: i32, name: i32, most: usize) -> Result<Vec<u8>> {
    let mut value = vec![0; most];
    let mut len = most as libc::socklen_t;
    // SAFETY: room for `most` bytes, and their number.
    check(unsafe { libc::getsockopt(fd, level, name, value.as_mut_ptr().cast(), &mut len) })?;
    value.truncate(len as usize);
    Ok(value)
}

/// Sets an option.
pub fn set_option(fd: RawFd, level: i32, name: i32, value: &[u8]) -> Result<()> {
    // SAFETY: bytes and their number.
    check(unsafe { libc::setsockopt(fd, level, name, value.as_ptr().cast(), value.len() as libc::socklen_t) }).map(drop)
}

/// Sets an option to no value of some length.
pub fn set_option_null(fd: RawFd, level: i32, name: i32, len: u32) -> Result<()> {
    // SAFETY: null, which options that use a length alone accept and others refuse.
    check(unsafe { libc::setsockopt(fd, level, name, std::ptr::null(), len) }).map(drop)
}

/// A message beside the data: level, type, content.
pub type Control = (i32, i32, Vec<u8>);

/// Where the content of a control message begins.
const CONTROL_HEADER: usize = 16;

fn aligned(n: usize) -> Option<usize> {
    n.checked_add(7).map(|n| n & !7)
}

/// Length of a control message with that much content; `None` when it is too long.
pub fn control_length(content: usize) -> Option<usize> {
    content.checked_add(CONTROL_HEADER).filter(|&n| n <= i32::MAX as usize)
}

/// Room that a control message with that much content takes.
pub fn control_space(content: usize) -> Option<usize> {
    aligned(content)?.checked_add(CONTROL_HEADER).filter(|&n| n <= i32::MAX as usize)
}

fn write_controls(controls: &[Control]) -> Vec<u64> {
    let mut bytes = Vec::new();
    for (level, kind, content) in controls {
        bytes.extend_from_slice(&(CONTROL_HEADER + content.len()).to_ne_bytes());
        bytes.extend_from_slice(&level.to_ne_bytes());
        bytes.extend_from_slice(&kind.to_ne_bytes());
        bytes.extend_from_slice(content);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
    }
    bytes.chunks_exact(8).map(|c| u64::from_ne_bytes([c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]])).collect()
}

/// Reads control messages; false when the last one is cut off within its header.
fn read_controls(bytes: &[u8]) -> (Vec<Control>, bool) {
    let mut all = Vec::new();
    let mut rest = bytes;
    while rest.len() >= CONTROL_HEADER {
        let number = |at: usize| i32::from_ne_bytes([rest[at], rest[at + 1], rest[at + 2], rest[at + 3]]);
        let mut len = [0; 8];
        len.copy_from_slice(&rest[..8]);
        let len = usize::from_ne_bytes(len);
        if len < CONTROL_HEADER {
            return (all, false);
        }
        let whole = len <= rest.len();
        let end = len.min(rest.len());
        all.push((number(8), number(12), rest[CONTROL_HEADER..end].to_vec()));
        if !whole {
            return (all, false);
        }
        rest = &rest[aligned(len).unwrap_or(usize::MAX).min(rest.len())..];
    }
    (all, true)
}

/// Sends several buffers with messages beside them.
pub fn send_message(fd: RawFd, parts: &[&[u8]], controls: &[Control], flags: i32, to: Option<&Address>) -> Result<usize> {
    let mut vectors: Vec<libc::iovec> =
        parts.iter().map(|p| libc::iovec { iov_base: p.as_ptr().cast_mut().cast(), iov_len: p.len() }).collect();
    let mut control = write_controls(controls);
    let mut name = to.copied().unwrap_or_else(Address::empty);
    // SAFETY: all zero is an empty message; what it points to outlives the call, which only reads it.
    unsafe {
        let mut m: libc::msghdr = std::mem::zeroed();
        if to.is_some() {
            m.msg_name = name.bytes.as_mut_ptr().cast();
            m.msg_namelen = name.len as libc::socklen_t;
        }
        m.msg_iov = vectors.as_mut_ptr();
        m.msg_iovlen = vectors.len() as _;
        if !control.is_empty() {
            m.msg_control = control.as_mut_ptr().cast();
            m.msg_controllen = (control.len() * 8) as _;
        }
        check_len(libc::sendmsg(fd, &m, flags))
    }
}

/// What [`receive_message`] got.
pub struct Message {
    /// Bytes that the buffers got.
    pub len: usize,
    pub controls: Vec<Control>,
    /// False when control messages were cut off.
    pub whole: bool,
    pub flags: i32,
    pub from: Address,
}

/// Receives into several buffers, with at most `room` bytes of messages beside them.
pub fn receive_message(fd: RawFd, parts: &mut [Vec<u8>], room: usize, flags: i32) -> Result<Message> {
    let mut vectors: Vec<libc::iovec> =
        parts.iter_mut().map(|p| libc::iovec { iov_base: p.as_mut_ptr().cast(), iov_len: p.len() }).collect();
    let mut control = vec![0u64; room.div_ceil(8)];
    let mut from = Address::empty();
    // SAFETY: all zero is an empty message; what it points to outlives the call and is as large as it says.
    let (len, used, flags) = unsafe {
        let mut m: libc::msghdr = std::mem::zeroed();
        m.msg_name = from.bytes.as_mut_ptr().cast();
        m.msg_namelen = CAPACITY as libc::socklen_t;
        m.msg_iov = vectors.as_mut_ptr();
        m.msg_iovlen = vectors.len() as _;
        if room > 0 {
            m.msg_control = control.as_mut_ptr().cast();
            m.msg_controllen = room as _;
        }
        let len = check_len(libc::recvmsg(fd, &mut m, flags))?;
        from.len = (m.msg_namelen as usize).min(CAPACITY);
        (len, (m.msg_controllen as usize).min(room), m.msg_flags)
    };
    let bytes: Vec<u8> = control.iter().flat_map(|w| w.to_ne_bytes()).take(used).collect();
    let (controls, whole) = read_controls(&bytes);
    Ok(Message { len, controls, whole, flags, from })
}

/// This machine's name.
pub fn gethostname() -> Result<Vec<u8>> {
    let mut name = vec![0u8; 1024];
    // SAFETY: room and its length, less one for the null at the end.
    check(unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len() - 1) })?;
    name.truncate(name.iter().position(|&b| b == 0).unwrap_or(0));
    Ok(name)
}
