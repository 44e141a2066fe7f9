//! Extended attributes.

use super::Posix;
use super::audit::{Arg, audit};
use crate::calls::OrRaise;
use crate::path::{OptPathOrFd, Path, PathOrFd, result_name};
use host::fs;
use runtime::buffer::BytesLike;
use runtime::types::{bytes, list};
use runtime::{Obj, PyResult, Thread};
use std::ffi::CStr;

fn check(th: &Thread, function: &str, path: &PathOrFd, follow: bool) -> PyResult<()> {
    if matches!(path, PathOrFd::Fd(..)) && !follow {
        return Err(th.value_error(format!("{function}: cannot use fd and follow_symlinks together")));
    }
    Ok(())
}

/// The variant of a call for a path, a link or a descriptor.
fn choose<R>(
    path: &PathOrFd,
    follow: bool,
    by_path: impl FnOnce(&CStr) -> R,
    by_link: impl FnOnce(&CStr) -> R,
    by_fd: impl FnOnce(i32) -> R,
) -> R {
    match path {
        PathOrFd::Fd(fd, _) => by_fd(*fd),
        PathOrFd::Path(p) if follow => by_path(&p.c),
        PathOrFd::Path(p) => by_link(&p.c),
        PathOrFd::None(_) => by_path(c"."),
    }
}

#[macros::pymethods(XATTR)]
impl Posix {
    #[pyfunction(sig = "($module, /, path, attribute, *, follow_symlinks=True)")]
    fn getxattr(th: &Thread, path: PathOrFd, attribute: Path, follow_symlinks: Option<bool>) -> PyResult<Obj> {
        audit(th, "getxattr", &[Arg::Path(path.object()), Arg::Path(Some(&attribute.object))])?;
        let follow = follow_symlinks.unwrap_or(true);
        check(th, "getxattr", &path, follow)?;
        let name = &attribute.c;
        let value = fs::sized(|b| {
            // Each variant gets the buffer in turn; only one runs.
            let b = std::cell::RefCell::new(b);
            choose(
                &path,
                follow,
                |p| fs::getxattr(p, name, &mut b.borrow_mut()),
                |p| fs::lgetxattr(p, name, &mut b.borrow_mut()),
                |fd| fs::fgetxattr(fd, name, &mut b.borrow_mut()),
            )
        });
        Ok(bytes::new(&value.or_raise_for(th, path.object())?).into_obj())
    }

    #[pyfunction(sig = "($module, /, path, attribute, value, flags=0, *,\n         follow_symlinks=True)")]
    fn setxattr(
        th: &Thread,
        path: PathOrFd,
        attribute: Path,
        value: BytesLike<'_>,
        flags: Option<i32>,
        follow_symlinks: Option<bool>,
    ) -> PyResult<()> {
        let follow = follow_symlinks.unwrap_or(true);
        check(th, "setxattr", &path, follow)?;
        let (name, flags) = (&attribute.c, flags.unwrap_or(0));
        let value = value.as_slice();
        choose(
            &path,
            follow,
            |p| fs::setxattr(p, name, value, flags),
            |p| fs::lsetxattr(p, name, value, flags),
            |fd| fs::fsetxattr(fd, name, value, flags),
        )
        .or_raise_for(th, path.object())
    }

    #[pyfunction(sig = "($module, /, path, attribute, *, follow_symlinks=True)")]
    fn removexattr(th: &Thread, path: PathOrFd, attribute: Path, follow_symlinks: Option<bool>) -> PyResult<()> {
        audit(th, "removexattr", &[Arg::Path(path.object()), Arg::Path(Some(&attribute.object))])?;
        let follow = follow_symlinks.unwrap_or(true);
        check(th, "removexattr", &path, follow)?;
        let name = &attribute.c;
        choose(&path, follow, |p| fs::removexattr(p, name), |p| fs::lremovexattr(p, name), |fd| fs::fremovexattr(fd, name))
            .or_raise_for(th, path.object())
    }

    #[pyfunction(sig = "($module, /, path=None, *, follow_symlinks=True)")]
    fn listxattr(th: &Thread, path: OptPathOrFd, follow_symlinks: Option<bool>) -> PyResult<Obj> {
        audit(th, "listxattr", &[Arg::Path(path.0.object())])?;
        let (path, follow) = (path.0, follow_symlinks.unwrap_or(true));
        check(th, "listxattr", &path, follow)?;
        let names = fs::sized(|b| {
            let b = std::cell::RefCell::new(b);
            choose(
                &path,
                follow,
                |p| fs::listxattr(p, &mut b.borrow_mut()),
                |p| fs::llistxattr(p, &mut b.borrow_mut()),
                |fd| fs::flistxattr(fd, &mut b.borrow_mut()),
            )
        });
        let names = names.or_raise_for(th, path.object())?;
        let all = names.split(|&b| b == 0).filter(|n| !n.is_empty()).map(|n| result_name(n, false)).collect();
        Ok(list::from_vec(th, all).into_obj())
    }
}
