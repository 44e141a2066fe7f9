//! The locale that the process starts in.

use std::ffi::CStr;

/// What the locale says of text.
#[derive(Clone, Debug)]
pub struct Locale {
    /// The name of its `LC_CTYPE`.
    pub name: String,
    /// The system's name for its encoding.
    pub encoding: String,
}

fn set(name: &CStr) -> Option<Locale> {
    // SAFETY: called before there are other threads (see `start`); what is returned is copied before the next call.
    unsafe {
        let set = libc::setlocale(libc::LC_CTYPE, name.as_ptr());
        if set.is_null() {
            return None;
        }
        let name = CStr::from_ptr(set).to_string_lossy().into_owned();
        let encoding = CStr::from_ptr(libc::nl_langinfo(libc::CODESET)).to_string_lossy().into_owned();
        Some(Locale { name, encoding })
    }
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
