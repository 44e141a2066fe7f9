//! Private names: `__x` inside `class C` is `_C__x`.

use syntax::Arena;

/// The name that `name` stands for inside the class `private`.
pub fn mangle<'a>(arena: &'a Arena, private: Option<&str>, name: &'a str) -> &'a str {
    let Some(private) = private else { return name };
    // Dunder names and the dotted names of import statements stay as they are.
    if !name.starts_with("__") || name.ends_with("__") || name.contains('.') {
        return name;
    }
    let class = private.trim_start_matches('_');
    if class.is_empty() {
        return name;
    }
    arena.alloc_str(&format!("_{class}{name}"))
}
