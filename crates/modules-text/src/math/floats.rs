//! Functions of real numbers.

use super::{Math, domain, range};
use runtime::protocols::{attribute, call, number};
use runtime::types::float::{self, Float};
use runtime::types::{int, str as pystr, tuple};
use runtime::{Args, Obj, ObjExt, PyResult, Thread};

/// A float as `repr` shows it, for error texts.
fn shown(th: &Thread, x: f64) -> String {
    runtime::protocols::repr(th, &float::new(x)).map(|s| s.to_string_lossy()).unwrap_or_default()
}

/// An immediate float of moderate size, and its whole part.
#[inline]
fn truncated(x: &Obj) -> Option<(f64, i64)> {
    let f = x.value().as_float()?;
    if f.abs() < 4.0e18 { Some((f, f as i64)) } else { None }
}

/// A function that fails by giving NaN for a number (`what` is expected then), or infinity for a finite one.
#[inline(always)]
fn checked(th: &Thread, x: f64, r: f64, what: &str) -> PyResult<f64> {
    if r.is_finite() { Ok(r) } else { failed(th, x, r, what) }
}

/// The end of [`checked`] for a result that is no number or infinite.
#[cold]
#[inline(never)]
fn failed(th: &Thread, x: f64, r: f64, what: &str) -> PyResult<f64> {
    if r.is_nan() && !x.is_nan() {
        return Err(th.value_error(format!("expected {what}, got {}", shown(th, x))));
    }
    if r.is_infinite() && x.is_finite() {
        return Err(range(th));
    }
    Ok(r)
}

/// `m * 2**e` of a positive integer that is too large for a float, with `m` in [0.5, 1).
fn big_parts(o: &Obj) -> (f64, f64) {
    let Some(big) = int::as_big(o) else { return (f64::NAN, 0.0) };
    let digits = format!("{:x}", &*big);
    let bits = digits.len() * 4 - (digits.as_bytes()[0] as char).to_digit(16).map_or(0, |d| d.leading_zeros() as usize - 28);
    let top = u64::from_str_radix(&digits[..digits.len().min(15)], 16).unwrap_or(0) as f64;
    let used = bits as i32 - (digits.len() as i32 - digits.len().min(15) as i32) * 4;
    (top / 2f64.powi(used), bits as f64)
}

fn logarithm(th: &Thread, o: &Obj, f: fn(f64) -> f64, two: f64) -> PyResult<f64> {
    if o.is_instance(int::INT_TYPE) {
        if int::is_negative(o) || int::to_i64(o) == Some(0) {
            return Err(th.value_error("expected a positive input"));
        }
        return match int::to_f64(th, o) {
            Ok(x) => Ok(f(x)),
            Err(raised) => {
                th.catch(raised, runtime::types::exceptions::OVERFLOW_ERROR)?;
                let (m, e) = big_parts(o);
                Ok(f(m) + two * e)
            }
        };
    }
    let x = number::as_f64(th, o)?;
    if x <= 0.0 {
        return Err(th.value_error(format!("expected a positive input, got {}", shown(th, x))));
    }
    Ok(f(x))
}

