//! `regulars customer …` and `regulars field …`: one customer by hand, and the custom fields.

use crate::opening::{Opening, read, told, write};
use crate::print;
use anyhow::Context;
use clap::Subcommand;
use serde_json::{Value, json};
use server::app::App;
use server::customers::{self, Customer, SaveOptions};
use server::identities;
use server::ids::CustomerId;
use server::settings::{self, Choice, Field, FieldKind, NewField};
use server::transfer;

#[derive(Debug, Subcommand)]
pub enum Customers {
    /// Make a customer. Fields are named as for import: email, firstname, fields.NAME, external:KIND, …
    Add {
        #[arg(required = true, value_name = "FIELD=VALUE", value_parser = transfer::parse_set)]
        fields: Vec<(String, String)>,
    },
    /// Show a customer.
    Show {
        /// His number, or an address such as ada@example.org, or KIND=VALUE such as external:shop=4711.
        who: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Fields {
    /// Define a custom field.
    Add {
        name: String,
        /// text, number, boolean, date, datetime, select, multiselect, list or json.
        #[arg(long, default_value = "text", value_parser = kind)]
        kind: FieldKind,
        /// What people see; the name if absent.
        #[arg(long)]
        label: Option<String>,
        /// What may be chosen; may be given several times.
        #[arg(long = "option", value_name = "VALUE[=LABEL]", value_parser = choice)]
        options: Vec<Choice>,
        /// It holds personal data.
        #[arg(long)]
        personal: bool,
        /// Searched and sorted by.
        #[arg(long)]
        indexed: bool,
    },
    /// List the custom fields.
    List,
    /// Remove a custom field and what customers have in it.
    Remove { name: String },
}

fn kind(text: &str) -> Result<FieldKind, String> {
    serde_json::from_value(json!(text)).map_err(|_| format!("{text:?} is no kind of field"))
}

fn choice(text: &str) -> Result<Choice, String> {
    let (value, label) = text.split_once('=').unwrap_or((text, text));
    Ok(Choice { value: value.to_owned(), label: label.to_owned() })
}

pub async fn run_customer(command: Customers, opening: &Opening) -> anyhow::Result<()> {
    let app = opening.app().await?;
    let customer = match command {
        Customers::Add { fields } => {
            let draft = transfer::draft_of_texts(&app, fields.into_iter().collect()).await.map_err(told)?;
            write(&app, move |work| customers::create(work, &draft, SaveOptions::default())).await?
        }
        Customers::Show { who } => find(&app, who).await?,
    };
    let document = serde_json::to_value(&customer)?;
    if opening.json {
        return print::json(&document);
    }
    let rows: Vec<[String; 2]> = document
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !is_empty(value))
        .map(|(name, value)| [name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)])
        .collect();
    print::table(["field", "value"], &rows)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(entries) => entries.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

async fn find(app: &App, who: String) -> anyhow::Result<Customer> {
    let named = who.clone();
    let found = read(app, move |work| {
        let identity = match who.split_once('=') {
            Some((kind, value)) => (kind.to_owned(), value.to_owned()),
            None => match who.parse() {
                Ok(id) => return customers::read_many(work, &[CustomerId(id)])?.pop().map(|one| customers::read(work, one.id)).transpose(),
                Err(_) => ("email".to_owned(), who.clone()),
            },
        };
        let id = identities::find(work, &[identity])?.into_values().next();
        id.map(|id| customers::read(work, id)).transpose()
    });
    found.await?.with_context(|| format!("there is no customer {named}"))
}

pub async fn run_field(command: Fields, opening: &Opening) -> anyhow::Result<()> {
    let app = opening.app().await?;
    let shown = match command {
        Fields::Add { name, kind, label, options, personal, indexed } => {
            let new = NewField { name, label, kind, options, is_personal: personal, is_indexed: indexed, position: None };
            vec![write(&app, move |work| settings::add_field(work, &new)).await?]
        }
        Fields::List => read(&app, |work| Ok(settings::fields(work)?.all.clone())).await?,
        Fields::Remove { name } => {
            let field = named(&app, &name).await?;
            let id = field.id;
            write(&app, move |work| settings::remove_field(work, id)).await?;
            return print::line(&format!("The field {name} is gone."));
        }
    };
    if opening.json {
        return print::json(&shown);
    }
    let rows: Vec<[String; 6]> = shown.iter().map(row).collect();
    print::table(["name", "label", "kind", "options", "personal", "indexed"], &rows)
}

async fn named(app: &App, name: &str) -> anyhow::Result<Field> {
    let fields = read(app, settings::fields).await?;
    fields.get(name).cloned().with_context(|| format!("there is no field {name}"))
}

fn row(field: &Field) -> [String; 6] {
    let options: Vec<&str> = field.options.iter().map(|choice| choice.value.as_str()).collect();
    let yes = |holds: bool| if holds { "yes".to_owned() } else { String::new() };
    [
        field.name.clone(),
        field.label.clone(),
        field.kind.as_str().to_owned(),
        options.join(", "),
        yes(field.is_personal),
        yes(field.is_indexed),
    ]
}
