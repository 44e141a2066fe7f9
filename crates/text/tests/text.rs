//! Searching, case, `repr` and splitting, compared with answers recorded from CPython by `tools/record_text.py`.

use text::{Builder, Chars, CharsBuf, case, quote, search};

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ascii"), 16).expect("hexadecimal"))
        .collect()
}

fn code_points(text: &str) -> CharsBuf {
    text.split_whitespace().map(|c| u32::from_str_radix(c, 16).expect("hexadecimal")).collect()
}

fn show(chars: Chars<'_>) -> String {
    chars.iter().map(|c| format!("{c:x}")).collect::<Vec<_>>().join(" ")
}

fn answer_search(hay: &str, needle: &str, to: &str, limit: &str) -> String {
    let (hay, needle, to) = (code_points(hay), code_points(needle), code_points(to));
    let max = limit.parse().unwrap_or(usize::MAX);
    let signed = |at: Option<usize>| at.map_or(-1, |at| at as i64);
    // The same question in every width that holds the text.
    let wide: Vec<u32> = hay.as_chars().iter().collect();
    let middle: Option<Vec<u16>> = wide.iter().map(|&c| u16::try_from(c).ok()).collect();
    let mut answers = Vec::new();
    for hay in [Some(hay.as_chars()), Some(Chars::Ucs4(&wide)), middle.as_deref().map(Chars::Ucs2)].into_iter().flatten() {
        let needle = needle.as_chars();
        let replaced = search::replace(hay, needle, to.as_chars(), max);
        let replaced = replaced.as_ref().map_or(hay, CharsBuf::as_chars);
        if let (1, Some(c)) = (needle.len(), needle.get(0)) {
            assert_eq!(search::find_char(hay, c), search::find(hay, needle));
            assert_eq!(search::rfind_char(hay, c), search::rfind(hay, needle));
        }
        let (first, last) = (signed(search::find(hay, needle)), signed(search::rfind(hay, needle)));
        answers.push(format!("{first} {last} {}|{}", search::count(hay, needle), show(replaced)));
    }
    answers.dedup();
    answers.join(" or ")
}

fn answer_case(text: &str) -> String {
    let text = code_points(text);
    let chars = text.as_chars();
    let forms = [
        case::lower(chars),
        case::upper(chars),
        case::casefold(chars),
        case::swapcase(chars),
        case::capitalize(chars),
        case::title(chars),
    ];
    let flags = [case::is_lower(chars), case::is_upper(chars), case::is_title(chars), case::is_identifier(chars)];
    let flags: String = flags.iter().map(|&f| if f { '1' } else { '0' }).collect();
    forms.iter().map(|form| show(form.as_chars()) + "|").collect::<String>() + &flags
}

fn answer_repr(text: &str) -> String {
    let text = code_points(text);
    let (mut repr, mut ascii) = (Builder::new(), Builder::new());
    quote::repr_str(text.as_chars(), &mut repr);
    quote::ascii_str(text.as_chars(), &mut ascii);
    assert_eq!(ascii.as_chars(), text::Chars::Ascii(&quote::ascii_escaped(repr.as_chars())));
    format!("{}|{}", show(repr.as_chars()), show(ascii.as_chars()))
}

fn answer_split(text: &str) -> String {
    let text = code_points(text);
    let chars = text.as_chars();
    let words: Vec<_> = search::words(chars).collect();
    let mut backwards: Vec<_> = search::words(chars).rev().collect();
    backwards.reverse();
    assert_eq!(words, backwards);
    let join = |parts: Vec<String>, by: &str| parts.join(by);
    let words = join(words.into_iter().map(|w| show(chars.slice(w))).collect(), "|");
    let lines = join(search::lines(chars).map(|l| show(chars.slice(l.start..l.end))).collect(), ";");
    let kept = join(search::lines(chars).map(|l| show(chars.slice(l.start..l.next))).collect(), ";");
    format!("{words}\t{lines}\t{kept}")
}

