//! SipHash-1-3 and its key.

use crate::Chars;

/// The process's secret: what `str`, `bytes` and `memoryview` hashes are keyed with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HashKey {
    k0: u64,
    k1: u64,
}

impl HashKey {
    /// A key made of 16 random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        let key = u128::from_le_bytes(bytes);
        HashKey { k0: key as u64, k1: (key >> 64) as u64 }
    }

    /// The key that `PYTHONHASHSEED=seed` gives; 0 turns randomisation off.
    pub fn from_seed(seed: u32) -> Self {
        if seed == 0 {
            return HashKey::default();
        }
        let mut state = seed;
        HashKey::from_bytes(std::array::from_fn(|_| {
            state = state.wrapping_mul(214_013).wrapping_add(2_531_011);
            (state >> 16) as u8
        }))
    }

    /// Hash of a `bytes` or another buffer.
    pub fn hash_bytes(self, bytes: &[u8]) -> i64 {
        let (words, tail) = bytes.as_chunks::<8>();
        let last = match bytes.last_chunk::<8>() {
            _ if tail.is_empty() => 0,
            Some(last) => u64::from_le_bytes(*last) >> (64 - 8 * tail.len()),
            None => tail.iter().rev().fold(0, |t, &b| t << 8 | u64::from(b)),
        };
        self.finish(bytes.len(), words.iter().map(|w| u64::from_le_bytes(*w)), last)
    }

    /// Hash of a `str`: of its storage, so `chars` must be in the narrowest width.
    pub fn hash_chars(self, chars: Chars<'_>) -> i64 {
        match chars {
            Chars::Ascii(s) | Chars::Latin1(s) => self.hash_bytes(s),
            Chars::Ucs2(s) => {
                let (words, tail) = s.as_chunks::<4>();
                let join = |part: &[u16]| part.iter().rev().fold(0, |t, &c| t << 16 | u64::from(c));
                self.finish(s.len() * 2, words.iter().map(|w| join(w)), join(tail))
            }
            Chars::Ucs4(s) => {
                let (words, tail) = s.as_chunks::<2>();
                let join = |part: &[u32]| part.iter().rev().fold(0, |t, &c| t << 32 | u64::from(c));
                self.finish(s.len() * 4, words.iter().map(|w| join(w)), join(tail))
            }
        }
    }

    fn finish(self, bytes: usize, words: impl Iterator<Item = u64>, tail: u64) -> i64 {
        if bytes == 0 {
            return 0;
        }
        let mut v = [
            self.k0 ^ 0x736f_6d65_7073_6575,
            self.k1 ^ 0x646f_7261_6e64_6f6d,
            self.k0 ^ 0x6c79_6765_6e65_7261,
            self.k1 ^ 0x7465_6462_7974_6573,
        ];
        let last = (bytes as u64) << 56 | tail;
        for word in words.chain([last]) {
            v[3] ^= word;
            round(&mut v);
            v[0] ^= word;
        }
        v[2] ^= 0xFF;
        round(&mut v);
        round(&mut v);
        round(&mut v);
        let hash = (v[0] ^ v[1] ^ v[2] ^ v[3]) as i64;
        if hash == -1 { -2 } else { hash }
    }
}

#[inline]
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
