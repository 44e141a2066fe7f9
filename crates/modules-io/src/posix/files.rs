//! Files and folders by path.

use super::Posix;
use super::arguments::{DirFd, Id, offset};
use super::audit::{Arg, audit};
use super::results::{Kind, make, stat_object};
use crate::arguments::{FileDescriptor, Or};
use crate::calls::{self, OrRaise};
use crate::path::{OptPathOrFd, Path, PathOrFd, result_name};
use host::constants as c;
use host::fs;
use runtime::types::{exceptions, int, list};
use runtime::{Obj, PyResult, Raised, Thread, none};

/// Raises the `OSError` about two paths.
#[cold]
fn error2(th: &Thread, e: &std::io::Error, a: &Path, b: &Path) -> Raised {
    let code = e.raw_os_error().unwrap_or(0);
    let args = [
        int::from_i64(code.into()),
        runtime::types::str::new(&exceptions::strerror(code)).into_obj(),
        a.object.clone(),
        none(),
        b.object.clone(),
    ];
    match runtime::protocols::call::call(th, &exceptions::OS_ERROR.to_obj(), &args) {
        Ok(e) => th.raise(e),
        Err(r) => r,
    }
}

fn stat(th: &Thread, function: &str, path: &PathOrFd, dir: DirFd, follow: bool) -> PyResult<Obj> {
    if let PathOrFd::Fd(..) = path {
        if !dir.is_default() {
            return Err(th.value_error(format!("{function}: can't specify dir_fd without matching path")));
        }
        if !follow {
            return Err(th.value_error(format!("{function}: cannot use fd and follow_symlinks together")));
        }
    }
    let result = th.allow_threads(|| match path {
        PathOrFd::Path(p) => fs::stat(dir.0, &p.c, follow),
        PathOrFd::Fd(fd, _) => fs::fstat(*fd),
        PathOrFd::None(_) => fs::stat(dir.0, c".", follow),
    });
    let s = result.or_raise_for(th, path.object())?;
    stat_object(th, &s)
}

/// The path of an argument that may be a descriptor, or the descriptor.
fn split(path: &PathOrFd) -> Result<&std::ffi::CStr, i32> {
    match path {
        PathOrFd::Path(p) => Ok(&p.c),
        PathOrFd::Fd(fd, _) => Err(*fd),
        PathOrFd::None(_) => Ok(c"."),
    }
}

fn rename(th: &Thread, src: &Path, dst: &Path, from: DirFd, to: DirFd) -> PyResult<()> {
    audit(th, "rename", &[Arg::Path(Some(&src.object)), Arg::Path(Some(&dst.object)), Arg::Dir(from), Arg::Dir(to)])?;
    th.allow_threads(|| fs::renameat(from.0, &src.c, to.0, &dst.c)).map_err(|e| error2(th, &e, src, dst))
}

#[macros::pymethods(FILES)]
impl Posix {
    #[pyfunction(name = "stat", sig = "($module, /, path, *, dir_fd=None, follow_symlinks=True)")]
    fn stat_path(th: &Thread, path: PathOrFd, dir_fd: DirFd, follow_symlinks: Option<bool>) -> PyResult<Obj> {
        stat(th, "stat", &path, dir_fd, follow_symlinks.unwrap_or(true))
    }

    #[pyfunction(sig = "($module, /, path, *, dir_fd=None)")]
    fn lstat(th: &Thread, path: Path, dir_fd: DirFd) -> PyResult<Obj> {
        stat(th, "lstat", &PathOrFd::Path(path), dir_fd, false)
    }

    #[pyfunction(sig = "($module, /, fd)")]
    fn fstat(th: &Thread, fd: i32) -> PyResult<Obj> {
        let s = calls::wait(th, || fs::fstat(fd))?;
        stat_object(th, &s)
    }

    #[pyfunction(sig = "($module, /, path, mode, *, dir_fd=None, effective_ids=False,\n       follow_symlinks=True)")]
    fn access(
        th: &Thread,
        path: Path,
        mode: i32,
        dir_fd: DirFd,
        effective_ids: Option<bool>,
        follow_symlinks: Option<bool>,
    ) -> bool {
        let mut flags = 0;
        if effective_ids.unwrap_or(false) {
            flags |= c::AT_EACCESS;
        }
        if !follow_symlinks.unwrap_or(true) {
            flags |= c::AT_SYMLINK_NOFOLLOW;
        }
        th.allow_threads(|| fs::faccessat(dir_fd.0, &path.c, mode, flags)).is_ok()
    }

