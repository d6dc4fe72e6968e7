//! The countries of the demo shop and what people and places are called there.

use super::random::Random;

/// One country and its lists.
pub struct Country {
    pub code: &'static str,
    pub language: &'static str,
    pub time_zone: &'static str,
    /// Its share of the customers.
    pub weight: f64,
    women: Vec<&'static str>,
    men: Vec<&'static str>,
    last: Vec<&'static str>,
    streets: Vec<&'static str>,
    /// Postal code and city.
    cities: Vec<(&'static str, &'static str)>,
}

/// All countries of the demo.
pub fn all() -> Vec<Country> {
    vec![
        read("DE", "de", "Europe/Berlin", 0.55, include_str!("lists/de.txt")),
        read("AT", "de", "Europe/Vienna", 0.2, include_str!("lists/at.txt")),
        read("CH", "de", "Europe/Zurich", 0.1, include_str!("lists/ch.txt")),
        read("GB", "en", "Europe/London", 0.15, include_str!("lists/gb.txt")),
    ]
}

fn read(code: &'static str, language: &'static str, time_zone: &'static str, weight: f64, text: &'static str) -> Country {
    let cities = section(text, "cities").into_iter().filter_map(|place| place.split_once(' ')).collect();
    Country {
        code,
        language,
        time_zone,
        weight,
        women: section(text, "women"),
        men: section(text, "men"),
        last: section(text, "last"),
        streets: section(text, "streets"),
        cities,
    }
}

/// The entries below a heading: parted by bars if there are any, else by spaces.
fn section(text: &'static str, heading: &str) -> Vec<&'static str> {
    let lines: Vec<&str> = text
        .lines()
        .skip_while(|line| line.strip_prefix("# ") != Some(heading))
        .skip(1)
        .take_while(|line| !line.starts_with('#'))
        .collect();
    let by_bars = lines.iter().any(|line| line.contains('|'));
    let part = |line: &&'static str| -> Vec<&'static str> {
        if by_bars { line.split('|').map(str::trim).collect() } else { line.split_whitespace().collect() }
    };
    lines.iter().flat_map(part).filter(|entry| !entry.is_empty()).collect()
}

/// Where somebody lives.
#[derive(Debug, Clone, PartialEq)]
pub struct Address {
    pub street: String,
    pub zip: String,
    pub city: String,
}

impl Country {
    pub fn first_name(&self, is_woman: bool, random: &mut Random) -> &'static str {
        random.pick_skewed(if is_woman { &self.women } else { &self.men })
    }

    pub fn last_name(&self, random: &mut Random) -> &'static str {
        random.pick_skewed(&self.last)
    }

    pub fn address(&self, random: &mut Random) -> Address {
        let (street, number) = (random.pick(&self.streets), 1 + (random.share() * random.share() * 120.0) as i64);
        let (zip, city) = random.pick_skewed(&self.cities);
        match self.code {
            "GB" => {
                // The inward part of a British code: a digit and two letters, some of which are never used.
                let letters = b"ABDEFGHJLNPQRSTUWXYZ";
                let (one, two) = (char::from(random.pick(letters)), char::from(random.pick(letters)));
                let zip = format!("{zip} {}{one}{two}", random.between(1, 10));
                Address { street: format!("{number} {street}"), zip, city: city.to_owned() }
            }
            _ => Address { street: format!("{street} {number}"), zip: zip.to_owned(), city: city.to_owned() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_names_and_places() {
        for country in all() {
            let sizes = [country.women.len(), country.men.len(), country.last.len(), country.streets.len(), country.cities.len()];
            assert!(sizes.iter().all(|size| 15 < *size), "{}: {sizes:?}", country.code);
        }
        assert!((all().iter().map(|country| country.weight).sum::<f64>() - 1.0).abs() < 1e-9);
    }
}
