//! The predecessor's tests for likeness, on a scale of 0 to 100.

use serde::{Deserialize, Serialize};

use crate::normalise::date::date;
use crate::similarity::similar_text;

/// How two values of a field are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Matcher {
    SimilarText,
    Zip,
    BirthDate,
    ShoeSize,
}

impl Matcher {
    /// From this score on values are similar, unless a rule says otherwise.
    pub fn threshold(self) -> f64 {
        match self {
            Matcher::SimilarText => 80.0,
            Matcher::Zip => 60.0,
            Matcher::BirthDate | Matcher::ShoeSize => 50.0,
        }
    }

    /// 0 for what cannot be read as what the matcher compares.
    pub fn score(self, a: &str, b: &str) -> f64 {
        match self {
            Matcher::SimilarText | Matcher::Zip => similar_text(a, b),
            Matcher::BirthDate => birth_date(a, b),
            Matcher::ShoeSize => shoe_size(a, b),
        }
    }
}

/// Years are compared with four digits; the predecessor's two made 1905 and 2005 one year.
fn birth_date(a: &str, b: &str) -> f64 {
    let (Some(a), Some(b)) = (date(a), date(b)) else { return 0.0 };
    let equal = u8::from(a.0 == b.0) + u8::from(a.1 == b.1) + u8::from(a.2 == b.2);
    match (equal, a.0.abs_diff(b.0)) {
        (3.., _) => 100.0,
        (2, _) => 66.0,
        (_, 0..=5) => 50.0,
        (_, 6..=10) => 25.0,
        (_, 11..) => 0.0,
    }
}

/// A size in between counts as the part of a step it is.
fn shoe_size(a: &str, b: &str) -> f64 {
    let size = |text: &str| text.trim().replace(',', ".").parse::<f64>().ok().filter(|size| size.is_finite());
    let (Some(a), Some(b)) = (size(a), size(b)) else { return 0.0 };
    let steps = (a - b).abs();
    if steps > 3.0 { 0.0 } else { 100.0 - 25.0 * steps }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Matcher; 4] = [Matcher::SimilarText, Matcher::Zip, Matcher::BirthDate, Matcher::ShoeSize];

    #[test]
    fn scores() {
        check(Matcher::SimilarText, "markus", "marcus", 83.3333);
        check(Matcher::SimilarText, "", "", 0.0);
        check(Matcher::Zip, "5020", "5021", 75.0);
        check(Matcher::BirthDate, "1982-12-07", "1982-12-07", 100.0);
        check(Matcher::BirthDate, "1982-12-07", "19821207", 100.0);
        check(Matcher::BirthDate, "1982-12-07", "1982-12-08", 66.0);
        check(Matcher::BirthDate, "1982-12-07", "1987-01-01", 50.0);
        check(Matcher::BirthDate, "1982-12-07", "1992-01-01", 25.0);
        check(Matcher::BirthDate, "1982-12-07", "1993-01-01", 0.0);
        check(Matcher::BirthDate, "1999-01-02", "2001-03-04", 50.0);
        check(Matcher::BirthDate, "1905-05-05", "2005-05-05", 66.0);
        check(Matcher::BirthDate, "1905-05-05", "2005-05-06", 0.0);
        check(Matcher::BirthDate, "", "", 0.0);
        check(Matcher::ShoeSize, "42", "42", 100.0);
        check(Matcher::ShoeSize, "42", "41", 75.0);
        check(Matcher::ShoeSize, "42", "44", 50.0);
        check(Matcher::ShoeSize, "42", "39", 25.0);
        check(Matcher::ShoeSize, "42", "46", 0.0);
        check(Matcher::ShoeSize, "42,5", "42", 87.5);
        check(Matcher::ShoeSize, "NaN", "42", 0.0);
        check(Matcher::ShoeSize, "", "", 0.0);

        #[track_caller]
        fn check(matcher: Matcher, a: &str, b: &str, expected: f64) {
            assert!((matcher.score(a, b) - expected).abs() < 0.0001, "{a} {b} {}", matcher.score(a, b));
        }
    }

    #[test]
    fn names_in_json() {
        let names = serde_json::to_value(ALL).expect("matchers are plain names");
        assert_eq!(names, serde_json::json!(["similar_text", "zip", "birth_date", "shoe_size"]));
    }

    proptest! {
        #[test]
        fn any_texts_have_a_score(a in "(?s)([ -~]|[À-ž]|.){0,60}", b in "(?s)([ -~]|[À-ž]|.){0,60}") {
            for matcher in ALL {
                prop_assert!((0.0..=100.0).contains(&matcher.score(&a, &b)));
            }
        }
    }
}
