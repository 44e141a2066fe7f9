//! Nodes with a key more or less, made of others.

use super::key_hash;
use super::node::{BITS, Entry, HamtNode, Kind, Places, WIDTH, index, place};
use crate::protocols::compare;
use crate::{Obj, Py, PyResult, Thread};

/// A bitmap node that would have more entries becomes an array node.
const MOST_ENTRIES: usize = 16;

/// A node without a key.
pub(super) enum Without {
    NotFound,
    /// Nothing is left.
    Empty,
    Node(Py<HamtNode>),
}

/// The node with a key set to a value, and whether the key is new; the same node if nothing changes.
pub(super) fn assoc(
    th: &Thread,
    node: &Py<HamtNode>,
    shift: u32,
    hash: i32,
    key: &Obj,
    value: &Obj,
) -> PyResult<(Py<HamtNode>, bool)> {
    match &node.kind {
        Kind::Bitmap { bitmap, entries } => {
            let bit = 1 << place(hash, shift);
            let at = index(*bitmap, bit);
            if bitmap & bit == 0 {
                if entries.len() >= MOST_ENTRIES {
                    return Ok((widen(th, *bitmap, entries, shift, (hash, key, value))?, true));
                }
                let mut entries = entries.to_vec();
                entries.insert(at, Entry::Pair(key.clone(), value.clone()));
                return Ok((HamtNode::bitmap(th, bitmap | bit, entries), true));
            }
            let (entry, added) = match &entries[at] {
                Entry::Node(below) => {
                    let (changed, added) = assoc(th, below, shift + BITS, hash, key, value)?;
                    if changed.is(below) {
                        return Ok((node.clone(), false));
                    }
                    (Entry::Node(changed), added)
                }
                Entry::Pair(known, old) if compare::eq(th, key, known)? => {
                    if value.is(old) {
                        return Ok((node.clone(), false));
                    }
                    (Entry::Pair(known.clone(), value.clone()), false)
                }
                Entry::Pair(known, old) => (Entry::Node(node_of_two(th, shift + BITS, (known, old), (hash, key, value))?), true),
            };
            let mut entries = entries.to_vec();
            entries[at] = entry;
            Ok((HamtNode::bitmap(th, *bitmap, entries), added))
        }
        Kind::Array(places) => {
            let at = place(hash, shift);
            let below = places[at].clone().unwrap_or_else(|| HamtNode::empty(th));
            let (changed, added) = assoc(th, &below, shift + BITS, hash, key, value)?;
            if changed.is(&below) {
                return Ok((node.clone(), false));
            }
            let mut places = places.clone();
            places[at] = Some(changed);
            Ok((HamtNode::new(th, Kind::Array(places)), added))
        }
        Kind::Collision { hash: common, pairs } if *common == hash => {
            let mut new = pairs.to_vec();
            let at = position(th, pairs, key)?;
            match at {
                Some(at) if value.is(&pairs[at].1) => return Ok((node.clone(), false)),
                Some(at) => new[at].1 = value.clone(),
                None => new.push((key.clone(), value.clone())),
            }
            Ok((HamtNode::new(th, Kind::Collision { hash, pairs: new.into() }), at.is_none()))
        }
        Kind::Collision { hash: common, .. } => {
            // Another hash: from this level on the keys part.
            let parting = HamtNode::bitmap(th, 1 << place(*common, shift), vec![Entry::Node(node.clone())]);
            assoc(th, &parting, shift, hash, key, value)
        }
    }
}

