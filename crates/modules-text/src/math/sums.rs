//! Accurate sums: `fsum`, `sumprod`, `hypot`, `dist`, and `prod`.

use super::Math;
use runtime::protocols::iterate::Source;
use runtime::protocols::{number, sequence};
use runtime::types::{float, int};
use runtime::{Obj, ObjExt, PyResult, Thread};

/// An exact sum of finite floats as non-overlapping parts, smallest first (Shewchuk).
#[derive(Default)]
struct Exact {
    parts: Vec<f64>,
}

impl Exact {
    /// Adds a float; infinite when the sum leaves the range.
    fn add(&mut self, mut x: f64) -> f64 {
        if let [only] = &mut self.parts[..] {
            let (high, low) = exact_sum(x, *only);
            if low == 0.0 && high != 0.0 {
                *only = high;
                return high;
            }
        }
        let mut kept = 0;
        for j in 0..self.parts.len() {
            let mut y = self.parts[j];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                self.parts[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.parts.truncate(kept);
        if x.is_finite() && x != 0.0 {
            self.parts.push(x);
        }
        x
    }

    /// The sum, correctly rounded.
    fn value(&self) -> f64 {
        let mut parts = self.parts.iter().rev().copied();
        let Some(mut high) = parts.next() else { return 0.0 };
        while let Some(y) = parts.next() {
            let x = high;
            high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                // Half way between two floats: the next part decides.
                if let Some(next) = parts.next()
                    && (low < 0.0) == (next < 0.0)
                {
                    let twice = low * 2.0;
                    let moved = high + twice;
                    if twice == moved - high {
                        high = moved;
                    }
                }
                break;
            }
        }
        high
    }
}

/// The Euclidean length of a vector, nearly always correctly rounded.
#[inline(always)]
fn length(v: &[f64]) -> f64 {
    if let &[x, y] = v {
        let (x, y) = (x.abs(), y.abs());
        let (least, most) = if x > y { (y, x) } else { (x, y) };
        // Neither is NaN.
        if least >= 0.0 && PLAIN.contains(&most) {
            return root_of_squares([x, y]);
        }
    }
    longer_length(v)
}

/// Numbers whose squares, with all rounding errors that count, are in the range of floats.
const PLAIN: std::ops::Range<f64> = 1e-120..1e120;

#[inline(never)]
fn longer_length(v: &[f64]) -> f64 {
    let max = v.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    if max.is_infinite() {
        return f64::INFINITY;
    }
    // `max` passes over a NaN.
    if v.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    if max == 0.0 || v.len() <= 1 {
        return max;
    }
    if PLAIN.contains(&max) {
        return root_of_squares(v.iter().copied());
    }
    // Scaled by a power of two.
    let (_, e) = libm::frexp(max);
    libm::scalbn(root_of_squares(v.iter().map(|x| libm::scalbn(*x, -e))), e)
}

/// The root of a sum of squares, which is kept in two floats: its value and what rounding took from it.
#[inline(always)]
fn root_of_squares(v: impl IntoIterator<Item = f64>) -> f64 {
    let mut v = v.into_iter();
    let first = v.next().unwrap_or(0.0);
    let mut sum = first * first;
    let mut rest = first.mul_add(first, -sum);
    for x in v {
        let square = x * x;
        let (next, error) = exact_sum(sum, square);
        sum = next;
        rest += error + x.mul_add(x, -square);
    }
    let root = (sum + rest).sqrt();
    let square = root * root;
    let missing = (sum - square) + (rest - root.mul_add(root, -square));
    root + missing / (2.0 * root)
}

/// A float or an int that is one exactly; `None` for anything else.
fn plain_float(th: &Thread, o: &Obj) -> Option<f64> {
    if o.value().is_float() || std::ptr::eq(o.ty(), float::FLOAT_TYPE) {
        return float::value_of(o);
    }
    if std::ptr::eq(o.ty(), int::INT_TYPE) || o.is_true() || o.is_false() {
        return match int::to_f64(th, o) {
            Ok(f) => Some(f),
            Err(_) => {
                drop(th.take_exception());
                None
            }
        };
    }
    None
}

/// A sum of products with three times the precision of a float.
#[derive(Clone, Copy, Default)]
struct Triple {
    high: f64,
    low: f64,
    tiny: f64,
}

/// A sum and its rounding error.
fn exact_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    let z = x - a;
    (x, (a - (x - z)) + (b - z))
}

