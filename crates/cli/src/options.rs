//! The command line, option for option as CPython 3.14 reads it.

use crate::places::{self, Inputs};
use crate::settings;
use runtime::Config;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// What to run.
#[derive(Debug, Clone)]
pub(crate) enum Program {
    Command(OsString),
    Module(OsString),
    File(OsString),
    Stdin,
}

/// A parsed command line.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) config: Config,
    pub(crate) program: Program,
    pub(crate) skip_first_line: bool,
    /// The library's folder is on disk: the packed one is not used.
    pub(crate) has_real_library: bool,
}

/// Run something, or print a text and leave.
pub(crate) enum Parsed {
    Run(Box<Options>),
    Print(String),
}

/// Why nothing can be run: a text for standard error and the exit code.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) text: String,
    pub(crate) code: i32,
}

const HELP_OPTIONS: &str = include_str!("help/options.txt");
const HELP_ENVIRONMENT: &str = include_str!("help/environment.txt");
const HELP_XOPTIONS: &str = include_str!("help/xoptions.txt");

/// Letters of options without and with a value.
const PLAIN: &[u8] = b"bBdEhiIOPqRsStuvVx?";
const VALUED: &[u8] = b"cmWX";

/// One option as it stands on the command line.
enum Found {
    Letter(u8),
    Valued(u8, OsString),
    Long(&'static str),
    HashPycs(OsString),
}

/// Takes options off the front of the arguments, as CPython's `_PyOS_GetOpt`.
struct Scanner<'a> {
    args: &'a [OsString],
    /// The next argument, and the place inside the current one where several letters stand together (0: none).
    next: usize,
    inside: usize,
    usage: &'a str,
}

impl Scanner<'_> {
    fn refuse(&self, message: String) -> Refusal {
        Refusal { text: format!("{message}\n{}Try `python -h' for more information.\n", self.usage), code: 2 }
    }

    /// The next option; `None` where the options end.
    fn option(&mut self) -> Result<Option<Found>, Refusal> {
        if self.inside == 0 {
            let Some(arg) = self.args.get(self.next).map(|a| a.as_bytes()) else { return Ok(None) };
            if arg.first() != Some(&b'-') || arg.len() == 1 {
                return Ok(None);
            }
            self.next += 1;
            if arg == b"--" {
                return Ok(None);
            }
            if let Some(name) = arg.strip_prefix(b"--") {
                return self.long(&String::from_utf8_lossy(name)).map(Some);
            }
            self.inside = 1;
        }
        let arg = self.args[self.next - 1].as_bytes();
        let letter = arg[self.inside];
        self.inside = if self.inside + 1 < arg.len() { self.inside + 1 } else { 0 };
        if PLAIN.contains(&letter) {
            return Ok(Some(Found::Letter(letter)));
        }
        if !VALUED.contains(&letter) {
            return Err(self.refuse(format!("Unknown option: -{}", char::from(letter))));
        }
        // The value is the rest of the word, or the next word.
        if self.inside > 0 {
            let value = OsStr::from_bytes(&arg[std::mem::take(&mut self.inside)..]).to_os_string();
            return Ok(Some(Found::Valued(letter, value)));
        }
        match self.args.get(self.next) {
            Some(value) => {
                self.next += 1;
                Ok(Some(Found::Valued(letter, value.clone())))
            }
            None => Err(self.refuse(format!("Argument expected for the -{} option", char::from(letter)))),
        }
    }

    fn long(&mut self, name: &str) -> Result<Found, Refusal> {
        if name == "check-hash-based-pycs" {
            let value = self.args.get(self.next).cloned();
            self.next += 1;
            return value
                .map(Found::HashPycs)
                .ok_or_else(|| self.refuse("Argument expected for the --check-hash-based-pycs options".into()));
        }
        ["help", "help-all", "help-env", "help-xoptions", "version"]
            .into_iter()
            .find(|known| *known == name)
            .map(Found::Long)
            .ok_or_else(|| self.refuse(format!("Unknown option: --{name}")))
    }
}

