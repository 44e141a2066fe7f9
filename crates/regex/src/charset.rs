//! Sets of characters: the charset operators of the code array, and the tables made of them.

use std::sync::OnceLock;

use crate::code::*;

/// What the matcher must be told about characters. The first six are about any code point; `lower` and `upper` are
/// the simple one-to-one mappings (`_PyUnicode_ToLowercase`, `_PyUnicode_ToUppercase`). The last three follow the
/// locale that is set while they are called.
#[derive(Debug)]
pub struct CharTable {
    /// `str.isalnum` of one character.
    pub is_alnum: fn(u32) -> bool,
    /// `str.isdecimal` of one character.
    pub is_decimal: fn(u32) -> bool,
    /// `str.isspace` of one character.
    pub is_space: fn(u32) -> bool,
    /// Whether `str.splitlines` splits at the character.
    pub is_linebreak: fn(u32) -> bool,
    /// The character's lower case.
    pub lower: fn(u32) -> u32,
    /// The character's upper case.
    pub upper: fn(u32) -> u32,
    /// C's `isalnum`.
    pub locale_is_alnum: fn(u8) -> bool,
    /// C's `tolower`.
    pub locale_lower: fn(u8) -> u8,
    /// C's `toupper`.
    pub locale_upper: fn(u8) -> u8,
}

impl CharTable {
    /// Lower case under the locale; characters above 255 have none.
    pub(crate) fn lower_locale(&self, ch: u32) -> u32 {
        u8::try_from(ch).map_or(ch, |b| u32::from((self.locale_lower)(b)))
    }

    fn upper_locale(&self, ch: u32) -> u32 {
        u8::try_from(ch).map_or(ch, |b| u32::from((self.locale_upper)(b)))
    }
}

/// Lower case of ASCII letters only.
pub(crate) fn lower_ascii(ch: u32) -> u32 {
    if (0x41..=0x5a).contains(&ch) { ch + 32 } else { ch }
}

/// The `CATEGORY_*` codes, without their negation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Category {
    Digit,
    Space,
    Word,
    Linebreak,
    LocWord,
    UniDigit,
    UniSpace,
    UniWord,
    UniLinebreak,
}

impl Category {
    /// The category of a `CATEGORY_*` code and whether the code negates it. They alternate in the list of codes.
    pub(crate) fn from_code(code: u32) -> Option<(Category, bool)> {
        let category = match code & !1 {
            CATEGORY_DIGIT => Category::Digit,
            CATEGORY_SPACE => Category::Space,
            CATEGORY_WORD => Category::Word,
            CATEGORY_LINEBREAK => Category::Linebreak,
            CATEGORY_LOC_WORD => Category::LocWord,
            CATEGORY_UNI_DIGIT => Category::UniDigit,
            CATEGORY_UNI_SPACE => Category::UniSpace,
            CATEGORY_UNI_WORD => Category::UniWord,
            CATEGORY_UNI_LINEBREAK => Category::UniLinebreak,
            _ => return None,
        };
        Some((category, code & 1 == 1))
    }

    fn contains(self, ch: u32, chars: &CharTable) -> bool {
        let underscore = ch == u32::from(b'_');
        match self {
            Category::Digit => (0x30..=0x39).contains(&ch),
            Category::Space => ch == 32 || (9..=13).contains(&ch),
            Category::Word => underscore || u8::try_from(ch).is_ok_and(|b| b.is_ascii_alphanumeric()),
            Category::Linebreak => ch == u32::from(b'\n'),
            Category::LocWord => underscore || u8::try_from(ch).is_ok_and(chars.locale_is_alnum),
            Category::UniDigit => (chars.is_decimal)(ch),
            Category::UniSpace => (chars.is_space)(ch),
            Category::UniWord => underscore || (chars.is_alnum)(ch),
            Category::UniLinebreak => (chars.is_linebreak)(ch),
        }
    }

    /// Whether no character above 255 belongs to it.
    fn is_low(self) -> bool {
        !matches!(self, Category::UniDigit | Category::UniSpace | Category::UniWord | Category::UniLinebreak)
    }
}

