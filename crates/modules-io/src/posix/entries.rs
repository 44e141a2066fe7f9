//! `scandir` and `DirEntry`.

use super::Posix;
use super::audit::{Arg, audit};
use super::results::stat_object;
use crate::calls::OrRaise;
use crate::path::{OptPathOrFd, PathOrFd, result_name};
use host::dir::Dir;
use host::{fs, fs::Stat};
use object::{Guarded, Payload};
use runtime::protocols;
use runtime::types::type_::alloc_instance;
use runtime::types::{generic_alias, str as pystr};
use runtime::{Args, Obj, Py, PyClass, PyResult, Thread};
use std::cell::Cell;
use std::ffi::CString;

const DT_UNKNOWN: u8 = 0;
const DT_DIR: u8 = 4;
const DT_REG: u8 = 8;
const DT_LNK: u8 = 10;

/// One name that `scandir` found.
#[macros::pyclass(name = "DirEntry", module = "posix", flags = DISALLOW_INSTANTIATION)]
pub(super) struct DirEntry {
    name: Obj,
    path: Obj,
    /// What the system is asked about: a path, or a name beside `dir`.
    target: CString,
    dir: i32,
    kind: u8,
    ino: u64,
    stat: Cell<Option<Stat>>,
    lstat: Cell<Option<Stat>>,
}

impl Payload for DirEntry {}

impl DirEntry {
    fn fetch(&self, th: &Thread, follow: bool) -> PyResult<Stat> {
        let follow = follow && (self.kind == DT_UNKNOWN || self.kind == DT_LNK);
        let cache = if follow { &self.stat } else { &self.lstat };
        if let Some(known) = cache.get() {
            return Ok(known);
        }
        let s = th.allow_threads(|| fs::stat(self.dir, &self.target, follow)).or_raise_for(th, Some(&self.path))?;
        cache.set(Some(s));
        Ok(s)
    }

    fn has_kind(&self, th: &Thread, follow: bool, kind: u8, test: fn(&Stat) -> bool) -> PyResult<bool> {
        if self.kind != DT_UNKNOWN && !(follow && self.kind == DT_LNK) {
            return Ok(self.kind == kind);
        }
        match self.fetch(th, follow) {
            Ok(s) => Ok(test(&s)),
            Err(r) => {
                th.catch(r, runtime::types::exceptions::FILE_NOT_FOUND_ERROR)?;
                Ok(false)
            }
        }
    }
}

#[macros::pymethods]
impl DirEntry {
    #[getter]
    fn name(_th: &Thread, slf: &Py<Self>) -> Obj {
        slf.name.clone()
    }

    #[getter]
    fn path(_th: &Thread, slf: &Py<Self>) -> Obj {
        slf.path.clone()
    }

    #[pymethod(sig = "($self, /, *, follow_symlinks=True)")]
    fn is_dir(th: &Thread, slf: &Py<Self>, follow_symlinks: Option<bool>) -> PyResult<bool> {
        slf.has_kind(th, follow_symlinks.unwrap_or(true), DT_DIR, Stat::is_dir)
    }

    #[pymethod(sig = "($self, /, *, follow_symlinks=True)")]
    fn is_file(th: &Thread, slf: &Py<Self>, follow_symlinks: Option<bool>) -> PyResult<bool> {
        slf.has_kind(th, follow_symlinks.unwrap_or(true), DT_REG, Stat::is_file)
    }

    #[pymethod(sig = "($self, /)")]
    fn is_symlink(th: &Thread, slf: &Py<Self>) -> PyResult<bool> {
        slf.has_kind(th, false, DT_LNK, Stat::is_symlink)
    }

    #[pymethod(sig = "($self, /)")]
    fn is_junction(_th: &Thread, _slf: &Py<Self>) -> bool {
        false
    }

    #[pymethod(sig = "($self, /, *, follow_symlinks=True)")]
    fn stat(th: &Thread, slf: &Py<Self>, follow_symlinks: Option<bool>) -> PyResult<Obj> {
        let s = slf.fetch(th, follow_symlinks.unwrap_or(true))?;
        stat_object(th, &s)
    }

    #[pymethod(sig = "($self, /)")]
    fn inode(_th: &Thread, slf: &Py<Self>) -> u64 {
        slf.ino
    }

    #[pymethod(sig = "($self, /)")]
    fn __fspath__(_th: &Thread, slf: &Py<Self>) -> Obj {
        slf.path.clone()
    }

