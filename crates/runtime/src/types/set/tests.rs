//! Tests of the table: after the same steps the order of iteration is CPython's (the checksums come from it).

use super::table::{Found, Table};
use crate::Obj;
use crate::hashing::hash_i64;

fn int(i: i64) -> Obj {
    Obj::from_int(i).expect("small")
}

fn add(t: &mut Table, n: i64) {
    let key = int(n);
    if let Found::Free(i) = t.find(&key, hash_i64(n)) {
        t.fill_slot(i, key, hash_i64(n));
    }
}

fn discard(t: &mut Table, n: i64) {
    if let Found::At(i) = t.find(&int(n), hash_i64(n)) {
        t.remove(i);
    }
}

/// A checksum of the keys in order.
fn checksum(t: &Table) -> (usize, u64) {
    let (mut pos, mut sum) = (0, 0u64);
    while let Some((key, _)) = t.next(&mut pos) {
        sum = sum.wrapping_mul(1_000_003).wrapping_add(key.value().int() as u64);
    }
    (t.used, sum)
}

fn random_steps(seed: u64, steps: usize, modulus: u64, kinds: u64) -> (usize, u64) {
    let mut x = seed;
    let mut t = Table::default();
    for _ in 0..steps {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        let n = (x % modulus) as i64 * 37;
        match (x >> 32) % kinds {
            0 => discard(&mut t, n),
            1 if t.used > 0 && kinds > 3 => drop(t.pop()),
            _ => add(&mut t, n),
        }
    }
    checksum(&t)
}

#[test]
fn order_after_random_steps() {
    assert_eq!(random_steps(88_172_645_463_325_252, 100, 50, 3), (30, 11_701_081_167_723_061_422));
    assert_eq!(random_steps(12_345, 5_000, 900, 3), (562, 6_732_249_061_023_152_538));
    assert_eq!(random_steps(987_654_321, 20_000, 3_000, 5), (1_486, 10_766_480_073_187_772_085));
    assert_eq!(random_steps(777, 200_000, 100_000, 4), (25_967, 4_211_995_554_397_022_491));
}

#[test]
fn order_after_a_merge() {
    let (mut a, mut b, mut union) = (Table::default(), Table::default(), Table::default());
    (0..1000).step_by(7).for_each(|n| add(&mut a, n));
    (500..900).for_each(|n| add(&mut b, n));
    union.reserve_for_merge(a.used);
    union.copy_from(&a);
    union.reserve_for_merge(b.used);
    let mut pos = 0;
    while let Some((key, _)) = b.next(&mut pos) {
        add(&mut union, key.value().int());
    }
    assert_eq!(checksum(&union), (486, 10_865_841_216_409_225_161));
}