impl Triple {
    fn multiply_add(self, (x, y): (f64, f64)) -> Triple {
        let product = x * y;
        let product_error = x.mul_add(y, -product);
        let (high, high_error) = exact_sum(self.high, product);
        let (r1, r1_error) = exact_sum(self.low, product_error);
        let (low, r2_error) = exact_sum(r1, high_error);
        Triple { high, low, tiny: self.tiny + r1_error + r2_error }
    }

    fn value(self) -> f64 {
        let (sum, error) = exact_sum(self.low, self.high);
        self.tiny + error + sum
    }
}

/// The value of an exact int that is a machine word.
fn plain_int(o: &Obj) -> Option<i64> {
    if std::ptr::eq(o.ty(), int::INT_TYPE) { int::to_i64(o) } else { None }
}

/// The values of two exact floats, or of one and an int or bool that fits.
fn float_pair(th: &Thread, x: &Obj, y: &Obj) -> Option<(f64, f64)> {
    if let (Some(x), Some(y)) = (x.value().as_float(), y.value().as_float()) {
        return Some((x, y));
    }
    let is_float = |o: &Obj| std::ptr::eq(o.ty(), float::FLOAT_TYPE);
    if is_float(x) || is_float(y) { Some((plain_float(th, x)?, plain_float(th, y)?)) } else { None }
}

#[macros::pymethods(SUMS)]
impl Math {
    /// Return an accurate floating-point sum of values in the iterable seq.
    ///
    /// Assumes IEEE-754 floating-point arithmetic.
    #[pyfunction(sig = "($module, seq, /)")]
    fn fsum(th: &Thread, seq: &Obj) -> PyResult<f64> {
        let mut sum = Exact::default();
        let (mut special, mut infinities) = (0.0, 0.0);
        let mut items = Source::of(th, seq)?;
        while let Some(o) = items.next(th)? {
            let x = number::as_f64(th, &o)?;
            if !x.is_finite() {
                if x.is_infinite() {
                    infinities += x;
                }
                special += x;
                // What was finite does not count any more.
                sum = Exact::default();
            } else if !sum.add(x).is_finite() {
                return Err(th.overflow_error("intermediate overflow in fsum"));
            }
        }
        if special != 0.0 {
            if infinities.is_nan() {
                return Err(th.value_error("-inf + inf in fsum"));
            }
            return Ok(special);
        }
        Ok(sum.value())
    }

    /// Return the sum of products of values from two iterables p and q.
    ///
    /// Roughly equivalent to:
    ///
    ///     sum(map(operator.mul, p, q, strict=True))
    ///
    /// For float and mixed int/float inputs, the intermediate products
    /// and sums are computed with extended precision.
    #[pyfunction(sig = "($module, p, q, /)")]
    fn sumprod(th: &Thread, p: &Obj, q: &Obj) -> PyResult<Obj> {
        let (mut p, mut q) = (Source::of(th, p)?, Source::of(th, q)?);
        let mut total = Obj::small_int(0);
        // Sums of plain ints and of plain floats, each until a pair comes that it cannot take.
        let mut ints = Some(0i64);
        let mut floats = Some(Triple::default());
        let mut floats_used = false;
        loop {
            let pair = match (p.next(th)?, q.next(th)?) {
                (Some(x), Some(y)) => Some((x, y)),
                (None, None) => None,
                _ => return Err(th.value_error("Inputs are not the same length")),
            };
            if let Some(sum) = ints {
                let next = pair.as_ref().and_then(|(x, y)| sum.checked_add(plain_int(x)?.checked_mul(plain_int(y)?)?));
                ints = next;
                if next.is_some() {
                    continue;
                }
                total = int::from_i64(sum);
            }
            if let Some(sum) = floats {
                let next = pair.as_ref().and_then(|(x, y)| Some(sum.multiply_add(float_pair(th, x, y)?)));
                floats = next.filter(|sum| sum.high.is_finite());
                if floats.is_some() {
                    floats_used = true;
                    continue;
                }
                if floats_used {
                    total = number::add(th, &total, &float::new(sum.value()))?;
                }
            }
            let Some((x, y)) = pair else { return Ok(total) };
            total = number::add(th, &total, &number::mul(th, &x, &y)?)?;
        }
    }

