//! Processes: identities, children, programs, scheduling.

use crate::{RawFd, calls, check};
use std::ffi::{CStr, CString};
use std::io::{Error, Result};
use std::mem::MaybeUninit;

calls! {
    /// Moves a process to a group.
    setpgid(pid: i32, group: i32) -> () = check_unit(libc::setpgid(pid, group));
    /// A process's group.
    getpgid(pid: i32) -> i32 = check(libc::getpgid(pid));
    /// Starts a session.
    setsid() -> i32 = check(libc::setsid());
    /// A process's session.
    getsid(pid: i32) -> i32 = check(libc::getsid(pid));
    /// Sends a signal to a process.
    kill(pid: i32, signal: i32) -> () = check_unit(libc::kill(pid, signal));
    /// Sends a signal to a group.
    killpg(group: i32, signal: i32) -> () = check_unit(libc::killpg(group, signal));
    /// Sets the user.
    setuid(id: u32) -> () = check_unit(libc::setuid(id));
    /// Sets the group.
    setgid(id: u32) -> () = check_unit(libc::setgid(id));
    /// Sets the effective user.
    seteuid(id: u32) -> () = check_unit(libc::seteuid(id));
    /// Sets the effective group.
    setegid(id: u32) -> () = check_unit(libc::setegid(id));
    /// Sets real and effective user.
    setreuid(real: u32, effective: u32) -> () = check_unit(libc::setreuid(real, effective));
    /// Sets real and effective group.
    setregid(real: u32, effective: u32) -> () = check_unit(libc::setregid(real, effective));
    /// Sets real, effective and saved user.
    setresuid(real: u32, effective: u32, saved: u32) -> () = check_unit(libc::setresuid(real, effective, saved));
    /// Sets real, effective and saved group.
    setresgid(real: u32, effective: u32, saved: u32) -> () = check_unit(libc::setresgid(real, effective, saved));
    /// Sets the supplementary groups.
    setgroups(groups: &[u32]) -> () = check_unit(libc::setgroups(groups.len(), groups.as_ptr()));
    /// Sets the supplementary groups to a user's.
    initgroups(user: &CStr, group: u32) -> () = check_unit(libc::initgroups(user.as_ptr(), group));
    /// Sets a priority.
    setpriority(which: i32, who: u32, priority: i32) -> () = check_unit(libc::setpriority(which as _, who, priority));
    /// The lowest priority of a policy.
    sched_get_priority_min(policy: i32) -> i32 = check(libc::sched_get_priority_min(policy));
    /// The highest priority of a policy.
    sched_get_priority_max(policy: i32) -> i32 = check(libc::sched_get_priority_max(policy));
    /// A process's policy.
    sched_getscheduler(pid: i32) -> i32 = check(libc::sched_getscheduler(pid));
    /// Lets others run.
    sched_yield() -> () = check_unit(libc::sched_yield());
    /// Leaves namespaces.
    unshare(flags: i32) -> () = check_unit(libc::unshare(flags));
    /// Enters a namespace.
    setns(fd: RawFd, kind: i32) -> () = check_unit(libc::setns(fd, kind));
    /// A descriptor for a process.
    pidfd_open(pid: i32, flags: u32) -> i32 = check(libc::syscall(libc::SYS_pidfd_open, pid, flags) as i32);
    /// Runs a command with the shell.
    system(command: &CStr) -> i32 = check(libc::system(command.as_ptr()));
}

/// Forks. Returns the child's number, 0 in the child.
///
/// Only the calling thread goes on in the child; the caller repairs what other threads held.
pub fn fork() -> Result<i32> {
    // SAFETY: the runtime holds the interpreter lock over the call, so its own state is consistent in the child.
    check(unsafe { libc::fork() })
}

/// Leaves at once, without running anything.
pub fn exit_now(status: i32) -> ! {
    // SAFETY: never returns.
    unsafe { libc::_exit(status) }
}

/// Dies with `SIGABRT`.
pub fn abort() -> ! {
    std::process::abort()
}

