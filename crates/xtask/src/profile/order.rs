//! The order of functions in the program: what a start runs stands together, next to it what most programs run and then what runs most, and what the training never ran last. The
//! system maps the file by windows of many pages, so that a start which calls functions from everywhere would bring all of it into memory.
//!
//! The compiler takes what hardly ever runs ([`RARE`]) out of functions; such parts stand with the rest at the end, but for those of functions that a start runs: counts of
//! branches are no exact knowledge, and a start jumps into some of them.

use super::raw::Function;
use std::collections::{BTreeSet, HashSet};

/// The only host whose linker is known to be LLVM's, which orders sections by a list of symbols.
const ORDERING_HOST: &str = "x86_64-unknown-linux-gnu";

/// What all programs of the training together ran less often than this hardly ever runs.
pub(super) const RARE: u64 = 50;

/// Has the compiler split functions: blocks that hardly ever run are laid down apart.
const SPLIT: [&str; 2] = ["-enable-split-machine-functions", "-mfs-psi-cutoff=0"];

/// What the compiler appends to the name of a function for the part that hardly ever runs.
const APART: &[u8] = b".cold";

/// What a start uses and no counter tells of, by [`plain`] names; `tools/uncounted.py` finds it.
const UNCOUNTED: &str = include_str!("uncounted.txt");

/// What stands there for the numbers of copies, which differ from build to build.
const COPY: &str = ".N";

/// Copies have smaller numbers than this.
const COPIES: usize = 3000;

/// The compiler's flags that split functions and pass a list of symbols to the linker; nothing for linkers that have no such option.
pub(super) fn flags(host: &str, list: &std::path::Path) -> String {
    if host != ORDERING_HOST {
        return String::new();
    }
    let split: String = SPLIT.iter().flat_map(|option| ["-Cllvm-args=", option, " "]).collect();
    format!(
        "{split}-Cllvm-args=-mfs-count-threshold={RARE} -Clink-arg=-Wl,--symbol-ordering-file={},--no-warn-symbol-ordering",
        list.display()
    )
}

/// What a start uses of a program although no counter tells of it, by names of its symbols and of the functions that are counted.
pub(super) fn uncounted(symbols: &str, all: &[Function]) -> Vec<String> {
    let names = uncounted_names();
    let mut found: Vec<String> =
        symbols.lines().filter(|symbol| names.contains(plain(symbol).as_str())).map(str::to_owned).collect();
    let counted = all.iter().filter_map(|function| str::from_utf8(symbol(&function.name)).ok());
    let originals: BTreeSet<&str> = symbols.lines().map(|symbol| original(symbol).unwrap_or(symbol)).chain(counted).collect();
    for name in originals {
        for end in ["", ".cold"] {
            if names.contains(format!("{}{COPY}{end}", plain(name)).as_str()) {
                found.extend((0..COPIES).map(|number| format!("{name}.{number}{end}")));
            }
        }
    }
    found
}

/// The symbol of which another one is a copy: modules that are put together each have theirs of functions that may be inlined, and all but one get numbers.
fn original(symbol: &str) -> Option<&str> {
    let (name, number) = symbol.rsplit_once('.')?;
    (name.starts_with("_") && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}

fn uncounted_names() -> HashSet<&'static str> {
    UNCOUNTED.lines().filter(|line| !line.starts_with('#')).collect()
}

/// A symbol without what differs between builds: the numbers of crates (`Cs`, letters and digits, `_`) or the hash of an instance.
fn plain(symbol: &str) -> String {
    if !symbol.starts_with("_R") {
        return String::from_utf8_lossy(path(symbol.as_bytes())).into_owned();
    }
    let (mut name, mut rest) = (String::new(), symbol);
    while let Some(at) = rest.find("Cs") {
        let (before, number) = (&rest[..at + 1], &rest[at + 2..]);
        name.push_str(before);
        let end = number.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(number.len());
        rest = number[end..].strip_prefix('_').filter(|_| end != 0).unwrap_or(&rest[at + 1..]);
    }
    name + rest
}

