//! The state of one interpreter: what its threads share.
#![expect(unsafe_code, reason = "shared under the interpreter lock")]

use crate::types::dict::Dict;
use object::gc::Collector;
use object::{Guarded, Obj, Py};
use std::cell::Cell;
use std::sync::atomic::AtomicU64;

/// Options that `sys.flags` shows, with CPython's defaults.
#[derive(Clone, Debug)]
pub struct Config {
    pub debug: i32,
    pub inspect: i32,
    pub interactive: i32,
    pub optimize: i32,
    pub dont_write_bytecode: bool,
    pub no_user_site: bool,
    pub no_site: bool,
    pub ignore_environment: bool,
    pub verbose: i32,
    pub bytes_warning: i32,
    pub quiet: i32,
    pub isolated: bool,
    pub dev_mode: bool,
    pub utf8_mode: bool,
    pub warn_default_encoding: bool,
    pub safe_path: bool,
    pub int_max_str_digits: i32,
    pub hash_randomization: bool,
    pub unbuffered: bool,
    /// `-W` options and `PYTHONWARNINGS`, in CPython's order.
    pub warn_options: Vec<String>,
    /// `-X` options: name and value.
    pub x_options: Vec<(String, Option<String>)>,
    pub argv: Vec<std::ffi::OsString>,
    pub orig_argv: Vec<std::ffi::OsString>,
    /// The program, as found on the path.
    pub executable: std::ffi::OsString,
    pub code_debug_ranges: bool,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            debug: 0,
            inspect: 0,
            interactive: 0,
            optimize: 0,
            dont_write_bytecode: false,
            no_user_site: false,
            no_site: false,
            ignore_environment: false,
            verbose: 0,
            bytes_warning: 0,
            quiet: 0,
            isolated: false,
            dev_mode: false,
            utf8_mode: true,
            warn_default_encoding: false,
            safe_path: false,
            int_max_str_digits: 4300,
            hash_randomization: true,
            unbuffered: false,
            warn_options: Vec::new(),
            x_options: Vec::new(),
            argv: Vec::new(),
            orig_argv: Vec::new(),
            executable: std::ffi::OsString::new(),
            code_debug_ranges: true,
        }
    }
}

/// What all threads of an interpreter share.
pub struct Interpreter {
    pub config: Config,
    pub gc: Collector,
    /// `gc.garbage`, `gc.callbacks` and debug flags live in the gc module's state; these are the objects they hold.
    pub gc_garbage: Guarded<Option<Obj>>,
    pub gc_callbacks: Guarded<Option<Obj>>,
    pub gc_debug: Cell<u32>,
    /// `sys.__dict__`, `sys.modules`, `builtins.__dict__`.
    pub sys_dict: Guarded<Option<Py<Dict>>>,
    pub modules: Guarded<Option<Py<Dict>>>,
    pub builtins: Guarded<Option<Py<Dict>>>,
    pub builtins_module: Guarded<Option<Obj>>,
    /// The frozen `importlib._bootstrap` and `_bootstrap_external`.
    pub importlib: Guarded<Option<Obj>>,
    pub importlib_external: Guarded<Option<Obj>>,
    /// `builtins.__import__` as it was at start, for the fast path of `import`.
    pub import_function: Guarded<Option<Obj>>,
    pub recursion_limit: Cell<i32>,
    pub int_max_str_digits: Cell<i32>,
    /// Native modules by name.
    pub native_modules: Guarded<Vec<&'static crate::ModuleDef>>,
    /// Where `import` finds the packed library.
    pub frozen: Guarded<Option<Box<dyn crate::import::FrozenSource>>>,
    /// State of native modules that has no module object at hand, by type.
    pub module_state: Guarded<std::collections::HashMap<std::any::TypeId, std::sync::Arc<dyn std::any::Any + Send + Sync>>>,
    /// The codec registry: search path, cache, error handlers.
    pub codecs: crate::codecs::Registry,
    pub next_thread_id: AtomicU64,
    pub finalizing: Cell<bool>,
    /// Nanoseconds of the switch interval.
    pub switch_interval: Cell<u64>,
    /// Runs the handlers of signals that arrived; set by the signal module.
    pub signal_hook: Guarded<Option<fn(&crate::Thread) -> crate::PyResult<()>>>,
    /// Runs at-exit functions; set by the `atexit` module.
    pub exit_hook: Guarded<Option<fn(&crate::Thread)>>,
    /// Conversion of Python syntax trees; set by the `_ast` module's crate.
    pub ast_hook: Guarded<Option<crate::compile::AstHook>>,
    /// Tools that watch code, and what they watch.
    pub monitoring: crate::interpreter::instrument::Monitoring,
    /// `sys.addaudithook`.
    pub audit_hooks: Guarded<Vec<Obj>>,
    pub gil: crate::gil::Gil,
    /// All threads that run this interpreter, for `sys._current_frames` and `threading`.
    pub threads: Guarded<Vec<ThreadRef>>,
}

/// A thread state by address; taken out of the list before it goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ThreadRef(pub *const crate::Thread);

// SAFETY: used under the GIL only; a state leaves the list before it is freed.
unsafe impl Send for ThreadRef {}
// SAFETY: as above. Cells are written under the GIL.
unsafe impl Sync for Interpreter {}
// SAFETY: as above.
unsafe impl Send for Interpreter {}

impl Interpreter {
    /// An interpreter with empty namespaces; `startup` fills them.
    pub fn new(config: Config) -> Interpreter {
        let digits = config.int_max_str_digits;
        Interpreter {
            config,
            gc: Collector::new(),
            gc_garbage: Guarded::new(None),
            gc_callbacks: Guarded::new(None),
            gc_debug: Cell::new(0),
            sys_dict: Guarded::new(None),
            modules: Guarded::new(None),
            builtins: Guarded::new(None),
            builtins_module: Guarded::new(None),
            importlib: Guarded::new(None),
            importlib_external: Guarded::new(None),
            import_function: Guarded::new(None),
            recursion_limit: Cell::new(1000),
            int_max_str_digits: Cell::new(digits),
            native_modules: Guarded::new(Vec::new()),
            frozen: Guarded::new(None),
            module_state: Guarded::new(std::collections::HashMap::new()),
            codecs: crate::codecs::Registry::new(),
            next_thread_id: AtomicU64::new(1),
            finalizing: Cell::new(false),
            switch_interval: Cell::new(5_000_000),
            signal_hook: Guarded::new(None),
            exit_hook: Guarded::new(None),
            ast_hook: Guarded::new(None),
            monitoring: crate::interpreter::instrument::Monitoring::default(),
            audit_hooks: Guarded::new(Vec::new()),
            gil: crate::gil::Gil::default(),
            threads: Guarded::new(Vec::new()),
        }
    }

    /// The state of native code that no module object carries, made on first use.
    pub fn state<T: Default + Send + Sync + 'static>(&self) -> std::sync::Arc<T> {
        let key = std::any::TypeId::of::<T>();
        let known = self.module_state.lock().get(&key).cloned();
        let any = known.unwrap_or_else(|| {
            let fresh: std::sync::Arc<dyn std::any::Any + Send + Sync> = std::sync::Arc::new(T::default());
            self.module_state.lock().insert(key, fresh.clone());
            fresh
        });
        match any.downcast::<T>() {
            Ok(state) => state,
            Err(_) => unreachable!("the key is the type"),
        }
    }
}
