//! Work on paths as text: `posixpath` is built on these.

use super::Posix;
use crate::path;
use runtime::types::bytes::{self, Bytes};
use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple;
use runtime::{Obj, ObjExt, PyResult, Thread};
use text::Chars;

/// The characters or bytes of a path; results are of the same kind.
enum Text {
    Str(Vec<u32>),
    Bytes(Vec<u8>),
}

fn open(th: &Thread, function: &str, p: &Obj) -> PyResult<Text> {
    let p = path::fspath(th, p).map_err(|r| {
        drop(th.take_raised(r));
        th.type_error(format!("{function}: path should be string, bytes or os.PathLike, not {}", p.ty().name()))
    })?;
    match (p.downcast::<Str>(), p.downcast::<Bytes>()) {
        (Some(s), _) => Ok(Text::Str(s.chars().iter().collect())),
        (_, Some(b)) => Ok(Text::Bytes(b.as_slice().to_vec())),
        _ => Err(th.type_error("path should be string, bytes or os.PathLike")),
    }
}

/// The lengths of a path's root: `""`, `"/"`, or exactly two slashes.
fn root_len<T: Copy + PartialEq + From<u8>>(p: &[T]) -> usize {
    let slash = T::from(b'/');
    let n = p.iter().take_while(|&&c| c == slash).count();
    match n {
        0 => 0,
        2 => 2,
        _ => 1,
    }
}

/// `posixpath.normpath`.
fn normal<T: Copy + PartialEq + From<u8>>(p: &[T]) -> Vec<T> {
    let (slash, dot) = (T::from(b'/'), T::from(b'.'));
    let root = root_len(p);
    let mut parts: Vec<&[T]> = Vec::new();
    for part in p.split(|&c| c == slash) {
        if part.is_empty() || part == [dot] {
            continue;
        }
        let up = [dot, dot];
        if part != up || (root == 0 && parts.last().is_none_or(|l| *l == up)) {
            parts.push(part);
        } else {
            parts.pop();
        }
    }
    let mut out = vec![slash; root];
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.push(slash);
        }
        out.extend_from_slice(part);
    }
    if out.is_empty() {
        out.push(dot);
    }
    out
}

fn str_of(p: &[u32]) -> Obj {
    pystr::from_chars(Chars::Ucs4(p)).into_obj()
}

#[macros::pymethods(PATHS)]
impl Posix {
    #[pyfunction(sig = "($module, /, path)")]
    fn fspath(th: &Thread, path: &Obj) -> PyResult<Obj> {
        path::fspath(th, path)
    }

    #[pyfunction(sig = "($module, /, p)")]
    fn _path_splitroot_ex(th: &Thread, p: &Obj) -> PyResult<Obj> {
        let parts = match open(th, "_path_splitroot_ex", p)? {
            Text::Str(p) => {
                let root = root_len(&p);
                [pystr::empty().into_obj(), str_of(&p[..root]), str_of(&p[root..])]
            }
            Text::Bytes(p) => {
                let root = root_len(&p);
                [bytes::new(b""), bytes::new(&p[..root]), bytes::new(&p[root..])].map(|b| b.into_obj())
            }
        };
        Ok(tuple::from_array(parts).into_obj())
    }

    #[pyfunction(sig = "($module, /, path)")]
    fn _path_normpath(th: &Thread, path: &Obj) -> PyResult<Obj> {
        Ok(match open(th, "_path_normpath", path)? {
            Text::Str(p) => str_of(&normal(&p)),
            Text::Bytes(p) => bytes::new(&normal(&p)).into_obj(),
        })
    }
}
