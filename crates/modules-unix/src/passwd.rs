//! `pwd`: the users.

use host::users::{self, User};
use object::Guarded;
use runtime::os::arguments::{c_text, owner_id};
use runtime::os::calls::OrRaise;
use runtime::os::path;
use runtime::protocols;
use runtime::types::exceptions::{KEY_ERROR, OVERFLOW_ERROR};
use runtime::types::str::{self as pystr, Str};
use runtime::types::{list, structseq};
use runtime::{Module, Obj, Py, PyResult, Thread, Type, int_obj, none};
use std::sync::Arc;

/// The module.
#[macros::pymodule(name = "pwd", exec = exec)]
pub(crate) struct Pwd;

/// The type of entries.
#[derive(Default)]
struct State(Guarded<Option<Py<Type>>>);

const FIELDS: [&str; 7] = ["pw_name", "pw_passwd", "pw_uid", "pw_gid", "pw_gecos", "pw_dir", "pw_shell"];
const DOC: &str = "pwd.struct_passwd: Results from getpw*() routines.\n\nThis object may be accessed either as a tuple of\n  (pw_name,pw_passwd,pw_uid,pw_gid,pw_gecos,pw_dir,pw_shell)\nor via the object attributes as named in the above tuple.";

fn entry_type(th: &Thread) -> PyResult<Py<Type>> {
    let state: Arc<State> = th.rt().state();
    if let Some(t) = state.0.get() {
        return Ok(t);
    }
    let t = structseq::new_type(th, "pwd.struct_passwd", DOC, &FIELDS, FIELDS.len())?;
    state.0.set(Some(t.clone()));
    Ok(t)
}

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add("struct_passwd", entry_type(th)?.into_obj());
    Ok(())
}

/// Text of the database, `None` for what it leaves out.
pub(crate) fn text(s: Option<Vec<u8>>) -> Obj {
    s.map_or_else(none, |s| path::decode(&s).into_obj())
}

/// A number of the database; the highest shows as -1.
pub(crate) fn number(id: u32) -> Obj {
    int_obj(if id == u32::MAX { -1 } else { id.into() })
}

fn entry(th: &Thread, u: User) -> PyResult<Obj> {
    let values =
        vec![text(u.name), text(u.password), number(u.uid), number(u.gid), text(u.gecos), text(u.directory), text(u.shell)];
    structseq::new(th, &entry_type(th)?, values)
}

#[macros::pymethods]
impl Pwd {
    /// Return the password database entry for the given numeric user ID.
    #[pyfunction(sig = "($module, uidobj, /)")]
    fn getpwuid(th: &Thread, uidobj: &Obj) -> PyResult<Obj> {
        let uid = match owner_id(th, uidobj, "uid") {
            Ok(uid) => uid,
            Err(r) => {
                th.catch(r, OVERFLOW_ERROR)?;
                return Err(th.raise_message(KEY_ERROR, "getpwuid(): uid not found"));
            }
        };
        match th.allow_threads(|| users::user_by_id(uid)).or_raise(th)? {
            Some(u) => entry(th, u),
            None => {
                let shown = protocols::repr(th, &number(uid))?.to_string_lossy();
                Err(th.raise_message(KEY_ERROR, &format!("getpwuid(): uid not found: {shown}")))
            }
        }
    }

    /// Return the password database entry for the given user name.
    #[pyfunction(sig = "($module, name, /)")]
    fn getpwnam(th: &Thread, name: &Py<Str>) -> PyResult<Obj> {
        let c = c_text(th, name)?;
        match th.allow_threads(|| users::user_by_name(&c)).or_raise(th)? {
            Some(u) => entry(th, u),
            None => {
                let shown = protocols::repr(th, name.as_obj())?.to_string_lossy();
                Err(th.raise_with_args(KEY_ERROR, vec![pystr::new(&format!("getpwnam(): name not found: {shown}")).into_obj()]))
            }
        }
    }

    /// Return a list of all available password database entries, in arbitrary order.
    #[pyfunction(sig = "($module, /)")]
    fn getpwall(th: &Thread) -> PyResult<Obj> {
        let all = users::users().into_iter().map(|u| entry(th, u)).collect::<PyResult<Vec<Obj>>>()?;
        Ok(list::from_vec(th, all).into_obj())
    }
}
