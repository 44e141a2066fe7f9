//! Lines of uuencoded data.

/// Bytes in the longest line.
pub(super) const LONGEST_LINE: usize = 45;

/// The bytes of one line. Trailing blanks that the length does not ask for are skipped.
pub(super) fn decode(line: &[u8]) -> Result<Vec<u8>, &'static str> {
    let Some((&first, mut rest)) = line.split_first() else { return Err("Missing length byte") };
    let wanted = usize::from(first.wrapping_sub(b' ') & 0x3f);
    let mut out = Vec::with_capacity(wanted);
    let (mut bits, mut pending) = (0u32, 0);
    while out.len() < wanted {
        let six = match rest.split_first() {
            // Mail programs strip blanks at the end of a line: they count as zeros.
            None => 0,
            Some((b'\n' | b'\r', tail)) => {
                rest = tail;
                0
            }
            Some((&c, tail)) => {
                if !(b' '..=b' ' + 64).contains(&c) {
                    return Err("Illegal char");
                }
                rest = tail;
                (c - b' ') & 0x3f
            }
        };
        bits = bits << 6 | u32::from(six);
        pending += 6;
        if pending >= 8 {
            pending -= 8;
            out.push((bits >> pending) as u8);
            bits &= (1 << pending) - 1;
        }
    }
    let garbage = rest.iter().any(|c| !matches!(c, b' ' | b'`' | b'\n' | b'\r'));
    if garbage { Err("Trailing garbage") } else { Ok(out) }
}

/// One line, with its length in front and a newline behind.
pub(super) fn encode(data: &[u8], backtick: bool) -> Vec<u8> {
    let letter = |six: u8| if six == 0 && backtick { b'`' } else { six + b' ' };
    let mut out = Vec::with_capacity(2 + data.len().div_ceil(3) * 4);
    out.push(letter(data.len() as u8));
    for group in data.chunks(3) {
        let at = |i: usize| u32::from(group.get(i).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        out.extend([18, 12, 6, 0].map(|shift| letter((bits >> shift) as u8 & 0x3f)));
    }
    out.push(b'\n');
    out
}
