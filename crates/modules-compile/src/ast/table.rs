//! The node classes of Python 3.14's `ast`, in one table: the grammar of `Python.asdl`.
#![expect(non_camel_case_types, reason = "Python's names")]

/// A field of a class: `type? name` and the like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    /// Name of the type in the grammar.
    pub(crate) ty: &'a str,
    /// A list.
    pub(crate) many: bool,
    /// May be `None`.
    pub(crate) optional: bool,
    pub(crate) name: &'a str,
}

/// One class.
pub(crate) struct Class {
    pub(crate) name: &'static str,
    /// `AST` or one of the classes before.
    pub(crate) base: &'static str,
    /// The fields as the grammar writes them.
    pub(crate) text: &'static str,
    /// Instances have a place in the source.
    pub(crate) located: bool,
}

impl Class {
    /// True for a class that only stands for several others.
    pub(crate) fn is_sum(&self) -> bool {
        NODES.iter().any(|c| c.base == self.name)
    }

    pub(crate) fn fields(&self) -> impl Iterator<Item = Field<'static>> {
        let text: &'static str = self.text;
        text.split(", ").filter(|f| !f.is_empty()).map(|f| {
            let (ty, name) = f.split_once(' ').unwrap_or((f, f));
            let bare = ty.trim_end_matches(['?', '*']);
            Field { ty: bare, many: ty.ends_with('*'), optional: ty.ends_with('?'), name }
        })
    }

    fn line(&self) -> String {
        if self.text.is_empty() { self.name.to_string() } else { format!("{}({})", self.name, self.text) }
    }

    /// The docstring.
    pub(crate) fn doc(&self) -> String {
        if !self.is_sum() {
            return self.line();
        }
        let members: Vec<&Class> = NODES.iter().filter(|c| c.base == self.name).collect();
        let lines: Vec<String> = members.iter().map(|c| c.line()).collect();
        let separator = if members.iter().all(|c| c.text.is_empty()) {
            " | ".to_string()
        } else {
            format!("\n{}| ", " ".repeat(self.name.len() + 1))
        };
        format!("{} = {}", self.name, lines.join(&separator))
    }
}

/// The attributes of located nodes.
pub(crate) const ATTRIBUTES: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

macro_rules! nodes {
    ($($id:ident: $base:literal, $text:literal $(, $located:ident)?;)*) => {
        /// A class, by its place in [`NODES`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Node { $($id,)* }

        /// All classes but `AST` itself, bases before derived ones.
        pub(crate) static NODES: &[Class] = &[
            $(Class { name: strip(stringify!($id)), base: $base, text: $text, located: nodes!(@ $($located)?) },)*
        ];

        impl Node {
            pub(crate) const ALL: &[Node] = &[$(Node::$id),*];
        }
    };
    (@) => { false };
    (@ located) => { true };
}

/// A name without the mark that tells a base from a class that Rust would confuse with it.
const fn strip(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', ..] => name.split_at(2).1,
        _ => name,
    }
}

impl Node {
    pub(crate) fn class(self) -> &'static Class {
        &NODES[self as usize]
    }
}

