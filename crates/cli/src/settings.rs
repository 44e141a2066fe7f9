//! The `PYTHON*` variables and the `-X` options: what they make of the configuration.

use crate::options::Refusal;
use runtime::Config;
use std::ffi::OsString;

/// A variable that is set to something, unless the environment is ignored.
pub(crate) fn variable(config: &Config, name: &str) -> Option<OsString> {
    if config.ignore_environment { None } else { host::program::var_os(name).filter(|v| !v.is_empty()) }
}

fn text(config: &Config, name: &str) -> Option<String> {
    variable(config, name).map(|v| v.to_string_lossy().into_owned())
}

/// An `-X` option: whether it is given, and its value.
fn x(config: &Config, name: &str) -> Option<Option<String>> {
    config.x_options.iter().rev().find(|(n, _)| n == name).map(|(_, value)| value.clone())
}

fn fatal(message: &str) -> Refusal {
    refuse(message, "preinitialized")
}

/// A `Fatal Python error`; `state` is how far CPython had come.
fn refuse(message: &str, state: &str) -> Refusal {
    Refusal { text: format!("Fatal Python error: {message}\nPython runtime state: {state}\n\n"), code: 1 }
}

/// A flag that a variable raises: a number is itself (negative ones mean nothing), any other text is 1 (`_Py_get_env_flag`).
fn flag(config: &Config, name: &str) -> i32 {
    text(config, name).map_or(0, |v| match v.trim_start().parse::<i64>() {
        Ok(n) => i32::try_from(n).unwrap_or(1).max(0),
        Err(_) => 1,
    })
}

/// As [`flag`], for settings that are only on or off: a negative number is on.
fn switch(config: &Config, name: &str) -> bool {
    text(config, name).is_some_and(|v| v.trim_start().parse::<i64>() != Ok(0))
}

/// Completes the configuration that the options began.
pub(crate) fn apply(config: &mut Config) -> Result<(), Refusal> {
    apply_flags(config);
    apply_locale(config)?;
    apply_limits(config)?;
    apply_tracing(config)?;
    apply_frozen_modules(config)?;
    apply_hash_seed(config)?;
    apply_warnings(config);
    Ok(())
}

fn apply_flags(config: &mut Config) {
    config.dev_mode = x(config, "dev").is_some() || variable(config, "PYTHONDEVMODE").is_some();
    config.optimize = config.optimize.max(flag(config, "PYTHONOPTIMIZE"));
    config.verbose = config.verbose.max(flag(config, "PYTHONVERBOSE"));
    config.debug = config.debug.max(flag(config, "PYTHONDEBUG"));
    config.dont_write_bytecode |= switch(config, "PYTHONDONTWRITEBYTECODE");
    config.no_user_site |= switch(config, "PYTHONNOUSERSITE");
    config.unbuffered |= switch(config, "PYTHONUNBUFFERED");
    config.safe_path |= variable(config, "PYTHONSAFEPATH").is_some();
    if variable(config, "PYTHONINSPECT").is_some() {
        config.inspect = config.inspect.max(1);
    }
    config.warn_default_encoding =
        x(config, "warn_default_encoding").is_some() || variable(config, "PYTHONWARNDEFAULTENCODING").is_some();
    config.code_debug_ranges = x(config, "no_debug_ranges").is_none() && variable(config, "PYTHONNODEBUGRANGES").is_none();
    config.remote_debug =
        x(config, "disable-remote-debug").is_none() && variable(config, "PYTHON_DISABLE_REMOTE_DEBUG").is_none();
    config.pycache_prefix = match x(config, "pycache_prefix") {
        Some(folder) => folder.filter(|f| !f.is_empty()).map(OsString::from),
        None => variable(config, "PYTHONPYCACHEPREFIX"),
    };
}

