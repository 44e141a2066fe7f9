//! Compares the matcher with what CPython found. `make_cases.py` wrote the cases and describes their format; the
//! environment variable `REGEX_CASES` may name a file with more of them.

use regex_engine::{CharTable, Pattern, Span, State, Stop, Subject};

mod chars;

/// A case file being checked.
struct Checker {
    state: State,
    pattern: Option<(Pattern, String)>,
    cases: usize,
    failures: Vec<String>,
}

/// A subject in the width that its case asks for.
enum Text {
    Bytes(Vec<u8>),
    Latin1(Vec<u8>),
    Ucs2(Vec<u16>),
    Ucs4(Vec<u32>),
}

impl Text {
    fn new(kind: &str, text: &str) -> Text {
        let codes = unescape(text);
        let fits = "a character too wide for its case";
        match kind {
            "b" => Text::Bytes(codes.iter().map(|&c| u8::try_from(c).expect(fits)).collect()),
            "1" => Text::Latin1(codes.iter().map(|&c| u8::try_from(c).expect(fits)).collect()),
            "2" => Text::Ucs2(codes.iter().map(|&c| u16::try_from(c).expect(fits)).collect()),
            _ => Text::Ucs4(codes),
        }
    }

    fn subject(&self) -> Subject<'_> {
        match self {
            Text::Bytes(s) => Subject::Bytes(s),
            Text::Latin1(s) => Subject::Latin1(s),
            Text::Ucs2(s) => Subject::Ucs2(s),
            Text::Ucs4(s) => Subject::Ucs4(s),
        }
    }

    /// The same text in wider units.
    fn widened(&self) -> Option<Text> {
        match self {
            Text::Bytes(_) | Text::Ucs4(_) => None,
            Text::Latin1(s) => Some(Text::Ucs2(s.iter().map(|&c| c.into()).collect())),
            Text::Ucs2(s) => Some(Text::Ucs4(s.iter().map(|&c| c.into()).collect())),
        }
    }
}

fn unescape(text: &str) -> Vec<u32> {
    let mut codes = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '{' {
            let end = rest.find('}').expect("an escape ends");
            codes.push(u32::from_str_radix(&rest[1..end], 16).expect("an escape is hexadecimal"));
            rest = &rest[end + 1..];
        } else {
            codes.push(c.into());
            rest = &rest[c.len_utf8()..];
        }
    }
    codes
}

fn parse_code(words: &str) -> Vec<u32> {
    let mut code = Vec::new();
    for word in words.split(' ') {
        let (word, count) = word.split_once('*').unwrap_or((word, "1"));
        let word = u32::from_str_radix(word, 16).expect("a word is hexadecimal");
        code.extend(std::iter::repeat_n(word, count.parse().expect("a count is a number")));
    }
    code
}

fn never() -> impl FnMut() -> bool {
    || false
}

/// The match in the notation of the case files.
fn show(pattern: &Pattern, state: &State, found: Result<bool, Stop>) -> String {
    match found {
        Err(stop) => format!("{stop:?}"),
        Ok(false) => "~".to_owned(),
        Ok(true) => {
            let spans: Vec<String> = (0..=pattern.groups())
                .map(|i| state.group(i).map_or("~".to_owned(), |(start, end)| format!("{start},{end}")))
                .collect();
            format!("{}:{}", state.lastindex().unwrap_or(0), spans.join(";"))
        }
    }
}

fn find_all(pattern: &Pattern, state: &mut State, subject: Subject<'_>, mut span: Span) -> String {
    let mut all = Vec::new();
    let mut must_advance = false;
    span.pos = span.pos.min(subject.len());
    while span.pos <= span.endpos.min(subject.len()) {
        let found = pattern.search(state, subject, span, must_advance, &mut never());
        if found == Ok(false) {
            break;
        }
        all.push(show(pattern, state, found));
        if found.is_err() {
            break;
        }
        let (start, end) = state.span();
        must_advance = start == end;
        span.pos = end;
    }
    if all.is_empty() { "~".to_owned() } else { all.join("|") }
}

impl Checker {
    fn line(&mut self, line: &str) {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields[..] {
            ["p", groups, code, source] => {
                let groups = groups.parse().expect("a number of groups");
                match Pattern::new(&parse_code(code), groups, &chars::TABLE) {
                    Ok(pattern) => self.pattern = Some((pattern, source.to_owned())),
                    Err(error) => {
                        self.pattern = None;
                        self.failures.push(format!("{source}: {error}"));
                    }
                }
            }
            ["c", kind, subject, pos, endpos, matched, full, searched, all] => {
                let span = Span { pos: pos.parse().expect("a position"), endpos: endpos.parse().expect("a position") };
                let text = Text::new(kind, subject);
                let wide = text.widened();
                for text in std::iter::once(&text).chain(&wide) {
                    self.case(text.subject(), span, [matched, full, searched, all], subject);
                }
            }
            _ => panic!("a line that is neither a pattern nor a case: {line}"),
        }
    }

