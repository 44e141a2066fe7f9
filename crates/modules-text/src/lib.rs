//! Native modules about text, numbers and binary data: `_sre`, `math` and their like.
#![forbid(unsafe_code)]

mod csv;
mod json;
mod math;
mod sre;
mod structs;
mod unicodedata;

use runtime::ModuleDef;

/// The modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    static ALL: [ModuleDef; 6] = [
        csv::Csv::MODULE,
        json::Json::MODULE,
        math::Math::MODULE,
        sre::Sre::MODULE,
        structs::StructModule::MODULE,
        unicodedata::UnicodeData::MODULE,
    ];
    ALL.iter().collect()
}
