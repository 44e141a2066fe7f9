//! What `sys` says of the interpreter: versions, flags, paths, limits.

use crate::sys::Sys;
use crate::types::function;
use crate::types::str as pystr;
use crate::types::{dict, float, int, list, namespace, tuple};
use crate::{Module, Obj, Py, PyResult, Thread, bool_obj, none};

/// CPython's version whose behaviour this is.
pub(super) const VERSION: (i64, i64, i64) = (3, 14, 8);
/// `sys.hexversion`.
pub(super) const HEXVERSION: i64 = 0x030e_08f0;

fn text(s: &str) -> Obj {
    pystr::new(s).into_obj()
}

/// `3.14.8`.
pub fn version_number() -> String {
    let (a, b, c) = VERSION;
    format!("{a}.{b}.{c}")
}

/// The tail of `sys.version` and the banner.
pub fn version_text() -> String {
    let (a, b, c) = VERSION;
    format!("{a}.{b}.{c} (main, Oct  1 2026, 19:55:55) [Pyroxene {}]", env!("CARGO_PKG_VERSION"))
}

/// The only instance of a struct sequence type. Of `sys.flags` the last three fields only have names.
fn structure(th: &Thread, name: &str, fields: &[(&str, Obj)]) -> PyResult<Obj> {
    let visible = if name == "sys.flags" { fields.len() - 3 } else { fields.len() };
    let closed = matches!(name, "sys.flags" | "sys.version_info");
    crate::types::structseq::instance(th, name, fields, visible, closed)
}

