//! Work on file descriptors.

use super::Posix;
use super::arguments::{DirFd, offset};
use super::audit::{Arg, audit};
use crate::arguments::{FileDescriptor, Or};
use crate::calls::{self, OrRaise};
use crate::path::Path;
use host::{constants as c, fd as hfd};
use runtime::buffer::{self, BytesLike, WritableBytes};
use runtime::protocols::sequence;
use runtime::types::{bytes, int, tuple};
use runtime::{Obj, ObjExt, PyResult, Thread};

fn block(th: &Thread, len: isize) -> PyResult<Vec<u8>> {
    let Ok(len) = usize::try_from(len) else {
        return Err(runtime::types::exceptions::os_error(th, c::EINVAL, None));
    };
    let mut v: Vec<u8> = Vec::new();
    if v.try_reserve_exact(len).is_err() {
        return Err(th.memory_error());
    }
    v.resize(len, 0);
    Ok(v)
}

/// The content of a buffer, copied unless nobody can change it.
fn content<'a>(b: &'a BytesLike<'_>, own: &'a mut Vec<u8>) -> &'a [u8] {
    match b {
        BytesLike::Bytes(b) => b.as_slice(),
        BytesLike::Buffer(b) => {
            *own = b.as_slice().to_vec();
            own
        }
    }
}

/// Reads into several writable objects.
fn read_many(th: &Thread, fd: i32, buffers: &Obj, at: Option<(i64, i32)>) -> PyResult<usize> {
    if !sequence::is_sequence(buffers) {
        let function = if at.is_some() { "preadv" } else { "readv" };
        return Err(th.type_error(format!("{function}() arg 2 must be a sequence")));
    }
    let mut loans = Vec::new();
    for o in sequence::to_vec(th, buffers)? {
        loans.push(buffer::get(th, &o, buffer::flags::WRITABLE)?);
    }
    let mut own: Vec<Vec<u8>> = loans.iter().map(|l| vec![0; l.len()]).collect();
    let n = calls::wait(th, || {
        let mut parts: Vec<&mut [u8]> = own.iter_mut().map(Vec::as_mut_slice).collect();
        hfd::readv(fd, &mut parts, at)
    })?;
    let mut left = n;
    for (loan, part) in loans.iter().zip(&own) {
        let k = left.min(part.len());
        loan.with_mut(|to| to[..k].copy_from_slice(&part[..k]));
        left -= k;
    }
    Ok(n)
}

fn write_many(th: &Thread, fd: i32, buffers: &Obj, at: Option<(i64, i32)>) -> PyResult<usize> {
    if !sequence::is_sequence(buffers) {
        let function = if at.is_some() { "pwritev" } else { "writev" };
        return Err(th.type_error(format!("{function}() arg 2 must be a sequence")));
    }
    let mut own = Vec::new();
    for o in sequence::to_vec(th, buffers)? {
        own.push(BytesLike::new(th, &o)?.as_slice().to_vec());
    }
    calls::wait(th, || {
        let parts: Vec<&[u8]> = own.iter().map(Vec::as_slice).collect();
        hfd::writev(fd, &parts, at)
    })
}

#[macros::pymethods(DESCRIPTORS)]
impl Posix {
    #[pyfunction(sig = "($module, /, path, flags, mode=511, *, dir_fd=None)")]
    fn open(th: &Thread, path: Path, flags: i32, mode: Or<i32, 511>, dir_fd: DirFd) -> PyResult<i32> {
        let shown_flags = int::from_i64((flags | c::O_CLOEXEC).into());
        runtime::audit::audit(th, "open", &[&path.object, &runtime::none(), &shown_flags])?;
        calls::wait_for(th, Some(&path.object), || hfd::openat(dir_fd.0, &path.c, flags | c::O_CLOEXEC, mode.0 as u32))
    }

    #[pyfunction(sig = "($module, /, fd)")]
    fn close(th: &Thread, fd: i32) -> PyResult<()> {
        // After EINTR the descriptor is gone all the same.
        match th.allow_threads(|| hfd::close(fd)) {
            Err(e) if e.kind() != std::io::ErrorKind::Interrupted => Err(calls::error(th, &e)),
            _ => Ok(()),
        }
    }

    #[pyfunction(sig = "($module, fd_low, fd_high, /)")]
    fn closerange(th: &Thread, fd_low: i32, fd_high: i32) {
        th.allow_threads(|| host::process::close_range(fd_low.max(0), fd_high - 1));
    }

    #[pyfunction(sig = "($module, fd, length, /)")]
    fn read(th: &Thread, fd: i32, length: isize) -> PyResult<Obj> {
        let mut buffer = block(th, length)?;
        let n = calls::wait(th, || hfd::read(fd, &mut buffer))?;
        Ok(bytes::new(&buffer[..n]).into_obj())
    }

