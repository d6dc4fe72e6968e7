//! The pages that links of mails lead to, in the customer's language: plain HTML, without scripts. Pure.

use super::leaving::Choice;
use super::letter::escaped;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    English,
    German,
}

impl Language {
    pub fn of(language: Option<&str>) -> Language {
        match language.map(|language| language.to_ascii_lowercase()) {
            Some(language) if language == "de" || language.starts_with("de-") || language.starts_with("de_") => Language::German,
            _ => Language::English,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
        }
    }

    fn words(self) -> &'static Words {
        match self {
            Language::English => &ENGLISH,
            Language::German => &GERMAN,
        }
    }
}

struct Words {
    unsubscribe: &'static str,
    really: &'static str,
    done: &'static str,
    preferences: &'static str,
    explanation: &'static str,
    lists: &'static str,
    purposes: &'static str,
    nothing: &'static str,
    save: &'static str,
    saved: &'static str,
}

const ENGLISH: Words = Words {
    unsubscribe: "Unsubscribe",
    really: "You will no longer receive these mails.",
    done: "You have been unsubscribed.",
    preferences: "Your settings",
    explanation: "Choose what you want. Whatever is not ticked, you will not get.",
    lists: "Newsletters",
    purposes: "Permissions",
    nothing: "There is nothing to choose.",
    save: "Save",
    saved: "Saved.",
};

const GERMAN: Words = Words {
    unsubscribe: "Abmelden",
    really: "Sie erhalten diese Mails dann nicht mehr.",
    done: "Sie sind abgemeldet.",
    preferences: "Ihre Einstellungen",
    explanation: "Wählen Sie, was Sie möchten. Was nicht angekreuzt ist, bekommen Sie nicht.",
    lists: "Newsletter",
    purposes: "Einwilligungen",
    nothing: "Es gibt nichts zu wählen.",
    save: "Speichern",
    saved: "Gespeichert.",
};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color:#1a1a1a;\
    background:#fff}h1{font-size:1.4rem}label{display:block;padding:.3rem 0}input{width:1.1rem;height:1.1rem;margin-right:.5rem}\
    button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.4rem;background:#1f5fa8;color:#fff;cursor:pointer}\
    fieldset{border:1px solid #ccc;border-radius:.4rem;margin:1rem 0}.said{background:#e7f4e8;padding:.6rem 1rem;border-radius:.4rem}\
    @media(prefers-color-scheme:dark){body{background:#16181c;color:#eee}a{color:#8ab8f0}.said{background:#1d3a24}}";

fn page(language: Language, title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"robots\" content=\"noindex\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1>{body}</main></body></html>",
        language.code()
    )
}

/// Asks before anything is done: programs that look ahead follow links, and press no buttons.
pub fn unsubscribe(language: Language, preferences: &str) -> String {
    let words = language.words();
    let body = format!(
        "<p>{}</p><form method=\"post\"><button>{}</button></form><p><a href=\"{}\">{}</a></p>",
        words.really,
        words.unsubscribe,
        escaped(preferences),
        words.preferences
    );
    page(language, words.unsubscribe, &body)
}

pub fn unsubscribed(language: Language, preferences: &str) -> String {
    let words = language.words();
    let body = format!(
        "<p class=\"said\" role=\"status\">{}</p><p><a href=\"{}\">{}</a></p>",
        words.done,
        escaped(preferences),
        words.preferences
    );
    page(language, words.unsubscribe, &body)
}

pub fn preferences(language: Language, choices: &[Choice], saved: bool) -> String {
    let words = language.words();
    let mut body = String::new();
    if saved {
        body.push_str(&format!("<p class=\"said\" role=\"status\">{}</p>", words.saved));
    }
    if choices.is_empty() {
        body.push_str(&format!("<p>{}</p>", words.nothing));
        return page(language, words.preferences, &body);
    }
    body.push_str(&format!("<p>{}</p><form method=\"post\">", words.explanation));
    for (prefix, legend) in [("list:", words.lists), ("purpose:", words.purposes)] {
        let of_kind: Vec<&Choice> = choices.iter().filter(|choice| choice.field.starts_with(prefix)).collect();
        if of_kind.is_empty() {
            continue;
        }
        body.push_str(&format!("<fieldset><legend>{legend}</legend>"));
        for choice in of_kind {
            let (field, checked) = (escaped(&choice.field), if choice.chosen { " checked" } else { "" });
            body.push_str(&format!(
                "<input type=\"hidden\" name=\"shown\" value=\"{field}\"><label>\
                 <input type=\"checkbox\" name=\"chosen\" value=\"{field}\"{checked}>{}</label>",
                escaped(&choice.name)
            ));
        }
        body.push_str("</fieldset>");
    }
    body.push_str(&format!("<button>{}</button></form>", words.save));
    page(language, words.preferences, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        for (language, expected) in [
            (None, Language::English),
            (Some("en"), Language::English),
            (Some("de"), Language::German),
            (Some("de-AT"), Language::German),
            (Some("den"), Language::English),
        ] {
            assert_eq!(Language::of(language), expected, "{language:?}");
        }
    }

    #[test]
    fn names_cannot_break_out_of_the_page() {
        let choice = Choice { field: "list:a\"><script>".to_owned(), name: "<script>".to_owned(), chosen: true };
        let page = preferences(Language::English, &[choice], true);
        assert!(!page.contains("<script>"), "{page}");
    }
}