macro_rules! real_functions {
    ($($name:ident $doc:literal |$x:ident| $e:expr, $what:literal;)*) => {
        #[macros::pymethods(FLOATS)]
        impl Math {
            $(
                #[doc = $doc]
                #[pyfunction(sig = "($module, x, /)")]
                fn $name(th: &Thread, $x: f64) -> PyResult<f64> {
                    checked(th, $x, $e, $what)
                }
            )*

            /// Return the absolute value of the float x.
            #[pyfunction(sig = "($module, x, /)")]
            fn fabs(_th: &Thread, x: f64) -> f64 {
                x.abs()
            }

            /// Return the inverse hyperbolic tangent of x.
            #[pyfunction(sig = "($module, x, /)")]
            fn atanh(th: &Thread, x: f64) -> PyResult<f64> {
                if x.abs() >= 1.0 {
                    return Err(th.value_error(format!("expected a number between -1 and 1, got {}", shown(th, x))));
                }
                Ok(libm::atanh(x))
            }

            /// Return the natural logarithm of 1+x (base e).
            ///
            /// The result is computed in a way which is accurate for x near zero.
            #[pyfunction(sig = "($module, x, /)")]
            fn log1p(th: &Thread, x: f64) -> PyResult<f64> {
                if x <= -1.0 {
                    return Err(th.value_error(format!("expected argument value > -1, got {}", shown(th, x))));
                }
                Ok(x.ln_1p())
            }

            /// Gamma function at x.
            #[pyfunction(sig = "($module, x, /)")]
            fn gamma(th: &Thread, x: f64) -> PyResult<f64> {
                if x == f64::NEG_INFINITY || x <= 0.0 && x == x.floor() {
                    return Err(th.value_error(format!("expected a noninteger or positive integer, got {}", shown(th, x))));
                }
                let r = gamma(x);
                if r.is_infinite() && x.is_finite() { Err(range(th)) } else { Ok(r) }
            }

            /// Natural logarithm of absolute value of Gamma function at x.
            #[pyfunction(sig = "($module, x, /)")]
            fn lgamma(th: &Thread, x: f64) -> PyResult<f64> {
                if x.is_infinite() {
                    return Ok(f64::INFINITY);
                }
                if x <= 0.0 && x == x.floor() {
                    return Err(th.value_error(format!("expected a noninteger or positive integer, got {}", shown(th, x))));
                }
                let r = libm::lgamma(x);
                if r.is_infinite() { Err(range(th)) } else { Ok(r) }
            }

            /// log(x, [base=math.e])
            /// Return the logarithm of x to the given base.
            ///
            /// If the base is not specified, returns the natural logarithm (base e) of x.
            #[pyfunction]
            fn log(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
                args.no_keywords(th, "log")?;
                match args.pos() {
                    [] => Err(th.type_error("log expected at least 1 argument, got 0")),
                    [x] => logarithm(th, x, f64::ln, std::f64::consts::LN_2).map(float::new),
                    [x, base] => {
                        let x = logarithm(th, x, f64::ln, std::f64::consts::LN_2)?;
                        let base = logarithm(th, base, f64::ln, std::f64::consts::LN_2)?;
                        number::truediv(th, &float::new(x), &float::new(base))
                    }
                    more => Err(th.type_error(format!("log expected at most 2 arguments, got {}", more.len()))),
                }
            }

            /// Return the base 2 logarithm of x.
            #[pyfunction(sig = "($module, x, /)")]
            fn log2(th: &Thread, x: &Obj) -> PyResult<f64> {
                logarithm(th, x, f64::log2, 1.0)
            }

            /// Return the base 10 logarithm of x.
            #[pyfunction(sig = "($module, x, /)")]
            fn log10(th: &Thread, x: &Obj) -> PyResult<f64> {
                logarithm(th, x, f64::log10, std::f64::consts::LOG10_2)
            }

            /// Return the arc tangent (measured in radians) of y/x.
            ///
            /// Unlike atan(y/x), the signs of both x and y are considered.
            #[pyfunction(sig = "($module, y, x, /)")]
            fn atan2(_th: &Thread, y: f64, x: f64) -> f64 {
                y.atan2(x)
            }

            /// Return a float with the magnitude (absolute value) of x but the sign of y.
            ///
            /// On platforms that support signed zeros, copysign(1.0, -0.0)
            /// returns -1.0.
            #[pyfunction(sig = "($module, x, y, /)")]
            fn copysign(_th: &Thread, x: f64, y: f64) -> f64 {
                x.copysign(y)
            }

            /// Return x**y (x to the power of y).
            #[pyfunction(sig = "($module, x, y, /)")]
            fn pow(th: &Thread, x: f64, y: f64) -> PyResult<f64> {
                let r = x.powf(y);
                if r.is_finite() || !x.is_finite() || !y.is_finite() {
                    return Ok(r);
                }
                Err(if r.is_nan() || x == 0.0 { domain(th) } else { range(th) })
            }

            /// Return fmod(x, y), according to platform C.
            ///
            /// x % y may differ.
            #[pyfunction(sig = "($module, x, y, /)")]
            fn fmod(th: &Thread, x: f64, y: f64) -> PyResult<f64> {
                let r = x % y;
                if r.is_nan() && !x.is_nan() && !y.is_nan() { Err(domain(th)) } else { Ok(r) }
            }

            /// Difference between x and the closest integer multiple of y.
            ///
            /// Return x - n*y where n*y is the closest integer multiple of y.
            /// In the case where x is exactly halfway between two multiples of
            /// y, the nearest even value of n is used. The result is always exact.
            #[pyfunction(sig = "($module, x, y, /)")]
            fn remainder(th: &Thread, x: f64, y: f64) -> PyResult<f64> {
                if x.is_nan() || y.is_nan() {
                    return Ok(if x.is_nan() { x } else { y });
                }
                if x.is_infinite() || y == 0.0 {
                    return Err(domain(th));
                }
                Ok(libm::remquo(x, y).0)
            }

            /// Fused multiply-add operation.
            ///
            /// Compute (x * y) + z with a single round.
            #[pyfunction(sig = "($module, x, y, z, /)")]
            fn fma(th: &Thread, x: f64, y: f64, z: f64) -> PyResult<f64> {
                let r = x.mul_add(y, z);
                if r.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
                    return Err(th.value_error("invalid operation in fma"));
                }
                if r.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
                    return Err(th.overflow_error("overflow in fma"));
                }
                Ok(r)
            }

            /// Return x * (2**i).
            ///
            /// This is essentially the inverse of frexp().
            #[pyfunction(sig = "($module, x, i, /)")]
            fn ldexp(th: &Thread, x: f64, i: &Obj) -> PyResult<f64> {
                if !i.is_instance(int::INT_TYPE) {
                    return Err(th.type_error("Expected an int as second argument to ldexp."));
                }
                if x == 0.0 || !x.is_finite() {
                    return Ok(x);
                }
                let e = match int::to_i64(i) {
                    Some(e) => e.clamp(-10_000, 10_000) as i32,
                    None if int::is_negative(i) => -10_000,
                    None => 10_000,
                };
                let r = libm::scalbn(x, e);
                if r.is_infinite() { Err(range(th)) } else { Ok(r) }
            }

            /// Return the mantissa and exponent of x, as pair (m, e).
            ///
            /// m is a float and e is an int, such that x = m * 2.**e.
            /// If x is 0, m and e are both 0.  Else 0.5 <= abs(m) < 1.0.
            #[pyfunction(sig = "($module, x, /)")]
            fn frexp(_th: &Thread, x: f64) -> Obj {
                let (m, e) = if x == 0.0 || !x.is_finite() { (x, 0) } else { libm::frexp(x) };
                tuple::from_array([float::new(m), Obj::small_int(e)]).into_obj()
            }

            /// Return the fractional and integer parts of x.
            ///
            /// Both results carry the sign of x and are floats.
            #[pyfunction(sig = "($module, x, /)")]
            fn modf(_th: &Thread, x: f64) -> Obj {
                let fraction = if x.is_infinite() { 0.0 } else { x - x.trunc() };
                tuple::from_array([float::new(fraction.copysign(x)), float::new(x.trunc())]).into_obj()
            }

            /// Convert angle x from radians to degrees.
            #[pyfunction(sig = "($module, x, /)")]
            fn degrees(_th: &Thread, x: f64) -> f64 {
                x * (180.0 / std::f64::consts::PI)
            }

            /// Convert angle x from degrees to radians.
            #[pyfunction(sig = "($module, x, /)")]
            fn radians(_th: &Thread, x: f64) -> f64 {
                x * (std::f64::consts::PI / 180.0)
            }

            /// Return True if x is neither an infinity nor a NaN, and False otherwise.
            #[pyfunction(sig = "($module, x, /)")]
            fn isfinite(_th: &Thread, x: f64) -> bool {
                x.is_finite()
            }

            /// Return True if x is a positive or negative infinity, and False otherwise.
            #[pyfunction(sig = "($module, x, /)")]
            fn isinf(_th: &Thread, x: f64) -> bool {
                x.is_infinite()
            }

            /// Return True if x is a NaN (not a number), and False otherwise.
            #[pyfunction(sig = "($module, x, /)")]
            fn isnan(_th: &Thread, x: f64) -> bool {
                x.is_nan()
            }

            /// Determine whether two floating-point numbers are close in value.
            ///
            ///   rel_tol
            ///     maximum difference for being considered "close", relative to the
            ///     magnitude of the input values
            ///   abs_tol
            ///     maximum difference for being considered "close", regardless of the
            ///     magnitude of the input values
            ///
            /// Return True if a is close in value to b, and False otherwise.
            ///
            /// For the values to be considered close, the difference between them
            /// must be smaller than at least one of the tolerances.
            ///
            /// -inf, inf and NaN behave similarly to the IEEE 754 Standard.  That
            /// is, NaN is not close to anything, even itself.  inf and -inf are
            /// only close to themselves.
            #[pyfunction(sig = "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
            fn isclose(th: &Thread, a: f64, b: f64, rel_tol: Option<f64>, abs_tol: Option<f64>) -> PyResult<bool> {
                let (rel, abs) = (rel_tol.unwrap_or(1e-9), abs_tol.unwrap_or(0.0));
                if rel < 0.0 || abs < 0.0 {
                    return Err(th.value_error("tolerances must be non-negative"));
                }
                if a == b {
                    return Ok(true);
                }
                if a.is_infinite() || b.is_infinite() {
                    return Ok(false);
                }
                let diff = (b - a).abs();
                Ok(diff <= (rel * b).abs() || diff <= (rel * a).abs() || diff <= abs)
            }

            /// Return the floating-point value the given number of steps after x towards y.
            ///
            /// If steps is not specified or is None, it defaults to 1.
            ///
            /// Raises a TypeError, if x or y is not a double, or if steps is not an integer.
            /// Raises ValueError if steps is negative.
            #[pyfunction(sig = "($module, x, y, /, *, steps=None)")]
            fn nextafter(th: &Thread, x: f64, y: f64, steps: Option<&Obj>) -> PyResult<f64> {
                let steps = match steps.filter(|s| !s.is_none()) {
                    None => return Ok(next_float(x, y)),
                    Some(s) => {
                        let s = number::index(th, s)?;
                        if int::is_negative(&s) {
                            return Err(th.value_error("steps must be a non-negative integer"));
                        }
                        int::to_i128(&s).and_then(|s| u64::try_from(s).ok()).unwrap_or(u64::MAX)
                    }
                };
                Ok(after(x, y, steps))
            }

            /// Return the value of the least significant bit of the float x.
            #[pyfunction(sig = "($module, x, /)")]
            fn ulp(_th: &Thread, x: f64) -> f64 {
                let x = x.abs();
                if !x.is_finite() {
                    return x;
                }
                let up = x.next_up();
                if up.is_infinite() { x - x.next_down() } else { up - x }
            }

            /// Return the ceiling of x as an Integral.
            ///
            /// This is the smallest integer >= x.
            #[pyfunction(sig = "($module, x, /)")]
            fn ceil(th: &Thread, x: &Obj) -> PyResult<Obj> {
                if let Some((f, whole)) = truncated(x) {
                    return Ok(int::from_i64(whole + i64::from((whole as f64) < f)));
                }
                rounded(th, x, "__ceil__", f64::ceil)
            }

            /// Return the floor of x as an Integral.
            ///
            /// This is the largest integer <= x.
            #[pyfunction(sig = "($module, x, /)")]
            fn floor(th: &Thread, x: &Obj) -> PyResult<Obj> {
                if let Some((f, whole)) = truncated(x) {
                    return Ok(int::from_i64(whole - i64::from(whole as f64 > f)));
                }
                rounded(th, x, "__floor__", f64::floor)
            }

            /// Truncates the Real x to the nearest Integral toward 0.
            ///
            /// Uses the __trunc__ magic method.
            #[pyfunction(sig = "($module, x, /)")]
            fn trunc(th: &Thread, x: &Obj) -> PyResult<Obj> {
                if x.is_instance(float::FLOAT_TYPE)
                    && let Some(f) = exact_float(x)
                {
                    return float::to_int(th, f.trunc());
                }
                match attribute::lookup_special(th, x, &pystr::intern("__trunc__"))? {
                    Some(f) => call::call(th, &f, &[]),
                    None => Err(th.type_error(format!("type {} doesn't define __trunc__ method", x.ty().name()))),
                }
            }
        }
    };
}