nodes! {
    r#mod: "AST", "";
    Module: "mod", "stmt* body, type_ignore* type_ignores";
    Interactive: "mod", "stmt* body";
    Expression: "mod", "expr body";
    FunctionType: "mod", "expr* argtypes, expr returns";
    stmt: "AST", "", located;
    FunctionDef: "stmt", "identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params";
    AsyncFunctionDef: "stmt", "identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment, type_param* type_params";
    ClassDef: "stmt", "identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list, type_param* type_params";
    Return: "stmt", "expr? value";
    Delete: "stmt", "expr* targets";
    Assign: "stmt", "expr* targets, expr value, string? type_comment";
    TypeAlias: "stmt", "expr name, type_param* type_params, expr value";
    AugAssign: "stmt", "expr target, operator op, expr value";
    AnnAssign: "stmt", "expr target, expr annotation, expr? value, int simple";
    For: "stmt", "expr target, expr iter, stmt* body, stmt* orelse, string? type_comment";
    AsyncFor: "stmt", "expr target, expr iter, stmt* body, stmt* orelse, string? type_comment";
    While: "stmt", "expr test, stmt* body, stmt* orelse";
    If: "stmt", "expr test, stmt* body, stmt* orelse";
    With: "stmt", "withitem* items, stmt* body, string? type_comment";
    AsyncWith: "stmt", "withitem* items, stmt* body, string? type_comment";
    Match: "stmt", "expr subject, match_case* cases";
    Raise: "stmt", "expr? exc, expr? cause";
    Try: "stmt", "stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody";
    TryStar: "stmt", "stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody";
    Assert: "stmt", "expr test, expr? msg";
    Import: "stmt", "alias* names";
    ImportFrom: "stmt", "identifier? module, alias* names, int? level";
    Global: "stmt", "identifier* names";
    Nonlocal: "stmt", "identifier* names";
    Expr: "stmt", "expr value";
    Pass: "stmt", "";
    Break: "stmt", "";
    Continue: "stmt", "";
    expr: "AST", "", located;
    BoolOp: "expr", "boolop op, expr* values";
    NamedExpr: "expr", "expr target, expr value";
    BinOp: "expr", "expr left, operator op, expr right";
    UnaryOp: "expr", "unaryop op, expr operand";
    Lambda: "expr", "arguments args, expr body";
    IfExp: "expr", "expr test, expr body, expr orelse";
    Dict: "expr", "expr?* keys, expr* values";
    Set: "expr", "expr* elts";
    ListComp: "expr", "expr elt, comprehension* generators";
    SetComp: "expr", "expr elt, comprehension* generators";
    DictComp: "expr", "expr key, expr value, comprehension* generators";
    GeneratorExp: "expr", "expr elt, comprehension* generators";
    Await: "expr", "expr value";
    Yield: "expr", "expr? value";
    YieldFrom: "expr", "expr value";
    Compare: "expr", "expr left, cmpop* ops, expr* comparators";
    Call: "expr", "expr func, expr* args, keyword* keywords";
    FormattedValue: "expr", "expr value, int conversion, expr? format_spec";
    Interpolation: "expr", "expr value, constant str, int conversion, expr? format_spec";
    JoinedStr: "expr", "expr* values";
    TemplateStr: "expr", "expr* values";
    Constant: "expr", "constant value, string? kind";
    Attribute: "expr", "expr value, identifier attr, expr_context ctx";
    Subscript: "expr", "expr value, expr slice, expr_context ctx";
    Starred: "expr", "expr value, expr_context ctx";
    Name: "expr", "identifier id, expr_context ctx";
    List: "expr", "expr* elts, expr_context ctx";
    Tuple: "expr", "expr* elts, expr_context ctx";
    Slice: "expr", "expr? lower, expr? upper, expr? step";
    expr_context: "AST", "";
    Load: "expr_context", "";
    Store: "expr_context", "";
    Del: "expr_context", "";
    boolop: "AST", "";
    And: "boolop", "";
    Or: "boolop", "";
    operator: "AST", "";
    Add: "operator", "";
    Sub: "operator", "";
    Mult: "operator", "";
    MatMult: "operator", "";
    Div: "operator", "";
    Mod: "operator", "";
    Pow: "operator", "";
    LShift: "operator", "";
    RShift: "operator", "";
    BitOr: "operator", "";
    BitXor: "operator", "";
    BitAnd: "operator", "";
    FloorDiv: "operator", "";
    unaryop: "AST", "";
    Invert: "unaryop", "";
    Not: "unaryop", "";
    UAdd: "unaryop", "";
    USub: "unaryop", "";
    cmpop: "AST", "";
    Eq: "cmpop", "";
    NotEq: "cmpop", "";
    Lt: "cmpop", "";
    LtE: "cmpop", "";
    Gt: "cmpop", "";
    GtE: "cmpop", "";
    Is: "cmpop", "";
    IsNot: "cmpop", "";
    In: "cmpop", "";
    NotIn: "cmpop", "";
    comprehension: "AST", "expr target, expr iter, expr* ifs, int is_async";
    excepthandler: "AST", "", located;
    ExceptHandler: "excepthandler", "expr? type, identifier? name, stmt* body";
    arguments: "AST", "arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr?* kw_defaults, arg? kwarg, expr* defaults";
    arg: "AST", "identifier arg, expr? annotation, string? type_comment", located;
    keyword: "AST", "identifier? arg, expr value", located;
    alias: "AST", "identifier name, identifier? asname", located;
    withitem: "AST", "expr context_expr, expr? optional_vars";
    match_case: "AST", "pattern pattern, expr? guard, stmt* body";
    pattern: "AST", "", located;
    MatchValue: "pattern", "expr value";
    MatchSingleton: "pattern", "constant value";
    MatchSequence: "pattern", "pattern* patterns";
    MatchMapping: "pattern", "expr* keys, pattern* patterns, identifier? rest";
    MatchClass: "pattern", "expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns";
    MatchStar: "pattern", "identifier? name";
    MatchAs: "pattern", "pattern? pattern, identifier? name";
    MatchOr: "pattern", "pattern* patterns";
    type_ignore: "AST", "";
    TypeIgnore: "type_ignore", "int lineno, string tag";
    type_param: "AST", "", located;
    TypeVar: "type_param", "identifier name, expr? bound, expr? default_value";
    ParamSpec: "type_param", "identifier name, expr? default_value";
    TypeVarTuple: "type_param", "identifier name, expr? default_value";
}
