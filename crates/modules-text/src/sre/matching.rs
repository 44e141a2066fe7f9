//! `re.Match`.

use super::pattern::Pattern;
use super::subject::Text;
use super::{substitute, template};
use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::protocols::{self, number};
use runtime::types::str as pystr;
use runtime::types::tuple;
use runtime::types::type_::alloc_exact;
use runtime::types::{dict, generic_alias, int};
use runtime::{Args, Obj, ObjExt, Py, PyResult, Thread, none};

/// The result of re.match() and re.search().
/// Match objects always have a boolean value of True.
#[macros::pyclass(name = "Match", module = "re", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(crate) struct Match {
    pub(super) pattern: Py<Pattern>,
    pub(super) string: Obj,
    pos: usize,
    endpos: usize,
    /// The whole match, then the groups.
    spans: Vec<Option<(usize, usize)>>,
    lastindex: Option<usize>,
    regs: Guarded<Option<Obj>>,
}

impl Payload for Match {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.py(&self.pattern);
        v.obj(&self.string);
        if let Some(regs) = self.regs.try_lock() {
            v.opt(&regs);
        }
    }
}

fn pair((b, e): (i64, i64)) -> Obj {
    tuple::from_array([int::from_i64(b), int::from_i64(e)]).into_obj()
}

impl Match {
    pub(super) fn make(
        th: &Thread,
        pattern: Py<Pattern>,
        string: Obj,
        (pos, endpos): (usize, usize),
        spans: Vec<Option<(usize, usize)>>,
        lastindex: Option<usize>,
    ) -> Py<Match> {
        let payload = Match { pattern, string, pos, endpos, spans, lastindex, regs: Guarded::new(None) };
        alloc_exact(th, || payload)
    }

    /// The text of group `i`; `None` when it took no part.
    pub(super) fn group_text(&self, th: &Thread, i: usize) -> PyResult<Option<Obj>> {
        let Some(Some((b, e))) = self.spans.get(i).copied() else { return Ok(None) };
        let text = Text::open(th, &self.string)?;
        Ok(Some(text.slice(&self.string, b, e)))
    }

    pub(super) fn groups_count(&self) -> usize {
        self.spans.len()
    }

    /// The number of the group that an index or a name means.
    fn index(&self, th: &Thread, key: &Obj) -> PyResult<usize> {
        let i = if key.ty().slots.nb_index.get().is_some() {
            number::index_clipped(th, key)?
        } else {
            match self.pattern.groupindex.get_item(th, key) {
                Ok(found) => found.and_then(|o| int::to_i64(&o)).unwrap_or(-1) as isize,
                Err(_) => {
                    drop(th.take_exception());
                    -1
                }
            }
        };
        usize::try_from(i).ok().filter(|&i| i < self.spans.len()).ok_or_else(|| th.index_error("no such group"))
    }

    fn group_or_none(&self, th: &Thread, key: &Obj) -> PyResult<Obj> {
        let i = self.index(th, key)?;
        Ok(self.group_text(th, i)?.unwrap_or_else(none))
    }

    fn span_of(&self, th: &Thread, group: Option<&Obj>) -> PyResult<(i64, i64)> {
        let i = match group {
            Some(group) => self.index(th, group)?,
            None => 0,
        };
        Ok(self.spans.get(i).copied().flatten().map_or((-1, -1), |(b, e)| (b as i64, e as i64)))
    }
}

#[macros::pymethods]
impl Match {
    /// group([group1, ...]) -> str or tuple.
    /// Return subgroup(s) of the match by indices or names.
    /// For 0 returns the entire match.
    #[pymethod]
    fn group(th: &Thread, slf: &Py<Match>, args: Args<'_>) -> PyResult<Obj> {
        args.no_keywords(th, "re.Match.group")?;
        match args.pos() {
            [] => Ok(slf.group_text(th, 0)?.unwrap_or_else(none)),
            [only] => slf.group_or_none(th, only),
            many => {
                let all: Vec<Obj> = many.iter().map(|k| slf.group_or_none(th, k)).collect::<PyResult<_>>()?;
                Ok(tuple::from_vec(all).into_obj())
            }
        }
    }

    /// Return index of the start of the substring matched by group.
    #[pymethod(sig = "($self, group=0, /)")]
    fn start(th: &Thread, slf: &Py<Match>, group: Option<&Obj>) -> PyResult<i64> {
        slf.span_of(th, group).map(|s| s.0)
    }

    /// Return index of the end of the substring matched by group.
    #[pymethod(sig = "($self, group=0, /)")]
    fn end(th: &Thread, slf: &Py<Match>, group: Option<&Obj>) -> PyResult<i64> {
        slf.span_of(th, group).map(|s| s.1)
    }

