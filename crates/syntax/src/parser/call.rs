//! The arguments of calls and class definitions.

use super::{Fail, PResult, Parser};
use crate::ast::{Expr, ExprKind, Keyword};
use crate::token::TokenKind as K;

impl<'a> Parser<'a, '_> {
    /// Arguments with their parentheses. A lone generator expression may share them if `allow_generator`.
    pub(super) fn arguments(&mut self, allow_generator: bool) -> PResult<(&'a [Expr<'a>], &'a [Keyword<'a>])> {
        let open = self.start();
        self.enter(23)?;
        self.advance()?;
        let (args, keywords) = (self.exprs.len(), self.keywords.len());
        let mut unpacked_mapping = false;
        while !self.at(K::RPar) {
            let (start, first) = (self.start(), self.tok.kind);
            match first {
                K::DoubleStar => {
                    self.advance()?;
                    let value = self.expression()?;
                    let value = self.alloc(value);
                    self.keywords.push(Keyword { arg: None, value, range: self.range(start) });
                    unpacked_mapping = true;
                }
                K::Star if unpacked_mapping => return Err(Fail),
                K::Star => {
                    let arg = self.starred_expression()?;
                    self.exprs.push(arg);
                }
                _ => {
                    let arg = self.expression()?;
                    match (self.tok.kind, arg.kind) {
                        (K::Equal, ExprKind::Name { id, .. }) if first == K::Name => {
                            self.advance()?;
                            let value = self.expression()?;
                            let value = self.alloc(value);
                            self.keywords.push(Keyword { arg: Some(id), value, range: self.range(start) });
                        }
                        _ if self.keywords.len() > keywords => return Err(Fail),
                        (K::ColonEqual, _) => {
                            let arg = self.assignment_expression(arg, start, first)?;
                            self.exprs.push(arg);
                        }
                        _ => self.exprs.push(arg),
                    }
                    if matches!(self.tok.kind, K::For | K::Async) {
                        let lone = self.exprs.len() == args + 1 && self.keywords.len() == keywords;
                        let Some(elt) = self.exprs.pop().filter(|_| lone && allow_generator) else { return Err(Fail) };
                        let elt = self.alloc(elt);
                        let generators = self.for_if_clauses()?;
                        self.expect(K::RPar)?;
                        self.leave(23);
                        let arg = self.expr(ExprKind::GeneratorExp { elt, generators }, open);
                        return Ok((self.arena.alloc_slice_copy(&[arg]), &[]));
                    }
                }
            }
            if !self.eat(K::Comma)? {
                break;
            }
        }
        // An empty list takes no comma; the loop above never reads one then.
        self.expect(K::RPar)?;
        self.leave(23);
        Ok((self.take_exprs(args), self.take_keywords(keywords)))
    }
}
