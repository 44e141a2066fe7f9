//! The comment lines at the top of a program that say how it is run.

use std::ffi::OsString;
use std::path::Path;

/// How one program is run.
#[derive(Debug)]
pub(super) struct Directives {
    args: Vec<String>,
    pub(super) stdin: String,
    pub(super) env: Vec<(String, String)>,
    pub(super) exit: i32,
}

impl Directives {
    /// Reads the comment lines before the first other line.
    pub(super) fn parse(text: &str) -> Result<Directives, String> {
        let mut found = Directives { args: vec!["{file}".into()], stdin: String::new(), env: Vec::new(), exit: 0 };
        for line in text.lines().map_while(|line| line.strip_prefix('#')) {
            let Some((name, value)) = line.split_once(':').map(|(name, value)| (name.trim(), value.trim())) else {
                continue;
            };
            match name {
                "args" => found.args = words(value),
                "stdin" => found.stdin = unescape(value),
                "env" => {
                    let (name, value) = value.split_once('=').ok_or("`# env:` needs NAME=VALUE")?;
                    found.env.push((name.to_owned(), value.to_owned()));
                }
                "exit" => found.exit = value.parse().map_err(|_| "`# exit:` needs a number")?,
                _ => {}
            }
        }
        Ok(found)
    }

    /// The command line after the interpreter; `{dir}` is the program's folder.
    pub(super) fn args(&self, file: &Path) -> Vec<OsString> {
        let folder = file.parent().unwrap_or(file).display().to_string();
        let file = file.display().to_string();
        self.args.iter().map(|arg| arg.replace("{file}", &file).replace("{dir}", &folder).into()).collect()
    }
}

/// Splits at blanks; double quotes keep blanks together, and `\n` inside them is a line end.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (i, part) in text.split('"').enumerate() {
        if i % 2 == 1 {
            words.push(unescape(part));
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('t') => plain.push('\t'),
                Some(other) => plain.push(other),
                None => plain.push('\\'),
            },
            (other, false) => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comment_lines_say_how_a_program_runs() {
        let text = "# args: -O {file} one \"two words\"\n# stdin: a\\nb\n# env: X=1=2\n# exit: 3\nprint()\n# exit: 4\n";
        let found = Directives::parse(text).expect("well formed");
        let args = found.args(Path::new("/d/p.py"));
        assert_eq!(args, ["-O", "/d/p.py", "one", "two words"]);
        assert_eq!((found.stdin.as_str(), found.exit), ("a\nb", 3));
        assert_eq!(found.env, [("X".to_owned(), "1=2".to_owned())]);
        assert!(Directives::parse("# exit: x\n").is_err());
    }
}