    /// For match object m, return the 2-tuple (m.start(group), m.end(group)).
    #[pymethod(sig = "($self, group=0, /)")]
    fn span(th: &Thread, slf: &Py<Match>, group: Option<&Obj>) -> PyResult<Obj> {
        slf.span_of(th, group).map(pair)
    }

    /// Return a tuple containing all the subgroups of the match, from 1.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[pymethod(sig = "($self, /, default=None)")]
    fn groups(th: &Thread, slf: &Py<Match>, default: Option<&Obj>) -> PyResult<Obj> {
        let default = default.cloned().unwrap_or_else(none);
        let mut all = Vec::with_capacity(slf.spans.len());
        for i in 1..slf.spans.len() {
            all.push(slf.group_text(th, i)?.unwrap_or_else(|| default.clone()));
        }
        Ok(tuple::from_vec(all).into_obj())
    }

    /// Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.
    ///
    ///   default
    ///     Is used for groups that did not participate in the match.
    #[pymethod(sig = "($self, /, default=None)")]
    fn groupdict(th: &Thread, slf: &Py<Match>, default: Option<&Obj>) -> PyResult<Obj> {
        let default = default.cloned().unwrap_or_else(none);
        let out = dict::new();
        for (name, _) in slf.pattern.groupindex.items_vec() {
            let i = slf.index(th, &name)?;
            let value = slf.group_text(th, i)?.unwrap_or_else(|| default.clone());
            out.set_item(th, &name, value)?;
        }
        Ok(out.into_obj())
    }

    /// Return the string obtained by doing backslash substitution on the string template, as done by the sub() method.
    #[pymethod(sig = "($self, /, template)")]
    fn expand(th: &Thread, slf: &Py<Match>, template: &Obj) -> PyResult<Obj> {
        let compiled = substitute::compile_template(th, &slf.pattern, template)?;
        template::expand(th, &compiled, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn __copy__(_th: &Thread, slf: &Obj) -> Obj {
        slf.clone()
    }

    #[pymethod(sig = "($self, memo, /)")]
    fn __deepcopy__(_th: &Thread, slf: &Obj, _memo: &Obj) -> Obj {
        slf.clone()
    }

    /// See PEP 585
    #[classmethod]
    fn __class_getitem__(th: &Thread, cls: &Obj, args: Args<'_>) -> PyResult<Obj> {
        generic_alias::class_getitem(th, cls, args)
    }

    /// The string passed to match() or search().
    #[getter]
    fn string(_th: &Thread, slf: &Py<Match>) -> Obj {
        slf.string.clone()
    }

    /// The regular expression object.
    #[getter]
    fn re(_th: &Thread, slf: &Py<Match>) -> Obj {
        slf.pattern.as_obj().clone()
    }

    /// The index into the string at which the RE engine started looking for a match.
    #[getter]
    fn pos(_th: &Thread, slf: &Py<Match>) -> usize {
        slf.pos
    }

    /// The index into the string beyond which the RE engine will not go.
    #[getter]
    fn endpos(_th: &Thread, slf: &Py<Match>) -> usize {
        slf.endpos
    }

    /// The integer index of the last matched capturing group.
    #[getter]
    fn lastindex(_th: &Thread, slf: &Py<Match>) -> Option<usize> {
        slf.lastindex
    }

    /// The name of the last matched capturing group.
    #[getter]
    fn lastgroup(_th: &Thread, slf: &Py<Match>) -> Option<Obj> {
        slf.pattern.indexgroup.items().get(slf.lastindex?).cloned()
    }

    #[getter]
    fn regs(_th: &Thread, slf: &Py<Match>) -> Obj {
        if let Some(known) = slf.regs.get() {
            return known;
        }
        let spans = slf.spans.iter().map(|s| pair(s.map_or((-1, -1), |(b, e)| (b as i64, e as i64)))).collect();
        let regs = tuple::from_vec(spans).into_obj();
        slf.regs.set(Some(regs.clone()));
        regs
    }

    #[slot(mp_subscript)]
    fn subscript(th: &Thread, slf: &Py<Match>, key: &Obj) -> PyResult<Obj> {
        slf.group_or_none(th, key)
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Match>) -> PyResult<Obj> {
        let group = slf.group_text(th, 0)?.unwrap_or_else(none);
        let (b, e) = slf.span_of(th, None)?;
        let mut out = text::Builder::new();
        out.push_str(&format!("<{} object; span=({b}, {e}), match=", slf.as_obj().ty().name()));
        out.push_chars(protocols::repr(th, &group)?.chars());
        out.push_str(">");
        Ok(pystr::from_buf(out.finish()).into_obj())
    }
}