/// Parses the program's arguments, the first of which is its own name.
pub(crate) fn parse(args: &[OsString]) -> Result<Parsed, Refusal> {
    let name = args.first().map_or(OsStr::new(""), OsString::as_os_str);
    let usage = format!("usage: {} [option] ... [-c cmd | -m mod | file | -] [arg] ...\n", name.to_string_lossy());
    let help = || format!("{usage}{HELP_OPTIONS}");
    let mut config = Config { orig_argv: args.to_vec(), ..Config::default() };
    let mut program = None;
    let mut skip_first_line = false;
    let mut versions = 0;
    let mut scanner = Scanner { args, next: 1, inside: 0, usage: &usage };
    while let Some(option) = scanner.option()? {
        match option {
            Found::Valued(b'c', text) => program = Some(Program::Command(text)),
            Found::Valued(b'm', module) => program = Some(Program::Module(module)),
            Found::Valued(b'W', filter) => config.warn_options.push(filter.to_string_lossy().into_owned()),
            Found::Valued(_, text) => config.x_options.push(x_option(&text)),
            Found::Letter(b'h' | b'?') | Found::Long("help") => return Ok(Parsed::Print(help())),
            Found::Long("help-all") => {
                return Ok(Parsed::Print(format!("{}\n{HELP_ENVIRONMENT}\n{HELP_XOPTIONS}", help())));
            }
            Found::Long("help-env") => return Ok(Parsed::Print(HELP_ENVIRONMENT.into())),
            Found::Long("help-xoptions") => return Ok(Parsed::Print(HELP_XOPTIONS.into())),
            Found::Letter(b'V') | Found::Long(_) => versions += 1,
            Found::Letter(b'x') => skip_first_line = true,
            Found::Letter(letter) => set_flag(&mut config, letter),
            Found::HashPycs(value) => match value.to_str() {
                Some(mode @ ("always" | "never" | "default")) => config.check_hash_pycs = mode.into(),
                _ => {
                    let text = "--check-hash-based-pycs must be one of 'default', 'always', or 'never'";
                    return Err(scanner.refuse(text.into()));
                }
            },
        }
        if program.is_some() {
            break;
        }
    }
    if versions > 0 {
        let version = if versions > 1 { runtime::sys::version_text() } else { runtime::sys::version_number() };
        return Ok(Parsed::Print(format!("Python {version}\n")));
    }
    let rest = &args[scanner.next.min(args.len())..];
    config.argv = match &program {
        Some(Program::Command(_)) => with_first("-c", rest),
        Some(_) => with_first("-m", rest),
        None if rest.is_empty() => vec![OsString::new()],
        None => rest.to_vec(),
    };
    let program = program.unwrap_or_else(|| match rest.first() {
        Some(file) if file != "-" => Program::File(file.clone()),
        _ => Program::Stdin,
    });
    settings::apply(&mut config)?;
    let environment = |name: &str| settings::variable(&config, name);
    let inputs = Inputs { argv0: name, home: environment("PYTHONHOME"), path: environment("PYTHONPATH") };
    let (found, has_real_library) = places::find(&inputs);
    config.places = found;
    Ok(Parsed::Run(Box::new(Options { config, program, skip_first_line, has_real_library })))
}

fn set_flag(config: &mut Config, letter: u8) {
    match letter {
        b'b' => config.bytes_warning += 1,
        b'B' => config.dont_write_bytecode = true,
        b'd' => config.debug += 1,
        b'E' => config.ignore_environment = true,
        b'i' => {
            config.inspect += 1;
            config.interactive += 1;
        }
        b'I' => {
            config.isolated = true;
            config.ignore_environment = true;
            config.no_user_site = true;
            config.safe_path = true;
        }
        b'O' => config.optimize += 1,
        b'P' => config.safe_path = true,
        b'q' => config.quiet += 1,
        b's' => config.no_user_site = true,
        b'S' => config.no_site = true,
        b'u' => config.unbuffered = true,
        b'v' => config.verbose += 1,
        // -R and -t mean nothing any more.
        _ => {}
    }
}

fn x_option(text: &OsStr) -> (String, Option<String>) {
    let text = text.to_string_lossy();
    match text.split_once('=') {
        Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
        None => (text.into_owned(), None),
    }
}

fn with_first(first: &str, rest: &[OsString]) -> Vec<OsString> {
    let mut argv = vec![OsString::from(first)];
    argv.extend_from_slice(rest);
    argv
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(args: &[&str]) -> Result<(Program, Config), String> {
        let args: Vec<OsString> = std::iter::once("python").chain(args.iter().copied()).map(OsString::from).collect();
        match parse(&args) {
            Ok(Parsed::Run(o)) => Ok((o.program, o.config)),
            Ok(Parsed::Print(text)) => Err(text),
            Err(refusal) => Err(refusal.text),
        }
    }

    #[test]
    fn letters_may_stand_together() {
        let (program, config) = scan(&["-IOOc", "pass", "-x", "y"]).expect("it parses");
        assert!(matches!(program, Program::Command(text) if text == "pass"));
        assert!(config.isolated && config.optimize == 2);
        assert_eq!(config.argv, ["-c", "-x", "y"]);
        assert!(matches!(scan(&["-Wa", "-"]), Ok((Program::Stdin, c)) if c.argv == ["-"] && c.warn_options == ["a"]));
        assert!(matches!(scan(&["--", "-x.py", "1"]), Ok((Program::File(f), c)) if f == "-x.py" && c.argv.len() == 2));
    }

    #[test]
    fn bad_options_are_refused() {
        assert!(scan(&["-Z"]).is_err_and(|text| text.starts_with("Unknown option: -Z\nusage: python [option]")));
        assert!(scan(&["--foo"]).is_err_and(|text| text.starts_with("Unknown option: --foo\n")));
        assert!(scan(&["-bc"]).is_err_and(|text| text.starts_with("Argument expected for the -c option\n")));
        assert!(scan(&["--version"]).is_err_and(|text| text.starts_with("Python 3.14")));
    }
}