/// Whether text is UTF-8 everywhere: as told, or because the locale says nothing better (PEP 538 and PEP 540).
fn apply_locale(config: &mut Config) -> Result<(), Refusal> {
    let mut locale = host::locale::start();
    let is_plain = locale.name == "C" || locale.name == "POSIX";
    let coercion = text(config, "PYTHONCOERCECLOCALE");
    if is_plain && coercion.as_deref() != Some("0") && host::program::var_os("LC_ALL").is_none_or(|v| v.is_empty()) {
        locale = host::locale::coerce().unwrap_or(locale);
        if coercion.as_deref() == Some("warn") && locale.name != "C" {
            host::program::print_error(&format!(
                "Python detected LC_CTYPE=C: LC_CTYPE coerced to {} (set another locale or PYTHONCOERCECLOCALE=0 to disable \
                 this locale coercion behavior).\n",
                locale.name
            ));
        }
    }
    config.utf8_mode = match (x(config, "utf8"), text(config, "PYTHONUTF8").as_deref()) {
        (Some(value), _) => match value.as_deref() {
            None | Some("1") => true,
            Some("0") => false,
            _ => return Err(refuse("preconfig_init_utf8_mode: invalid -X utf8 option value", "preinitializing")),
        },
        (None, Some("1")) => true,
        (None, Some("0")) => false,
        (None, Some(_)) => {
            let message = "preconfig_init_utf8_mode: invalid PYTHONUTF8 environment variable value";
            return Err(refuse(message, "preinitializing"));
        }
        (None, None) => is_plain,
    };
    // There is one allocator; what can be chosen is whether it fills memory.
    config.malloc_debug = match text(config, "PYTHONMALLOC").as_deref() {
        None | Some("") => config.dev_mode,
        Some("default" | "malloc" | "pymalloc" | "mimalloc") => false,
        Some("debug" | "malloc_debug" | "pymalloc_debug" | "mimalloc_debug") => true,
        Some(_) => return Err(refuse("preconfig_init_allocator: PYTHONMALLOC: unknown allocator", "preinitializing")),
    };
    config.locale_encoding = locale.encoding;
    config.stdio_surrogates = ["C", "POSIX", "C.UTF-8", "C.utf8", "UTF-8"].contains(&locale.name.as_str());
    Ok(())
}

fn apply_limits(config: &mut Config) -> Result<(), Refusal> {
    let (digits, from) = match x(config, "int_max_str_digits") {
        Some(value) => (Some(value.unwrap_or_default()), "-X int_max_str_digits"),
        None => (text(config, "PYTHONINTMAXSTRDIGITS"), "PYTHONINTMAXSTRDIGITS"),
    };
    if let Some(digits) = digits {
        match digits.parse::<i32>() {
            Ok(n) if n == 0 || n >= 640 => config.int_max_str_digits = n,
            _ => {
                let message =
                    format!("config_init_int_max_str_digits: {from}: invalid limit; must be >= 640 or 0 for unlimited.");
                return Err(fatal(&message));
            }
        }
    }
    let count = x(config, "cpu_count").map(Option::unwrap_or_default).or_else(|| text(config, "PYTHON_CPU_COUNT"));
    if let Some(count) = count.filter(|c| c != "default") {
        match count.parse::<i32>() {
            Ok(n) if n > 0 => config.cpu_count = Some(n),
            _ => {
                return Err(fatal(
                    "config_init_cpu_count: -X cpu_count=n option: n is missing or an invalid number, n must be greater than 0",
                ));
            }
        }
    }
    Ok(())
}

/// An option or variable that must be 0 or 1.
fn choice(config: &Config, option: &str, name: &str, function: &str) -> Result<Option<bool>, Refusal> {
    let parse = |value: &str, from: String| match value {
        "0" => Ok(Some(false)),
        "1" => Ok(Some(true)),
        _ => Err(fatal(&format!("{function}: {from}"))),
    };
    if let Some(value) = x(config, option) {
        return parse(&value.unwrap_or_default(), format!("-X {option}=n: n is missing or invalid"));
    }
    text(config, name).map_or(Ok(None), |value| parse(&value, format!("{name}=N: N is missing or invalid")))
}

