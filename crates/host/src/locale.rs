//! The C library's locale. Callers hold one lock over these functions, which use static memory.

use std::ffi::{CStr, CString};
use std::io::{Error, Result};

#[link(name = "c")]
unsafe extern "C" {
    fn strcoll(a: *const libc::c_char, b: *const libc::c_char) -> libc::c_int;
    fn wcscoll(a: *const libc::wchar_t, b: *const libc::wchar_t) -> libc::c_int;
    fn wcsxfrm(to: *mut libc::wchar_t, from: *const libc::wchar_t, n: usize) -> usize;
    fn gettext(message: *const libc::c_char) -> *const libc::c_char;
    fn dcgettext(domain: *const libc::c_char, message: *const libc::c_char, category: libc::c_int) -> *const libc::c_char;
    fn dgettext(domain: *const libc::c_char, message: *const libc::c_char) -> *const libc::c_char;
    fn textdomain(domain: *const libc::c_char) -> *const libc::c_char;
    fn bindtextdomain(domain: *const libc::c_char, dir: *const libc::c_char) -> *const libc::c_char;
    fn bind_textdomain_codeset(domain: *const libc::c_char, codeset: *const libc::c_char) -> *const libc::c_char;
}

fn pointer(s: Option<&CStr>) -> *const libc::c_char {
    s.map_or(std::ptr::null(), CStr::as_ptr)
}

/// # Safety
/// Null or a string that lives until it is copied.
unsafe fn copied(p: *const libc::c_char) -> Option<CString> {
    // SAFETY: the caller's promise.
    if p.is_null() { None } else { Some(unsafe { CStr::from_ptr(p) }.to_owned()) }
}

/// Sets or asks for a locale; `None` when there is no such locale.
pub fn setlocale(category: i32, locale: Option<&CStr>) -> Option<CString> {
    // SAFETY: null or a string; the result is copied at once.
    unsafe { copied(libc::setlocale(category, pointer(locale))) }
}

/// What the locale says of text.
#[derive(Clone, Debug)]
pub struct Locale {
    /// The name of its `LC_CTYPE`.
    pub name: String,
    /// The system's name for its encoding.
    pub encoding: String,
}

fn set(name: &CStr) -> Option<Locale> {
    let name = setlocale(libc::LC_CTYPE, Some(name))?.to_string_lossy().into_owned();
    Some(Locale { name, encoding: langinfo(libc::CODESET).to_string_lossy().into_owned() })
}

/// Takes `LC_CTYPE` from the environment. To be called before there are other threads.
pub fn start() -> Locale {
    set(c"").or_else(|| set(c"C")).unwrap_or(Locale { name: "C".into(), encoding: "ANSI_X3.4-1968".into() })
}

/// Changes the C locale to one that is like it but for its encoding, here and for child processes (PEP 538); `None` if there is none.
/// To be called before there are other threads.
pub fn coerce() -> Option<Locale> {
    [c"C.UTF-8", c"C.utf8", c"UTF-8"].into_iter().find_map(|name| {
        let locale = set(name)?;
        crate::process::setenv(c"LC_CTYPE", name).ok()?;
        Some(locale)
    })
}

/// How numbers and money are written.
pub struct Conventions {
    /// `decimal_point`, `thousands_sep`, `int_curr_symbol`, `currency_symbol`, `mon_decimal_point`, `mon_thousands_sep`, `positive_sign`, `negative_sign`.
    pub texts: [CString; 8],
    /// `grouping` and `mon_grouping`.
    pub groupings: [Vec<u8>; 2],
    /// `int_frac_digits`, `frac_digits`, `p_cs_precedes`, `p_sep_by_space`, `n_cs_precedes`, `n_sep_by_space`, `p_sign_posn`, `n_sign_posn`.
    pub numbers: [i8; 8],
}

