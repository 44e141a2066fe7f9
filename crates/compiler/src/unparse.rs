//! Expressions back to source text, as annotations that become strings show it (`ast_unparse.c`; `ast.unparse` differs in details).

use syntax::ast::{Arg, Arguments, BoolOp, CmpOp, Comprehension, Constant, Expr, ExprKind, Keyword, Operator, UnaryOp};

/// How tightly an expression's surroundings bind.
type Level = u8;

const TUPLE: Level = 0;
const TEST: Level = 1;
const OR: Level = 2;
const AND: Level = 3;
const NOT: Level = 4;
const CMP: Level = 5;
const EXPR: Level = 6;
const BXOR: Level = 7;
const BAND: Level = 8;
const SHIFT: Level = 9;
const ARITH: Level = 10;
const TERM: Level = 11;
const FACTOR: Level = 12;
const POWER: Level = 13;
const AWAIT: Level = 14;
const ATOM: Level = 15;

/// The source text of an expression, as generalised UTF-8.
pub fn unparse(e: &Expr<'_>) -> Vec<u8> {
    let mut out = Writer(Vec::new());
    out.expr(e, TEST);
    out.0
}

/// `repr` of a constant.
pub fn constant_repr(value: &Constant<'_>) -> String {
    let mut out = Writer(Vec::new());
    out.constant(value, false);
    String::from_utf8_lossy(&out.0).into_owned()
}

struct Writer(Vec<u8>);

impl Writer {
    fn put(&mut self, text: &str) {
        self.0.extend_from_slice(text.as_bytes());
    }

    fn parens(&mut self, wanted: bool, body: impl FnOnce(&mut Self)) {
        if wanted {
            self.put("(");
        }
        body(self);
        if wanted {
            self.put(")");
        }
    }

