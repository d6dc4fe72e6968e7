//! A pattern matches the same texts in the process and in both databases.

mod databases;

use condition::pattern::Pattern;
use databases::{answers, on_each_store};
use sql::Statement;

const PATTERNS: [&str; 47] = [
    "a",
    "^a$",
    "^$",
    "a*",
    "(a|b)+c?",
    "(?:)",
    "|a",
    "a||b",
    "^*a",
    "(^|b)a($|b)",
    "a$|^b",
    "$^",
    "x{0}a",
    "a{2}",
    "a{2,}",
    "a{1,2}$",
    "(ab){2}",
    "(a*)*b",
    "(a?){3}b",
    "((a|b)*c|d){2,3}",
    "a{255}",
    "^.$",
    "(?s)^.$",
    "^[^a]*$",
    "[^a-z]",
    r"^\w+$",
    r"\W",
    r"\d",
    r"\s",
    r"\S",
    r"\p{Lu}",
    r"\p{Greek}",
    r"[\w&&[^\d]]",
    r"[\[\]\\^\-]",
    r"[&~#-]",
    r"\{|\}|\(|\)|\.|\*|\+|\?|\$|\^|\\|\||\[|\]",
    r"\x{1F980}",
    "[🦀-🦅]",
    "[\u{d7ff}-\u{e000}]",
    "日本",
    "ß|ẞ",
    "İ",
    "(?i)ÄB",
    "(?x) a  # the first letter",
    r"\*\*\*=a",
    r"^\w{0,30}$",
    r"[[:alpha:]]",
];

const TEXTS: [&str; 30] = [
    "",
    "a",
    "A",
    "b",
    "ab",
    "aab",
    "abab",
    "aa",
    "abc",
    "bcbcd",
    "a\n",
    "\n",
    "\r\n",
    "x y",
    "1",
    "_",
    "\\",
    "{x}",
    "[-]",
    "^$",
    "***=a",
    "%&~#<>'\"/,:;=@`!",
    "ß",
    "ẞ",
    "İ",
    "i\u{307}",
    "äb",
    "Ä",
    "日本",
    "🦀",
];

#[tokio::test]
async fn everyone_finds_the_same() {
    let sources = PATTERNS.into_iter().map(str::to_owned);
    // Every character of a keyboard, by itself and as one end of a class.
    let keys = (0x20..0x7f_u8).map(char::from).chain(['\t', '\n', '\u{7f}', '\u{85}', '\u{2028}', '\u{ffff}']);
    let literals = keys.map(|key| regex::escape(&key.to_string())).map(|key| format!("^({key}|[{key}\u{e000}]x)$"));
    let patterns: Vec<Pattern> = sources.chain(literals).flat_map(|source| spelled(&source)).collect();
    let keyboard: String = (0x20..0x7f_u8).map(char::from).collect();
    let long = "a".repeat(300);
    let single = keyboard.chars().chain(['\t', '\u{7f}', '\u{85}', '\u{2028}', '\u{ffff}']).map(String::from);
    let texts: Vec<String> = TEXTS.into_iter().map(str::to_owned).chain([keyboard.clone(), long]).chain(single).collect();

    on_each_store(async |store| {
        for (at, pattern) in patterns.iter().enumerate() {
            let mut statement = Statement::new(&format!("select {at}, t.place, {{matches t.spelled "));
            statement.bind(&pattern.text).push("} from (");
            for (place, text) in texts.iter().enumerate() {
                statement.push(if place > 0 { " union all " } else { "" });
                statement.push(&format!("select cast({place} as bigint) as place, cast(")).bind(text).push(" as text) as spelled");
            }
            statement.push(") as t");
            for answer in answers(store, statement).await {
                let text = &texts[answer.customer as usize];
                assert_eq!((answer.condition, answer.holds), (at as i64, pattern.matches(text)), "{} {text:?}", pattern.text);
            }
        }
    })
    .await;
}

fn spelled(source: &str) -> [Pattern; 2] {
    let exact = Pattern::exact(source).unwrap_or_else(|refused| panic!("{source}: {refused:?}"));
    [exact, Pattern::folded(source).unwrap_or_else(|refused| panic!("{source}: {refused:?}"))]
}
