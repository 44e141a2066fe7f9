//! What the functions give where a part is infinite or not a number (C99, Annex G).

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// Real and imaginary part.
pub(super) type Parts = (f64, f64);

const I: f64 = f64::INFINITY;
const N: f64 = f64::NAN;
const P: f64 = PI;
const P12: f64 = FRAC_PI_2;
const P14: f64 = FRAC_PI_4;
const P34: f64 = 3.0 * FRAC_PI_4;
/// Both parts are finite: computed, never looked up.
const U: Parts = (N, N);

/// Results by the kinds of the real part (row) and of the imaginary part (column), see [`kind`].
pub(super) struct Table([[Parts; 7]; 7]);

impl Table {
    /// The result for a number that is not finite.
    pub(super) fn get(&self, (re, im): Parts) -> Parts {
        self.0[kind(re)][kind(im)]
    }
}

/// Negative infinity, negative, -0, +0, positive, infinity, not a number.
fn kind(x: f64) -> usize {
    match x {
        _ if x.is_nan() => 6,
        f64::NEG_INFINITY => 0,
        f64::INFINITY => 5,
        _ if x < 0.0 => 1,
        _ if x > 0.0 => 4,
        _ if x.is_sign_negative() => 2,
        _ => 3,
    }
}

#[rustfmt::skip]
pub(super) static ACOS: Table = Table([
    [(P34, I), (P, I), (P, I), (P, -I), (P, -I), (P34, -I), (N, I)],
    [(P12, I), U, U, U, U, (P12, -I), (N, N)],
    [(P12, I), U, U, U, U, (P12, -I), (P12, N)],
    [(P12, I), U, U, U, U, (P12, -I), (P12, N)],
    [(P12, I), U, U, U, U, (P12, -I), (N, N)],
    [(P14, I), (0., I), (0., I), (0., -I), (0., -I), (P14, -I), (N, I)],
    [(N, I), (N, N), (N, N), (N, N), (N, N), (N, -I), (N, N)],
]);

#[rustfmt::skip]
pub(super) static ACOSH: Table = Table([
    [(I, -P34), (I, -P), (I, -P), (I, P), (I, P), (I, P34), (I, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, P12)],
    [(I, -P12), U, U, U, U, (I, P12), (N, P12)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P14), (I, -0.), (I, -0.), (I, 0.), (I, 0.), (I, P14), (I, N)],
    [(I, N), (N, N), (N, N), (N, N), (N, N), (I, N), (N, N)],
]);

#[rustfmt::skip]
pub(super) static ASINH: Table = Table([
    [(-I, -P14), (-I, -0.), (-I, -0.), (-I, 0.), (-I, 0.), (-I, P14), (-I, N)],
    [(-I, -P12), U, U, U, U, (-I, P12), (N, N)],
    [(-I, -P12), U, U, U, U, (-I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P14), (I, -0.), (I, -0.), (I, 0.), (I, 0.), (I, P14), (I, N)],
    [(I, N), (N, N), (N, -0.), (N, 0.), (N, N), (I, N), (N, N)],
]);

#[rustfmt::skip]
pub(super) static ATANH: Table = Table([
    [(-0., -P12), (-0., -P12), (-0., -P12), (-0., P12), (-0., P12), (-0., P12), (-0., N)],
    [(-0., -P12), U, U, U, U, (-0., P12), (N, N)],
    [(-0., -P12), U, U, U, U, (-0., P12), (-0., N)],
    [(0., -P12), U, U, U, U, (0., P12), (0., N)],
    [(0., -P12), U, U, U, U, (0., P12), (N, N)],
    [(0., -P12), (0., -P12), (0., -P12), (0., P12), (0., P12), (0., P12), (0., N)],
    [(0., -P12), (N, N), (N, N), (N, N), (N, N), (0., P12), (N, N)],
]);

#[rustfmt::skip]
pub(super) static COSH: Table = Table([
    [(N, N), (I, I), (I, 0.), (I, -0.), (I, -I), (N, N), (I, N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(N, N), U, U, U, U, (N, N), (N, 0.)],
    [(N, N), U, U, U, U, (N, N), (N, 0.)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(N, N), (I, -I), (I, -0.), (I, 0.), (I, I), (N, N), (I, N)],
    [(N, N), (N, N), (N, 0.), (N, 0.), (N, N), (N, N), (N, N)],
]);

#[rustfmt::skip]
pub(super) static EXP: Table = Table([
    [(0., 0.), (0., -0.), (0., -0.), (0., 0.), (0., 0.), (0., 0.), (0., 0.)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(N, N), (I, -I), (I, -0.), (I, 0.), (I, I), (N, N), (I, N)],
    [(N, N), (N, N), (N, -0.), (N, 0.), (N, N), (N, N), (N, N)],
]);

#[rustfmt::skip]
pub(super) static LOG: Table = Table([
    [(I, -P34), (I, -P), (I, -P), (I, P), (I, P), (I, P34), (I, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P12), U, U, U, U, (I, P12), (N, N)],
    [(I, -P14), (I, -0.), (I, -0.), (I, 0.), (I, 0.), (I, P14), (I, N)],
    [(I, N), (N, N), (N, N), (N, N), (N, N), (I, N), (N, N)],
]);

#[rustfmt::skip]
pub(super) static SINH: Table = Table([
    [(N, N), (-I, -I), (-I, -0.), (-I, 0.), (-I, I), (N, N), (I, N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(N, N), U, U, U, U, (N, N), (0., N)],
    [(N, N), U, U, U, U, (N, N), (0., N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(N, N), (I, -I), (I, -0.), (I, 0.), (I, I), (N, N), (I, N)],
    [(N, N), (N, N), (N, -0.), (N, 0.), (N, N), (N, N), (N, N)],
]);

#[rustfmt::skip]
pub(super) static SQRT: Table = Table([
    [(I, -I), (0., -I), (0., -I), (0., I), (0., I), (I, I), (N, I)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), U, U, U, U, (I, I), (N, N)],
    [(I, -I), (I, -0.), (I, -0.), (I, 0.), (I, 0.), (I, I), (I, N)],
    [(I, -I), (N, N), (N, N), (N, N), (N, N), (I, I), (N, N)],
]);

#[rustfmt::skip]
pub(super) static TANH: Table = Table([
    [(-1., 0.), (-1., -0.), (-1., -0.), (-1., 0.), (-1., 0.), (-1., 0.), (-1., 0.)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(N, N), U, U, U, U, (N, N), (-0., N)],
    [(N, N), U, U, U, U, (N, N), (0., N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(1., 0.), (1., -0.), (1., -0.), (1., 0.), (1., 0.), (1., 0.), (1., 0.)],
    [(N, N), (N, N), (N, -0.), (N, 0.), (N, N), (N, N), (N, N)],
]);

#[rustfmt::skip]
pub(super) static RECT: Table = Table([
    [(N, N), (-I, I), (-I, 0.), (-I, -0.), (-I, -I), (N, N), (I, N)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(0., 0.), U, U, U, U, (0., 0.), (0., 0.)],
    [(0., 0.), U, U, U, U, (0., 0.), (0., 0.)],
    [(N, N), U, U, U, U, (N, N), (N, N)],
    [(N, N), (I, -I), (I, -0.), (I, 0.), (I, I), (N, N), (I, N)],
    [(N, N), (N, N), (N, 0.), (N, 0.), (N, N), (N, N), (N, N)],
]);
