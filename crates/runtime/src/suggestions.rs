//! `_suggestions`: which of several names somebody may have meant.

use crate::types::list::List;
use crate::types::str::Str;
use crate::{ModuleDef, Obj, ObjExt, Py, PyResult, Thread, none};

const MAX_CANDIDATES: usize = 750;
const MAX_LENGTH: usize = 40;
/// The cost of inserting, deleting or replacing a character.
const MOVE_COST: usize = 2;
/// The cost of replacing a letter by the same letter in the other case.
const CASE_COST: usize = 1;

/// The `_suggestions` module.
#[macros::pymodule(name = "_suggestions")]
pub struct Suggestions;

/// The definition for the module table.
pub const MODULE: ModuleDef = Suggestions::MODULE;

#[macros::pymethods]
impl Suggestions {
    /// Returns the candidate in candidates that's closest to item
    #[pyfunction(sig = "($module, candidates, item, /)")]
    fn _generate_suggestions(th: &Thread, candidates: &Obj, item: &Py<Str>) -> PyResult<Obj> {
        let Some(list) = candidates.downcast_exact::<List>() else {
            return Err(th.type_error("candidates must be a list"));
        };
        let candidates = list.to_vec();
        if candidates.iter().any(|c| c.downcast::<Str>().is_none()) {
            return Err(th.type_error("all elements in 'candidates' must be strings"));
        }
        let texts: Vec<Vec<u8>> = candidates.iter().filter_map(|c| Some(c.downcast::<Str>()?.to_wtf8())).collect();
        Ok(nearest(&texts, &item.to_wtf8()).map_or_else(none, |i| candidates[i].clone()))
    }
}

/// The candidate nearest to a name that is not there, if any is near enough.
pub fn closest(wrong: &str, candidates: &[String]) -> Option<String> {
    let texts: Vec<Vec<u8>> = candidates.iter().map(|c| c.as_bytes().to_vec()).collect();
    nearest(&texts, wrong.as_bytes()).map(|i| candidates[i].clone())
}

/// The index of the nearest candidate (`_Py_CalculateSuggestions`).
fn nearest(candidates: &[Vec<u8>], name: &[u8]) -> Option<usize> {
    if candidates.len() >= MAX_CANDIDATES {
        return None;
    }
    let mut best: Option<(usize, usize)> = None;
    for (i, candidate) in candidates.iter().enumerate() {
        if candidate == name {
            continue;
        }
        // No more than a third of the characters may differ.
        let mut limit = (name.len() + candidate.len() + 3) * MOVE_COST / 6;
        if let Some((distance, _)) = best {
            limit = limit.min(distance.saturating_sub(1));
        }
        let distance = edit_distance(name, candidate, limit);
        if distance <= limit && best.is_none_or(|(d, _)| distance < d) {
            best = Some((distance, i));
        }
    }
    best.map(|(_, i)| i)
}

fn substitution(a: u8, b: u8) -> usize {
    if a & 31 != b & 31 {
        return MOVE_COST;
    }
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE_COST
    } else {
        MOVE_COST
    }
}

/// The Levenshtein distance; something above `limit` when it is above that.
fn edit_distance(a: &[u8], b: &[u8], limit: usize) -> usize {
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    let (mut a, mut b) = (&a[..a.len() - suffix], &b[..b.len() - suffix]);
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE_COST;
    }
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return limit + 1;
    }
    if b.len() < a.len() {
        std::mem::swap(&mut a, &mut b);
    }
    if (b.len() - a.len()) * MOVE_COST > limit {
        return limit + 1;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|i| i * MOVE_COST).collect();
    let mut result = 0;
    for (i, &y) in b.iter().enumerate() {
        let mut diagonal = i * MOVE_COST;
        result = diagonal;
        let mut minimum = usize::MAX;
        for (cell, &x) in row.iter_mut().zip(a) {
            let substitute = diagonal + substitution(y, x);
            diagonal = *cell;
            let insert_delete = result.min(diagonal) + MOVE_COST;
            result = insert_delete.min(substitute);
            *cell = result;
            minimum = minimum.min(result);
        }
        if minimum > limit {
            return limit + 1;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closest_of(wrong: &str, names: &[&str]) -> Option<String> {
        closest(wrong, &names.iter().map(|n| (*n).to_string()).collect::<Vec<_>>())
    }

    #[test]
    fn nearest_name_wins() {
        assert_eq!(closest_of("abe", &["abc", "abd"]).as_deref(), Some("abc"));
        assert_eq!(closest_of("pritn", &["sprint", "print"]).as_deref(), Some("print"));
        assert_eq!(closest_of("zzzzzz", &["print"]), None);
    }

    #[test]
    fn case_counts_less_than_letters() {
        assert_eq!(edit_distance(b"abc", b"aBc", 10), CASE_COST);
        assert_eq!(edit_distance(b"abc", b"axc", 10), MOVE_COST);
        assert_eq!(edit_distance(b"abc", b"abcd", 10), MOVE_COST);
    }
}
