//! `re.Pattern`.

use super::matching::Match;
use super::scanner::Scanner;
use super::subject::Text;
use super::substitute;
use object::gc::Visitor;
use object::{Guarded, Payload};
use regex_engine::{CharTable, Span, State, Stop};
use runtime::protocols::{self, compare};
use runtime::types::dict::Dict;
use runtime::types::str as pystr;
use runtime::types::tuple::{self, Tuple};
use runtime::types::type_::alloc_instance;
use runtime::types::{generic_alias, list, mappingproxy};
use runtime::{Args, CompareOp, Obj, ObjExt, Py, PyClass, PyResult, Thread, bool_obj, none, not_implemented};
use std::sync::atomic::Ordering::Relaxed;

static CHARS: CharTable = CharTable {
    is_alnum: unicode::is_alnum,
    is_decimal: unicode::is_decimal,
    is_space: unicode::is_space,
    is_linebreak: unicode::is_linebreak,
    lower: unicode::to_lower,
    upper: unicode::to_upper,
    locale_is_alnum: |b| b.is_ascii_alphanumeric(),
    locale_lower: |b| b.to_ascii_lowercase(),
    locale_upper: |b| b.to_ascii_uppercase(),
};

/// Compiled regular expression object.
#[macros::pyclass(name = "Pattern", module = "re", flags = HAVE_GC | DISALLOW_INSTANTIATION | MANAGED_WEAKREF)]
pub(crate) struct Pattern {
    pub(super) pattern: Obj,
    pub(super) flags: i32,
    pub(super) groups: usize,
    pub(super) groupindex: Py<Dict>,
    pub(super) indexgroup: Py<Tuple>,
    code: Vec<u32>,
    /// `None` when the pattern takes both kinds of text.
    is_bytes: Option<bool>,
    engine: regex_engine::Pattern,
    /// Memory of matches, kept for the next one.
    spare: Guarded<Option<Box<State>>>,
}

impl Payload for Pattern {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.pattern);
        v.py(&self.groupindex);
        v.py(&self.indexgroup);
    }
}

/// How a search proceeds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Match,
    FullMatch,
    Search,
}

/// A search over one text, step by step.
pub(super) struct Run<'a> {
    th: &'a Thread,
    pub(super) pattern: &'a Py<Pattern>,
    pub(super) string: &'a Obj,
    pub(super) text: Text<'a>,
    pub(super) pos: usize,
    pub(super) end: usize,
    /// The next match may not be empty where it starts.
    pub(super) must_advance: bool,
    /// `None` only while it is being given back.
    state: Option<Box<State>>,
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        let state = self.state.take();
        drop(self.pattern.spare.replace(state));
    }
}

