//! The tokens as the grammar sees them: without `# type: ignore` comments, and closed properly in single mode.

use crate::lexer::{LexError, Lexer, LexerOptions};
use crate::options::{Mode, ParseOptions};
use crate::token::{Token, TokenKind as K};

#[derive(Clone)]
pub(crate) struct TokenSource<'a> {
    pub(crate) lex: Lexer<'a>,
    single: bool,
    imply_dedent: bool,
    /// Single mode: a statement has begun, so the end of the input is first a newline.
    started: bool,
    /// Line and byte range of the tag of each `# type: ignore` comment.
    pub(crate) type_ignores: Vec<(i32, u32, u32)>,
}

impl<'a> TokenSource<'a> {
    pub(crate) fn new(src: &'a str, opts: &ParseOptions<'_>) -> Self {
        let lexer_opts = LexerOptions { extra_tokens: false, type_comments: opts.type_comments };
        let mut lex = Lexer::new(src.as_bytes(), lexer_opts);
        if opts.barry_as_bdfl {
            lex.set_barry_as_flufl();
        }
        TokenSource {
            lex,
            single: opts.mode == Mode::Single,
            imply_dedent: !opts.dont_imply_dedent,
            started: false,
            type_ignores: Vec::new(),
        }
    }

    #[inline]
    pub(crate) fn next_token(&mut self) -> Result<Token, Box<LexError>> {
        let token = self.lex.next_token()?;
        match token.kind {
            K::TypeIgnore | K::EndMarker => self.special(token),
            _ => {
                self.started = true;
                Ok(token)
            }
        }
    }

    fn special(&mut self, mut token: Token) -> Result<Token, Box<LexError>> {
        while token.kind == K::TypeIgnore {
            self.type_ignores.push((token.line, token.start, token.end));
            token = self.lex.next_token()?;
        }
        if self.single && token.kind == K::EndMarker && self.started {
            token.kind = K::Newline;
            self.started = false;
            if self.lex.indent_level() > 0 && self.imply_dedent {
                self.lex.close_blocks();
            }
        } else {
            self.started = true;
        }
        Ok(token)
    }
}
