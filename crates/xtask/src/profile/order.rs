//! The order of functions in the program: what a start runs stands together, next to it what runs most, and what the training never ran last. The system maps the file by
//! windows of many pages, so that a start which calls functions from everywhere would bring all of it into memory.

use super::raw::Function;
use std::collections::{HashMap, HashSet};

/// The only host whose linker is known to be LLVM's, which orders sections by a list of symbols.
const ORDERING_HOST: &str = "x86_64-unknown-linux-gnu";

/// The compiler's flag that passes a list of symbols to the linker; nothing for linkers that have no such option.
pub(super) fn flag(host: &str, list: &std::path::Path) -> String {
    if host == ORDERING_HOST {
        format!("-Clink-arg=-Wl,--symbol-ordering-file={},--no-warn-symbol-ordering", list.display())
    } else {
        String::new()
    }
}

/// The symbols in their order, a line each: what `starting` ran, the least used first, then what else `all` ran, the most used first. Instances of one generic function
/// count as one: those that come out the same are merged under the name of any of them.
pub(super) fn list(starting: &[Function], all: &[Function]) -> Vec<u8> {
    let used: HashMap<u64, u64> = all.iter().map(|function| (function.name_hash, total(function))).collect();
    let often = |function: &Function| used.get(&function.name_hash).copied().unwrap_or(0);
    let mut first: Vec<&Function> = starting.iter().filter(|function| total(function) != 0).collect();
    let begun: HashSet<&[u8]> = first.iter().map(|function| path(&function.name)).collect();
    let (alike, mut rest): (Vec<&Function>, Vec<&Function>) =
        all.iter().filter(|function| total(function) != 0).partition(|function| begun.contains(path(&function.name)));
    let known: HashSet<u64> = first.iter().map(|function| function.name_hash).collect();
    first.extend(alike.into_iter().filter(|function| !known.contains(&function.name_hash)));
    first.sort_by_key(|function| often(function));
    rest.sort_by_key(|function| std::cmp::Reverse(total(function)));
    let mut lines = Vec::new();
    for function in first.into_iter().chain(rest) {
        lines.extend_from_slice(symbol(&function.name));
        lines.push(b'\n');
    }
    lines
}

fn total(function: &Function) -> u64 {
    function.counts.iter().fold(0, |sum, &count| sum.saturating_add(count))
}

/// The symbol of a counted function: names of those that one module keeps to itself begin with that module's name and a semicolon.
fn symbol(name: &[u8]) -> &[u8] {
    name.rsplit(|&byte| byte == b';').next().unwrap_or(name)
}

/// What instances of a generic function have in common: the symbol without the hash at its end (`17h`, sixteen digits, `E`).
fn path(name: &[u8]) -> &[u8] {
    let symbol = symbol(name);
    symbol.split_last_chunk::<20>().filter(|(_, hash)| hash.starts_with(b"17h")).map_or(symbol, |(path, _)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(name: &str, count: u64) -> Function {
        Function {
            name: name.into(),
            name_hash: super::super::raw::name_hash(name.as_bytes()),
            graph_hash: 0,
            counts: vec![count, 0],
        }
    }

    #[test]
    fn hot_functions_stand_in_the_middle() {
        let starting = [function("begin", 1), function("m.rs;loop", 5), function("unused", 0)];
        let all = [
            function("begin", 2),
            function("m.rs;loop", 900),
            function("unused", 0),
            function("rare", 3),
            function("often", 700),
        ];
        assert_eq!(String::from_utf8(list(&starting, &all)).unwrap(), "begin\nloop\noften\nrare\n");
    }

    #[test]
    fn instances_of_a_generic_function_stand_together() {
        let [one, two] = ["_ZN4push17h0123456789abcdefE", "_ZN4push17hfedcba9876543210E"];
        let all = [function("other", 9), function(two, 5), function(one, 2)];
        assert_eq!(String::from_utf8(list(&[function(one, 1)], &all)).unwrap(), format!("{one}\n{two}\nother\n"));
    }
}
