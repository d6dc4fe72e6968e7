//! A cell's text as a value of the kind its column is mapped to. An empty cell is no value; whitespace around one does not
//! count.

use crate::time::Instant;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime;
use jiff::tz::TimeZone;
use serde_json::{Number, Value, json};

/// What a mapped value is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellKind {
    Text,
    Number,
    Boolean,
    Date,
    Datetime,
    /// Texts separated by `|`, or a JSON list.
    List,
    Json,
}

const KINDS: [(&str, CellKind); 7] = [
    ("text", CellKind::Text),
    ("number", CellKind::Number),
    ("boolean", CellKind::Boolean),
    ("date", CellKind::Date),
    ("datetime", CellKind::Datetime),
    ("list", CellKind::List),
    ("json", CellKind::Json),
];

impl CellKind {
    pub fn parse(name: &str) -> Option<CellKind> {
        KINDS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }
}

const TRUE: [&str; 5] = ["true", "1", "yes", "y", "t"];
const FALSE: [&str; 5] = ["false", "0", "no", "n", "f"];

/// How the file writes numbers and times.
#[derive(Debug, Clone)]
pub struct Spelling {
    /// A pattern such as `%d.%m.%Y`; without it dates are ISO 8601.
    pub date_format: Option<String>,
    /// Where times without an offset belong, and where a date alone begins.
    pub zone: TimeZone,
    /// `1.234,50` instead of `1,234.50`.
    pub decimal_comma: bool,
}

impl Spelling {
    /// The value, nothing for an empty cell, or what is wrong with it.
    pub fn read(&self, text: &str, kind: CellKind) -> Result<Option<Value>, String> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        match kind {
            CellKind::Text => Ok(Some(text.into())),
            CellKind::Number => self.number(text).map(Some).ok_or_else(|| format!("{text:?} is not a number")),
            CellKind::Boolean => boolean(text).map(Some).ok_or_else(|| format!("{text:?} is neither true nor false")),
            CellKind::Date => self.date(text).map(|date| Some(json!(date.to_string()))).ok_or_else(|| self.not_a("date", text)),
            CellKind::Datetime => self.instant(text).map(|at| Some(json!(at))).ok_or_else(|| self.not_a("time", text)),
            CellKind::List => list(text).map(Some).ok_or_else(|| format!("{text:?} is not a JSON list of texts")),
            CellKind::Json => serde_json::from_str(text).map(Some).map_err(|error| format!("not JSON: {error}")),
        }
    }

    /// Whether the pattern can be used at all.
    pub fn check_format(format: &str) -> Result<(), String> {
        let sample = DateTime::constant(2026, 1, 31, 9, 30, 0, 0).to_zoned(TimeZone::UTC).map_err(|error| error.to_string())?;
        strtime::format(format, &sample).map(drop).map_err(|error| error.to_string())
    }

    fn not_a(&self, what: &str, text: &str) -> String {
        match &self.date_format {
            Some(format) => format!("{text:?} is not a {what} of the form {format}"),
            None => format!("{text:?} is not an ISO 8601 {what}"),
        }
    }

    fn number(&self, text: &str) -> Option<Value> {
        let plain = match self.decimal_comma {
            true => text.replace('.', "").replace(',', "."),
            false => text.to_owned(),
        };
        if !plain.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
            return None;
        }
        if let Ok(whole) = plain.parse::<i64>() {
            return Some(whole.into());
        }
        plain.parse::<f64>().ok().and_then(Number::from_f64).map(Value::Number)
    }

    fn date(&self, text: &str) -> Option<Date> {
        match &self.date_format {
            Some(format) => strtime::parse(format, text).ok()?.to_date().ok(),
            None => text.parse::<Date>().ok().filter(|date| text == date.to_string()),
        }
    }

    fn instant(&self, text: &str) -> Option<Instant> {
        if let Some(format) = &self.date_format {
            let parts = strtime::parse(format, text).ok()?;
            if let Ok(at) = parts.to_timestamp() {
                return Some(Instant(at.as_microsecond()));
            }
            let local =
                parts.to_datetime().ok().or_else(|| parts.to_date().ok().map(|date| date.to_datetime(jiff::civil::Time::midnight())))?;
            return self.at(local);
        }
        if let Ok(at) = text.parse::<jiff::Timestamp>() {
            return Some(Instant(at.as_microsecond()));
        }
        // jiff also reads texts that carry more than they say here, such as a week date or a zone in brackets.
        let looks_right = text.bytes().all(|byte| byte.is_ascii_digit() || b"-:. T".contains(&byte)) && 10 <= text.len();
        looks_right.then(|| text.parse::<DateTime>().ok()).flatten().and_then(|local| self.at(local))
    }

    fn at(&self, local: DateTime) -> Option<Instant> {
        let zoned = self.zone.to_ambiguous_zoned(local).compatible().ok()?;
        Some(Instant(zoned.timestamp().as_microsecond()))
    }
}

