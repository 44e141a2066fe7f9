//! The abstract syntax tree, node for node that of CPython 3.14's `Python.asdl`.
//!
//! Nodes live in an [`Arena`](crate::Arena) and borrow from it, so a tree of any depth is freed at once and
//! never recursively. Field names and order are those of Python's `ast` module: the conversion to and from
//! Python objects, `ast.dump` and the compiler all rely on them.
//!
//! Invariants:
//! - every identifier is NFKC-normalised (PEP 3131), and owned by the arena;
//! - text constants are *generalised UTF-8* (WTF-8): a lone surrogate is three bytes, everything else is UTF-8;
//! - a column is a UTF-8 byte offset within its line, a line counts from 1.

/// Where a node stands in its source. Lines count from 1, columns are UTF-8 byte offsets from 0, the end is exclusive.
///
/// Signed because trees built by programs may carry any `int` that fits C's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Range {
    pub line: i32,
    pub col: i32,
    pub end_line: i32,
    pub end_col: i32,
}

/// A normalised name.
pub type Identifier<'a> = &'a str;

/// What is compiled: one of the four start symbols of the grammar.
#[derive(Clone, Copy, Debug)]
pub enum Mod<'a> {
    Module { body: &'a [Stmt<'a>], type_ignores: &'a [TypeIgnore<'a>] },
    Interactive { body: &'a [Stmt<'a>] },
    Expression { body: &'a Expr<'a> },
    FunctionType { argtypes: &'a [Expr<'a>], returns: &'a Expr<'a> },
}

/// A `# type: ignore` comment, recorded when type comments are asked for.
#[derive(Clone, Copy, Debug)]
pub struct TypeIgnore<'a> {
    pub lineno: i32,
    pub tag: &'a str,
}

/// A statement.
#[derive(Clone, Copy, Debug)]
pub struct Stmt<'a> {
    pub kind: StmtKind<'a>,
    pub range: Range,
}

/// `def` and `async def` share their fields.
#[derive(Clone, Copy, Debug)]
pub struct FunctionDef<'a> {
    pub name: Identifier<'a>,
    pub args: &'a Arguments<'a>,
    pub body: &'a [Stmt<'a>],
    pub decorator_list: &'a [Expr<'a>],
    pub returns: Option<&'a Expr<'a>>,
    pub type_comment: Option<&'a str>,
    pub type_params: &'a [TypeParam<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct ClassDef<'a> {
    pub name: Identifier<'a>,
    pub bases: &'a [Expr<'a>],
    pub keywords: &'a [Keyword<'a>],
    pub body: &'a [Stmt<'a>],
    pub decorator_list: &'a [Expr<'a>],
    pub type_params: &'a [TypeParam<'a>],
}

/// `for` and `async for`.
#[derive(Clone, Copy, Debug)]
pub struct For<'a> {
    pub target: &'a Expr<'a>,
    pub iter: &'a Expr<'a>,
    pub body: &'a [Stmt<'a>],
    pub orelse: &'a [Stmt<'a>],
    pub type_comment: Option<&'a str>,
}

/// `with` and `async with`.
#[derive(Clone, Copy, Debug)]
pub struct With<'a> {
    pub items: &'a [WithItem<'a>],
    pub body: &'a [Stmt<'a>],
    pub type_comment: Option<&'a str>,
}

/// `try` and `try … except*`.
#[derive(Clone, Copy, Debug)]
pub struct Try<'a> {
    pub body: &'a [Stmt<'a>],
    pub handlers: &'a [ExceptHandler<'a>],
    pub orelse: &'a [Stmt<'a>],
    pub finalbody: &'a [Stmt<'a>],
}

