//! `_stat`: the bits of file modes.

use runtime::{Module, Py, PyResult, Thread, int_obj};

const CONSTANTS: &[(&str, i64)] = &[
    ("SF_APPEND", 262144),
    ("SF_ARCHIVED", 65536),
    ("SF_DATALESS", 1073741824),
    ("SF_FIRMLINK", 8388608),
    ("SF_IMMUTABLE", 131072),
    ("SF_NOUNLINK", 1048576),
    ("SF_SETTABLE", 4294901760),
    ("SF_SNAPSHOT", 2097152),
    ("ST_ATIME", 7),
    ("ST_CTIME", 9),
    ("ST_DEV", 2),
    ("ST_GID", 5),
    ("ST_INO", 1),
    ("ST_MODE", 0),
    ("ST_MTIME", 8),
    ("ST_NLINK", 3),
    ("ST_SIZE", 6),
    ("ST_UID", 4),
    ("S_ENFMT", 1024),
    ("S_IEXEC", 64),
    ("S_IFBLK", 24576),
    ("S_IFCHR", 8192),
    ("S_IFDIR", 16384),
    ("S_IFDOOR", 0),
    ("S_IFIFO", 4096),
    ("S_IFLNK", 40960),
    ("S_IFPORT", 0),
    ("S_IFREG", 32768),
    ("S_IFSOCK", 49152),
    ("S_IFWHT", 0),
    ("S_IREAD", 256),
    ("S_IRGRP", 32),
    ("S_IROTH", 4),
    ("S_IRUSR", 256),
    ("S_IRWXG", 56),
    ("S_IRWXO", 7),
    ("S_IRWXU", 448),
    ("S_ISGID", 1024),
    ("S_ISUID", 2048),
    ("S_ISVTX", 512),
    ("S_IWGRP", 16),
    ("S_IWOTH", 2),
    ("S_IWRITE", 128),
    ("S_IWUSR", 128),
    ("S_IXGRP", 8),
    ("S_IXOTH", 1),
    ("S_IXUSR", 64),
    ("UF_APPEND", 4),
    ("UF_COMPRESSED", 32),
    ("UF_DATAVAULT", 128),
    ("UF_HIDDEN", 32768),
    ("UF_IMMUTABLE", 2),
    ("UF_NODUMP", 1),
    ("UF_NOUNLINK", 16),
    ("UF_OPAQUE", 8),
    ("UF_SETTABLE", 65535),
    ("UF_TRACKED", 64),
];

/// The module.
#[macros::pymodule(name = "_stat", exec = Stat::exec)]
pub(crate) struct Stat;

impl Stat {
    fn exec(_: &Thread, m: &Py<Module>) -> PyResult<()> {
        for &(name, value) in CONSTANTS {
            m.add(name, int_obj(value));
        }
        Ok(())
    }
}

#[macros::pymethods]
impl Stat {
    #[pyfunction(name = "S_ISDIR", sig = "($module, mode, /)")]
    fn s_isdir(_: &Thread, mode: u32) -> bool {
        mode & 0o170000 == 0o40000
    }

    #[pyfunction(name = "S_ISCHR", sig = "($module, mode, /)")]
    fn s_ischr(_: &Thread, mode: u32) -> bool {
        mode & 0o170000 == 0o20000
    }

    #[pyfunction(name = "S_ISBLK", sig = "($module, mode, /)")]
    fn s_isblk(_: &Thread, mode: u32) -> bool {
        mode & 0o170000 == 0o60000
    }

    #[pyfunction(name = "S_ISREG", sig = "($module, mode, /)")]
    fn s_isreg(_: &Thread, mode: u32) -> bool {
        mode & 0o170000 == 0o100000
    }

    #[pyfunction(name = "S_ISFIFO", sig = "($module, mode, /)")]
    fn s_isfifo(_: &Thread, mode: u32) -> bool {
        mode & 0o170000 == 0o10000
    }

    #[pyfunction(name = "S_ISLNK", sig = "($module, mode, /)")]
    fn s_islnk(_: &Thread, mode: u32) -> bool {
        mode & 0o170000 == 0o120000
    }

    #[pyfunction(name = "S_ISSOCK", sig = "($module, mode, /)")]
    fn s_issock(_: &Thread, mode: u32) -> bool {
        mode & 0o170000 == 0o140000
    }

    #[pyfunction(name = "S_ISDOOR", sig = "($module, mode, /)")]
    fn s_isdoor(_: &Thread, _mode: u32) -> bool {
        false
    }

    #[pyfunction(name = "S_ISPORT", sig = "($module, mode, /)")]
    fn s_isport(_: &Thread, _mode: u32) -> bool {
        false
    }

    #[pyfunction(name = "S_ISWHT", sig = "($module, mode, /)")]
    fn s_iswht(_: &Thread, _mode: u32) -> bool {
        false
    }

    #[pyfunction(name = "S_IMODE", sig = "($module, mode, /)")]
    fn s_imode(_: &Thread, mode: u32) -> u32 {
        mode & 0o7777
    }

    #[pyfunction(name = "S_IFMT", sig = "($module, mode, /)")]
    fn s_ifmt(_: &Thread, mode: u32) -> u32 {
        mode & 0o170000
    }

    /// Convert a file's mode to a string of the form '-rwxrwxrwx'
    #[pyfunction(sig = "($module, mode, /)")]
    fn filemode(_: &Thread, mode: u32) -> String {
        let kind = match mode & 0o170000 {
            0o100000 => '-',
            0o040000 => 'd',
            0o120000 => 'l',
            0o060000 => 'b',
            0o020000 => 'c',
            0o010000 => 'p',
            0o140000 => 's',
            _ => '?',
        };
        let mut text = String::from(kind);
        // Permission triples from the owner down, each with the bit that changes its execute letter.
        for (shift, special, set, unset) in [(6, 0o4000, 's', 'S'), (3, 0o2000, 's', 'S'), (0, 0o1000, 't', 'T')] {
            let bits = mode >> shift;
            text.push(if bits & 4 != 0 { 'r' } else { '-' });
            text.push(if bits & 2 != 0 { 'w' } else { '-' });
            text.push(match (bits & 1 != 0, mode & special != 0) {
                (true, true) => set,
                (false, true) => unset,
                (true, false) => 'x',
                (false, false) => '-',
            });
        }
        text
    }
}
