//! How the program is linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // At a fixed address many tables of functions and names need no relocation at start, which is a good part of what starting costs.
    println!("cargo::rustc-link-arg-bins=-no-pie");
    // Unwinding is compiled in: a library less to load.
    if std::env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|env| env == "gnu") {
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}