#[test]
fn methods_answer_as_in_cpython() {
    let mut wrong = Vec::new();
    for line in include_str!("data/text.txt").lines() {
        let (kind, rest) = line.split_once('\t').expect("a line has fields");
        let fields: Vec<&str> = rest.split('\t').collect();
        let (got, expected) = match (kind, fields.as_slice()) {
            ("search", [hay, needle, to, limit, expected]) => (answer_search(hay, needle, to, limit), expected.to_string()),
            ("case", [text, expected]) => (answer_case(text), expected.to_string()),
            ("repr", [text, expected]) => (answer_repr(text), expected.to_string()),
            ("bytes", [data, expected]) => (quote::repr_bytes(&unhex(data)), expected.to_string()),
            ("split", [text, expected @ ..]) => (answer_split(text), expected.join("\t")),
            other => panic!("unknown question {other:?}"),
        };
        if got != expected {
            wrong.push(format!("{kind} {fields:?}: {got} instead of {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong, the first:\n{}", wrong.len(), wrong[..wrong.len().min(12)].join("\n"));
}

#[test]
fn searching_agrees_with_the_naive_way() {
    let mut state: u64 = 7;
    let mut random = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    for _ in 0..30_000 {
        let letters = 1 + random(3);
        let period = 1 + random(7);
        let mut word = |len: usize| -> Vec<u32> {
            let base: Vec<u32> = (0..period).map(|_| 0x3B1 + random(letters) as u32 * 256).collect();
            let noise = random(4);
            (0..len).map(|i| if noise > 1 && i % 11 == noise { 0x3B1 } else { base[i % period] }).collect()
        };
        let (hay, needle) = (word(60), word(1 + period * 2));
        let naive = || hay.windows(needle.len()).enumerate().filter(|(_, w)| *w == needle).map(|(i, _)| i);
        assert_eq!(search::find(Chars::Ucs4(&hay), Chars::Ucs4(&needle)), naive().next(), "{hay:?} {needle:?}");
        assert_eq!(search::rfind(Chars::Ucs4(&hay), Chars::Ucs4(&needle)), naive().next_back(), "{hay:?} {needle:?}");
    }
}

#[test]
fn the_worst_needles_take_linear_time() {
    let n = 2_000_000;
    let hay = vec![0x3B1_u16; n];
    for cut in [0, n / 8, n / 4] {
        let mut needle = vec![0x3B1_u16; n / 4 + 1];
        needle[cut] = 0x3B2;
        assert_eq!(search::find(Chars::Ucs2(&hay), Chars::Ucs2(&needle)), None);
        assert_eq!(search::rfind(Chars::Ucs2(&hay), Chars::Ucs2(&needle)), None);
    }
}

#[test]
fn bytes_are_replaced_without_becoming_text() {
    assert_eq!(search::replace_bytes(b"a\xffb\xff", b"\xff", b"--", usize::MAX), Some(b"a--b--".to_vec()));
    assert_eq!(search::replace_bytes(b"ab", b"", b"-", 2), Some(b"-a-b".to_vec()));
    assert_eq!(search::replace_bytes(b"ab", b"c", b"-", 2), None);
}

#[test]
fn builders_choose_the_narrowest_width() {
    let mut out = Builder::new();
    out.push_str("ab");
    assert_eq!(out.clone().finish(), CharsBuf::Ascii(b"ab".to_vec()));
    out.push_chars(Chars::Ucs4(&[0xE9]));
    assert_eq!(out.clone().finish(), CharsBuf::Latin1(b"ab\xe9".to_vec()));
    out.push_repeated(0x20AC, 2);
    assert_eq!(out.clone().finish(), CharsBuf::Ucs2(vec![97, 98, 0xE9, 0x20AC, 0x20AC]));
    out.push_str("\u{1F600}");
    out.push_ascii(b"z");
    assert_eq!(out.clone().finish(), CharsBuf::Ucs4(vec![97, 98, 0xE9, 0x20AC, 0x20AC, 0x1F600, 122]));
    out.push(0x110000);
    assert_eq!(out.as_chars().get(7), Some(0xFFFD));
    let chars = CharsBuf::from_iter([0x61, 0xD800, 0x1F600]);
    let mut back = Builder::new();
    assert!(text::codecs::utf8::decode_wtf8(&chars.as_chars().to_wtf8(), &mut back).is_some());
    assert_eq!(back.finish(), chars);
}
