//! Names of people: what others put in front and behind is dropped, what belongs together is put together.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::text::{fold, text};

/// Dropped where they stand in front of a name.
const TITLES: &[&str] = &[
    "bakk",
    "bc",
    "dipl",
    "dkfm",
    "doctor",
    "doktor",
    "dott",
    "dr",
    "familie",
    "fam",
    "frau",
    "fraeulein",
    "frl",
    "herr",
    "herrn",
    "hofrat",
    "hr",
    "ing",
    "lady",
    "lic",
    "mag",
    "magister",
    "mgr",
    "miss",
    "mister",
    "mme",
    "monsieur",
    "mr",
    "mrs",
    "ms",
    "mx",
    "prim",
    "prof",
    "professor",
    "rev",
    "sir",
    "univ",
];

/// Dropped behind a title only: `Dr. med. univ.`, `Dipl.-Ing. (FH)`, `Mag.a`, `Dr.in`.
const OF_TITLES: &[&str] = &[
    "a", "agr", "arch", "dent", "fh", "habil", "hc", "in", "iur", "jur", "kfm", "med", "mont", "nat", "oec", "paed", "pharm", "phil",
    "pol", "psych", "rer", "soc", "techn", "theol", "vet",
];

/// Dropped where they stand behind a name.
const SUFFIXES: &[&str] =
    &["bsc", "esq", "ii", "iii", "iv", "jnr", "jr", "jun", "junior", "llm", "mba", "md", "msc", "phd", "sen", "senior", "snr", "sr"];

/// Dropped behind a comma only, because they are names as well.
const BEHIND_COMMAS: &[&str] = &["ba", "beng", "bed", "dds", "llb", "ma", "mas", "mc", "meng", "med"];

/// Behind these stands the name that a person was born with.
const BORN: &[&str] = &["geb", "geboren", "geborene", "nee"];

/// Parts of a family name that are written with and without a space behind them.
const PARTICLES: &[&str] = &[
    "af", "al", "am", "auf", "aus", "av", "bin", "d", "da", "dal", "dalla", "de", "degli", "del", "dell", "della", "dem", "den", "der",
    "des", "di", "do", "dos", "du", "el", "im", "l", "la", "las", "le", "les", "lo", "los", "mac", "mc", "o", "op", "ten", "ter", "van",
    "vom", "von", "zu", "zum", "zur",
];

/// A given name: tokens in their order. Hyphens part, because half of the world leaves them out.
pub fn given(raw: &str) -> String {
    let folded = fold(raw);
    let words = text(&folded);
    if !words.contains(' ') {
        return words;
    }
    let tokens: Vec<&str> = words.split(' ').collect();
    bare(&tokens, |token| TITLES.contains(&token) || token == "di", behind_comma(&folded)).join(" ")
}

/// A family name: as a given name, and with its particles glued to what follows: `von der Leyen` is `vonderleyen`.
pub fn family(raw: &str) -> String {
    let folded = fold(raw);
    let words = text(&folded);
    if !words.contains(' ') {
        return words;
    }
    let tokens: Vec<&str> = words.split(' ').collect();
    let tokens = bare(&tokens, |token| TITLES.contains(&token), behind_comma(&folded));
    let before_marriage = tokens.iter().position(|token| BORN.contains(token)).filter(|at| *at > 0);
    let tokens = &tokens[..before_marriage.unwrap_or(tokens.len())];
    let mut glued = String::with_capacity(words.len());
    let mut open = false;
    for (at, token) in tokens.iter().enumerate() {
        if at > 0 && !open {
            glued.push(' ');
        }
        let token = if *token == "v" && at + 1 < tokens.len() { "von" } else { token };
        glued.push_str(token);
        open = PARTICLES.contains(&token) || (open && token == "und");
    }
    glued
}

/// How many words stand behind the first comma.
fn behind_comma(folded: &str) -> usize {
    folded.split_once(',').map_or(0, |(_, behind)| text(behind).split(' ').filter(|word| !word.is_empty()).count())
}

/// The tokens without titles and suffixes; the last one left is a name, whatever it looks like.
fn bare<'a, 'b>(mut tokens: &'a [&'b str], is_title: fn(&str) -> bool, behind_comma: usize) -> &'a [&'b str] {
    let mut titled = false;
    while let [first, rest @ ..] = tokens {
        if rest.is_empty() || !(is_title(first) || (titled && OF_TITLES.contains(first))) {
            break;
        }
        titled = true;
        tokens = rest;
    }
    let mut dropped = 0;
    while let [rest @ .., last] = tokens {
        let is_suffix = SUFFIXES.contains(last) || (dropped < behind_comma && (BEHIND_COMMAS.contains(last) || TITLES.contains(last)));
        if rest.is_empty() || !is_suffix {
            break;
        }
        dropped += 1;
        tokens = rest;
    }
    tokens
}

