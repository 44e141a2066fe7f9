//! Functions of integers.

use super::Math;
use dashu_int::IBig;
use dashu_int::ops::{Gcd, SquareRoot};
use runtime::protocols::number;
use runtime::types::int;
use runtime::{Obj, PyResult, Thread};

/// `operator.index(o)` as a big integer.
fn big(th: &Thread, o: &Obj) -> PyResult<IBig> {
    let i = number::index(th, o)?;
    Ok(int::as_big(&i).map_or(IBig::ZERO, |b| b.into_owned()))
}

fn magnitude(x: IBig) -> IBig {
    if x < IBig::ZERO { -x } else { x }
}

/// An integer that is not negative and fits a word.
fn word(i: &Obj) -> Option<u64> {
    i.value().as_int().and_then(|i| u64::try_from(i).ok())
}

/// The product of `count` integers from `first` on, `step` apart: by halves, down to what fits a word. The last one fits a word.
fn progression(first: u64, count: u64, step: u64) -> IBig {
    let last = first + count.saturating_sub(1) * step;
    let bits = u64::BITS - last.leading_zeros();
    if u128::from(count) * u128::from(bits) <= u128::from(u64::BITS) {
        return IBig::from((0..count).fold(1u64, |product, i| product * (first + i * step)));
    }
    let half = count / 2;
    progression(first, half, step) * progression(first + half * step, count - half, step)
}

/// `n * (n-1) * ...`, `k` factors.
fn falling(n: &IBig, k: u64) -> IBig {
    match u64::try_from(n.clone()) {
        Ok(n) if k <= n => progression(n - k + 1, k, 1),
        _ => falling_big(n, 0, k),
    }
}

fn falling_big(n: &IBig, from: u64, to: u64) -> IBig {
    if to - from <= 4 {
        return (from..to).fold(IBig::ONE, |p, i| p * (n - IBig::from(i)));
    }
    let middle = from + (to - from) / 2;
    falling_big(n, from, middle) * falling_big(n, middle, to)
}

/// `n! / (k! * (n - k)!)`, if it and what is on the way fit words; `k <= n - k`.
fn choose_in_words(n: u64, k: u64) -> Option<u64> {
    (1..=k).try_fold(1u64, |chosen, i| u64::try_from(u128::from(chosen) * u128::from(n - k + i) / u128::from(i)).ok())
}

/// The largest `n` whose `n!` fits a word.
const WORD_FACTORIAL: u64 = 20;

/// The odd part of `n!`, by Luschny's splitting: the product of the odd parts of all `n >> i`, each of which has the factors of the next one and some more. What is left of `n!` is a
/// power of two.
fn odd_factorial(n: u64) -> IBig {
    let (mut product, mut part, mut next) = (IBig::ONE, IBig::ONE, 3);
    for i in (0..n.ilog2()).rev() {
        let first = next;
        next = ((n >> i) + 1) | 1;
        if next > first {
            part *= progression(first, (next - first) / 2, 2);
            product *= &part;
        }
    }
    product
}

fn factorial(th: &Thread, n: &Obj) -> PyResult<Obj> {
    let n = number::index(th, n)?;
    let n = match word(&n) {
        Some(n) if n <= WORD_FACTORIAL => return Ok(int::from_u64((1..=n).product())),
        Some(n) => n,
        None => {
            let n = big(th, &n)?;
            if n < IBig::ZERO {
                return Err(th.value_error("factorial() not defined for negative values"));
            }
            match i64::try_from(n) {
                Ok(n) => n as u64,
                Err(_) => return Err(th.overflow_error(format!("factorial() argument should not exceed {}", i64::MAX))),
            }
        }
    };
    Ok(int::from_big(odd_factorial(n) << (n - u64::from(n.count_ones())) as usize))
}

/// `n` and `k` of [`Math::comb`] and [`Math::perm`], if they fit words and `k <= n`.
fn words(n: &Obj, k: &Obj) -> Option<(u64, u64)> {
    word(n).zip(word(k)).filter(|(n, k)| k <= n)
}

fn operands(th: &Thread, n: &Obj, k: &Obj) -> PyResult<(IBig, IBig)> {
    let (n, k) = (big(th, n)?, big(th, k)?);
    if n < IBig::ZERO {
        return Err(th.value_error("n must be a non-negative integer"));
    }
    if k < IBig::ZERO {
        return Err(th.value_error("k must be a non-negative integer"));
    }
    Ok((n, k))
}

