//! Checks on single files: length, words, and where `unsafe` stands and why.

use super::Finding;
use std::path::Path;

/// The files that are looked at.
pub(super) const EXTENSIONS: &[&str] = &["rs", "py", "md", "toml", "txt", "sh"];

/// Beyond this a Rust file surely holds two subjects.
const MAX_LINES: usize = 1500;

/// Longer files that stay as they are, each with its reason. An entry that is no longer needed is a finding, too.
const LONG_FILES: &[(&str, &str)] = &[];

/// Where `unsafe` may stand.
const UNSAFE_CRATES: &[&str] = &["object", "runtime", "jit", "capi", "host"];

/// Words that no file may hold. They are split so that this one does not.
const FORBIDDEN: &[(&str, &str)] = &[
    (concat!("todo", "!("), "unfinished code"),
    (concat!("unimplemented", "!("), "unfinished code"),
    (concat!("dbg", "!("), "left from debugging"),
    (concat!("// TO", "DO"), "write it down elsewhere, or do it"),
    (concat!("// FIX", "ME"), "write it down elsewhere, or do it"),
    (concat!("/wo", "rk/"), "a path of somebody's machine"),
    (concat!("/ro", "ot/"), "a path of somebody's machine"),
];

/// Checks one file's text.
pub(super) fn check(path: &Path, contents: &str, findings: &mut Vec<Finding>) {
    let name = path.display().to_string();
    let is_rust = name.ends_with(".rs");
    let lines: Vec<&str> = contents.lines().collect();
    if is_rust && lines.len() > MAX_LINES && !LONG_FILES.iter().any(|(file, _)| *file == name) {
        findings.push(format!("{name}: {} lines (at most {MAX_LINES})", lines.len()));
    }
    for (i, line) in lines.iter().enumerate() {
        for (word, why) in FORBIDDEN {
            // In Python and in texts only the paths are forbidden: tests may hold any word.
            if line.contains(word) && (is_rust || word.starts_with('/') && !word.starts_with("//")) {
                findings.push(format!("{name}:{}: {word:?}: {why}", i + 1));
            }
        }
        if is_rust {
            check_unsafe(&name, &lines, i, findings);
        }
    }
}

/// Reports entries of the list of long files that are not needed.
pub(super) fn check_exceptions(root: &Path, findings: &mut Vec<Finding>) {
    for (file, _) in LONG_FILES {
        let lines = std::fs::read_to_string(root.join(file)).map_or(0, |text| text.lines().count());
        if lines <= MAX_LINES {
            findings.push(format!("{file}: no longer needs its entry in the list of long files"));
        }
    }
}

fn check_unsafe(name: &str, lines: &[&str], at: usize, findings: &mut Vec<Finding>) {
    let code = code_of(lines[at]);
    let opens = ["unsafe {", "unsafe impl", "unsafe fn", "unsafe extern"].iter().any(|form| code.contains(form));
    if !opens {
        return;
    }
    let crate_name = name.split('/').nth(1).unwrap_or_default();
    if !UNSAFE_CRATES.contains(&crate_name) {
        findings.push(format!("{name}:{}: unsafe outside {}", at + 1, UNSAFE_CRATES.join(", ")));
    }
    let needs_reason = code.contains("unsafe {") || code.contains("unsafe impl");
    if needs_reason && !lines[at].contains("SAFETY:") && !reason_above(lines, at) {
        findings.push(format!("{name}:{}: unsafe without a SAFETY comment", at + 1));
    }
}

/// Whether a `SAFETY:` comment stands above, in the same paragraph.
fn reason_above(lines: &[&str], at: usize) -> bool {
    lines[..at].iter().rev().take(20).take_while(|line| !line.trim().is_empty()).any(|line| line.contains("SAFETY:"))
}

/// The line without its comment and without the contents of its strings.
fn code_of(line: &str) -> String {
    let mut code = String::new();
    let mut in_string = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if in_string => {
                chars.next();
            }
            '"' => in_string = !in_string,
            '/' if !in_string && chars.peek() == Some(&'/') => break,
            _ if !in_string => code.push(c),
            _ => {}
        }
    }
    code
}
