//! Tests of tables that need no interpreter: keys are strings and small integers, or objects that compare by identity.

use super::{Dict, new};
use crate::hashing::{hash_i64, hash_identity};
use crate::types::{str, tuple};
use crate::{Obj, Py};
use std::collections::BTreeMap;

fn int(i: i64) -> Obj {
    Obj::from_int(i).expect("small")
}

fn key_text(n: u64) -> Py<str::Str> {
    str::new(&format!("key{n}"))
}

/// A small generator of numbers (xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

fn set(d: &Dict, key: &Obj, hash: i64, value: Obj) {
    let place = match d.lock().find(key, hash) {
        super::Found::At(i) => Some(i),
        super::Found::Missing => None,
        super::Found::Maybe(_) => unreachable!("no such keys"),
    };
    let mut t = d.lock();
    match place {
        Some(i) => drop(t.replace_value(i, value)),
        None => drop(t.insert_new(key.clone(), hash, value)),
    }
}

fn get(d: &Dict, key: &Obj, hash: i64) -> Option<i64> {
    let t = d.lock();
    match t.find(key, hash) {
        super::Found::At(i) => t.value(i).and_then(|v| v.value().as_int()),
        _ => None,
    }
}

fn remove(d: &Dict, key: &Obj, hash: i64) -> bool {
    let found = d.lock().find(key, hash);
    let super::Found::At(i) = found else { return false };
    let removed = d.lock().remove(i);
    removed.is_some()
}

#[test]
fn strings_agree_with_a_map() {
    let d = new();
    let mut expected: BTreeMap<u64, i64> = BTreeMap::new();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for step in 0..200_000i64 {
        let n = numbers.next() % 5_000;
        let key = key_text(n);
        match numbers.next() % 3 {
            0 => assert_eq!(d.remove_str(&key).is_some(), expected.remove(&n).is_some()),
            _ => {
                d.insert_str(&key, int(step));
                expected.insert(n, step);
            }
        }
        assert_eq!(d.len(), expected.len());
    }
    for n in 0..5_000 {
        let found = d.get_str(&key_text(n)).and_then(|v| v.value().as_int());
        assert_eq!(found, expected.get(&n).copied());
    }
    let copy = d.copy();
    assert_eq!(copy.len(), expected.len());
    assert!(expected.keys().all(|&n| copy.contains_str(&key_text(n))));
}

#[test]
fn order_is_that_of_insertion() {
    let d = new();
    for i in 0..1000 {
        set(&d, &int(i * 7), hash_i64(i * 7), int(i));
    }
    for i in (0..1000).step_by(3) {
        assert!(remove(&d, &int(i * 7), hash_i64(i * 7)));
    }
    for i in 20_000..20_100 {
        set(&d, &int(i), hash_i64(i), int(i));
    }
    let values: Vec<i64> = d.values_vec().iter().filter_map(|v| v.value().as_int()).collect();
    let expected: Vec<i64> = (0..1000).filter(|i| i % 3 != 0).chain(20_000..20_100).collect();
    assert!(values == expected);
    assert_eq!(d.pop_last().and_then(|(k, _)| k.value().as_int()), Some(20_099));
}

#[test]
fn mixed_keys_make_the_table_general() {
    let d = new();
    let objects: Vec<Obj> = (0..300).map(|i| tuple::from_vec(vec![int(i)]).into_obj()).collect();
    for i in 0..300 {
        set(&d, &int(i), hash_i64(i), int(i));
        d.insert_str(&key_text(i as u64), int(1000 + i));
    }
    for (i, o) in objects.iter().enumerate() {
        set(&d, o, hash_identity(o), int(2000 + i as i64));
    }
    for i in 0..300 {
        assert_eq!(get(&d, &int(i), hash_i64(i)), Some(i));
        assert_eq!(d.get_str(&key_text(i as u64)).and_then(|v| v.value().as_int()), Some(1000 + i));
        let o = &objects[i as usize];
        assert_eq!(get(&d, o, hash_identity(o)), Some(2000 + i));
    }
    assert_eq!(d.len(), 900);
    assert!(remove(&d, &objects[5], hash_identity(&objects[5])));
    assert_eq!(get(&d, &objects[5], hash_identity(&objects[5])), None);
}

#[test]
fn versions_follow_the_keys_only() {
    let d = new();
    let (a, b) = (str::intern("a"), str::intern("b"));
    d.insert_str(&a, int(1));
    let version = d.keys_version();
    assert_ne!(version, 0);
    d.insert_str(&a, int(2));
    assert_eq!(d.keys_version_tag(), version);
    let index = d.lookup_index_str(&a).expect("there");
    // SAFETY: the keys have not changed since the lookup.
    assert_eq!(unsafe { (*d.entry_value_ptr(index)).as_int() }, Some(2));
    d.insert_str(&b, int(3));
    assert_eq!(d.keys_version_tag(), 0);
    assert_ne!(d.keys_version(), version);
    d.clear_all();
    assert_eq!(d.keys_version_tag(), 0);
    assert!(d.is_empty());
}

#[test]
fn references_are_dropped_once() {
    let witness = str::new("witness");
    let d = new();
    for i in 0..50 {
        d.insert_str(&key_text(i), witness.clone().into_obj());
    }
    assert_eq!(witness.header().refcnt(), 51);
    let copy = d.copy();
    assert_eq!(witness.header().refcnt(), 101);
    for i in 0..25 {
        d.remove_str(&key_text(i));
    }
    assert_eq!(witness.header().refcnt(), 76);
    for i in 0..25 {
        d.insert_str(&key_text(i), int(0));
    }
    drop(copy);
    assert_eq!(witness.header().refcnt(), 26);
    d.clear_all();
    assert_eq!(witness.header().refcnt(), 1);
}

#[test]
fn sizes_are_those_of_cpython() {
    let d = new();
    assert_eq!(d.size_of(<Dict as crate::PyClass>::TYPE), 48);
    let mut sizes = Vec::new();
    for i in 0..43 {
        d.insert_str(&key_text(i), int(0));
        sizes.push(d.size_of(<Dict as crate::PyClass>::TYPE) + 16);
    }
    // sys.getsizeof of dicts with 1, 5, 6, 10, 11, 21, 22 and 43 strings.
    let expected = [(1, 184), (5, 184), (6, 272), (10, 272), (11, 464), (21, 464), (22, 832), (43, 1584)];
    for (n, size) in expected {
        assert_eq!(sizes[n - 1], size, "{n} keys");
    }
}