    #[pyfunction(sig = "($module, fd, buffer, /)")]
    fn readinto(th: &Thread, fd: i32, buffer: WritableBytes) -> PyResult<usize> {
        let mut own = vec![0; buffer.0.len()];
        let n = calls::wait(th, || hfd::read(fd, &mut own))?;
        buffer.0.with_mut(|to| to[..n].copy_from_slice(&own[..n]));
        Ok(n)
    }

    #[pyfunction(sig = "($module, fd, data, /)")]
    fn write(th: &Thread, fd: i32, data: BytesLike<'_>) -> PyResult<usize> {
        let mut own = Vec::new();
        let data = content(&data, &mut own);
        calls::wait(th, || hfd::write(fd, data))
    }

    #[pyfunction(sig = "($module, fd, length, offset, /)")]
    fn pread(th: &Thread, fd: i32, length: i32, at: &Obj) -> PyResult<Obj> {
        let at = offset(th, at)?;
        let mut buffer = block(th, length as isize)?;
        let n = calls::wait(th, || hfd::pread(fd, &mut buffer, at))?;
        Ok(bytes::new(&buffer[..n]).into_obj())
    }

    #[pyfunction(sig = "($module, fd, buffer, offset, /)")]
    fn pwrite(th: &Thread, fd: i32, buffer: BytesLike<'_>, at: &Obj) -> PyResult<usize> {
        let at = offset(th, at)?;
        let mut own = Vec::new();
        let data = content(&buffer, &mut own);
        calls::wait(th, || hfd::pwrite(fd, data, at))
    }

    #[pyfunction(sig = "($module, fd, buffers, /)")]
    fn readv(th: &Thread, fd: i32, buffers: &Obj) -> PyResult<usize> {
        read_many(th, fd, buffers, None)
    }

    #[pyfunction(sig = "($module, fd, buffers, /)")]
    fn writev(th: &Thread, fd: i32, buffers: &Obj) -> PyResult<usize> {
        write_many(th, fd, buffers, None)
    }

    #[pyfunction(sig = "($module, fd, buffers, offset, flags=0, /)")]
    fn preadv(th: &Thread, fd: i32, buffers: &Obj, at: &Obj, flags: Or<i32, 0>) -> PyResult<usize> {
        let at = offset(th, at)?;
        read_many(th, fd, buffers, Some((at, flags.0)))
    }

    #[pyfunction(sig = "($module, fd, buffers, offset, flags=0, /)")]
    fn pwritev(th: &Thread, fd: i32, buffers: &Obj, at: &Obj, flags: Or<i32, 0>) -> PyResult<usize> {
        let at = offset(th, at)?;
        write_many(th, fd, buffers, Some((at, flags.0)))
    }

    #[pyfunction(sig = "($module, fd, position, whence, /)")]
    fn lseek(th: &Thread, fd: i32, position: &Obj, whence: i32) -> PyResult<i64> {
        let position = offset(th, position)?;
        th.allow_threads(|| hfd::lseek(fd, position, whence)).or_raise(th)
    }

    #[pyfunction(sig = "($module, fd, /)")]
    fn dup(th: &Thread, fd: i32) -> PyResult<i32> {
        hfd::dup_cloexec(fd).or_raise(th)
    }

    #[pyfunction(sig = "($module, /, fd, fd2, inheritable=True)")]
    fn dup2(th: &Thread, fd: i32, fd2: i32, inheritable: Option<bool>) -> PyResult<i32> {
        th.allow_threads(|| {
            if inheritable.unwrap_or(true) || fd == fd2 { hfd::dup2(fd, fd2) } else { hfd::dup3(fd, fd2, c::O_CLOEXEC) }
        })
        .or_raise(th)
    }

    #[pyfunction(sig = "($module, /)")]
    fn pipe(th: &Thread) -> PyResult<Obj> {
        Posix::pipe2(th, c::O_CLOEXEC)
    }

    #[pyfunction(sig = "($module, flags, /)")]
    fn pipe2(th: &Thread, flags: i32) -> PyResult<Obj> {
        let (r, w) = hfd::pipe2(flags).or_raise(th)?;
        Ok(tuple::from_array([int::from_i64(r.into()), int::from_i64(w.into())]).into_obj())
    }

    #[pyfunction(sig = "($module, fd, /)")]
    fn isatty(th: &Thread, fd: i32) -> bool {
        th.allow_threads(|| hfd::isatty(fd))
    }

    #[pyfunction(sig = "($module, fd, /)")]
    fn get_inheritable(th: &Thread, fd: i32) -> PyResult<bool> {
        hfd::is_inheritable(fd).or_raise(th)
    }

    #[pyfunction(sig = "($module, fd, inheritable, /)")]
    fn set_inheritable(th: &Thread, fd: i32, inheritable: i32) -> PyResult<()> {
        hfd::set_inheritable(fd, inheritable != 0).or_raise(th)
    }

