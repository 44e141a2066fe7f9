//! From source text to code objects: `compile`, `exec`, `eval` and the start of programs.

use crate::protocols::attribute;
use crate::types::code::{self, Code};
use crate::types::exceptions as exc;
use crate::types::{dict, str as pystr, tuple};
use crate::warnings::SyntaxPlace;
use crate::{Obj, ObjExt, Py, PyResult, Raised, Thread, none};
use compiler::CompileOptions;
use syntax::{Mode, ParseOptions};

fn lookup_name(name: &str) -> Option<char> {
    unicode::lookup_char(name).and_then(char::from_u32)
}

/// How a source text is compiled.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    pub filename: &'a str,
    pub mode: Mode,
    /// `CO_FUTURE_*` and `PyCF_*`.
    pub flags: u32,
    /// -1: the interpreter's.
    pub optimize: i32,
}

/// What compiles and makes Python syntax trees.
#[derive(Clone, Copy)]
pub struct AstHook {
    /// True for an instance of a node class.
    pub is_node: fn(&Thread, &Obj) -> bool,
    /// `compile()` of a tree, or into one: source, options, `PyCF_*` flags, feature version.
    pub compile: fn(&Thread, &Obj, Options<'_>, i64, i32) -> PyResult<Obj>,
    /// Shows the tree that a node (of the class that belongs to the mode) stands for to a function.
    pub with_tree: fn(&Thread, &Obj, Mode, &mut WithTree<'_>) -> PyResult<()>,
}

/// What [`AstHook::with_tree`] calls.
pub type WithTree<'f> = dyn for<'a> FnMut(&Thread, &'a syntax::ast::Mod<'a>) -> PyResult<()> + 'f;

/// `PyCF_*` flags that the parser knows.
mod pycf {
    pub(super) const DONT_IMPLY_DEDENT: u32 = 0x200;
    pub(super) const TYPE_COMMENTS: u32 = 0x1000;
    pub(super) const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
}

/// Compiles UTF-8 source. Errors: `SyntaxError` and its kin, with positions and text.
pub fn compile_source(th: &Thread, source: &[u8], opts: Options<'_>) -> PyResult<Py<Code>> {
    let arena = syntax::Arena::new();
    let module = parse_source(th, &arena, source, opts, -1)?;
    compile_tree(th, &module, opts)
}

/// Parses UTF-8 source; a negative `feature_version` means the newest grammar.
pub fn parse_source<'a>(
    th: &Thread,
    arena: &'a syntax::Arena,
    source: &[u8],
    opts: Options<'_>,
    feature_version: i32,
) -> PyResult<syntax::ast::Mod<'a>> {
    let default = ParseOptions::default();
    let parse_options = ParseOptions {
        mode: opts.mode,
        type_comments: opts.flags & pycf::TYPE_COMMENTS != 0,
        dont_imply_dedent: opts.flags & pycf::DONT_IMPLY_DEDENT != 0,
        allow_incomplete_input: opts.flags & pycf::ALLOW_INCOMPLETE_INPUT != 0,
        barry_as_bdfl: opts.flags & bytecode::tables::co::FUTURE_BARRY_AS_BDFL != 0,
        feature_version: u8::try_from(feature_version).unwrap_or(default.feature_version),
        int_max_str_digits: usize::try_from(th.rt().int_max_str_digits.get()).unwrap_or(0),
        name_lookup: Some(&lookup_name),
    };
    let (module, warnings) = match syntax::parse(arena, source, &parse_options) {
        Ok(parsed) => parsed,
        Err(e) => {
            warn_parser(th, &e.warnings, source, opts.filename)?;
            return Err(raise_syntax_error(th, &e, opts.filename));
        }
    };
    warn_parser(th, &warnings, source, opts.filename)?;
    Ok(module)
}