impl<'a> Run<'a> {
    /// Opens `string[pos:endpos]` for a pattern.
    pub(super) fn new(th: &'a Thread, pattern: &'a Py<Pattern>, string: &'a Obj, pos: isize, endpos: isize) -> PyResult<Run<'a>> {
        let text = Text::open(th, string)?;
        match pattern.is_bytes {
            Some(true) if !text.is_bytes() => return Err(th.type_error("cannot use a bytes pattern on a string-like object")),
            Some(false) if text.is_bytes() => return Err(th.type_error("cannot use a string pattern on a bytes-like object")),
            _ => {}
        }
        let len = text.len();
        let clip = |i: isize| usize::try_from(i).unwrap_or(0).min(len);
        let state = Some(pattern.spare.take().unwrap_or_default());
        Ok(Run { th, pattern, string, text, pos: clip(pos), end: clip(endpos), must_advance: false, state })
    }

    /// Looks for the next match from `pos`; afterwards `span` and `group` tell where it is.
    pub(super) fn step(&mut self, mode: Mode) -> PyResult<bool> {
        let th = self.th;
        if self.pos > self.end {
            return Ok(false);
        }
        let span = Span { pos: self.pos, endpos: self.end };
        let constant = self.text.is_constant();
        let mut interrupt = || constant && th.eval_breaker.load(Relaxed) != 0 && runtime::gil::handle_breaker(th).is_err();
        let Some(state) = &mut self.state else { return Ok(false) };
        let engine = &self.pattern.engine;
        let subject = self.text.subject();
        let found = match mode {
            Mode::Match => engine.match_at(state, subject, span, self.must_advance, &mut interrupt),
            Mode::FullMatch => engine.fullmatch(state, subject, span, &mut interrupt),
            Mode::Search => engine.search(state, subject, span, self.must_advance, &mut interrupt),
        };
        match found {
            Ok(found) => Ok(found),
            Err(Stop::Interrupted) => Err(th.raised()),
            Err(Stop::Memory) => Err(th.memory_error()),
        }
    }

    /// Where the last match is.
    pub(super) fn span(&self) -> (usize, usize) {
        self.state.as_ref().map_or((0, 0), |s| s.span())
    }

    fn group_span(&self, i: usize) -> Option<(usize, usize)> {
        self.state.as_ref().and_then(|s| s.group(i))
    }

    /// The text of a group of the last match.
    pub(super) fn group(&self, i: usize) -> Option<Obj> {
        self.group_span(i).map(|(b, e)| self.text.slice(self.string, b, e))
    }

    /// Goes on behind the last match.
    pub(super) fn advance(&mut self) {
        let (b, e) = self.span();
        self.must_advance = b == e;
        self.pos = e;
    }

    /// The last match as an object.
    pub(super) fn to_match(&self, start: usize) -> Py<Match> {
        let spans = (0..=self.pattern.groups).map(|i| self.group_span(i)).collect();
        let lastindex = self.state.as_ref().and_then(|s| s.lastindex());
        Match::make(self.th, self.pattern.clone(), self.string.clone(), (start, self.end), spans, lastindex)
    }
}

/// Groups of a match as `findall` lists them.
fn found(run: &Run<'_>) -> Obj {
    let groups = run.pattern.groups;
    let empty = || run.text.slice(run.string, 0, 0);
    if groups <= 1 {
        return run.group(groups).unwrap_or_else(empty);
    }
    tuple::from_vec((1..=groups).map(|i| run.group(i).unwrap_or_else(empty)).collect()).into_obj()
}

impl Pattern {
    pub(super) fn make(
        th: &Thread,
        pattern: &Obj,
        flags: i32,
        code: Vec<u32>,
        groups: isize,
        groupindex: &Py<Dict>,
        indexgroup: &Py<Tuple>,
    ) -> PyResult<Obj> {
        let is_bytes = if pattern.is_none() { None } else { Some(Text::open(th, pattern)?.is_bytes()) };
        let groups = usize::try_from(groups).unwrap_or(usize::MAX);
        let engine = match regex_engine::Pattern::new(&code, groups, &CHARS) {
            Ok(engine) => engine,
            Err(invalid) => return Err(th.runtime_error(invalid.to_string())),
        };
        let payload = Pattern {
            pattern: pattern.clone(),
            flags,
            groups,
            groupindex: groupindex.clone(),
            indexgroup: indexgroup.clone(),
            code,
            is_bytes,
            engine,
            spare: Guarded::new(None),
        };
        Ok(alloc_instance(th, Pattern::TYPE, payload).into_obj())
    }

