//! The state of one interpreter: what its threads share.
#![expect(unsafe_code, reason = "shared under the interpreter lock")]

use crate::types::dict::Dict;
use object::gc::Collector;
use object::{Guarded, Obj, Py};
use std::cell::Cell;
use std::ffi::OsString;
use std::hash::BuildHasherDefault;
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
    /// New and freed memory is filled (`PYTHONMALLOC=debug`, development mode).
    pub malloc_debug: bool,
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
    pub argv: Vec<OsString>,
    pub orig_argv: Vec<OsString>,
    /// Where the program, the library and what `sys.path` begins with are.
    pub places: Places,
    pub code_debug_ranges: bool,
    /// Other processes may send scripts (`sys.remote_exec`).
    pub remote_debug: bool,
    /// `-X frozen_modules`.
    pub use_frozen_modules: bool,
    /// `-X importtime`: 1 shows imports, 2 also those of modules that are there already.
    pub import_time: i32,
    /// `--check-hash-based-pycs`.
    pub check_hash_pycs: String,
    /// `-X pycache_prefix`.
    pub pycache_prefix: Option<OsString>,
    /// The system's name for the locale's encoding.
    pub locale_encoding: String,
    /// Standard streams let undecodable bytes pass, as in the C locale.
    pub stdio_surrogates: bool,
    /// `-X cpu_count`.
    pub cpu_count: Option<i32>,
    /// `-X faulthandler`.
    pub faulthandler: bool,
    /// `-X tracemalloc`: how many frames to keep, 0 for none.
    pub tracemalloc: i32,
    pub thread_inherit_context: bool,
    pub context_aware_warnings: bool,
}

/// What `sys` says of places, as CPython's `getpath` works it out.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub executable: OsString,
    /// The program itself where `executable` is a virtual environment's.
    pub base_executable: OsString,
    pub prefix: OsString,
    pub exec_prefix: OsString,
    pub base_prefix: OsString,
    pub base_exec_prefix: OsString,
    /// The folder of the library's Python half: a real one, or where the packed one is shown.
    pub stdlib_dir: OsString,
    /// What `sys.path` begins as.
    pub path: Vec<OsString>,
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
            malloc_debug: false,
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
            places: Places::default(),
            code_debug_ranges: true,
            remote_debug: false,
            use_frozen_modules: true,
            import_time: 0,
            check_hash_pycs: "default".into(),
            pycache_prefix: None,
            locale_encoding: "UTF-8".into(),
            stdio_surrogates: false,
            cpu_count: None,
            faulthandler: false,
            tracemalloc: 0,
            thread_inherit_context: false,
            context_aware_warnings: false,
        }
    }
}

/// What all threads of an interpreter share.
pub struct Interpreter {
    pub config: Config,
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
    /// `builtins.all` and `builtins.any` as they were at start, which compiled code compares with.
    pub common_functions: Guarded<Option<(Obj, Obj)>>,
    /// What the program's start put in front of `sys.path`.
    pub sys_path_0: Guarded<Option<Obj>>,
    /// `-i`, until the prompt has come up.
    pub inspect: Cell<bool>,
    pub recursion_limit: Cell<i32>,
    pub int_max_str_digits: Cell<i32>,
    /// Native modules by name.
    pub native_modules: Guarded<Vec<&'static crate::ModuleDef>>,
    /// Where `import` finds the packed library.
    pub frozen: Guarded<Option<Box<dyn crate::import::FrozenSource>>>,
    /// `_imp._override_frozen_modules_for_tests`: 1 uses them, -1 does not, 0 leaves it to the options.
    pub frozen_override: Cell<i64>,
    pub(crate) import_times: crate::import::timing::ImportTimes,
    /// State of native modules that has no module object at hand, by type.
    pub module_state: Guarded<ModuleStates>,
    /// The codec registry: search path, cache, error handlers.
    pub codecs: crate::codecs::Registry,
    pub next_thread_id: AtomicU64,
    /// The number of the main thread: 1, unless another one forked.
    pub main_thread: Cell<u64>,
    pub finalizing: Cell<bool>,
    /// Nanoseconds of the switch interval.
    pub switch_interval: Cell<u64>,
    /// Runs the handlers of signals that arrived; set by the signal module.
    pub signal_hook: Guarded<Option<fn(&crate::Thread) -> crate::PyResult<()>>>,
    /// The line by line prompt, for `sys._baserepl`; set by the command line.
    pub prompt_hook: Guarded<Option<fn(&crate::Thread) -> crate::PyResult<()>>>,
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
    /// Last: what the other fields hold may still be tracked when it goes.
    pub gc: Collector,
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

/// States of native modules by type. A type's number is a hash already.
pub type ModuleStates =
    std::collections::HashMap<std::any::TypeId, std::sync::Arc<dyn std::any::Any + Send + Sync>, BuildHasherDefault<TypeHasher>>;

/// The hash of a `TypeId`: the number that it writes.
#[derive(Default)]
pub struct TypeHasher(u64);

impl std::hash::Hasher for TypeHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(b);
        }
    }

    #[inline]
    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

impl Interpreter {
    /// An interpreter with empty namespaces; `startup` fills them.
    pub fn new(config: Config) -> Interpreter {
        let (digits, inspect) = (config.int_max_str_digits, config.inspect > 0);
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
            common_functions: Guarded::new(None),
            sys_path_0: Guarded::new(None),
            inspect: Cell::new(inspect),
            recursion_limit: Cell::new(1000),
            int_max_str_digits: Cell::new(digits),
            native_modules: Guarded::new(Vec::new()),
            frozen: Guarded::new(None),
            frozen_override: Cell::new(0),
            import_times: crate::import::timing::ImportTimes::default(),
            module_state: Guarded::new(ModuleStates::default()),
            codecs: crate::codecs::Registry::new(),
            next_thread_id: AtomicU64::new(1),
            main_thread: Cell::new(1),
            finalizing: Cell::new(false),
            switch_interval: Cell::new(5_000_000),
            signal_hook: Guarded::new(None),
            prompt_hook: Guarded::new(None),
            exit_hook: Guarded::new(None),
            ast_hook: Guarded::new(None),
            monitoring: crate::interpreter::instrument::Monitoring::default(),
            audit_hooks: Guarded::new(Vec::new()),
            gil: crate::gil::Gil::default(),
            threads: Guarded::new(Vec::new()),
        }
    }

    /// `threading.main_thread().ident`.
    pub fn main_thread_ident(&self) -> Option<u64> {
        // SAFETY: states leave the list before they are freed, under the GIL, which is held.
        self.threads.lock().iter().map(|t| unsafe { &*t.0 }).find(|t| t.id == self.main_thread.get()).map(|t| t.ident.get())
    }

    /// What `look` makes of the state that [`Interpreter::state`] gives; it runs no code of the program's.
    #[inline]
    pub fn look_at_state<T: Default + Send + Sync + 'static, R>(&self, look: impl FnOnce(&T) -> R) -> R {
        let known = self.module_state.lock().get(&std::any::TypeId::of::<T>()).map(std::sync::Arc::as_ptr);
        match known {
            // SAFETY: the key is the type; states are given up with the interpreter only, which does not end while `look` runs.
            Some(state) => look(unsafe { &*state.cast::<T>() }),
            None => look(&self.state::<T>()),
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
