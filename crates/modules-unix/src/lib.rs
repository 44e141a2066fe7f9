//! Native modules that show a piece of the system's C library as it is: terminals, limits, users, locales, descriptors' control.
#![forbid(unsafe_code)]

mod fcntl;
mod groups;
mod locale;
mod mmap;
mod multiprocessing;
mod passwd;
mod posixshmem;
mod resource;
mod syslog;
mod termios;

use runtime::ModuleDef;

/// The native modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    vec![
        &fcntl::Fcntl::MODULE,
        &groups::Grp::MODULE,
        &locale::Locale::MODULE,
        &mmap::MmapModule::MODULE,
        &multiprocessing::Multiprocessing::MODULE,
        &passwd::Pwd::MODULE,
        &posixshmem::PosixShmem::MODULE,
        &resource::Resource::MODULE,
        &syslog::Syslog::MODULE,
        &termios::Termios::MODULE,
    ]
}