    fn one(th: &Thread, slf: &Py<Pattern>, string: &Obj, span: (Option<isize>, Option<isize>), mode: Mode) -> PyResult<Obj> {
        let mut run = Run::new(th, slf, string, span.0.unwrap_or(0), span.1.unwrap_or(isize::MAX))?;
        let start = run.pos;
        Ok(if run.step(mode)? { run.to_match(start).into_obj() } else { none() })
    }
}

const FLAG_NAMES: [(i32, &str); 8] = [
    (2, "re.IGNORECASE"),
    (4, "re.LOCALE"),
    (8, "re.MULTILINE"),
    (16, "re.DOTALL"),
    (32, "re.UNICODE"),
    (64, "re.VERBOSE"),
    (128, "re.DEBUG"),
    (256, "re.ASCII"),
];

#[macros::pymethods]
impl Pattern {
    /// Matches zero or more characters at the beginning of the string.
    #[pymethod(name = "match", sig = "($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn py_match(th: &Thread, slf: &Py<Pattern>, string: &Obj, pos: Option<isize>, endpos: Option<isize>) -> PyResult<Obj> {
        Pattern::one(th, slf, string, (pos, endpos), Mode::Match)
    }

    /// Matches against all of the string.
    #[pymethod(sig = "($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn fullmatch(th: &Thread, slf: &Py<Pattern>, string: &Obj, pos: Option<isize>, endpos: Option<isize>) -> PyResult<Obj> {
        Pattern::one(th, slf, string, (pos, endpos), Mode::FullMatch)
    }

    /// Scan through string looking for a match, and return a corresponding match object instance.
    ///
    /// Return None if no position in the string matches.
    #[pymethod(sig = "($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn search(th: &Thread, slf: &Py<Pattern>, string: &Obj, pos: Option<isize>, endpos: Option<isize>) -> PyResult<Obj> {
        Pattern::one(th, slf, string, (pos, endpos), Mode::Search)
    }

    /// Return a list of all non-overlapping matches of pattern in string.
    #[pymethod(sig = "($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn findall(th: &Thread, slf: &Py<Pattern>, string: &Obj, pos: Option<isize>, endpos: Option<isize>) -> PyResult<Obj> {
        let mut run = Run::new(th, slf, string, pos.unwrap_or(0), endpos.unwrap_or(isize::MAX))?;
        let mut all = Vec::new();
        while run.step(Mode::Search)? {
            all.push(found(&run));
            run.advance();
        }
        Ok(list::from_vec(th, all).into_obj())
    }

    /// Return an iterator over all non-overlapping matches for the RE pattern in string.
    ///
    /// For each match, the iterator returns a match object.
    #[pymethod(sig = "($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn finditer(th: &Thread, slf: &Py<Pattern>, string: &Obj, pos: Option<isize>, endpos: Option<isize>) -> PyResult<Obj> {
        let scanner = Scanner::make(th, slf, string, pos.unwrap_or(0), endpos.unwrap_or(isize::MAX))?;
        let search = protocols::attribute::get_str(th, &scanner, "search")?;
        let iter = runtime::builtins::get(th, "iter")?;
        protocols::call::call(th, &iter, &[search, none()])
    }

    #[pymethod(sig = "($self, /, string, pos=0, endpos=sys.maxsize)")]
    fn scanner(th: &Thread, slf: &Py<Pattern>, string: &Obj, pos: Option<isize>, endpos: Option<isize>) -> PyResult<Obj> {
        Scanner::make(th, slf, string, pos.unwrap_or(0), endpos.unwrap_or(isize::MAX))
    }

    /// Split string by the occurrences of pattern.
    #[pymethod(sig = "($self, /, string, maxsplit=0)")]
    fn split(th: &Thread, slf: &Py<Pattern>, string: &Obj, maxsplit: Option<isize>) -> PyResult<Obj> {
        let maxsplit = maxsplit.unwrap_or(0);
        let mut run = Run::new(th, slf, string, 0, isize::MAX)?;
        let (mut all, mut last, mut n) = (Vec::new(), 0, 0);
        while (maxsplit == 0 || n < maxsplit) && run.step(Mode::Search)? {
            let (b, e) = run.span();
            all.push(run.text.slice(string, last, b));
            all.extend((1..=slf.groups).map(|i| run.group(i).unwrap_or_else(none)));
            last = e;
            n += 1;
            run.advance();
        }
        all.push(run.text.slice(string, last, run.end));
        drop(run);
        Ok(list::from_vec(th, all).into_obj())
    }

    /// Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl.
    #[pymethod(sig = "($self, /, repl, string, count=0)")]
    fn sub(th: &Thread, slf: &Py<Pattern>, repl: &Obj, string: &Obj, count: Option<isize>) -> PyResult<Obj> {
        substitute::substitute(th, slf, repl, string, count.unwrap_or(0)).map(|(s, _)| s)
    }

    /// Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl.
    #[pymethod(sig = "($self, /, repl, string, count=0)")]
    fn subn(th: &Thread, slf: &Py<Pattern>, repl: &Obj, string: &Obj, count: Option<isize>) -> PyResult<Obj> {
        let (s, n) = substitute::substitute(th, slf, repl, string, count.unwrap_or(0))?;
        Ok(tuple::from_array([s, runtime::types::int::from_u64(n as u64)]).into_obj())
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

    /// The pattern string from which the RE object was compiled.
    #[getter]
    fn pattern(_th: &Thread, slf: &Py<Pattern>) -> Obj {
        slf.pattern.clone()
    }

    /// The regex matching flags.
    #[getter]
    fn flags(_th: &Thread, slf: &Py<Pattern>) -> i64 {
        i64::from(slf.flags)
    }

    /// The number of capturing groups in the pattern.
    #[getter]
    fn groups(_th: &Thread, slf: &Py<Pattern>) -> usize {
        slf.groups
    }

    /// A dictionary mapping group names to group numbers.
    #[getter]
    fn groupindex(th: &Thread, slf: &Py<Pattern>) -> Obj {
        mappingproxy::new(th, slf.groupindex.as_obj().clone())
    }

    #[slot(tp_repr)]
    fn repr(th: &Thread, slf: &Py<Pattern>) -> PyResult<Obj> {
        let mut flags = slf.flags;
        // A str pattern is a Unicode pattern unless it says otherwise.
        if slf.is_bytes == Some(false) && flags & (4 | 32 | 256) == 32 {
            flags &= !32;
        }
        let shown = protocols::repr(th, &slf.pattern)?;
        let mut out = text::Builder::new();
        out.push_str("re.compile(");
        out.push_chars(shown.chars().slice(0..shown.len().min(200)));
        let mut names: Vec<String> = Vec::new();
        for (bit, name) in FLAG_NAMES {
            if flags & bit != 0 {
                names.push(name.to_string());
                flags &= !bit;
            }
        }
        if flags != 0 {
            names.push(format!("{flags:#x}"));
        }
        if !names.is_empty() {
            out.push_str(", ");
            out.push_str(&names.join("|"));
        }
        out.push_str(")");
        Ok(pystr::from_buf(out.finish()).into_obj())
    }

    #[slot(tp_hash)]
    fn hash(th: &Thread, slf: &Py<Pattern>) -> PyResult<i64> {
        let bytes: Vec<u8> = slf.code.iter().flat_map(|w| w.to_le_bytes()).collect();
        let mut hash = protocols::hash(th, &slf.pattern)? ^ runtime::hashing::hash_bytes(&bytes);
        hash ^= i64::from(slf.flags) ^ slf.is_bytes.map_or(-1, i64::from) ^ slf.groups as i64;
        Ok(if hash == -1 { -2 } else { hash })
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Obj, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let (Some(a), Some(b)) = (slf.downcast::<Pattern>(), other.downcast::<Pattern>()) else {
            return Ok(not_implemented());
        };
        if !matches!(op, CompareOp::Eq | CompareOp::Ne) {
            return Ok(not_implemented());
        }
        let equal = slf.is(other)
            || a.flags == b.flags
                && a.is_bytes == b.is_bytes
                && a.groups == b.groups
                && a.code == b.code
                && compare::eq(th, &a.pattern, &b.pattern)?;
        Ok(bool_obj(equal == (op == CompareOp::Eq)))
    }
}