/// Which given names are forms of one: `hans` and `johannes` are in one group. The token has the form that `given` gives.
pub fn nickname_group(token: &str) -> Option<u16> {
    static GROUPS: LazyLock<FxHashMap<&'static str, u16>> = LazyLock::new(|| groups().collect());
    GROUPS.get(token).copied()
}

/// The name that a token is a form of: the first one of its group.
pub fn whole_name(token: &str) -> Option<&'static str> {
    static WHOLE: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
        let mut whole = Vec::new();
        groups().for_each(|(name, group)| {
            if whole.len() == usize::from(group) {
                whole.push(name);
            }
        });
        whole
    });
    nickname_group(token).and_then(|group| WHOLE.get(usize::from(group)).copied())
}

fn groups() -> impl Iterator<Item = (&'static str, u16)> {
    let lines = include_str!("names.txt").lines().filter(|line| !line.starts_with('#'));
    (0u16..).zip(lines).flat_map(|(group, line)| line.split(' ').map(move |name| (name, group)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn given_names() {
        check("", "");
        check("Johann", "johann");
        check("Dr. Johann", "johann");
        check("Mag.a Dr.in Anna-Maria", "anna maria");
        check("Dipl.-Ing. (FH) Jörg", "joerg");
        check("DI Hans", "hans");
        check("Mag. DI (FH) Hans", "hans");
        check("Di", "di");
        check("Dr. med. univ. Eva", "eva");
        check("Herr", "herr");
        check("Herr Dr.", "dr");
        check("Karl jun.", "karl");
        check("Huber, BA", "huber");
        check("Jean Luc", "jean luc");
        check("Jean-Luc", "jean luc");
        check("D'Arcy", "darcy");

        #[track_caller]
        fn check(raw: &str, expected: &str) {
            assert_eq!(given(raw), expected);
        }
    }

    #[test]
    fn family_names() {
        check("Müller-Lüdenscheidt", "mueller luedenscheidt");
        check("von der Leyen", "vonderleyen");
        check("Vonder Leyen", "vonder leyen");
        check("v. Berg", "vonberg");
        check("von und zu Guttenberg", "vonundzuguttenberg");
        check("McDonald", "mcdonald");
        check("Mc Donald", "mcdonald");
        check("O’Brien", "obrien");
        check("O Brien", "obrien");
        check("van Gogh", "vangogh");
        check("VanGogh", "vangogh");
        check("Di Caprio", "dicaprio");
        check("de la Cruz Pérez", "delacruz perez");
        check("Sen", "sen");
        check("Ma", "ma");
        check("Li Ma", "li ma");
        check("Huber, MA, PhD", "huber");
        check("Smith, Jr.", "smith");
        check("Huber Van", "huber van");
        check("Mag. Prof. Dr. Huber sen.", "huber");
        check(", MA", "ma");
        check("Müller geb. Huber", "mueller");
        check("Née", "nee");

        #[track_caller]
        fn check(raw: &str, expected: &str) {
            assert_eq!(family(raw), expected);
        }
    }

    #[test]
    fn forms_of_one_name_share_a_group() {
        check("johann hans hannes johannes john", true);
        check("elisabeth elizabeth liz lisa elsbeth", true);
        check("josef sepp joe", true);
        check("william bill", true);
        check("margarete peggy greta", true);
        check("hans franz", false);
        check("alexander alexandra", false);

        #[track_caller]
        fn check(names: &str, expected: bool) {
            let mut groups: Vec<u16> = names.split(' ').map(|name| nickname_group(name).expect("a known name")).collect();
            groups.dedup();
            assert_eq!(groups.len() == 1, expected, "{names}");
        }
    }

    #[test]
    fn every_form_stands_in_one_group_and_as_given_names_do() {
        let mut seen = FxHashMap::default();
        for (name, group) in groups() {
            assert_eq!(given(name), name);
            assert_eq!(seen.insert(name, group), None, "{name}");
        }
        assert!(seen.values().max().is_some_and(|last| *last >= 250));
        assert_eq!(nickname_group("qwertz"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_a_name(raw in "(?s)([ -~]|[À-ž]|.){0,60}") {
            prop_assert_eq!(given(&raw).is_empty(), text(&raw).is_empty());
            prop_assert_eq!(family(&raw).is_empty(), text(&raw).is_empty());
        }

        #[test]
        fn spaces_behind_particles_do_not_matter(at in 0..PARTICLES.len(), name in "[a-z]{5,9}") {
            let particle = PARTICLES[at];
            prop_assert_eq!(family(&format!("{particle} {name}")), family(&format!("{particle}{name}")));
        }
    }
}
