//! `_locale`: the C library's locale.

use host::locale as l;
use object::Guarded;
use runtime::os::arguments::c_text;
use runtime::os::path;
use runtime::types::exceptions::{self, EXCEPTION};
use runtime::types::str::{self as pystr, Str};
use runtime::types::{dict, list};
use runtime::{Module, Obj, OrNone, Py, PyResult, Raised, Thread, int_obj};
use std::ffi::{CStr, CString};
use std::sync::Arc;

/// The module.
#[macros::pymodule(name = "_locale", exec = exec)]
pub(crate) struct Locale;

/// `locale.Error`.
#[derive(Default)]
struct State(Guarded<Option<Obj>>);

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    for &(name, value) in CONSTANTS {
        m.add(name, int_obj(value));
    }
    let state: Arc<State> = th.rt().state();
    let known = state.0.get();
    let class = match known {
        Some(class) => class,
        None => {
            let class = exceptions::new_class(th, "locale.Error", EXCEPTION, None)?;
            state.0.set(Some(class.clone()));
            class
        }
    };
    m.add("Error", class);
    Ok(())
}

/// Raises `locale.Error(message)`.
#[cold]
fn error(th: &Thread, message: &str) -> Raised {
    let state: Arc<State> = th.rt().state();
    let Some(class) = state.0.get() else { return th.runtime_error(message) };
    match runtime::protocols::call::call(th, &class, &[pystr::new(message).into_obj()]) {
        Ok(e) => th.raise(e),
        Err(r) => r,
    }
}

fn shown(text: &CStr) -> Obj {
    path::decode(text.to_bytes()).into_obj()
}

fn optional_text(th: &Thread, s: OrNone<&Py<Str>>) -> PyResult<Option<CString>> {
    s.0.map(|s| c_text(th, s)).transpose()
}

