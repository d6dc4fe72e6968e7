//! `/docs`: the description of the API as a page that people can read. Made once from the same description that programs
//! read, without a script, so that it needs nothing from elsewhere.

use axum::response::Html;
use serde_json::Value;
use std::fmt::Write as _;

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}\
    summary{cursor:pointer;padding:.35rem 0}code,pre{font:13px/1.45 ui-monospace,monospace}pre{overflow:auto;padding:.75rem;\
    border:1px solid #8884;border-radius:6px}details details,section>details{border-top:1px solid #8883}table{border-collapse:collapse}\
    td{padding:.15rem 1rem .15rem 0;vertical-align:top}.m{display:inline-block;width:4.5rem;font-weight:600}.d{opacity:.75}";

/// The page for a description.
pub fn page(description: &Value) -> Html<String> {
    let title = text(&description["info"]["title"]);
    let mut out = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title} API</title><style>{STYLE}</style></head><body><h1>{title} API</h1><p>{}</p>\
         <p>For programs: <a href=\"/api/openapi.json\">/api/openapi.json</a> (OpenAPI {}). Send a key as <code>X-API-Key</code>.</p>",
        text(&description["info"]["description"]),
        text(&description["openapi"]),
    );
    for tag in tags(description) {
        push(&mut out, format_args!("<section><h2 id=\"{0}\">{0}</h2>", escape(tag)));
        for (path, method, operation) in operations(description).filter(|(_, _, operation)| operation["tags"][0] == *tag) {
            describe(&mut out, description, path, method, operation);
        }
        out.push_str("</section>");
    }
    out.push_str("</body></html>");
    Html(out)
}

fn operations(description: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = description["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

fn tags(description: &Value) -> Vec<&str> {
    let mut tags = Vec::new();
    for tag in operations(description).filter_map(|(_, _, operation)| operation["tags"][0].as_str()) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

fn describe(out: &mut String, description: &Value, path: &str, method: &str, operation: &Value) {
    let summary = text(&operation["summary"]);
    push(out, format_args!("<details><summary><code><span class=\"m\">{}</span>{}</code> ", method.to_uppercase(), escape(path)));
    push(out, format_args!("<span class=\"d\">{summary}</span></summary><p>{}</p>", text(&operation["description"])));
    let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !parameters.is_empty() {
        out.push_str("<table>");
        for parameter in parameters {
            let (name, place) = (text(&parameter["name"]), text(&parameter["in"]));
            push(out, format_args!("<tr><td><code>{name}</code><td>{place}<td>{}</tr>", text(&parameter["description"])));
        }
        out.push_str("</table>");
    }
    if let Some(schema) = schema_of(&operation["requestBody"]) {
        push(out, format_args!("<p>Body</p><pre>{}</pre>", shape(description, schema)));
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        push(out, format_args!("<p><code>{}</code> {}</p>", escape(status), text(&response["description"])));
        if let Some(schema) = schema_of(response).filter(|_| status.starts_with('2')) {
            push(out, format_args!("<pre>{}</pre>", shape(description, schema)));
        }
    }
    out.push_str("</details>");
}

fn schema_of(holder: &Value) -> Option<&Value> {
    holder["content"].as_object()?.values().next()?.get("schema")
}

/// A schema as indented JSON, with the schema it names in its place. One level deep: further names are looked up.
fn shape(description: &Value, schema: &Value) -> String {
    let named = schema["$ref"].as_str().and_then(|name| name.strip_prefix('#')).and_then(|pointer| description.pointer(pointer));
    escape(&serde_json::to_string_pretty(named.unwrap_or(schema)).unwrap_or_default())
}

fn text(value: &Value) -> String {
    escape(value.as_str().unwrap_or_default())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("text can always be written to a string");
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_operation_stands_on_the_page_and_nothing_is_markup() {
        let description = json!({
            "openapi": "3.1.0",
            "info": { "title": "Shop", "description": "a <b> c" },
            "paths": { "/api/things/{id}": { "get": {
                "tags": ["things"], "summary": "One <thing>", "parameters": [{ "name": "id", "in": "path" }],
                "responses": { "200": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } } }
            } } },
            "components": { "schemas": { "Thing": { "type": "object" } } },
        });
        let Html(page) = page(&description);
        for part in ["/api/things/{id}", "One &lt;thing&gt;", "a &lt;b&gt; c", "&quot;object&quot;", "id=\"things\""] {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert!(!page.contains("<script"));
    }
}
