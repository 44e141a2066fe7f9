//! The hash of the table's keys; compiled into both the packer and the reader.

/// FNV-1a of a key in parts.
pub(crate) fn hash(key: &[&str]) -> usize {
    let bytes = key.iter().flat_map(|part| part.bytes());
    bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)) as usize
}

/// A bucket holds the number of a record below this bit, above it the [`tag`] of its key: records of other keys are hardly ever read.
pub(crate) const TAG_SHIFT: u32 = 16;

/// The half of a hash that places in the table say nothing of.
pub(crate) fn tag(hash: usize) -> usize {
    hash >> 16 & 0xffff
}