/// Euclid's algorithm.
fn gcd_words(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

fn gcd_of(a: IBig, b: &IBig) -> IBig {
    if a == IBig::ZERO {
        return magnitude(b.clone());
    }
    if *b == IBig::ZERO {
        return magnitude(a);
    }
    IBig::from(a.gcd(b))
}

#[macros::pymethods(INTEGERS)]
impl Math {
    /// Find n!.
    #[pyfunction(sig = "($module, n, /)")]
    fn factorial(th: &Thread, n: &Obj) -> PyResult<Obj> {
        factorial(th, n)
    }

    /// Return the integer part of the square root of the input.
    #[pyfunction(sig = "($module, n, /)")]
    fn isqrt(th: &Thread, n: &Obj) -> PyResult<Obj> {
        let n = number::index(th, n)?;
        if let Some(n) = word(&n) {
            return Ok(int::from_u64(n.isqrt()));
        }
        let n = big(th, &n)?;
        if n < IBig::ZERO {
            return Err(th.value_error("isqrt() argument must be nonnegative"));
        }
        let (_, magnitude) = n.into_parts();
        Ok(int::from_big(IBig::from(magnitude.sqrt())))
    }

    /// Number of ways to choose k items from n items without repetition and without order.
    ///
    /// Evaluates to n! / (k! * (n - k)!) when k <= n and evaluates
    /// to zero when k > n.
    ///
    /// Also called the binomial coefficient because it is equivalent
    /// to the coefficient of k-th term in polynomial expansion of the
    /// expression (1 + x)**n.
    ///
    /// Raises TypeError if either of the arguments are not integers.
    /// Raises ValueError if either of the arguments are negative.
    #[pyfunction(sig = "($module, n, k, /)")]
    fn comb(th: &Thread, n: &Obj, k: &Obj) -> PyResult<Obj> {
        if let Some(chosen) = words(n, k).and_then(|(n, k)| choose_in_words(n, k.min(n - k))) {
            return Ok(int::from_u64(chosen));
        }
        let (n, k) = operands(th, n, k)?;
        if k > n {
            return Ok(Obj::small_int(0));
        }
        let k = k.clone().min(&n - &k);
        let Ok(k) = i64::try_from(k) else {
            return Err(th.overflow_error(format!("min(n - k, k) must not exceed {}", i64::MAX)));
        };
        Ok(int::from_big(falling(&n, k as u64) / progression(1, k as u64, 1)))
    }

    /// Number of ways to choose k items from n items without repetition and with order.
    ///
    /// Evaluates to n! / (n - k)! when k <= n and evaluates
    /// to zero when k > n.
    ///
    /// If k is not specified or is None, then k defaults to n
    /// and the function returns n!.
    ///
    /// Raises TypeError if either of the arguments are not integers.
    /// Raises ValueError if either of the arguments are negative.
    #[pyfunction(sig = "($module, n, k=None, /)")]
    fn perm(th: &Thread, n: &Obj, k: Option<&Obj>) -> PyResult<Obj> {
        use runtime::ObjExt;
        let Some(k) = k.filter(|k| !k.is_none()) else { return factorial(th, n) };
        if let Some(product) = words(n, k).and_then(|(n, k)| (n - k + 1..=n).try_fold(1u64, u64::checked_mul)) {
            return Ok(int::from_u64(product));
        }
        let (n, k) = operands(th, n, k)?;
        if k > n {
            return Ok(Obj::small_int(0));
        }
        let Ok(k) = i64::try_from(k) else {
            return Err(th.overflow_error(format!("k must not exceed {}", i64::MAX)));
        };
        Ok(int::from_big(falling(&n, k as u64)))
    }

    /// Greatest Common Divisor.
    #[pyfunction(sig = "($module, /, *integers)")]
    fn gcd(th: &Thread, integers: &[Obj]) -> PyResult<Obj> {
        // As long as all fit machine words.
        let mut small = 0u64;
        let words =
            integers.iter().take_while(|o| o.value().as_int().map(|i| small = gcd_words(small, i.unsigned_abs())).is_some());
        let n = words.count();
        if n == integers.len() {
            return Ok(int::from_u64(small));
        }
        let mut r = IBig::from(small);
        for o in &integers[n..] {
            let o = big(th, o)?;
            if r != IBig::ONE {
                r = gcd_of(r, &o);
            }
        }
        Ok(int::from_big(r))
    }

    /// Least Common Multiple.
    #[pyfunction(sig = "($module, /, *integers)")]
    fn lcm(th: &Thread, integers: &[Obj]) -> PyResult<Obj> {
        // As long as all fit machine words.
        let mut small = 1u64;
        let next = |r: u64, i: u64| if i == 0 { Some(0) } else { (r / gcd_words(r, i)).checked_mul(i) };
        let words = integers.iter().take_while(|o| {
            let joined = o.value().as_int().and_then(|i| next(small, i.unsigned_abs()));
            small = joined.unwrap_or(small);
            joined.is_some()
        });
        let n = words.count();
        if n == integers.len() {
            return Ok(int::from_u64(small));
        }
        let mut r = IBig::from(small);
        for o in &integers[n..] {
            let o = big(th, o)?;
            if r != IBig::ZERO {
                r = if o == IBig::ZERO { IBig::ZERO } else { magnitude(&r / gcd_of(r.clone(), &o) * o) };
            }
        }
        Ok(int::from_big(r))
    }
}
