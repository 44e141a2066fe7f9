//! `ast.dump` for the trees of this crate.

use std::fmt::Write;
use syntax::ast::*;

/// `ast.dump(tree, include_attributes=True)`.
pub(crate) fn dump(tree: &Mod<'_>) -> String {
    let mut d = Dumper { out: String::new(), first: true };
    match tree {
        Mod::Module { body, type_ignores } => d.node("Module", None, |d| {
            d.list("body", body, Dumper::stmt);
            d.list("type_ignores", type_ignores, |d, t| {
                d.node("TypeIgnore", None, |d| {
                    d.field("lineno", |d| d.raw(&t.lineno.to_string()));
                    d.field("tag", |d| d.str(t.tag.as_bytes()));
                });
            });
        }),
        Mod::Interactive { body } => d.node("Interactive", None, |d| d.list("body", body, Dumper::stmt)),
        Mod::Expression { body } => d.node("Expression", None, |d| d.field("body", |d| d.expr(body))),
        Mod::FunctionType { argtypes, returns } => d.node("FunctionType", None, |d| {
            d.list("argtypes", argtypes, Dumper::expr);
            d.field("returns", |d| d.expr(returns));
        }),
    }
    d.out
}

struct Dumper {
    out: String,
    first: bool,
}

impl Dumper {
    fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn node(&mut self, name: &str, range: Option<&Range>, fields: impl FnOnce(&mut Self)) {
        self.raw(name);
        self.raw("(");
        let outer = std::mem::replace(&mut self.first, true);
        fields(self);
        if let Some(r) = range {
            let values = [("lineno", r.line), ("col_offset", r.col), ("end_lineno", r.end_line), ("end_col_offset", r.end_col)];
            for (name, value) in values {
                self.field(name, |d| d.raw(&value.to_string()));
            }
        }
        self.first = outer;
        self.raw(")");
    }

    fn field(&mut self, name: &str, value: impl FnOnce(&mut Self)) {
        if !std::mem::replace(&mut self.first, false) {
            self.raw(", ");
        }
        self.raw(name);
        self.raw("=");
        value(self);
    }

    fn list<T>(&mut self, name: &str, items: &[T], show: impl Fn(&mut Self, &T)) {
        if items.is_empty() {
            return;
        }
        self.field(name, |d| d.items(items, show));
    }