/// One operator of a charset.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    Negate,
    Range {
        lo: u32,
        hi: u32,
    },
    /// RANGE_UNI_IGNORE: the character or its upper case lies in the range.
    RangeFolded {
        lo: u32,
        hi: u32,
    },
    Charset(Box<[u32]>),
    /// BIGCHARSET: for each 256 characters of the BMP the number of their bitmap, and the bitmaps.
    BigCharset {
        pages: Box<[u8; 256]>,
        bitmaps: Box<[u32]>,
    },
    Category(Category, bool),
}

/// How a character is changed before it is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    None,
    Ascii,
    Unicode,
    /// Lower or upper case under the current locale; for a negated set, neither may be excluded.
    Locale,
    /// The character itself, its lower case or its upper case under the current locale (LITERAL_LOC_IGNORE).
    LocaleAny,
}

/// A charset as the code array gives it: items tried in order.
#[derive(Clone, Debug)]
pub(crate) struct CharSet {
    pub(crate) items: Vec<Item>,
    pub(crate) fold: Fold,
    /// Inverts the result (NOT_LITERAL with a fold).
    pub(crate) negated: bool,
}

impl CharSet {
    pub(crate) fn contains(&self, ch: u32, chars: &CharTable) -> bool {
        let found = match self.fold {
            Fold::None => self.lookup(ch, chars),
            Fold::Ascii => self.lookup(lower_ascii(ch), chars),
            Fold::Unicode => self.lookup((chars.lower)(ch), chars),
            Fold::Locale => {
                let (lower, upper) = (chars.lower_locale(ch), chars.upper_locale(ch));
                match self.items.first() {
                    Some(Item::Negate) => self.lookup(lower, chars) && self.lookup(upper, chars),
                    _ => self.lookup(lower, chars) || self.lookup(upper, chars),
                }
            }
            Fold::LocaleAny => {
                self.lookup(ch, chars) || self.lookup(chars.lower_locale(ch), chars) || self.lookup(chars.upper_locale(ch), chars)
            }
        };
        found != self.negated
    }

    fn lookup(&self, ch: u32, chars: &CharTable) -> bool {
        let mut ok = true;
        for item in &self.items {
            let hit = match item {
                Item::Negate => {
                    ok = !ok;
                    false
                }
                Item::Range { lo, hi } => (*lo..=*hi).contains(&ch),
                Item::RangeFolded { lo, hi } => (*lo..=*hi).contains(&ch) || (*lo..=*hi).contains(&(chars.upper)(ch)),
                Item::Charset(bits) => ch < 256 && bit(bits, ch),
                Item::BigCharset { pages, bitmaps } => {
                    ch < 0x1_0000 && bit(bitmaps, u32::from(pages[ch as usize >> 8]) * 256 + (ch & 255))
                }
                Item::Category(category, negated) => category.contains(ch, chars) != *negated,
            };
            if hit {
                return ok;
            }
        }
        !ok
    }

    /// Whether the answer depends on the locale of the moment.
    pub(crate) fn is_dynamic(&self) -> bool {
        matches!(self.fold, Fold::Locale | Fold::LocaleAny)
            || self.items.iter().any(|item| matches!(item, Item::Category(Category::LocWord, _)))
    }

    /// The answer for every character above 255, if it is the same for all.
    fn constant_above_255(&self) -> Option<bool> {
        if self.fold == Fold::Unicode {
            return None;
        }
        let mut ok = true;
        for item in &self.items {
            match item {
                Item::Negate => ok = !ok,
                Item::Range { hi, .. } if *hi < 256 => {}
                Item::Charset(_) => {}
                Item::Category(category, negated) if category.is_low() => {
                    if *negated {
                        return Some(ok != self.negated);
                    }
                }
                _ => return None,
            }
        }
        Some(ok == self.negated)
    }

