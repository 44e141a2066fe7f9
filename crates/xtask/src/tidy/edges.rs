//! The crate graph: each crate's allowed dependencies stand in one table, and a new edge is a decision.

use super::Finding;
use std::fs;
use std::path::Path;

/// The table: one line per crate, `name: what it may depend on`. A crate name that ends in `*` stands for all that begin so.
const TABLE: &str = include_str!("edges.txt");

/// Compares every crate's manifest with the table.
pub(super) fn check(root: &Path, findings: &mut Vec<Finding>) -> Result<(), String> {
    let crates = root.join("crates");
    let mut names: Vec<_> = fs::read_dir(&crates)
        .map_err(|error| format!("{}: {error}", crates.display()))?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| crates.join(name).join("Cargo.toml").exists())
        .collect();
    names.sort();
    for name in names {
        let manifest = fs::read_to_string(crates.join(&name).join("Cargo.toml")).map_err(|error| error.to_string())?;
        let Some(allowed) = allowed(&name) else {
            findings.push(format!("crates/{name}: not in the table of crates (crates/xtask/src/tidy/edges.txt)"));
            continue;
        };
        for dependency in dependencies(&manifest) {
            if !allowed.iter().any(|pattern| matches(pattern, &dependency)) {
                findings.push(format!("crates/{name}/Cargo.toml: {name} may not depend on {dependency}"));
            }
        }
    }
    Ok(())
}

fn allowed(name: &str) -> Option<Vec<&'static str>> {
    let rows = TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':'));
    let mut rows = rows.filter(|(pattern, _)| matches(pattern, name)).peekable();
    rows.peek()?;
    Some(rows.flat_map(|(_, list)| list.split_whitespace()).collect())
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

/// The names in a manifest's sections of dependencies; those for tests are free.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut section = "";
    let mut names = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(title) = line.strip_prefix('[') {
            section = title.trim_end_matches(']');
            if let Some((table, name)) = section.rsplit_once("dependencies.").filter(|(table, _)| !table.ends_with("dev-")) {
                debug_assert!(!table.contains('"'));
                names.push(name.to_owned());
            }
        } else if section.ends_with("dependencies") && !section.ends_with("dev-dependencies") {
            let name: String = line.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect();
            if !name.is_empty() {
                names.push(name);
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_names_its_dependencies() {
        let manifest = "[package]\nname = \"a\"\n[dependencies]\nx.workspace = true\ny-z = \"1\"\n[dev-dependencies]\nt = \"1\"\n[target.'cfg(unix)'.dependencies.w]\n";
        assert_eq!(dependencies(manifest), ["x", "y-z", "w"]);
        assert!(matches("modules-*", "modules-core") && !matches("object", "objects"));
    }
}