    fn items<T>(&mut self, items: &[T], show: impl Fn(&mut Self, &T)) {
        self.raw("[");
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.raw(", ");
            }
            show(self, item);
        }
        self.raw("]");
    }

    fn opt(&mut self, name: &str, value: Option<&Expr<'_>>) {
        if let Some(value) = value {
            self.field(name, |d| d.expr(value));
        }
    }

    fn opt_name(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.name(name, value);
        }
    }

    fn name(&mut self, name: &str, value: &str) {
        self.field(name, |d| d.str(value.as_bytes()));
    }

    fn one(&mut self, name: &str, value: &Expr<'_>) {
        self.field(name, |d| d.expr(value));
    }

    fn word(&mut self, name: &str, value: &impl std::fmt::Debug) {
        self.field(name, |d| {
            let _ = write!(d.out, "{value:?}()");
        });
    }

    fn names(&mut self, name: &str, names: &[&str]) {
        self.list(name, names, |d, n| d.str(n.as_bytes()));
    }

    fn stmt(&mut self, stmt: &Stmt<'_>) {
        let r = Some(&stmt.range);
        match &stmt.kind {
            StmtKind::FunctionDef(f) => self.function("FunctionDef", f, r),
            StmtKind::AsyncFunctionDef(f) => self.function("AsyncFunctionDef", f, r),
            StmtKind::ClassDef(c) => self.node("ClassDef", r, |d| {
                d.name("name", c.name);
                d.list("bases", c.bases, Self::expr);
                d.list("keywords", c.keywords, Self::keyword);
                d.list("body", c.body, Self::stmt);
                d.list("decorator_list", c.decorator_list, Self::expr);
                d.list("type_params", c.type_params, Self::type_param);
            }),
            StmtKind::Return { value } => self.node("Return", r, |d| d.opt("value", *value)),
            StmtKind::Delete { targets } => self.node("Delete", r, |d| d.list("targets", targets, Self::expr)),
            StmtKind::Assign { targets, value, type_comment } => self.node("Assign", r, |d| {
                d.list("targets", targets, Self::expr);
                d.one("value", value);
                d.opt_name("type_comment", *type_comment);
            }),
            StmtKind::TypeAlias { name, type_params, value } => self.node("TypeAlias", r, |d| {
                d.one("name", name);
                d.list("type_params", type_params, Self::type_param);
                d.one("value", value);
            }),
            StmtKind::AugAssign { target, op, value } => self.node("AugAssign", r, |d| {
                d.one("target", target);
                d.word("op", op);
                d.one("value", value);
            }),
            StmtKind::AnnAssign { target, annotation, value, simple } => self.node("AnnAssign", r, |d| {
                d.one("target", target);
                d.one("annotation", annotation);
                d.opt("value", *value);
                d.field("simple", |d| d.raw(if *simple { "1" } else { "0" }));
            }),
            StmtKind::For(f) => self.for_loop("For", f, r),
            StmtKind::AsyncFor(f) => self.for_loop("AsyncFor", f, r),
            StmtKind::While { test, body, orelse } => self.tested("While", test, body, orelse, r),
            StmtKind::If { test, body, orelse } => self.tested("If", test, body, orelse, r),
            StmtKind::With(w) => self.with("With", w, r),
            StmtKind::AsyncWith(w) => self.with("AsyncWith", w, r),
            StmtKind::Match { subject, cases } => self.node("Match", r, |d| {
                d.one("subject", subject);
                d.list("cases", cases, |d, c| {
                    d.node("match_case", None, |d| {
                        d.field("pattern", |d| d.pattern(c.pattern));
                        d.opt("guard", c.guard);
                        d.list("body", c.body, Self::stmt);
                    });
                });
            }),
            StmtKind::Raise { exc, cause } => self.node("Raise", r, |d| {
                d.opt("exc", *exc);
                d.opt("cause", *cause);
            }),
            StmtKind::Try(t) => self.try_block("Try", t, r),
            StmtKind::TryStar(t) => self.try_block("TryStar", t, r),
            StmtKind::Assert { test, msg } => self.node("Assert", r, |d| {
                d.one("test", test);
                d.opt("msg", *msg);
            }),
            StmtKind::Import { names } => self.node("Import", r, |d| d.list("names", names, Self::alias)),
            StmtKind::ImportFrom { module, names, level } => self.node("ImportFrom", r, |d| {
                d.opt_name("module", *module);
                d.list("names", names, Self::alias);
                if let Some(level) = level {
                    d.field("level", |d| d.raw(&level.to_string()));
                }
            }),
            StmtKind::Global { names } => self.node("Global", r, |d| d.names("names", names)),
            StmtKind::Nonlocal { names } => self.node("Nonlocal", r, |d| d.names("names", names)),
            StmtKind::Expr { value } => self.node("Expr", r, |d| d.one("value", value)),
            StmtKind::Pass => self.node("Pass", r, |_| {}),
            StmtKind::Break => self.node("Break", r, |_| {}),
            StmtKind::Continue => self.node("Continue", r, |_| {}),
        }
    }

    fn function(&mut self, name: &str, f: &FunctionDef<'_>, r: Option<&Range>) {
        self.node(name, r, |d| {
            d.name("name", f.name);
            d.field("args", |d| d.arguments(f.args));
            d.list("body", f.body, Self::stmt);
            d.list("decorator_list", f.decorator_list, Self::expr);
            d.opt("returns", f.returns);
            d.opt_name("type_comment", f.type_comment);
            d.list("type_params", f.type_params, Self::type_param);
        });
    }

    fn for_loop(&mut self, name: &str, f: &For<'_>, r: Option<&Range>) {
        self.node(name, r, |d| {
            d.one("target", f.target);
            d.one("iter", f.iter);
            d.list("body", f.body, Self::stmt);
            d.list("orelse", f.orelse, Self::stmt);
            d.opt_name("type_comment", f.type_comment);
        });
    }

    fn tested(&mut self, name: &str, test: &Expr<'_>, body: &[Stmt<'_>], orelse: &[Stmt<'_>], r: Option<&Range>) {
        self.node(name, r, |d| {
            d.one("test", test);
            d.list("body", body, Self::stmt);
            d.list("orelse", orelse, Self::stmt);
        });
    }

    fn with(&mut self, name: &str, w: &With<'_>, r: Option<&Range>) {
        self.node(name, r, |d| {
            d.list("items", w.items, |d, item| {
                d.node("withitem", None, |d| {
                    d.one("context_expr", item.context_expr);
                    d.opt("optional_vars", item.optional_vars);
                });
            });
            d.list("body", w.body, Self::stmt);
            d.opt_name("type_comment", w.type_comment);
        });
    }

    fn try_block(&mut self, name: &str, t: &Try<'_>, r: Option<&Range>) {
        self.node(name, r, |d| {
            d.list("body", t.body, Self::stmt);
            d.list("handlers", t.handlers, |d, h| {
                d.node("ExceptHandler", Some(&h.range), |d| {
                    d.opt("type", h.typ);
                    d.opt_name("name", h.name);
                    d.list("body", h.body, Self::stmt);
                });
            });
            d.list("orelse", t.orelse, Self::stmt);
            d.list("finalbody", t.finalbody, Self::stmt);
        });
    }

    fn alias(&mut self, a: &Alias<'_>) {
        self.node("alias", Some(&a.range), |d| {
            d.name("name", a.name);
            d.opt_name("asname", a.asname);
        });
    }

    fn keyword(&mut self, k: &Keyword<'_>) {
        self.node("keyword", Some(&k.range), |d| {
            d.opt_name("arg", k.arg);
            d.one("value", k.value);
        });
    }

    fn arguments(&mut self, a: &Arguments<'_>) {
        self.node("arguments", None, |d| {
            d.list("posonlyargs", a.posonlyargs, Self::arg);
            d.list("args", a.args, Self::arg);
            if let Some(arg) = a.vararg {
                d.field("vararg", |d| d.arg(arg));
            }
            d.list("kwonlyargs", a.kwonlyargs, Self::arg);
            d.list("kw_defaults", a.kw_defaults, |d, v| match v {
                Some(v) => d.expr(v),
                None => d.raw("None"),
            });
            if let Some(arg) = a.kwarg {
                d.field("kwarg", |d| d.arg(arg));
            }
            d.list("defaults", a.defaults, Self::expr);
        });
    }

    fn arg(&mut self, a: &Arg<'_>) {
        self.node("arg", Some(&a.range), |d| {
            d.name("arg", a.arg);
            d.opt("annotation", a.annotation);
            d.opt_name("type_comment", a.type_comment);
        });
    }

    fn type_param(&mut self, p: &TypeParam<'_>) {
        let r = Some(&p.range);
        match p.kind {
            TypeParamKind::TypeVar { name, bound, default_value } => self.node("TypeVar", r, |d| {
                d.name("name", name);
                d.opt("bound", bound);
                d.opt("default_value", default_value);
            }),
            TypeParamKind::ParamSpec { name, default_value } => self.node("ParamSpec", r, |d| {
                d.name("name", name);
                d.opt("default_value", default_value);
            }),
            TypeParamKind::TypeVarTuple { name, default_value } => self.node("TypeVarTuple", r, |d| {
                d.name("name", name);
                d.opt("default_value", default_value);
            }),
        }
    }

    fn pattern(&mut self, p: &Pattern<'_>) {
        let r = Some(&p.range);
        match p.kind {
            PatternKind::MatchValue { value } => self.node("MatchValue", r, |d| d.one("value", value)),
            PatternKind::MatchSingleton { value } => self.node("MatchSingleton", r, |d| d.field("value", |d| d.constant(&value))),
            PatternKind::MatchSequence { patterns } => {
                self.node("MatchSequence", r, |d| d.list("patterns", patterns, Self::pattern))
            }
            PatternKind::MatchMapping { keys, patterns, rest } => self.node("MatchMapping", r, |d| {
                d.list("keys", keys, Self::expr);
                d.list("patterns", patterns, Self::pattern);
                d.opt_name("rest", rest);
            }),
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => self.node("MatchClass", r, |d| {
                d.one("cls", cls);
                d.list("patterns", patterns, Self::pattern);
                d.names("kwd_attrs", kwd_attrs);
                d.list("kwd_patterns", kwd_patterns, Self::pattern);
            }),
            PatternKind::MatchStar { name } => self.node("MatchStar", r, |d| d.opt_name("name", name)),
            PatternKind::MatchAs { pattern, name } => self.node("MatchAs", r, |d| {
                if let Some(pattern) = pattern {
                    d.field("pattern", |d| d.pattern(pattern));
                }
                d.opt_name("name", name);
            }),
            PatternKind::MatchOr { patterns } => self.node("MatchOr", r, |d| d.list("patterns", patterns, Self::pattern)),
        }
    }

    fn comprehension(&mut self, name: &str, elts: &[(&str, &Expr<'_>)], generators: &[Comprehension<'_>], r: Option<&Range>) {
        self.node(name, r, |d| {
            for (name, elt) in elts {
                d.one(name, elt);
            }
            d.list("generators", generators, |d, g| {
                d.node("comprehension", None, |d| {
                    d.one("target", g.target);
                    d.one("iter", g.iter);
                    d.list("ifs", g.ifs, Self::expr);
                    d.field("is_async", |d| d.raw(if g.is_async { "1" } else { "0" }));
                });
            });
        });
    }

    fn expr(&mut self, e: &Expr<'_>) {
        let r = Some(&e.range);
        match &e.kind {
            ExprKind::BoolOp { op, values } => self.node("BoolOp", r, |d| {
                d.word("op", op);
                d.list("values", values, Self::expr);
            }),
            ExprKind::NamedExpr { target, value } => self.node("NamedExpr", r, |d| {
                d.one("target", target);
                d.one("value", value);
            }),
            ExprKind::BinOp { left, op, right } => self.node("BinOp", r, |d| {
                d.one("left", left);
                d.word("op", op);
                d.one("right", right);
            }),
            ExprKind::UnaryOp { op, operand } => self.node("UnaryOp", r, |d| {
                d.word("op", op);
                d.one("operand", operand);
            }),
            ExprKind::Lambda { args, body } => self.node("Lambda", r, |d| {
                d.field("args", |d| d.arguments(args));
                d.one("body", body);
            }),
            ExprKind::IfExp { test, body, orelse } => self.node("IfExp", r, |d| {
                d.one("test", test);
                d.one("body", body);
                d.one("orelse", orelse);
            }),
            ExprKind::Dict { keys, values } => self.node("Dict", r, |d| {
                d.list("keys", keys, |d, k| match k {
                    Some(k) => d.expr(k),
                    None => d.raw("None"),
                });
                d.list("values", values, Self::expr);
            }),
            ExprKind::Set { elts } => self.node("Set", r, |d| d.list("elts", elts, Self::expr)),
            ExprKind::ListComp { elt, generators } => self.comprehension("ListComp", &[("elt", elt)], generators, r),
            ExprKind::SetComp { elt, generators } => self.comprehension("SetComp", &[("elt", elt)], generators, r),
            ExprKind::DictComp { key, value, generators } => {
                self.comprehension("DictComp", &[("key", key), ("value", value)], generators, r);
            }
            ExprKind::GeneratorExp { elt, generators } => self.comprehension("GeneratorExp", &[("elt", elt)], generators, r),
            ExprKind::Await { value } => self.node("Await", r, |d| d.one("value", value)),
            ExprKind::Yield { value } => self.node("Yield", r, |d| d.opt("value", *value)),
            ExprKind::YieldFrom { value } => self.node("YieldFrom", r, |d| d.one("value", value)),
            ExprKind::Compare { left, ops, comparators } => self.node("Compare", r, |d| {
                d.one("left", left);
                d.list("ops", ops, |d, op| {
                    let _ = write!(d.out, "{op:?}()");
                });
                d.list("comparators", comparators, Self::expr);
            }),
            ExprKind::Call { func, args, keywords } => self.node("Call", r, |d| {
                d.one("func", func);
                d.list("args", args, Self::expr);
                d.list("keywords", keywords, Self::keyword);
            }),
            ExprKind::FormattedValue { value, conversion, format_spec } => self.node("FormattedValue", r, |d| {
                d.one("value", value);
                d.field("conversion", |d| d.raw(&conversion.to_string()));
                d.opt("format_spec", *format_spec);
            }),
            ExprKind::Interpolation { value, str, conversion, format_spec } => self.node("Interpolation", r, |d| {
                d.one("value", value);
                d.field("str", |d| d.constant(str));
                d.field("conversion", |d| d.raw(&conversion.to_string()));
                d.opt("format_spec", *format_spec);
            }),
            ExprKind::JoinedStr { values } => self.node("JoinedStr", r, |d| d.list("values", values, Self::expr)),
            ExprKind::TemplateStr { values } => self.node("TemplateStr", r, |d| d.list("values", values, Self::expr)),
            ExprKind::Constant { value, kind } => self.node("Constant", r, |d| {
                d.field("value", |d| d.constant(value));
                d.opt_name("kind", *kind);
            }),
            ExprKind::Attribute { value, attr, ctx } => self.node("Attribute", r, |d| {
                d.one("value", value);
                d.name("attr", attr);
                d.word("ctx", ctx);
            }),
            ExprKind::Subscript { value, slice, ctx } => self.node("Subscript", r, |d| {
                d.one("value", value);
                d.one("slice", slice);
                d.word("ctx", ctx);
            }),
            ExprKind::Starred { value, ctx } => self.node("Starred", r, |d| {
                d.one("value", value);
                d.word("ctx", ctx);
            }),
            ExprKind::Name { id, ctx } => self.node("Name", r, |d| {
                d.name("id", id);
                d.word("ctx", ctx);
            }),
            ExprKind::List { elts, ctx } => self.node("List", r, |d| {
                d.list("elts", elts, Self::expr);
                d.word("ctx", ctx);
            }),
            ExprKind::Tuple { elts, ctx } => self.node("Tuple", r, |d| {
                d.list("elts", elts, Self::expr);
                d.word("ctx", ctx);
            }),
            ExprKind::Slice { lower, upper, step } => self.node("Slice", r, |d| {
                d.opt("lower", *lower);
                d.opt("upper", *upper);
                d.opt("step", *step);
            }),
        }
    }

    fn constant(&mut self, c: &Constant<'_>) {
        match c {
            Constant::None => self.raw("None"),
            Constant::True => self.raw("True"),
            Constant::False => self.raw("False"),
            Constant::Ellipsis => self.raw("Ellipsis"),
            Constant::Int(n) => self.raw(&n.to_string()),
            Constant::BigInt { negative, magnitude } => {
                if *negative {
                    self.raw("-");
                }
                let text = decimal(magnitude);
                self.raw(&text);
            }
            Constant::Float(f) => self.raw(&float(*f)),
            Constant::Complex { imag, .. } => {
                let text = float(*imag);
                self.raw(text.strip_suffix(".0").unwrap_or(&text));
                self.raw("j");
            }
            Constant::Str(s) => self.str(s),
            Constant::Bytes(b) => self.bytes(b),
            Constant::Tuple(_) | Constant::FrozenSet(_) => self.raw("<built by programs only>"),
        }
    }

    /// `repr` of a string, all but its printable ASCII characters as escapes (as `ascii()` writes them).
    fn str(&mut self, s: &[u8]) {
        let quote = if s.contains(&b'\'') && !s.contains(&b'"') { b'"' } else { b'\'' };
        self.out.push(quote as char);
        let mut at = 0;
        while at < s.len() {
            let (code, len) = decode(&s[at..]);
            at += len;
            let _ = match code {
                0x5c => write!(self.out, "\\\\"),
                0x0a => write!(self.out, "\\n"),
                0x0d => write!(self.out, "\\r"),
                0x09 => write!(self.out, "\\t"),
                c if c == u32::from(quote) => write!(self.out, "\\{}", quote as char),
                0x20..=0x7e => write!(self.out, "{}", code as u8 as char),
                0..=0xff => write!(self.out, "\\x{code:02x}"),
                0x100..=0xffff => write!(self.out, "\\u{code:04x}"),
                _ => write!(self.out, "\\U{code:08x}"),
            };
        }
        self.out.push(quote as char);
    }

    fn bytes(&mut self, b: &[u8]) {
        let quote = if b.contains(&b'\'') && !b.contains(&b'"') { b'"' } else { b'\'' };
        self.out.push('b');
        self.out.push(quote as char);
        for &c in b {
            let _ = match c {
                b'\\' => write!(self.out, "\\\\"),
                b'\n' => write!(self.out, "\\n"),
                b'\r' => write!(self.out, "\\r"),
                b'\t' => write!(self.out, "\\t"),
                c if c == quote => write!(self.out, "\\{}", quote as char),
                0x20..=0x7e => write!(self.out, "{}", c as char),
                _ => write!(self.out, "\\x{c:02x}"),
            };
        }
        self.out.push(quote as char);
    }
}