    #[pyfunction(sig = "($module, /, path=None)")]
    fn listdir(th: &Thread, path: OptPathOrFd) -> PyResult<Obj> {
        audit(th, "listdir", &[Arg::Path(path.0.object())])?;
        let path = path.0;
        let is_bytes = matches!(&path, PathOrFd::Path(p) if p.is_bytes);
        let names = th.allow_threads(|| -> std::io::Result<Vec<std::ffi::CString>> {
            let mut dir = match split(&path) {
                Ok(p) => host::dir::Dir::open(p)?,
                Err(fd) => host::dir::Dir::from_fd(fd)?,
            };
            let mut names = Vec::new();
            while let Some(entry) = dir.next_entry()? {
                names.push(entry.name);
            }
            Ok(names)
        });
        let names = names.or_raise_for(th, path.object())?;
        Ok(list::from_vec(th, names.iter().map(|n| result_name(n.as_bytes(), is_bytes)).collect()).into_obj())
    }

    #[pyfunction(sig = "($module, /)")]
    fn getcwd(th: &Thread) -> PyResult<Obj> {
        Ok(result_name(&fs::getcwd().or_raise(th)?, false))
    }

    #[pyfunction(sig = "($module, /)")]
    fn getcwdb(th: &Thread) -> PyResult<Obj> {
        Ok(result_name(&fs::getcwd().or_raise(th)?, true))
    }

    #[pyfunction(sig = "($module, /, path)")]
    fn chdir(th: &Thread, path: PathOrFd) -> PyResult<()> {
        audit(th, "chdir", &[Arg::Path(path.object())])?;
        th.allow_threads(|| match split(&path) {
            Ok(p) => fs::chdir(p),
            Err(fd) => fs::fchdir(fd),
        })
        .or_raise_for(th, path.object())
    }

    #[pyfunction(sig = "($module, /, fd)")]
    fn fchdir(th: &Thread, fd: FileDescriptor) -> PyResult<()> {
        audit(th, "chdir", &[Arg::Int(fd.0.into())])?;
        calls::wait(th, || fs::fchdir(fd.0))
    }

    #[pyfunction(sig = "($module, /, path)")]
    fn chroot(th: &Thread, path: Path) -> PyResult<()> {
        th.allow_threads(|| fs::chroot(&path.c)).or_raise_for(th, Some(&path.object))
    }

    #[pyfunction(sig = "($module, /, path, mode=511, *, dir_fd=None)")]
    fn mkdir(th: &Thread, path: Path, mode: Or<i32, 511>, dir_fd: DirFd) -> PyResult<()> {
        audit(th, "mkdir", &[Arg::Path(Some(&path.object)), Arg::Int(mode.0.into()), Arg::Dir(dir_fd)])?;
        th.allow_threads(|| fs::mkdirat(dir_fd.0, &path.c, mode.0 as u32)).or_raise_for(th, Some(&path.object))
    }

    #[pyfunction(sig = "($module, /, path, *, dir_fd=None)")]
    fn rmdir(th: &Thread, path: Path, dir_fd: DirFd) -> PyResult<()> {
        audit(th, "rmdir", &[Arg::Path(Some(&path.object)), Arg::Dir(dir_fd)])?;
        th.allow_threads(|| fs::unlinkat(dir_fd.0, &path.c, c::AT_REMOVEDIR)).or_raise_for(th, Some(&path.object))
    }

    #[pyfunction(sig = "($module, /, path, *, dir_fd=None)")]
    fn unlink(th: &Thread, path: Path, dir_fd: DirFd) -> PyResult<()> {
        audit(th, "remove", &[Arg::Path(Some(&path.object)), Arg::Dir(dir_fd)])?;
        th.allow_threads(|| fs::unlinkat(dir_fd.0, &path.c, 0)).or_raise_for(th, Some(&path.object))
    }

    #[pyfunction(sig = "($module, /, path, *, dir_fd=None)")]
    fn remove(th: &Thread, path: Path, dir_fd: DirFd) -> PyResult<()> {
        Posix::unlink(th, path, dir_fd)
    }

