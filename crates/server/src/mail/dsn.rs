//! Reads what mail servers send back: delivery reports (RFC 3464) and complaints (RFC 5965). Pure. What is neither is nothing.

use super::bounces::{Bounce, Kind, Reference};
use crate::access::hash;
use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders, PartType};
use std::collections::HashMap;

/// Reports one mail may hold; more are not looked at.
const REPORTS_MAX: usize = 100;
const TEXT_CHARS_MAX: usize = 1_000;

/// The reports in a mail that came to the bounce address.
pub fn read(raw: &[u8], bounce_address: &str) -> Vec<Bounce> {
    let Some(mail) = MessageParser::default().parse(raw) else { return Vec::new() };
    let token = token(&mail, bounce_address);
    let original = original(&mail);
    let message_id = original.get("message-id").map(|id| id.trim_matches(['<', '>']).to_owned());
    let reference = Reference { token, message_id };
    let of_mail = mail.message_id().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for part in &mail.parts {
        let Some(kind) = part.content_type() else { continue };
        let (main, sub) = (kind.ctype().to_ascii_lowercase(), kind.subtype().unwrap_or_default().to_ascii_lowercase());
        let Some(text) = text_of(&part.body) else { continue };
        match (main.as_str(), sub.as_str()) {
            ("message", "delivery-status" | "global-delivery-status") => {
                // The first group is about the mail, the others each about one recipient.
                let groups = groups(&text).into_iter().filter(|group| group.contains_key("action"));
                found.extend(groups.filter_map(|group| delivery(&group, &reference, &of_mail)));
            }
            ("message", "feedback-report") => {
                let group = groups(&text).into_iter().find(|group| group.contains_key("feedback-type")).unwrap_or_default();
                found.extend(complaint(&group, &original, &reference, &of_mail));
            }
            _ => {}
        }
    }
    found.truncate(REPORTS_MAX);
    found
}

fn text_of(body: &PartType<'_>) -> Option<String> {
    match body {
        PartType::Text(text) | PartType::Html(text) => Some(text.to_string()),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        // Fields look like the head of a mail, and may have been read as one.
        PartType::Message(message) => Some(message.headers_raw().map(|(name, value)| format!("{name}:{}\n", value.trim_end())).collect()),
        PartType::Multipart(_) => None,
    }
}

type Group = HashMap<String, String>;

