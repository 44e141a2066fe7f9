//! The module `_tokenize`: the parser's lexer as an iterator.

use object::gc::Visitor;
use object::{Guarded, Payload};
use runtime::args::{ArgName, Signature};
use runtime::protocols::call;
use runtime::types::bytes::Bytes;
use runtime::types::exceptions as exc;
use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple;
use runtime::types::type_::alloc_instance;
use runtime::{Args, Module, Obj, ObjExt, Py, PyResult, Raised, Thread, Type, compile, int_obj};
use syntax::SyntaxErrorKind;
use syntax::tokenize::{ErrorShape, TokenizeError, Tokenizer};

/// The module `_tokenize`.
#[macros::pymodule(name = "_tokenize", exec = fill)]
pub(crate) struct TokenizeModule;

#[macros::pymethods]
impl TokenizeModule {}

fn fill(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add_type::<TokenizerIter>();
    Ok(())
}

/// One token, with the line it stands on by number.
struct Token {
    number: u8,
    string: String,
    start: (i32, i32),
    end: (i32, i32),
    line: String,
}

/// The tokens of a source, the next one last, and what ends them.
#[derive(Default)]
struct Tokens {
    rest: Vec<Token>,
    error: Option<TokenizeError>,
    /// The object of the last line shown, which tokens of one line share.
    line: Option<(String, Obj)>,
}

/// The payload of a token iterator.
#[macros::pyclass(name = "TokenizerIter", module = "_tokenize", flags = HAVE_GC)]
pub(crate) struct TokenizerIter {
    readline: Obj,
    /// Lines are bytes in this encoding; without one they are text.
    encoding: Option<String>,
    extra_tokens: bool,
    /// Absent until the first token is asked for.
    tokens: Guarded<Option<Tokens>>,
}

impl Payload for TokenizerIter {
    fn traverse(&self, v: &mut Visitor<'_>) {
        v.obj(&self.readline);
        if let Some(tokens) = self.tokens.try_lock()
            && let Some(tokens) = &*tokens
            && let Some((_, line)) = &tokens.line
        {
            v.obj(line);
        }
    }
}

static SIGNATURE: Signature = Signature {
    function: "tokenizeriter",
    names: &["readline", "encoding", "extra_tokens"],
    required: &[true, false, true],
    positional_only: 1,
    positional: 1,
    var_positional: false,
    var_keyword: false,
};

/// One line of the source; `None` at the end.
fn read_line(th: &Thread, slf: &TokenizerIter) -> PyResult<Option<String>> {
    let line = match call::call(th, &slf.readline, &[]) {
        Ok(line) => line,
        Err(raised) => {
            th.catch(raised, runtime::types::exceptions::STOP_ITERATION)?;
            return Ok(None);
        }
    };
    let text = match &slf.encoding {
        None => match line.downcast::<Str>() {
            Some(s) => s.to_utf8(th)?,
            None => return Err(th.type_error("readline() returned a non-string object")),
        },
        Some(encoding) => match line.downcast::<Bytes>() {
            Some(b) => runtime::codecs::decode(th, b.as_slice(), Some(encoding), Some("replace"))?.to_utf8(th)?,
            None => return Err(th.type_error("readline() returned a non-bytes object")),
        },
    };
    Ok(if text.is_empty() { None } else { Some(text) })
}

fn tokens_of(source: &str, extra_tokens: bool, implicit_newline: bool) -> Tokens {
    let mut tokens = Tokens::default();
    let mut tokenizer = Tokenizer::new(source, extra_tokens, implicit_newline);
    loop {
        match tokenizer.next_token() {
            Ok(Some(t)) => tokens.rest.push(Token {
                number: t.number,
                string: t.string.to_string(),
                start: t.start,
                end: t.end,
                line: t.line.to_string(),
            }),
            Ok(None) => break,
            Err(e) => {
                tokens.error = Some(e);
                break;
            }
        }
    }
    tokens.rest.reverse();
    tokens
}

