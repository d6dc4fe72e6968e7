//! The words of address lines: kinds of streets and their short forms, parts of houses, floors.

/// Where in the name of a street a word stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    First,
    Last,
    Else,
}

/// Say that the house number follows.
pub const ANNOUNCES: &[&str] = &["hausnr", "hausnummer", "hnr", "no", "nr", "num", "number", "nummer"];

/// Parts of a house with a number or letter behind.
pub const PARTS: &[&str] = &[
    "apartment",
    "app",
    "appartement",
    "apt",
    "door",
    "etage",
    "fl",
    "flat",
    "floor",
    "room",
    "rm",
    "ste",
    "stg",
    "stiege",
    "stock",
    "suite",
    "top",
    "tuer",
    "unit",
    "whg",
    "wohnung",
];

/// Floors with a number in front.
pub const FLOORS: &[&str] = &["etage", "fl", "floor", "og", "obergeschoss", "stock", "ug"];

/// Kinds that German glues to the name, the longer in front of those they end with.
const GLUED: &[(&str, &str)] = &[
    ("strasse", "str"),
    ("str", "str"),
    ("gasse", "gasse"),
    ("weg", "weg"),
    ("platz", "platz"),
    ("allee", "allee"),
    ("ring", "ring"),
    ("ufer", "ufer"),
    ("damm", "damm"),
    ("steig", "steig"),
    ("pfad", "pfad"),
    ("markt", "markt"),
];

/// Shorter stems make no name of their own: `Spring` is no `Ring`.
const STEM_MIN: usize = 3;

/// Whether this is a kind of street; points of the compass and the like are shorter.
pub fn is_street(kind: &str) -> bool {
    kind.len() > 2
}

/// The word as stem and kind of street; either may be empty.
pub fn apart(word: &str, place: Place, dotted: bool) -> (&str, &str) {
    if let Some(kind) = of_its_own(word, place) {
        return ("", kind);
    }
    for (end, kind) in GLUED {
        if let Some(stem) = word.strip_suffix(end).filter(|stem| stem.len() >= STEM_MIN) {
            return (stem, kind);
        }
    }
    let shortened = [("g", "gasse"), ("pl", "platz")].into_iter().filter(|_| dotted && place != Place::First);
    let is_name = |stem: &&str| stem.len() > STEM_MIN;
    shortened.filter_map(|(end, kind)| Some((word.strip_suffix(end).filter(is_name)?, kind))).next().unwrap_or((word, ""))
}

fn of_its_own(word: &str, place: Place) -> Option<&'static str> {
    let kind = match word {
        "str" | "strasse" | "street" => "str",
        "st" if place == Place::Last => "str",
        "saint" | "sankt" if place != Place::Last => "st",
        "dr" | "drv" if place == Place::Last => "drive",
        "doctor" | "doktor" if place != Place::Last => "dr",
        "g" if place == Place::Last => "gasse",
        "pl" | "place" => "platz",
        "rd" => "road",
        "av" | "ave" | "aven" => "avenue",
        "ln" => "lane",
        "al" if place == Place::Last => "allee",
        "bd" | "blvd" | "boul" | "bvd" => "boulevard",
        "ct" => "court",
        "cl" => "close",
        "cres" => "crescent",
        "gdns" => "gardens",
        "hwy" => "highway",
        "pde" => "parade",
        "pkwy" => "parkway",
        "prom" => "promenade",
        "sq" => "square",
        "tce" | "ter" => "terrace",
        "wy" => "way",
        "north" => "n",
        "south" => "s",
        "east" => "e",
        "west" => "w",
        _ => return None,
    };
    Some(kind)
}
