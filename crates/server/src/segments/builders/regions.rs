//! Which postal codes belong to which state or region of a country. What is built in can be added to, and replaced country by
//! country, by a file of the same form (`segments.postal_regions` in the configuration).

use super::spans::{self, Span};
use serde::Deserialize;

/// Comma-separated: country, region, and its codes, as single codes and ranges with both ends inside, parted by blanks. Where
/// ranges overlap, the region that is listed first has the code.
const BUILT_IN: &str = include_str!("postal-regions.csv");

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regions {
    pub countries: Vec<Country>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country {
    /// Two letters.
    pub code: String,
    /// How many digits a postal code has.
    pub digits: u32,
    pub regions: Vec<Region>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    pub name: String,
    /// As they stand in the file.
    pub listed: Vec<Span>,
    /// The codes that are the region's own: those of earlier regions taken out.
    pub spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Line {
    country: String,
    region: String,
    codes: String,
}

/// More digits than any country's codes have.
const DIGITS_MAX: usize = 8;

impl Regions {
    pub fn built_in() -> Regions {
        Regions::parse(BUILT_IN).expect("the built-in regions are right, says a test")
    }

    /// Reads a file, or says what is wrong with it and in which line.
    pub fn parse(text: &str) -> Result<Regions, String> {
        let mut regions = Regions { countries: Vec::new() };
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        for (line, record) in (2..).zip(reader.deserialize::<Line>()) {
            let at_line = |problem: String| format!("line {line}: {problem}");
            let record = record.map_err(|error| at_line(error.to_string()))?;
            regions.add(&record).map_err(at_line)?;
        }
        Ok(regions)
    }

    /// These regions, with the countries of others in place of their own.
    pub fn replaced_by(mut self, others: Regions) -> Regions {
        self.countries.retain(|own| others.countries.iter().all(|other| other.code != own.code));
        self.countries.extend(others.countries);
        self
    }

    fn add(&mut self, line: &Line) -> Result<(), String> {
        if line.country.len() != 2 || !line.country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(format!("{:?} is no country: two capital letters", line.country));
        }
        let (digits, listed) = read_codes(&line.codes)?;
        let place = self.countries.iter().position(|country| country.code == line.country).unwrap_or_else(|| {
            self.countries.push(Country { code: line.country.clone(), digits, regions: Vec::new() });
            self.countries.len() - 1
        });
        let country = &mut self.countries[place];
        if country.digits != digits {
            return Err(format!("the codes of {} have {} digits, these have {digits}", country.code, country.digits));
        }
        if line.region.is_empty() || country.regions.iter().any(|region| region.name == line.region) {
            return Err(format!("{} needs a region that is not listed yet, not {:?}", country.code, line.region));
        }
        let earlier = country.regions.iter().flat_map(|region| &region.spans);
        let spans = earlier.fold(spans::tidy(listed.clone()), |left, taken| spans::without(left, *taken));
        if spans.is_empty() {
            return Err(format!("all codes of {} belong to earlier regions", line.region));
        }
        country.regions.push(Region { name: line.region.clone(), listed, spans });
        Ok(())
    }
}

/// The codes with their number of digits, which must be the same for all.
fn read_codes(text: &str) -> Result<(u32, Vec<Span>), String> {
    let mut spans = Vec::new();
    let mut digits = None;
    for part in text.split_whitespace() {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        for code in [from, to] {
            let is_code = (1..=DIGITS_MAX).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit());
            if !is_code || digits.is_some_and(|digits| digits != code.len()) {
                return Err(format!("{part:?} is no code or range of codes with as many digits as the others"));
            }
            digits = Some(code.len());
        }
        let number = |code: &str| code.parse::<u32>().map_err(|error| error.to_string());
        let span = (number(from)?, number(to)?);
        if span.1 < span.0 {
            return Err(format!("{part:?} ends before it begins"));
        }
        spans.push(span);
    }
    let digits = digits.ok_or("a region needs at least one code")?;
    Ok((digits as u32, spans))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_built_in() {
        let regions = Regions::built_in();
        let counted: Vec<(&str, usize)> = regions.countries.iter().map(|country| (country.code.as_str(), country.regions.len())).collect();
        assert_eq!(counted, [("AT", 9), ("DE", 16), ("CH", 9)]);
    }

    #[test]
    fn a_file_adds_and_replaces_countries() {
        let own =
            Regions::parse("country,region,codes\nCH,\"Zürich, Stadt\",8000-8099\nFL,Oberland,9490-9498 9485\nFL,Unterland,9485-9489\n");
        let regions = Regions::built_in().replaced_by(own.unwrap());
        let codes: Vec<&str> = regions.countries.iter().map(|country| country.code.as_str()).collect();
        assert_eq!(codes, ["AT", "DE", "CH", "FL"]);
        assert_eq!(regions.countries[2].regions[0].name, "Zürich, Stadt");
        assert_eq!(regions.countries[3].regions[1].spans, [(9486, 9489)]);
    }

    #[test]
    fn wrong_files() {
        check("land,region,codes\nAT,Wien,1000\n", "line 2");
        check("country,region,codes\nAT,Wien,1000\nAustria,Wien,1000\n", "line 3: \"Austria\"");
        check("country,region,codes\nAT,Wien,1000 20\n", "\"20\"");
        check("country,region,codes\nAT,Wien,1000\nAT,Linz,40200\n", "have 4 digits");
        check("country,region,codes\nAT,Wien,2000-1000\n", "ends before");
        check("country,region,codes\nAT,Wien,\n", "at least one");
        check("country,region,codes\nAT,Wien,1000\nAT,Wien,1001\n", "not listed yet");
        check("country,region,codes\nAT,Wien,1000-1999\nAT,Linz,1500\n", "earlier regions");

        #[track_caller]
        fn check(text: &str, told: &str) {
            let problem = Regions::parse(text).unwrap_err();
            assert!(problem.contains(told), "{problem}");
        }
    }
}
