//! Calendar days. A day that stands for an unknown one (1900-01-01) is still a day; who weighs values knows better.

/// Year, month and day of `YYYY-MM-DD`, with or without a time behind it, or of `YYYYMMDD`.
pub fn date(raw: &str) -> Option<(u16, u8, u8)> {
    let bytes = raw.trim().as_bytes();
    let (year, month, day) = match bytes {
        [year @ .., m1, m2, d1, d2] if year.len() == 4 => (year, [*m1, *m2], [*d1, *d2]),
        [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] | [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b't' | b' ', ..] => {
            return valid(number(&[*y1, *y2, *y3, *y4])?, number(&[*m1, *m2])?, number(&[*d1, *d2])?);
        }
        _ => return None,
    };
    valid(number(year)?, number(&month)?, number(&day)?)
}

fn number(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u16::from(digit - b'0')))
}

fn valid(year: u16, month: u16, day: u16) -> Option<(u16, u8, u8)> {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
    (year > 0 && (1..=days).contains(&day)).then_some((year, month, day))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days() {
        check("1982-12-07", Some((1982, 12, 7)));
        check(" 19821207 ", Some((1982, 12, 7)));
        check("1970-01-01", Some((1970, 1, 1)));
        check("19000101", Some((1900, 1, 1)));
        check("2000-02-29", Some((2000, 2, 29)));
        check("1900-02-29", None);
        check("1982-12-07T10:00:00Z", Some((1982, 12, 7)));
        check("1982-12-07 00:00:00", Some((1982, 12, 7)));
        check("1982-12-071", None);
        check("1982-13-01", None);
        check("1982-04-31", None);
        check("1982-04-00", None);
        check("0000-00-00", None);
        check("00000101", None);
        check("7.12.1982", None);
        check("1982-1-1", None);
        check("", None);

        #[track_caller]
        fn check(raw: &str, expected: Option<(u16, u8, u8)>) {
            assert_eq!(date(raw), expected);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_day_or_none(raw in "(?s)([ -~]|[À-ž]|.){0,60}") {
            date(&raw);
        }

        #[test]
        fn both_ways_to_write_a_day_meet(year in 0u16..=9999, month in 0u8..=13, day in 0u8..=32) {
            prop_assert_eq!(date(&format!("{year:04}-{month:02}-{day:02}")), date(&format!("{year:04}{month:02}{day:02}")));
        }
    }
}
