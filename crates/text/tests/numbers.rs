//! Floats to and from text and hashes, compared with answers recorded from CPython by `tools/record_numbers.py`.

use text::CharsBuf;
use text::float::{self, FloatFormat, FloatStyle};
use text::hash::{self, FrozenSetHasher, HashKey, TupleHasher};

fn bits(x: f64) -> String {
    format!("{:016x}", x.to_bits())
}

fn number(text: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(text, 16).expect("hexadecimal"))
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ascii"), 16).expect("hexadecimal"))
        .collect()
}

fn check(data: &str, answer: impl Fn(&[&str]) -> String) {
    let mut wrong = Vec::new();
    for line in data.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let (expected, question) = fields.split_last().expect("a line has fields");
        let got = answer(question);
        if got != *expected {
            wrong.push(format!("{question:?}: {got} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong, the first:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

fn answer_float(q: &[&str]) -> String {
    match q {
        ["repr", x] => float::repr(number(x)),
        ["hex", x] => float::to_hex(number(x)),
        ["style", x, style, precision, flags] => {
            let precision = precision.parse().expect("a number");
            let kind = match style.to_ascii_lowercase().as_str() {
                "e" => FloatStyle::Exponent(precision),
                "f" => FloatStyle::Fixed(precision),
                _ => FloatStyle::General(precision),
            };
            let upper = style.starts_with(|c: char| c.is_ascii_uppercase());
            float::format_float(
                number(x),
                FloatFormat { upper, plus: flags.contains('+'), alternate: flags.contains('#'), ..FloatFormat::new(kind) },
            )
        }
        ["round", x, n] => match float::round_to(number(x), n.parse().expect("a number")) {
            Ok(x) => bits(x),
            Err(_) => "!rounded value too large to represent".into(),
        },
        ["parse", text] => {
            let chars = CharsBuf::from(std::str::from_utf8(&unhex(text)).expect("utf-8"));
            float::parse(chars.as_chars()).map_or("!".into(), bits)
        }
        ["fromhex", text] => float::from_hex(&unhex(text)).map_or_else(|e| format!("!{}", e.message()), bits),
        ["prefix", text, x] => match float::parse_prefix(text.as_bytes()) {
            Some((value, len)) => {
                assert_eq!(bits(value), *x, "{text}");
                len.to_string()
            }
            None => "0".into(),
        },
        ["complex", re, im] => match float::str_parts_complex(number(re), number(im)) {
            (None, im) => format!("{im}j"),
            (Some(re), im) => format!("({re}{im}j)"),
        },
        other => panic!("unknown question {other:?}"),
    }
}

fn hashes(text: &str) -> impl Iterator<Item = i64> {
    text.split_whitespace().map(|h| h.parse().expect("a number"))
}

fn answer_hash(q: &[&str]) -> String {
    let hash = match q {
        ["float", x] => hash::hash_f64(number(x)).expect("no NaN here"),
        ["int", n] => hash::hash_i64(n.parse().expect("a number")),
        ["big", sign, words] => {
            let words: Vec<u64> = words.split(' ').map(|w| u64::from_str_radix(w, 16).expect("hexadecimal")).collect();
            hash::hash_words(&words, *sign == "-")
        }
        ["tuple", items] => {
            let mut hasher = TupleHasher::default();
            hashes(items).for_each(|h| hasher.add(h));
            hasher.finish()
        }
        ["frozenset", items] => {
            let mut hasher = FrozenSetHasher::default();
            hashes(items).for_each(|h| hasher.add(h));
            hasher.finish()
        }
        ["complex", re, im] => hash::hash_complex(re.parse().expect("a number"), im.parse().expect("a number")),
        ["str", seed, text] => {
            let code_points = text.split_whitespace().map(|c| u32::from_str_radix(c, 16).expect("hexadecimal"));
            let chars: CharsBuf = code_points.collect();
            HashKey::from_seed(seed.parse().expect("a number")).hash_chars(chars.as_chars())
        }
        other => panic!("unknown question {other:?}"),
    };
    hash.to_string()
}

#[test]
fn floats_read_and_write_as_in_cpython() {
    check(include_str!("data/float.txt"), answer_float);
}

#[test]
fn hashes_are_cpythons() {
    check(include_str!("data/hash.txt"), answer_hash);
    assert_eq!(hash::hash_f64(f64::NAN), None);
}
