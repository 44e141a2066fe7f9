//! The databases of users and groups.

use std::ffi::CStr;
use std::io::{Error, Result};
use std::mem::MaybeUninit;

/// An entry of the user database. Strings that the system leaves out are `None`.
pub struct User {
    pub name: Option<Vec<u8>>,
    pub password: Option<Vec<u8>>,
    pub uid: u32,
    pub gid: u32,
    pub gecos: Option<Vec<u8>>,
    pub directory: Option<Vec<u8>>,
    pub shell: Option<Vec<u8>>,
}

/// An entry of the group database.
pub struct Group {
    pub name: Option<Vec<u8>>,
    pub password: Option<Vec<u8>>,
    pub gid: u32,
    pub members: Vec<Vec<u8>>,
}

/// # Safety
/// Null or a string.
unsafe fn text(p: *const libc::c_char) -> Option<Vec<u8>> {
    // SAFETY: the caller's promise.
    if p.is_null() { None } else { Some(unsafe { CStr::from_ptr(p) }.to_bytes().to_vec()) }
}

/// # Safety
/// An entry as the C library fills it.
unsafe fn user(p: &libc::passwd) -> User {
    // SAFETY: the fields are null or strings.
    unsafe {
        User {
            name: text(p.pw_name),
            password: text(p.pw_passwd),
            uid: p.pw_uid,
            gid: p.pw_gid,
            gecos: text(p.pw_gecos),
            directory: text(p.pw_dir),
            shell: text(p.pw_shell),
        }
    }
}

/// # Safety
/// An entry as the C library fills it.
unsafe fn group(g: &libc::group) -> Group {
    let mut members = Vec::new();
    // SAFETY: the fields are null or strings; the members are an array that ends in null.
    unsafe {
        let mut p = g.gr_mem;
        while !p.is_null() && !(*p).is_null() {
            members.extend(text(*p));
            p = p.add(1);
        }
        Group { name: text(g.gr_name), password: text(g.gr_passwd), gid: g.gr_gid, members }
    }
}

/// Calls a `_r` function with ever more room; `None` when there is no such entry.
fn look_up<T, R>(
    call: impl Fn(*mut T, *mut libc::c_char, usize, *mut *mut T) -> i32,
    read: impl Fn(&T) -> R,
) -> Result<Option<R>> {
    let mut room = 1024;
    loop {
        let mut entry = MaybeUninit::<T>::uninit();
        let mut text = vec![0 as libc::c_char; room];
        let mut found = std::ptr::null_mut();
        match call(entry.as_mut_ptr(), text.as_mut_ptr(), room, &mut found) {
            libc::ERANGE if room < 1 << 28 => room *= 2,
            0 if found.is_null() => return Ok(None),
            // SAFETY: on success `found` is the entry, whose strings are in `text`.
            0 => return Ok(Some(read(unsafe { &*found }))),
            // What the databases answer for names that they do not know.
            libc::ENOENT | libc::ESRCH | libc::EBADF | libc::EPERM => return Ok(None),
            code => return Err(Error::from_raw_os_error(code)),
        }
    }
}

/// The user of a name.
pub fn user_by_name(name: &CStr) -> Result<Option<User>> {
    // SAFETY: a name, an entry, room for its strings.
    look_up(|e, t, n, f| unsafe { libc::getpwnam_r(name.as_ptr(), e, t, n, f) }, |e| unsafe { user(e) })
}

/// The user of a number.
pub fn user_by_id(uid: u32) -> Result<Option<User>> {
    // SAFETY: an entry, room for its strings.
    look_up(|e, t, n, f| unsafe { libc::getpwuid_r(uid, e, t, n, f) }, |e| unsafe { user(e) })
}

/// The group of a name.
pub fn group_by_name(name: &CStr) -> Result<Option<Group>> {
    // SAFETY: a name, an entry, room for its strings.
    look_up(|e, t, n, f| unsafe { libc::getgrnam_r(name.as_ptr(), e, t, n, f) }, |e| unsafe { group(e) })
}

/// The group of a number.
pub fn group_by_id(gid: u32) -> Result<Option<Group>> {
    // SAFETY: an entry, room for its strings.
    look_up(|e, t, n, f| unsafe { libc::getgrgid_r(gid, e, t, n, f) }, |e| unsafe { group(e) })
}

/// All users. Callers see to it that no two threads walk through a database at once.
pub fn users() -> Vec<User> {
    let mut all = Vec::new();
    // SAFETY: entries in static memory are copied before the next call.
    unsafe {
        libc::setpwent();
        while let Some(p) = libc::getpwent().as_ref() {
            all.push(user(p));
        }
        libc::endpwent();
    }
    all
}

/// All groups. Callers see to it that no two threads walk through a database at once.
pub fn groups() -> Vec<Group> {
    let mut all = Vec::new();
    // SAFETY: entries in static memory are copied before the next call.
    unsafe {
        libc::setgrent();
        while let Some(g) = libc::getgrent().as_ref() {
            all.push(group(g));
        }
        libc::endgrent();
    }
    all
}
