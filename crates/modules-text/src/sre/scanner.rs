//! The scanner of a pattern: one match after the other.

use super::pattern::{Mode, Pattern, Run};
use object::Payload;
use object::gc::Visitor;
use runtime::types::type_::alloc_instance;
use runtime::{Obj, Py, PyClass, PyResult, Thread, none};
use std::cell::Cell;

/// Walks through the matches of a pattern in a text.
#[macros::pyclass(name = "SRE_Scanner", module = "_sre", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(crate) struct Scanner {
    pattern: Py<Pattern>,
    string: Obj,
    /// Where to go on; `None` at the end.
    pos: Cell<Option<usize>>,
    endpos: usize,
    must_advance: Cell<bool>,
    running: Cell<bool>,
}

impl Payload for Scanner {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.pattern);
        v.obj(&self.string);
    }
}

impl Scanner {
    pub(super) fn make(th: &Thread, pattern: &Py<Pattern>, string: &Obj, pos: isize, endpos: isize) -> PyResult<Obj> {
        let (pos, endpos) = {
            let run = Run::new(th, pattern, string, pos, endpos)?;
            (run.pos, run.end)
        };
        let payload = Scanner {
            pattern: pattern.clone(),
            string: string.clone(),
            pos: Cell::new(Some(pos)),
            endpos,
            must_advance: Cell::new(false),
            running: Cell::new(false),
        };
        Ok(alloc_instance(th, Scanner::TYPE, payload).into_obj())
    }

    fn step(&self, th: &Thread, mode: Mode) -> PyResult<Obj> {
        let Some(pos) = self.pos.get() else { return Ok(none()) };
        if self.running.replace(true) {
            return Err(th.value_error("regular expression scanner already executing"));
        }
        let result = self.find(th, pos, mode);
        self.running.set(false);
        result
    }

    fn find(&self, th: &Thread, pos: usize, mode: Mode) -> PyResult<Obj> {
        let mut run = Run::new(th, &self.pattern, &self.string, pos as isize, self.endpos as isize)?;
        run.must_advance = self.must_advance.get();
        if !run.step(mode)? {
            self.pos.set(None);
            return Ok(none());
        }
        let found = run.to_match(pos);
        run.advance();
        self.pos.set(Some(run.pos));
        self.must_advance.set(run.must_advance);
        Ok(found.into_obj())
    }
}

#[macros::pymethods]
impl Scanner {
    #[pymethod(name = "match", sig = "($self, /)")]
    fn py_match(th: &Thread, slf: &Py<Scanner>) -> PyResult<Obj> {
        slf.step(th, Mode::Match)
    }

    #[pymethod(sig = "($self, /)")]
    fn search(th: &Thread, slf: &Py<Scanner>) -> PyResult<Obj> {
        slf.step(th, Mode::Search)
    }

    #[getter]
    fn pattern(_th: &Thread, slf: &Py<Scanner>) -> Obj {
        slf.pattern.as_obj().clone()
    }
}
