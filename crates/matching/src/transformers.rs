//! The predecessor's transformers: what a rule makes of a value before it compares. Simpler than the normal forms, and kept
//! for rules that were written for them.

use serde::{Deserialize, Serialize};

use crate::normalise::date::date;
use crate::normalise::text::composed;

/// How a value is made comparable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transformer {
    /// Lower case, single spaces.
    #[default]
    Standard,
    /// Also without accents and most punctuation.
    Simplify,
    /// Also with one form for all spellings of the German word for street.
    Street,
    /// A day as `YYYY-MM-DD`. The predecessor took seconds since 1970, and so had no 1 January of that year.
    Date,
    /// As it is.
    None,
}

impl Transformer {
    /// Nothing for an empty value and for what is no date.
    pub fn apply(self, value: &str) -> Option<String> {
        let transformed = match self {
            Transformer::Standard => standard(value),
            Transformer::Simplify => simplify(value),
            Transformer::Street => street(value),
            Transformer::Date => {
                let (year, month, day) = date(value)?;
                format!("{year:04}-{month:02}-{day:02}")
            }
            Transformer::None => value.to_owned(),
        };
        (!transformed.trim().is_empty()).then_some(transformed)
    }
}

fn standard(value: &str) -> String {
    let lower = match value.is_ascii() {
        true => value.to_ascii_lowercase(),
        false => composed(value).to_lowercase(),
    };
    single_spaces(&lower)
}

fn single_spaces(text: &str) -> String {
    let mut spaced = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}

fn simplify(value: &str) -> String {
    let standard = standard(value);
    let mut simple = String::with_capacity(standard.len() + 4);
    for char in standard.chars() {
        match char {
            '?' | '\'' | '"' | '/' | '+' | '.' | '(' | ')' | '&' | '¡' | '¿' => {}
            ',' | ';' | '_' | ':' => simple.push('-'),
            'ä' | 'æ' => simple.push_str("ae"),
            'ö' | 'œ' => simple.push_str("oe"),
            'ü' => simple.push_str("ue"),
            'ß' => simple.push_str("ss"),
            'é' | 'è' | 'ê' | 'ë' => simple.push('e'),
            'à' | 'á' | 'å' | 'â' | 'ã' | 'ª' => simple.push('a'),
            'ç' => simple.push('c'),
            'í' | 'ì' | 'î' | 'ï' => simple.push('i'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ø' | 'º' => simple.push('o'),
            'ú' | 'ù' | 'û' => simple.push('u'),
            'š' => simple.push('s'),
            'ž' => simple.push('z'),
            'ñ' => simple.push('n'),
            'ÿ' => simple.push('y'),
            other => simple.push(other),
        }
    }
    // A sign that went may have stood between two spaces.
    if simple.contains("  ") || simple.starts_with(' ') || simple.ends_with(' ') { single_spaces(&simple) } else { simple }
}

fn street(value: &str) -> String {
    let simple = simplify(value);
    let mut street = String::with_capacity(simple.len() + 2);
    for word in simple.split(' ') {
        let letters = word.trim_end_matches(|char: char| char.is_ascii_digit());
        let number = &word[letters.len()..];
        let stem = letters.strip_suffix("strasse").or_else(|| letters.strip_suffix("str"));
        match stem {
            Some(stem) => {
                let stem = stem.trim_end_matches('-');
                if !street.is_empty() && !stem.is_empty() {
                    street.push(' ');
                }
                street.push_str(stem);
                street.push_str("str.");
                if !number.is_empty() {
                    street.push(' ');
                    street.push_str(number);
                }
            }
            None => {
                if !street.is_empty() {
                    street.push(' ');
                }
                street.push_str(word);
            }
        }
    }
    street
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values() {
        check(Transformer::Standard, "  Anna   MARIA ", Some("anna maria"));
        check(Transformer::Standard, "MÜLLER", Some("müller"));
        check(Transformer::Standard, "0", Some("0"));
        check(Transformer::Standard, "  ", None);
        check(Transformer::Simplify, "MÜLLER", Some("mueller"));
        check(Transformer::Simplify, "Mu\u{308}ller", Some("mueller"));
        check(Transformer::Simplify, "É", Some("e"));
        check(Transformer::Simplify, "Jörg", Some("joerg"));
        check(Transformer::Simplify, "Straße 1", Some("strasse 1"));
        check(Transformer::Simplify, "a, b", Some("a- b"));
        check(Transformer::Simplify, "a & b", Some("a b"));
        check(Transformer::Simplify, "Łódź-Œuvre", Some("łodź-oeuvre"));
        check(Transformer::Simplify, "???", None);
        check(Transformer::Street, "Hauptstraße 5", Some("hauptstr. 5"));
        check(Transformer::Street, "Hauptstr. 5", Some("hauptstr. 5"));
        check(Transformer::Street, "Hauptstr.5", Some("hauptstr. 5"));
        check(Transformer::Street, "Haupt Straße 5", Some("hauptstr. 5"));
        check(Transformer::Street, "HAUPT-STRASSE 5", Some("hauptstr. 5"));
        check(Transformer::Street, "Hauptstr", Some("hauptstr."));
        check(Transformer::Street, "foo tr", Some("foo tr"));
        check(Transformer::Date, "1970-01-01", Some("1970-01-01"));
        check(Transformer::Date, "19821207", Some("1982-12-07"));
        check(Transformer::Date, "soon", None);
        check(Transformer::None, " A  b", Some(" A  b"));
        check(Transformer::None, " ", None);

        #[track_caller]
        fn check(transformer: Transformer, value: &str, expected: Option<&str>) {
            assert_eq!(transformer.apply(value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn names_in_json() {
        let all = [Transformer::Standard, Transformer::Simplify, Transformer::Street, Transformer::Date, Transformer::None];
        let names = serde_json::to_value(all).expect("transformers are plain names");
        assert_eq!(names, serde_json::json!(["standard", "simplify", "street", "date", "none"]));
    }

    proptest! {
        #[test]
        fn any_text_has_a_value_or_none(raw in "(?s)([ -~]|[À-ž]|.){0,60}") {
            for transformer in [Transformer::Standard, Transformer::Simplify, Transformer::Street, Transformer::Date, Transformer::None] {
                prop_assert!(transformer.apply(&raw).is_none_or(|value| !value.trim().is_empty()));
            }
        }
    }
}
