//! Tokens: their kinds, spellings and places.

/// The kind of a token. Up to [`TokenKind::Encoding`] the discriminants are those of Python's `token` module;
/// the keywords after it are `NAME` tokens there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TokenKind {
    EndMarker = 0,
    Name,
    Number,
    String,
    Newline,
    Indent,
    Dedent,
    LPar,
    RPar,
    LSqb,
    RSqb,
    Colon,
    Comma,
    Semi,
    Plus,
    Minus,
    Star,
    Slash,
    VBar,
    Amper,
    Less,
    Greater,
    Equal,
    Dot,
    Percent,
    LBrace,
    RBrace,
    EqEqual,
    NotEqual,
    LessEqual,
    GreaterEqual,
    Tilde,
    Circumflex,
    LeftShift,
    RightShift,
    DoubleStar,
    PlusEqual,
    MinEqual,
    StarEqual,
    SlashEqual,
    PercentEqual,
    AmperEqual,
    VBarEqual,
    CircumflexEqual,
    LeftShiftEqual,
    RightShiftEqual,
    DoubleStarEqual,
    DoubleSlash,
    DoubleSlashEqual,
    At,
    AtEqual,
    RArrow,
    Ellipsis,
    ColonEqual,
    Exclamation,
    Op,
    TypeIgnore,
    TypeComment,
    SoftKeyword,
    FStringStart,
    FStringMiddle,
    FStringEnd,
    TStringStart,
    TStringMiddle,
    TStringEnd,
    Comment,
    Nl,
    ErrorToken,
    Encoding,
    False,
    None,
    True,
    And,
    As,
    Assert,
    Async,
    Await,
    Break,
    Class,
    Continue,
    Def,
    Del,
    Elif,
    Else,
    Except,
    Finally,
    For,
    From,
    Global,
    If,
    Import,
    In,
    Is,
    Lambda,
    Nonlocal,
    Not,
    Or,
    Pass,
    Raise,
    Return,
    Try,
    While,
    With,
    Yield,
}

use TokenKind as K;

/// Every keyword with its kind.
pub const KEYWORDS: [(&str, TokenKind); 35] = [
    ("False", K::False),
    ("None", K::None),
    ("True", K::True),
    ("and", K::And),
    ("as", K::As),
    ("assert", K::Assert),
    ("async", K::Async),
    ("await", K::Await),
    ("break", K::Break),
    ("class", K::Class),
    ("continue", K::Continue),
    ("def", K::Def),
    ("del", K::Del),
    ("elif", K::Elif),
    ("else", K::Else),
    ("except", K::Except),
    ("finally", K::Finally),
    ("for", K::For),
    ("from", K::From),
    ("global", K::Global),
    ("if", K::If),
    ("import", K::Import),
    ("in", K::In),
    ("is", K::Is),
    ("lambda", K::Lambda),
    ("nonlocal", K::Nonlocal),
    ("not", K::Not),
    ("or", K::Or),
    ("pass", K::Pass),
    ("raise", K::Raise),
    ("return", K::Return),
    ("try", K::Try),
    ("while", K::While),
    ("with", K::With),
    ("yield", K::Yield),
];

