//! The command line, option for option as CPython 3.14 reads it, and the `PYTHON*` variables.

use runtime::Config;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// What to run.
#[derive(Debug, Clone)]
pub(crate) enum Program {
    Command(String),
    Module(String),
    File(OsString),
    Stdin,
    Interactive,
}

/// A parsed command line.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) config: Config,
    pub(crate) program: Program,
    pub(crate) skip_first_line: bool,
}

/// Run something, or print a text and leave.
pub(crate) enum Parsed {
    Run(Box<Options>),
    Print(String),
}

const USAGE: &str = "usage: pyroxene [option] ... [-c cmd | -m mod | file | -] [arg] ...\n";

fn help() -> String {
    format!(
        "{USAGE}Options (and corresponding environment variables):
-b     : issue warnings about converting bytes/bytearray to str and comparing
         bytes/bytearray with str or bytes with int; also PYTHONBYTESWARNING=x
         (-bb: issue errors)
-B     : don't write .pyc files on import; also PYTHONDONTWRITEBYTECODE=x
-c cmd : program passed in as string (terminates option list)
-d     : turn on parser debugging output (no effect here)
-E     : ignore PYTHON* environment variables
-h     : print this help message and exit (also -? or --help)
-i     : inspect interactively after running script; also PYTHONINSPECT=x
-I     : isolate from the user's environment (implies -E, -P and -s)
-m mod : run library module as a script (terminates option list)
-O     : remove assert statements; also PYTHONOPTIMIZE=x
-OO    : do -O changes and discard docstrings
-P     : don't prepend a potentially unsafe path to sys.path; also PYTHONSAFEPATH
-q     : don't print version and copyright messages on interactive startup
-s     : don't add user site directory to sys.path; also PYTHONNOUSERSITE=x
-S     : don't imply 'import site' on initialization
-u     : force the stdout and stderr streams to be unbuffered; also PYTHONUNBUFFERED=x
-v     : verbose (trace import statements); also PYTHONVERBOSE=x
-V     : print the version number and exit (also --version); twice for more
-W arg : warning control; also PYTHONWARNINGS=arg
-x     : skip first line of source
-X opt : set implementation-specific option
file   : program read from script file
-      : program read from stdin
arg ...: arguments passed to program in sys.argv[1:]
"
    )
}

fn variable(config: &Config, name: &str) -> Option<String> {
    if config.ignore_environment {
        return None;
    }
    host::program::var(name).filter(|v| !v.is_empty())
}

/// Parses the arguments after the program's name.
pub(crate) fn parse(args: &[OsString]) -> Result<Parsed, String> {
    let mut config = Config { orig_argv: args.to_vec(), ..Config::default() };
    let mut program: Option<Program> = None;
    let mut skip_first_line = false;
    let mut versions = 0;
    let mut i = 1;
    let mut rest_from = args.len();
    'args: while i < args.len() {
        let arg = args[i].as_bytes();
        if arg == b"-" {
            program = Some(Program::Stdin);
            rest_from = i;
            break;
        }
        if arg.len() < 2 || arg[0] != b'-' {
            program = Some(Program::File(args[i].clone()));
            rest_from = i;
            break;
        }
        if arg == b"--help" || arg == b"--help-all" || arg == b"--help-env" || arg == b"--help-xoptions" {
            return Ok(Parsed::Print(help()));
        }
        if arg == b"--version" {
            versions += 1;
            i += 1;
            continue;
        }
        if arg == b"--check-hash-based-pycs" {
            i += 2;
            continue;
        }
        if arg == b"--" {
            i += 1;
            if i < args.len() {
                program = Some(Program::File(args[i].clone()));
                rest_from = i;
            }
            break;
        }
        if arg.starts_with(b"--") {
            return Err(format!(
                "unknown option {}\n{USAGE}Try `pyroxene -h' for more information.\n",
                args[i].to_string_lossy()
            ));
        }
        let mut j = 1;
        while j < arg.len() {
            let letter = arg[j];
            j += 1;
            // The value of an option is the rest of its word, or the next word.
            let mut value = |j: &mut usize| -> Result<OsString, String> {
                if *j < arg.len() {
                    let v = OsStr::from_bytes(&arg[*j..]).to_os_string();
                    *j = arg.len();
                    return Ok(v);
                }
                i += 1;
                args.get(i).cloned().ok_or_else(|| {
                    format!(
                        "Argument expected for the -{} option\n{USAGE}Try `pyroxene -h' for more information.\n",
                        letter as char
                    )
                })
            };
            match letter {
                b'b' => config.bytes_warning += 1,
                b'B' => config.dont_write_bytecode = true,
                b'c' => {
                    let text = value(&mut j)?.to_string_lossy().into_owned();
                    program = Some(Program::Command(format!("{text}\n")));
                    rest_from = i;
                    break 'args;
                }
                b'd' => config.debug += 1,
                b'E' => config.ignore_environment = true,
                b'h' | b'?' => return Ok(Parsed::Print(help())),
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
                b'm' => {
                    program = Some(Program::Module(value(&mut j)?.to_string_lossy().into_owned()));
                    rest_from = i;
                    break 'args;
                }
                b'O' => config.optimize += 1,
                b'P' => config.safe_path = true,
                b'q' => config.quiet += 1,
                b'R' => {}
                b's' => config.no_user_site = true,
                b'S' => config.no_site = true,
                b't' => {}
                b'u' => config.unbuffered = true,
                b'v' => config.verbose += 1,
                b'V' => versions += 1,
                b'W' => {
                    let v = value(&mut j)?.to_string_lossy().into_owned();
                    config.warn_options.push(v);
                }
                b'x' => skip_first_line = true,
                b'X' => {
                    let v = value(&mut j)?.to_string_lossy().into_owned();
                    let (name, setting) = match v.split_once('=') {
                        Some((n, s)) => (n.to_string(), Some(s.to_string())),
                        None => (v, None),
                    };
                    config.x_options.push((name, setting));
                }
                other => {
                    return Err(format!("Unknown option: -{}\n{USAGE}Try `pyroxene -h' for more information.\n", other as char));
                }
            }
        }
        i += 1;
    }
    if versions > 0 {
        let text = if versions > 1 {
            format!("Python {}\n", runtime::sys::version_text())
        } else {
            format!("Python {}\n", runtime::sys::version_number())
        };
        return Ok(Parsed::Print(text));
    }
    apply_environment(&mut config)?;
    let program = program.unwrap_or(if host::program::is_terminal() { Program::Interactive } else { Program::Stdin });
    let mut argv: Vec<OsString> = args[rest_from.min(args.len())..].to_vec();
    match &program {
        Program::Command(_) => argv = with_first("-c", &args[(rest_from + 1).min(args.len())..]),
        Program::Module(_) => argv = with_first("-m", &args[(rest_from + 1).min(args.len())..]),
        Program::Interactive | Program::Stdin if argv.is_empty() => argv = vec![OsString::new()],
        _ => {}
    }
    config.argv = argv;
    config.executable = host::program::executable();
    Ok(Parsed::Run(Box::new(Options { config, program, skip_first_line })))
}