    /// The kinds of characters above 255 that can be in the set.
    fn kinds_above_255(&self) -> u8 {
        if self.fold == Fold::Unicode || self.negated {
            return kind::OTHER;
        }
        self.items.iter().fold(0, |kinds, item| {
            kinds
                | match item {
                    Item::Category(Category::UniWord | Category::UniDigit, false) => kind::WORD,
                    Item::Category(Category::UniSpace, false) => kind::SPACE,
                    Item::Category(category, false) if category.is_low() => 0,
                    Item::Range { hi, .. } if *hi < 256 => 0,
                    Item::Charset(_) => 0,
                    _ => kind::OTHER,
                }
        })
    }
}

fn bit(words: &[u32], index: u32) -> bool {
    words.get(index as usize >> 5).is_some_and(|word| word >> (index & 31) & 1 == 1)
}

/// Kinds of characters above 255. Words and spaces have no character in common; `OTHER` may share with all.
pub(crate) mod kind {
    pub(crate) const WORD: u8 = 1;
    pub(crate) const SPACE: u8 = 2;
    pub(crate) const OTHER: u8 = 4;

    /// Whether no character above 255 can be in both sets.
    pub(crate) fn disjoint(a: u8, b: u8) -> bool {
        a == 0 || b == 0 || (a & b == 0 && (a | b) & OTHER == 0)
    }
}

/// What a class says about characters above 255.
#[derive(Debug)]
enum High {
    Never,
    Always,
    Test(CharSet, Pages),
}

/// Answers for the BMP, 256 characters at a time, worked out when the first of them is asked for.
#[derive(Debug)]
struct Pages(OnceLock<Box<[OnceLock<[u64; 4]>]>>);

impl Pages {
    fn contains(&self, ch: u32, eval: impl Fn(u32) -> bool) -> bool {
        let pages = self.0.get_or_init(|| (0..256).map(|_| OnceLock::new()).collect());
        let Some(page) = pages.get(ch as usize >> 8) else {
            return eval(ch);
        };
        let bits = page.get_or_init(|| {
            let mut bits = [0; 4];
            for i in 0..256u32 {
                if eval((ch & !255) | i) {
                    bits[i as usize >> 6] |= 1 << (i & 63);
                }
            }
            bits
        });
        bits[(ch as usize >> 6) & 3] >> (ch & 63) & 1 == 1
    }
}

/// A charset prepared for matching: a table for characters below 256, a test for the others.
#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) table: [bool; 256],
    high: High,
    chars: &'static CharTable,
}

impl Class {
    /// Prepares `set`, which must not be dynamic.
    pub(crate) fn new(set: CharSet, chars: &'static CharTable) -> Class {
        let table = std::array::from_fn(|ch| set.contains(ch as u32, chars));
        let high = match set.constant_above_255() {
            Some(false) => High::Never,
            Some(true) => High::Always,
            None => High::Test(set, Pages(OnceLock::new())),
        };
        Class { table, high, chars }
    }

    /// Whether a character above 255 is in the class.
    #[inline]
    pub(crate) fn contains_high(&self, ch: u32) -> bool {
        match &self.high {
            High::Never => false,
            High::Always => true,
            High::Test(set, pages) => pages.contains(ch, |ch| set.contains(ch, self.chars)),
        }
    }

    /// The kinds of characters above 255 that can be in the class.
    pub(crate) fn high_kinds(&self) -> u8 {
        match &self.high {
            High::Never => 0,
            High::Always => kind::OTHER,
            High::Test(set, _) => set.kinds_above_255(),
        }
    }

    /// The only character of the class, if it is below 256.
    pub(crate) fn single(&self) -> Option<u32> {
        matches!(self.high, High::Never).then(|| only(&self.table, true)).flatten()
    }

    /// The only character outside the class, if it is below 256.
    pub(crate) fn single_absent(&self) -> Option<u32> {
        matches!(self.high, High::Always).then(|| only(&self.table, false)).flatten()
    }
}

/// The only index at which `table` holds `value`.
fn only(table: &[bool; 256], value: bool) -> Option<u32> {
    let mut found = (0..256).filter(|&i| table[i] == value);
    match (found.next(), found.next()) {
        (Some(i), None) => Some(i as u32),
        _ => None,
    }
}
