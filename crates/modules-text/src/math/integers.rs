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

/// The product of `from..=to`, by halves.
fn product(from: u64, to: u64) -> IBig {
    if from > to {
        return IBig::ONE;
    }
    if to - from < 8 {
        return (from..=to).fold(IBig::ONE, |p, i| p * IBig::from(i));
    }
    let middle = from + (to - from) / 2;
    product(from, middle) * product(middle + 1, to)
}

/// `n * (n-1) * ...`, `k` factors.
fn falling(n: &IBig, k: u64) -> IBig {
    match u64::try_from(n.clone()) {
        Ok(n) if k <= n => product(n - k + 1, n),
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

fn factorial(th: &Thread, n: &IBig) -> PyResult<Obj> {
    if *n < IBig::ZERO {
        return Err(th.value_error("factorial() not defined for negative values"));
    }
    match i64::try_from(n.clone()) {
        Ok(n) => Ok(int::from_big(product(1, n as u64))),
        Err(_) => Err(th.overflow_error(format!("factorial() argument should not exceed {}", i64::MAX))),
    }
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
        factorial(th, &big(th, n)?)
    }

    /// Return the integer part of the square root of the input.
    #[pyfunction(sig = "($module, n, /)")]
    fn isqrt(th: &Thread, n: &Obj) -> PyResult<Obj> {
        let n = big(th, n)?;
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
        let (n, k) = operands(th, n, k)?;
        if k > n {
            return Ok(Obj::small_int(0));
        }
        let k = k.clone().min(&n - &k);
        let Ok(k) = i64::try_from(k) else {
            return Err(th.overflow_error(format!("min(n - k, k) must not exceed {}", i64::MAX)));
        };
        Ok(int::from_big(falling(&n, k as u64) / product(1, k as u64)))
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
        let Some(k) = k.filter(|k| !k.is_none()) else { return factorial(th, &big(th, n)?) };
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
        let mut r = IBig::ONE;
        for o in integers {
            let o = big(th, o)?;
            if r != IBig::ZERO {
                r = if o == IBig::ZERO { IBig::ZERO } else { magnitude(&r / gcd_of(r.clone(), &o) * o) };
            }
        }
        Ok(int::from_big(r))
    }
}
