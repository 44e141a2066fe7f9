//! Nodes, looking for keys in them, and walking over them.

use crate::protocols::compare;
use crate::types::type_::alloc_exact;
use crate::{Obj, Py, PyResult, Thread};
use object::Payload;
use object::gc::Visitor;

/// Bits of the hash that choose the place in a node.
pub(super) const BITS: u32 = 5;
/// Places of an array node.
pub(super) const WIDTH: usize = 1 << BITS;

/// What stands at a place.
#[derive(Clone)]
pub(super) enum Entry {
    Pair(Obj, Obj),
    Node(Py<HamtNode>),
}

/// The places of an array node.
pub(super) type Places = [Option<Py<HamtNode>>; WIDTH];

/// Invariants: a bitmap node has as many entries as its bitmap has bits, in their order; an array node has at least 16 nodes;
/// a collision node has at least two pairs, of keys that have the hash.
pub(super) enum Kind {
    Bitmap { bitmap: u32, entries: Box<[Entry]> },
    Array(Box<Places>),
    Collision { hash: i32, pairs: Box<[(Obj, Obj)]> },
}

/// A node. It never changes.
#[macros::pyclass(name = "hamt_node", flags = HAVE_GC | DISALLOW_INSTANTIATION)]
pub(super) struct HamtNode {
    pub(super) kind: Kind,
}

impl Payload for HamtNode {
    fn traverse(&self, v: &mut Visitor<'_>) {
        match &self.kind {
            Kind::Bitmap { entries, .. } => {
                for entry in entries {
                    match entry {
                        Entry::Pair(key, value) => {
                            v.obj(key);
                            v.obj(value);
                        }
                        Entry::Node(node) => v.py(node),
                    }
                }
            }
            Kind::Array(places) => {
                for node in places.iter().flatten() {
                    v.py(node);
                }
            }
            Kind::Collision { pairs, .. } => {
                for (key, value) in pairs {
                    v.obj(key);
                    v.obj(value);
                }
            }
        }
    }
}

#[macros::pymethods]
impl HamtNode {}

impl HamtNode {
    pub(super) fn new(th: &Thread, kind: Kind) -> Py<HamtNode> {
        alloc_exact(th, || HamtNode { kind })
    }

    pub(super) fn empty(th: &Thread) -> Py<HamtNode> {
        Self::bitmap(th, 0, Vec::new())
    }

    pub(super) fn bitmap(th: &Thread, bitmap: u32, entries: Vec<Entry>) -> Py<HamtNode> {
        Self::new(th, Kind::Bitmap { bitmap, entries: entries.into() })
    }

    /// The pair of a bitmap node that has nothing else: its parent can hold the pair itself.
    pub(super) fn only_pair(&self) -> Option<Entry> {
        match &self.kind {
            Kind::Bitmap { entries, .. } => match &**entries {
                [pair @ Entry::Pair(..)] => Some(pair.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The entry at a position of the walk; `None` behind the last one.
    fn entry(&self, position: usize) -> Option<Entry> {
        match &self.kind {
            Kind::Bitmap { entries, .. } => entries.get(position).cloned(),
            Kind::Array(places) => places.iter().flatten().nth(position).cloned().map(Entry::Node),
            Kind::Collision { pairs, .. } => pairs.get(position).cloned().map(|(key, value)| Entry::Pair(key, value)),
        }
    }
}

/// The place of a hash on the level that begins at bit `shift`.
pub(super) fn place(hash: i32, shift: u32) -> usize {
    (hash as u32 >> shift) as usize & (WIDTH - 1)
}

/// The index of a place among the entries of a bitmap node.
pub(super) fn index(bitmap: u32, bit: u32) -> usize {
    (bitmap & (bit - 1)).count_ones() as usize
}

/// The value of a key.
pub(super) fn find(th: &Thread, node: &Py<HamtNode>, shift: u32, hash: i32, key: &Obj) -> PyResult<Option<Obj>> {
    let mut node = node.clone();
    let mut shift = shift;
    loop {
        let next = match &node.kind {
            Kind::Bitmap { bitmap, entries } => {
                let bit = 1 << place(hash, shift);
                if bitmap & bit == 0 {
                    return Ok(None);
                }
                match &entries[index(*bitmap, bit)] {
                    Entry::Pair(known, value) => return Ok(compare::eq(th, key, known)?.then(|| value.clone())),
                    Entry::Node(next) => next.clone(),
                }
            }
            Kind::Array(places) => match &places[place(hash, shift)] {
                Some(next) => next.clone(),
                None => return Ok(None),
            },
            Kind::Collision { pairs, .. } => {
                for (known, value) in pairs {
                    if compare::eq(th, key, known)? {
                        return Ok(Some(value.clone()));
                    }
                }
                return Ok(None);
            }
        };
        node = next;
        shift += BITS;
    }
}

/// A walk over all pairs.
pub(super) struct Cursor {
    /// The nodes from the root on, each with the position of its next entry.
    stack: Vec<(Py<HamtNode>, usize)>,
}

impl Cursor {
    pub(super) fn new(root: Py<HamtNode>) -> Cursor {
        Cursor { stack: vec![(root, 0)] }
    }

    pub(super) fn next(&mut self) -> Option<(Obj, Obj)> {
        loop {
            let (node, position) = self.stack.last_mut()?;
            let entry = node.entry(*position);
            *position += 1;
            match entry {
                Some(Entry::Pair(key, value)) => return Some((key, value)),
                Some(Entry::Node(next)) => self.stack.push((next, 0)),
                None => drop(self.stack.pop()),
            }
        }
    }

    pub(super) fn traverse(&self, v: &mut Visitor<'_>) {
        for (node, _) in &self.stack {
            v.py(node);
        }
    }
}