/// Wide characters for the C library, which takes none that are null.
fn wide(th: &Thread, s: &Py<Str>) -> PyResult<Vec<char>> {
    let mut all = Vec::with_capacity(s.len());
    for c in s.chars().iter() {
        if c == 0 {
            return Err(th.value_error("embedded null character"));
        }
        all.push(char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Ok(all)
}

/// The widths of groups of digits, with the mark that ends them.
fn grouping(th: &Thread, widths: &[u8]) -> Obj {
    let mut all: Vec<Obj> = widths.iter().map(|&w| int_obj((w as i8).into())).collect();
    if !widths.is_empty() && widths.last() != Some(&127) {
        all.push(int_obj(0));
    }
    list::from_vec(th, all).into_obj()
}

#[macros::pymethods]
impl Locale {
    /// Activates/queries locale processing.
    #[pyfunction(sig = "($module, category, locale=None, /)")]
    fn setlocale(th: &Thread, category: i32, locale: Option<&Obj>) -> PyResult<Obj> {
        use runtime::ObjExt;
        use runtime::args::ArgName;
        const ARGUMENT: ArgName = ArgName { function: "setlocale", argument: "argument 2" };
        let locale = match locale.filter(|o| !o.is_none()) {
            None => None,
            Some(o) => match o.downcast::<Str>() {
                Some(s) => Some(c_text(th, s)?),
                None => return Err(ARGUMENT.bad(th, "str or None", o)),
            },
        };
        match l::setlocale(category, locale.as_deref()) {
            Some(name) => Ok(shown(&name)),
            None if locale.is_some() => Err(error(th, "unsupported locale setting")),
            None => Err(error(th, "locale query failed")),
        }
    }

    /// Returns numeric and monetary locale-specific parameters.
    #[pyfunction(sig = "($module, /)")]
    fn localeconv(th: &Thread) -> Obj {
        let c = l::conventions();
        let d = dict::new();
        let put = |name: &str, value: Obj| d.insert_str(&pystr::intern(name), value);
        let [point, thousands, international, currency, money_point, money_thousands, positive, negative] = &c.texts;
        put("int_curr_symbol", shown(international));
        put("currency_symbol", shown(currency));
        put("mon_decimal_point", shown(money_point));
        put("mon_thousands_sep", shown(money_thousands));
        put("mon_grouping", grouping(th, &c.groupings[1]));
        put("positive_sign", shown(positive));
        put("negative_sign", shown(negative));
        let names = [
            "int_frac_digits",
            "frac_digits",
            "p_cs_precedes",
            "p_sep_by_space",
            "n_cs_precedes",
            "n_sep_by_space",
            "p_sign_posn",
            "n_sign_posn",
        ];
        for (name, value) in names.into_iter().zip(c.numbers) {
            put(name, int_obj(value.into()));
        }
        put("decimal_point", shown(point));
        put("thousands_sep", shown(thousands));
        put("grouping", grouping(th, &c.groupings[0]));
        d.into_obj()
    }

    /// Compares two strings according to the locale.
    #[pyfunction(sig = "($module, os1, os2, /)")]
    fn strcoll(th: &Thread, os1: &Py<Str>, os2: &Py<Str>) -> PyResult<i32> {
        Ok(l::compare(&wide(th, os1)?, &wide(th, os2)?))
    }

    /// Return a string that can be used as a key for locale-aware comparisons.
    #[pyfunction(sig = "($module, string, /)")]
    fn strxfrm(th: &Thread, string: &Py<Str>) -> PyResult<Obj> {
        let key = l::sort_key(&wide(th, string)?).map_err(|e| exceptions::os_error_io(th, &e, None))?;
        let mut text = text::Builder::with_capacity(key.len());
        for c in key {
            if c > 0x10ffff {
                return Err(th.value_error(format!("character U+{c:x} is not in range [U+0000; U+10ffff]")));
            }
            text.push(c);
        }
        Ok(pystr::from_buf(text.finish()).into_obj())
    }

    /// Return the value for the locale parameter associated with key.
    #[pyfunction(sig = "($module, key, /)")]
    fn nl_langinfo(th: &Thread, key: i32) -> PyResult<Obj> {
        let known =
            CONSTANTS.iter().any(|&(name, value)| value == i64::from(key) && !name.starts_with("LC_") && name != "CHAR_MAX");
        if !known {
            return Err(th.value_error("unsupported langinfo constant"));
        }
        Ok(shown(&l::langinfo(key)))
    }

    /// Return translation of msg.
    #[pyfunction(sig = "($module, msg, /)")]
    fn gettext(th: &Thread, msg: &Py<Str>) -> PyResult<Obj> {
        Ok(shown(&l::message(None, None, &c_text(th, msg)?)))
    }

    /// Return translation of msg in domain.
    #[pyfunction(sig = "($module, domain, msg, /)")]
    fn dgettext(th: &Thread, domain: OrNone<&Py<Str>>, msg: &Py<Str>) -> PyResult<Obj> {
        let domain = optional_text(th, domain)?;
        Ok(shown(&l::message(Some(domain.as_deref()), None, &c_text(th, msg)?)))
    }

    /// Return translation of msg in domain and category.
    #[pyfunction(sig = "($module, domain, msg, category, /)")]
    fn dcgettext(th: &Thread, domain: OrNone<&Py<Str>>, msg: &Py<Str>, category: i32) -> PyResult<Obj> {
        let domain = optional_text(th, domain)?;
        Ok(shown(&l::message(Some(domain.as_deref()), Some(category), &c_text(th, msg)?)))
    }

    /// Set the C library's textdmain to domain, returning the new domain.
    #[pyfunction(sig = "($module, domain, /)")]
    fn textdomain(th: &Thread, domain: OrNone<&Py<Str>>) -> PyResult<Obj> {
        let domain = optional_text(th, domain)?;
        let name = l::text_domain(domain.as_deref()).map_err(|e| exceptions::os_error_io(th, &e, None))?;
        Ok(shown(&name))
    }

    /// Bind the C library's domain to dir.
    #[pyfunction(sig = "($module, domain, dir, /)")]
    fn bindtextdomain(th: &Thread, domain: &Py<Str>, dir: &Obj) -> PyResult<Obj> {
        use runtime::ObjExt;
        if domain.is_empty() {
            return Err(error(th, "domain must be a non-empty string"));
        }
        let domain = c_text(th, domain)?;
        let dir = if dir.is_none() { None } else { Some(path::c_string(th, dir)?) };
        let name = l::bind_text_domain(&domain, dir.as_deref()).map_err(|e| exceptions::os_error_io(th, &e, None))?;
        Ok(shown(&name))
    }

    /// Bind the C library's domain to codeset.
    #[pyfunction(sig = "($module, domain, codeset, /)")]
    fn bind_textdomain_codeset(th: &Thread, domain: &Py<Str>, codeset: OrNone<&Py<Str>>) -> PyResult<Option<Obj>> {
        let codeset = optional_text(th, codeset)?;
        Ok(l::bind_codeset(&c_text(th, domain)?, codeset.as_deref()).map(|c| shown(&c)))
    }

    /// Get the current locale encoding.
    #[pyfunction(sig = "($module, /)")]
    fn getencoding(_th: &Thread) -> Obj {
        const CODESET: i32 = 14;
        let name = l::langinfo(CODESET);
        if name.is_empty() { pystr::new("UTF-8").into_obj() } else { shown(&name) }
    }
}

/// Numbers by name.
#[rustfmt::skip]
static CONSTANTS: &[(&str, i64)] = &[
    ("ABDAY_1", 131072), ("ABDAY_2", 131073), ("ABDAY_3", 131074), ("ABDAY_4", 131075), ("ABDAY_5", 131076), ("ABDAY_6", 131077),
    ("ABDAY_7", 131078), ("ABMON_1", 131086), ("ABMON_10", 131095), ("ABMON_11", 131096), ("ABMON_12", 131097), ("ABMON_2", 131087),
    ("ABMON_3", 131088), ("ABMON_4", 131089), ("ABMON_5", 131090), ("ABMON_6", 131091), ("ABMON_7", 131092), ("ABMON_8", 131093),
    ("ABMON_9", 131094), ("ALT_DIGITS", 131119), ("AM_STR", 131110), ("CHAR_MAX", 127), ("CODESET", 14), ("CRNCYSTR", 262159),
    ("DAY_1", 131079), ("DAY_2", 131080), ("DAY_3", 131081), ("DAY_4", 131082), ("DAY_5", 131083), ("DAY_6", 131084), ("DAY_7", 131085),
    ("D_FMT", 131113), ("D_T_FMT", 131112), ("ERA", 131116), ("ERA_D_FMT", 131118), ("ERA_D_T_FMT", 131120), ("ERA_T_FMT", 131121),
    ("LC_ALL", 6), ("LC_COLLATE", 3), ("LC_CTYPE", 0), ("LC_MESSAGES", 5), ("LC_MONETARY", 4), ("LC_NUMERIC", 1), ("LC_TIME", 2),
    ("MON_1", 131098), ("MON_10", 131107), ("MON_11", 131108), ("MON_12", 131109), ("MON_2", 131099), ("MON_3", 131100), ("MON_4", 131101),
    ("MON_5", 131102), ("MON_6", 131103), ("MON_7", 131104), ("MON_8", 131105), ("MON_9", 131106), ("NOEXPR", 327681), ("PM_STR", 131111),
    ("RADIXCHAR", 65536), ("THOUSEP", 65537), ("T_FMT", 131114), ("T_FMT_AMPM", 131115), ("YESEXPR", 327680), ("_DATE_FMT", 131180),
];
