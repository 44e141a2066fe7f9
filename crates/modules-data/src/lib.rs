//! Native modules that digest, pack and store data: `_sha2`, `zlib` and their like.
#![forbid(unsafe_code)]

mod bz2;
mod datetime;
mod hashes;
mod incremental;
mod lzma;
mod pickle;
mod zlib;

use runtime::ModuleDef;

/// The modules of this crate.
pub fn modules() -> Vec<&'static ModuleDef> {
    static ALL: [ModuleDef; 10] = [
        bz2::Bz2::MODULE,
        datetime::DateTimeModule::MODULE,
        hashes::Blake2::MODULE,
        hashes::Md5::MODULE,
        hashes::Sha1::MODULE,
        hashes::Sha2::MODULE,
        hashes::Sha3::MODULE,
        lzma::Lzma::MODULE,
        pickle::Pickle::MODULE,
        zlib::Zlib::MODULE,
    ];
    ALL.iter().collect()
}