/// `localeconv`.
pub fn conventions() -> Conventions {
    // SAFETY: the structure and its strings are valid until the next call, and copied before.
    unsafe {
        let c = &*libc::localeconv();
        let text = |p: *const libc::c_char| copied(p).unwrap_or_default();
        Conventions {
            texts: [
                text(c.decimal_point),
                text(c.thousands_sep),
                text(c.int_curr_symbol),
                text(c.currency_symbol),
                text(c.mon_decimal_point),
                text(c.mon_thousands_sep),
                text(c.positive_sign),
                text(c.negative_sign),
            ],
            groupings: [text(c.grouping).into_bytes(), text(c.mon_grouping).into_bytes()],
            numbers: [
                c.int_frac_digits,
                c.frac_digits,
                c.p_cs_precedes,
                c.p_sep_by_space,
                c.n_cs_precedes,
                c.n_sep_by_space,
                c.p_sign_posn,
                c.n_sign_posn,
            ],
        }
    }
}

/// `nl_langinfo`.
pub fn langinfo(item: i32) -> CString {
    // SAFETY: the result is a string in static memory, copied at once; unknown items give an empty one.
    unsafe { copied(libc::nl_langinfo(item)).unwrap_or_default() }
}

fn wide(text: &[char]) -> Vec<libc::wchar_t> {
    text.iter().map(|&c| c as libc::wchar_t).chain([0]).collect()
}

/// Compares in the order of the locale.
pub fn compare(a: &[char], b: &[char]) -> i32 {
    // SAFETY: wide strings that end in null.
    unsafe { wcscoll(wide(a).as_ptr(), wide(b).as_ptr()) }
}

/// As [`compare`], for strings of bytes.
pub fn compare_bytes(a: &CStr, b: &CStr) -> i32 {
    // SAFETY: strings.
    unsafe { strcoll(a.as_ptr(), b.as_ptr()) }
}

/// A key that sorts, number by number, as the text does in the order of the locale.
pub fn sort_key(text: &[char]) -> Result<Vec<u32>> {
    let from = wide(text);
    let mut room = from.len() + 1;
    loop {
        let mut to: Vec<libc::wchar_t> = vec![0; room];
        // SAFETY: a wide string, room for `room` characters, and errno of this thread.
        let n = unsafe {
            *libc::__errno_location() = 0;
            wcsxfrm(to.as_mut_ptr(), from.as_ptr(), room)
        };
        let error = Error::last_os_error();
        if error.raw_os_error().is_some_and(|e| e != 0 && e != libc::ERANGE) {
            return Err(error);
        }
        if n < room {
            to.truncate(n);
            return Ok(to.into_iter().map(|c| c as u32).collect());
        }
        room = n + 1;
    }
}

/// A message in the locale's language: of the current domain, of a domain, of a domain and category.
pub fn message(domain: Option<Option<&CStr>>, category: Option<i32>, message: &CStr) -> CString {
    let m = message.as_ptr();
    // SAFETY: null or strings that outlive the call; the result, the message itself or one in static memory, is copied.
    unsafe {
        let found = match (domain, category) {
            (None, _) => gettext(m),
            (Some(d), None) => dgettext(pointer(d), m),
            (Some(d), Some(c)) => dcgettext(pointer(d), m, c),
        };
        copied(found).unwrap_or_default()
    }
}

/// Sets or asks for the domain of messages.
pub fn text_domain(domain: Option<&CStr>) -> Result<CString> {
    // SAFETY: null or a string.
    unsafe { copied(textdomain(pointer(domain))) }.ok_or_else(Error::last_os_error)
}

/// Sets or asks for the folder of a domain.
pub fn bind_text_domain(domain: &CStr, dir: Option<&CStr>) -> Result<CString> {
    // SAFETY: null or strings.
    unsafe { copied(bindtextdomain(domain.as_ptr(), pointer(dir))) }.ok_or_else(Error::last_os_error)
}

/// Sets or asks for the encoding of a domain's messages; `None` when none was set.
pub fn bind_codeset(domain: &CStr, codeset: Option<&CStr>) -> Option<CString> {
    // SAFETY: null or strings.
    unsafe { copied(bind_textdomain_codeset(domain.as_ptr(), pointer(codeset))) }
}
