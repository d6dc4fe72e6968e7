//! Which patterns pass, how they are spelled anew, and what they match.

use super::{Pattern, Refused};

#[test]
fn canonical_spellings() {
    check("^Wien$", "^wien$", "^Wien$");
    check("a|bcd*?", "a|bcd*", "a|bc(?:d)*");
    check("(a)(?P<name>b)(?:c|dd)", "(?:a)(?:b)(?:c|dd)", "(?:a)(?:b)(?:c|dd)");
    check("x{2,}y{3}z{0,4}[A-C]?", "x{2,}y{3}z{0,4}[a-c]?", "(?:x){2,}(?:y){3}(?:z){0,4}[A-C]?");
    check(r"\.\d", r"\.[0-9", r"\.[0-9");
    check("(?i)ß{0}é", "\\u00e9", "[\\u00c9\\u00e9]");
    check("(^)*$+", "(?:)$", "(?:)$");
    check("K[^\\x01-\u{10ffff}]?", "", "");
    check("İ+", "(?:i\\u0307)+", "(?:\\u0130)+");
    check("[İx]", "(?:i\\u0307|x)", "[x\\u0130]");
    check("A\u{308}", "\\u00e4", "A\\u0308");
    check("🦀 -<", "\\U0001f980 \\-<", "\\U0001f980 \\-<");

    /// The beginning of a spelling; nothing where the pattern is refused.
    #[track_caller]
    fn check(source: &str, folded: &str, exact: &str) {
        for (pattern, spelled) in [(Pattern::folded(source), folded), (Pattern::exact(source), exact)] {
            let text = pattern.map(|pattern| pattern.text).unwrap_or_default();
            assert!(text.starts_with(spelled) && text.is_empty() == spelled.is_empty(), "{source} became {text}");
        }
    }
}

#[test]
fn refusals_tell_the_spot() {
    check("ab(", "at character 3: unclosed group");
    check("ä)", "at character 2: unopened group");
    check("a(?=b)", "at character 2: look-around, including look-ahead and look-behind, is not supported");
    check(r"(a)\1", "at character 4: backreferences are not supported");
    check(r"foo\b", "at character 4: boundaries of words cannot be used");
    check("a(?m)^", "at character 4: only the flags `i`, `s`, `x` and `U` can be used");
    check("(?-u:a)", "at character 4: only the flags `i`, `s`, `x` and `U` can be used");
    check("x{256}", "at character 2: a repetition counts up to 255 at most");
    check("[z-a]", "at character 2: invalid character class range, the start must be <= the end");
    check(r"a\x00", "a text cannot contain the NUL character");
    check("[a&&b]", "the pattern has a class without characters, which nothing matches");
    check(&"(".repeat(40), "at character 40: unclosed group");
    check("(((a{255}){255}){255}){255}", "the pattern comes to too much; repeat less, or use smaller classes of characters");
    check("(a?){101}", "the pattern comes to too much; repeat less, or use smaller classes of characters");
    check(r"\w{255}", "the pattern comes to too much; repeat less, or use smaller classes of characters");
    check(&r"\w".repeat(400), "the pattern comes to too much; repeat less, or use smaller classes of characters");

    #[track_caller]
    fn check(source: &str, message: &str) {
        let refused = Pattern::exact(source).map_err(|Refused { message, .. }| message);
        assert_eq!(refused.map(|pattern| pattern.text), Err(message.to_owned()));
    }
}

#[test]
fn folded_patterns_ignore_case() {
    check("STRASSE|straße", "Straße", true);
    check("^[A-Z]+$", "wien", true);
    check("^[^a]$", "A", false);
    check("^[^a]$", "B", true);
    check("^σίσυφος$", "ΣΊΣΥΦΟΣ", true);
    check("ÄB", "a\u{308}b", true);
    check("K", "\u{212a}", true);
    check("İ", "xİ", true);
    check("^.$", "\n", false);
    check("(?s)^.$", "\n", true);
    check("^a$", "a\n", false);
    check("日本|🦀", "in 日本", true);

    #[track_caller]
    fn check(source: &str, text: &str, matches: bool) {
        assert_eq!(Pattern::folded(source).map(|pattern| pattern.matches(&sql::fold(text))), Ok(matches), "{source} {text:?}");
    }
}
