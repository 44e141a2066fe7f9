//! BLAKE2b and BLAKE2s with all their parameters (RFC 7693 and the BLAKE2 paper's tree mode).

/// Which words each round mixes.
const SIGMA: [[usize; 16]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
    [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
    [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
    [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
    [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
    [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
    [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
    [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
    [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
];

/// The words and columns of the eight mixings of a round.
const MIXINGS: [[usize; 4]; 8] =
    [[0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15], [0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14]];

/// What a hash starts from.
#[derive(Clone, Default)]
pub(super) struct Parameters<'a> {
    pub(super) digest_size: usize,
    pub(super) key: &'a [u8],
    pub(super) salt: &'a [u8],
    pub(super) person: &'a [u8],
    pub(super) fanout: u8,
    pub(super) depth: u8,
    pub(super) leaf_size: u32,
    pub(super) node_offset: u64,
    pub(super) node_depth: u8,
    pub(super) inner_size: u8,
    pub(super) last_node: bool,
}

macro_rules! blake2 {
    ($(#[$doc:meta])* $name:ident $word:ty, $bytes:literal, $rounds:literal, [$($rotation:literal),*], $offset_bytes:literal, $iv:expr) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub(super) struct $name {
            h: [$word; 8],
            /// Bytes hashed so far.
            count: u128,
            buffer: [u8; 16 * $bytes],
            filled: usize,
            last_node: bool,
            digest_size: usize,
        }

        impl $name {
            pub(super) const BLOCK: usize = 16 * $bytes;
            pub(super) const DIGEST: usize = 8 * $bytes;
            pub(super) const SALT: usize = 2 * $bytes;
            /// Bytes of `node_offset`.
            pub(super) const OFFSET: u32 = $offset_bytes;
            const IV: [$word; 8] = $iv;

            pub(super) fn new(p: &Parameters<'_>) -> $name {
                let mut block = [0u8; 8 * $bytes];
                block[..4].copy_from_slice(&[p.digest_size as u8, p.key.len() as u8, p.fanout, p.depth]);
                block[4..8].copy_from_slice(&p.leaf_size.to_le_bytes());
                block[8..8 + $offset_bytes].copy_from_slice(&p.node_offset.to_le_bytes()[..$offset_bytes]);
                let tail = 8 + $offset_bytes;
                block[tail] = p.node_depth;
                block[tail + 1] = p.inner_size;
                block[4 * $bytes..][..p.salt.len()].copy_from_slice(p.salt);
                block[6 * $bytes..][..p.person.len()].copy_from_slice(p.person);
                let mut h = Self::IV;
                for (h, word) in h.iter_mut().zip(block.as_chunks::<$bytes>().0) {
                    *h ^= <$word>::from_le_bytes(*word);
                }
                let mut state = $name {
                    h,
                    count: 0,
                    buffer: [0; 16 * $bytes],
                    filled: 0,
                    last_node: p.last_node,
                    digest_size: p.digest_size,
                };
                if !p.key.is_empty() {
                    let mut first = [0; 16 * $bytes];
                    first[..p.key.len()].copy_from_slice(p.key);
                    state.update(&first);
                }
                state
            }

            fn compress(&mut self, block: &[u8], last: bool) {
                let mut m = [0; 16];
                for (m, word) in m.iter_mut().zip(block.as_chunks::<$bytes>().0) {
                    *m = <$word>::from_le_bytes(*word);
                }
                let mut v = [0; 16];
                v[..8].copy_from_slice(&self.h);
                v[8..].copy_from_slice(&Self::IV);
                v[12] ^= self.count as $word;
                v[13] ^= (self.count >> <$word>::BITS) as $word;
                if last {
                    v[14] = !v[14];
                    if self.last_node {
                        v[15] = !v[15];
                    }
                }
                let [r1, r2, r3, r4] = [$($rotation),*];
                for round in 0..$rounds {
                    let sigma = &SIGMA[round % 10];
                    for (k, &[a, b, c, d]) in MIXINGS.iter().enumerate() {
                        v[a] = v[a].wrapping_add(v[b]).wrapping_add(m[sigma[2 * k]]);
                        v[d] = (v[d] ^ v[a]).rotate_right(r1);
                        v[c] = v[c].wrapping_add(v[d]);
                        v[b] = (v[b] ^ v[c]).rotate_right(r2);
                        v[a] = v[a].wrapping_add(v[b]).wrapping_add(m[sigma[2 * k + 1]]);
                        v[d] = (v[d] ^ v[a]).rotate_right(r3);
                        v[c] = v[c].wrapping_add(v[d]);
                        v[b] = (v[b] ^ v[c]).rotate_right(r4);
                    }
                }
                for i in 0..8 {
                    self.h[i] ^= v[i] ^ v[i + 8];
                }
            }

            pub(super) fn update(&mut self, mut data: &[u8]) {
                while !data.is_empty() {
                    // A full block waits: the last one is hashed in its own way.
                    if self.filled == Self::BLOCK {
                        self.count += Self::BLOCK as u128;
                        let block = self.buffer;
                        self.compress(&block, false);
                        self.filled = 0;
                    }
                    if self.filled == 0 {
                        while data.len() > Self::BLOCK {
                            let (block, rest) = data.split_at(Self::BLOCK);
                            self.count += Self::BLOCK as u128;
                            self.compress(block, false);
                            data = rest;
                        }
                    }
                    let n = data.len().min(Self::BLOCK - self.filled);
                    self.buffer[self.filled..self.filled + n].copy_from_slice(&data[..n]);
                    self.filled += n;
                    data = &data[n..];
                }
            }

            pub(super) fn digest(&self) -> Vec<u8> {
                let mut last = self.clone();
                last.count += last.filled as u128;
                last.buffer[last.filled..].fill(0);
                let block = last.buffer;
                last.compress(&block, true);
                let mut out: Vec<u8> = last.h.iter().flat_map(|w| w.to_le_bytes()).collect();
                out.truncate(last.digest_size);
                out
            }

            pub(super) fn digest_size(&self) -> usize {
                self.digest_size
            }
        }
    };
}

blake2! {
    /// For 64-bit machines; digests of up to 64 bytes.
    Blake2b u64, 8, 12, [32, 24, 16, 63], 8, [
        0x6a09_e667_f3bc_c908,
        0xbb67_ae85_84ca_a73b,
        0x3c6e_f372_fe94_f82b,
        0xa54f_f53a_5f1d_36f1,
        0x510e_527f_ade6_82d1,
        0x9b05_688c_2b3e_6c1f,
        0x1f83_d9ab_fb41_bd6b,
        0x5be0_cd19_137e_2179,
    ]
}

blake2! {
    /// For 32-bit machines; digests of up to 32 bytes.
    Blake2s u32, 4, 10, [16, 12, 8, 7], 6, [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ]
}
