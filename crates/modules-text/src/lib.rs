//! Native modules about text, numbers and binary data: `_sre`, `math` and their like.
#![forbid(unsafe_code)]

mod hashes;
mod math;
mod sre;
mod structs;

use runtime::ModuleDef;

/// The modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    static ALL: [ModuleDef; 6] = [
        hashes::Sha2::MODULE,
        hashes::Sha1::MODULE,
        hashes::Md5::MODULE,
        math::Math::MODULE,
        sre::Sre::MODULE,
        structs::StructModule::MODULE,
    ];
    ALL.iter().collect()
}