/// Issues the parser's warnings.
fn warn_parser(th: &Thread, warnings: &[syntax::SyntaxWarningMsg], source: &[u8], filename: &str) -> PyResult<()> {
    for w in warnings {
        let place = SyntaxPlace { line: w.line, column: w.col, end_line: w.end_line, end_column: w.end_col };
        let line = source.split_inclusive(|b| *b == b'\n').nth(usize::try_from(w.line - 1).unwrap_or(0));
        let text = w.text.as_ref().map(|t| t.as_bytes()).or(line);
        crate::warnings::warn_syntax(th, &w.msg, &w.error_msg, filename, place, text)?;
    }
    Ok(())
}

/// The optimisation level that is meant.
pub fn optimize_level(th: &Thread, optimize: i32) -> u8 {
    let optimize = if optimize < 0 { th.rt().config.optimize } else { optimize };
    optimize.clamp(0, 2) as u8
}

/// Compiles a tree.
pub fn compile_tree(th: &Thread, module: &syntax::ast::Mod<'_>, opts: Options<'_>) -> PyResult<Py<Code>> {
    let optimize = optimize_level(th, opts.optimize);
    let compile_options = CompileOptions { filename: opts.filename.as_bytes(), optimize, flags: opts.flags };
    match compiler::compile(module, &compile_options) {
        Ok((data, warnings)) => {
            warn_compiler(th, &warnings, opts.filename)?;
            Ok(code::new(th, data))
        }
        Err(e) => Err(raise_compile_error(th, &e, opts.filename)),
    }
}

/// Issues the compiler's warnings.
pub fn warn_compiler(th: &Thread, warnings: &[compiler::Warning], filename: &str) -> PyResult<()> {
    for w in warnings {
        let r = &w.range;
        let place = SyntaxPlace { line: r.line, column: r.col + 1, end_line: r.end_line, end_column: r.end_col + 1 };
        crate::warnings::warn_syntax(th, &w.msg, &w.msg, filename, place, None)?;
    }
    Ok(())
}

fn position(line: i32) -> Obj {
    crate::types::int::from_i64(line.into())
}

/// Raises a parser's error.
pub fn raise_syntax_error(th: &Thread, e: &syntax::SyntaxError, filename: &str) -> Raised {
    use syntax::SyntaxErrorKind as K;
    let ty = match e.kind {
        K::SyntaxError => exc::SYNTAX_ERROR,
        K::IndentationError => exc::INDENTATION_ERROR,
        K::TabError => exc::TAB_ERROR,
        K::IncompleteInput => exc::INCOMPLETE_INPUT_ERROR,
        K::Memory => return th.raise_message(exc::MEMORY_ERROR, &e.msg),
        K::Overflow => return th.overflow_error(&e.msg),
        K::Value => return th.value_error(&e.msg),
    };
    let text = e.text.as_ref().map_or_else(none, |t| pystr::from_wtf8(t.as_bytes()).into_obj());
    let details = tuple::from_vec(vec![
        pystr::new(filename).into_obj(),
        position(e.line),
        position(e.col),
        text,
        position(e.end_line),
        position(e.end_col),
    ]);
    let made = exc::new_with_args(th, ty, tuple::from_vec(vec![pystr::new(&e.msg).into_obj(), details.into_obj()]));
    if let Some((line, column, source)) = &e.metadata {
        exc::set_syntax_error_metadata(&made, *line, *column, source);
    }
    th.raise(made)
}

/// Where a `SyntaxError` points to, in the order of its arguments.
const SYNTAX_FIELDS: [&str; 6] = ["filename", "lineno", "offset", "text", "end_lineno", "end_offset"];

