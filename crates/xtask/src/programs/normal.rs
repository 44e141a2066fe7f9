//! Takes out of a program's output what depends on the machine and on where the library is installed.

use std::path::Path;

/// Replaces the program's folder, its scratch folder and the interpreter's path by fixed names.
pub(super) fn paths(text: &str, program: &Path, scratch: &Path, python: &Path) -> String {
    let scratch = scratch.display().to_string();
    text.replace(&scratch, "<scratch>")
        .replace(&program.display().to_string(), "<dir>")
        .replace(&python.display().to_string(), "<python>")
}

/// Replaces the folder of the standard library by a fixed name.
pub(super) fn library(text: &str) -> String {
    const TAIL: &str = "/lib/python3.14/";
    let mut parts = text.split(TAIL).peekable();
    let mut plain = String::with_capacity(text.len());
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            plain.push_str(part);
            break;
        }
        let start = part.rfind(|c: char| c.is_whitespace() || "\"'(<,=".contains(c)).map_or(0, |at| at + 1);
        plain.push_str(&part[..start]);
        plain.push_str("<library>/");
    }
    plain
}

/// Replaces the name under which the interpreter was started where its own messages begin with it.
pub(super) fn program_name(text: &str, python: &Path) -> String {
    let name = python.file_name().unwrap_or_default().to_string_lossy();
    let rename = |line: &str| match line.strip_prefix(name.as_ref()).filter(|rest| rest.starts_with(':')) {
        Some(rest) => format!("<python>{rest}"),
        None => line.replacen(&format!("usage: {name} "), "usage: <python> ", 1),
    };
    text.split_inclusive('\n').map(rename).collect()
}

/// Leaves out of tracebacks the frames inside the standard library: their line numbers change from release to release.
pub(super) fn own_frames(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    // The indentation of the library's frame that is being left out; its source lines stand deeper.
    let mut library_frame = None;
    for line in text.split_inclusive('\n') {
        let body = line.trim_start_matches([' ', '|']);
        let depth = line.len() - body.len();
        if library_frame.is_some_and(|frame| depth > frame) {
            continue;
        }
        let is_frame = depth > 0 && body.starts_with("File \"");
        let of_library = is_frame && (body.starts_with("File \"<frozen ") || body.contains("/lib/python3.14/"));
        library_frame = of_library.then_some(depth);
        if !of_library {
            kept.push_str(line);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_the_library_are_left_out() {
        let text = concat!(
            "Traceback (most recent call last):\n",
            "  File \"<dir>/a.py\", line 1, in <module>\n    f()\n    ~^^\n",
            "  File \"/usr/lib/python3.14/json/x.py\", line 2, in g\n    h()\n    ~^^\n",
            "  File \"<frozen runpy>\", line 3, in h\n",
            "ValueError: x\n"
        );
        let own =
            "Traceback (most recent call last):\n  File \"<dir>/a.py\", line 1, in <module>\n    f()\n    ~^^\nValueError: x\n";
        assert_eq!(own_frames(text), own);
    }

    #[test]
    fn places_have_fixed_names() {
        assert_eq!(library("from 'os' (/usr/lib/python3.14/os.py) and"), "from 'os' (<library>/os.py) and");
        assert_eq!(program_name("py: no\nusage: py [x]\n", Path::new("/bin/py")), "<python>: no\nusage: <python> [x]\n");
    }
}