fn boolean(text: &str) -> Option<Value> {
    let text = text.to_lowercase();
    match (TRUE.contains(&text.as_str()), FALSE.contains(&text.as_str())) {
        (true, _) => Some(true.into()),
        (_, true) => Some(false.into()),
        _ => None,
    }
}

fn list(text: &str) -> Option<Value> {
    if text.starts_with('[') {
        return serde_json::from_str::<Vec<String>>(text).ok().map(|texts| json!(texts));
    }
    let texts: Vec<&str> = text.split('|').map(str::trim).filter(|text| !text.is_empty()).collect();
    Some(json!(texts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling(date_format: Option<&str>, zone: &str, decimal_comma: bool) -> Spelling {
        Spelling { date_format: date_format.map(str::to_owned), zone: TimeZone::get(zone).unwrap(), decimal_comma }
    }

    #[test]
    fn values() {
        use CellKind::*;
        check("", Text, "nothing");
        check("  ", Number, "nothing");
        check(" Ada ", Text, "\"Ada\"");
        check("007", Text, "\"007\"");
        check("29.33", Number, "29.33");
        check("-2", Number, "-2");
        check("007", Number, "7");
        check("1e3", Number, "1000.0");
        check("12,5", Number, "wrong");
        check("NaN", Number, "wrong");
        check("infinity", Number, "wrong");
        check("1e999", Number, "wrong");
        check("Yes", Boolean, "true");
        check("0", Boolean, "false");
        check("maybe", Boolean, "wrong");
        check("1990-02-28", Date, "\"1990-02-28\"");
        check("1990-02-31", Date, "wrong");
        check("1990-02-28T10:00", Date, "wrong");
        check("1997-01-01", Datetime, "\"1997-01-01T00:00:00Z\"");
        check("1997-01-01T10:00:00+02:00", Datetime, "\"1997-01-01T08:00:00Z\"");
        check("1997-01-01 10:00:05", Datetime, "\"1997-01-01T10:00:05Z\"");
        check("1997-13-01", Datetime, "wrong");
        check("19970101", Datetime, "wrong");
        check("yesterday", Datetime, "wrong");
        check("red | green|", List, "[\"red\",\"green\"]");
        check("[\"a|b\"]", List, "[\"a|b\"]");
        check("[1]", List, "wrong");
        check("{\"a\": [1]}", Json, "{\"a\":[1]}");
        check("{", Json, "wrong");

        #[track_caller]
        fn check(text: &str, kind: CellKind, expected: &str) {
            assert_eq!(told(spelling(None, "UTC", false).read(text, kind)), expected, "{text:?} as {kind:?}");
        }
    }

    #[test]
    fn local_spellings() {
        check("31.01.2026", "%d.%m.%Y", CellKind::Date, "\"2026-01-31\"");
        check("31.02.2026", "%d.%m.%Y", CellKind::Date, "wrong");
        check("2026-01-31", "%d.%m.%Y", CellKind::Date, "wrong");
        check("31.01.2026", "%d.%m.%Y", CellKind::Datetime, "\"2026-01-30T23:00:00Z\"");
        check("31.01.2026 08:15", "%d.%m.%Y %H:%M", CellKind::Datetime, "\"2026-01-31T07:15:00Z\"");
        check("01/31/26 08:15 +0000", "%m/%d/%y %H:%M %z", CellKind::Datetime, "\"2026-01-31T08:15:00Z\"");
        check("1.234,5", "%d", CellKind::Number, "1234.5");

        #[track_caller]
        fn check(text: &str, format: &str, kind: CellKind, expected: &str) {
            assert_eq!(told(spelling(Some(format), "Europe/Vienna", true).read(text, kind)), expected, "{text:?} as {format}");
        }
    }

    #[test]
    fn formats() {
        assert!(Spelling::check_format("%d.%m.%Y").is_ok());
        assert!(Spelling::check_format("%d.%!").is_err());
    }

    fn told(read: Result<Option<Value>, String>) -> String {
        match read {
            Ok(Some(value)) => value.to_string(),
            Ok(None) => "nothing".to_owned(),
            Err(_) => "wrong".to_owned(),
        }
    }
}