    fn separated<T>(&mut self, items: &[T], separator: &str, mut each: impl FnMut(&mut Self, &T)) {
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.put(separator);
            }
            each(self, item);
        }
    }

    fn exprs(&mut self, list: &[Expr<'_>]) {
        self.separated(list, ", ", |w, e| w.expr(e, TEST));
    }

    fn expr(&mut self, e: &Expr<'_>, level: Level) {
        crate::error::grow(|| self.expr_kind(e, level));
    }

    fn expr_kind(&mut self, e: &Expr<'_>, level: Level) {
        match e.kind {
            ExprKind::BoolOp { op, values } => {
                let (word, own) = match op {
                    BoolOp::And => (" and ", AND),
                    BoolOp::Or => (" or ", OR),
                };
                self.parens(level > own, |w| w.separated(values, word, |w, v| w.expr(v, own + 1)));
            }
            ExprKind::NamedExpr { target, value } => self.parens(level > TUPLE, |w| {
                w.expr(target, ATOM);
                w.put(" := ");
                w.expr(value, ATOM);
            }),
            ExprKind::BinOp { left, op, right } => {
                let (sign, own) = operator(op);
                let right_assoc = op == Operator::Pow;
                self.parens(level > own, |w| {
                    w.expr(left, own + u8::from(right_assoc));
                    w.put(sign);
                    w.expr(right, own + u8::from(!right_assoc));
                });
            }
            ExprKind::UnaryOp { op, operand } => {
                let (sign, own) = match op {
                    UnaryOp::Invert => ("~", FACTOR),
                    UnaryOp::Not => ("not ", NOT),
                    UnaryOp::UAdd => ("+", FACTOR),
                    UnaryOp::USub => ("-", FACTOR),
                };
                self.parens(level > own, |w| {
                    w.put(sign);
                    w.expr(operand, own);
                });
            }
            ExprKind::Lambda { args, body } => self.parens(level > TEST, |w| {
                let positional = !args.args.is_empty() || !args.posonlyargs.is_empty();
                w.put(if positional { "lambda " } else { "lambda" });
                w.arguments(args);
                w.put(": ");
                w.expr(body, TEST);
            }),
            ExprKind::IfExp { test, body, orelse } => self.parens(level > TEST, |w| {
                w.expr(body, TEST + 1);
                w.put(" if ");
                w.expr(test, TEST + 1);
                w.put(" else ");
                w.expr(orelse, TEST);
            }),
            ExprKind::Dict { keys, values } => {
                self.put("{");
                for (i, (key, value)) in keys.iter().zip(values).enumerate() {
                    if i > 0 {
                        self.put(", ");
                    }
                    match key {
                        Some(key) => {
                            self.expr(key, TEST);
                            self.put(": ");
                            self.expr(value, TEST);
                        }
                        None => {
                            self.put("**");
                            self.expr(value, EXPR);
                        }
                    }
                }
                self.put("}");
            }
            ExprKind::Set { elts } => {
                self.put("{");
                self.exprs(elts);
                self.put("}");
            }
            ExprKind::GeneratorExp { elt, generators } => self.comprehension("(", elt, None, generators, ")"),
            ExprKind::ListComp { elt, generators } => self.comprehension("[", elt, None, generators, "]"),
            ExprKind::SetComp { elt, generators } => self.comprehension("{", elt, None, generators, "}"),
            ExprKind::DictComp { key, value, generators } => self.comprehension("{", key, Some(value), generators, "}"),
            ExprKind::Yield { value: None } => self.put("(yield)"),
            ExprKind::Yield { value: Some(value) } => {
                self.put("(yield ");
                self.expr(value, TEST);
                self.put(")");
            }
            ExprKind::YieldFrom { value } => {
                self.put("(yield from ");
                self.expr(value, TEST);
                self.put(")");
            }
            ExprKind::Await { value } => self.parens(level > AWAIT, |w| {
                w.put("await ");
                w.expr(value, ATOM);
            }),
            ExprKind::Compare { left, ops, comparators } => self.parens(level > CMP, |w| {
                w.expr(left, CMP + 1);
                for (op, right) in ops.iter().zip(comparators) {
                    w.put(comparison(*op));
                    w.expr(right, CMP + 1);
                }
            }),
            ExprKind::Call { func, args, keywords } => self.call(func, args, keywords),
            ExprKind::Constant { value, kind } => {
                if let Some(kind) = kind {
                    self.put(kind);
                }
                self.constant(&value, true);
            }
            ExprKind::JoinedStr { values } => self.fstring("f", values),
            ExprKind::TemplateStr { values } => self.fstring("t", values),
            ExprKind::FormattedValue { .. } | ExprKind::Interpolation { .. } => self.fstring_element(e, false),
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value, ATOM);
                // `1.x` would begin with a float.
                let number = matches!(value.kind, ExprKind::Constant { value: Constant::Int(_) | Constant::BigInt { .. }, .. });
                self.put(if number { " ." } else { "." });
                self.put(attr);
            }
            ExprKind::Starred { value, .. } => {
                self.put("*");
                self.expr(value, EXPR);
            }
            ExprKind::Name { id, .. } => self.put(id),
            ExprKind::List { elts, .. } => {
                self.put("[");
                self.exprs(elts);
                self.put("]");
            }
            ExprKind::Tuple { elts: [], .. } => self.put("()"),
            ExprKind::Tuple { elts, .. } => self.parens(level > TUPLE, |w| {
                w.exprs(elts);
                if elts.len() == 1 {
                    w.put(",");
                }
            }),
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value, ATOM);
                self.put("[");
                self.expr(slice, TUPLE);
                self.put("]");
            }
            ExprKind::Slice { lower, upper, step } => {
                if let Some(lower) = lower {
                    self.expr(lower, TEST);
                }
                self.put(":");
                if let Some(upper) = upper {
                    self.expr(upper, TEST);
                }
                if let Some(step) = step {
                    self.put(":");
                    self.expr(step, TEST);
                }
            }
        }
    }

    fn comprehension(
        &mut self,
        open: &str,
        elt: &Expr<'_>,
        value: Option<&Expr<'_>>,
        generators: &[Comprehension<'_>],
        close: &str,
    ) {
        self.put(open);
        self.expr(elt, TEST);
        if let Some(value) = value {
            self.put(": ");
            self.expr(value, TEST);
        }
        for generator in generators {
            self.put(if generator.is_async { " async for " } else { " for " });
            self.expr(generator.target, TUPLE);
            self.put(" in ");
            self.expr(generator.iter, TEST + 1);
            for test in generator.ifs {
                self.put(" if ");
                self.expr(test, TEST + 1);
            }
        }
        self.put(close);
    }

    fn call(&mut self, func: &Expr<'_>, args: &[Expr<'_>], keywords: &[Keyword<'_>]) {
        self.expr(func, ATOM);
        if let ([only], []) = (args, keywords)
            && matches!(only.kind, ExprKind::GeneratorExp { .. })
        {
            return self.expr(only, TEST);
        }
        self.put("(");
        self.exprs(args);
        for (i, keyword) in keywords.iter().enumerate() {
            if i > 0 || !args.is_empty() {
                self.put(", ");
            }
            match keyword.arg {
                Some(name) => {
                    self.put(name);
                    self.put("=");
                }
                None => self.put("**"),
            }
            self.expr(keyword.value, TEST);
        }
        self.put(")");
    }

    fn arguments(&mut self, args: &Arguments<'_>) {
        let mut first = true;
        let mut comma = |w: &mut Self| {
            if !std::mem::replace(&mut first, false) {
                w.put(", ");
            }
        };
        let positional = args.posonlyargs.len() + args.args.len();
        for (i, arg) in args.posonlyargs.iter().chain(args.args).enumerate() {
            comma(self);
            self.arg(arg);
            let default = (i + args.defaults.len()).checked_sub(positional);
            if let Some(default) = default.and_then(|i| args.defaults.get(i)) {
                self.put("=");
                self.expr(default, TEST);
            }
            if i + 1 == args.posonlyargs.len() {
                self.put(", /");
            }
        }
        if args.vararg.is_some() || !args.kwonlyargs.is_empty() {
            comma(self);
            self.put("*");
            if let Some(arg) = args.vararg {
                self.arg(arg);
            }
        }
        for (i, arg) in args.kwonlyargs.iter().enumerate() {
            comma(self);
            self.arg(arg);
            if let Some(Some(default)) = args.kw_defaults.get(i) {
                self.put("=");
                self.expr(default, TEST);
            }
        }
        if let Some(arg) = args.kwarg {
            comma(self);
            self.put("**");
            self.arg(arg);
        }
    }

    fn arg(&mut self, arg: &Arg<'_>) {
        self.put(arg.arg);
        if let Some(annotation) = arg.annotation {
            self.put(": ");
            self.expr(annotation, TEST);
        }
    }

    /// The body of an f-string is written first, then quoted as a whole.
    fn fstring(&mut self, prefix: &str, values: &[Expr<'_>]) {
        let mut body = Writer(Vec::new());
        for value in values {
            body.fstring_element(value, false);
        }
        self.put(prefix);
        self.repr_str(&body.0);
    }

    fn fstring_element(&mut self, e: &Expr<'_>, format_spec: bool) {
        match e.kind {
            ExprKind::Constant { value: Constant::Str(text), .. } => {
                for &b in text {
                    self.0.push(b);
                    if matches!(b, b'{' | b'}') {
                        self.0.push(b);
                    }
                }
            }
            ExprKind::JoinedStr { values } if format_spec => values.iter().for_each(|v| self.fstring_element(v, true)),
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                let mut text = Writer(Vec::new());
                text.expr(value, TEST + 1);
                self.replacement_field(&text.0, conversion, format_spec);
            }
            ExprKind::Interpolation { str, conversion, format_spec, value } => {
                let mut text = Writer(Vec::new());
                match str {
                    Constant::Str(source) => text.0.extend_from_slice(source),
                    _ => text.expr(value, TEST + 1),
                }
                self.replacement_field(&text.0, conversion, format_spec);
            }
            _ => self.expr(e, TEST),
        }
    }

    fn replacement_field(&mut self, text: &[u8], conversion: i32, format_spec: Option<&Expr<'_>>) {
        self.put(if text.starts_with(b"{") { "{ " } else { "{" });
        self.0.extend_from_slice(text);
        if let Some(c) = u8::try_from(conversion).ok().filter(|c| matches!(c, b's' | b'r' | b'a')) {
            self.0.extend([b'!', c]);
        }
        if let Some(spec) = format_spec {
            self.put(":");
            self.fstring_element(spec, true);
        }
        self.put("}");
    }

    /// In source text, infinity is a number that is too large.
    fn constant(&mut self, value: &Constant<'_>, source: bool) {
        let number = |text: String| if source { text.replace("inf", "1e309") } else { text };
        match *value {
            Constant::None => self.put("None"),
            Constant::True => self.put("True"),
            Constant::False => self.put("False"),
            Constant::Ellipsis if source => self.put("..."),
            Constant::Ellipsis => self.put("Ellipsis"),
            Constant::Int(i) => self.put(&i.to_string()),
            Constant::BigInt { .. } => {
                if let bytecode::Const::BigInt(i) = crate::constant(value) {
                    self.put(&i.to_string());
                }
            }
            Constant::Float(f) => self.put(&number(text::float::repr(f))),
            Constant::Complex { real, imag } => self.put(&number(complex_repr(real, imag))),
            Constant::Str(text) => self.repr_str(text),
            Constant::Bytes(bytes) => self.put(&text::quote::repr_bytes(bytes)),
            Constant::Tuple(items) => {
                self.put("(");
                self.separated(items, ", ", |w, item| w.constant(item, source));
                self.put(if items.len() == 1 { ",)" } else { ")" });
            }
            Constant::FrozenSet(items) => {
                self.put("frozenset({");
                self.separated(items, ", ", |w, item| w.constant(item, source));
                self.put("})");
            }
        }
    }

    fn repr_str(&mut self, text: &[u8]) {
        let quote = if text.contains(&b'\'') && !text.contains(&b'"') { b'"' } else { b'\'' };
        self.0.push(quote);
        let mut rest = text;
        while let Some((c, len)) = next_char(rest) {
            let raw = &rest[..len];
            rest = &rest[len..];
            match c {
                0x09 => self.put("\\t"),
                0x0a => self.put("\\n"),
                0x0d => self.put("\\r"),
                0x5c => self.put("\\\\"),
                _ if c == u32::from(quote) => self.0.extend([b'\\', quote]),
                0x20..=0x7e => self.0.extend_from_slice(raw),
                _ if c > 0x7f && unicode::is_printable(c) => self.0.extend_from_slice(raw),
                0..=0xff => self.put(&format!("\\x{c:02x}")),
                0x100..=0xffff => self.put(&format!("\\u{c:04x}")),
                _ => self.put(&format!("\\U{c:08x}")),
            }
        }
        self.0.push(quote);
    }
}

