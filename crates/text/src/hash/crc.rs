//! CRC-32.

/// The CRC-32 of zlib and gzip, eight bytes at a time.
pub fn crc32(data: &[u8], start: u32) -> u32 {
    static TABLES: [[u32; 256]; 8] = crc32_tables();
    let mut crc = !start;
    let (blocks, rest) = data.as_chunks::<8>();
    for block in blocks {
        let [a, b, c, d, e, f, g, h] = (u64::from_le_bytes(*block) ^ u64::from(crc)).to_le_bytes();
        let by_distance = [h, g, f, e, d, c, b, a];
        crc = by_distance.iter().zip(&TABLES).fold(0, |sum, (byte, table)| sum ^ table[usize::from(*byte)]);
    }
    for b in rest {
        crc = crc >> 8 ^ TABLES[0][usize::from(crc as u8 ^ b)];
    }
    !crc
}

/// Row `k`: the checksum's change by a byte that stands `k` bytes before the end of its block.
const fn crc32_tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut i = 0;
    while i < 256 {
        let mut crc = i as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        tables[0][i] = crc;
        i += 1;
    }
    let mut k = 1;
    while k < 8 {
        let mut i = 0;
        while i < 256 {
            let before = tables[k - 1][i];
            tables[k][i] = before >> 8 ^ tables[0][(before & 0xff) as usize];
            i += 1;
        }
        k += 1;
    }
    tables
}
