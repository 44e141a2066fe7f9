//! `_datetime`: dates, times, spans between them, and time zones.

mod arguments;
mod calendar;
mod clock;
mod day;
mod delta;
mod format;
mod iso;
mod iso_calendar;
mod local;
mod moment;
mod moment_methods;
mod span;
mod zone;

use calendar::{MAX_YEAR, MIN_YEAR};
use runtime::types::capsule;
use runtime::types::str as pystr;
use runtime::{Module, Obj, Py, PyClass, PyResult, Thread, TypeObject, int_obj};

/// Fast implementation of the datetime module.
#[macros::pymodule(name = "_datetime", exec = exec, doc = "Fast implementation of the datetime module.")]
pub(crate) struct DateTimeModule;

#[macros::pymethods]
impl DateTimeModule {}

/// Gives a type attributes that are instances of it. They are made once for the process.
fn add_constants<T: PyClass>(th: &Thread, constants: impl FnOnce(&Thread) -> PyResult<[(&'static str, Obj); 3]>) -> PyResult<()> {
    let ty: &'static TypeObject = T::TYPE;
    let own = ty.namespace();
    let made = constants(th)?;
    if own.get_str(&pystr::intern(made[0].0)).is_some() {
        return Ok(());
    }
    for (name, value) in made {
        if let Some(header) = value.header() {
            header.make_immortal();
        }
        own.insert_str(&pystr::intern(name), value);
    }
    ty.modified();
    Ok(())
}

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add("MINYEAR", int_obj(MIN_YEAR.into()));
    m.add("MAXYEAR", int_obj(MAX_YEAR.into()));
    m.add_type::<day::Date>();
    m.add_type::<clock::Time>();
    m.add_type::<delta::Delta>();
    m.add_type::<moment::DateTime>();
    m.add_type::<zone::TzInfo>();
    m.add_type::<zone::TimeZone>();
    add_constants::<delta::Delta>(th, |th| Ok(delta::constants(th)))?;
    add_constants::<day::Date>(th, |th| Ok(day::constants(th)))?;
    add_constants::<clock::Time>(th, |th| Ok(clock::constants(th)))?;
    add_constants::<moment::DateTime>(th, |th| Ok(moment::constants(th)))?;
    add_constants::<zone::TimeZone>(th, zone::constants)?;
    m.add("UTC", zone::utc(th));
    m.add("datetime_CAPI", capsule::new(th, "datetime.datetime_CAPI"));
    Ok(())
}