    #[pyfunction(sig = "($module, fd, /)")]
    fn get_blocking(th: &Thread, fd: i32) -> PyResult<bool> {
        hfd::is_blocking(fd).or_raise(th)
    }

    #[pyfunction(sig = "($module, fd, blocking, /)")]
    fn set_blocking(th: &Thread, fd: i32, blocking: bool) -> PyResult<()> {
        hfd::set_blocking(fd, blocking).or_raise(th)
    }

    #[pyfunction(sig = "($module, fd, length, /)")]
    fn ftruncate(th: &Thread, fd: i32, length: &Obj) -> PyResult<()> {
        let length = offset(th, length)?;
        audit(th, "truncate", &[Arg::Int(fd.into()), Arg::Int(length)])?;
        calls::wait(th, || hfd::ftruncate(fd, length))
    }

    #[pyfunction(sig = "($module, /, fd)")]
    fn fsync(th: &Thread, fd: FileDescriptor) -> PyResult<()> {
        calls::wait(th, || hfd::fsync(fd.0))
    }

    #[pyfunction(sig = "($module, /, fd)")]
    fn fdatasync(th: &Thread, fd: FileDescriptor) -> PyResult<()> {
        calls::wait(th, || hfd::fdatasync(fd.0))
    }

    #[pyfunction(sig = "($module, fd, command, length, /)")]
    fn lockf(th: &Thread, fd: i32, command: i32, length: &Obj) -> PyResult<()> {
        let length = offset(th, length)?;
        audit(th, "lockf", &[Arg::Int(fd.into()), Arg::Int(command.into()), Arg::Int(length)])?;
        calls::wait(th, || hfd::lockf(fd, command, length))
    }

    #[pyfunction(sig = "($module, fd, offset, length, /)")]
    fn posix_fallocate(th: &Thread, fd: i32, at: &Obj, length: &Obj) -> PyResult<()> {
        let (at, length) = (offset(th, at)?, offset(th, length)?);
        calls::wait(th, || hfd::posix_fallocate(fd, at, length))
    }

    #[pyfunction(sig = "($module, fd, offset, length, advice, /)")]
    fn posix_fadvise(th: &Thread, fd: i32, at: &Obj, length: &Obj, advice: i32) -> PyResult<()> {
        let (at, length) = (offset(th, at)?, offset(th, length)?);
        calls::wait(th, || hfd::posix_fadvise(fd, at, length, advice))
    }

    #[pyfunction(sig = "($module, /, out_fd, in_fd, offset, count)")]
    fn sendfile(th: &Thread, out_fd: i32, in_fd: i32, at: &Obj, count: isize) -> PyResult<usize> {
        let start = if at.is_none() { None } else { Some(offset(th, at)?) };
        calls::wait(th, || {
            let mut at = start.unwrap_or(0);
            hfd::sendfile(out_fd, in_fd, start.map(|_| &mut at), count.max(0) as usize)
        })
    }

    #[pyfunction(sig = "($module, /, src, dst, count, offset_src=None,\n                offset_dst=None)")]
    fn copy_file_range(
        th: &Thread,
        src: i32,
        dst: i32,
        count: isize,
        offset_src: Option<&Obj>,
        offset_dst: Option<&Obj>,
    ) -> PyResult<usize> {
        if count < 0 {
            return Err(th.value_error("negative value for 'count' not allowed"));
        }
        let at = |o: Option<&Obj>| o.filter(|o| !o.is_none()).map(|o| offset(th, o)).transpose();
        let (from, to) = (at(offset_src)?, at(offset_dst)?);
        th.allow_threads(|| hfd::copy_file_range(src, from, dst, to, count as usize)).or_raise(th)
    }

    #[pyfunction(sig = "($module, /, name, flags=MFD_CLOEXEC)")]
    fn memfd_create(th: &Thread, name: Path, flags: Or<u32, 1>) -> PyResult<i32> {
        hfd::memfd_create(&name.c, flags.0).or_raise(th)
    }

    #[pyfunction(sig = "($module, /, initval, flags=EFD_CLOEXEC)")]
    fn eventfd(th: &Thread, initval: u32, flags: Or<i32, 524288>) -> PyResult<i32> {
        hfd::eventfd(initval, flags.0).or_raise(th)
    }

    #[pyfunction(sig = "($module, /, fd)")]
    fn eventfd_read(th: &Thread, fd: FileDescriptor) -> PyResult<u64> {
        let mut word = [0; 8];
        calls::wait(th, || hfd::read(fd.0, &mut word))?;
        Ok(u64::from_ne_bytes(word))
    }

    #[pyfunction(sig = "($module, /, fd, value)")]
    fn eventfd_write(th: &Thread, fd: FileDescriptor, value: u64) -> PyResult<()> {
        calls::wait(th, || hfd::write(fd.0, &value.to_ne_bytes())).map(drop)
    }
}
