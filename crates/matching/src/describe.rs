//! From what a shop stores of a customer to what is compared of him.

use crate::field::EXTRAS_MAX;
use crate::normalise::{date, email, name, phone, street, text, zip};
use crate::phonetics::cologne;
use crate::traits::Traits;

/// What is stored of a customer; what is empty is not known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stored<'a> {
    pub firstname: &'a str,
    pub lastname: &'a str,
    /// As `2001-12-31`.
    pub birth_date: &'a str,
    pub email: &'a str,
    pub phone: &'a str,
    pub street: &'a str,
    pub zip: &'a str,
    pub city: &'a str,
    /// Two letters, ISO 3166.
    pub country: &'a str,
    pub extras: [&'a str; EXTRAS_MAX],
}

/// What is compared of a customer.
pub fn describe(stored: &Stored<'_>) -> Traits {
    let first = name::given(stored.firstname);
    let last = name::family(stored.lastname);
    let mail = email::email(stored.email);
    let street = street::street(stored.street);
    let born = date::date(stored.birth_date);
    let token = first.split(' ').next().unwrap_or_default();
    Traits {
        first_sound: name_sound(token),
        last_sound: name_sound(last.rsplit(' ').next().unwrap_or_default()),
        first_group: name::nickname_group(token).map_or(0, |group| u32::from(group) + 1),
        born: born.map_or(0, |(year, month, day)| u32::from(year) * 10_000 + u32::from(month) * 100 + u32::from(day)),
        email_local: mail.local,
        email_domain: mail.domain,
        phone: phone::phone(stored.phone, stored.country),
        street: street.name,
        number: street.number,
        zip: zip::zip(stored.zip, stored.country),
        city: text::text(stored.city),
        extras: stored.extras.map(text::text),
        first,
        last,
    }
}

/// How a name sounds; for a short form, how the name sounds that it is a form of, also where it stands as a family name.
fn name_sound(name: &str) -> u32 {
    sound(name::whole_name(name).unwrap_or(name))
}

/// How a word sounds by the Cologne phonetics, as a number; 0 for a word that has no sound.
fn sound(word: &str) -> u32 {
    if word.is_empty() {
        return 0;
    }
    let code = cologne(word);
    code.bytes().fold(u32::from(!code.is_empty()), |sum, digit| sum.wrapping_mul(31).wrapping_add(u32::from(digit)))
}
