//! Streets with house numbers, however they are written: kinds of streets in one form and apart from the name, the number
//! split off, the part of the house put aside.

mod kinds;

use super::text::fold;

/// `Hauptstr. 5a` is `haupt str` and `5a`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Street {
    pub name: String,
    /// Ranges with `-`, stairs and doors behind `/`: `12-14`, `5/3/12`.
    pub number: String,
}

impl Street {
    /// The number of the house without stairs and door.
    pub fn house(&self) -> &str {
        self.number.split('/').next().unwrap_or_default()
    }
}

/// More pieces than this stand in no address; what follows them is left out.
const PIECES_MAX: usize = 32;

/// A run of letters or digits, and what stands around it.
#[derive(Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    /// The most telling sign in front: one of `, # / -`, else a space; `.` behind is kept apart.
    before: u8,
    dotted: bool,
}

impl Piece<'_> {
    fn is_number(&self) -> bool {
        self.text.as_bytes()[0].is_ascii_digit()
    }

    fn is_letter(&self) -> bool {
        self.text.len() == 1 && !self.is_number()
    }
}

/// The street of an address line; the number may stand in front or behind.
pub fn street(raw: &str) -> Street {
    let mut folded = fold(raw);
    if folded.contains('\'') {
        folded = folded.replace('\'', "").into();
    }
    let mut pieces = split(&folded);
    put_aside(&mut pieces);
    let Some((from, to)) = number_at(&pieces) else {
        return Street { name: name(line(&pieces)), number: String::new() };
    };
    let (before, behind) = (&pieces[..from], &pieces[to..]);
    let is_behind = before.is_empty() || (has_kind(behind) && !has_kind(before));
    let of_name = line(if is_behind { behind } else { before });
    Street { name: name(of_name), number: number(&pieces[from..to]) }
}

/// The part between commas that names a kind of street, so that houses with names and towns stay out; else all of it.
fn line<'a, 'b>(pieces: &'a [Piece<'b>]) -> &'a [Piece<'b>] {
    let mut rest = pieces;
    while let [_, others @ ..] = rest {
        let end = 1 + others.iter().take_while(|piece| piece.before != b',').count();
        if has_kind(&rest[..end]) {
            return &rest[..end];
        }
        rest = &rest[end..];
    }
    pieces
}

fn has_kind(pieces: &[Piece<'_>]) -> bool {
    (0..pieces.len()).any(|at| kinds::is_street(apart(pieces, at).1))
}

fn split(folded: &str) -> Vec<Piece<'_>> {
    let bytes = folded.as_bytes();
    let mut pieces: Vec<Piece<'_>> = Vec::with_capacity(8);
    let (mut at, mut before) = (0, b' ');
    while at < bytes.len() && pieces.len() < PIECES_MAX {
        let from = at;
        while at < bytes.len() && bytes[at].is_ascii_alphanumeric() {
            if at > from && bytes[at].is_ascii_digit() && bytes[at - 1].is_ascii_alphabetic() && bytes[from].is_ascii_alphabetic() {
                break;
            }
            at += 1;
        }
        if at > from {
            pieces.push(Piece { text: &folded[from..at], before, dotted: false });
            before = b' ';
            continue;
        }
        match bytes[at] {
            b'.' if before == b' ' => pieces.last_mut().into_iter().for_each(|last| last.dotted = true),
            sign @ (b',' | b'#') => before = sign,
            sign @ (b'/' | b'-') if !matches!(before, b',' | b'#') => before = sign,
            _ => {}
        }
        at += 1;
    }
    pieces
}

/// Takes out flats, doors and floors with their numbers, and words that only say that a number follows.
fn put_aside(pieces: &mut Vec<Piece<'_>>) {
    let mut at = 0;
    while at < pieces.len() {
        let aside = aside_at(pieces, at);
        pieces.drain(at..at + aside);
        at += usize::from(aside == 0);
    }
}

