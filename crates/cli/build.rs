//! Links the program at a fixed address: its many tables of functions and names then need no relocation at start, which is a good part
//! of what starting costs.

#![expect(clippy::print_stdout, reason = "cargo reads what a build script prints")]

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-bins=-no-pie");
}
