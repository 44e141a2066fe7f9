//! The hashes of the process: its secret key, and the hashes of text, bytes, numbers and addresses.
//!
//! The key is settled by the first use: `set_key` must come before any string is hashed.

use crate::Obj;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::sync::OnceLock;
use text::hash::HashKey;

static KEY: OnceLock<HashKey> = OnceLock::new();

/// Settles the key: the one that `PYTHONHASHSEED=seed` gives, or a random one. Has no effect once a key is in use, and says so with `false`.
pub fn set_key(seed: Option<u32>) -> bool {
    KEY.set(seed.map_or_else(random_key, HashKey::from_seed)).is_ok()
}

/// The key of the process.
#[inline(always)]
pub fn key() -> HashKey {
    match KEY.get() {
        Some(key) => *key,
        None => *KEY.get_or_init(random_key),
    }
}

#[cold]
fn random_key() -> HashKey {
    // The standard library's hash maps are keyed by the operating system's random source.
    let random = || std::collections::hash_map::RandomState::new().build_hasher().finish();
    let (low, high) = (random(), random());
    HashKey::from_bytes((u128::from(high) << 64 | u128::from(low)).to_le_bytes())
}

/// The hash of a byte string, or of a string's storage; 0 for an empty one.
#[inline]
pub fn hash_bytes(bytes: &[u8]) -> i64 {
    key().hash_bytes(bytes)
}

/// The hash of an integer that fits in 64 bits.
#[inline(always)]
pub fn hash_i64(value: i64) -> i64 {
    // Small magnitudes are their own residues, except that -1 is no hash.
    if is_own_hash(value) { value } else { hash_other_i64(value) }
}

/// Whether an integer is its own hash, as all but negative and huge ones are.
#[inline(always)]
pub(crate) fn is_own_hash(value: i64) -> bool {
    (value as u64) < text::hash::MODULUS
}

#[inline(never)]
fn hash_other_i64(value: i64) -> i64 {
    text::hash::hash_i64(value)
}

/// The hash of a float; a NaN hashes by the identity of the object that holds it.
#[inline]
pub fn hash_f64(value: f64, object: &Obj) -> i64 {
    text::hash::hash_f64(value).unwrap_or_else(|| hash_identity(object))
}

/// The hash of an address.
#[inline(always)]
pub fn hash_pointer(address: usize) -> i64 {
    text::hash::hash_pointer(address)
}

/// Hashes identities of objects, for maps of our own that no program can fill as it likes.
#[derive(Default)]
pub struct IdentityHasher(u64);

/// Makes an [`IdentityHasher`].
pub type ByIdentity = BuildHasherDefault<IdentityHasher>;

impl Hasher for IdentityHasher {
    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.write_u64(self.0 ^ u64::from(b));
        }
    }

    /// Maps look at the highest bits and at the lowest.
    #[inline]
    fn write_u64(&mut self, n: u64) {
        let n = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = n ^ n >> 32;
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}

/// The hash of objects that compare by identity.
#[inline(always)]
pub fn hash_identity(object: &Obj) -> i64 {
    hash_pointer(object.id() as usize)
}
