//! Compiles the library's modules for packing.

use bytecode::marshal;
use compiler::CompileOptions;
use std::thread;
use syntax::{Arena, Mode, ParseOptions};

/// A source to compile: its `co_filename` and its text.
pub(crate) struct Source<'a> {
    pub(crate) filename: String,
    pub(crate) text: &'a [u8],
}

/// The parser and the compiler recurse; in a build without optimisation the deepest sources need more than a usual stack.
const STACK: usize = 256 << 20;

/// Compiles every source, on all cores; the results are marshalled code objects, in order.
pub(crate) fn all(sources: &[Source<'_>]) -> Vec<Result<Vec<u8>, String>> {
    let jobs = thread::available_parallelism().map_or(1, |n| n.get());
    let share = |first: usize| (first..sources.len()).step_by(jobs).map(|i| (i, one(&sources[i]))).collect::<Vec<_>>();
    let mut results = thread::scope(|scope| {
        let start = |first| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || share(first));
        let workers: Vec<_> = (0..jobs).map(|first| start(first).expect("a thread can be started")).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("the compiler does not panic")).collect::<Vec<_>>()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn one(source: &Source<'_>) -> Result<Vec<u8>, String> {
    let arena = Arena::new();
    let text = syntax::decode_source(source.text).map_err(|problem| format!("{problem:?}"))?;
    let options = ParseOptions { mode: Mode::Exec, ..ParseOptions::default() };
    let (module, _) = syntax::parse(&arena, text.as_bytes(), &options).map_err(|error| format!("{error:?}"))?;
    let options = CompileOptions { filename: source.filename.as_bytes(), optimize: 0, flags: 0 };
    let (code, _) = compiler::compile(&module, &options).map_err(|error| format!("{error:?}"))?;
    marshal::dump_code(&code).map_err(|error| format!("{error:?}"))
}
