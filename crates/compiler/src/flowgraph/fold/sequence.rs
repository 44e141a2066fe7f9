//! Strings, bytes and tuples: concatenation, repetition, subscripts.

use super::{MAX_COLLECTION_SIZE, MAX_STR_SIZE, MAX_TOTAL_ITEMS, integer, remaining_complexity, same_kind};
use bytecode::Const;
use dashu_int::IBig;

pub(super) fn concatenate(left: &Const, right: &Const) -> Option<Const> {
    match (left, right) {
        (Const::Str(a), Const::Str(b)) | (Const::Bytes(a), Const::Bytes(b)) => Some(same_kind(left, [&a[..], &b[..]].concat())),
        (Const::Tuple(a), Const::Tuple(b)) => Some(Const::Tuple(a.iter().chain(b.iter()).cloned().collect())),
        _ => None,
    }
}

pub(super) fn repeat(left: &Const, right: &Const) -> Option<Const> {
    let (sequence, count) = match integer(left) {
        Some(count) => (right, count),
        None => (left, integer(right)?),
    };
    let (size, limit) = match sequence {
        Const::Str(text) => (characters(text), MAX_STR_SIZE),
        Const::Bytes(bytes) => (bytes.len(), MAX_STR_SIZE),
        Const::Tuple(items) => (items.len(), MAX_COLLECTION_SIZE),
        _ => return None,
    };
    if size == 0 {
        return i64::try_from(&count).is_ok().then(|| sequence.clone());
    }
    let count = usize::try_from(&count).ok().filter(|count| *count <= limit / size)?;
    match sequence {
        Const::Tuple(items) => {
            if count > 0 && remaining_complexity(sequence, MAX_TOTAL_ITEMS / count as i64) < 0 {
                return None;
            }
            Some(Const::Tuple(std::iter::repeat_n(items, count).flat_map(|items| items.iter().cloned()).collect()))
        }
        Const::Str(text) | Const::Bytes(text) => Some(same_kind(sequence, text.repeat(count))),
        _ => None,
    }
}

/// How many code points a WTF-8 text has.
fn characters(text: &[u8]) -> usize {
    text.iter().filter(|byte| is_start(**byte)).count()
}

fn is_start(byte: u8) -> bool {
    byte & 0xC0 != 0x80
}

pub(super) fn subscript(sequence: &Const, key: &Const) -> Option<Const> {
    match sequence {
        Const::Str(text) => {
            let starts: Vec<usize> =
                text.iter().enumerate().filter(|(_, byte)| is_start(**byte)).map(|(place, _)| place).collect();
            let character = |index: usize| &text[starts[index]..starts.get(index + 1).copied().unwrap_or(text.len())];
            let picked: Vec<u8> = pick(starts.len(), key)?.into_iter().flat_map(character).copied().collect();
            Some(same_kind(sequence, picked))
        }
        Const::Bytes(bytes) => {
            let picked: Vec<u8> = pick(bytes.len(), key)?.into_iter().map(|index| bytes[index]).collect();
            match (key, &picked[..]) {
                (Const::Slice(_), _) => Some(same_kind(sequence, picked)),
                (_, [byte]) => Some(Const::Int((*byte).into())),
                _ => None,
            }
        }
        Const::Tuple(items) => {
            let mut picked = pick(items.len(), key)?.into_iter().map(|index| items[index].clone());
            if matches!(key, Const::Slice(_)) { Some(Const::Tuple(picked.collect())) } else { picked.next() }
        }
        _ => None,
    }
}

/// The indices that an index or slice picks from a sequence; `None` when it would raise.
fn pick(length: usize, key: &Const) -> Option<Vec<usize>> {
    let length = i64::try_from(length).ok()?;
    if let Some(index) = integer(key) {
        let index = i64::try_from(&index).ok()?;
        let index = if index < 0 { index + length } else { index };
        return (0..length).contains(&index).then(|| vec![index as usize]);
    }
    let Const::Slice(parts) = key else { return None };
    let part = |part: &Const| match part {
        Const::None => Some(None),
        other => integer(other).map(|value| Some(clamp(&value))),
    };
    let [start, stop, step] = &**parts;
    let step = part(step)?.unwrap_or(1);
    if step == 0 {
        return None;
    }
    let (lowest, highest) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let bound = |value: Option<i64>, default: i64| match value {
        None => default,
        Some(value) if value < 0 => value.saturating_add(length).max(lowest),
        Some(value) => value.min(highest),
    };
    let (first, last) = if step > 0 { (lowest, highest) } else { (highest, lowest) };
    let (start, stop) = (bound(part(start)?, first), bound(part(stop)?, last));
    let mut picked = Vec::new();
    let mut index = start;
    while if step > 0 { index < stop } else { index > stop } {
        picked.push(index as usize);
        index = index.saturating_add(step);
    }
    Some(picked)
}

/// An integer as far as it matters for a slice.
fn clamp(value: &IBig) -> i64 {
    i64::try_from(value).unwrap_or(if *value < IBig::ZERO { i64::MIN + 1 } else { i64::MAX })
}
