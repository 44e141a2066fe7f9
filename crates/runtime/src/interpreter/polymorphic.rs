//! Specialised attribute reads by class, for places in the code that meet several classes in turn.
//!
//! DESIGN: polymorphic reads. An inline cache knows one class. What `specialize` found out is kept here as well, by the class's version and the name; a place
//! whose guard fails takes the form for the class at hand over, without counting and without looking anything up. As an unchanged version vouches
//! for what is in an inline cache, so it does for what is here.

use super::cache;
use super::stack::Slot;
use crate::Py;
use crate::types::str::Str;
use object::Guarded;

/// What a `LOAD_ATTR` of a class's instances became: opcode and the units behind the counter.
struct Form {
    version: u32,
    for_call: bool,
    opcode: u8,
    name: Option<Py<Str>>,
    units: [u64; 2],
}

const FORMS: usize = 1024;
static CACHE: [Guarded<Form>; FORMS] =
    [const { Guarded::new(Form { version: 0, for_call: false, opcode: 0, name: None, units: [0; 2] }) }; FORMS];

/// Empties the cache: forms for versions that are no more hold names.
pub(crate) fn clear_cache() {
    for place in &CACHE {
        drop(place.replace(Form { version: 0, for_call: false, opcode: 0, name: None, units: [0; 2] }));
    }
}

#[inline(always)]
fn place(version: u32, name: &Py<Str>, for_call: bool) -> usize {
    let name = name.as_obj().value().bits() as usize >> 4;
    (name ^ (version as usize * 31) ^ for_call as usize) % FORMS
}

/// Keeps the form that the instruction has just got.
///
/// # Safety
/// `ip` points at a specialised `LOAD_ATTR` that is not instrumented, and whose first cache word is the version of the owner's class.
pub(super) unsafe fn remember(ip: *const u16, name: &Py<Str>, for_call: bool) {
    // SAFETY: the units are the instruction's cache.
    unsafe {
        let version = cache::get32(ip, 2);
        let form = Form {
            version,
            for_call,
            opcode: (*ip & 0xff) as u8,
            name: Some(name.clone()),
            units: [cache::get64(ip, 2), cache::get64(ip, 6)],
        };
        // The old form's name goes after the guard is closed.
        drop(CACHE[place(version, name, for_call)].replace(form));
    }
}

/// Writes the form for the class of `owner` into a `LOAD_ATTR` whose own does not fit. False: there is none, or it is the one that has just failed.
///
/// # Safety
/// `ip` points at a `LOAD_ATTR` of the name; `owner` is live.
#[inline(never)]
pub(super) unsafe fn refill(ip: *const u16, owner: Slot, name: &Py<Str>, for_call: bool) -> bool {
    // SAFETY: by the caller's promise; the units are the instruction's cache.
    unsafe {
        let version = owner.ty().version.get();
        if version == 0 || cache::get32(ip, 2) == version {
            return false;
        }
        let form = CACHE[place(version, name, for_call)].lock();
        let fits = form.version == version && form.for_call == for_call && form.name.as_ref().is_some_and(|n| n.is(name));
        if !fits || !cache::set_opcode(ip, form.opcode) {
            return false;
        }
        cache::set64(ip, 2, form.units[0]);
        cache::set64(ip, 6, form.units[1]);
        true
    }
}
