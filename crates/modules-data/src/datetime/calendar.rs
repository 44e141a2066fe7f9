//! Days of the proleptic Gregorian calendar as numbers: 1 January of year 1 is day 1.

pub(super) const MIN_YEAR: i32 = 1;
pub(super) const MAX_YEAR: i32 = 9999;
/// The number of 31 December 9999.
pub(super) const MAX_ORDINAL: i32 = 3_652_059;

const DAYS_OF_400_YEARS: i32 = 146_097;
const DAYS_OF_100_YEARS: i32 = 36_524;
const DAYS_OF_4_YEARS: i32 = 1_461;

const DAYS_BEFORE: [i32; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

pub(super) fn is_leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days of a year before the first of `month`, which is 1 to 13.
fn days_before(year: i32, month: i32) -> i32 {
    DAYS_BEFORE[(month - 1).clamp(0, 12) as usize] + i32::from(month > 2 && is_leap(year))
}

pub(super) fn days_in_month(year: i32, month: i32) -> i32 {
    days_before(year, month + 1) - days_before(year, month)
}

/// The day's number within its year, from 1.
pub(super) fn day_of_year(year: i32, month: i32, day: i32) -> i32 {
    days_before(year, month) + day
}

pub(super) fn ordinal(year: i32, month: i32, day: i32) -> i32 {
    let y = year - 1;
    y * 365 + y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400) + day_of_year(year, month, day)
}

/// Year, month and day of a day's number.
pub(super) fn from_ordinal(ordinal: i32) -> (i32, i32, i32) {
    let n = ordinal - 1;
    let (n400, n) = (n.div_euclid(DAYS_OF_400_YEARS), n.rem_euclid(DAYS_OF_400_YEARS));
    // The last day of a leap year that ends a period belongs to that period's last year.
    let n100 = (n / DAYS_OF_100_YEARS).min(3);
    let n = n - n100 * DAYS_OF_100_YEARS;
    let (n4, n) = (n / DAYS_OF_4_YEARS, n % DAYS_OF_4_YEARS);
    let n1 = (n / 365).min(3);
    let n = n - n1 * 365;
    let year = n400 * 400 + n100 * 100 + n4 * 4 + n1 + 1;
    // No month has more than 31 days, so that this is the month or the one before.
    let mut month = n / 32 + 1;
    if days_before(year, month + 1) <= n {
        month += 1;
    }
    (year, month, n - days_before(year, month) + 1)
}

/// Monday is 0.
pub(super) fn weekday(year: i32, month: i32, day: i32) -> i32 {
    (ordinal(year, month, day) + 6).rem_euclid(7)
}

/// The number of the Monday of the year's first ISO week: the week with the year's first Thursday.
fn first_monday(year: i32) -> i32 {
    let first = ordinal(year, 1, 1);
    let weekday = (first + 6).rem_euclid(7);
    let monday = first - weekday;
    if weekday > 3 { monday + 7 } else { monday }
}

/// ISO year, week and weekday (Monday is 1).
pub(super) fn iso_of(year: i32, month: i32, day: i32) -> (i32, i32, i32) {
    let today = ordinal(year, month, day);
    let mut year = year;
    let mut days = today - first_monday(year);
    if days < 0 {
        year -= 1;
        days = today - first_monday(year);
    } else if days >= 52 * 7 && today >= first_monday(year + 1) {
        year += 1;
        days = 0;
    }
    (year, days.div_euclid(7) + 1, (today + 6).rem_euclid(7) + 1)
}

/// What is wrong with an ISO date.
pub(super) enum BadIso {
    Year,
    Week,
    Day,
}

/// Year, month and day of an ISO date.
pub(super) fn from_iso(year: i32, week: i32, day: i32) -> Result<(i32, i32, i32), BadIso> {
    if !(MIN_YEAR..=MAX_YEAR).contains(&year) {
        return Err(BadIso::Year);
    }
    let first = weekday(year, 1, 1);
    let long = first == 3 || first == 2 && is_leap(year);
    let last = if long { 53 } else { 52 };
    if !(1..=last).contains(&week) {
        return Err(BadIso::Week);
    }
    if !(1..=7).contains(&day) {
        return Err(BadIso::Day);
    }
    Ok(from_ordinal(first_monday(year) + (week - 1) * 7 + day - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_its_number() {
        let (mut year, mut month, mut day) = (1, 1, 1);
        for n in 1..=MAX_ORDINAL {
            assert_eq!(from_ordinal(n), (year, month, day));
            assert_eq!(ordinal(year, month, day), n);
            let (y, w, d) = iso_of(year, month, day);
            if (MIN_YEAR..=MAX_YEAR).contains(&y) {
                assert!(matches!(from_iso(y, w, d), Ok(found) if found == (year, month, day)), "{y} {w} {d}");
            }
            day += 1;
            if day > days_in_month(year, month) {
                (day, month) = (1, month + 1);
            }
            if month > 12 {
                (month, year) = (1, year + 1);
            }
        }
        assert_eq!(year, 10_000);
    }
}