fn position(th: &Thread, pairs: &[(Obj, Obj)], key: &Obj) -> PyResult<Option<usize>> {
    for (at, (known, _)) in pairs.iter().enumerate() {
        if compare::eq(th, key, known)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// A node of two pairs whose keys have the same place on the level above.
fn node_of_two(
    th: &Thread,
    shift: u32,
    (key1, value1): (&Obj, &Obj),
    (hash2, key2, value2): (i32, &Obj, &Obj),
) -> PyResult<Py<HamtNode>> {
    let hash1 = key_hash(th, key1)?;
    if hash1 == hash2 {
        let pairs = [(key1.clone(), value1.clone()), (key2.clone(), value2.clone())];
        return Ok(HamtNode::new(th, Kind::Collision { hash: hash1, pairs: pairs.into() }));
    }
    let (one, _) = assoc(th, &HamtNode::empty(th), shift, hash1, key1, value1)?;
    Ok(assoc(th, &one, shift, hash2, key2, value2)?.0)
}

/// The array node of a full bitmap node's entries and a new pair.
fn widen(
    th: &Thread,
    bitmap: u32,
    entries: &[Entry],
    shift: u32,
    (hash, key, value): (i32, &Obj, &Obj),
) -> PyResult<Py<HamtNode>> {
    let below = shift + BITS;
    let mut places: Places = [const { None }; WIDTH];
    places[place(hash, shift)] = Some(assoc(th, &HamtNode::empty(th), below, hash, key, value)?.0);
    let used = (0..WIDTH).filter(|at| bitmap & 1 << at != 0);
    for (at, entry) in used.zip(entries) {
        places[at] = Some(match entry {
            Entry::Node(node) => node.clone(),
            Entry::Pair(key, value) => assoc(th, &HamtNode::empty(th), below, key_hash(th, key)?, key, value)?.0,
        });
    }
    Ok(HamtNode::new(th, Kind::Array(Box::new(places))))
}

/// The node without a key.
pub(super) fn without(th: &Thread, node: &Py<HamtNode>, shift: u32, hash: i32, key: &Obj) -> PyResult<Without> {
    match &node.kind {
        Kind::Bitmap { bitmap, entries } => {
            let bit = 1 << place(hash, shift);
            if bitmap & bit == 0 {
                return Ok(Without::NotFound);
            }
            let at = index(*bitmap, bit);
            let below = match &entries[at] {
                Entry::Pair(known, _) if !compare::eq(th, key, known)? => return Ok(Without::NotFound),
                Entry::Pair(..) => Without::Empty,
                Entry::Node(below) => without(th, below, shift + BITS, hash, key)?,
            };
            let mut entries = entries.to_vec();
            let mut bitmap = *bitmap;
            match below {
                Without::NotFound => return Ok(Without::NotFound),
                Without::Empty if entries.len() == 1 => return Ok(Without::Empty),
                Without::Empty => {
                    entries.remove(at);
                    bitmap &= !bit;
                }
                Without::Node(node) => entries[at] = node.only_pair().unwrap_or(Entry::Node(node)),
            }
            Ok(Without::Node(HamtNode::bitmap(th, bitmap, entries)))
        }
        Kind::Array(places) => {
            let at = place(hash, shift);
            let Some(below) = &places[at] else { return Ok(Without::NotFound) };
            let left = match without(th, below, shift + BITS, hash, key)? {
                Without::NotFound => return Ok(Without::NotFound),
                Without::Empty => None,
                Without::Node(node) => Some(node),
            };
            let mut places = places.clone();
            places[at] = left;
            Ok(Without::Node(narrowed(th, places)))
        }
        Kind::Collision { hash: common, pairs } => {
            let found = if *common == hash { position(th, pairs, key)? } else { None };
            let Some(at) = found else { return Ok(Without::NotFound) };
            let mut pairs = pairs.to_vec();
            pairs.remove(at);
            if let [(key, value)] = &pairs[..] {
                let pair = Entry::Pair(key.clone(), value.clone());
                return Ok(Without::Node(HamtNode::bitmap(th, 1 << place(hash, shift), vec![pair])));
            }
            Ok(Without::Node(HamtNode::new(th, Kind::Collision { hash: *common, pairs: pairs.into() })))
        }
    }
}

/// The node of these places: a bitmap node if few are left.
fn narrowed(th: &Thread, places: Box<Places>) -> Py<HamtNode> {
    if places.iter().flatten().count() >= MOST_ENTRIES {
        return HamtNode::new(th, Kind::Array(places));
    }
    let mut bitmap = 0;
    let mut entries = Vec::new();
    for (at, node) in places.iter().enumerate() {
        if let Some(node) = node {
            bitmap |= 1 << at;
            entries.push(node.only_pair().unwrap_or_else(|| Entry::Node(node.clone())));
        }
    }
    HamtNode::bitmap(th, bitmap, entries)
}
