//! Names with values of a customer in braces, such as `Welcome {language}`.

use condition::{Facts, FieldValue};

/// The fields a name asks for.
pub fn names(text: &str) -> Vec<String> {
    parts(text).into_iter().filter_map(|part| if let Part::Field(name) = part { Some(name.to_owned()) } else { None }).collect()
}

/// The name for this customer, or the field that is empty for him.
pub fn fill(text: &str, facts: &Facts) -> Result<String, String> {
    let mut filled = String::new();
    for part in parts(text) {
        match part {
            Part::Plain(plain) => filled.push_str(plain),
            Part::Field(name) => match facts.fields.get(name).and_then(shown) {
                Some(value) => filled.push_str(&value),
                None => return Err(name.to_owned()),
            },
        }
    }
    Ok(filled)
}

fn shown(value: &FieldValue) -> Option<String> {
    match value {
        FieldValue::Text(text) => Some(text.plain.to_string()).filter(|text| !text.is_empty()),
        FieldValue::Number(number) => Some(number.to_string()),
        FieldValue::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}

enum Part<'t> {
    Plain(&'t str),
    Field(&'t str),
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        parts.push(Part::Plain(plain));
        parts.push(Part::Field(name.trim().strip_prefix("fields.").unwrap_or(name.trim())));
        rest = behind;
    }
    parts.push(Part::Plain(rest));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use condition::Text;
    use jiff::tz::TimeZone;

    #[test]
    fn braces_are_filled_with_fields() {
        let mut facts = Facts::new(1, TimeZone::UTC);
        facts.fields.insert("language".into(), FieldValue::Text(Text::new("de")));
        facts.fields.insert("tier".into(), FieldValue::Text(Text::new("gold")));
        assert_eq!(fill("Welcome {language} { fields.tier }", &facts), Ok("Welcome de gold".to_owned()));
        assert_eq!(fill("Welcome {country}", &facts), Err("country".to_owned()));
        assert_eq!(fill("Welcome {", &facts), Ok("Welcome {".to_owned()));
        assert_eq!(names("{a} and {fields.b}"), ["a", "b"]);
    }
}
