//! `posix_spawn`: starting a program without a fork that this program sees.

use crate::process::pointers;
use std::ffi::{CStr, CString};
use std::io::Result;
use std::mem::MaybeUninit;

unsafe extern "C" {
    fn posix_spawn_file_actions_addclosefrom_np(actions: *mut libc::posix_spawn_file_actions_t, from: libc::c_int)
    -> libc::c_int;
}

/// What the child does with its descriptors, in order.
pub enum FileAction {
    Open { fd: i32, path: CString, flags: i32, mode: u32 },
    Close(i32),
    Duplicate { fd: i32, to: i32 },
    CloseFrom(i32),
}

/// How the child starts.
#[derive(Default)]
pub struct Attributes {
    pub group: Option<i32>,
    pub reset_ids: bool,
    pub new_session: bool,
    /// The signals that it blocks.
    pub mask: Option<Vec<i32>>,
    /// The signals that it does not inherit the handling of.
    pub defaults: Option<Vec<i32>>,
    /// Priority, and a policy unless it stays as it is.
    pub scheduler: Option<(Option<i32>, i32)>,
}

/// `posix_spawn`, or `posix_spawnp` with `search`; without an environment the child gets this process's. Returns the child's number.
pub fn spawn(
    path: &CStr,
    args: &[CString],
    env: Option<&[CString]>,
    actions: &[FileAction],
    attributes: &Attributes,
    search: bool,
) -> Result<i32> {
    let argv = pointers(args);
    let envp = env.map(pointers);
    let mut files = MaybeUninit::uninit();
    let mut attr = MaybeUninit::uninit();
    let mut pid = 0;
    // SAFETY: both structures are made ready first and let go at the end; strings and arrays, which end in null, outlive the calls.
    unsafe {
        crate::check_code(libc::posix_spawn_file_actions_init(files.as_mut_ptr()))?;
        if let Err(e) = crate::check_code(libc::posix_spawnattr_init(attr.as_mut_ptr())) {
            libc::posix_spawn_file_actions_destroy(files.as_mut_ptr());
            return Err(e);
        }
        let made = add_actions(files.as_mut_ptr(), actions).and_then(|()| set_attributes(attr.as_mut_ptr(), attributes));
        let result = made.and_then(|()| {
            let call = if search { libc::posix_spawnp } else { libc::posix_spawn };
            let envp = envp.as_ref().map_or(environ, |e| e.as_ptr().cast::<*mut libc::c_char>().cast_mut());
            let argv = argv.as_ptr().cast::<*mut libc::c_char>();
            crate::check_code(call(&mut pid, path.as_ptr(), files.as_ptr(), attr.as_ptr(), argv, envp))
        });
        libc::posix_spawn_file_actions_destroy(files.as_mut_ptr());
        libc::posix_spawnattr_destroy(attr.as_mut_ptr());
        result?;
    }
    Ok(pid)
}

unsafe extern "C" {
    static environ: *mut *mut libc::c_char;
}

/// # Safety
/// Actions that are ready.
unsafe fn add_actions(files: *mut libc::posix_spawn_file_actions_t, actions: &[FileAction]) -> Result<()> {
    for action in actions {
        // SAFETY: the caller's promise; paths are copied by the call.
        crate::check_code(unsafe {
            match action {
                FileAction::Open { fd, path, flags, mode } => {
                    libc::posix_spawn_file_actions_addopen(files, *fd, path.as_ptr(), *flags, *mode)
                }
                FileAction::Close(fd) => libc::posix_spawn_file_actions_addclose(files, *fd),
                FileAction::Duplicate { fd, to } => libc::posix_spawn_file_actions_adddup2(files, *fd, *to),
                FileAction::CloseFrom(fd) => posix_spawn_file_actions_addclosefrom_np(files, *fd),
            }
        })?;
    }
    Ok(())
}

/// # Safety
/// Attributes that are ready.
unsafe fn set_attributes(attr: *mut libc::posix_spawnattr_t, a: &Attributes) -> Result<()> {
    const POSIX_SPAWN_SETSID: i32 = 0x80;
    let mut flags = 0;
    // SAFETY: the caller's promise; what is pointed to is copied by the calls.
    unsafe {
        if let Some(group) = a.group {
            crate::check_code(libc::posix_spawnattr_setpgroup(attr, group))?;
            flags |= libc::POSIX_SPAWN_SETPGROUP;
        }
        if a.reset_ids {
            flags |= libc::POSIX_SPAWN_RESETIDS;
        }
        if a.new_session {
            flags |= POSIX_SPAWN_SETSID;
        }
        if let Some(mask) = &a.mask {
            crate::check_code(libc::posix_spawnattr_setsigmask(attr, &crate::signal::set_of(mask)))?;
            flags |= libc::POSIX_SPAWN_SETSIGMASK;
        }
        if let Some(defaults) = &a.defaults {
            crate::check_code(libc::posix_spawnattr_setsigdefault(attr, &crate::signal::set_of(defaults)))?;
            flags |= libc::POSIX_SPAWN_SETSIGDEF;
        }
        if let Some((policy, priority)) = a.scheduler {
            if let Some(policy) = policy {
                crate::check_code(libc::posix_spawnattr_setschedpolicy(attr, policy))?;
                flags |= libc::POSIX_SPAWN_SETSCHEDULER;
            }
            crate::check_code(libc::posix_spawnattr_setschedparam(attr, &libc::sched_param { sched_priority: priority }))?;
            flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
        }
        crate::check_code(libc::posix_spawnattr_setflags(attr, flags as libc::c_short))
    }
}