/// The numbers of this process: calls that always succeed.
macro_rules! identities {
    ($($(#[$doc:meta])* $name:ident -> $ty:ty;)*) => {
        $($(#[$doc])*
        pub fn $name() -> $ty {
            // SAFETY: the call touches no memory.
            unsafe { libc::$name() }
        })*
    };
}

identities! {
    /// The process itself.
    getpid -> i32;
    /// Its parent.
    getppid -> i32;
    /// Its group.
    getpgrp -> i32;
    /// The user.
    getuid -> u32;
    /// The user whose rights it has.
    geteuid -> u32;
    /// The group of users.
    getgid -> u32;
    /// The group of users whose rights it has.
    getegid -> u32;
}

/// Real, effective and saved user.
pub fn getresuid() -> Result<[u32; 3]> {
    let mut v = [0; 3];
    let [a, b, c] = &mut v;
    // SAFETY: three places for numbers.
    check(unsafe { libc::getresuid(a, b, c) })?;
    Ok(v)
}

/// Real, effective and saved group.
pub fn getresgid() -> Result<[u32; 3]> {
    let mut v = [0; 3];
    let [a, b, c] = &mut v;
    // SAFETY: three places for numbers.
    check(unsafe { libc::getresgid(a, b, c) })?;
    Ok(v)
}

/// The supplementary groups.
pub fn getgroups() -> Result<Vec<u32>> {
    // SAFETY: with length 0 only the number is returned.
    let n = check(unsafe { libc::getgroups(0, std::ptr::null_mut()) })?;
    let mut groups = vec![0; n as usize];
    // SAFETY: room for `n` numbers.
    let n = check(unsafe { libc::getgroups(n, groups.as_mut_ptr()) })?;
    groups.truncate(n as usize);
    Ok(groups)
}

/// The groups of a user.
pub fn getgrouplist(user: &CStr, group: u32) -> Result<Vec<u32>> {
    let mut n = 64;
    loop {
        let mut groups = vec![0; n as usize];
        let room = n;
        // SAFETY: room for `n` numbers.
        if unsafe { libc::getgrouplist(user.as_ptr(), group, groups.as_mut_ptr(), &mut n) } >= 0 {
            groups.truncate(n as usize);
            return Ok(groups);
        }
        n = n.max(room * 2);
    }
}

/// The name of the user of the controlling terminal.
pub fn getlogin() -> Result<CString> {
    // SAFETY: the result is null or a string in static memory, copied before anything else may change it: callers hold the interpreter lock.
    unsafe {
        let name = libc::getlogin();
        if name.is_null() { Err(Error::last_os_error()) } else { Ok(CStr::from_ptr(name).to_owned()) }
    }
}

/// Runs `f` with `errno` cleared; a result of -1 is an error only if it set `errno`.
fn ambiguous(f: impl FnOnce() -> i32) -> Result<i32> {
    // SAFETY: errno is this thread's.
    unsafe { *libc::__errno_location() = 0 };
    let value = f();
    let error = Error::last_os_error();
    if value == -1 && error.raw_os_error() != Some(0) { Err(error) } else { Ok(value) }
}

/// A priority.
pub fn getpriority(which: i32, who: u32) -> Result<i32> {
    // SAFETY: plain values.
    ambiguous(|| unsafe { libc::getpriority(which as _, who) })
}

/// Changes this process's priority by some steps; returns the new one.
pub fn nice(steps: i32) -> Result<i32> {
    // SAFETY: plain value.
    ambiguous(|| unsafe { libc::nice(steps) })
}

/// What a child used, in the order of `resource.struct_rusage`: user and system seconds first.
pub struct Usage {
    pub user: f64,
    pub system: f64,
    pub counts: [i64; 14],
}

fn usage(r: &libc::rusage) -> Usage {
    let seconds = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 * 1e-6;
    Usage {
        user: seconds(r.ru_utime),
        system: seconds(r.ru_stime),
        counts: [
            r.ru_maxrss,
            r.ru_ixrss,
            r.ru_idrss,
            r.ru_isrss,
            r.ru_minflt,
            r.ru_majflt,
            r.ru_nswap,
            r.ru_inblock,
            r.ru_oublock,
            r.ru_msgsnd,
            r.ru_msgrcv,
            r.ru_nsignals,
            r.ru_nvcsw,
            r.ru_nivcsw,
        ],
    }
}

/// `getrusage`.
pub fn getrusage(who: i32) -> Result<Usage> {
    let mut r = MaybeUninit::uninit();
    // SAFETY: filled in on success, and read only then.
    unsafe {
        check(libc::getrusage(who, r.as_mut_ptr()))?;
        Ok(usage(r.assume_init_ref()))
    }
}

/// `waitpid`: process and status.
pub fn waitpid(pid: i32, options: i32) -> Result<(i32, i32)> {
    let mut status = 0;
    // SAFETY: a place for the status.
    let pid = check(unsafe { libc::waitpid(pid, &mut status, options) })?;
    Ok((pid, status))
}

/// `wait4`: process, status, and what it used.
pub fn wait4(pid: i32, options: i32) -> Result<(i32, i32, Usage)> {
    let mut status = 0;
    // SAFETY: all zero is a valid `rusage`.
    let mut r: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: places for the results.
    let pid = check(unsafe { libc::wait4(pid, &mut status, options, &mut r) })?;
    Ok((pid, status, usage(&r)))
}

/// `waitid`: pid, uid, signal number, status, code; `None` if no child changed.
pub fn waitid(kind: i32, id: u32, options: i32) -> Result<Option<[i64; 5]>> {
    // SAFETY: all zero is a valid `siginfo_t`.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    // SAFETY: a place for the result, whose fields for children are read.
    unsafe {
        check(libc::waitid(kind as _, id, &mut info, options))?;
        if info.si_pid() == 0 {
            return Ok(None);
        }
        Ok(Some([info.si_pid().into(), info.si_uid().into(), info.si_signo.into(), info.si_status().into(), info.si_code.into()]))
    }
}

/// The parts of a wait status.
#[derive(Clone, Copy)]
pub struct Status(pub i32);

impl Status {
    /// Left by itself.
    pub fn exited(self) -> bool {
        libc::WIFEXITED(self.0)
    }

    /// Its code then.
    pub fn exit_code(self) -> i32 {
        libc::WEXITSTATUS(self.0)
    }

    /// Ended by a signal.
    pub fn signaled(self) -> bool {
        libc::WIFSIGNALED(self.0)
    }

    /// Which then.
    pub fn signal(self) -> i32 {
        libc::WTERMSIG(self.0)
    }

    /// Left a core file.
    pub fn dumped_core(self) -> bool {
        libc::WCOREDUMP(self.0)
    }

    /// Stopped.
    pub fn stopped(self) -> bool {
        libc::WIFSTOPPED(self.0)
    }

    /// By which signal then.
    pub fn stop_signal(self) -> i32 {
        libc::WSTOPSIG(self.0)
    }

    /// Goes on.
    pub fn continued(self) -> bool {
        libc::WIFCONTINUED(self.0)
    }
}

/// An array of C strings with its null at the end; the strings stay borrowed.
pub(crate) fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings.iter().map(|s| s.as_ptr()).chain([std::ptr::null()]).collect()
}

/// Replaces the program; returns only errors.
pub fn execve(path: &CStr, args: &[CString], env: Option<&[CString]>) -> Error {
    let argv = pointers(args);
    // SAFETY: null-terminated arrays of strings that outlive the call.
    unsafe {
        match env {
            Some(env) => libc::execve(path.as_ptr(), argv.as_ptr(), pointers(env).as_ptr()),
            None => libc::execv(path.as_ptr(), argv.as_ptr()),
        };
    }
    Error::last_os_error()
}

/// Replaces the program by that of a descriptor; returns only errors.
pub fn fexecve(fd: RawFd, args: &[CString], env: &[CString]) -> Error {
    // SAFETY: null-terminated arrays of strings that outlive the call.
    unsafe { libc::fexecve(fd, pointers(args).as_ptr(), pointers(env).as_ptr()) };
    Error::last_os_error()
}

/// The processors that a process may run on.
pub fn sched_getaffinity(pid: i32) -> Result<Vec<usize>> {
    // SAFETY: all zero is an empty set.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    // SAFETY: a set and its size.
    check(unsafe { libc::sched_getaffinity(pid, size_of_val(&set), &mut set) })?;
    // SAFETY: indices within the set.
    Ok((0..libc::CPU_SETSIZE as usize).filter(|&i| unsafe { libc::CPU_ISSET(i, &set) }).collect())
}

/// Says which processors a process may run on.
pub fn sched_setaffinity(pid: i32, cpus: &[usize]) -> Result<()> {
    // SAFETY: all zero is an empty set.
    let mut set: libc::cpu_set_t = unsafe { std::mem::zeroed() };
    for &cpu in cpus {
        if cpu >= libc::CPU_SETSIZE as usize {
            return Err(Error::from_raw_os_error(libc::EINVAL));
        }
        // SAFETY: an index within the set.
        unsafe { libc::CPU_SET(cpu, &mut set) };
    }
    // SAFETY: a set and its size.
    check(unsafe { libc::sched_setaffinity(pid, size_of_val(&set), &set) }).map(drop)
}

/// A process's priority under its policy.
pub fn sched_getparam(pid: i32) -> Result<i32> {
    let mut p = libc::sched_param { sched_priority: 0 };
    // SAFETY: a place for the result.
    check(unsafe { libc::sched_getparam(pid, &mut p) })?;
    Ok(p.sched_priority)
}

/// Sets a process's priority, and with `policy` its policy.
pub fn sched_set(pid: i32, policy: Option<i32>, priority: i32) -> Result<()> {
    let p = libc::sched_param { sched_priority: priority };
    // SAFETY: the parameters outlive the call.
    check(unsafe {
        match policy {
            Some(policy) => libc::sched_setscheduler(pid, policy, &p),
            None => libc::sched_setparam(pid, &p),
        }
    })
    .map(drop)
}

/// Seconds of a process's time slice.
pub fn sched_rr_get_interval(pid: i32) -> Result<f64> {
    let mut t = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a place for the result.
    check(unsafe { libc::sched_rr_get_interval(pid, &mut t) })?;
    Ok(t.tv_sec as f64 + t.tv_nsec as f64 * 1e-9)
}

/// A resource limit: soft and hard.
pub fn getrlimit(resource: i32) -> Result<(u64, u64)> {
    let mut l = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a place for the result.
    check(unsafe { libc::getrlimit(resource as _, &mut l) })?;
    Ok((l.rlim_cur, l.rlim_max))
}

/// Gets and sets the limit of another process.
pub fn prlimit(pid: i32, resource: i32, new: Option<(u64, u64)>) -> Result<(u64, u64)> {
    let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    let new = new.map(|(soft, hard)| libc::rlimit { rlim_cur: soft, rlim_max: hard });
    let p = new.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: null or a limit, and a place for the old one.
    check(unsafe { libc::prlimit(pid, resource as _, p, &mut old) })?;
    Ok((old.rlim_cur, old.rlim_max))
}

/// Sets a resource limit.
pub fn setrlimit(resource: i32, soft: u64, hard: u64) -> Result<()> {
    let l = libc::rlimit { rlim_cur: soft, rlim_max: hard };
    // SAFETY: the limit outlives the call.
    check(unsafe { libc::setrlimit(resource as _, &l) }).map(drop)
}

/// What a child made by [`fork_exec`] does before its program runs.
pub struct Exec<'a> {
    /// Programs to try in order.
    pub programs: &'a [CString],
    /// `None`: nothing is run but `before`, and the child leaves with 255.
    pub args: &'a [CString],
    pub env: Option<&'a [CString]>,
    pub cwd: Option<&'a CStr>,
    /// Descriptors kept beside 0, 1 and 2 when others are closed; sorted.
    pub keep: &'a [i32],
    pub close_fds: bool,
    /// Ends of pipes: child's and parent's of standard input, output and error; -1 for none.
    pub p2cread: i32,
    pub p2cwrite: i32,
    pub c2pread: i32,
    pub c2pwrite: i32,
    pub errread: i32,
    pub errwrite: i32,
    pub errpipe_read: i32,
    pub errpipe_write: i32,
    pub restore_signals: bool,
    pub new_session: bool,
    pub process_group: i32,
    pub gid: Option<u32>,
    pub groups: Option<&'a [u32]>,
    pub uid: Option<u32>,
    pub umask: Option<u32>,
}

/// Forks and runs a program (`_posixsubprocess`). A failure in the child is reported through `errpipe_write` as `OSError:HEXERRNO:where`.
/// `before` runs in the child right before the program; it returns false on failure.
pub fn fork_exec(e: &Exec<'_>, before: Option<&mut dyn FnMut() -> bool>) -> Result<i32> {
    // All memory is set aside before the fork.
    let argv = pointers(e.args);
    let envp = e.env.map(pointers);
    let pid = fork()?;
    if pid != 0 {
        return Ok(pid);
    }
    let place = child(e, &argv, envp.as_deref(), before);
    let error = Error::last_os_error().raw_os_error().unwrap_or(0);
    report(e.errpipe_write, error, place);
    exit_now(255)
}

/// Tells the parent what failed.
fn report(fd: i32, error: i32, place: &'static str) {
    let mut line = [0u8; 64];
    let mut n = 0;
    let mut put = |b: &[u8]| {
        line[n..n + b.len()].copy_from_slice(b);
        n += b.len();
    };
    if place == "before" {
        put(b"SubprocessError:0:Exception occurred in preexec_fn.");
    } else {
        put(b"OSError:");
        let digits = b"0123456789abcdef";
        let mut started = false;
        for shift in (0..8).rev() {
            let d = (error >> (shift * 4) & 15) as usize;
            started |= d != 0;
            if started {
                put(&digits[d..=d]);
            }
        }
        put(b":");
        put(place.as_bytes());
    }
    let _ = crate::fd::write(fd, &line[..n]);
}

/// The child's steps. Returns only on failure: with the text that tells the parent where (`noexec` and `noexec:chdir` say that no program was run).
fn child(
    e: &Exec<'_>,
    argv: &[*const libc::c_char],
    envp: Option<&[*const libc::c_char]>,
    before: Option<&mut dyn FnMut() -> bool>,
) -> &'static str {
    // SAFETY: only calls that are allowed between fork and exec, on plain values and on memory set aside before.
    unsafe {
        for fd in [e.p2cwrite, e.c2pread, e.errread, e.errpipe_read] {
            if fd >= 0 {
                libc::close(fd);
            }
        }
        let (mut c2pwrite, mut errwrite) = (e.c2pwrite, e.errwrite);
        // A descriptor that is needed elsewhere is moved out of the way first.
        if c2pwrite == 0 {
            c2pwrite = libc::fcntl(c2pwrite, libc::F_DUPFD_CLOEXEC, 3);
            if c2pwrite < 0 {
                return "noexec";
            }
        }
        while errwrite == 0 || errwrite == 1 {
            errwrite = libc::fcntl(errwrite, libc::F_DUPFD_CLOEXEC, 3);
            if errwrite < 0 {
                return "noexec";
            }
        }
        for (from, to) in [(e.p2cread, 0), (c2pwrite, 1), (errwrite, 2)] {
            if from == to {
                if crate::fd::set_inheritable(from, true).is_err() {
                    return "noexec";
                }
            } else if from != -1 && libc::dup2(from, to) < 0 {
                return "noexec";
            }
        }
        if let Some(cwd) = e.cwd
            && libc::chdir(cwd.as_ptr()) < 0
        {
            return "noexec:chdir";
        }
        if let Some(mask) = e.umask {
            libc::umask(mask);
        }
        if e.restore_signals {
            for signal in [libc::SIGPIPE, libc::SIGXFSZ] {
                libc::signal(signal, libc::SIG_DFL);
            }
        }
        if e.new_session {
            libc::setsid();
        }
        if e.process_group >= 0 && libc::setpgid(0, e.process_group) < 0 {
            return "noexec";
        }
        if let Some(groups) = e.groups
            && libc::syscall(libc::SYS_setgroups, groups.len(), groups.as_ptr()) < 0
        {
            return "noexec";
        }
        if let Some(gid) = e.gid
            && libc::syscall(libc::SYS_setregid, gid, gid) < 0
        {
            return "noexec";
        }
        if let Some(uid) = e.uid
            && libc::syscall(libc::SYS_setreuid, uid, uid) < 0
        {
            return "noexec";
        }
        if let Some(before) = before
            && !before()
        {
            return "before";
        }
        for &fd in e.keep {
            if fd != e.errpipe_write {
                let _ = crate::fd::set_inheritable(fd, true);
            }
        }
        if e.close_fds {
            let mut from = 3;
            for &fd in e.keep.iter().filter(|&&fd| fd >= 3) {
                close_range(from, fd - 1);
                from = fd + 1;
            }
            close_range(from, i32::MAX);
        }
        let mut worst = 0;
        for program in e.programs {
            match envp {
                Some(envp) => libc::execve(program.as_ptr(), argv.as_ptr(), envp.as_ptr()),
                None => libc::execv(program.as_ptr(), argv.as_ptr()),
            };
            let error = *libc::__errno_location();
            if error != libc::ENOENT && error != libc::ENOTDIR && worst == 0 {
                worst = error;
            }
        }
        if worst != 0 {
            *libc::__errno_location() = worst;
        }
        ""
    }
}

/// Closes all descriptors in a range.
pub fn close_range(first: i32, last: i32) {
    if first > last {
        return;
    }
    // SAFETY: plain values; descriptors that are not open are passed over.
    unsafe {
        if libc::syscall(libc::SYS_close_range, first, last, 0) == 0 {
            return;
        }
        let most = libc::sysconf(libc::_SC_OPEN_MAX).clamp(256, 1 << 20) as i32;
        for fd in first..=last.min(most) {
            libc::close(fd);
        }
    }
}

/// The environment as name and value.
pub fn environment() -> Vec<(Vec<u8>, Vec<u8>)> {
    use std::os::unix::ffi::OsStringExt;
    std::env::vars_os().map(|(k, v)| (k.into_vec(), v.into_vec())).collect()
}

/// Sets a variable of the environment that children and C code see.
pub fn setenv(name: &CStr, value: &CStr) -> Result<()> {
    // SAFETY: strings that outlive the call. Called under the interpreter lock; Rust code that reads the environment does so under it as well.
    check(unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) }).map(drop)
}

/// Removes a variable.
pub fn unsetenv(name: &CStr) -> Result<()> {
    // SAFETY: as above.
    check(unsafe { libc::unsetenv(name.as_ptr()) }).map(drop)
}
