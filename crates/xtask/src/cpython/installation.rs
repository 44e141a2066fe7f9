//! An installation that has the test suite in its library, as CPython's has: the suite starts children with `-E` and `-I`, which look nowhere else.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Makes the installation anew in `folder`; what its program is called.
pub(super) fn make(folder: &Path, python: &Path, suite: &Path) -> Result<PathBuf, String> {
    let program = folder.join("bin").join(python.file_name().unwrap_or("pyroxene".as_ref()));
    let tests = folder.join("lib/python3.14/test");
    let made = (|| {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        for place in [&program, &tests] {
            fs::create_dir_all(place.parent().unwrap_or(folder))?;
        }
        // The program finds its library by its own place, so that a symbolic link would not do.
        fs::hard_link(python, &program).or_else(|_| fs::copy(python, &program).map(drop))?;
        symlink(suite.join("test"), &tests)
    })();
    made.map(|()| program).map_err(|error: std::io::Error| format!("{}: {error}", folder.display()))
}
