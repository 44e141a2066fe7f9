//! Looks at the machine code of the interpreter's instructions: each must jump to the next one. One that calls it instead would grow the machine's stack with every turn of a loop.

use crate::options::Options;
use std::path::Path;
use std::process::Command;

/// The path of instruction handlers in demangled names.
const HANDLERS: &str = "runtime::interpreter::ops::";

/// Looks at the program under test.
pub(crate) fn run(options: &Options) -> Result<bool, String> {
    check(&options.under_test()?)
}

/// Whether no instruction of a program calls the next one. Without `objdump` there is nothing to look at, which is said and counts as success.
pub(crate) fn check(program: &Path) -> Result<bool, String> {
    let listing = Command::new("objdump").args(["--disassemble", "--no-show-raw-insn", "--demangle"]).arg(program).output();
    let Ok(listing) = listing else {
        println!("dispatch: skipped: there is no objdump on this machine");
        return Ok(true);
    };
    if !listing.status.success() {
        return Err(String::from_utf8_lossy(&listing.stderr).trim().to_string());
    }
    let text = String::from_utf8_lossy(&listing.stdout);
    let (mut current, mut seen, mut bad) = (None, 0, Vec::new());
    for line in text.lines() {
        if let Some(name) = line.strip_suffix(">:").and_then(|l| l.split_once('<')).map(|(_, name)| name) {
            current = Some(name).filter(|n| is_handler(n));
            seen += usize::from(current.is_some());
        } else if let (Some(name), Some((_, target))) = (current, line.split_once("call ")) {
            let target = target.trim();
            let through_table = target.starts_with("*(") && target.ends_with(",8)");
            let direct = target.split_once('<').is_some_and(|(_, t)| is_handler(t.trim_end_matches('>')));
            if through_table || direct {
                bad.push(name);
            }
        }
    }
    for name in &bad {
        println!("{name} calls the next instruction");
    }
    println!("dispatch: {seen} instructions, {} that call the next one", bad.len());
    Ok(bad.is_empty())
}

/// Handlers are named after opcodes.
fn is_handler(name: &str) -> bool {
    name.starts_with(HANDLERS)
        && name
            .rsplit("::")
            .next()
            .is_some_and(|n| n.len() > 2 && n.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'))
}

#[cfg(test)]
mod tests {
    use super::is_handler;

    #[test]
    fn names() {
        assert!(is_handler("runtime::interpreter::ops::calls::CALL_KW"));
        assert!(!is_handler("runtime::interpreter::ops::calls::call_kw"));
        assert!(!is_handler("runtime::types::list::GUARD"));
    }
}
