//! Asks about every code point and compares with hashes recorded from CPython by `tools/record_sweep.py`.

use std::collections::HashMap;
use unicode::{Form, Named, ucd_3_2_0 as old};

const MAX: u32 = 0x110000;

fn fold(values: impl IntoIterator<Item = u64>) -> u64 {
    values.into_iter().fold(0xCBF2_9CE4_8422_2325, |h, v| (h ^ v).wrapping_mul(0x100_0000_01B3))
}

struct Sweep {
    expected: HashMap<&'static str, u64>,
    wrong: Vec<String>,
}

impl Sweep {
    fn new() -> Self {
        let expected = include_str!("sweep.txt").lines().filter_map(|line| line.split_once(' '));
        let expected = expected.map(|(name, hash)| (name, u64::from_str_radix(hash, 16).expect("hexadecimal"))).collect();
        Sweep { expected, wrong: Vec::new() }
    }

    fn check(&mut self, name: &str, values: impl IntoIterator<Item = u64>) {
        if self.expected.remove(name) != Some(fold(values)) {
            self.wrong.push(name.to_string());
        }
    }

    fn number(&mut self, name: &str, f: impl Fn(u32) -> u64) {
        self.check(name, (0..MAX).map(f));
    }

    fn is(&mut self, name: &str, f: impl Fn(u32) -> bool) {
        self.number(name, |c| f(c).into());
    }

    fn text<T: AsRef<str>>(&mut self, name: &str, f: impl Fn(u32) -> T) {
        self.check(name, (0..MAX).flat_map(|c| (f(c).as_ref().to_string() + "\n").into_bytes()).map(u64::from));
    }

    fn code_points<T: AsRef<[u32]>>(&mut self, name: &str, f: impl Fn(u32) -> T) {
        self.check(
            name,
            (0..MAX).flat_map(|c| {
                let values: Vec<u64> = f(c).as_ref().iter().map(|&c| u64::from(c)).chain([1 << 32]).collect();
                values
            }),
        );
    }

    fn finish(self) {
        assert!(self.wrong.is_empty(), "differ from CPython: {:?}", self.wrong);
        assert!(self.expected.is_empty(), "never asked: {:?}", self.expected.keys());
    }
}

fn byte(value: Option<u8>) -> u64 {
    value.map_or(255, u64::from)
}

fn thousandths(value: Option<f64>) -> u64 {
    (value.map_or(-999_000.0, |v| v * 1000.0)) as i128 as u64
}

fn rounds(normalize: impl Fn(Form, Vec<u32>) -> Vec<u32>, is: impl Fn(Form, Vec<u32>) -> bool, form: Form) -> Vec<u64> {
    let pool: Vec<u32> = (0..MAX).filter(|&c| unicode::combining(c) != 0 || !unicode::decomposition(c).is_empty()).collect();
    let mut state: u64 = 1;
    let mut out = Vec::new();
    for _ in 0..20000 {
        let mut text = Vec::new();
        for _ in 0..8 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.push(pool[(state >> 33) as usize % pool.len()]);
        }
        out.extend(normalize(form, text.clone()).into_iter().map(u64::from));
        out.push(is(form, text).into());
    }
    out
}

