//! Format specifications, `%` and integers, compared with answers recorded from CPython by `tools/record_formats.py`.

use dashu_int::IBig;
use text::format::{
    self, Align, Conversion, Count, Directive, Directives, Flags, FormatError, Key, NumberLocale, PercentError, Piece,
};
use text::int::{self, DEFAULT_MAX_STR_DIGITS, Int, ParseIntError, ParsedInt};
use text::{Builder, Chars, CharsBuf, float};

fn number(text: &str) -> f64 {
    f64::from_bits(u64::from_str_radix(text, 16).expect("hexadecimal"))
}

fn unhex(text: &str) -> CharsBuf {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("ascii"), 16).expect("hexadecimal");
    let bytes: Vec<u8> = text.as_bytes().chunks(2).map(byte).collect();
    CharsBuf::from(std::str::from_utf8(&bytes).expect("utf-8"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn show(result: Result<CharsBuf, FormatError>) -> String {
    match result {
        Ok(text) => format!("={}", hex(&text.as_chars().to_wtf8())),
        Err(FormatError::Value(text)) => format!("!ValueError: {}", hex(text.as_bytes())),
        Err(FormatError::Overflow(text)) => format!("!OverflowError: {}", hex(text.as_bytes())),
        Err(FormatError::Memory) => "!MemoryError: ".into(),
    }
}

fn check(data: &str, answer: impl Fn(&[&str]) -> String) {
    let mut wrong = Vec::new();
    for line in data.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let (expected, question) = fields.split_last().expect("a line has fields");
        let got = answer(question);
        if got != *expected {
            let readable = |text: &str| match text.split_once(['=', ' ']) {
                Some((head, tail)) => format!("{head}{}", unhex(tail).as_chars().to_string_lossy()),
                None => text.into(),
            };
            let spec = question.get(2).map(|spec| unhex(spec).as_chars().to_string_lossy());
            wrong.push(format!("{question:?} {spec:?}: {:?} instead of {:?}", readable(&got), readable(expected)));
        }
    }
    assert!(wrong.is_empty(), "{} wrong, the first:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

fn with_int<T>(text: &str, f: impl FnOnce(Int<'_>) -> T) -> T {
    match text.parse::<i64>() {
        Ok(n) => f(Int::Small(n)),
        Err(_) => f(Int::Big(&text.parse::<IBig>().expect("an integer"))),
    }
}

fn answer_format(q: &[&str]) -> String {
    let [kind, value, spec] = q else { panic!("unknown question {q:?}") };
    let spec = unhex(spec);
    let spec = spec.as_chars();
    let locale = NumberLocale::default();
    let mut out = Builder::new();
    let result = (|| match *kind {
        "int" => {
            let spec = format::parse_spec(spec, "int", 'd'.into(), Align::Right)?;
            with_int(value, |n| format::format_int(n, &spec, &locale, DEFAULT_MAX_STR_DIGITS, "int", &mut out))
        }
        "float" => {
            let spec = format::parse_spec(spec, "float", 0, Align::Right)?;
            format::format_float(number(value), &spec, &locale, "float", &mut out)
        }
        "complex" => {
            let (real, imag) = value.split_once(' ').expect("two parts");
            let spec = format::parse_spec(spec, "complex", 0, Align::Right)?;
            format::format_complex(number(real), number(imag), &spec, &locale, "complex", &mut out)
        }
        _ => {
            let spec = format::parse_spec(spec, "str", 's'.into(), Align::Left)?;
            format::format_str(unhex(value).as_chars(), &spec, "str", &mut out)
        }
    })();
    show(result.map(|()| out.finish()))
}

fn fill_in(format: Chars<'_>, kind: &str, value: &str, out: &mut Builder) -> Result<(), FormatError> {
    let bad = |e: PercentError| FormatError::Value(e.message(false));
    let mut directives = Directives::new(format);
    while let Some(piece) = directives.next() {
        let directive = match piece {
            Piece::Literal(range) => {
                out.push_chars(format.slice(range));
                continue;
            }
            Piece::Plain(code, index) => Directive {
                key: Key::None,
                flags: Flags::default(),
                width: Count::None,
                precision: Count::None,
                conversion: Conversion::Code(code, index),
            },
            Piece::Directive => directives.directive(),
        };
        let (code, index) = match directive.conversion {
            Conversion::Code(code, index) => (code, index),
            Conversion::Error(error) => {
                assert_eq!(directive.key == Key::Incomplete, error == PercentError::IncompleteKey);
                return Err(bad(error));
            }
        };
        let given = |count: Count| match count {
            Count::Given(n) => Some(n),
            _ => None,
        };
        let (width, precision, flags) = (given(directive.width), given(directive.precision), directive.flags);
        let code = char::from_u32(code).unwrap_or('\0');
        match (kind, code) {
            ("int", 'd' | 'i' | 'u' | 'o' | 'x' | 'X') => {
                let text = with_int(value, |n| format::percent_int(n, code, precision, flags, DEFAULT_MAX_STR_DIGITS))?;
                format::write_number(out, &text, code, width, flags)?;
            }
            ("float", 'e' | 'E' | 'f' | 'F' | 'g' | 'G') => {
                let text = format::percent_float(number(value), code, precision, flags)?;
                format::write_number(out, &text, code, width, flags)?;
            }
            ("str", 's') => format::write_text(out, unhex(value).as_chars(), width, precision, flags)?,
            _ => return Err(bad(PercentError::Unsupported(code.into(), index))),
        }
    }
    Ok(())
}

fn answer_percent(q: &[&str]) -> String {
    let [kind, value, format] = q else { panic!("unknown question {q:?}") };
    let mut out = Builder::new();
    let result = fill_in(unhex(format).as_chars(), kind, value, &mut out);
    show(result.map(|()| out.finish()))
}

fn show_parsed(parsed: Result<ParsedInt, ParseIntError>) -> String {
    match parsed {
        Ok(ParsedInt::Small(n)) => show(Ok(CharsBuf::from(int::decimal(Int::Small(n)).as_str()))),
        Ok(ParsedInt::Big(n)) => show(Ok(CharsBuf::from(int::decimal(Int::Big(&n)).as_str()))),
        Err(ParseIntError::Invalid) => "!ValueError".into(),
        Err(ParseIntError::TooManyDigits { digits }) => {
            show(Err(FormatError::Value(int::too_many_digits(DEFAULT_MAX_STR_DIGITS, Some(digits)))))
        }
    }
}

fn answer_int(q: &[&str]) -> String {
    let big = |text: &str| IBig::from_str_radix(text, 16).expect("hexadecimal");
    let text = |text: String| show(Ok(CharsBuf::from(text.as_str())));
    match q {
        ["parse", text, base] => {
            show_parsed(int::parse(unhex(text).as_chars(), base.parse().expect("a number"), DEFAULT_MAX_STR_DIGITS))
        }
        ["limit", count, base] => {
            let ones = "1".repeat(count.parse().expect("a number"));
            let parsed = int::parse_ascii(ones.as_bytes(), base.parse().expect("a number"), DEFAULT_MAX_STR_DIGITS);
            show_parsed(parsed.map(|n| match n {
                ParsedInt::Big(n) => ParsedInt::Small(i64::try_from(n % IBig::from(1000)).expect("small")),
                small => small,
            }))
        }
        ["decimal", n] => match int::decimal_limited(Int::Big(&big(n)), DEFAULT_MAX_STR_DIGITS) {
            Some(digits) => text(digits),
            None => show(Err(FormatError::Value(int::too_many_digits(DEFAULT_MAX_STR_DIGITS, None)))),
        },
        ["float", n] => match int::to_f64(Int::Big(&big(n))) {
            Some(x) => text(float::to_hex(x)),
            None => show(Err(FormatError::Overflow("int too large to convert to float".into()))),
        },
        ["radix", n] => {
            let n = big(n);
            let n = Int::Big(&n);
            text(format!("{} {} {} {}", int::decimal(n), int::radix(n, 2), int::radix(n, 8), int::radix(n, 16)))
        }
        other => panic!("unknown question {other:?}"),
    }
}

#[test]
fn specifications_format_as_in_cpython() {
    check(include_str!("data/format.txt"), answer_format);
}

#[test]
fn percent_formats_as_in_cpython() {
    check(include_str!("data/percent.txt"), answer_percent);
}

#[test]
fn integers_read_and_write_as_in_cpython() {
    check(include_str!("data/int.txt"), answer_int);
}

#[test]
fn locales_group_unevenly() {
    let locale = NumberLocale { decimal_point: ",".into(), thousands_sep: ".".into(), grouping: vec![3, 2, 127].into() };
    let mut out = Builder::new();
    let spec = format::parse_spec(Chars::Ascii(b"012n"), "int", 'd'.into(), Align::Right).expect("a specification");
    format::format_int(Int::Small(-1234567), &spec, &locale, 0, "int", &mut out).expect("formats");
    assert_eq!(out.as_chars().to_string_lossy(), "-0012.34.567");
}
