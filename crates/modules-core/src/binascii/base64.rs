//! Base64.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const NONE: u8 = 0xff;

const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut i = 0;
    while i < 64 {
        values[LETTERS[i] as usize] = i as u8;
        i += 1;
    }
    values
};

/// Decodes; unless `strict`, bytes outside the alphabet are skipped and padding is not looked at closely.
pub(super) fn decode(input: &[u8], strict: bool) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(input.len() / 4 * 3 + 3);
    let mut at = whole_groups(input, &mut out);
    let (mut group, mut in_group, mut pads) = (0u32, 0, 0);
    while let Some(&b) = input.get(at) {
        at += 1;
        if b == b'=' {
            pads += 1;
            if in_group >= 2 && in_group + pads <= 4 {
                continue;
            }
            if strict {
                match in_group {
                    1 => break,
                    0 if at == 1 => return Err("Leading padding not allowed".into()),
                    _ => return Err("Excess padding not allowed".into()),
                }
            }
            continue;
        }
        let six = VALUES[usize::from(b)];
        if six == NONE {
            if strict {
                return Err("Only base64 data is allowed".into());
            }
            continue;
        }
        if strict && pads > 0 {
            let complete = in_group + pads == 4;
            return Err(if complete { "Excess data after padding" } else { "Discontinuous padding not allowed" }.into());
        }
        pads = 0;
        group = group << 6 | u32::from(six);
        in_group += 1;
        if in_group > 1 {
            out.push((group >> (2 * (4 - in_group))) as u8);
        }
        if in_group == 4 {
            (group, in_group) = (0, 0);
        }
    }
    match in_group {
        0 => Ok(out),
        1 => Err(format!(
            "Invalid base64-encoded string: number of data characters ({}) cannot be 1 more than a multiple of 4",
            out.len() / 3 * 4 + 1
        )),
        n if n + pads < 4 => Err("Incorrect padding".into()),
        _ => Ok(out),
    }
}

/// Decodes the groups of four letters at the front, and says where the first other byte may be.
fn whole_groups(input: &[u8], out: &mut Vec<u8>) -> usize {
    let mut at = 0;
    for group in input.as_chunks::<4>().0 {
        let [a, b, c, d] = group.map(|b| VALUES[usize::from(b)]);
        if a | b | c | d == NONE {
            break;
        }
        out.extend([a << 2 | b >> 4, b << 4 | c >> 2, c << 6 | d]);
        at += 4;
    }
    at
}

/// Encodes, with a newline behind if wanted.
pub(super) fn encode(data: &[u8], newline: bool) -> Vec<u8> {
    let letter = |bits: u32| LETTERS[(bits & 0x3f) as usize];
    let (groups, rest) = data.as_chunks::<3>();
    let mut out = Vec::with_capacity(data.len().div_ceil(3) * 4 + 1);
    out.resize(groups.len() * 4, 0);
    for ([a, b, c], place) in groups.iter().zip(out.as_chunks_mut::<4>().0) {
        let bits = u32::from(*a) << 16 | u32::from(*b) << 8 | u32::from(*c);
        *place = [letter(bits >> 18), letter(bits >> 12), letter(bits >> 6), letter(bits)];
    }
    match *rest {
        [a] => {
            let bits = u32::from(a) << 4;
            out.extend([letter(bits >> 6), letter(bits), b'=', b'=']);
        }
        [a, b] => {
            let bits = u32::from(a) << 10 | u32::from(b) << 2;
            out.extend([letter(bits >> 12), letter(bits >> 6), letter(bits), b'=']);
        }
        _ => {}
    }
    if newline {
        out.push(b'\n');
    }
    out
}
