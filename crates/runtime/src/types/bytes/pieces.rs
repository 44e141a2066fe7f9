//! What bytes are split into.

use super::shared::{is_space, rfind};
use std::ops::Range;
use text::{Chars, search};

/// What `make` makes of the pieces of `split` and `rsplit`, in order.
pub(super) fn pieces<T>(
    bytes: &[u8],
    sep: Option<&[u8]>,
    max: usize,
    from_end: bool,
    make: impl Fn(Range<usize>) -> T,
) -> Vec<T> {
    let mut parts = Vec::with_capacity(max.min(12));
    let n = bytes.len();
    match (sep, from_end) {
        (Some(sep), false) => {
            let mut start = 0;
            for at in search::find_iter(Chars::Latin1(bytes), Chars::Latin1(sep)).take(max) {
                parts.push(make(start..at));
                start = at + sep.len();
            }
            parts.push(make(start..n));
        }
        (Some(sep), true) => {
            let mut end = n;
            while parts.len() < max
                && let Some(at) = rfind(&bytes[..end], sep)
            {
                parts.push(make(at + sep.len()..end));
                end = at;
            }
            parts.push(make(0..end));
        }
        (None, false) => {
            let mut i = 0;
            loop {
                while i < n && is_space(bytes[i]) {
                    i += 1;
                }
                if i == n {
                    break;
                }
                if parts.len() == max {
                    parts.push(make(i..n));
                    break;
                }
                let start = i;
                while i < n && !is_space(bytes[i]) {
                    i += 1;
                }
                parts.push(make(start..i));
            }
        }
        (None, true) => {
            let mut i = n;
            loop {
                while i > 0 && is_space(bytes[i - 1]) {
                    i -= 1;
                }
                if i == 0 {
                    break;
                }
                if parts.len() == max {
                    parts.push(make(0..i));
                    break;
                }
                let end = i;
                while i > 0 && !is_space(bytes[i - 1]) {
                    i -= 1;
                }
                parts.push(make(i..end));
            }
        }
    }
    if from_end {
        parts.reverse();
    }
    parts
}

pub(super) fn lines(bytes: &[u8], keep: bool) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let len = memchr::memchr2(b'\n', b'\r', &bytes[start..]);
        let end = len.map_or(bytes.len(), |l| start + l);
        let next = match bytes.get(end..) {
            Some([b'\r', b'\n', ..]) => end + 2,
            Some([_, ..]) => end + 1,
            _ => end,
        };
        out.push(start..if keep { next } else { end });
        start = next;
    }
    out
}