/// Every operator with its kind.
pub const OPERATORS: [(&str, TokenKind); 48] = [
    ("(", K::LPar),
    (")", K::RPar),
    ("[", K::LSqb),
    ("]", K::RSqb),
    (":", K::Colon),
    (",", K::Comma),
    (";", K::Semi),
    ("+", K::Plus),
    ("-", K::Minus),
    ("*", K::Star),
    ("/", K::Slash),
    ("|", K::VBar),
    ("&", K::Amper),
    ("<", K::Less),
    (">", K::Greater),
    ("=", K::Equal),
    (".", K::Dot),
    ("%", K::Percent),
    ("{", K::LBrace),
    ("}", K::RBrace),
    ("==", K::EqEqual),
    ("!=", K::NotEqual),
    ("<=", K::LessEqual),
    (">=", K::GreaterEqual),
    ("~", K::Tilde),
    ("^", K::Circumflex),
    ("<<", K::LeftShift),
    (">>", K::RightShift),
    ("**", K::DoubleStar),
    ("+=", K::PlusEqual),
    ("-=", K::MinEqual),
    ("*=", K::StarEqual),
    ("/=", K::SlashEqual),
    ("%=", K::PercentEqual),
    ("&=", K::AmperEqual),
    ("|=", K::VBarEqual),
    ("^=", K::CircumflexEqual),
    ("<<=", K::LeftShiftEqual),
    (">>=", K::RightShiftEqual),
    ("**=", K::DoubleStarEqual),
    ("//", K::DoubleSlash),
    ("//=", K::DoubleSlashEqual),
    ("@", K::At),
    ("@=", K::AtEqual),
    ("->", K::RArrow),
    ("...", K::Ellipsis),
    (":=", K::ColonEqual),
    ("!", K::Exclamation),
];

impl TokenKind {
    /// Whether this is a (hard) keyword.
    #[inline]
    pub fn is_keyword(self) -> bool {
        self as u8 >= K::False as u8
    }

    /// The number that Python's `token` module gives this kind.
    pub fn number(self) -> u8 {
        if self.is_keyword() { K::Name as u8 } else { self as u8 }
    }

    /// Whether `tokenize` shows this kind as `OP`.
    pub fn is_operator(self) -> bool {
        let n = self as u8;
        (K::LPar as u8 <= n) && (n <= K::Op as u8)
    }

    /// The spelling of a keyword or operator (`<>` is spelt `!=` here).
    pub fn spelling(self) -> Option<&'static str> {
        let find = |table: &'static [(&'static str, TokenKind)]| table.iter().find(|row| row.1 == self).map(|row| row.0);
        find(&KEYWORDS).or_else(|| find(&OPERATORS))
    }
}

/// Tells keywords from names.
#[inline]
pub(crate) fn name_kind(word: &[u8]) -> TokenKind {
    if word.len() < 2 || word.len() > 8 {
        return K::Name;
    }
    match word {
        b"if" => K::If,
        b"in" => K::In,
        b"is" => K::Is,
        b"or" => K::Or,
        b"as" => K::As,
        b"for" => K::For,
        b"def" => K::Def,
        b"not" => K::Not,
        b"and" => K::And,
        b"try" => K::Try,
        b"del" => K::Del,
        b"None" => K::None,
        b"True" => K::True,
        b"from" => K::From,
        b"else" => K::Else,
        b"elif" => K::Elif,
        b"with" => K::With,
        b"pass" => K::Pass,
        b"False" => K::False,
        b"raise" => K::Raise,
        b"class" => K::Class,
        b"while" => K::While,
        b"yield" => K::Yield,
        b"async" => K::Async,
        b"await" => K::Await,
        b"break" => K::Break,
        b"return" => K::Return,
        b"import" => K::Import,
        b"except" => K::Except,
        b"assert" => K::Assert,
        b"global" => K::Global,
        b"lambda" => K::Lambda,
        b"finally" => K::Finally,
        b"continue" => K::Continue,
        b"nonlocal" => K::Nonlocal,
        _ => K::Name,
    }
}

/// One token. Its text is `source[start..end]`.
///
/// Lines count from 1, columns are UTF-8 byte offsets in their line; `col` and `end_col` are -1 for the tokens that
/// have no text of their own (`DEDENT`, `ENDMARKER`, and `INDENT` when lexing for the parser).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub kind: TokenKind,
    pub start: u32,
    pub end: u32,
    pub line: i32,
    pub col: i32,
    pub end_line: i32,
    pub end_col: i32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_agree() {
        for (word, kind) in KEYWORDS {
            assert_eq!(name_kind(word.as_bytes()), kind);
            assert_eq!(kind.number(), 1);
        }
        assert_eq!(K::Encoding as u8, 68);
    }
}
