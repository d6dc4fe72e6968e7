//! What is compared of a customer, made once and kept in a few bytes: normalised texts, their sounds, the birth date.

use crate::field::EXTRAS_MAX;

/// Bytes kept of one text; what is longer differs before that, or does not matter.
const TEXT_MAX: usize = 120;

/// Texts in their order: given names, family names, local part and domain of the mail address, phone, street, house number,
/// zip, city, further texts.
const TEXTS: usize = 9 + EXTRAS_MAX;

/// Sounds of the first given name and of the family name, birth date, group of names; then the lengths of the texts.
const NUMBERS: usize = 4;
const HEAD: usize = 4 * NUMBERS + TEXTS;

/// What is compared of a customer. All texts are normalised; an empty one says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Traits {
    pub first: String,
    pub last: String,
    /// How the first given name sounds, or the one it is a form of; 0 for none.
    pub first_sound: u32,
    pub last_sound: u32,
    /// As a number, 19820417; 0 for none.
    pub born: u32,
    /// Which given names the first one is a form of; 0 for none.
    pub first_group: u32,
    pub email_local: String,
    pub email_domain: String,
    pub phone: String,
    pub street: String,
    pub number: String,
    pub zip: String,
    pub city: String,
    pub extras: [String; EXTRAS_MAX],
}

impl Traits {
    /// As bytes to be stored and compared.
    pub fn encode(&self) -> Vec<u8> {
        let mut texts: Vec<&[u8]> = [
            &self.first,
            &self.last,
            &self.email_local,
            &self.email_domain,
            &self.phone,
            &self.street,
            &self.number,
            &self.zip,
            &self.city,
        ]
        .into_iter()
        .map(|text| cut(text))
        .collect();
        texts.extend(self.extras.iter().map(|text| cut(text)));
        let mut bytes = Vec::with_capacity(HEAD + texts.iter().map(|text| text.len()).sum::<usize>());
        for number in [self.first_sound, self.last_sound, self.born, self.first_group] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend(texts.iter().map(|text| text.len() as u8));
        texts.iter().for_each(|text| bytes.extend_from_slice(text));
        bytes
    }
}

fn cut(text: &str) -> &[u8] {
    let bytes = text.as_bytes();
    &bytes[..bytes.len().min(TEXT_MAX)]
}

/// Encoded traits, read where they lie.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    pub first: &'a [u8],
    pub last: &'a [u8],
    pub first_sound: u32,
    pub last_sound: u32,
    pub born: u32,
    pub first_group: u32,
    pub email_local: &'a [u8],
    pub email_domain: &'a [u8],
    pub phone: &'a [u8],
    pub street: &'a [u8],
    pub number: &'a [u8],
    pub zip: &'a [u8],
    pub city: &'a [u8],
    pub extras: [&'a [u8]; EXTRAS_MAX],
}

impl<'a> Seen<'a> {
    /// Nothing when these are not the bytes of encoded traits.
    pub fn decode(bytes: &'a [u8]) -> Option<Seen<'a>> {
        let (head, mut rest) = bytes.split_at_checked(HEAD)?;
        let number = |place: usize| head[4 * place..4 * place + 4].try_into().ok().map(u32::from_le_bytes);
        let mut texts: [&'a [u8]; TEXTS] = [&[]; TEXTS];
        for (text, length) in texts.iter_mut().zip(&head[4 * NUMBERS..]) {
            (*text, rest) = rest.split_at_checked(usize::from(*length))?;
        }
        let [first, last, email_local, email_domain, phone, street, house, zip, city, extras @ ..] = texts;
        Some(Seen {
            first,
            last,
            first_sound: number(0)?,
            last_sound: number(1)?,
            born: number(2)?,
            first_group: number(3)?,
            email_local,
            email_domain,
            phone,
            street,
            number: house,
            zip,
            city,
            extras,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_is_read_again() {
        let mut traits = Traits {
            first: "anna".to_owned(),
            last: "mueller".to_owned(),
            first_sound: 7,
            last_sound: u32::MAX,
            born: 19_820_417,
            city: "x".repeat(300),
            ..Traits::default()
        };
        traits.extras[EXTRAS_MAX - 1] = "nsw".to_owned();

        let bytes = traits.encode();
        let seen = Seen::decode(&bytes).unwrap();

        assert_eq!((seen.first, seen.last, seen.email_local), (&b"anna"[..], &b"mueller"[..], &b""[..]));
        assert_eq!((seen.first_sound, seen.last_sound, seen.born), (7, u32::MAX, 19_820_417));
        assert_eq!((seen.city.len(), seen.extras[EXTRAS_MAX - 1]), (TEXT_MAX, &b"nsw"[..]));
    }

    #[test]
    fn bytes_of_something_else_are_refused() {
        let bytes = Traits { first: "anna".to_owned(), ..Traits::default() }.encode();
        for length in 0..bytes.len() {
            assert!(Seen::decode(&bytes[..length]).is_none(), "{length}");
        }
    }
}
