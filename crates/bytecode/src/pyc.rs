//! The header of `.pyc` files (PEP 552).

use crate::tables::MAGIC_NUMBER;

/// Bytes in front of the marshalled code object.
pub const HEADER_SIZE: usize = 16;

/// How to tell whether a `.pyc` file still belongs to its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validation {
    /// The source's time of modification and size, both modulo 2**32.
    Timestamp { mtime: u32, size: u32 },
    /// The [hash](source_hash) of the source, to be compared when the file is loaded.
    CheckedHash([u8; 8]),
    /// The hash of the source, not to be compared.
    UncheckedHash([u8; 8]),
}

/// Why a header is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderError {
    /// Fewer than [`HEADER_SIZE`] bytes: an `EOFError`.
    TooShort,
    /// Another version's file, or no such file at all: an `ImportError`.
    BadMagicNumber,
    /// Bits that mean nothing: an `ImportError`.
    InvalidFlags(u32),
}

/// The header for a file.
pub fn header(validation: Validation) -> [u8; HEADER_SIZE] {
    let mut header = [0; HEADER_SIZE];
    header[..4].copy_from_slice(&MAGIC_NUMBER);
    let (flags, rest) = match validation {
        Validation::Timestamp { mtime, size } => (0u32, (u64::from(size) << 32 | u64::from(mtime)).to_le_bytes()),
        Validation::CheckedHash(hash) => (0b11, hash),
        Validation::UncheckedHash(hash) => (0b01, hash),
    };
    header[4..8].copy_from_slice(&flags.to_le_bytes());
    header[8..].copy_from_slice(&rest);
    header
}

/// Reads the header of a file; the code object follows it.
pub fn parse_header(data: &[u8]) -> Result<Validation, HeaderError> {
    if !data.starts_with(&MAGIC_NUMBER) {
        return Err(HeaderError::BadMagicNumber);
    }
    let word = |start: usize| data.get(start..).and_then(|rest| rest.first_chunk()).copied().map(u32::from_le_bytes);
    let (Some(flags), Some(mtime), Some(size)) = (word(4), word(8), word(12)) else { return Err(HeaderError::TooShort) };
    let hash = (u64::from(size) << 32 | u64::from(mtime)).to_le_bytes();
    match flags {
        0 => Ok(Validation::Timestamp { mtime, size }),
        0b01 => Ok(Validation::UncheckedHash(hash)),
        0b11 => Ok(Validation::CheckedHash(hash)),
        // Without the lowest bit the check bit is ignored.
        0b10 => Ok(Validation::Timestamp { mtime, size }),
        _ => Err(HeaderError::InvalidFlags(flags)),
    }
}

/// `importlib.util.source_hash`: SipHash-1-3 of the source, keyed with the magic number.
pub fn source_hash(source: &[u8]) -> [u8; 8] {
    siphash13(u32::from_le_bytes(MAGIC_NUMBER).into(), 0, source).to_le_bytes()
}

/// SipHash-1-3, as `_imp.source_hash` and the hashes of `str` and `bytes` use it.
pub fn siphash13(k0: u64, k1: u64, data: &[u8]) -> u64 {
    let mut state =
        [k0 ^ 0x736f_6d65_7073_6575, k1 ^ 0x646f_7261_6e64_6f6d, k0 ^ 0x6c79_6765_6e65_7261, k1 ^ 0x7465_6462_7974_6573];
    let mut absorb = |word: u64, rounds: usize| {
        state[3] ^= word;
        (0..rounds).for_each(|_| round(&mut state));
        state[0] ^= word;
    };
    let mut chunks = data.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        absorb(u64::from_le_bytes(word), 1);
    }
    let mut last = [0; 8];
    last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    last[7] = data.len() as u8;
    absorb(u64::from_le_bytes(last), 1);
    state[2] ^= 0xff;
    (0..3).for_each(|_| round(&mut state));
    state[0] ^ state[1] ^ state[2] ^ state[3]
}

fn round(v: &mut [u64; 4]) {
    v[0] = v[0].wrapping_add(v[1]);
    v[2] = v[2].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(13) ^ v[0];
    v[3] = v[3].rotate_left(16) ^ v[2];
    v[0] = v[0].rotate_left(32);
    v[2] = v[2].wrapping_add(v[1]);
    v[0] = v[0].wrapping_add(v[3]);
    v[1] = v[1].rotate_left(17) ^ v[2];
    v[3] = v[3].rotate_left(21) ^ v[0];
    v[2] = v[2].rotate_left(32);
}
