//! The `pyroxene` program: options as CPython's, one interpreter, exit codes.
#![forbid(unsafe_code)]

mod library;
mod options;
mod places;
mod prompt;
mod run;
mod settings;

use std::process::ExitCode;

/// Bytes of the main thread's stack: Python code that calls native code recurses on it. Nested containers are shown and compared about as
/// deep as on CPython's 8 MB.
const STACK_SIZE: usize = 40 << 20;

fn main() -> ExitCode {
    host::program::close_absent_streams();
    let args: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let options = match options::parse(&args) {
        Ok(options::Parsed::Run(o)) => o,
        Ok(options::Parsed::Print(text)) => {
            host::program::print(&text);
            return ExitCode::SUCCESS;
        }
        Err(refusal) => {
            host::program::print_error(&refusal.text);
            return ExitCode::from(refusal.code as u8);
        }
    };
    // Threads of Python programs expect the process's first thread to be the main one; only its stack is another.
    host::fault::default_crashes();
    host::stack::run_on(STACK_SIZE, || -> ExitCode {
        let ended = run::run(&options);
        if ended.interrupted {
            host::program::exit_by_interrupt();
        }
        host::program::exit(ended.code)
    })
}
