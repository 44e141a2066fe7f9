//! "Did you mean": the closest of some names by weighted edit distance (`traceback._compute_suggestion_error`).

const MOVE_COST: usize = 2;
const CASE_COST: usize = 1;
const MAX_CANDIDATES: usize = 750;
const MAX_LENGTH: usize = 40;

fn substitution_cost(a: char, b: char) -> usize {
    if a == b {
        0
    } else if a.to_lowercase().eq(b.to_lowercase()) {
        CASE_COST
    } else {
        MOVE_COST
    }
}

/// The distance, or something above `max`.
fn distance(a: &[char], b: &[char], max: usize) -> usize {
    let mut row: Vec<usize> = (1..=b.len()).map(|i| i * MOVE_COST).collect();
    let mut result = 0;
    for (i, &ca) in a.iter().enumerate() {
        let mut diagonal = i * MOVE_COST;
        result = (i + 1) * MOVE_COST;
        let mut best = usize::MAX;
        for (j, &cb) in b.iter().enumerate() {
            let substitute = diagonal + substitution_cost(ca, cb);
            diagonal = row[j];
            result = substitute.min(result.min(row[j]) + MOVE_COST);
            row[j] = result;
            best = best.min(result);
        }
        if best > max {
            return max + 1;
        }
    }
    result
}

/// The name that `wrong` was probably meant to be.
pub fn closest(wrong: &str, candidates: &[String]) -> Option<String> {
    let target: Vec<char> = wrong.chars().collect();
    if candidates.len() > MAX_CANDIDATES || target.len() > MAX_LENGTH {
        return None;
    }
    let mut best: Option<(usize, &String)> = None;
    for c in candidates {
        if c == wrong {
            continue;
        }
        let chars: Vec<char> = c.chars().collect();
        let max = (target.len() + chars.len() + 3) * MOVE_COST / 6;
        let max = best.map_or(max, |(d, _)| max.min(d.saturating_sub(1)));
        if chars.is_empty() || chars.len() > MAX_LENGTH {
            continue;
        }
        let d = distance(&target, &chars, max);
        if d <= max && best.is_none_or(|(b, _)| d < b) {
            best = Some((d, c));
        }
    }
    best.map(|(_, c)| c.clone())
}
