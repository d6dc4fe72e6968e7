//! Made-up customers of shops in Germany, Austria, Switzerland and Great Britain, with copies that were damaged and with
//! relatives who share a home. The same seed gives the same people.

use crate::names::*;

/// What is known of a made-up customer.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// Who it is in truth.
    pub truth: usize,
    pub firstname: String,
    pub lastname: String,
    pub born: String,
    pub email: String,
    pub phone: String,
    pub street: String,
    pub zip: String,
    pub city: String,
    pub country: String,
    /// Whether he was made from somebody of his household, and has that one's mail address.
    pub is_relative: bool,
    pub shares_mail: bool,
}

/// Of 100 customers, how many are copies of others, and how many are relatives.
const COPIES: usize = 20;
const RELATIVES: usize = 6;

/// Numbers by SplitMix64.
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) % end.max(1) as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list in which what comes first is more common.
    fn frequent<'a>(&mut self, list: &'a [&'a str]) -> &'a str {
        let far = (self.below(1_000_000) as f64 + 1.0) / 1_000_000.0;
        let place = ((list.len() as f64 + 4.0).powf(far) - 1.0) / (list.len() as f64 + 3.0) * list.len() as f64;
        list[(place as usize).min(list.len() - 1)]
    }

    fn one<'a>(&mut self, list: &'a [&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

/// The lists, split once.
pub struct Lists(std::collections::HashMap<&'static str, Vec<&'static str>>);

impl Lists {
    pub fn new() -> Lists {
        let all = [
            WOMEN,
            MEN,
            ENGLISH_WOMEN,
            ENGLISH_MEN,
            GERMAN_FAMILIES,
            ENGLISH_FAMILIES,
            FRONTS,
            FAMILY_ENDS,
            PLACE_ENDS,
            ENGLISH_FRONTS,
            ENGLISH_FAMILY_ENDS,
            ENGLISH_PLACE_ENDS,
            STREET_ENDS,
            ENGLISH_STREET_ENDS,
            STREETS,
            ENGLISH_STREETS,
            NICKNAMES,
            DOMAINS,
        ];
        Lists(all.into_iter().map(|list| (list, list.split_whitespace().collect())).collect())
    }

    fn of(&self, list: &'static str) -> &[&'static str] {
        &self.0[list]
    }
}

/// Customers in a random order, so that copies stand anywhere.
pub fn people(customers: usize, seed: u64) -> Vec<Person> {
    let (lists, mut draw) = (Lists::new(), Draw(seed));
    let (copies, relatives) = (customers * COPIES / 100, customers * RELATIVES / 100);
    let mut all: Vec<Person> = Vec::with_capacity(customers);
    while all.len() < customers - copies - relatives {
        let truth = all.len();
        all.push(stranger(truth, &lists, &mut draw));
    }
    own_addresses(&mut all, 0);
    let originals = all.len();
    for _ in 0..relatives {
        let of = all[draw.below(originals)].clone();
        let truth = all.len();
        all.push(relative(&of, truth, &lists, &mut draw));
    }
    own_addresses(&mut all, originals);
    let known = all.len();
    for _ in 0..copies {
        let mut copy = all[draw.below(known)].clone();
        for _ in 0..=draw.below(4) {
            damage(&mut copy, &lists, &mut draw);
        }
        all.push(copy);
    }
    all.iter_mut().for_each(|person| dress(person, &mut draw));
    for place in (1..all.len()).rev() {
        all.swap(place, draw.below(place + 1));
    }
    all
}

/// No two strangers have one mail address: whoever comes later takes another number. Relatives may share one.
fn own_addresses(all: &mut [Person], from: usize) {
    let mut taken: std::collections::HashSet<String> = all[..from].iter().map(|person| person.email.clone()).collect();
    let shared = taken.clone();
    for person in &mut all[from..] {
        let Some((local, domain)) = person.email.split_once('@').map(|(local, domain)| (local.to_owned(), domain.to_owned())) else {
            continue;
        };
        let is_shared = person.is_relative && shared.contains(&person.email) && person.shares_mail;
        let mut number = 1;
        while !is_shared && !taken.insert(person.email.clone()) {
            number += 1;
            person.email = format!("{local}{number}@{domain}");
        }
    }
}

fn country(draw: &mut Draw) -> &'static Country {
    let mut left = draw.below(100) as u64;
    COUNTRIES
        .iter()
        .find(|country| {
            let found = left < country.weight;
            left = left.saturating_sub(country.weight);
            found
        })
        .unwrap_or(&COUNTRIES[0])
}

fn is_german(person: &Person) -> bool {
    person.country != "GB"
}

fn stranger(truth: usize, lists: &Lists, draw: &mut Draw) -> Person {
    let country = country(draw);
    let mut person = Person { truth, country: country.code.to_owned(), ..Person::default() };
    person.firstname = first_name(&person, lists, draw);
    person.lastname = family(&person, lists, draw);
    let year = 2007 - draw.below(38) - draw.below(38);
    person.born = date(year, draw);
    move_house(&mut person, country, lists, draw);
    person.email = email(&person, lists, draw);
    person.phone = phone(country, draw);
    leave_out(&mut person, draw);
    person
}

fn leave_out(person: &mut Person, draw: &mut Draw) {
    if draw.chance(8) {
        person.email.clear();
    }
    if draw.chance(45) {
        person.phone.clear();
    }
    if draw.chance(30) {
        person.born.clear();
    } else if draw.chance(1) {
        person.born = "1970-01-01".to_owned();
    }
    if draw.chance(8) {
        person.street.clear();
    }
}

fn date(year: usize, draw: &mut Draw) -> String {
    format!("{year}-{:02}-{:02}", 1 + draw.below(12), 1 + draw.below(28))
}

fn first_name(person: &Person, lists: &Lists, draw: &mut Draw) -> String {
    let list = match (is_german(person), draw.chance(50)) {
        (true, true) => WOMEN,
        (true, false) => MEN,
        (false, true) => ENGLISH_WOMEN,
        (false, false) => ENGLISH_MEN,
    };
    draw.frequent(lists.of(list)).to_owned()
}

fn family(person: &Person, lists: &Lists, draw: &mut Draw) -> String {
    match (is_german(person), draw.chance(55)) {
        (true, true) => draw.frequent(lists.of(GERMAN_FAMILIES)).to_owned(),
        (false, true) => draw.frequent(lists.of(ENGLISH_FAMILIES)).to_owned(),
        (true, false) => format!("{}{}", draw.one(lists.of(FRONTS)), draw.one(lists.of(FAMILY_ENDS))),
        (false, false) => format!("{}{}", draw.one(lists.of(ENGLISH_FRONTS)), draw.one(lists.of(ENGLISH_FAMILY_ENDS))),
    }
}

/// A zip always lies in the same place.
fn move_house(person: &mut Person, country: &Country, lists: &Lists, draw: &mut Draw) {
    let number = draw.below(if country.zip.len() == 5 { 8_000 } else { 2_500 });
    let mut of_place = Draw(number as u64 * 31 + country.weight);
    person.zip = country
        .zip
        .chars()
        .map(|sign| match sign {
            '#' => (b'1' + of_place.below(9) as u8) as char,
            '@' => (b'A' + of_place.below(20) as u8) as char,
            other => other,
        })
        .collect();
    let (fronts, ends) = if country.german { (FRONTS, PLACE_ENDS) } else { (ENGLISH_FRONTS, ENGLISH_PLACE_ENDS) };
    person.city = format!("{}{}", of_place.one(lists.of(fronts)), of_place.one(lists.of(ends)));
    let house = 1 + draw.below(20) + draw.below(60) * usize::from(draw.chance(40));
    person.street = if country.german {
        let front = if draw.chance(40) { draw.one(lists.of(STREETS)) } else { draw.one(lists.of(FRONTS)) };
        format!("{front}{} {house}", draw.frequent(lists.of(STREET_ENDS)))
    } else {
        let front = if draw.chance(40) { draw.one(lists.of(ENGLISH_STREETS)) } else { draw.one(lists.of(ENGLISH_FRONTS)) };
        format!("{house} {} {}", front.replace('_', " "), draw.frequent(lists.of(ENGLISH_STREET_ENDS)))
    };
}

fn email(person: &Person, lists: &Lists, draw: &mut Draw) -> String {
    let plain = |text: &str| {
        let lower = text.to_lowercase();
        lower.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss").replace(['\'', ' '], "")
    };
    let (first, last) = (plain(&person.firstname), plain(&person.lastname));
    let number = draw.below(100);
    let local = match draw.below(6) {
        0 => format!("{first}.{last}"),
        1 => format!("{first}{last}{number}"),
        2 => format!("{}.{last}{number}", first.get(..1).unwrap_or("x")),
        3 => format!("{last}{}", 1940 + draw.below(70)),
        4 => format!("{first}_{number}{}", draw.below(1_000)),
        _ => format!("{}{}{number}", plain(draw.one(lists.of(FRONTS))), plain(draw.one(lists.of(ENGLISH_FRONTS)))),
    };
    format!("{local}@{}", draw.frequent(lists.of(DOMAINS)))
}

fn phone(country: &Country, draw: &mut Draw) -> String {
    let front = match country.code {
        "DE" => 151 + draw.below(28),
        "AT" => [650, 660, 664, 676, 699][draw.below(5)],
        "CH" => 76 + draw.below(4),
        _ => 7_400 + draw.below(500),
    };
    let rest = match country.code {
        "GB" => format!("{:06}", draw.below(1_000_000)),
        _ => format!("{:07}", draw.below(10_000_000)),
    };
    format!("{} {front} {rest}", country.dial)
}

/// Somebody of the same household: shares the home and mostly the name, never the given name.
fn relative(of: &Person, truth: usize, lists: &Lists, draw: &mut Draw) -> Person {
    let mut person = Person { truth, ..of.clone() };
    while person.firstname == of.firstname {
        person.firstname = first_name(of, lists, draw);
    }
    if draw.chance(15) {
        person.lastname = family(of, lists, draw);
    }
    if !person.born.is_empty() {
        let year: usize = of.born[..4].parse().unwrap_or(1980);
        let year = if draw.chance(60) { year + draw.below(7) - 3 } else { year + 20 + draw.below(15) };
        person.born = date(year.min(2015), draw);
    }
    (person.is_relative, person.shares_mail) = (true, draw.chance(10));
    if !person.shares_mail {
        person.email = if draw.chance(90) { email(&person, lists, draw) } else { String::new() };
    }
    if !person.phone.is_empty() && draw.chance(60) {
        let country = COUNTRIES.iter().find(|country| country.code == of.country).unwrap_or(&COUNTRIES[0]);
        person.phone = phone(country, draw);
    }
    person
}

fn damage(person: &mut Person, lists: &Lists, draw: &mut Draw) {
    let country = COUNTRIES.iter().find(|country| country.code == person.country).unwrap_or(&COUNTRIES[0]);
    match draw.below(20) {
        0..=1 => mistype(&mut person.firstname, draw),
        2..=4 => mistype(&mut person.lastname, draw),
        5 => mistype(&mut person.street, draw),
        6 => mistype(&mut person.email, draw),
        7 => mistype(&mut person.phone, draw),
        8 => mistype(&mut person.zip, draw),
        9 => mistype(&mut person.born, draw),
        10 => turn_date(&mut person.born),
        11..=12 => nickname(person, lists, draw),
        13 => std::mem::swap(&mut person.firstname, &mut person.lastname),
        14..=16 => {
            let fields =
                [&mut person.email, &mut person.phone, &mut person.born, &mut person.street, &mut person.zip, &mut person.firstname];
            let place = draw.below(fields.len());
            fields.into_iter().nth(place).into_iter().for_each(String::clear);
        }
        17 => person.email = email(person, lists, draw),
        18 => move_house(person, country, lists, draw),
        _ => person.lastname = family(person, lists, draw),
    }
}

/// One letter more, less, other, or two the other way round. Separators stay.
fn mistype(text: &mut String, draw: &mut Draw) {
    let mut letters: Vec<char> = text.chars().collect();
    let places: Vec<usize> = (0..letters.len()).filter(|place| letters[*place].is_alphanumeric()).collect();
    if places.len() < 2 {
        return;
    }
    let place = places[draw.below(places.len())];
    let other = |sign: char, draw: &mut Draw| {
        if sign.is_ascii_digit() { (b'0' + draw.below(10) as u8) as char } else { (b'a' + draw.below(26) as u8) as char }
    };
    let is_date = text.len() == 10 && text.as_bytes()[4] == b'-';
    match draw.below(if is_date { 1 } else { 4 }) {
        0 => letters[place] = other(letters[place], draw),
        1 => drop(letters.remove(place)),
        2 => letters.insert(place, other(letters[place], draw)),
        _ => {
            let next = (place + 1).min(letters.len() - 1);
            letters.swap(place, next);
        }
    }
    *text = letters.into_iter().collect();
}

fn turn_date(born: &mut String) {
    if let [year, month, day] = born.split('-').collect::<Vec<_>>()[..]
        && day <= "12"
    {
        *born = format!("{year}-{day}-{month}");
    }
}

fn nickname(person: &mut Person, lists: &Lists, draw: &mut Draw) {
    let short: Vec<&str> = lists.of(NICKNAMES).iter().filter_map(|pair| pair.strip_prefix(&format!("{}:", person.firstname))).collect();
    person.firstname = match short[..] {
        [] if draw.chance(50) => person.firstname.chars().take(1).chain(['.']).collect(),
        [] => format!("{} {}", person.firstname, first_name(person, lists, draw)),
        _ => draw.one(&short).to_owned(),
    };
}

/// How the same is written by different hands: umlauts, abbreviations, case, titles.
fn dress(person: &mut Person, draw: &mut Draw) {
    if draw.chance(15) {
        for text in [&mut person.firstname, &mut person.lastname, &mut person.street, &mut person.city] {
            *text = text.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss");
        }
    }
    if draw.chance(30) {
        person.street = person.street.replace("straße", "str.").replace("Street", "St").replace("Road", "Rd");
    }
    if draw.chance(8) {
        person.lastname = person.lastname.to_uppercase();
    }
    if draw.chance(4) {
        person.firstname = format!("Dr. {}", person.firstname);
    }
    if draw.chance(30) {
        person.phone = person.phone.replace(' ', "");
    }
    if draw.chance(10) {
        person.email = person.email.to_uppercase();
    }
}
