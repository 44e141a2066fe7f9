//! `_sre`: compiled regular expressions, their matches, scanners and replacement templates.

mod matching;
mod pattern;
mod scanner;
mod subject;
mod substitute;
mod template;

use pattern::Pattern;
use runtime::protocols::number;
use runtime::types::dict::Dict;
use runtime::types::list::List;
use runtime::types::tuple::Tuple;
use runtime::types::{int, str as pystr};
use runtime::{Module, Obj, Py, PyClass, PyResult, Thread};

/// The engine behind `re`.
#[macros::pymodule(name = "_sre", exec = exec)]
pub(crate) struct Sre;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    for ty in [Pattern::TYPE, matching::Match::TYPE, scanner::Scanner::TYPE, template::Template::TYPE] {
        runtime::types::type_::ready_static(ty);
    }
    m.add("MAGIC", int::from_u64(u64::from(regex_engine::Pattern::MAGIC)));
    m.add("CODESIZE", Obj::small_int(4));
    m.add("MAXREPEAT", int::from_u64(u64::from(regex_engine::Pattern::MAXREPEAT)));
    m.add("MAXGROUPS", int::from_u64(regex_engine::Pattern::MAXGROUPS as u64));
    m.add("copyright", pystr::new(" SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB "));
    Ok(())
}

fn lower_ascii(c: i32) -> i32 {
    if (0x41..=0x5a).contains(&c) { c + 32 } else { c }
}

fn lower_unicode(c: i32) -> i32 {
    u32::try_from(c).map_or(c, |c| unicode::to_lower(c) as i32)
}

#[macros::pymethods]
impl Sre {
    #[pyfunction(sig = "($module, /)")]
    fn getcodesize(_th: &Thread) -> i64 {
        4
    }

    #[pyfunction(sig = "($module, character, /)")]
    fn ascii_iscased(_th: &Thread, character: i32) -> bool {
        u8::try_from(character).is_ok_and(|c| c.is_ascii_alphabetic())
    }

    #[pyfunction(sig = "($module, character, /)")]
    fn unicode_iscased(_th: &Thread, character: i32) -> bool {
        u32::try_from(character).is_ok_and(|c| unicode::to_lower(c) != c || unicode::to_upper(c) != c)
    }

    #[pyfunction(sig = "($module, character, /)")]
    fn ascii_tolower(_th: &Thread, character: i32) -> i64 {
        i64::from(lower_ascii(character))
    }

    #[pyfunction(sig = "($module, character, /)")]
    fn unicode_tolower(_th: &Thread, character: i32) -> i64 {
        i64::from(lower_unicode(character))
    }

    #[pyfunction(sig = "($module, /, pattern, flags, code, groups, groupindex, indexgroup)")]
    fn compile(
        th: &Thread,
        pattern: &Obj,
        flags: i32,
        code: &Py<List>,
        groups: isize,
        groupindex: &Py<Dict>,
        indexgroup: &Py<Tuple>,
    ) -> PyResult<Obj> {
        let mut words = Vec::with_capacity(code.len());
        for o in code.to_vec() {
            let word = int::to_i128(&number::index(th, &o)?).map(u32::try_from);
            match word {
                Some(Ok(word)) => words.push(word),
                _ => return Err(th.overflow_error("regular expression code size limit exceeded")),
            }
        }
        Pattern::make(th, pattern, flags, words, groups, groupindex, indexgroup)
    }

    ///   template
    ///     A list containing interleaved literal strings (str or bytes) and group
    ///     indices (int), as returned by re._parser.parse_template():
    ///         literal1, group1, ..., literalN, groupN
    #[pyfunction(sig = "($module, pattern, template, /)")]
    fn template(th: &Thread, pattern: &Obj, template: &Py<List>) -> PyResult<Obj> {
        template::make(th, pattern, template)
    }
}
