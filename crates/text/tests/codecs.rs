//! Encodings, with every error on the way, compared with answers recorded from CPython by `tools/record_codecs.py`.

use text::codecs::{ByteOrder, DecodeError, EncodeError, ascii, charmap, errors, escape, raw_escape, utf7, utf8, utf16, utf32};
use text::{Builder, Chars, CharsBuf};

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ascii"), 16).expect("hexadecimal"))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn code_points(text: &str) -> CharsBuf {
    text.split_whitespace().map(|c| u32::from_str_radix(c, 16).expect("hexadecimal")).collect()
}

fn decode(name: &str, input: &[u8], is_final: bool) -> String {
    let mut out = Builder::new();
    let (mut log, mut pos, mut invalid) = (Vec::new(), 0, None);
    let used = loop {
        let result: Result<usize, DecodeError> = match name {
            "utf-8" => utf8::decode(input, pos, is_final, &mut out),
            "utf-16-le" => utf16::decode(input, pos, ByteOrder::Little, is_final, &mut out),
            "utf-16-be" => utf16::decode(input, pos, ByteOrder::Big, is_final, &mut out),
            "utf-32-le" => utf32::decode(input, pos, ByteOrder::Little, is_final, &mut out),
            "utf-32-be" => utf32::decode(input, pos, ByteOrder::Big, is_final, &mut out),
            "utf-7" => utf7::decode(input, pos, is_final, &mut out),
            "unicode_escape" => escape::decode(input, pos, is_final, &mut out, &mut invalid),
            _ => raw_escape::decode(input, pos, is_final, &mut out),
        };
        match result {
            Ok(used) => break used,
            Err(error) => {
                log.push(format!("{}-{} {}", error.start, error.end, error.reason));
                out.push(0xFFFD);
                pos = error.end;
            }
        }
    };
    let text: Vec<String> = out.as_chars().iter().map(|c| format!("{c:x}")).collect();
    format!("{used}|{}|{}", text.join(" "), log.join(","))
}

const CP1252: &str = "\u{20ac}\u{fffe}\u{201a}\u{192}\u{201e}\u{2026}\u{2020}\u{2021}\u{2c6}\u{2030}\u{160}\u{2039}\u{152}\u{fffe}\u{17d}\u{fffe}\
\u{fffe}\u{2018}\u{2019}\u{201c}\u{201d}\u{2022}\u{2013}\u{2014}\u{2dc}\u{2122}\u{161}\u{203a}\u{153}\u{fffe}\u{17e}\u{178}";

fn cp1252() -> CharsBuf {
    (0..128).chain(CP1252.chars().map(u32::from)).chain(160..256).collect()
}

fn encode(name: &str, chars: Chars<'_>) -> String {
    let mut out = Vec::new();
    let (mut log, mut pos) = (Vec::new(), 0);
    let table = charmap::EncodingMap::new(cp1252().as_chars());
    loop {
        let result: Result<(), EncodeError> = match name {
            "utf-8" => utf8::encode(chars, pos, &mut out),
            "utf-16-le" => utf16::encode(chars, pos, ByteOrder::Little, &mut out),
            "utf-16-be" => utf16::encode(chars, pos, ByteOrder::Big, &mut out),
            "utf-32-le" => utf32::encode(chars, pos, ByteOrder::Little, &mut out),
            "utf-32-be" => utf32::encode(chars, pos, ByteOrder::Big, &mut out),
            "ascii" => ascii::encode(chars, pos, &mut out),
            "latin-1" => ascii::encode_latin1(chars, pos, &mut out),
            "cp1252" => charmap::encode(chars, pos, |c| table.lookup(c), &mut out),
            "utf-7" => {
                utf7::encode(chars, &mut out);
                Ok(())
            }
            "unicode_escape" => {
                escape::encode(chars, &mut out);
                Ok(())
            }
            _ => {
                raw_escape::encode(chars, &mut out);
                Ok(())
            }
        };
        match result {
            Ok(()) => return format!("{}|{}", hex(&out), log.join(",")),
            Err(error) => {
                log.push(format!("{}-{} {}", error.start, error.end, error.reason));
                // The recording handler answers with a bytes object, which goes in as it is.
                out.push(b'?');
                pos = error.end;
            }
        }
    }
}