    /// Return the Euclidean distance between two points p and q.
    ///
    /// The points should be specified as sequences (or iterables) of
    /// coordinates.  Both inputs must have the same dimension.
    ///
    /// Roughly equivalent to:
    ///     sqrt(sum((px - qx) ** 2.0 for px, qx in zip(p, q)))
    #[pyfunction(sig = "($module, p, q, /)")]
    fn dist(th: &Thread, p: &Obj, q: &Obj) -> PyResult<f64> {
        let (p, q) = (sequence::to_vec(th, p)?, sequence::to_vec(th, q)?);
        if p.len() != q.len() {
            return Err(th.value_error("both points must have the same number of dimensions"));
        }
        let mut diffs = Vec::with_capacity(p.len());
        for (a, b) in p.iter().zip(&q) {
            diffs.push(number::as_f64(th, a)? - number::as_f64(th, b)?);
        }
        Ok(length(&diffs))
    }

    /// Multidimensional Euclidean distance from the origin to a point.
    ///
    /// Roughly equivalent to:
    ///     sqrt(sum(x**2 for x in coordinates))
    ///
    /// For a two dimensional point (x, y), gives the hypotenuse
    /// using the Pythagorean theorem:  sqrt(x*x + y*y).
    ///
    /// For example, the hypotenuse of a 3/4/5 right triangle is:
    ///
    ///     >>> hypot(3.0, 4.0)
    ///     5.0
    #[pyfunction(sig = "($module, /, *coordinates)")]
    fn hypot(th: &Thread, coordinates: &[Obj]) -> PyResult<f64> {
        if let [x, y] = coordinates {
            return Ok(length(&[number::as_f64(th, x)?, number::as_f64(th, y)?]));
        }
        let mut few = [0.0; 4];
        if let Some(v) = few.get_mut(..coordinates.len()) {
            for (to, x) in v.iter_mut().zip(coordinates) {
                *to = number::as_f64(th, x)?;
            }
            return Ok(length(v));
        }
        let v: Vec<f64> = coordinates.iter().map(|x| number::as_f64(th, x)).collect::<PyResult<_>>()?;
        Ok(length(&v))
    }

    /// Calculate the product of all the elements in the input iterable.
    ///
    /// The default start value for the product is 1.
    ///
    /// When the iterable is empty, return the start value.  This function is
    /// intended specifically for use with numeric values and may reject
    /// non-numeric types.
    #[pyfunction(sig = "($module, iterable, /, *, start=1)")]
    fn prod(th: &Thread, iterable: &Obj, start: Option<&Obj>) -> PyResult<Obj> {
        let mut result = start.cloned().unwrap_or_else(|| Obj::small_int(1));
        let mut items = Source::of(th, iterable)?;
        loop {
            // Products of words and of floats, each until an item comes that it cannot take.
            let item = if let Some(mut product) = result.value().as_int() {
                loop {
                    let Some(item) = items.next(th)? else { return Ok(int::from_i64(product)) };
                    match item.value().as_int().and_then(|i| product.checked_mul(i)) {
                        Some(next) => product = next,
                        None => {
                            result = int::from_i64(product);
                            break item;
                        }
                    }
                }
            } else if let Some(mut product) = result.value().as_float() {
                loop {
                    let Some(item) = items.next(th)? else { return Ok(float::new(product)) };
                    match item.value().as_float() {
                        Some(x) => product *= x,
                        None => {
                            result = float::new(product);
                            break item;
                        }
                    }
                }
            } else {
                let Some(item) = items.next(th)? else { return Ok(result) };
                item
            };
            result = number::mul(th, &result, &item)?;
        }
    }
}
