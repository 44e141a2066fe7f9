//! Settings of the interpreter.

use super::TestCapi;
use runtime::interp::Config;
use runtime::types::str as pystr;
use runtime::{Obj, PyResult, Thread, bool_obj, int_obj};

/// Reads one setting.
type Read = fn(&Config) -> Obj;

/// Options by their names in `PyConfig`.
static OPTIONS: &[(&str, Read)] = &[
    ("bytes_warning", |c| int_obj(c.bytes_warning.into())),
    ("check_hash_pycs_mode", |c| pystr::new(&c.check_hash_pycs).into_obj()),
    ("code_debug_ranges", |c| bool_obj(c.code_debug_ranges)),
    ("context_aware_warnings", |c| bool_obj(c.context_aware_warnings)),
    ("dev_mode", |c| bool_obj(c.dev_mode)),
    ("faulthandler", |c| bool_obj(c.faulthandler)),
    ("import_time", |c| int_obj(c.import_time.into())),
    ("inspect", |c| bool_obj(c.inspect != 0)),
    ("int_max_str_digits", |c| int_obj(c.int_max_str_digits.into())),
    ("interactive", |c| bool_obj(c.interactive != 0)),
    ("isolated", |c| bool_obj(c.isolated)),
    ("optimization_level", |c| int_obj(c.optimize.into())),
    ("parser_debug", |c| bool_obj(c.debug != 0)),
    ("quiet", |c| bool_obj(c.quiet != 0)),
    ("safe_path", |c| bool_obj(c.safe_path)),
    ("site_import", |c| bool_obj(!c.no_site)),
    ("thread_inherit_context", |c| bool_obj(c.thread_inherit_context)),
    ("tracemalloc", |c| int_obj(c.tracemalloc.into())),
    ("use_environment", |c| bool_obj(!c.ignore_environment)),
    ("use_frozen_modules", |c| bool_obj(c.use_frozen_modules)),
    ("use_hash_seed", |c| bool_obj(!c.hash_randomization)),
    ("user_site_directory", |c| bool_obj(!c.no_user_site)),
    ("utf8_mode", |c| bool_obj(c.utf8_mode)),
    ("verbose", |c| int_obj(c.verbose.into())),
    ("warn_default_encoding", |c| bool_obj(c.warn_default_encoding)),
    ("write_bytecode", |c| bool_obj(!c.dont_write_bytecode)),
];

#[macros::pymethods(CONFIG)]
impl TestCapi {
    #[pyfunction(sig = "($self, object, /)")]
    fn config_get(th: &Thread, name: String) -> PyResult<Obj> {
        match OPTIONS.iter().find(|(known, _)| *known == name) {
            Some((_, read)) => Ok(read(&th.rt().config)),
            None => Err(th.value_error(format!("unknown config option name: {name}"))),
        }
    }
}