/// Raises what ends the tokens.
fn raise(th: &Thread, TokenizeError { error, shape }: TokenizeError) -> Raised {
    let info = exc::SyntaxErrorInfo {
        message: error.msg.clone(),
        filename: Some(pystr::new("<string>").into_obj()),
        line: Some(error.line.into()),
        column: Some(error.col.into()),
        text: error.text.as_ref().map(|t| pystr::new(t).into_obj()),
        ..exc::SyntaxErrorInfo::default()
    };
    match shape {
        ErrorShape::Full => compile::raise_syntax_error(th, &error, "<string>"),
        ErrorShape::WithoutEnd => {
            let ty = match error.kind {
                SyntaxErrorKind::TabError => exc::TAB_ERROR,
                SyntaxErrorKind::IndentationError => exc::INDENTATION_ERROR,
                _ => exc::SYNTAX_ERROR,
            };
            exc::syntax_error_without_end(th, ty, info)
        }
        ErrorShape::Located => exc::located_syntax_error(th, info),
    }
}

#[macros::pymethods]
impl TokenizerIter {
    #[new(name = "tokenizeriter")]
    fn new(th: &Thread, cls: &Py<Type>, args: Args<'_>) -> PyResult<Py<TokenizerIter>> {
        let [readline, encoding, extra_tokens] = SIGNATURE.bind::<3>(th, args)?;
        let Some(readline) = readline else { return Err(th.type_error("tokenizeriter() takes a function")) };
        let encoding = match encoding {
            None => None,
            Some(e) => match e.downcast::<Str>() {
                Some(s) => Some(s.to_utf8(th)?),
                None => {
                    return Err(ArgName { function: "tokenizeriter", argument: "argument 'encoding'" }.bad(th, "str", e));
                }
            },
        };
        let extra_tokens = extra_tokens.map_or(Ok(false), |e| runtime::protocols::truth(th, e))?;
        let made = TokenizerIter { readline: readline.clone(), encoding, extra_tokens, tokens: Guarded::new(None) };
        Ok(alloc_instance(th, cls.as_object(), made))
    }

    #[slot(tp_iter)]
    fn iter(_th: &Thread, slf: &Py<Self>) -> PyResult<Obj> {
        Ok(slf.as_obj().clone())
    }

    #[slot(tp_iternext)]
    fn next(th: &Thread, slf: &Py<Self>) -> PyResult<Option<Obj>> {
        if slf.tokens.lock().is_none() {
            let mut source = String::new();
            while let Some(line) = read_line(th, slf)? {
                source.push_str(&line);
            }
            let implicit_newline = !source.is_empty() && !source.ends_with('\n');
            if implicit_newline {
                source.push('\n');
            }
            slf.tokens.set(Some(tokens_of(&source, slf.extra_tokens, implicit_newline)));
        }
        let (token, line, error) = {
            let mut guard = slf.tokens.lock();
            let Some(tokens) = guard.as_mut() else { return Ok(None) };
            match tokens.rest.pop() {
                Some(token) => {
                    let line = tokens.line.as_ref().filter(|(text, _)| *text == token.line).map(|(_, o)| o.clone());
                    (Some(token), line, None)
                }
                None => (None, None, tokens.error.take()),
            }
        };
        if let Some(e) = error {
            return Err(raise(th, e));
        }
        let Some(token) = token else { return Ok(None) };
        let line = line.unwrap_or_else(|| pystr::new(&token.line).into_obj());
        let place = |(line, col): (i32, i32)| tuple::from_array([int_obj(line.into()), int_obj(col.into())]).into_obj();
        let made = tuple::from_array([
            int_obj(token.number.into()),
            pystr::new(&token.string).into_obj(),
            place(token.start),
            place(token.end),
            line.clone(),
        ]);
        let old = slf.tokens.lock().as_mut().and_then(|t| t.line.replace((token.line, line)));
        drop(old);
        Ok(Some(made.into_obj()))
    }
}