/// The first code point of generalised UTF-8, and its length.
fn decode(s: &[u8]) -> (u32, usize) {
    let tail = |i: usize| u32::from(s[i] & 0x3f);
    match s[0] {
        b @ 0..0x80 => (u32::from(b), 1),
        b @ 0..0xe0 => (u32::from(b & 0x1f) << 6 | tail(1), 2),
        b @ 0..0xf0 => (u32::from(b & 0x0f) << 12 | tail(1) << 6 | tail(2), 3),
        b => (u32::from(b & 7) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4),
    }
}

fn float(f: f64) -> String {
    if f.is_infinite() {
        return "inf".to_owned();
    }
    let sci = format!("{f:e}");
    let (mantissa, exp) = sci.split_once('e').unwrap_or((&sci, "0"));
    let exp: i32 = exp.parse().unwrap_or(0);
    if (-4..16).contains(&exp) {
        return format!("{f:?}");
    }
    format!("{mantissa}e{}{:02}", if exp < 0 { '-' } else { '+' }, exp.abs())
}

fn decimal(magnitude: &[u8]) -> String {
    let mut digits: Vec<u32> = vec![0];
    for &byte in magnitude.iter().rev() {
        let mut carry = u64::from(byte);
        for d in &mut digits {
            let wide = u64::from(*d) * 256 + carry;
            *d = (wide % 1_000_000_000) as u32;
            carry = wide / 1_000_000_000;
        }
        if carry > 0 {
            digits.push(carry as u32);
        }
    }
    let mut text = digits.pop().unwrap_or(0).to_string();
    while let Some(d) = digits.pop() {
        let _ = write!(text, "{d:09}");
    }
    text
}
