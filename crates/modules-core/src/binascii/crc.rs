//! Checksums.

/// The CRC-CCITT of BinHex 4.
pub(super) fn crc_hqx(data: &[u8], start: u16) -> u16 {
    data.iter().fold(start, |crc, b| {
        (0..8).fold(crc ^ u16::from(*b) << 8, |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    })
}
