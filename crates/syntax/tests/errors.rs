//! Syntax errors equal CPython's, for the sources of a table.

#[path = "errors/table.rs"]
mod table;

#[test]
fn errors_equal_cpython() {
    let mut wrong = Vec::new();
    for case in table::cases(include_str!("errors/table.tsv")) {
        let got = table::outcome(&case, &|_| Some('x'));
        if got != case.expected {
            wrong.push(format!("{} {:?}\n  expected {}\n  got      {got}", case.mode, case.source, case.expected));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn deep_nesting_ends_in_an_error() {
    let run = |source: String| {
        let case = table::Case { mode: "exec".to_owned(), source, expected: String::new() };
        table::outcome(&case, &|_| None).split('\t').next().unwrap_or_default().to_owned()
    };
    assert_eq!(run("lambda: ".repeat(2900) + "1"), "ok");
    assert_eq!(run("1**".repeat(2900) + "1"), "ok");
    assert_eq!(run("-".repeat(5900) + "1"), "ok");
    assert_eq!(run("(".repeat(199) + "1" + &")".repeat(199)), "ok");
    assert_eq!(run("f(".repeat(100) + &"lambda: ".repeat(1000) + "1" + &")".repeat(100)), "ok");
    assert_eq!(run("if x: pass\n".to_owned() + &"elif x: pass\n".repeat(5900)), "ok");
    for part in ["lambda: ", "1**", "-", "not ", "1 if 1 else "] {
        assert_eq!(run(part.repeat(20000) + "1"), "MemoryError", "{part}");
    }
    for part in ["(", "[", "f(", "{1:", "f'{", "x[", "{", "print ("] {
        assert_eq!(run(part.repeat(20000)), "SyntaxError", "{part}");
    }
}