fn apply_tracing(config: &mut Config) -> Result<(), Refusal> {
    config.faulthandler =
        config.dev_mode || x(config, "faulthandler").is_some() || variable(config, "PYTHONFAULTHANDLER").is_some();
    let times = match x(config, "importtime") {
        Some(value) => Some((value.unwrap_or_default(), "-X importtime: values")),
        None => text(config, "PYTHONPROFILEIMPORTTIME").map(|v| (v, "PYTHONPROFILEIMPORTTIME: numeric values")),
    };
    if let Some((value, from)) = times {
        config.import_time = match value.parse::<i64>() {
            Ok(n @ 0..=2) => n as i32,
            Err(_) => 1,
            Ok(_) => {
                let message = format!("config_init_import_time: {from} other than 1 and 2 are reserved for future use.");
                return Err(fatal(&message));
            }
        };
    }
    let frames = match x(config, "tracemalloc") {
        Some(value) => Some((value.unwrap_or_else(|| "1".into()), "-X tracemalloc=NFRAME")),
        None => text(config, "PYTHONTRACEMALLOC").map(|v| (v, "PYTHONTRACEMALLOC")),
    };
    if let Some((value, from)) = frames {
        match value.parse::<i32>() {
            Ok(n) if n >= 0 => config.tracemalloc = n,
            _ => return Err(fatal(&format!("config_init_tracemalloc: {from}: invalid number of frames"))),
        }
    }
    let function = "config_init_thread_inherit_context";
    let inherit = choice(config, "thread_inherit_context", "PYTHON_THREAD_INHERIT_CONTEXT", function)?;
    config.thread_inherit_context = inherit.unwrap_or(false);
    let function = "config_init_context_aware_warnings";
    let aware = choice(config, "context_aware_warnings", "PYTHON_CONTEXT_AWARE_WARNINGS", function)?;
    config.context_aware_warnings = aware.unwrap_or(false);
    match x(config, "gil").map(Option::unwrap_or_default).or_else(|| text(config, "PYTHON_GIL")).as_deref() {
        None | Some("1") => Ok(()),
        Some("0") => Err(fatal("config_read_gil: Disabling the GIL is not supported by this build")),
        Some(_) => Err(fatal("config_read_gil: PYTHON_GIL / -X gil must be \"0\" or \"1\"")),
    }
}

fn apply_frozen_modules(config: &mut Config) -> Result<(), Refusal> {
    let (value, from) = match x(config, "frozen_modules") {
        Some(value) => (Some(value.unwrap_or_else(|| "on".into())), "option -X frozen_modules"),
        None => (text(config, "PYTHON_FROZEN_MODULES"), "PYTHON_FROZEN_MODULES"),
    };
    config.use_frozen_modules = match value.as_deref() {
        None | Some("on" | "") => true,
        Some("off") => false,
        Some(_) => return Err(fatal(&format!("bad value for {from} (expected \"on\" or \"off\")"))),
    };
    Ok(())
}

fn apply_hash_seed(config: &mut Config) -> Result<(), Refusal> {
    let Some(seed) = text(config, "PYTHONHASHSEED").filter(|seed| seed != "random") else { return Ok(()) };
    let Ok(seed) = seed.parse::<u32>() else {
        return Err(fatal("config_init_hash_seed: PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]"));
    };
    config.hash_randomization = seed != 0;
    runtime::hashing::set_key(Some(seed));
    Ok(())
}

/// `sys.warnoptions`: what development mode, the environment and the command line ask for, in this order and each once.
fn apply_warnings(config: &mut Config) {
    let mut filters: Vec<String> = Vec::new();
    let mut add = |filter: &str| {
        if !filter.is_empty() && !filters.iter().any(|f| f == filter) {
            filters.push(filter.to_owned());
        }
    };
    if config.dev_mode {
        add("default");
    }
    text(config, "PYTHONWARNINGS").unwrap_or_default().split(',').for_each(&mut add);
    config.warn_options.iter().map(String::as_str).for_each(&mut add);
    match config.bytes_warning {
        0 => {}
        1 => add("default::BytesWarning"),
        _ => add("error::BytesWarning"),
    }
    config.warn_options = filters;
}