/// Raises a compiler error.
pub fn raise_compile_error(th: &Thread, e: &compiler::CompileError, filename: &str) -> Raised {
    use compiler::ErrorKind as K;
    match e.kind {
        K::Syntax | K::Scope => {}
        K::Recursion => return th.too_deep(&e.msg),
        _ => return th.system_error(&e.msg),
    }
    // The compiler counts bytes, and only a file has text to show.
    let filename = pystr::new(filename);
    let text =
        crate::display::source_text(th, &filename, e.range.line).map_or_else(none, |t| pystr::new(&format!("{t}\n")).into_obj());
    let details = vec![
        filename.into_obj(),
        position(e.range.line),
        position(e.range.col + 1),
        text,
        position(e.range.end_line),
        position(e.range.end_col + 1),
    ];
    let msg = pystr::new(&e.msg).into_obj();
    if e.kind == K::Syntax {
        return th.raise_with_args(exc::SYNTAX_ERROR, vec![msg, tuple::from_vec(details).into_obj()]);
    }
    let raised = th.raise_with_args(exc::SYNTAX_ERROR, vec![msg]);
    let made = th.take_raised(raised);
    for (name, value) in SYNTAX_FIELDS.iter().zip(&details) {
        if let Err(raised) = attribute::set_str(th, &made, name, value) {
            return raised;
        }
    }
    th.reraise(made)
}

/// Runs module-level code in a namespace (`exec`, `eval`).
pub fn run_code(th: &Thread, code: &Py<Code>, globals: &Py<dict::Dict>, locals: Option<Obj>) -> PyResult<Obj> {
    let n = crate::names::get();
    if globals.get_str(&n.__builtins__).is_none()
        && let Some(b) = th.rt().builtins.get()
    {
        globals.insert_str(&n.__builtins__, b.into_obj());
    }
    let f = crate::types::function::new(th, code.clone(), globals.clone(), None);
    let namespace = locals.unwrap_or_else(|| globals.as_obj().clone());
    crate::interpreter::invoke::run_code(th, f, Some(namespace))
}

/// The source bytes of what `compile`, `exec` and `eval` accept: `str`, bytes-like; checked for null characters.
pub fn source_bytes(th: &Thread, source: &Obj, function: &str, what: &str) -> PyResult<Vec<u8>> {
    if let Some(s) = source.downcast::<pystr::Str>() {
        return Ok(s.to_utf8(th)?.into_bytes());
    }
    match crate::buffer::bytes_of(th, source) {
        Ok(b) => Ok(b),
        Err(raised) => {
            th.catch(raised, exc::TYPE_ERROR)?;
            Err(th.type_error(format!("{function}() arg 1 must be a {what}")))
        }
    }
}

/// As [`parse_source`], for bytes in any declared encoding.
pub fn parse_bytes<'a>(
    th: &Thread,
    arena: &'a syntax::Arena,
    source: &[u8],
    opts: Options<'_>,
) -> PyResult<syntax::ast::Mod<'a>> {
    check_no_nulls(th, source)?;
    let text = decode_source(th, source, opts.filename)?;
    parse_source(th, arena, &text, opts, -1)
}

fn check_no_nulls(th: &Thread, source: &[u8]) -> PyResult<()> {
    if source.contains(&0) {
        return Err(th.raise_message(exc::SYNTAX_ERROR, "source code string cannot contain null bytes"));
    }
    Ok(())
}

/// As [`compile_source`], for bytes in any declared encoding (`is_text`: UTF-8, whatever a cookie says).
pub fn compile_bytes(th: &Thread, source: &[u8], opts: Options<'_>, is_text: bool) -> PyResult<Py<Code>> {
    check_no_nulls(th, source)?;
    if is_text {
        return compile_source(th, source, opts);
    }
    let text = decode_source(th, source, opts.filename)?;
    compile_source(th, &text, opts)
}

/// As [`compile_bytes`], for the contents of a file, which error texts speak of.
pub fn compile_file(th: &Thread, source: &[u8], opts: Options<'_>) -> PyResult<Py<Code>> {
    let text = match syntax::decode_source_file(source, opts.filename) {
        Ok(text) => text.into_owned().into_bytes(),
        Err(syntax::SourceProblem::NeedsCodec(encoding)) => decode_file(th, source, &encoding, opts.filename)?,
        Err(syntax::SourceProblem::Error(e)) => return Err(raise_syntax_error(th, &e, opts.filename)),
    };
    compile_source(th, &text, opts)
}

