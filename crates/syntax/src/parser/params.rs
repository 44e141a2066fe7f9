//! Parameters of functions and lambdas, and type parameters.

use super::{Fail, PResult, Parser};
use crate::ast::{Arg, Arguments, Expr, ExprKind, TypeParam, TypeParamKind};
use crate::token::TokenKind as K;

/// Parameters read so far.
#[derive(Default)]
struct Draft<'a> {
    posonly: Vec<Arg<'a>>,
    args: Vec<Arg<'a>>,
    vararg: Option<&'a Arg<'a>>,
    kwonly: Vec<Arg<'a>>,
    kw_defaults: Vec<Option<&'a Expr<'a>>>,
    kwarg: Option<&'a Arg<'a>>,
    defaults: Vec<Expr<'a>>,
    star: bool,
    slash: bool,
}

impl<'a> Parser<'a, '_> {
    pub(super) fn lambda(&mut self) -> PResult<Expr<'a>> {
        let start = self.start();
        self.enter(2)?;
        self.advance()?;
        let args = self.parameters(K::Colon)?;
        self.expect(K::Colon)?;
        let body = self.expression()?;
        let body = self.alloc(body);
        self.leave(2);
        Ok(self.expr(ExprKind::Lambda { args, body }, start))
    }

    /// Parameters up to `close`: `)` for functions, `:` for lambdas, which take no annotations.
    pub(super) fn parameters(&mut self, close: K) -> PResult<&'a Arguments<'a>> {
        if self.at(close) {
            return Ok(self.arena.alloc(Arguments::default()));
        }
        let mut draft = Draft::default();
        while !self.at(close) {
            if draft.kwarg.is_some() {
                return Err(Fail);
            }
            match self.tok.kind {
                K::Slash => {
                    if draft.slash || draft.star || draft.args.is_empty() {
                        return Err(Fail);
                    }
                    self.since(8)?;
                    self.advance()?;
                    draft.slash = true;
                    draft.posonly = std::mem::take(&mut draft.args);
                }
                K::Star => {
                    if !self.star_parameter(&mut draft, close)? {
                        continue;
                    }
                }
                K::DoubleStar => {
                    self.advance()?;
                    let arg = self.parameter(close, false)?;
                    draft.kwarg = Some(self.finish_parameter(arg, close)?);
                    continue;
                }
                _ => {
                    self.plain_parameter(&mut draft, close)?;
                    continue;
                }
            }
            if !self.at(close) {
                self.expect(K::Comma)?;
                self.skip_type_comment()?;
            }
        }
        let arena = self.arena;
        Ok(arena.alloc(Arguments {
            posonlyargs: arena.alloc_slice_copy(&draft.posonly),
            args: arena.alloc_slice_copy(&draft.args),
            vararg: draft.vararg,
            kwonlyargs: arena.alloc_slice_copy(&draft.kwonly),
            kw_defaults: arena.alloc_slice_copy(&draft.kw_defaults),
            kwarg: draft.kwarg,
            defaults: arena.alloc_slice_copy(&draft.defaults),
        }))
    }

    /// `*name`, or a bare star, after which true is returned: its comma is still to be read.
    fn star_parameter(&mut self, draft: &mut Draft<'a>, close: K) -> PResult<bool> {
        if draft.star {
            return Err(Fail);
        }
        draft.star = true;
        self.advance()?;
        if self.at(K::Comma) {
            self.advance()?;
            self.skip_type_comment()?;
            if !self.at(K::Name) {
                return Err(Fail);
            }
            return Ok(false);
        }
        let arg = self.parameter(close, true)?;
        draft.vararg = Some(self.finish_parameter(arg, close)?);
        Ok(false)
    }

    fn plain_parameter(&mut self, draft: &mut Draft<'a>, close: K) -> PResult<()> {
        let arg = self.parameter(close, false)?;
        let default = if self.eat(K::Equal)? { Some(self.expression()?) } else { None };
        let arg = *self.finish_parameter(arg, close)?;
        if draft.star {
            draft.kwonly.push(arg);
            let default = default.map(|value| self.alloc(value));
            draft.kw_defaults.push(default);
            return Ok(());
        }
        draft.args.push(arg);
        match default {
            Some(value) => draft.defaults.push(value),
            None if !draft.defaults.is_empty() => return Err(Fail),
            None => {}
        }
        Ok(())
    }

    /// A name with its annotation.
    fn parameter(&mut self, close: K, star: bool) -> PResult<Arg<'a>> {
        let start = self.start();
        let arg = self.name()?;
        let mut annotation = None;
        if close == K::RPar && self.eat(K::Colon)? {
            let value = if star && self.at(K::Star) { self.star_named_expression()? } else { self.expression()? };
            annotation = Some(self.alloc(value));
        }
        Ok(Arg { arg, annotation, type_comment: None, range: self.range(start) })
    }

    /// Reads the comma and the type comment after a parameter.
    fn finish_parameter(&mut self, mut arg: Arg<'a>, close: K) -> PResult<&'a Arg<'a>> {
        let comma = self.eat(K::Comma)?;
        if close == K::RPar {
            arg.type_comment = self.opt_type_comment()?;
        }
        if !comma && !self.at(close) {
            return Err(Fail);
        }
        Ok(self.alloc(arg))
    }

    pub(super) fn opt_type_comment(&mut self) -> PResult<Option<&'a str>> {
        if !self.at(K::TypeComment) {
            return Ok(None);
        }
        let text = self.text(&self.tok);
        self.advance()?;
        Ok(Some(text))
    }

    fn skip_type_comment(&mut self) -> PResult<()> {
        // The grammar allows no comment after a bare `/` or `*`.
        if self.at(K::TypeComment) { Err(Fail) } else { Ok(()) }
    }

    /// Type parameters with their brackets, if there are any.
    pub(super) fn opt_type_params(&mut self) -> PResult<&'a [TypeParam<'a>]> {
        if !self.at(K::LSqb) {
            return Ok(&[]);
        }
        self.since(12)?;
        self.advance()?;
        let mut params = Vec::new();
        loop {
            params.push(self.type_param()?);
            if !self.eat(K::Comma)? || self.at(K::RSqb) {
                break;
            }
        }
        self.expect(K::RSqb)?;
        Ok(self.arena.alloc_slice_copy(&params))
    }

    fn type_param(&mut self) -> PResult<TypeParam<'a>> {
        let start = self.start();
        let kind = match self.tok.kind {
            K::Star => {
                self.advance()?;
                let name = self.name()?;
                let mut default_value = None;
                if self.at_default()? {
                    let value = if self.at(K::Star) { self.star_named_expression()? } else { self.expression()? };
                    default_value = Some(self.alloc(value));
                }
                TypeParamKind::TypeVarTuple { name, default_value }
            }
            K::DoubleStar => {
                self.advance()?;
                let name = self.name()?;
                TypeParamKind::ParamSpec { name, default_value: self.opt_type_default()? }
            }
            _ => {
                let name = self.name()?;
                let mut bound = None;
                if self.eat(K::Colon)? {
                    let value = self.expression()?;
                    bound = Some(self.alloc(value));
                }
                TypeParamKind::TypeVar { name, bound, default_value: self.opt_type_default()? }
            }
        };
        Ok(TypeParam { kind, range: self.range(start) })
    }

    fn at_default(&mut self) -> PResult<bool> {
        if !self.eat(K::Equal)? {
            return Ok(false);
        }
        self.since(13)?;
        Ok(true)
    }

    fn opt_type_default(&mut self) -> PResult<Option<&'a Expr<'a>>> {
        if !self.at_default()? {
            return Ok(None);
        }
        let value = self.expression()?;
        Ok(Some(self.alloc(value)))
    }
}
