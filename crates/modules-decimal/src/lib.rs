//! The native module `_decimal`: decimal arithmetic, correctly rounded, under contexts.
//!
//! `number` computes and knows nothing of Python; `module` holds the classes.
#![forbid(unsafe_code)]

mod module;
mod number;

use runtime::ModuleDef;

/// The modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    static ALL: [ModuleDef; 1] = [module::DecimalModule::MODULE];
    ALL.iter().collect()
}