/// Fills the namespace of `sys`, except for the streams.
pub fn fill(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    let c = &th.rt().config;
    let i = |v: i64| int::from_i64(v);
    m.add("version", text(&version_text()));
    m.add("hexversion", i(HEXVERSION));
    m.add("copyright", text("Copyright (c) 2001 Python Software Foundation.\nAll Rights Reserved.\n\nCopyright (c) 2000 BeOpen.com.\nAll Rights Reserved.\n\nCopyright (c) 1995-2001 Corporation for National Research Initiatives.\nAll Rights Reserved.\n\nCopyright (c) 1991-1995 Stichting Mathematisch Centrum, Amsterdam.\nAll Rights Reserved."));
    m.add("platform", text("linux"));
    m.add("byteorder", text("little"));
    m.add("maxsize", i(i64::MAX));
    m.add("maxunicode", i(0x10ffff));
    m.add("api_version", i(1013));
    m.add("platlibdir", text("lib"));
    m.add("float_repr_style", text("short"));
    m.add("abiflags", text(""));
    m.add("dont_write_bytecode", bool_obj(c.dont_write_bytecode));
    m.add("pycache_prefix", c.pycache_prefix.as_ref().map_or_else(none, |p| os_text(p)));
    m.add("_git", tuple::from_array([text("CPython"), text(""), text("")]));
    m.add("_framework", text(""));
    let version = structure(
        th,
        "sys.version_info",
        &[
            ("major", i(VERSION.0)),
            ("minor", i(VERSION.1)),
            ("micro", i(VERSION.2)),
            ("releaselevel", text("final")),
            ("serial", i(0)),
        ],
    )?;
    m.add("version_info", version.clone());
    let implementation = namespace::new(
        th,
        &[
            ("name", text("cpython")),
            ("cache_tag", text("cpython-314")),
            ("version", version),
            ("hexversion", i(HEXVERSION)),
            ("_multiarch", text("x86_64-linux-gnu")),
            ("supports_isolated_interpreters", bool_obj(true)),
        ],
    );
    m.add("implementation", implementation);
    let mut pyroxene = vec![("version", text(env!("CARGO_PKG_VERSION")))];
    // Only there in builds that count references.
    if object::total_references().is_some() {
        pyroxene.extend(Sys::COUNTERS.methods.iter().map(|def| (def.name, function::builtin(def, None, None))));
    }
    let pyroxene = namespace::new(th, &pyroxene);
    m.add("pyroxene", pyroxene);
    let flags = structure(
        th,
        "sys.flags",
        &[
            ("debug", i(c.debug.into())),
            ("inspect", i(c.inspect.into())),
            ("interactive", i(c.interactive.into())),
            ("optimize", i(c.optimize.into())),
            ("dont_write_bytecode", i(c.dont_write_bytecode.into())),
            ("no_user_site", i(c.no_user_site.into())),
            ("no_site", i(c.no_site.into())),
            ("ignore_environment", i(c.ignore_environment.into())),
            ("verbose", i(c.verbose.into())),
            ("bytes_warning", i(c.bytes_warning.into())),
            ("quiet", i(c.quiet.into())),
            ("hash_randomization", i(c.hash_randomization.into())),
            ("isolated", i(c.isolated.into())),
            ("dev_mode", bool_obj(c.dev_mode)),
            ("utf8_mode", i(c.utf8_mode.into())),
            ("warn_default_encoding", i(c.warn_default_encoding.into())),
            ("safe_path", bool_obj(c.safe_path)),
            ("int_max_str_digits", i(c.int_max_str_digits.into())),
            ("gil", i(1)),
            ("thread_inherit_context", i(c.thread_inherit_context.into())),
            ("context_aware_warnings", i(c.context_aware_warnings.into())),
        ],
    )?;
    m.add("flags", flags);
    let float_info = structure(
        th,
        "sys.float_info",
        &[
            ("max", float::new(f64::MAX)),
            ("max_exp", i(1024)),
            ("max_10_exp", i(308)),
            ("min", float::new(f64::MIN_POSITIVE)),
            ("min_exp", i(-1021)),
            ("min_10_exp", i(-307)),
            ("dig", i(15)),
            ("mant_dig", i(53)),
            ("epsilon", float::new(f64::EPSILON)),
            ("radix", i(2)),
            ("rounds", i(1)),
        ],
    )?;
    m.add("float_info", float_info);
    let int_info = structure(
        th,
        "sys.int_info",
        &[
            ("bits_per_digit", i(30)),
            ("sizeof_digit", i(4)),
            ("default_max_str_digits", i(4300)),
            ("str_digits_check_threshold", i(640)),
        ],
    )?;
    m.add("int_info", int_info);
    let hash_info = structure(
        th,
        "sys.hash_info",
        &[
            ("width", i(64)),
            ("modulus", i((1 << 61) - 1)),
            ("inf", i(314159)),
            ("nan", i(0)),
            ("imag", i(1000003)),
            ("algorithm", text("siphash13")),
            ("hash_bits", i(64)),
            ("seed_bits", i(128)),
            ("cutoff", i(0)),
        ],
    )?;
    m.add("hash_info", hash_info);
    let thread_info =
        structure(th, "sys.thread_info", &[("name", text("pthread")), ("lock", text("semaphore")), ("version", none())])?;
    m.add("thread_info", thread_info);
    let strings = |items: &[String]| list::from_vec(th, items.iter().map(|s| text(s)).collect());
    let os_strings = |items: &[std::ffi::OsString]| list::from_vec(th, items.iter().map(|s| os_text(s)).collect());
    m.add("warnoptions", strings(&c.warn_options));
    let x = dict::new();
    for (k, v) in &c.x_options {
        let value = v.as_ref().map_or_else(|| bool_obj(true), |v| text(v));
        x.insert_str(&pystr::intern(k), value);
    }
    m.add("_xoptions", x);
    m.add("argv", os_strings(&c.argv));
    m.add("orig_argv", os_strings(&c.orig_argv));
    let p = &c.places;
    for (name, place) in [
        ("executable", &p.executable),
        ("_base_executable", &p.base_executable),
        ("prefix", &p.prefix),
        ("exec_prefix", &p.exec_prefix),
        ("base_prefix", &p.base_prefix),
        ("base_exec_prefix", &p.base_exec_prefix),
        ("_stdlib_dir", &p.stdlib_dir),
    ] {
        m.add(name, os_text(place));
    }
    m.add("path", os_strings(&p.path));
    m.add("meta_path", list::from_vec(th, Vec::new()));
    m.add("path_hooks", list::from_vec(th, Vec::new()));
    m.add("path_importer_cache", dict::new());
    let mut native: Vec<&str> = th.rt().native_modules.lock().iter().map(|d| d.name).collect();
    native.sort_unstable();
    m.add("builtin_module_names", tuple::from_vec(native.iter().map(|s| text(s)).collect()));
    let mut all = th.rt().frozen.lock().as_ref().map(|f| f.library()).unwrap_or_default();
    all.extend(native);
    all.sort_unstable();
    all.dedup();
    let names = crate::types::set::frozen_from(th, &all.iter().map(|s| text(s)).collect::<Vec<_>>())?;
    m.add("stdlib_module_names", names);
    let monitoring = crate::import::make_native(th, &super::monitoring::Monitoring::MODULE)?;
    m.add("monitoring", monitoring);
    let jit = crate::import::make_native(th, &super::jit::Jit::MODULE)?;
    m.add("_jit", jit);
    for hook in ["displayhook", "excepthook", "breakpointhook", "unraisablehook"] {
        if let Some(f) = m.dict().get_str(&pystr::intern(hook)) {
            m.add(&format!("__{hook}__"), f);
        }
    }
    Ok(())
}

/// An operating system's string as a Python one: bytes that are not UTF-8 become lone surrogates (`surrogateescape`).
pub fn os_text(s: &std::ffi::OsStr) -> Obj {
    let bytes = host::program::os_bytes(s);
    let mut b = text::Builder::new();
    let mut rest: &[u8] = &bytes;
    while !rest.is_empty() {
        match std::str::from_utf8(rest) {
            Ok(s) => {
                b.push_str(s);
                break;
            }
            Err(e) => {
                let (good, bad) = rest.split_at(e.valid_up_to());
                b.push_str(std::str::from_utf8(good).unwrap_or_default());
                b.push(0xdc00 + u32::from(bad[0]));
                rest = &bad[1..];
            }
        }
    }
    pystr::from_buf(b.finish()).into_obj()
}
