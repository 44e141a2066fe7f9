//! `hamt`: an immutable mapping that shares what it can with the mappings it was made from; contexts keep their variables in one.
//!
//! DESIGN: hash array mapped tries, as CPython's `hamt.c` has them. Five bits of the 32-bit hash choose the place on each level. A node is a bitmap node
//! (up to 16 places, the others left out), an array node (all 32 places), or a collision node (keys whose whole hash is equal). Nodes never change:
//! setting or deleting copies the nodes on the way from the root.

mod change;
mod node;
mod views;

pub use views::{HamtItems, HamtKeys, HamtValues};

use crate::protocols::{compare, hash};
use crate::types::type_::alloc_exact;
use crate::{Args, CompareOp, Obj, ObjExt, Py, PyResult, Thread, Type, bool_obj, none, not_implemented};
use change::Without;
use node::HamtNode;
use object::gc::Visitor;
use object::{Guarded, Payload};

/// The payload of a mapping.
#[macros::pyclass(name = "hamt", flags = HAVE_GC | MANAGED_WEAKREF)]
pub struct Hamt {
    /// `None`: cleared by the cycle collector.
    root: Guarded<Option<Py<HamtNode>>>,
    len: usize,
}

impl Payload for Hamt {
    fn traverse(&self, v: &mut Visitor<'_>) {
        if let Some(root) = self.root.try_lock()
            && let Some(root) = &*root
        {
            v.py(root);
        }
    }

    fn clear(&self) {
        let old = self.root.try_lock().map(|mut root| root.take());
        drop(old);
    }
}

/// The 32 bits of a key's hash that count.
fn key_hash(th: &Thread, key: &Obj) -> PyResult<i32> {
    let hash = hash(th, key)?;
    Ok(hash as i32 ^ (hash >> 32) as i32)
}

/// An empty mapping.
pub fn new(th: &Thread) -> Py<Hamt> {
    make(th, HamtNode::empty(th), 0)
}

fn make(th: &Thread, root: Py<HamtNode>, len: usize) -> Py<Hamt> {
    alloc_exact(th, || Hamt { root: Guarded::new(Some(root)), len })
}

impl Hamt {
    /// Number of keys.
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn root(&self, th: &Thread) -> Py<HamtNode> {
        self.root.get().unwrap_or_else(|| HamtNode::empty(th))
    }

    /// The value of a key. Errors: what hashing and comparing raise.
    pub fn find(&self, th: &Thread, key: &Obj) -> PyResult<Option<Obj>> {
        if self.len == 0 {
            return Ok(None);
        }
        node::find(th, &self.root(th), 0, key_hash(th, key)?, key)
    }

    /// All keys and values, in the order of iteration.
    pub fn pairs(&self, th: &Thread) -> Vec<(Obj, Obj)> {
        let mut cursor = node::Cursor::new(self.root(th));
        std::iter::from_fn(|| cursor.next()).collect()
    }
}

/// The mapping with a key set to a value; the mapping itself if it says so already.
pub fn assoc(th: &Thread, map: &Py<Hamt>, key: &Obj, value: &Obj) -> PyResult<Py<Hamt>> {
    let root = map.root(th);
    let (new_root, added) = change::assoc(th, &root, 0, key_hash(th, key)?, key, value)?;
    if new_root.is(&root) {
        return Ok(map.clone());
    }
    Ok(make(th, new_root, map.len + usize::from(added)))
}

/// The mapping without a key; the mapping itself if the key is not there.
pub fn without(th: &Thread, map: &Py<Hamt>, key: &Obj) -> PyResult<Py<Hamt>> {
    let hash = key_hash(th, key)?;
    match change::without(th, &map.root(th), 0, hash, key)? {
        Without::Empty => Ok(new(th)),
        Without::NotFound => Ok(map.clone()),
        Without::Node(root) => Ok(make(th, root, map.len - 1)),
    }
}

/// Whether both have the same keys with equal values.
pub fn eq(th: &Thread, a: &Py<Hamt>, b: &Py<Hamt>) -> PyResult<bool> {
    if a.is(b) {
        return Ok(true);
    }
    if a.len != b.len {
        return Ok(false);
    }
    let mut cursor = node::Cursor::new(a.root(th));
    while let Some((key, value)) = cursor.next() {
        match b.find(th, &key)? {
            Some(other) if compare::eq(th, &value, &other)? => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

#[macros::pymethods]
impl Hamt {
    #[new(name = "hamt")]
    fn new(th: &Thread, _cls: &Py<Type>, _args: Args<'_>) -> Py<Hamt> {
        new(th)
    }

    #[pymethod(sig = "($self, key, value, /)")]
    fn set(th: &Thread, slf: &Py<Hamt>, key: &Obj, value: &Obj) -> PyResult<Py<Hamt>> {
        assoc(th, slf, key, value)
    }

    #[pymethod(sig = "($self, key, default=None, /)")]
    fn get(th: &Thread, slf: &Py<Hamt>, key: &Obj, default: Option<&Obj>) -> PyResult<Obj> {
        Ok(slf.find(th, key)?.or_else(|| default.cloned()).unwrap_or_else(none))
    }

    #[pymethod(sig = "($self, object, /)")]
    fn delete(th: &Thread, slf: &Py<Hamt>, key: &Obj) -> PyResult<Py<Hamt>> {
        without(th, slf, key)
    }

    #[pymethod(sig = "($self, /)")]
    fn items(th: &Thread, slf: &Py<Hamt>) -> Py<HamtItems> {
        views::items(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn keys(th: &Thread, slf: &Py<Hamt>) -> Py<HamtKeys> {
        views::keys(th, slf)
    }

    #[pymethod(sig = "($self, /)")]
    fn values(th: &Thread, slf: &Py<Hamt>) -> Py<HamtValues> {
        views::values(th, slf)
    }

    #[slot(tp_iter)]
    fn iter(th: &Thread, slf: &Py<Hamt>) -> Py<HamtKeys> {
        views::keys(th, slf)
    }

    #[slot(mp_length)]
    fn length(_th: &Thread, slf: &Py<Hamt>) -> PyResult<usize> {
        Ok(slf.len)
    }

    #[slot(mp_subscript)]
    fn subscript(th: &Thread, slf: &Py<Hamt>, key: &Obj) -> PyResult<Obj> {
        slf.find(th, key)?.ok_or_else(|| th.key_error(key))
    }

    #[slot(sq_contains)]
    fn contains(th: &Thread, slf: &Py<Hamt>, key: &Obj) -> PyResult<bool> {
        Ok(slf.find(th, key)?.is_some())
    }

    #[slot(tp_richcompare)]
    fn richcompare(th: &Thread, slf: &Py<Hamt>, other: &Obj, op: CompareOp) -> PyResult<Obj> {
        let (Some(other), CompareOp::Eq | CompareOp::Ne) = (other.downcast::<Hamt>(), op) else {
            return Ok(not_implemented());
        };
        Ok(bool_obj(eq(th, slf, other)? == (op == CompareOp::Eq)))
    }
}

pub use views::{items, keys, values};
