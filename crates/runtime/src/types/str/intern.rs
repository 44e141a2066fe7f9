//! The table of interned strings of the process.
#![expect(unsafe_code, reason = "characters stand behind the fixed part")]

use super::{Str, storage};
use crate::ObjExt;
use object::{Obj, Object, Py};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Mutex;

/// The strings' own hashes are good enough.
#[derive(Default)]
struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {}
    fn write_i64(&mut self, i: i64) {
        self.0 = i as u64;
    }
}

/// Interned strings by hash; several of one hash are rare. The table owns no references: a string leaves it when it is destroyed.
struct Table(HashMap<i64, Vec<*const Object<Str>>, BuildHasherDefault<Identity>>);

// SAFETY: the table is behind a mutex, and its strings are touched under the GIL.
unsafe impl Send for Table {}

static TABLE: Mutex<Option<Table>> = Mutex::new(None);

fn with<R>(f: impl FnOnce(&mut Table) -> R) -> R {
    let mut guard = TABLE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    f(guard.get_or_insert_with(|| Table(HashMap::default())))
}

fn find_or_insert(s: &Py<Str>, state: u16) -> Option<Py<Str>> {
    let hash = s.hash();
    with(|t| {
        let bucket = t.0.entry(hash).or_default();
        for &p in bucket.iter() {
            // SAFETY: strings in the table are alive.
            let known = unsafe { &*p };
            if known.payload.eq(s) {
                return Some(known.to_py());
            }
        }
        bucket.push(s.as_ptr());
        s.interned.set(state);
        None
    })
}

/// How many strings are interned, or how many of them are so for good.
pub fn interned_count(only_immortal: bool) -> usize {
    // SAFETY: strings in the table are alive.
    let counts = |p: &*const Object<Str>| !only_immortal || unsafe { &**p }.header.is_immortal();
    with(|t| t.0.values().flatten().filter(|p| counts(p)).count())
}

/// The interned string with this content, which is `s` itself if there was none. Strings of subclasses stay as they are.
pub fn intern_obj(s: &Py<Str>) -> Py<Str> {
    if s.is_interned() || s.as_obj().downcast_exact::<Str>().is_none() {
        return s.clone();
    }
    find_or_insert(s, 1).unwrap_or_else(|| s.clone())
}

/// The interned string of Rust text.
pub fn intern(s: &str) -> Py<Str> {
    intern_obj(&storage::new(s))
}

/// Interns one of the strings that exist for ever.
pub(super) fn intern_immortal(s: &Py<Str>) {
    find_or_insert(s, 2);
}

/// Takes a dying string out.
pub(super) fn forget(s: &Object<Str>) {
    let hash = s.hash();
    with(|t| {
        if let Some(bucket) = t.0.get_mut(&hash) {
            bucket.retain(|&p| !std::ptr::eq(p, s));
            if bucket.is_empty() {
                t.0.remove(&hash);
            }
        }
    });
}

/// Interns the strings of a slice of names in place.
pub fn intern_all(names: &mut [Obj]) {
    for n in names {
        if let Some(s) = n.downcast::<Str>() {
            let s = intern_obj(s);
            *n = s.into_obj();
        }
    }
}

/// The interned string of a literal, made once: `interned!("__name__")` is a `&'static Py<Str>`.
macro_rules! interned {
    ($s:expr) => {{
        static NAME: std::sync::OnceLock<object::Py<$crate::types::str::Str>> = std::sync::OnceLock::new();
        NAME.get_or_init(|| $crate::types::str::intern($s))
    }};
}
pub(crate) use interned;
