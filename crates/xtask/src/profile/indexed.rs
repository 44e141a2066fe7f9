//! Writes counts in the form that the compiler reads (LLVM's indexed profile, version 4): a header, a summary by which hot and cold are told apart, and a
//! chained hash table from names to counts.

use super::raw::{Function, INTERMEDIATE_CODE};

/// "lprofi" between 0xff and 0x81.
const MAGIC: [u8; 8] = *b"\xfflprofi\x81";
const VERSION: u64 = 4;
const MD5_HASHES: u64 = 0;

/// Shares of all counts, in millionths, for which the summary says how many of the greatest counts make them up.
const CUTOFFS: [u64; 16] = [
    10_000, 100_000, 200_000, 300_000, 400_000, 500_000, 600_000, 700_000, 800_000, 900_000, 950_000, 990_000, 999_000, 999_900,
    999_990, 999_999,
];

/// A file of bytes in little-endian words.
#[derive(Default)]
struct Words(Vec<u8>);

impl Words {
    fn push(&mut self, word: u64) {
        self.0.extend(word.to_le_bytes());
    }

    fn here(&self) -> u64 {
        self.0.len() as u64
    }
}

/// The file for these functions.
pub(super) fn write(functions: &[Function]) -> Vec<u8> {
    let mut file = Words(MAGIC.to_vec());
    file.push(VERSION | INTERMEDIATE_CODE);
    file.push(0);
    file.push(MD5_HASHES);
    let place_of_table = file.0.len();
    file.push(0);
    write_summary(functions, &mut file);
    let table = write_table(functions, &mut file);
    file.0[place_of_table..place_of_table + 8].copy_from_slice(&table.to_le_bytes());
    file.0
}

fn write_summary(functions: &[Function], file: &mut Words) {
    let mut counts: Vec<u64> = functions.iter().flat_map(|function| function.counts.iter().copied()).collect();
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let total = counts.iter().fold(0u64, |sum, &count| sum.saturating_add(count));
    let greatest = |some: &dyn Fn(&Function) -> u64| functions.iter().map(some).max().unwrap_or(0);
    let fields = [
        functions.len() as u64,
        counts.len() as u64,
        greatest(&|f| f.counts.first().copied().unwrap_or(0)),
        counts.first().copied().unwrap_or(0),
        greatest(&|f| f.counts.iter().skip(1).copied().max().unwrap_or(0)),
        total,
    ];
    file.push(fields.len() as u64);
    file.push(CUTOFFS.len() as u64);
    fields.into_iter().for_each(|field| file.push(field));
    let (mut reached, mut number) = (0u64, 0);
    for cutoff in CUTOFFS {
        let wanted = (u128::from(total) * u128::from(cutoff) / 1_000_000) as u64;
        while reached < wanted && number < counts.len() {
            reached = reached.saturating_add(counts[number]);
            number += 1;
        }
        let least = if number == 0 { 0 } else { counts[number - 1] };
        [cutoff, least, number as u64].into_iter().for_each(|entry| file.push(entry));
    }
}

/// Writes the entries, bucket by bucket, then the table of buckets; where that is.
fn write_table(functions: &[Function], file: &mut Words) -> u64 {
    let mut sorted: Vec<&Function> = functions.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    // Functions of one name and different graphs share an entry.
    let entries: Vec<&[&Function]> = sorted.chunk_by(|a, b| a.name == b.name).collect();
    let number = if entries.len() <= 2 { 1 } else { (entries.len() * 4 / 3 + 1).next_power_of_two() };
    let mut buckets: Vec<Vec<&[&Function]>> = vec![Vec::new(); number];
    for entry in &entries {
        buckets[entry[0].name_hash as usize & (number - 1)].push(entry);
    }
    let mut places = Vec::with_capacity(number);
    for bucket in &buckets {
        places.push(if bucket.is_empty() { 0 } else { file.here() });
        if !bucket.is_empty() {
            file.0.extend((bucket.len() as u16).to_le_bytes());
        }
        for entry in bucket {
            let name = &entry[0].name;
            // Per graph: its hash, the counts and their number, and the header of an empty list of values (its size, no kinds).
            let size: usize = entry.iter().map(|function| (3 + function.counts.len()) * 8).sum();
            [entry[0].name_hash, name.len() as u64, size as u64].into_iter().for_each(|field| file.push(field));
            file.0.extend(name);
            for function in *entry {
                file.push(function.graph_hash);
                file.push(function.counts.len() as u64);
                function.counts.iter().for_each(|&count| file.push(count));
                file.push(8);
            }
        }
    }
    file.0.resize(file.0.len().next_multiple_of(8), 0);
    let table = file.here();
    file.push(number as u64);
    file.push(entries.len() as u64);
    places.into_iter().for_each(|place| file.push(place));
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::raw::name_hash;

    fn function(name: &str, graph_hash: u64, counts: &[u64]) -> Function {
        Function { name: name.into(), name_hash: name_hash(name.as_bytes()), graph_hash, counts: counts.into() }
    }

    fn word(bytes: &[u8], at: usize) -> u64 {
        u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
    }

    #[test]
    fn every_name_is_found_through_the_table() {
        let functions =
            [function("one", 7, &[3, 4]), function("two", 8, &[5]), function("three", 9, &[]), function("one", 6, &[1])];
        let file = write(&functions);
        let table = word(&file, 32) as usize;
        assert_eq!((word(&file, table), word(&file, table + 8)), (8, 3));
        for name in ["one", "two", "three"] {
            let place = word(&file, table + 16 + (name_hash(name.as_bytes()) as usize & 7) * 8) as usize;
            assert!(file[place..table].windows(name.len()).any(|part| part == name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn summary_counts_the_greatest_first() {
        let mut file = Words::default();
        write_summary(&[function("a", 1, &[90, 0]), function("b", 1, &[9, 1])], &mut file);
        let fields: Vec<u64> = (0..8).map(|i| word(&file.0, i * 8)).collect();
        assert_eq!(fields, [6, 16, 2, 4, 90, 90, 1, 100]);
        // A tenth, and all but one in a hundred, of the counts.
        let entry = |i: usize| (0..3).map(|k| word(&file.0, (8 + i * 3 + k) * 8)).collect::<Vec<_>>();
        assert_eq!(entry(1), [100_000, 90, 1]);
        assert_eq!(entry(11), [990_000, 9, 2]);
    }
}
