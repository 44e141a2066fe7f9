//! Checks on the tree that no compiler makes. Every finding is one line, `path:line: what`.

mod edges;
mod text;

use std::path::{Path, PathBuf};
use std::process::Command;

/// A finding's text, ready to print.
type Finding = String;

/// Runs all checks; whether nothing was found.
pub(crate) fn run() -> Result<bool, String> {
    let root = crate::root();
    let files = tracked(&root)?;
    let mut findings = Vec::new();
    for path in &files {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if !text::EXTENSIONS.contains(&extension) {
            continue;
        }
        // A file that git knows may have been deleted just now.
        if let Ok(contents) = std::fs::read_to_string(root.join(path)) {
            text::check(path, &contents, &mut findings);
        }
    }
    text::check_exceptions(&root, &mut findings);
    edges::check(&root, &mut findings)?;
    findings.iter().for_each(|finding| println!("{finding}"));
    println!("tidy: {} files, {} findings", files.len(), findings.len());
    Ok(findings.is_empty())
}

fn tracked(root: &Path) -> Result<Vec<PathBuf>, String> {
    let listed = Command::new("git").args(["ls-files", "-co", "--exclude-standard"]).current_dir(root).output();
    let listed = listed.map_err(|error| format!("git: {error}"))?;
    Ok(String::from_utf8_lossy(&listed.stdout).lines().map(PathBuf::from).collect())
}