#[derive(Clone, Copy, Debug)]
pub enum StmtKind<'a> {
    FunctionDef(&'a FunctionDef<'a>),
    AsyncFunctionDef(&'a FunctionDef<'a>),
    ClassDef(&'a ClassDef<'a>),
    Return {
        value: Option<&'a Expr<'a>>,
    },
    Delete {
        targets: &'a [Expr<'a>],
    },
    Assign {
        targets: &'a [Expr<'a>],
        value: &'a Expr<'a>,
        type_comment: Option<&'a str>,
    },
    TypeAlias {
        name: &'a Expr<'a>,
        type_params: &'a [TypeParam<'a>],
        value: &'a Expr<'a>,
    },
    AugAssign {
        target: &'a Expr<'a>,
        op: Operator,
        value: &'a Expr<'a>,
    },
    /// `simple` is false for a target in parentheses or one that is not a name.
    AnnAssign {
        target: &'a Expr<'a>,
        annotation: &'a Expr<'a>,
        value: Option<&'a Expr<'a>>,
        simple: bool,
    },
    For(&'a For<'a>),
    AsyncFor(&'a For<'a>),
    While {
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    },
    If {
        test: &'a Expr<'a>,
        body: &'a [Stmt<'a>],
        orelse: &'a [Stmt<'a>],
    },
    With(&'a With<'a>),
    AsyncWith(&'a With<'a>),
    Match {
        subject: &'a Expr<'a>,
        cases: &'a [MatchCase<'a>],
    },
    Raise {
        exc: Option<&'a Expr<'a>>,
        cause: Option<&'a Expr<'a>>,
    },
    Try(&'a Try<'a>),
    TryStar(&'a Try<'a>),
    Assert {
        test: &'a Expr<'a>,
        msg: Option<&'a Expr<'a>>,
    },
    Import {
        names: &'a [Alias<'a>],
    },
    /// `level` counts the leading dots; trees built by programs may leave it out, which means 0.
    ImportFrom {
        module: Option<Identifier<'a>>,
        names: &'a [Alias<'a>],
        level: Option<i32>,
    },
    Global {
        names: &'a [Identifier<'a>],
    },
    Nonlocal {
        names: &'a [Identifier<'a>],
    },
    Expr {
        value: &'a Expr<'a>,
    },
    Pass,
    Break,
    Continue,
}

/// An expression.
#[derive(Clone, Copy, Debug)]
pub struct Expr<'a> {
    pub kind: ExprKind<'a>,
    pub range: Range,
}

#[derive(Clone, Copy, Debug)]
pub enum ExprKind<'a> {
    BoolOp {
        op: BoolOp,
        values: &'a [Expr<'a>],
    },
    NamedExpr {
        target: &'a Expr<'a>,
        value: &'a Expr<'a>,
    },
    BinOp {
        left: &'a Expr<'a>,
        op: Operator,
        right: &'a Expr<'a>,
    },
    UnaryOp {
        op: UnaryOp,
        operand: &'a Expr<'a>,
    },
    Lambda {
        args: &'a Arguments<'a>,
        body: &'a Expr<'a>,
    },
    IfExp {
        test: &'a Expr<'a>,
        body: &'a Expr<'a>,
        orelse: &'a Expr<'a>,
    },
    /// A key of `None` stands for `**value`.
    Dict {
        keys: &'a [Option<&'a Expr<'a>>],
        values: &'a [Expr<'a>],
    },
    Set {
        elts: &'a [Expr<'a>],
    },
    ListComp {
        elt: &'a Expr<'a>,
        generators: &'a [Comprehension<'a>],
    },
    SetComp {
        elt: &'a Expr<'a>,
        generators: &'a [Comprehension<'a>],
    },
    DictComp {
        key: &'a Expr<'a>,
        value: &'a Expr<'a>,
        generators: &'a [Comprehension<'a>],
    },
    GeneratorExp {
        elt: &'a Expr<'a>,
        generators: &'a [Comprehension<'a>],
    },
    Await {
        value: &'a Expr<'a>,
    },
    Yield {
        value: Option<&'a Expr<'a>>,
    },
    YieldFrom {
        value: &'a Expr<'a>,
    },
    Compare {
        left: &'a Expr<'a>,
        ops: &'a [CmpOp],
        comparators: &'a [Expr<'a>],
    },
    Call {
        func: &'a Expr<'a>,
        args: &'a [Expr<'a>],
        keywords: &'a [Keyword<'a>],
    },
    FormattedValue {
        value: &'a Expr<'a>,
        conversion: i32,
        format_spec: Option<&'a Expr<'a>>,
    },
    /// `str` is the source text of the expression (PEP 750).
    Interpolation {
        value: &'a Expr<'a>,
        str: Constant<'a>,
        conversion: i32,
        format_spec: Option<&'a Expr<'a>>,
    },
    JoinedStr {
        values: &'a [Expr<'a>],
    },
    TemplateStr {
        values: &'a [Expr<'a>],
    },
    /// `kind` is `Some("u")` for a literal written with that prefix.
    Constant {
        value: Constant<'a>,
        kind: Option<&'a str>,
    },
    Attribute {
        value: &'a Expr<'a>,
        attr: Identifier<'a>,
        ctx: ExprContext,
    },
    Subscript {
        value: &'a Expr<'a>,
        slice: &'a Expr<'a>,
        ctx: ExprContext,
    },
    Starred {
        value: &'a Expr<'a>,
        ctx: ExprContext,
    },
    Name {
        id: Identifier<'a>,
        ctx: ExprContext,
    },
    List {
        elts: &'a [Expr<'a>],
        ctx: ExprContext,
    },
    Tuple {
        elts: &'a [Expr<'a>],
        ctx: ExprContext,
    },
    Slice {
        lower: Option<&'a Expr<'a>>,
        upper: Option<&'a Expr<'a>>,
        step: Option<&'a Expr<'a>>,
    },
}