    #[classmethod]
    fn __class_getitem__(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        generic_alias::class_getitem(th, cls, args)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        let name = protocols::repr(th, &slf.name)?.to_string_lossy();
        Ok(pystr::new(&format!("<DirEntry {name}>")).into_obj())
    }
}

/// The iterator that `scandir` returns.
#[macros::pyclass(name = "ScandirIterator", module = "posix", flags = DISALLOW_INSTANTIATION)]
pub(super) struct ScandirIterator {
    dir: Guarded<Option<Dir>>,
    /// The folder as it was given, with a slash at its end; `None` for a descriptor.
    prefix: Option<Vec<u8>>,
    fd: i32,
    is_bytes: bool,
    object: Option<Obj>,
}

impl Payload for ScandirIterator {}

#[macros::pymethods]
impl ScandirIterator {
    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Obj) -> PyResult<Obj> {
        Ok(slf.clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Self>) -> PyResult<Option<Obj>> {
        // Taken out: another thread may look at the iterator meanwhile.
        let Some(mut dir) = slf.dir.take() else { return Ok(None) };
        let next = th.allow_threads(|| dir.next_entry());
        let entry = match next {
            Ok(Some(entry)) => {
                slf.dir.set(Some(dir));
                entry
            }
            Ok(None) => return Ok(None),
            Err(e) => return Err(crate::calls::error_for(th, &e, slf.object.as_ref())),
        };
        let name = entry.name.as_bytes();
        let mut path = slf.prefix.clone().unwrap_or_default();
        path.extend_from_slice(name);
        let shown = result_name(&path, slf.is_bytes);
        let (target, dir) = match slf.prefix {
            Some(_) => (CString::new(path).unwrap_or_default(), fs::CWD),
            None => (entry.name.clone(), slf.fd),
        };
        let payload = DirEntry {
            name: result_name(name, slf.is_bytes),
            path: shown,
            target,
            dir,
            kind: entry.kind,
            ino: entry.ino,
            stat: Cell::new(None),
            lstat: Cell::new(None),
        };
        Ok(Some(alloc_instance(th, DirEntry::TYPE, payload).into_obj()))
    }

    #[pymethod(sig = "($self, /)")]
    fn close(_th: &Thread, slf: &Py<Self>) {
        slf.dir.set(None);
    }

    #[pymethod(sig = "($self, /)")]
    fn __enter__(_th: &Thread, slf: &Obj) -> Obj {
        slf.clone()
    }

    #[pymethod]
    fn __exit__(_th: &Thread, slf: &Py<Self>, _args: Args<'_>) {
        slf.dir.set(None);
    }

    #[slot(tp_finalize)]
    fn finalize(th: &Thread, slf: &Py<Self>) {
        if slf.dir.lock().is_none() {
            return;
        }
        let pending = th.take_exception();
        if let Ok(shown) = protocols::repr(th, slf.as_obj()) {
            let text = format!("unclosed scandir iterator {}", shown.to_string_lossy());
            if let Err(r) = crate::warn::unclosed(th, slf.as_obj(), &text) {
                let e = th.take_raised(r);
                runtime::builtins::unraisable(th, e, None, Some(slf.as_obj()));
            }
        }
        drop(th.take_exception());
        slf.dir.set(None);
        th.restore_exception(pending);
    }
}

#[macros::pymethods(ENTRIES)]
impl Posix {
    #[pyfunction(sig = "($module, /, path=None)")]
    fn scandir(th: &Thread, path: OptPathOrFd) -> PyResult<Obj> {
        audit(th, "scandir", &[Arg::Path(path.0.object())])?;
        let path = path.0;
        let opened = th.allow_threads(|| match &path {
            PathOrFd::Path(p) => Dir::open(&p.c),
            PathOrFd::Fd(fd, _) => Dir::from_fd(*fd),
            PathOrFd::None(_) => Dir::open(c"."),
        });
        let dir = opened.or_raise_for(th, path.object())?;
        let slashed = |p: &[u8]| {
            let mut p = p.to_vec();
            if p.last().is_some_and(|&b| b != b'/') {
                p.push(b'/');
            }
            p
        };
        let (prefix, fd, is_bytes) = match &path {
            PathOrFd::Path(p) => (Some(slashed(p.c.as_bytes())), -1, p.is_bytes),
            PathOrFd::Fd(fd, _) => (None, *fd, false),
            PathOrFd::None(_) => (Some(b"./".to_vec()), -1, false),
        };
        let payload = ScandirIterator { dir: Guarded::new(Some(dir)), prefix, fd, is_bytes, object: path.object().cloned() };
        Ok(alloc_instance(th, ScandirIterator::TYPE, payload).into_obj())
    }
}