fn complex_repr(real: f64, imag: f64) -> String {
    let short = |f: f64| {
        let text = text::float::repr(f);
        text.strip_suffix(".0").map(str::to_string).unwrap_or(text)
    };
    if real == 0.0 && real.is_sign_positive() {
        return format!("{}j", short(imag));
    }
    let imag = short(imag);
    let sign = if imag.starts_with('-') { "" } else { "+" };
    format!("({}{sign}{imag}j)", short(real))
}

/// The first character of generalised UTF-8 and its length.
fn next_char(text: &[u8]) -> Option<(u32, usize)> {
    let &first = text.first()?;
    let len = match first {
        0..0x80 => return Some((first.into(), 1)),
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
    .min(text.len());
    let head = u32::from(first) & (0x7f >> len);
    let c = text[1..len].iter().fold(head, |c, b| c << 6 | u32::from(b & 0x3f));
    Some((c, len))
}

fn operator(op: Operator) -> (&'static str, Level) {
    match op {
        Operator::Add => (" + ", ARITH),
        Operator::Sub => (" - ", ARITH),
        Operator::Mult => (" * ", TERM),
        Operator::MatMult => (" @ ", TERM),
        Operator::Div => (" / ", TERM),
        Operator::Mod => (" % ", TERM),
        Operator::FloorDiv => (" // ", TERM),
        Operator::LShift => (" << ", SHIFT),
        Operator::RShift => (" >> ", SHIFT),
        Operator::BitOr => (" | ", EXPR),
        Operator::BitXor => (" ^ ", BXOR),
        Operator::BitAnd => (" & ", BAND),
        Operator::Pow => (" ** ", POWER),
    }
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}