fn with_first(first: &str, rest: &[OsString]) -> Vec<OsString> {
    let mut argv = vec![OsString::from(first)];
    argv.extend_from_slice(rest);
    argv
}

/// A variable that counts: any text is 1, a number is itself.
fn count(config: &Config, name: &str) -> i32 {
    variable(config, name).map_or(0, |v| v.parse().unwrap_or(1).max(0))
}

fn apply_environment(config: &mut Config) -> Result<(), String> {
    config.optimize = config.optimize.max(count(config, "PYTHONOPTIMIZE"));
    config.verbose = config.verbose.max(count(config, "PYTHONVERBOSE"));
    config.debug = config.debug.max(count(config, "PYTHONDEBUG"));
    config.bytes_warning = config.bytes_warning.max(count(config, "PYTHONBYTESWARNING"));
    config.dont_write_bytecode |= variable(config, "PYTHONDONTWRITEBYTECODE").is_some();
    config.no_user_site |= variable(config, "PYTHONNOUSERSITE").is_some();
    config.unbuffered |= variable(config, "PYTHONUNBUFFERED").is_some();
    config.safe_path |= variable(config, "PYTHONSAFEPATH").is_some();
    if variable(config, "PYTHONINSPECT").is_some() {
        config.inspect = config.inspect.max(1);
    }
    let x = |config: &Config, name: &str| config.x_options.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.clone());
    config.dev_mode = x(config, "dev").is_some() || variable(config, "PYTHONDEVMODE").is_some();
    config.warn_default_encoding =
        x(config, "warn_default_encoding").is_some() || variable(config, "PYTHONWARNDEFAULTENCODING").is_some();
    config.code_debug_ranges = x(config, "no_debug_ranges").is_none() && variable(config, "PYTHONNODEBUGRANGES").is_none();
    let utf8 = x(config, "utf8").map(|v| v.unwrap_or_else(|| "1".into())).or_else(|| variable(config, "PYTHONUTF8"));
    match utf8.as_deref() {
        Some("1") => config.utf8_mode = true,
        Some("0") => config.utf8_mode = false,
        Some(_) => return Err("Fatal Python error: invalid -X utf8 option value\n".into()),
        None => config.utf8_mode = false,
    }
    let digits = match x(config, "int_max_str_digits") {
        Some(v) => Some(v.unwrap_or_default()),
        None => variable(config, "PYTHONINTMAXSTRDIGITS"),
    };
    if let Some(d) = digits {
        match d.parse::<i32>() {
            Ok(n) if n == 0 || n >= 640 => config.int_max_str_digits = n,
            _ => {
                return Err(
                    "Fatal Python error: config_init_int_max_str_digits: -X int_max_str_digits: invalid limit; must be >= 640 or 0 for unlimited.\n".into(),
                );
            }
        }
    }
    match variable(config, "PYTHONHASHSEED").as_deref() {
        None | Some("random") => {}
        Some(seed) => match seed.parse::<u32>() {
            Ok(n) => {
                config.hash_randomization = n != 0;
                runtime::hashing::set_key(Some(n));
            }
            Err(_) => {
                return Err(
                    "Fatal Python error: config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]\n".into(),
                );
            }
        },
    }
    let mut warnings: Vec<String> = Vec::new();
    if config.dev_mode {
        warnings.push("default".into());
    }
    if let Some(w) = variable(config, "PYTHONWARNINGS") {
        warnings.extend(w.split(',').map(str::to_string));
    }
    warnings.append(&mut config.warn_options);
    if config.bytes_warning > 1 {
        warnings.push("error::BytesWarning".into());
    } else if config.bytes_warning == 1 {
        warnings.push("default::BytesWarning".into());
    }
    config.warn_options = warnings;
    Ok(())
}