/// The value of a literal. Tuples and frozen sets come from trees built by programs only.
#[derive(Clone, Copy, Debug)]
pub enum Constant<'a> {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    /// An integer outside `i64`: little-endian magnitude.
    BigInt {
        negative: bool,
        magnitude: &'a [u8],
    },
    Float(f64),
    Complex {
        real: f64,
        imag: f64,
    },
    /// Generalised UTF-8.
    Str(&'a [u8]),
    Bytes(&'a [u8]),
    Tuple(&'a [Constant<'a>]),
    FrozenSet(&'a [Constant<'a>]),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExprContext {
    Load,
    Store,
    Del,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    Invert,
    Not,
    UAdd,
    USub,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CmpOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

#[derive(Clone, Copy, Debug)]
pub struct Comprehension<'a> {
    pub target: &'a Expr<'a>,
    pub iter: &'a Expr<'a>,
    pub ifs: &'a [Expr<'a>],
    pub is_async: bool,
}

#[derive(Clone, Copy, Debug)]
pub struct ExceptHandler<'a> {
    pub typ: Option<&'a Expr<'a>>,
    pub name: Option<Identifier<'a>>,
    pub body: &'a [Stmt<'a>],
    pub range: Range,
}

/// Parameters. `defaults` belong to the last of `posonlyargs + args`; `kw_defaults` runs beside `kwonlyargs`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Arguments<'a> {
    pub posonlyargs: &'a [Arg<'a>],
    pub args: &'a [Arg<'a>],
    pub vararg: Option<&'a Arg<'a>>,
    pub kwonlyargs: &'a [Arg<'a>],
    pub kw_defaults: &'a [Option<&'a Expr<'a>>],
    pub kwarg: Option<&'a Arg<'a>>,
    pub defaults: &'a [Expr<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct Arg<'a> {
    pub arg: Identifier<'a>,
    pub annotation: Option<&'a Expr<'a>>,
    pub type_comment: Option<&'a str>,
    pub range: Range,
}

/// A keyword argument; an `arg` of `None` stands for `**value`.
#[derive(Clone, Copy, Debug)]
pub struct Keyword<'a> {
    pub arg: Option<Identifier<'a>>,
    pub value: &'a Expr<'a>,
    pub range: Range,
}

#[derive(Clone, Copy, Debug)]
pub struct Alias<'a> {
    pub name: Identifier<'a>,
    pub asname: Option<Identifier<'a>>,
    pub range: Range,
}

#[derive(Clone, Copy, Debug)]
pub struct WithItem<'a> {
    pub context_expr: &'a Expr<'a>,
    pub optional_vars: Option<&'a Expr<'a>>,
}

#[derive(Clone, Copy, Debug)]
pub struct MatchCase<'a> {
    pub pattern: &'a Pattern<'a>,
    pub guard: Option<&'a Expr<'a>>,
    pub body: &'a [Stmt<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct Pattern<'a> {
    pub kind: PatternKind<'a>,
    pub range: Range,
}

#[expect(clippy::enum_variant_names, reason = "the names of Python's ast classes")]
#[derive(Clone, Copy, Debug)]
pub enum PatternKind<'a> {
    MatchValue {
        value: &'a Expr<'a>,
    },
    MatchSingleton {
        value: Constant<'a>,
    },
    MatchSequence {
        patterns: &'a [Pattern<'a>],
    },
    MatchMapping {
        keys: &'a [Expr<'a>],
        patterns: &'a [Pattern<'a>],
        rest: Option<Identifier<'a>>,
    },
    MatchClass {
        cls: &'a Expr<'a>,
        patterns: &'a [Pattern<'a>],
        kwd_attrs: &'a [Identifier<'a>],
        kwd_patterns: &'a [Pattern<'a>],
    },
    MatchStar {
        name: Option<Identifier<'a>>,
    },
    MatchAs {
        pattern: Option<&'a Pattern<'a>>,
        name: Option<Identifier<'a>>,
    },
    MatchOr {
        patterns: &'a [Pattern<'a>],
    },
}

#[derive(Clone, Copy, Debug)]
pub struct TypeParam<'a> {
    pub kind: TypeParamKind<'a>,
    pub range: Range,
}

#[derive(Clone, Copy, Debug)]
pub enum TypeParamKind<'a> {
    TypeVar { name: Identifier<'a>, bound: Option<&'a Expr<'a>>, default_value: Option<&'a Expr<'a>> },
    ParamSpec { name: Identifier<'a>, default_value: Option<&'a Expr<'a>> },
    TypeVarTuple { name: Identifier<'a>, default_value: Option<&'a Expr<'a>> },
}
