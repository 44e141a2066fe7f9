//! `cmath`: functions of complex numbers.

mod functions;
mod special;

use functions::{Error, Outcome, Parts};
use runtime::args::{ArgName, FromArg};
use runtime::protocols::number;
use runtime::types::{complex, float};
use runtime::{Module, Obj, Py, PyResult, Raised, Thread};
use std::f64::consts::{E, PI, TAU};

#[macros::pymodule(name = "cmath", exec = exec, methods(METHODS, OTHERS), doc = "This module provides access to mathematical functions for complex\nnumbers.")]
pub(crate) struct Cmath;

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    for (name, value) in [("pi", PI), ("e", E), ("tau", TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
        m.add(name, float::new(value));
    }
    m.add("infj", complex::new(th, 0.0, f64::INFINITY));
    m.add("nanj", complex::new(th, 0.0, f64::NAN));
    Ok(())
}

#[cold]
fn raise(th: &Thread, error: Error) -> Raised {
    match error {
        Error::Domain => th.value_error("math domain error"),
        Error::Range => th.overflow_error("math range error"),
    }
}

/// A number as its parts.
struct Number(Parts);

impl<'a> FromArg<'a> for Number {
    fn from_arg(th: &Thread, arg: &'a Obj, _: &ArgName) -> PyResult<Self> {
        complex::from_number(th, arg).map(Number)
    }
}

fn result(th: &Thread, outcome: Outcome) -> PyResult<Obj> {
    match outcome {
        Ok((re, im)) => Ok(complex::new(th, re, im)),
        Err(error) => Err(raise(th, error)),
    }
}

macro_rules! functions {
    ($($name:ident $doc:literal;)*) => {
        #[macros::pymethods]
        impl Cmath {
            $(
                #[doc = $doc]
                #[pyfunction(sig = "($module, z, /)")]
                fn $name(th: &Thread, z: Number) -> PyResult<Obj> {
                    result(th, functions::$name(z.0))
                }
            )*
        }
    };
}

functions! {
    acos "Return the arc cosine of z.";
    acosh "Return the inverse hyperbolic cosine of z.";
    asin "Return the arc sine of z.";
    asinh "Return the inverse hyperbolic sine of z.";
    atan "Return the arc tangent of z.";
    atanh "Return the inverse hyperbolic tangent of z.";
    cos "Return the cosine of z.";
    cosh "Return the hyperbolic cosine of z.";
    exp "Return the exponential value e**z.";
    log10 "Return the base-10 logarithm of z.";
    sin "Return the sine of z.";
    sinh "Return the hyperbolic sine of z.";
    sqrt "Return the square root of z.";
    tan "Return the tangent of z.";
    tanh "Return the hyperbolic tangent of z.";
}

#[macros::pymethods(OTHERS)]
impl Cmath {
    /// log(z[, base]) -> the logarithm of z to the given base.
    ///
    /// If the base is not specified, returns the natural logarithm (base e)
    /// of z.
    #[pyfunction(sig = "($module, z, base=<unrepresentable>, /)")]
    fn log(th: &Thread, z: Number, base: Option<&Obj>) -> PyResult<Obj> {
        let x = functions::log(z.0);
        let Some(base) = base else { return result(th, x) };
        let base = complex::from_number(th, base)?;
        let quotient = x.and_then(|x| {
            let y = functions::log(base)?;
            complex::quotient(x, y).ok_or(Error::Domain)
        });
        result(th, quotient)
    }

    /// Return argument, also known as the phase angle, of a complex.
    #[pyfunction(sig = "($module, z, /)")]
    fn phase(_th: &Thread, z: Number) -> f64 {
        functions::phase(z.0)
    }

    /// Convert a complex from rectangular coordinates to polar coordinates.
    ///
    /// r is the distance from 0 and phi the phase angle.
    #[pyfunction(sig = "($module, z, /)")]
    fn polar(th: &Thread, z: Number) -> PyResult<Obj> {
        let phi = functions::phase(z.0);
        match functions::magnitude(z.0) {
            Ok(r) => Ok(crate::util::tuple_of([float::new(r), float::new(phi)])),
            Err(error) => Err(raise(th, error)),
        }
    }

    /// Convert from polar coordinates to rectangular coordinates.
    #[pyfunction(sig = "($module, r, phi, /)")]
    fn rect(th: &Thread, r: f64, phi: f64) -> PyResult<Obj> {
        result(th, functions::rect(r, phi))
    }

    /// Return True if both the real and imaginary parts of z are finite, else False.
    #[pyfunction(sig = "($module, z, /)")]
    fn isfinite(_th: &Thread, z: Number) -> bool {
        z.0.0.is_finite() && z.0.1.is_finite()
    }

    /// Checks if the real or imaginary part of z not a number (NaN).
    #[pyfunction(sig = "($module, z, /)")]
    fn isnan(_th: &Thread, z: Number) -> bool {
        z.0.0.is_nan() || z.0.1.is_nan()
    }

    /// Checks if the real or imaginary part of z is infinite.
    #[pyfunction(sig = "($module, z, /)")]
    fn isinf(_th: &Thread, z: Number) -> bool {
        z.0.0.is_infinite() || z.0.1.is_infinite()
    }

    /// Determine whether two complex numbers are close in value.
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
    /// For the values to be considered close, the difference between them must
    /// be smaller than at least one of the tolerances.
    ///
    /// -inf, inf and NaN behave similarly to the IEEE 754 Standard.  That is,
    /// NaN is not close to anything, even itself. inf and -inf are only close
    /// to themselves.
    #[pyfunction(sig = "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(th: &Thread, a: Number, b: Number, rel_tol: Option<&Obj>, abs_tol: Option<&Obj>) -> PyResult<bool> {
        let rel_tol = rel_tol.map_or(Ok(1e-9), |o| number::as_f64(th, o))?;
        let abs_tol = abs_tol.map_or(Ok(0.0), |o| number::as_f64(th, o))?;
        if rel_tol < 0.0 || abs_tol < 0.0 {
            return Err(th.value_error("tolerances must be non-negative"));
        }
        let (a, b) = (a.0, b.0);
        if a == b {
            return Ok(true);
        }
        if [a.0, a.1, b.0, b.1].iter().any(|x| x.is_infinite()) {
            return Ok(false);
        }
        let length = |z: Parts| z.0.hypot(z.1);
        let difference = length((a.0 - b.0, a.1 - b.1));
        Ok(difference <= rel_tol * length(b) || difference <= rel_tol * length(a) || difference <= abs_tol)
    }
}