#[test]
fn codecs_work_as_in_cpython() {
    let mut wrong = Vec::new();
    for line in include_str!("data/codecs.txt").lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let (expected, question) = fields.split_last().expect("a line has fields");
        let got = match question {
            ["decode", name, input, is_final] => decode(name, &unhex(input), *is_final == "1"),
            ["encode", name, text] => encode(name, code_points(text).as_chars()),
            ["bytes", input] => {
                let mut out = Vec::new();
                match escape::decode_bytes(&unhex(input), 0, &mut out, &mut None) {
                    Ok(()) => hex(&out),
                    Err(error) => format!("!{}", error.message()),
                }
            }
            other => panic!("unknown question {other:?}"),
        };
        if got != *expected {
            wrong.push(format!("{question:?}: {got} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong, the first:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

#[test]
fn error_handlers_answer_as_in_cpython() {
    let chars = CharsBuf::from_iter([0xD800, 0xDCFF, 0x1F600, 0x81]);
    let chars = chars.as_chars();
    assert_eq!(errors::backslash_chars(chars), b"\\ud800\\udcff\\U0001f600\\x81");
    assert_eq!(errors::names(chars), b"\\ud800\\udcff\\N{GRINNING FACE}\\x81");
    assert_eq!(errors::xml_char_refs(chars), b"&#55296;&#56575;&#128512;&#129;");
    assert_eq!(errors::backslash_bytes(b"\xed\xa0a"), b"\\xed\\xa0\\x61");
    assert_eq!(errors::unescape_bytes(chars), None);
    assert_eq!(errors::unescape_bytes(chars.slice(1..2)), Some(vec![0xFF]));
    let mut out = Builder::new();
    assert_eq!(errors::escape_bytes(b"\xff\x80a", &mut out), 2);
    assert_eq!(out.finish(), CharsBuf::Ucs2(vec![0xDCFF, 0xDC80]));
    assert_eq!(errors::read_surrogate(b"\xed\xa0\x80a", errors::SurrogateForm::Utf8), Some((0xD800, 3)));
    assert_eq!(
        errors::pass_surrogates(chars.slice(0..2), errors::SurrogateForm::Utf8),
        Some(b"\xed\xa0\x80\xed\xb3\xbf".to_vec())
    );
    assert_eq!(errors::pass_surrogates(chars, errors::SurrogateForm::Utf8), None);
}

#[test]
fn invalid_escapes_warn_as_in_cpython() {
    let mut invalid = None;
    escape::decode(b"\\777\\q", 0, true, &mut Builder::new(), &mut invalid).expect("decodes");
    let text = invalid.expect("an invalid escape").message(false);
    assert_eq!(text, "\"\\777\" is an invalid octal escape sequence. Such sequences will not work in the future. ");
    let mut invalid = None;
    escape::decode_bytes(b"\\q", 0, &mut Vec::new(), &mut invalid).expect("decodes");
    let text = invalid.expect("an invalid escape").message(true);
    assert_eq!(text, "b\"\\q\" is an invalid escape sequence. Such sequences will not work in the future. ");
}

#[test]
fn charmap_tables_decode_what_they_hold() {
    let mut out = Builder::new();
    let error = charmap::decode(b"\x80a\x81", 0, cp1252().as_chars(), &mut out).expect_err("0x81 is undefined");
    assert_eq!((error.start, error.end, error.reason), (2, 3, "character maps to <undefined>"));
    assert_eq!(out.as_chars(), CharsBuf::from("\u{20ac}a").as_chars());
    let error = ascii::decode(b"a\xff", 0, &mut Builder::new()).expect_err("not ASCII");
    assert_eq!((error.start, error.end, error.reason), (1, 2, "ordinal not in range(128)"));
}
