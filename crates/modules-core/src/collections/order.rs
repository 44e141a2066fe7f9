//! The order of an ordered dict's keys: a doubly linked list over a vector, beside the dict itself.
//!
//! A key is found in the list by the identity of the object that the dict stores, so that no step here compares keys or runs Python code.
//! What goes is handed to the caller, who drops it when the list is closed.

use object::Obj;
use object::gc::Visitor;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

/// The place of no node.
pub(super) const NOWHERE: u32 = u32::MAX;

/// Spreads the bits of a word; the keys are addresses.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// One key and its neighbours.
pub(super) struct Node {
    pub(super) key: Obj,
    pub(super) hash: i64,
    previous: u32,
    pub(super) next: u32,
}

/// Invariants: `nodes` holds `None` exactly at the places in `free`; `places` maps each node's key to its place; the nodes are linked from
/// `first` to `last`; `state` changes whenever a key comes, goes or moves.
pub(super) struct Order {
    nodes: Vec<Option<Node>>,
    free: Vec<u32>,
    places: HashMap<u64, u32, BuildHasherDefault<Spread>>,
    first: u32,
    last: u32,
    state: u64,
}

impl Order {
    pub(super) fn new() -> Order {
        Order { nodes: Vec::new(), free: Vec::new(), places: HashMap::default(), first: NOWHERE, last: NOWHERE, state: 0 }
    }

    pub(super) fn state(&self) -> u64 {
        self.state
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The place at one end of the list.
    pub(super) fn end(&self, last: bool) -> u32 {
        if last { self.last } else { self.first }
    }

    pub(super) fn node(&self, place: u32) -> Option<&Node> {
        self.nodes.get(place as usize)?.as_ref()
    }

    /// The place after or before a place.
    pub(super) fn neighbour(&self, place: u32, backwards: bool) -> u32 {
        self.node(place).map_or(NOWHERE, |node| if backwards { node.previous } else { node.next })
    }

    pub(super) fn keys(&self) -> Vec<Obj> {
        let mut keys = Vec::with_capacity(self.len());
        let mut place = self.first;
        while let Some(node) = self.node(place) {
            keys.push(node.key.clone());
            place = node.next;
        }
        keys
    }

    /// Adds a key at the end, unless it has a place.
    pub(super) fn add(&mut self, key: &Obj, hash: i64) {
        let Entry::Vacant(entry) = self.places.entry(key.id()) else { return };
        let node = Some(Node { key: key.clone(), hash, previous: NOWHERE, next: NOWHERE });
        let place = match self.free.pop() {
            Some(place) => {
                self.nodes[place as usize] = node;
                place
            }
            None => {
                self.nodes.push(node);
                (self.nodes.len() - 1) as u32
            }
        };
        entry.insert(place);
        self.link(place, true);
    }

    /// Takes out a key.
    pub(super) fn remove(&mut self, key: &Obj) -> Option<Node> {
        let place = self.places.remove(&key.id())?;
        self.unlink(place);
        self.free.push(place);
        self.nodes[place as usize].take()
    }

    /// Moves a key to an end; false when it has no place.
    pub(super) fn move_to_end(&mut self, key: &Obj, last: bool) -> bool {
        let Some(&place) = self.places.get(&key.id()) else { return false };
        if self.end(last) != place {
            self.unlink(place);
            self.link(place, last);
        }
        true
    }

    /// Takes out everything.
    pub(super) fn clear(&mut self) -> Order {
        let empty = Order { state: self.state + 1, ..Order::new() };
        std::mem::replace(self, empty)
    }

    pub(super) fn traverse(&self, v: &mut Visitor<'_>) {
        for node in self.nodes.iter().flatten() {
            v.obj(&node.key);
        }
    }

    fn link(&mut self, place: u32, last: bool) {
        self.state += 1;
        let neighbour = self.end(last);
        let (previous, next) = if last { (neighbour, NOWHERE) } else { (NOWHERE, neighbour) };
        if let Some(node) = self.nodes[place as usize].as_mut() {
            (node.previous, node.next) = (previous, next);
        }
        self.set_next(previous, place);
        self.set_previous(next, place);
    }

    fn unlink(&mut self, place: u32) {
        self.state += 1;
        let Some(node) = self.node(place) else { return };
        let (previous, next) = (node.previous, node.next);
        self.set_next(previous, next);
        self.set_previous(next, previous);
    }

    /// What follows a place; what follows nowhere is the first.
    fn set_next(&mut self, place: u32, next: u32) {
        match self.nodes.get_mut(place as usize).and_then(Option::as_mut) {
            Some(node) => node.next = next,
            None => self.first = next,
        }
    }

    fn set_previous(&mut self, place: u32, previous: u32) {
        match self.nodes.get_mut(place as usize).and_then(Option::as_mut) {
            Some(node) => node.previous = previous,
            None => self.last = previous,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Order;
    use object::Obj;

    #[test]
    fn keeps_order() {
        let keys: Vec<Obj> = (0..4).map(Obj::small_int).collect();
        let mut order = Order::new();
        for key in &keys {
            order.add(key, 0);
        }
        let shown = |order: &Order| order.keys().iter().map(|k| k.value().as_int().unwrap_or(-1)).collect::<Vec<_>>();
        assert!(order.move_to_end(&keys[2], false));
        assert!(order.move_to_end(&keys[0], true));
        assert_eq!(shown(&order), [2, 1, 3, 0]);
        assert!(order.remove(&keys[1]).is_some());
        assert!(order.remove(&keys[1]).is_none());
        order.add(&keys[1], 0);
        assert_eq!(shown(&order), [2, 3, 0, 1]);
        assert_eq!(order.clear().len(), 4);
        assert_eq!(order.len(), 0);
    }
}
