//! `grp`: the groups.

use crate::passwd::{number, text};
use host::users::{self, Group};
use object::Guarded;
use runtime::os::arguments::{c_text, owner_id};
use runtime::os::calls::OrRaise;
use runtime::protocols;
use runtime::types::exceptions::KEY_ERROR;
use runtime::types::str::Str;
use runtime::types::{list, structseq};
use runtime::{Module, Obj, Py, PyResult, Thread, Type};
use std::sync::Arc;

/// The module.
#[macros::pymodule(name = "grp", exec = exec)]
pub(crate) struct Grp;

/// The type of entries.
#[derive(Default)]
struct State(Guarded<Option<Py<Type>>>);

const FIELDS: [&str; 4] = ["gr_name", "gr_passwd", "gr_gid", "gr_mem"];
const DOC: &str = "grp.struct_group: Results from getgr*() routines.\n\nThis object may be accessed either as a tuple of\n  (gr_name,gr_passwd,gr_gid,gr_mem)\nor via the object attributes as named in the above tuple.\n";

fn entry_type(th: &Thread) -> PyResult<Py<Type>> {
    let state: Arc<State> = th.rt().state();
    if let Some(t) = state.0.get() {
        return Ok(t);
    }
    let t = structseq::new_type(th, "grp.struct_group", DOC, &FIELDS, FIELDS.len())?;
    state.0.set(Some(t.clone()));
    Ok(t)
}

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add("struct_group", entry_type(th)?.into_obj());
    Ok(())
}

fn entry(th: &Thread, g: Group) -> PyResult<Obj> {
    let members = list::from_vec(th, g.members.into_iter().map(|m| text(Some(m))).collect()).into_obj();
    structseq::new(th, &entry_type(th)?, vec![text(g.name), text(g.password), number(g.gid), members])
}

#[macros::pymethods]
impl Grp {
    /// Return the group database entry for the given numeric group ID.
    #[pyfunction(sig = "($module, /, id)")]
    fn getgrgid(th: &Thread, id: &Obj) -> PyResult<Obj> {
        let gid = owner_id(th, id, "gid")?;
        match th.allow_threads(|| users::group_by_id(gid)).or_raise(th)? {
            Some(g) => entry(th, g),
            None => {
                let shown = protocols::repr(th, &number(gid))?.to_string_lossy();
                Err(th.raise_message(KEY_ERROR, &format!("getgrgid(): gid not found: {shown}")))
            }
        }
    }

    /// Return the group database entry for the given group name.
    #[pyfunction(sig = "($module, /, name)")]
    fn getgrnam(th: &Thread, name: &Py<Str>) -> PyResult<Obj> {
        let c = c_text(th, name)?;
        match th.allow_threads(|| users::group_by_name(&c)).or_raise(th)? {
            Some(g) => entry(th, g),
            None => {
                let shown = protocols::repr(th, name.as_obj())?.to_string_lossy();
                Err(th.raise_message(KEY_ERROR, &format!("getgrnam(): name not found: {shown}")))
            }
        }
    }

    /// Return a list of all available group entries, in arbitrary order.
    #[pyfunction(sig = "($module, /)")]
    fn getgrall(th: &Thread) -> PyResult<Obj> {
        let all = users::groups().into_iter().map(|g| entry(th, g)).collect::<PyResult<Vec<Obj>>>()?;
        Ok(list::from_vec(th, all).into_obj())
    }
}
