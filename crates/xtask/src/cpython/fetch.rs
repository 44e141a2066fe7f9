//! Fetches the test suite: Debian's packages of it, from the mirror that this machine's apt is set up for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The suite's own package, and the one that holds `test.support`.
const PACKAGES: [&str; 2] = ["libpython3.14-testsuite", "libpython3.14-stdlib"];
const RELEASE: &str = "forky";
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Where the suite is.
pub(super) struct Suite {
    /// The folder that holds `test/`.
    pub(super) folder: PathBuf,
    /// The package's version.
    pub(super) version: String,
}

/// The suite in `cache`, fetched if it is not there. `CPYTHON_TESTSUITE` names a folder that holds a `test` package instead.
pub(super) fn suite(cache: &Path) -> Result<Suite, String> {
    if let Some(folder) = std::env::var_os("CPYTHON_TESTSUITE") {
        return Ok(Suite { folder: folder.into(), version: "of CPYTHON_TESTSUITE".into() });
    }
    let folder = cache.join("lib");
    if !folder.join("VERSION").exists() {
        fetch(cache, &folder)?;
    }
    let version = fs::read_to_string(folder.join("VERSION")).map_err(|error| error.to_string())?;
    Ok(Suite { folder, version: version.trim().to_owned() })
}

fn fetch(cache: &Path, folder: &Path) -> Result<(), String> {
    let apt = cache.join("apt");
    for below in ["lists/partial", "archives/partial", "packages"] {
        fs::create_dir_all(apt.join(below)).map_err(|error| format!("{}: {error}", apt.display()))?;
    }
    let mirror = mirror().ok_or("apt has no Debian mirror set up")?;
    let signed = if Path::new(KEYRING).exists() { format!("[signed-by={KEYRING}] ") } else { String::new() };
    write(&apt.join("sources.list"), &format!("deb {signed}{mirror} {RELEASE} main\n"))?;
    write(&apt.join("status"), "")?;
    let packages = apt.join("packages");
    apt_get(&apt, &["update"], &apt)?;
    apt_get(&apt, &[&["download"], &PACKAGES[..]].concat(), &packages)?;
    let unpacked = apt.join("unpacked");
    let mut version = String::new();
    for entry in fs::read_dir(&packages).map_err(|error| error.to_string())? {
        let package = entry.map_err(|error| error.to_string())?.path();
        tool(Command::new("dpkg-deb").arg("-x").arg(&package).arg(&unpacked))?;
        if package.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PACKAGES[0])) {
            version = tool(Command::new("dpkg-deb").arg("-f").arg(&package).arg("Version"))?;
        }
    }
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let tests = unpacked.join("usr/lib/python3.14/test");
    fs::rename(&tests, folder.join("test")).map_err(|error| format!("{}: {error}", tests.display()))?;
    let _ = fs::remove_dir_all(&apt);
    // Written last: a folder without it is half fetched.
    write(&folder.join("VERSION"), version.trim())
}

fn apt_get(state: &Path, task: &[&str], cwd: &Path) -> Result<String, String> {
    let mut command = Command::new("apt-get");
    let folder = state.display();
    for option in [
        format!("Dir::Etc::sourcelist={folder}/sources.list"),
        "Dir::Etc::sourceparts=-".into(),
        format!("Dir::State::lists={folder}/lists"),
        format!("Dir::State::status={folder}/status"),
        format!("Dir::Cache={folder}"),
        "Acquire::Languages=none".into(),
        "Acquire::Retries=2".into(),
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false".into(),
        "APT::Sandbox::User=".into(),
    ] {
        command.arg("-o").arg(option);
    }
    tool(command.arg("-qq").args(task).current_dir(cwd))
}

fn tool(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().display().to_string();
    let output = command.output().map_err(|error| format!("{name}: {error}"))?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{name}: {}", message.lines().next().unwrap_or("failed")));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The first address in apt's sources that ends in `/debian`.
fn mirror() -> Option<String> {
    let listed = fs::read_dir("/etc/apt/sources.list.d").ok();
    let parts = listed.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let files = [PathBuf::from("/etc/apt/sources.list")].into_iter().chain(parts);
    let texts: Vec<String> = files.filter_map(|file| fs::read_to_string(file).ok()).collect();
    let lines = texts.iter().flat_map(|text| text.lines()).filter(|line| !line.trim_start().starts_with('#'));
    let mut words = lines.flat_map(str::split_whitespace).filter(|word| word.contains("://"));
    words.find(|word| word.trim_end_matches('/').ends_with("/debian")).map(str::to_owned)
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