/// How many pieces from here on are to be put aside.
fn aside_at(pieces: &[Piece<'_>], at: usize) -> usize {
    let piece = pieces[at];
    let next = pieces.get(at + 1);
    let is_counted = next.is_some_and(Piece::is_number);
    if kinds::ANNOUNCES.contains(&piece.text) {
        return usize::from(is_counted && at > 0);
    }
    if piece.before == b'#' {
        return 1 + further(&pieces[at + 1..]);
    }
    if kinds::PARTS.contains(&piece.text) {
        let is_lettered = next.is_some_and(Piece::is_letter) && pieces.get(at + 2).is_none_or(|third| third.before == b',');
        let hung_on = pieces.get(at + 2..).map_or(0, further);
        // In front of a name the last of them is the house: `Unit 5/12 High Street`.
        let is_house = at == 0 && pieces.get(2 + hung_on).is_some_and(|piece| piece.before != b',');
        return if is_counted || is_lettered { 2 + hung_on.saturating_sub(usize::from(is_house)) } else { 0 };
    }
    let is_floor = next.is_some_and(|next| next.before == b' ' && kinds::FLOORS.contains(&next.text));
    let ends = pieces.get(at + 2).is_none_or(|third| third.before == b',');
    if piece.is_number() && is_floor && ends { 2 } else { 0 }
}

/// Numbers hung on with a slash or a hyphen.
fn further(pieces: &[Piece<'_>]) -> usize {
    pieces.iter().take_while(|piece| matches!(piece.before, b'/' | b'-') && piece.is_number()).count()
}

/// Where the house number stands: in front of words, else the last one behind words.
fn number_at(pieces: &[Piece<'_>]) -> Option<(usize, usize)> {
    let counts = |at: usize| pieces[at].is_number() && !is_ordinal(pieces, at);
    if !pieces.is_empty() && counts(0) {
        let hung_on = (1..pieces.len()).take_while(|at| counts(*at) && pieces[*at].before != b',').count();
        return Some((0, 1 + hung_on));
    }
    let last = (0..pieces.len()).rev().find(|at| counts(*at))?;
    let mut from = last;
    while from > 1 && (counts(from - 1) || (pieces[from - 1].is_letter() && from > 2 && counts(from - 2))) {
        from -= 1;
    }
    let has_letter = pieces.get(last + 1).is_some_and(|next| next.is_letter() && next.before != b',');
    let is_alone = pieces.get(last + 2).is_none_or(|third| third.before == b',');
    Some((from, last + 1 + usize::from(has_letter && is_alone)))
}

/// `1st`, `42nd`, and a number with a full stop in front of a word: `17. Juni`.
fn is_ordinal(pieces: &[Piece<'_>], at: usize) -> bool {
    let piece = pieces[at];
    let is_english = ["st", "nd", "rd", "th"].iter().any(|end| piece.text.ends_with(end));
    is_english || (piece.dotted && pieces.get(at + 1).is_some_and(|next| !next.is_number() && next.text.len() > 1 && next.before == b' '))
}

fn number(pieces: &[Piece<'_>]) -> String {
    let mut number = String::with_capacity(8);
    for piece in pieces {
        if piece.is_number() && !number.is_empty() {
            number.push(if piece.before == b'-' { '-' } else { '/' });
        }
        let bare = piece.text.trim_start_matches('0');
        number.push_str(if bare.is_empty() { "0" } else { bare });
    }
    number
}

fn name(pieces: &[Piece<'_>]) -> String {
    let mut name = String::with_capacity(pieces.iter().map(|piece| piece.text.len() + 3).sum());
    for at in 0..pieces.len() {
        let (stem, kind) = apart(pieces, at);
        for part in [stem, kind].into_iter().filter(|part| !part.is_empty()) {
            if !name.is_empty() {
                name.push(' ');
            }
            name.push_str(part);
        }
    }
    name
}

fn apart<'a>(pieces: &[Piece<'a>], at: usize) -> (&'a str, &'a str) {
    let place = match (at == 0, at + 1 == pieces.len()) {
        (true, false) => kinds::Place::First,
        (false, true) => kinds::Place::Last,
        (true, true) | (false, false) => kinds::Place::Else,
    };
    kinds::apart(pieces[at].text, place, pieces[at].dotted)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn streets_and_numbers() {
        check("Hauptstraße 5", "haupt str", "5");
        check("Hauptstr. 5", "haupt str", "5");
        check("Hauptstr.5", "haupt str", "5");
        check("Hauptstr5", "haupt str", "5");
        check("HAUPTSTRASSE 05", "haupt str", "5");
        check("Haupt Straße 5", "haupt str", "5");
        check("Haupt-Str. 5 A", "haupt str", "5a");
        check("Hauptstr. 5a", "haupt str", "5a");
        check("Hauptstr. 12 - 14", "haupt str", "12-14");
        check("Hauptstr. 5/3/12", "haupt str", "5/3/12");
        check("Hauptstr. 5, 3", "haupt str", "5/3");
        check("Hauptstr. 5 a / 3", "haupt str", "5a/3");
        check("Hauptstr. 5 Hinterhaus", "haupt str", "5");
        check("Hauptstr. Nr. 5", "haupt str", "5");
        check("Dr.-Karl-Renner-Str. 5", "dr karl renner str", "5");
        check("Lange G. 7", "lange gasse", "7");
        check("Kärntnerg. 7", "kaerntner gasse", "7");
        check("Kärntnergasse 7", "kaerntner gasse", "7");
        check("Rathauspl. 1", "rathaus platz", "1");
        check("Rathaus Platz 1", "rathaus platz", "1");
        check("Am Feldweg 3", "am feld weg", "3");
        check("Straße des 17. Juni 135", "str des 17 juni", "135");
        check("Straße des 17. Juni", "str des 17 juni", "");
        check("Hauptstr.", "haupt str", "");
        check("Q 7, 24", "q", "7/24");
        check("5", "", "5");
        check("", "", "");
        check(" . / ", "", "");

        #[track_caller]
        fn check(raw: &str, name: &str, number: &str) {
            assert_eq!(street(raw), Street { name: name.to_owned(), number: number.to_owned() }, "{raw}");
        }
    }

    #[test]
    fn numbers_in_front() {
        check("12 High Street", "high str", "12");
        check("12 High St.", "high str", "12");
        check("12a High St", "high str", "12a");
        check("12-14 Main Rd", "main road", "12-14");
        check("1600 Pennsylvania Ave NW", "pennsylvania avenue nw", "1600");
        check("12 E Main Street", "e main str", "12");
        check("12 East Main Street", "e main str", "12");
        check("350 5th Ave", "5th avenue", "350");
        check("5th Avenue 350", "5th avenue", "350");
        check("1 St John's Lane", "st johns lane", "1");
        check("1 Saint Johns Ln", "st johns lane", "1");
        check("4 Martin Luther Dr", "martin luther drive", "4");
        check("12, rue de la Paix", "rue de la paix", "12");
        check("10 Downing St, London", "downing str", "10");
        check("Rose Cottage, 12 High Street", "high str", "12");
        check("Rose Cottage, High Street 12", "high str", "12");

        #[track_caller]
        fn check(raw: &str, name: &str, number: &str) {
            assert_eq!(street(raw), Street { name: name.to_owned(), number: number.to_owned() }, "{raw}");
        }
    }

    #[test]
    fn parts_of_houses_are_put_aside() {
        check("Flat 3, 12 High Street", "high str", "12");
        check("Flat 3/2, 12 High Street", "high str", "12");
        check("Unit 5/12 High Street", "high str", "12");
        check("12 High Street, Apt B", "high str", "12");
        check("12 High Street Unit 4/2", "high str", "12");
        check("12 High Street #4", "high str", "12");
        check("Hauptstr. 5 Top 12", "haupt str", "5");
        check("Hauptstr. 5 Stiege 2 Tür 12", "haupt str", "5");
        check("Hauptstr. 5, 3. Stock", "haupt str", "5");
        check("2nd floor, 12 High Street", "high str", "12");
        check("Topstr. 5", "top str", "5");
        check("Top Weg 5", "top weg", "5");

        #[track_caller]
        fn check(raw: &str, name: &str, number: &str) {
            assert_eq!(street(raw), Street { name: name.to_owned(), number: number.to_owned() }, "{raw}");
        }
    }

    #[test]
    fn the_house_without_stairs_and_door() {
        assert_eq!(street("Hauptstr. 5a/3/12").house(), "5a");
        assert_eq!(street("Hauptstr.").house(), "");
    }

    proptest! {
        #[test]
        fn any_text_is_a_street(raw in "(?s)([ -~]|[À-ž]|.){0,60}") {
            let street = street(&raw);
            prop_assert!(street.name.is_ascii() && street.number.is_ascii());
        }

        #[test]
        fn any_pieces_are_a_street(raw in "([a-z]{1,3}|[0-9]{1,2}|top|str|st|og|nr|[ ,.#/-]){0,40}") {
            street(&raw);
        }
    }
}
