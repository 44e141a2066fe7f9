//! `IsoCalendarDate`: what `date.isocalendar` returns, a tuple with names.

use object::Guarded;
use runtime::types::str as pystr;
use runtime::types::structseq;
use runtime::types::tuple::{self, Tuple};
use runtime::{Args, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type, int_obj};
use std::sync::Arc;

/// The class, made on first use.
#[derive(Default)]
struct State(Guarded<Option<Py<Type>>>);

struct IsoCalendarDate;

fn class(th: &Thread) -> PyResult<Py<Type>> {
    let state: Arc<State> = th.rt().state();
    if let Some(class) = state.0.get() {
        return Ok(class);
    }
    let doc = "The result of date.isocalendar() or datetime.isocalendar()\n\n\
               This object may be accessed either as a tuple of\n  ((year, week, weekday))\n\
               or via the object attributes as named in the above tuple.";
    let class = structseq::new_type(th, "datetime.IsoCalendarDate", doc, &["year", "week", "weekday"], 3)?;
    structseq::add_methods(&class, &IsoCalendarDate::METHODS);
    for name in ["__match_args__", "__replace__", "n_unnamed_fields"] {
        drop(class.namespace().remove_str(&pystr::intern(name)));
    }
    class.modified();
    state.0.set(Some(class.clone()));
    Ok(class)
}

/// An instance.
pub(super) fn new(th: &Thread, (year, week, weekday): (i32, i32, i32)) -> PyResult<Obj> {
    structseq::new(th, &class(th)?, [year, week, weekday].map(|n| int_obj(n.into())).into())
}

static NEW: runtime::args::Signature = runtime::args::Signature {
    function: "IsoCalendarDate",
    names: &["year", "week", "weekday"],
    required: &[true; 3],
    positional_only: 0,
    positional: 3,
    var_positional: false,
    var_keyword: false,
};

#[macros::pymethods]
impl IsoCalendarDate {
    #[staticmethod(
        text = "($type, *args, **kwargs)",
        doc = "Create and return a new object.  See help(type) for accurate signature."
    )]
    fn __new__(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let Some(cls) = args.pos().first().and_then(|c| c.downcast::<Type>()) else {
            return Err(th.type_error("IsoCalendarDate.__new__(): not enough arguments"));
        };
        let given = NEW.bind::<3>(th, args.without_first())?;
        structseq::new(th, cls, given.into_iter().flatten().cloned().collect())
    }

    #[pymethod(sig = "($self, /)")]
    fn __reduce__(th: &Thread, slf: &Obj) -> PyResult<Obj> {
        let Some(t) = slf.downcast::<Tuple>() else { return Err(th.type_error("not an ISO calendar date")) };
        let args = tuple::from_array([tuple::from_slice(t.items()).into_obj()]);
        Ok(tuple::from_array([Tuple::TYPE.to_obj(), args.into_obj()]).into_obj())
    }
}
