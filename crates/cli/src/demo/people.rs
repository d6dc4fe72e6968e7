//! The people of the demo shop: who they are, how they shop, and the ones who are in the books twice.

use super::country::{Address, Country};
use super::random::Random;
use jiff::civil::Date;
use serde_json::{Map, Value, json};
use server::customers::Draft;
use server::time::Instant;

/// One of this many is in the books a second time.
const DUPLICATE_SHARE: f64 = 0.02;
/// Numbers that are set aside for films and examples: 1000 each.
const EXAMPLE_NUMBERS: usize = 1_000;
const MAIL_DOMAINS: [&str; 5] = ["post.example", "mail.example", "web.example", "inbox.example", "briefkasten.example"];
const INTERESTS: [&str; 6] = ["hiking", "running", "climbing", "camping", "skiing", "cycling"];

/// How somebody shops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habit {
    /// Days between two orders.
    pub order_days: f64,
    /// Days between two visits without an order.
    pub visit_days: f64,
    /// Probability that a newsletter is opened; zero for those who do not get it.
    pub opens: f64,
    pub returns: f64,
    pub reviews: f64,
    /// How much more than others he spends on one order.
    pub spending: f64,
    /// Days until he is seen no more.
    pub stays_days: f64,
    /// The category he likes best.
    pub favourite: usize,
}

/// Somebody who shops.
#[derive(Debug, Clone)]
pub struct Person {
    /// The shop's own number for him.
    pub number: String,
    pub since: Instant,
    pub habit: Habit,
    pub draft: Draft,
}

/// When the shop opened its books and what day it is.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    pub from: Instant,
    pub to: Instant,
}

impl Span {
    pub fn days(&self) -> f64 {
        (self.to.0 - self.from.0) as f64 / 86_400e6
    }

    pub fn at(&self, days: f64) -> Instant {
        Instant(self.from.0 + (days * 86_400e6) as i64)
    }
}

/// `count` customers, those who are in the books twice among them, in the order in which they came.
pub fn all(countries: &[Country], random: &Random, span: Span, count: usize) -> Vec<Person> {
    let weights: Vec<f64> = countries.iter().map(|country| country.weight).collect();
    let mut people = Vec::with_capacity(count);
    for number in 0_u64.. {
        if count <= people.len() {
            break;
        }
        let mut random = random.part(number);
        let country = &countries[random.weighted(&weights)];
        let person = person(country, &mut random, span, people.len());
        if people.len() + 1 < count && random.chance(DUPLICATE_SHARE) {
            let twin = twin(&person, country, &mut random, span, people.len() + 1);
            people.push(twin);
        }
        people.push(person);
    }
    people.sort_by_key(|person| person.since);
    people
}

fn person(country: &Country, random: &mut Random, span: Span, place: usize) -> Person {
    let is_woman = random.chance(0.52);
    let (first, last) = (country.first_name(is_woman, random), country.last_name(random));
    let number = format!("{}", 100_001 + place);
    // A third was there when the books were opened; the others came since, more of them lately.
    let since = match random.chance(0.33) {
        true => span.at(random.share() * 2.0),
        false => span.at(span.days() * random.share().sqrt()),
    };
    let habit = habit(random);
    let mut values = Map::new();
    let mut put = |name: &str, value: Value| drop(values.insert(name.to_owned(), value));
    put("email", email(first, last, place, random).into());
    put("salutation", if is_woman { "mrs" } else { "mr" }.into());
    put("firstname", first.into());
    put("lastname", last.into());
    put("countryCode", country.code.into());
    put("language", country.language.into());
    put("timeZone", country.time_zone.into());
    put("birthDate", birthday(random).into());
    put("profilingConsent", random.chance(0.8).into());
    put("active", (!random.chance(0.03)).into());
    put("externalIds", json!({ "shop": number }));
    put("fields", fields(random, habit, place));
    if let Some(phone) = phone(country.code, place) {
        put("phone", phone.into());
    }
    move_to(&mut values, &country.address(random));
    Person { number, since, habit, draft: Draft { values, token: None, created_at: Some(since) } }
}

fn habit(random: &mut Random) -> Habit {
    // Heavy buyers, regulars, occasional buyers, and those who came once.
    let (order_days, stays) = [(18.0, 900.0), (65.0, 600.0), (220.0, 420.0), (4_000.0, 60.0)][random.weighted(&[0.05, 0.22, 0.43, 0.3])];
    let newsletter = random.chance(0.55);
    Habit {
        order_days: order_days * (0.6 + 0.8 * random.share()),
        visit_days: (order_days / 3.0).clamp(7.0, 60.0) * (0.5 + random.share()),
        opens: if newsletter { random.share() * random.share() * 0.6 } else { 0.0 },
        returns: random.share() * random.share() * 0.35,
        reviews: random.share() * random.share() * 0.3,
        spending: 0.6 + random.wait(0.5),
        stays_days: random.wait(stays) + 1.0,
        favourite: random.between(0, 6) as usize,
    }
}

fn email(first: &str, last: &str, place: usize, random: &mut Random) -> String {
    let (first, last) = (plain(first), plain(last));
    let name = match random.between(0, 4) {
        0 => format!("{first}.{last}"),
        1 => format!("{}.{last}", &first[..1]),
        2 => format!("{last}.{first}"),
        _ => format!("{first}{last}"),
    };
    format!("{name}{}@{}", place + 1, random.pick(&MAIL_DOMAINS))
}

