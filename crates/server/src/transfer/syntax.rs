//! How a mapping is written on one line: `column=field,other column=field`. A name with a comma or an equals sign stands in
//! double quotes, a quote inside of them is doubled.

use std::collections::BTreeMap;

/// Columns and the fields they become.
pub fn parse_map(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut map = BTreeMap::new();
    for entry in entries(text)? {
        let [column, field] = entry.as_slice() else {
            return Err(format!("{:?} is not COLUMN=FIELD", entry.join("=")));
        };
        if column.is_empty() || field.is_empty() {
            return Err(format!("{:?} is not COLUMN=FIELD", entry.join("=")));
        }
        if map.insert(column.clone(), field.clone()).is_some() {
            return Err(format!("column {column:?} is mapped twice"));
        }
    }
    Ok(map)
}

/// A field and the value that rows without one get.
pub fn parse_set(text: &str) -> Result<(String, String), String> {
    let (field, value) = text.split_once('=').ok_or_else(|| format!("{text:?} is not FIELD=VALUE"))?;
    Ok((field.trim().to_owned(), value.trim().to_owned()))
}

/// The parts of each entry, as the equals signs part them.
fn entries(text: &str) -> Result<Vec<Vec<String>>, String> {
    let mut entries = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let entry = entries.last_mut().expect("there is always an entry");
        match char {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                entry.last_mut().expect("an entry has a part").push('"');
            }
            '"' => quoted = !quoted,
            '=' if !quoted => entry.push(String::new()),
            ',' if !quoted => entries.push(vec![String::new()]),
            other => entry.last_mut().expect("an entry has a part").push(other),
        }
    }
    if quoted {
        return Err("a quote in the mapping is never closed".to_owned());
    }
    let trimmed = entries.into_iter().map(|entry| entry.into_iter().map(|part| part.trim().to_owned()).collect::<Vec<_>>());
    Ok(trimmed.filter(|entry| entry.as_slice() != [""]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps() {
        check("a=email", Ok("a>email"));
        check("a = email, b c=fields.x,", Ok("a>email b c>fields.x"));
        check("usd=attributes.amount:number", Ok("usd>attributes.amount:number"));
        check("\"a,b=\"\"c\"=email", Ok("a,b=\"c>email"));
        check("", Ok(""));
        check("a", Err(()));
        check("a=b=c", Err(()));
        check("=email", Err(()));
        check("a=email,a=city", Err(()));
        check("\"a=email", Err(()));

        #[track_caller]
        fn check(text: &str, expected: Result<&str, ()>) {
            let told =
                parse_map(text).map(|map| map.iter().map(|(column, field)| format!("{column}>{field}")).collect::<Vec<_>>().join(" "));
            assert_eq!(told.map_err(drop), expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn constants() {
        assert_eq!(parse_set("attributes.note=a=b, c"), Ok(("attributes.note".to_owned(), "a=b, c".to_owned())));
        assert!(parse_set("type").is_err());
    }
}