    fn case(&mut self, subject: Subject<'_>, span: Span, expected: [&str; 4], text: &str) {
        let Some((pattern, source)) = &self.pattern else { return };
        let state = &mut self.state;
        let found = [
            pattern.match_at(state, subject, span, false, &mut never()),
            pattern.fullmatch(state, subject, span, &mut never()),
            pattern.search(state, subject, span, false, &mut never()),
        ];
        let mut shown = Vec::new();
        for (i, &found) in found.iter().enumerate() {
            // The groups are those of the last match: match once more to see them.
            let again = match i {
                0 => pattern.match_at(state, subject, span, false, &mut never()),
                1 => pattern.fullmatch(state, subject, span, &mut never()),
                _ => pattern.search(state, subject, span, false, &mut never()),
            };
            assert_eq!(again, found, "{source} on {text}: the same match twice");
            shown.push(show(pattern, state, again));
        }
        shown.push(find_all(pattern, state, subject, span));
        self.cases += 1;
        for ((name, expected), shown) in ["match", "fullmatch", "search", "finditer"].iter().zip(expected).zip(shown) {
            if shown != expected {
                let Span { pos, endpos } = span;
                self.failures.push(format!("{source} {name} {text} {pos} {endpos}: {shown} instead of {expected}"));
            }
        }
    }
}

fn check(lines: &str) {
    let mut checker = Checker { state: State::new(), pattern: None, cases: 0, failures: Vec::new() };
    lines.lines().for_each(|line| checker.line(line));
    assert!(checker.cases > 0, "no cases");
    let failures = &checker.failures;
    assert!(
        failures.is_empty(),
        "{} failures in {} cases\n{}",
        failures.len(),
        checker.cases,
        failures[..failures.len().min(40)].join("\n")
    );
}

#[test]
fn cpython_suite() {
    check(include_str!("cases.txt"));
}

#[test]
fn more_cases() {
    if let Ok(path) = std::env::var("REGEX_CASES") {
        check(&std::fs::read_to_string(path).expect("the file that REGEX_CASES names"));
    }
}

/// Every code array that differs from a good one in one word, or ends early, is refused or can be matched with.
#[test]
fn damaged_code_is_no_danger() {
    let mut seed = 1u32;
    let mut random = move || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        seed >> 8
    };
    let mut state = State::with_stack_limit(1 << 20);
    let subject = Subject::Latin1(b"abcaab: ab\n12 zz");
    for line in include_str!("cases.txt").lines().filter(|line| line.starts_with("p\t")) {
        let fields: Vec<&str> = line.split('\t').collect();
        let (code, groups) = (parse_code(fields[2]), fields[1].parse().expect("a number of groups"));
        if code.len() > 200 {
            continue;
        }
        for _ in 0..10 {
            let mut damaged = code.clone();
            let at = random() as usize % damaged.len();
            match random() % 4 {
                0 => damaged.truncate(at),
                1 => damaged[at] = random() % 44,
                2 => damaged[at] = u32::MAX - random() % 3,
                _ => damaged[at] = damaged[at].wrapping_add(random() % 3).wrapping_sub(1),
            }
            if let Ok(pattern) = Pattern::new(&damaged, groups, &chars::TABLE) {
                let mut budget = 20;
                let mut interrupt = || {
                    budget -= 1;
                    budget == 0
                };
                // Any answer will do.
                let _ = pattern.search(&mut state, subject, Span::ALL, false, &mut interrupt);
            }
        }
    }
}

#[test]
fn deep_matches_need_no_rust_stack() {
    // (?:a|b(c))*
    let code =
        [14, 4, 0, 0, u32::MAX, 23, 21, 0, u32::MAX, 7, 5, 16, 97, 15, 13, 11, 16, 98, 17, 0, 16, 99, 17, 1, 15, 2, 0, 18, 1];
    let pattern = Pattern::new(&code, 1, &chars::TABLE).expect("good code");
    let text = b"abc".repeat(1_000_000);
    let mut state = State::new();
    assert_eq!(pattern.match_at(&mut state, Subject::Bytes(&text), Span::ALL, false, &mut never()), Ok(true));
    assert_eq!(state.group(1), Some((text.len() - 1, text.len())));
}

#[test]
fn limits_end_a_match() {
    let table: &'static CharTable = &chars::TABLE;
    // (?:.?.?)*x, where the rounds leave choices behind.
    let code = [23, 15, 0, u32::MAX, 24, 5, 0, 1, 3, 1, 24, 5, 0, 1, 3, 1, 18, 16, 120, 1];
    let pattern = Pattern::new(&code, 0, table).expect("good code");
    let text = vec![b'a'; 1000];
    let mut state = State::with_stack_limit(1 << 12);
    let result = pattern.match_at(&mut state, Subject::Bytes(&text), Span::ALL, false, &mut never());
    assert_eq!(result, Err(Stop::Memory));
    let mut state = State::new();
    let result = pattern.match_at(&mut state, Subject::Bytes(&text), Span::ALL, false, &mut || true);
    assert_eq!(result, Err(Stop::Interrupted));
}
