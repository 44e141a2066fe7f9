//! Native modules about text, numbers and binary data: `_sre`, `math` and their like.
#![forbid(unsafe_code)]

mod math;
mod sre;

use runtime::ModuleDef;

/// The modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    static ALL: [ModuleDef; 2] = [math::Math::MODULE, sre::Sre::MODULE];
    ALL.iter().collect()
}