/// Source bytes as UTF-8 without a byte order mark (PEP 263).
pub fn decode_source(th: &Thread, source: &[u8], filename: &str) -> PyResult<Vec<u8>> {
    match syntax::decode_source(source) {
        Ok(text) => Ok(text.into_owned().into_bytes()),
        Err(syntax::SourceProblem::NeedsCodec(encoding)) => {
            let text = crate::codecs::decode(th, source, Some(&encoding), Some("strict")).and_then(|s| s.to_utf8(th));
            text.map(String::into_bytes).map_err(|raised| codec_failed(th, raised, filename))
        }
        Err(syntax::SourceProblem::Error(e)) => Err(raise_syntax_error(th, &e, filename)),
    }
}

/// A file's text by the codec that it names. CPython reads the lines with the declaration before it knows of the codec, and decodes what
/// follows them from their last newline on, which is where positions in errors count from.
fn decode_file(th: &Thread, source: &[u8], encoding: &str, filename: &str) -> PyResult<Vec<u8>> {
    let decode = |bytes: &[u8]| crate::codecs::decode(th, bytes, Some(encoding), Some("strict")).and_then(|s| s.to_utf8(th));
    let whole = match decode(source) {
        Ok(text) => return Ok(text.into_bytes()),
        Err(raised) => raised,
    };
    let mut ends = memchr::memchr_iter(b'\n', source);
    let first = ends.next().unwrap_or(source.len());
    let declares = |line: &[u8]| memchr::memmem::find(line, b"coding").is_some();
    let (line, start) = if declares(&source[..first]) { (1, first) } else { (2, ends.next().unwrap_or(source.len())) };
    if !th.exception_matches(exc::UNICODE_DECODE_ERROR) {
        return Err(codec_failed(th, whole, filename));
    }
    drop(th.take_raised(whole));
    if let Err(raised) = decode(&source[..start]) {
        let e = th.take_raised(raised);
        let message = format!("(unicode error) {}", crate::protocols::str(th, &e)?.to_string_lossy());
        let text = source[..start].rsplit(|b| *b == b'\n').next().unwrap_or_default();
        let details = exc::SyntaxErrorInfo {
            message,
            filename: Some(pystr::new(filename).into_obj()),
            line: Some(line),
            column: Some(0),
            text: Some(pystr::new(&String::from_utf8_lossy(text)).into_obj()),
            end_line: Some(line),
            end_column: Some(0),
            metadata: None,
        };
        return Err(exc::syntax_error(th, exc::SYNTAX_ERROR, details));
    }
    match decode(&source[start..]) {
        Err(raised) => Err(codec_failed(th, raised, filename)),
        Ok(_) => Err(th.value_error("source cannot be decoded")),
    }
}

/// The `SyntaxError` for a source that its codec cannot decode, or for a codec that is not there (`raise_tokenizer_init_error`).
fn codec_failed(th: &Thread, raised: Raised, filename: &str) -> Raised {
    if ![exc::LOOKUP_ERROR, exc::SYNTAX_ERROR, exc::VALUE_ERROR].into_iter().any(|ty| th.exception_matches(ty)) {
        return raised;
    }
    let e = th.take_raised(raised);
    let message = match crate::protocols::str(th, &e) {
        Ok(message) => message,
        Err(raised) => return raised,
    };
    let details = tuple::from_vec(vec![pystr::new(filename).into_obj(), position(0), position(-1), none()]);
    th.raise_with_args(exc::SYNTAX_ERROR, vec![message.into_obj(), details.into_obj()])
}

/// The text of a file name given as `str`, bytes-like or path-like.
pub fn filename_text(th: &Thread, filename: &Obj) -> PyResult<String> {
    if let Some(s) = filename.downcast::<pystr::Str>() {
        return Ok(s.to_string_lossy());
    }
    let path = crate::import::fspath(th, filename)?;
    match path.downcast::<pystr::Str>() {
        Some(s) => Ok(s.to_string_lossy()),
        None => Ok(String::from_utf8_lossy(&crate::buffer::bytes_of(th, &path)?).into_owned()),
    }
}