real_functions! {
    acos "Return the arc cosine (measured in radians) of x.\n\nThe result is between 0 and pi." |x| x.acos(), "a number in range from -1 up to 1";
    acosh "Return the inverse hyperbolic cosine of x." |x| libm::acosh(x), "argument value not less than 1";
    asin "Return the arc sine (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2." |x| x.asin(), "a number in range from -1 up to 1";
    asinh "Return the inverse hyperbolic sine of x." |x| libm::asinh(x), "a number";
    atan "Return the arc tangent (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2." |x| x.atan(), "a number";
    cbrt "Return the cube root of x." |x| x.cbrt(), "a number";
    cos "Return the cosine of x (measured in radians)." |x| x.cos(), "a finite input";
    cosh "Return the hyperbolic cosine of x." |x| x.cosh(), "a number";
    erf "Error function at x." |x| libm::erf(x), "a number";
    erfc "Complementary error function at x." |x| libm::erfc(x), "a number";
    exp "Return e raised to the power of x." |x| x.exp(), "a number";
    exp2 "Return 2 raised to the power of x." |x| x.exp2(), "a number";
    expm1 "Return exp(x)-1.\n\nThis function avoids the loss of precision involved in the direct evaluation of exp(x)-1 for small x." |x| x.exp_m1(), "a number";
    sin "Return the sine of x (measured in radians)." |x| x.sin(), "a finite input";
    sinh "Return the hyperbolic sine of x." |x| x.sinh(), "a number";
    sqrt "Return the square root of x." |x| x.sqrt(), "a nonnegative input";
    tan "Return the tangent of x (measured in radians)." |x| x.tan(), "a finite input";
    tanh "Return the hyperbolic tangent of x." |x| x.tanh(), "a number";
}

