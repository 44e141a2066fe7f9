//! Errors and warnings of compilation, with their places. Whole sources are compared by `snippets_with_cpython.py`.

use compiler::{CompileOptions, PYCF_ALLOW_TOP_LEVEL_AWAIT, compile};
use syntax::{Arena, ParseOptions};

fn outcome(source: &str, flags: u32) -> String {
    let arena = Arena::new();
    let (tree, _) = syntax::parse(&arena, source.as_bytes(), &ParseOptions::default()).expect("the snippet parses");
    match compile(&tree, &CompileOptions { filename: b"f", optimize: 0, flags }) {
        Ok((_, warnings)) => warnings.iter().map(|w| w.msg.as_str()).collect::<Vec<_>>().join("; "),
        Err(error) => format!("{:?} {} at {}:{}", error.kind, error.msg, error.range.line, error.range.col),
    }
}

#[track_caller]
fn check(source: &str, expected: &str) {
    assert_eq!(outcome(source, 0), expected, "{source}");
}

#[test]
fn names_and_scopes() {
    check("nonlocal x", "Scope nonlocal declaration not allowed at module level at 1:0");
    check("def f(a, a): pass", "Scope duplicate argument 'a' in function definition at 1:9");
    check("def f():\n x = 1\n global x", "Scope name 'x' is assigned to before global declaration at 3:1");
    check("def f[T]():\n nonlocal T", "Scope nonlocal binding not allowed for type parameter 'T' at 2:1");
    check("[(x := 1) for x in y]", "Scope assignment expression cannot rebind comprehension iteration variable 'x' at 1:2");
    check("def f(__debug__): pass", "Scope cannot assign to __debug__ at 1:6");
}

#[test]
fn control_flow() {
    check("return", "Syntax 'return' outside function at 1:0");
    check("break", "Syntax 'break' outside loop at 1:0");
    check("def f(): await x", "Scope 'await' outside async function at 1:9");
    check("async def f():\n yield\n return 1", "Syntax 'return' with value in async generator at 3:1");
    let nested: String = (0..22).map(|i| format!("{}while 1:\n", " ".repeat(i))).collect();
    check(&format!("{nested}{}pass", " ".repeat(22)), "Syntax too many statically nested blocks at 22:21");
}

#[test]
fn patterns() {
    check("match x:\n case a | b: pass", "Syntax name capture 'a' makes remaining patterns unreachable at 2:6");
    check("match x:\n case [a, a]: pass", "Syntax multiple assignments to name 'a' in pattern at 2:10");
    check("match x:\n case {1: _, True: _}: pass", "Syntax mapping pattern checks duplicate key (True) at 2:6");
}

#[test]
fn future_statements() {
    check("from __future__ import braces", "Scope not a chance at 1:23");
    check(
        "x = 1\nfrom __future__ import division",
        "Syntax from __future__ imports must occur at the beginning of the file at 2:0",
    );
}

#[test]
fn warnings() {
    check("x is 1", "\"is\" with 'int' literal. Did you mean \"==\"?");
    check("assert (a, b)", "assertion is always true, perhaps remove parentheses?");
    check("1()", "'int' object is not callable; perhaps you missed a comma?");
    check(
        "def f():\n try: pass\n finally: return 1 is 1",
        "'return' in a 'finally' block; \"is\" with 'int' literal. Did you mean \"==\"?",
    );
}

#[test]
fn depth() {
    // How much of the stack is in use is said by whoever asked for the compilation.
    check(&format!("a{}", ".b".repeat(100_000)), "Recursion  during compilation at 0:0");
}

#[test]
fn top_level_await() {
    assert_eq!(outcome("await x", PYCF_ALLOW_TOP_LEVEL_AWAIT), "");
    check("await x", "Scope 'await' outside function at 1:0");
}