    #[pyfunction(name = "rename", sig = "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn rename_path(th: &Thread, src: Path, dst: Path, src_dir_fd: DirFd, dst_dir_fd: DirFd) -> PyResult<()> {
        rename(th, &src, &dst, src_dir_fd, dst_dir_fd)
    }

    #[pyfunction(sig = "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn replace(th: &Thread, src: Path, dst: Path, src_dir_fd: DirFd, dst_dir_fd: DirFd) -> PyResult<()> {
        rename(th, &src, &dst, src_dir_fd, dst_dir_fd)
    }

    #[pyfunction(sig = "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None,\n     follow_symlinks=(os.name != 'nt'))")]
    fn link(
        th: &Thread,
        src: Path,
        dst: Path,
        src_dir_fd: DirFd,
        dst_dir_fd: DirFd,
        follow_symlinks: Option<bool>,
    ) -> PyResult<()> {
        audit(
            th,
            "link",
            &[Arg::Path(Some(&src.object)), Arg::Path(Some(&dst.object)), Arg::Dir(src_dir_fd), Arg::Dir(dst_dir_fd)],
        )?;
        let flags = if follow_symlinks.unwrap_or(true) { c::AT_SYMLINK_FOLLOW } else { 0 };
        th.allow_threads(|| fs::linkat(src_dir_fd.0, &src.c, dst_dir_fd.0, &dst.c, flags)).map_err(|e| error2(th, &e, &src, &dst))
    }

    #[pyfunction(sig = "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)")]
    fn symlink(th: &Thread, src: Path, dst: Path, _target_is_directory: Option<bool>, dir_fd: DirFd) -> PyResult<()> {
        audit(th, "symlink", &[Arg::Path(Some(&src.object)), Arg::Path(Some(&dst.object)), Arg::Dir(dir_fd)])?;
        th.allow_threads(|| fs::symlinkat(&src.c, dir_fd.0, &dst.c)).map_err(|e| error2(th, &e, &src, &dst))
    }

    #[pyfunction(sig = "($module, /, path, *, dir_fd=None)")]
    fn readlink(th: &Thread, path: Path, dir_fd: DirFd) -> PyResult<Obj> {
        let target = th.allow_threads(|| fs::readlink(dir_fd.0, &path.c)).or_raise_for(th, Some(&path.object))?;
        Ok(path.result(&target))
    }

    #[pyfunction(sig = "($module, /, path, mode, *, dir_fd=None,\n      follow_symlinks=(os.name != 'nt'))")]
    fn chmod(th: &Thread, path: PathOrFd, mode: i32, dir_fd: DirFd, follow_symlinks: Option<bool>) -> PyResult<()> {
        audit(th, "chmod", &[Arg::Path(path.object()), Arg::Int(mode.into()), Arg::Dir(dir_fd)])?;
        let flags = if follow_symlinks.unwrap_or(true) { 0 } else { c::AT_SYMLINK_NOFOLLOW };
        th.allow_threads(|| match split(&path) {
            Ok(p) => fs::fchmodat(dir_fd.0, p, mode as u32, flags),
            Err(fd) => fs::fchmod(fd, mode as u32),
        })
        .or_raise_for(th, path.object())
    }

    #[pyfunction(sig = "($module, /, fd, mode)")]
    fn fchmod(th: &Thread, fd: i32, mode: i32) -> PyResult<()> {
        audit(th, "chmod", &[Arg::Int(fd.into()), Arg::Int(mode.into()), Arg::Int(-1)])?;
        calls::wait(th, || fs::fchmod(fd, mode as u32))
    }

    #[pyfunction(sig = "($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)")]
    fn chown(th: &Thread, path: PathOrFd, uid: Id, gid: Id, dir_fd: DirFd, follow_symlinks: Option<bool>) -> PyResult<()> {
        audit(th, "chown", &[Arg::Path(path.object()), Arg::Int(uid.0.into()), Arg::Int(gid.0.into()), Arg::Dir(dir_fd)])?;
        let follow = follow_symlinks.unwrap_or(true);
        if matches!(path, PathOrFd::Fd(..)) {
            if !dir_fd.is_default() {
                return Err(th.value_error("chown: can't specify both dir_fd and fd"));
            }
            if !follow {
                return Err(th.value_error("chown: cannot use fd and follow_symlinks together"));
            }
        }
        let flags = if follow { 0 } else { c::AT_SYMLINK_NOFOLLOW };
        th.allow_threads(|| match split(&path) {
            Ok(p) => fs::fchownat(dir_fd.0, p, uid.0, gid.0, flags),
            Err(fd) => fs::fchown(fd, uid.0, gid.0),
        })
        .or_raise_for(th, path.object())
    }

    #[pyfunction(sig = "($module, /, path, uid, gid)")]
    fn lchown(th: &Thread, path: Path, uid: Id, gid: Id) -> PyResult<()> {
        audit(th, "chown", &[Arg::Path(Some(&path.object)), Arg::Int(uid.0.into()), Arg::Int(gid.0.into()), Arg::Int(-1)])?;
        th.allow_threads(|| fs::fchownat(fs::CWD, &path.c, uid.0, gid.0, c::AT_SYMLINK_NOFOLLOW))
            .or_raise_for(th, Some(&path.object))
    }

    #[pyfunction(sig = "($module, /, fd, uid, gid)")]
    fn fchown(th: &Thread, fd: i32, uid: Id, gid: Id) -> PyResult<()> {
        audit(th, "chown", &[Arg::Int(fd.into()), Arg::Int(uid.0.into()), Arg::Int(gid.0.into()), Arg::Int(-1)])?;
        calls::wait(th, || fs::fchown(fd, uid.0, gid.0))
    }

    #[pyfunction(sig = "($module, /, path, length)")]
    fn truncate(th: &Thread, path: PathOrFd, length: &Obj) -> PyResult<()> {
        let length = offset(th, length)?;
        audit(th, "truncate", &[Arg::Path(path.object()), Arg::Int(length)])?;
        th.allow_threads(|| match split(&path) {
            Ok(p) => fs::truncate(p, length),
            Err(fd) => host::fd::ftruncate(fd, length),
        })
        .or_raise_for(th, path.object())
    }

    #[pyfunction(sig = "($module, /, path, mode=438, *, dir_fd=None)")]
    fn mkfifo(th: &Thread, path: Path, mode: Or<i32, 438>, dir_fd: DirFd) -> PyResult<()> {
        calls::wait_for(th, Some(&path.object), || fs::mkfifoat(dir_fd.0, &path.c, mode.0 as u32))
    }

    #[pyfunction(sig = "($module, /, path, mode=384, device=0, *, dir_fd=None)")]
    fn mknod(th: &Thread, path: Path, mode: Or<i32, 384>, device: Option<u64>, dir_fd: DirFd) -> PyResult<()> {
        let device = device.unwrap_or(0);
        calls::wait_for(th, Some(&path.object), || fs::mknodat(dir_fd.0, &path.c, mode.0 as u32, device))
    }

    #[pyfunction(sig = "($module, mask, /)")]
    fn umask(_th: &Thread, mask: i32) -> u32 {
        fs::umask(mask as u32)
    }

    #[pyfunction(sig = "($module, /)")]
    fn sync(th: &Thread) {
        th.allow_threads(fs::sync);
    }

    #[pyfunction(sig = "($module, /, path)")]
    fn statvfs(th: &Thread, path: PathOrFd) -> PyResult<Obj> {
        let v = th
            .allow_threads(|| match split(&path) {
                Ok(p) => fs::statvfs(Some(p), -1),
                Err(fd) => fs::statvfs(None, fd),
            })
            .or_raise_for(th, path.object())?;
        make(th, Kind::StatVfs, v.map(int::from_u64).to_vec())
    }

    #[pyfunction(sig = "($module, fd, /)")]
    fn fstatvfs(th: &Thread, fd: i32) -> PyResult<Obj> {
        let v = calls::wait(th, || fs::statvfs(None, fd))?;
        make(th, Kind::StatVfs, v.map(int::from_u64).to_vec())
    }

    #[pyfunction(sig = "($module, /, path, name)")]
    fn pathconf(th: &Thread, path: PathOrFd, name: &Obj) -> PyResult<i64> {
        let name = super::arguments::configuration_name(th, name, super::constants::PATHCONF)?;
        let value = match split(&path) {
            Ok(p) => fs::pathconf(Some(p), -1, name),
            Err(fd) => fs::pathconf(None, fd, name),
        };
        Ok(value.or_raise_for(th, path.object())?.unwrap_or(-1))
    }

    #[pyfunction(sig = "($module, fd, name, /)")]
    fn fpathconf(th: &Thread, fd: i32, name: &Obj) -> PyResult<i64> {
        let name = super::arguments::configuration_name(th, name, super::constants::PATHCONF)?;
        Ok(fs::pathconf(None, fd, name).or_raise(th)?.unwrap_or(-1))
    }
}