#[test]
fn every_code_point_answers_as_in_cpython() {
    let mut sweep = Sweep::new();
    sweep.is("isalpha", unicode::is_alpha);
    sweep.is("isdecimal", unicode::is_decimal);
    sweep.is("isdigit", unicode::is_digit);
    sweep.is("isnumeric", unicode::is_numeric);
    sweep.is("isspace", unicode::is_space);
    sweep.is("isprintable", unicode::is_printable);
    sweep.is("islower", unicode::is_lower);
    sweep.is("isupper", unicode::is_upper);
    sweep.is("isalnum", unicode::is_alnum);
    sweep.is("istitle", unicode::is_title);
    sweep.is("linebreak", unicode::is_linebreak);
    sweep.is("xid_start", unicode::is_xid_start);
    sweep.is("xid_continue", unicode::is_xid_continue);
    sweep.is("cased", unicode::is_cased);
    sweep.number("lower", |c| unicode::to_lower(c).into());
    sweep.number("upper", |c| unicode::to_upper(c).into());
    sweep.number("title", |c| unicode::to_title(c).into());
    sweep.code_points("lower_full", |c| unicode::to_lower_full(c).to_vec());
    sweep.code_points("upper_full", |c| unicode::to_upper_full(c).to_vec());
    sweep.code_points("title_full", |c| unicode::to_title_full(c).to_vec());
    sweep.code_points("casefold_full", |c| unicode::to_casefold_full(c).to_vec());
    sweep.text("name", |c| unicode::name(c).unwrap_or_default());
    sweep.text("old_name", |c| old::name(c).unwrap_or_default());

    sweep.text("category", unicode::category_name);
    sweep.text("bidirectional", unicode::bidirectional);
    sweep.number("combining", |c| unicode::combining(c).into());
    sweep.is("mirrored", unicode::mirrored);
    sweep.text("east_asian_width", unicode::east_asian_width);
    sweep.text("decomposition", unicode::decomposition);
    sweep.number("decimal", |c| byte(unicode::to_decimal(c)));
    sweep.number("digit", |c| byte(unicode::to_digit(c)));
    sweep.number("numeric", |c| thousandths(unicode::to_numeric(c)));

    sweep.text("old_category", old::category_name);
    sweep.text("old_bidirectional", old::bidirectional);
    sweep.number("old_combining", |c| old::combining(c).into());
    sweep.is("old_mirrored", old::mirrored);
    sweep.text("old_east_asian_width", old::east_asian_width);
    sweep.text("old_decomposition", old::decomposition);
    sweep.number("old_decimal", |c| byte(old::to_decimal(c)));
    sweep.number("old_digit", |c| byte(old::to_digit(c)));
    sweep.number("old_numeric", |c| thousandths(old::to_numeric(c)));

    for form_name in ["NFC", "NFD", "NFKC", "NFKD"] {
        let form = Form::from_name(form_name).expect("a form");
        sweep.code_points(form_name, |c| unicode::normalize(form, [97, c, 0x301]));
        sweep.check(&format!("{form_name}_rounds"), rounds(unicode::normalize, unicode::is_normalized, form));
        sweep.code_points(&format!("old_{form_name}"), |c| old::normalize(form, [97, c, 0x301]));
        sweep.check(&format!("old_{form_name}_rounds"), rounds(old::normalize, old::is_normalized, form));
    }
    sweep.finish();
}

#[test]
fn names_lead_back_to_their_characters() {
    for c in 0..MAX {
        if let Some(name) = unicode::name(c) {
            assert_eq!(unicode::lookup(&name), Some(Named::Char(c)), "{name}");
            assert_eq!(unicode::lookup_char(&name.to_ascii_lowercase()), Some(c), "{name}");
        }
        assert_eq!(unicode::category(c) as usize, category_number(c), "{c:#x}");
    }
}

fn category_number(c: u32) -> usize {
    let names = "Cn Lu Ll Lt Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Lm Lo Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So";
    names.split(' ').position(|n| n == unicode::category_name(c)).expect("a category")
}

#[test]
fn names_are_found_as_in_cpython() {
    let char = |name: &str| match unicode::lookup(name) {
        Some(Named::Char(c)) => Some(c),
        _ => None,
    };
    for (name, expected) in [
        ("CJK UNIFIED IDEOGRAPH-04E00", None),
        ("CJK UNIFIED IDEOGRAPH-4e00", Some(0x4E00)),
        ("CJK UNIFIED IDEOGRAPH-4E0", None),
        ("hangul syllable ga", Some(0xAC00)),
        ("HANGUL SYLLABLE ", None),
        ("HANGUL SYLLABLE GAGA", None),
        ("HANGUL SYLLABLE A", Some(0xC544)),
        ("tangut ideograph-17000", Some(0x17000)),
        ("TANGUT IDEOGRAPH-017000", None),
        ("NUSHU CHARACTER-01B170", None),
        (" SPACE", None),
        ("nbsp", Some(0xA0)),
        ("LATIN SMALL LETTER GHA", Some(0x1A3)),
        ("\u{212a}ELVIN SIGN", None),
        ("A\0", None),
        ("", None),
        ("-", None),
    ] {
        assert_eq!(char(name), expected, "{name}");
    }
    assert_eq!(unicode::lookup("keycap digit one"), Some(Named::Sequence(&[0x31, 0xFE0F, 0x20E3])));
    assert_eq!(unicode::lookup_char("KEYCAP DIGIT ONE"), None);
    assert_eq!(old::lookup("NBSP"), None);
    assert_eq!(old::lookup("EGYPTIAN HIEROGLYPH-13460"), Some(0x13460));
    assert_eq!(unicode::name(0x17000), None);
}

#[test]
fn numbers_above_the_last_code_point_are_unassigned() {
    for c in [MAX, u32::MAX] {
        assert_eq!(unicode::category_name(c), "Cn");
        assert!(!unicode::is_printable(c) && !unicode::is_alpha(c));
        assert_eq!(unicode::to_lower(c), c);
        assert_eq!(unicode::decomposition(c), "");
        assert_eq!(unicode::name(c), None);
    }
}
