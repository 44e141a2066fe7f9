//! Every subject by a few rows of text; the operations at large are compared with CPython's by its own suite.

use super::*;

const CTX: Ctx = Ctx { prec: 9, emax: 999, emin: -999, rounding: Rounding::HalfEven, clamp: false };

fn dec(text: &str) -> Dec {
    let mut status = 0;
    let x = parse_exact(text.as_bytes(), &mut status);
    assert_eq!(status, 0, "{text}");
    x
}

/// One or two operands, and the result in scientific notation.
fn check(f: impl Fn(&Dec, &Dec, &Ctx, &mut u32) -> Dec, rows: &[(&str, &str, &str)]) {
    for (a, b, expected) in rows {
        let mut status = 0;
        let r = f(&dec(a), &dec(b), &CTX, &mut status);
        assert_eq!(to_sci(&r, true), *expected, "{a} {b}");
    }
}

#[test]
fn sums() {
    check(
        add,
        &[
            ("1.1", "1.1", "2.2"),
            ("12345678.9", "0.05", "12345679.0"),
            ("1E+9", "-1E-9", "1.00000000E+9"),
            ("1", "-1.00", "0.00"),
        ],
    );
    check(subtract, &[("1E+100", "1E-100", "1.00000000E+100"), ("Inf", "Inf", "NaN"), ("0", "0", "0")]);
}

#[test]
fn products() {
    check(multiply, &[("1.20", "3", "3.60"), ("123456789", "987654321", "1.21932631E+17"), ("Inf", "-2", "-Infinity")]);
    check(multiply, &[("99999999999999999999999999999999999999", "99999999999999999999999999999999999999", "1.00000000E+76")]);
}

#[test]
fn quotients() {
    check(
        divide::divide,
        &[("1", "3", "0.333333333"), ("2", "3", "0.666666667"), ("1000", "100", "10"), ("2.40E+6", "2", "1.20E+6")],
    );
    check(divide::remainder, &[("10", "3", "1"), ("-10", "3", "-1"), ("3.6", "1.3", "1.0")]);
    check(divide::remainder_near, &[("10", "6", "-2"), ("-10", "3", "-1")]);
}

#[test]
fn functions() {
    check(|a, _, c, s| sqrt(a, c, s), &[("2", "0", "1.41421356"), ("100", "0", "10"), ("0.39", "0", "0.624499800")]);
    check(|a, _, c, s| exp(a, c, s), &[("1", "0", "2.71828183"), ("-1", "0", "0.367879441"), ("0.693147181", "0", "2.00000000")]);
    check(
        |a, _, c, s| ln(a, c, s),
        &[("2.71828183", "0", "1.00000000"), ("10", "0", "2.30258509"), ("1.00000001", "0", "9.99999995E-9")],
    );
    check(|a, _, c, s| log10(a, c, s), &[("70", "0", "1.84509804"), ("1000", "0", "3"), ("0.001", "0", "-3")]);
    check(power::power, &[("2", "3", "8"), ("2", "0.5", "1.41421356"), ("2", "-3", "0.125"), ("10", "2000", "Infinity")]);
}

#[test]
fn exponents() {
    check(
        quantize::quantize,
        &[("2.17", "0.001", "2.170"), ("2.17", "1e+1", "0E+1"), ("217", "0.1", "217.0"), ("1", "1e-20", "NaN")],
    );
    check(|a, _, c, s| quantize::normalize(a, c, s), &[("1.200", "0", "1.2"), ("120", "0", "1.2E+2"), ("0.00", "0", "0")]);
    check(logical::shift, &[("34", "8", "400000000"), ("123456789", "-2", "1234567"), ("12", "9", "0")]);
    check(logical::rotate, &[("34", "8", "400000003"), ("123456789", "-2", "891234567")]);
}

#[test]
fn words() {
    for n in 0..39 {
        let power = wide::POW10[n];
        assert_eq!(wide::digits(power), n as u32 + 1);
        assert_eq!(wide::digits(power - 1), n.max(1) as u32);
        for x in [power, power - 1, u128::MAX, u128::MAX / 3, 12345, 1 << 64] {
            assert_eq!(wide::div_pow10(x, n as u32), (x / power, x % power), "{x} {n}");
            for y in [1, 7, power, u128::MAX / 5, (1 << 64) - 1, 1 << 64, u128::MAX] {
                let (high, low) = wide::product(x, y);
                assert!(wide::div_wide(high, low, y.max(high + 1)).0 >= u128::from(high > 0));
                if high < y {
                    assert_eq!(wide::div_wide(high, low, y), (x, 0), "{x} {y}");
                }
                if high < power {
                    let (q, r, fits) = wide::div_wide_pow10(high, low, n as u32);
                    assert!(fits);
                    let (h, l) = wide::product(q, power);
                    let (l, carry) = l.overflowing_add(r);
                    assert_eq!((h + u128::from(carry), l), (high, low));
                    assert!(r < power);
                }
            }
        }
    }
}

#[test]
fn long_numbers() {
    let n = Coef::from(7).shifted(5000).unwrap().add_small(3);
    assert_eq!((n.digits(), n.trailing_zeros(), n.last_digit()), (5001, 0, 3));
    assert_eq!(n.drop_digits(10).0.trailing_zeros(), 4990);
    assert_eq!(Coef::nines(4000).unwrap().digits(), 4000);
    assert_eq!(Coef::nines(4000).unwrap().add_small(1).digits(), 4001);
}

#[test]
fn conversions() {
    assert_eq!(to_sci(&convert::from_float(0.1), true), "0.1000000000000000055511151231257827021181583404541015625");
    for (text, f) in [("0.1", 0.1), ("-1e400", f64::NEG_INFINITY), ("123456789012345678901234567890", 1.2345678901234568e29)] {
        assert_eq!(convert::to_float(&dec(text)), f);
    }
    assert_eq!(to_eng(&dec("1.23E+5"), true), "123E+3");
    assert_eq!(convert::hash(&dec("5")), 5);
}

#[test]
fn quotients_of_words() {
    use dashu_int::UBig;
    use dashu_int::ops::DivRem;
    // A generator of words that are often extreme.
    let mut seed = 88_172_645_463_325_252u64;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        match seed % 5 {
            0 => u64::MAX,
            1 => 0,
            2 => 1 << 63,
            _ => seed,
        }
    };
    for round in 0..20_000 {
        let (n, m) = (2 + round % 7, 2 + round % 5);
        let x: Vec<u64> = (0..n + m).map(|_| next()).collect();
        let y: Vec<u64> = (0..m).map(|_| next()).collect();
        let (x, y) = (UBig::from_words(&x), UBig::from_words(&y));
        if let Some(found) = words::div_rem(&x, &y) {
            assert_eq!(found, (&x).div_rem(&y), "{x} {y}");
        }
    }
}
