//! What the diagnosis keeps of a syntax tree: shapes, places, and the children that error texts depend on.

/// The shape of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Nothing was there.
    Nil,
    /// A repetition; its elements are its children.
    Sequence,
    /// Several values that count as one repetition.
    Group,
    /// A token that is none of those below.
    Token,
    Name,
    Number,
    Literal,
    Bytes,
    JoinedStr,
    Template,
    True,
    False,
    None,
    Ellipsis,
    Attribute,
    Subscript,
    Starred,
    List,
    Tuple,
    Lambda,
    Call,
    /// A Boolean, binary or unary operation.
    Operation,
    GeneratorExp,
    Yield,
    Await,
    ListComp,
    SetComp,
    DictComp,
    Dict,
    Set,
    /// A comparison; its children are the left side and the operators.
    Compare,
    /// The operator `in` with its right side.
    InPair,
    IfExp,
    NamedExpr,
    /// A `for` clause; its children are the target, the iterable and the conditions.
    Comprehension,
    /// The arguments of a call, in order.
    Arguments,
    Keyword,
    MappingUnpacking,
    Other,
}

impl Shape {
    /// The shape the grammar calls `name`.
    pub(super) fn named(name: &str) -> Option<Shape> {
        use Shape as S;
        let all = [
            S::Group,
            S::Template,
            S::True,
            S::False,
            S::None,
            S::Ellipsis,
            S::Attribute,
            S::Subscript,
            S::Starred,
            S::List,
            S::Tuple,
            S::Lambda,
            S::Call,
            S::Operation,
            S::GeneratorExp,
            S::Yield,
            S::Await,
            S::ListComp,
            S::SetComp,
            S::DictComp,
            S::Dict,
            S::Set,
            S::Compare,
            S::InPair,
            S::IfExp,
            S::NamedExpr,
            S::Comprehension,
            S::Arguments,
            S::Keyword,
            S::MappingUnpacking,
            S::Other,
        ];
        all.into_iter().find(|shape| format!("{shape:?}") == name)
    }

    /// What error texts call an expression of this shape.
    pub(super) fn expression_name(self) -> &'static str {
        match self {
            Shape::Name => "name",
            Shape::Number | Shape::Literal | Shape::Bytes => "literal",
            Shape::JoinedStr => "f-string expression",
            Shape::Template => "t-string expression",
            Shape::True => "True",
            Shape::False => "False",
            Shape::None => "None",
            Shape::Ellipsis => "ellipsis",
            Shape::Attribute => "attribute",
            Shape::Subscript => "subscript",
            Shape::Starred => "starred",
            Shape::List => "list",
            Shape::Tuple => "tuple",
            Shape::Lambda => "lambda",
            Shape::Call => "function call",
            Shape::GeneratorExp => "generator expression",
            Shape::Yield => "yield expression",
            Shape::Await => "await expression",
            Shape::ListComp => "list comprehension",
            Shape::SetComp => "set comprehension",
            Shape::DictComp => "dict comprehension",
            Shape::Dict => "dict literal",
            Shape::Set => "set display",
            Shape::Compare => "comparison",
            Shape::IfExp => "conditional expression",
            Shape::NamedExpr => "named expression",
            _ => "expression",
        }
    }
}

/// Index of a node.
pub(super) type Id = u32;

/// The node that stands for nothing.
pub(super) const NIL: Id = 0;

/// Lines count from 1, columns are byte offsets from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub(super) line: i32,
    pub(super) col: i32,
    pub(super) end_line: i32,
    pub(super) end_col: i32,
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) shape: Shape,
    pub(super) span: Span,
    /// The token it is, or the first one it has.
    pub(super) token: u32,
    /// Range of its children in the table of children.
    pub(super) kids: (u32, u32),
}

/// All nodes of one diagnosis.
pub(super) struct Nodes {
    nodes: Vec<Node>,
    kids: Vec<Id>,
}

impl Nodes {
    pub(super) fn new() -> Self {
        let span = Span { line: 1, col: 0, end_line: 1, end_col: 0 };
        Nodes { nodes: vec![Node { shape: Shape::Nil, span, token: 0, kids: (0, 0) }], kids: Vec::new() }
    }

    pub(super) fn add(&mut self, shape: Shape, span: Span, token: u32, kids: &[Id]) -> Id {
        let start = self.kids.len() as u32;
        self.kids.extend_from_slice(kids);
        self.nodes.push(Node { shape, span, token, kids: (start, self.kids.len() as u32) });
        self.nodes.len() as Id - 1
    }

    pub(super) fn get(&self, id: Id) -> &Node {
        &self.nodes[id as usize]
    }

    pub(super) fn shape(&self, id: Id) -> Shape {
        self.get(id).shape
    }

    pub(super) fn kids(&self, id: Id) -> &[Id] {
        let (start, end) = self.get(id).kids;
        &self.kids[start as usize..end as usize]
    }

    /// `ids` with repetitions replaced by their elements, and without what was not there.
    pub(super) fn flatten(&self, ids: &[Id]) -> Vec<Id> {
        let mut flat = Vec::new();
        let mut work: Vec<Id> = ids.iter().rev().copied().collect();
        while let Some(id) = work.pop() {
            match self.shape(id) {
                Shape::Nil => {}
                Shape::Sequence | Shape::Group => work.extend(self.kids(id).iter().rev()),
                _ => flat.push(id),
            }
        }
        flat
    }
}