/// Gamma, exact for small integers.
fn gamma(x: f64) -> f64 {
    if x == x.floor() && (1.0..=23.0).contains(&x) {
        return (1..x as u64).map(|i| i as f64).product();
    }
    libm::tgamma(x)
}

/// The float `steps` after `x` towards `y`.
fn after(x: f64, y: f64, steps: u64) -> f64 {
    if x.is_nan() || y.is_nan() {
        return x + y;
    }
    if steps == 0 {
        return x;
    }
    if x == y {
        return y;
    }
    const SIGN: u64 = 1 << 63;
    // Among floats of one sign, neighbours' bits differ by one.
    let (ux, uy) = (x.to_bits(), y.to_bits());
    let (ax, ay) = (ux & !SIGN, uy & !SIGN);
    f64::from_bits(if (ux ^ uy) & SIGN != 0 {
        // Through zero; `ax + ay` stays below 2**64.
        match (ax + ay <= steps, ax < steps) {
            (true, _) => uy,
            (false, true) => (uy & SIGN) | (steps - ax),
            (false, false) => ux - steps,
        }
    } else if ax > ay {
        if ax - ay >= steps { ux - steps } else { uy }
    } else if ay - ax >= steps {
        ux + steps
    } else {
        uy
    })
}

/// The neighbour of `x` towards `y`.
fn next_float(x: f64, y: f64) -> f64 {
    if x.is_nan() || y.is_nan() {
        x + y
    } else if x == y {
        y
    } else if y > x {
        x.next_up()
    } else {
        x.next_down()
    }
}

fn exact_float(o: &Obj) -> Option<f64> {
    if o.downcast_exact::<Float>().is_some() || o.value().is_float() { float::value_of(o) } else { None }
}

fn rounded(th: &Thread, x: &Obj, method: &str, f: fn(f64) -> f64) -> PyResult<Obj> {
    if let Some(x) = exact_float(x) {
        return float::to_int(th, f(x));
    }
    if let Some(found) = attribute::lookup_special(th, x, &pystr::intern(method))? {
        return call::call(th, &found, &[]);
    }
    float::to_int(th, f(number::as_f64(th, x)?))
}