/// Fields group by group; a field may go on in the next line.
fn groups(text: &str) -> Vec<Group> {
    let (mut groups, mut group, mut last) = (Vec::new(), Group::new(), String::new());
    for line in text.lines() {
        if line.trim().is_empty() {
            if !group.is_empty() {
                groups.push(std::mem::take(&mut group));
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some(value) = group.get_mut(&last) {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            last = name.trim().to_ascii_lowercase();
            // Of a field that comes twice, the first counts.
            group.entry(last.clone()).or_insert_with(|| value.trim().to_owned());
        }
    }
    if !group.is_empty() {
        groups.push(group);
    }
    groups
}

/// `rfc822; ada@example.org` without the kind of address.
fn address(field: Option<&String>) -> Option<String> {
    let field = field?;
    let address = field.split_once(';').map_or(field.as_str(), |(_, address)| address);
    let address = address.trim().trim_matches(['<', '>']).to_owned();
    address.contains('@').then_some(address)
}

fn short(field: Option<&String>) -> String {
    field.map(|text| text.chars().filter(|char| *char != '\0').take(TEXT_CHARS_MAX).collect()).unwrap_or_default()
}

fn delivery(group: &Group, reference: &Reference, of_mail: &str) -> Option<Bounce> {
    let action = group.get("action")?.to_ascii_lowercase();
    let status: String = short(group.get("status")).split_whitespace().next().unwrap_or_default().to_owned();
    let kind = match action.as_str() {
        "failed" if status.starts_with('4') => Kind::Soft,
        "failed" if says_full(&status) => Kind::Soft,
        "failed" => Kind::Hard,
        "delayed" => Kind::Soft,
        // Delivered, relayed, expanded.
        _ => return None,
    };
    let address = address(group.get("original-recipient")).or_else(|| address(group.get("final-recipient")));
    let fingerprint = hash(&[of_mail, &action, &status, address.as_deref().unwrap_or_default(), &named(reference)].join("\n"));
    let diagnostic = short(group.get("diagnostic-code"));
    Some(Bounce { kind, address, message: reference.clone(), status, diagnostic, fingerprint })
}

/// A full mailbox, however final the server says it, is emptied some day.
fn says_full(status: &str) -> bool {
    status == "5.2.2"
}

fn complaint(group: &Group, original: &Group, reference: &Reference, of_mail: &str) -> Option<Bounce> {
    let feedback = group.get("feedback-type")?.to_ascii_lowercase();
    if feedback == "not-spam" {
        return None;
    }
    let address = address(group.get("original-rcpt-to")).or_else(|| address(original.get("to")));
    let fingerprint = hash(&[of_mail, "complaint", &feedback, address.as_deref().unwrap_or_default(), &named(reference)].join("\n"));
    Some(Bounce { kind: Kind::Complaint, address, message: reference.clone(), status: String::new(), diagnostic: feedback, fingerprint })
}

fn named(reference: &Reference) -> String {
    format!("{} {}", reference.token.as_deref().unwrap_or_default(), reference.message_id.as_deref().unwrap_or_default())
}

/// The headers of the mail that came back, as far as the report has them.
fn original(mail: &Message<'_>) -> Group {
    for part in &mail.parts {
        let kind =
            part.content_type().map(|kind| (kind.ctype().to_ascii_lowercase(), kind.subtype().unwrap_or_default().to_ascii_lowercase()));
        let is_original = match &kind {
            Some((main, sub)) => main == "message" && ["rfc822", "global"].contains(&sub.as_str()) || sub.ends_with("rfc822-headers"),
            None => false,
        };
        if is_original && let Some(text) = text_of(&part.body) {
            return groups(&text).into_iter().next().unwrap_or_default();
        }
    }
    Group::new()
}

/// The token in the address the mail came to, wherever the mail server has noted that.
fn token(mail: &Message<'_>, bounce_address: &str) -> Option<String> {
    let (local, domain) = bounce_address.rsplit_once('@')?;
    let (prefix, suffix) = (format!("{}+", local.to_ascii_lowercase()), format!("@{}", domain.to_ascii_lowercase()));
    let names = ["x-original-to", "delivered-to", "envelope-to", "to", "x-envelope-to"];
    let headers = mail.headers().iter().filter(|header| names.contains(&header.name().to_ascii_lowercase().as_str()));
    let texts = headers.flat_map(|header| match header.value() {
        HeaderValue::Address(address) => address.iter().filter_map(|one| one.address().map(str::to_owned)).collect::<Vec<_>>(),
        HeaderValue::Text(text) => vec![text.to_string()],
        HeaderValue::TextList(texts) => texts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    });
    let found = texts.filter_map(|text| {
        let text = text.trim().trim_matches(['<', '>']).to_ascii_lowercase();
        text.strip_prefix(prefix.as_str())?.strip_suffix(suffix.as_str()).map(str::to_owned)
    });
    found.into_iter().next()
}

/// The mails in an mbox file; a file that is no mbox is one mail.
pub fn mails(file: &[u8]) -> Vec<Vec<u8>> {
    if !file.starts_with(b"From ") {
        return vec![file.to_vec()];
    }
    let mut mails: Vec<Vec<u8>> = Vec::new();
    let mut after_blank = true;
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        if after_blank && line.starts_with(b"From ") {
            mails.push(Vec::new());
        } else if let Some(mail) = mails.last_mut() {
            // `>From` is how a line of the mail itself is kept apart.
            let quoted = line.iter().take_while(|byte| **byte == b'>').count();
            let is_quoted = quoted > 0 && line[quoted..].starts_with(b"From ");
            mail.extend_from_slice(if is_quoted { &line[1..] } else { line });
        }
        after_blank = line == b"\n" || line == b"\r\n";
    }
    mails
}