/// As people write their name in an address.
fn plain(name: &str) -> String {
    let spelled = name.to_lowercase().replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss").replace('ı', "i");
    let bare = |char: char| match char {
        'é' | 'è' | 'ê' => 'e',
        'ć' | 'ç' => 'c',
        'ó' => 'o',
        other => other,
    };
    spelled.chars().map(bare).filter(char::is_ascii_alphabetic).collect()
}

fn birthday(random: &mut Random) -> String {
    let year = 1945 + (62.0 * (random.share() + random.share()) / 2.0) as i16;
    let day = Date::new(year, 1, 1).expect("the first of January of these years exists");
    day.saturating_add(jiff::Span::new().days(random.between(0, 365))).to_string()
}

/// For some; more numbers than are set aside would be those of real people.
fn phone(country: &str, place: usize) -> Option<String> {
    let number = place.checked_div(5).filter(|number| place.is_multiple_of(5) && *number < EXAMPLE_NUMBERS)?;
    match country {
        "DE" => Some(format!("+49 30 23125{number:03}")),
        "GB" => Some(format!("+44 7700 900{number:03}")),
        _ => None,
    }
}

fn fields(random: &mut Random, habit: Habit, place: usize) -> Value {
    let tier = if habit.order_days < 25.0 {
        "gold"
    } else if habit.order_days < 90.0 {
        "silver"
    } else {
        "bronze"
    };
    let mut interests = vec![INTERESTS[habit.favourite]];
    while random.chance(0.4) && interests.len() < 3 {
        let another = random.pick(&INTERESTS);
        if !interests.contains(&another) {
            interests.push(another);
        }
    }
    let mut fields = json!({ "tier": tier, "interests": interests, "newsletter": 0.0 < habit.opens });
    if random.chance(0.7) {
        fields["shoeSize"] = json!(36.0 + (random.between(0, 24) as f64) / 2.0);
    }
    if random.chance(0.6) {
        fields["loyaltyNumber"] = json!(format!("L-{:06}", 37 * (place + 11)));
    }
    fields
}

fn move_to(values: &mut Map<String, Value>, address: &Address) {
    values.insert("street".to_owned(), address.street.as_str().into());
    values.insert("zip".to_owned(), address.zip.as_str().into());
    values.insert("city".to_owned(), address.city.as_str().into());
}

/// The same person in the books again: with another mail address, and misspelled, turned round or moved.
fn twin(person: &Person, country: &Country, random: &mut Random, span: Span, place: usize) -> Person {
    let mut values = person.draft.values.clone();
    let text = |values: &Map<String, Value>, name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (first, last) = (text(&values, "firstname"), text(&values, "lastname"));
    match random.between(0, 4) {
        0 => drop(values.insert("lastname".to_owned(), mistyped(&last, random).into())),
        1 => drop(values.insert("firstname".to_owned(), mistyped(&first, random).into())),
        2 => {
            values.insert("firstname".to_owned(), last.as_str().into());
            values.insert("lastname".to_owned(), first.as_str().into());
        }
        _ => move_to(&mut values, &country.address(random)),
    }
    let number = format!("{}", 100_001 + place);
    values.insert("email".to_owned(), email(&first, &last, place, random).into());
    values.insert("externalIds".to_owned(), json!({ "shop": number }));
    values.shift_remove("phone");
    if random.chance(0.3) {
        values.shift_remove("birthDate");
    }
    if let Some(fields) = values.get_mut("fields").and_then(Value::as_object_mut) {
        fields.shift_remove("loyaltyNumber");
    }
    let left = (span.to.0 - person.since.0) as f64 / 86_400e6;
    let since = Instant(person.since.0 + (random.share() * left * 86_400e6) as i64);
    let habit = Habit { order_days: person.habit.order_days * 2.5, ..person.habit };
    Person { number, since, habit, draft: Draft { values, token: None, created_at: Some(since) } }
}

/// A letter doubled, dropped, or changed places with its neighbour.
fn mistyped(name: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let place = random.between(1, letters.len().max(2) as i64) as usize;
    match random.between(0, 3) {
        0 if place < letters.len() => letters.insert(place, letters[place]),
        1 if 3 < letters.len() && place < letters.len() => drop(letters.remove(place)),
        _ if place + 1 < letters.len() => letters.swap(place, place + 1),
        _ => letters.push('e'),
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn some(seed: u64) -> Vec<Person> {
        let span = Span { from: Instant(0), to: Instant(730 * 86_400_000_000) };
        all(&super::super::country::all(), &Random::new(seed), span, 1_000)
    }

    #[test]
    fn a_seed_gives_the_same_people_and_each_is_known_by_what_nobody_else_has() {
        let told = |people: &[Person]| people.iter().map(|person| format!("{:?}", person.draft)).collect::<Vec<_>>();
        assert_eq!(told(&some(7)), told(&some(7)));
        assert_ne!(told(&some(7)), told(&some(8)));
        let people = some(7);
        assert_eq!(people.len(), 1_000);
        for name in ["email", "phone", "externalIds"] {
            let values: Vec<String> = people.iter().filter_map(|person| person.draft.values.get(name)).map(Value::to_string).collect();
            assert_eq!(values.iter().collect::<HashSet<_>>().len(), values.len(), "{name}");
        }
        assert!(people.iter().all(|person| person.draft.values["email"].as_str().is_some_and(|email| email.ends_with(".example"))));
    }

    #[test]
    fn typing_errors_change_a_name_and_keep_most_of_it() {
        let mut random = Random::new(3);
        for name in ["Li", "Müller", "Anna", "Jovanović"] {
            for _ in 0..50 {
                let wrong = mistyped(name, &mut random);
                assert!(wrong.chars().count().abs_diff(name.chars().count()) <= 1, "{name} {wrong}");
            }
        }
    }
}
