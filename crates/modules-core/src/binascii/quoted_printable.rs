//! Quoted-printable text (RFC 1521).

/// Characters in the longest line.
const LINE: usize = 76;

/// Decodes; in a header, underscores stand for spaces.
pub(super) fn decode(data: &[u8], header: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    let mut at = 0;
    while let Some(&b) = data.get(at) {
        at += 1;
        if b != b'=' {
            out.push(if b == b'_' && header { b' ' } else { b });
            continue;
        }
        match data[at..] {
            [] => break,
            // A soft line break: everything up to the newline goes.
            [b'\n' | b'\r', ..] => {
                let line = data[at..].iter().position(|&b| b == b'\n');
                at = line.map_or(data.len(), |n| at + n + 1);
            }
            [b'=', ..] => {
                out.push(b'=');
                at += 1;
            }
            [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
                let value = |d: u8| (d as char).to_digit(16).unwrap_or(0) as u8;
                out.push(value(a) << 4 | value(b));
                at += 2;
            }
            _ => out.push(b'='),
        }
    }
    out
}

/// What `b2a_qp` was asked for.
#[derive(Clone, Copy)]
pub(super) struct Options {
    pub(super) quote_tabs: bool,
    pub(super) is_text: bool,
    pub(super) header: bool,
}

/// Must the byte at `at` be written as `=XX`, `column` characters into its line?
fn needs_quoting(data: &[u8], at: usize, column: usize, o: Options) -> bool {
    let next = data.get(at + 1).copied();
    match data[at] {
        b'=' | 127.. => true,
        b'_' => o.header,
        b'.' => column == 0 && matches!(next, None | Some(b'\n' | b'\r' | 0)),
        b'\r' | b'\n' => !o.is_text,
        b'\t' | b' ' => o.quote_tabs || next.is_none(),
        0..33 => true,
        _ => false,
    }
}

fn push_quoted(out: &mut Vec<u8>, b: u8) {
    out.push(b'=');
    out.extend([b >> 4, b & 15].map(|d| b"0123456789ABCDEF"[usize::from(d)]));
}

/// Encodes. Soft and hard line breaks take the form of the first line break in the data.
pub(super) fn encode(data: &[u8], o: Options) -> Vec<u8> {
    let first_break = data.iter().position(|&b| b == b'\n');
    let line_end: &[u8] = if first_break.is_some_and(|i| i > 0 && data[i - 1] == b'\r') { b"\r\n" } else { b"\n" };
    let mut out = Vec::with_capacity(data.len() + data.len() / 8);
    let (mut at, mut column) = (0, 0);
    while let Some(&b) = data.get(at) {
        let next = data.get(at + 1).copied();
        if needs_quoting(data, at, column, o) {
            if column + 3 >= LINE {
                out.push(b'=');
                out.extend_from_slice(line_end);
                column = 0;
            }
            push_quoted(&mut out, b);
            column += 3;
            at += 1;
        } else if o.is_text && (b == b'\n' || (b == b'\r' && next == Some(b'\n'))) {
            // Blanks at the end of a line would get lost.
            if let Some(&blank) = out.last().filter(|b| matches!(b, b' ' | b'\t')) {
                out.pop();
                push_quoted(&mut out, blank);
            }
            out.extend_from_slice(line_end);
            column = 0;
            at += if b == b'\r' { 2 } else { 1 };
        } else {
            if next.is_some_and(|n| n != b'\n') && column + 1 >= LINE {
                out.push(b'=');
                out.extend_from_slice(line_end);
                column = 0;
            }
            out.push(if b == b' ' && o.header { b'_' } else { b });
            column += 1;
            at += 1;
        }
    }
    out
}