/// The symbols in their order, a line each: what `starting` ran, the least used first; what else `usual` ran and then what else `all` ran, the most used first. In front of them
/// stand `uncounted` ones, and what is split off functions that `usual` or `starting` ran, last what a start is known to run of it. Instances of one generic function count as
/// one: those that come out the same are merged under the name of any of them.
pub(super) fn list(uncounted: &[String], starting: &[Function], usual: &[Function], all: &[Function]) -> Vec<u8> {
    let names = uncounted_names();
    let known = |name: &[u8]| str::from_utf8(name).is_ok_and(|name| names.contains(name));
    let mut rest: Vec<&Function> = all.iter().filter(|function| total(function) != 0 || known(path(&function.name))).collect();
    rest.sort_by_key(|function| std::cmp::Reverse(total(function)));
    let paths = paths_of(starting);
    let mut first: Vec<&Function> =
        rest.extract_if(.., |function| paths.contains(path(&function.name)) || known(path(&function.name))).collect();
    first.reverse();
    let paths = paths_of(usual);
    let second: Vec<&Function> = rest.extract_if(.., |function| paths.contains(path(&function.name))).collect();
    let mut apart: Vec<&Function> = second.iter().chain(&first).copied().collect();
    apart.sort_by_cached_key(|function| known(&[path(&function.name), APART].concat()));
    let apart = apart.into_iter().map(|function| [symbol(&function.name), APART].concat());
    let whole = first.iter().chain(&second).chain(&rest).map(|function| symbol(&function.name).to_vec());
    let uncounted = uncounted.iter().map(|symbol| symbol.as_bytes().to_vec());
    let lines = apart.chain(uncounted).chain(whole);
    lines.flat_map(|line| [line, vec![b'\n']].concat()).collect()
}

/// The functions that a program ran, each with all its instances.
fn paths_of(ran: &[Function]) -> HashSet<&[u8]> {
    ran.iter().filter(|function| total(function) != 0).map(|function| path(&function.name)).collect()
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
    fn a_start_comes_first() {
        let starting = [function("begin", 1), function("m.rs;loop", 5), function("unused", 0)];
        let all = [
            function("begin", 2),
            function("m.rs;loop", 900),
            function("unused", 0),
            function("rare", 3),
            function("often", 700),
            function("busy", 800),
        ];
        assert_eq!(
            String::from_utf8(list(&[], &starting, &[function("often", 1)], &all)).unwrap(),
            "often.cold\nbegin.cold\nloop.cold\nbegin\nloop\noften\nbusy\nrare\n"
        );
    }

    #[test]
    fn names_without_what_differs() {
        assert_eq!(plain("_RNvNtCslNYArtu3iFV_5alloc3fmt6format"), "_RNvNtC5alloc3fmt6format");
        assert_eq!(plain("_RNvCs_5Cstr"), "_RNvCs_5Cstr");
        assert_eq!(plain("_ZN4push17h0123456789abcdefE"), "_ZN4push");
        assert_eq!(uncounted("other\nmi_malloc", &[]), ["mi_malloc"]);
        assert_eq!(
            [original("_ZN3fooE.12"), original("_ZN3fooE"), original("_mi_x.part.0")],
            [Some("_ZN3fooE"), None, Some("_mi_x.part")]
        );
    }

    #[test]
    fn instances_of_a_generic_function_stand_together() {
        let [one, two] = ["_ZN4push17h0123456789abcdefE", "_ZN4push17hfedcba9876543210E"];
        let all = [function("other", 9), function(two, 5), function(one, 2)];
        let lines = format!("{one}.cold\n{two}.cold\nmain\n{one}\n{two}\nother\n");
        assert_eq!(String::from_utf8(list(&["main".into()], &[function(one, 1)], &[], &all)).unwrap(), lines);
    }
}
