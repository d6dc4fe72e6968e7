//! What a column can become: the names people write on the right side of a mapping, and the place each has in the body that
//! the API takes.

use super::cells::CellKind;
use super::model::Kind;
use crate::settings::{FieldKind, Fields};

/// A place in the body of a customer or an activity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub path: Vec<String>,
    pub kind: CellKind,
}

const CUSTOMER_FIELDS: [(&str, CellKind); 20] = [
    ("token", CellKind::Text),
    ("published", CellKind::Boolean),
    ("active", CellKind::Boolean),
    ("email", CellKind::Text),
    ("emailOk", CellKind::Boolean),
    ("salutation", CellKind::Text),
    ("gender", CellKind::Text),
    ("firstname", CellKind::Text),
    ("lastname", CellKind::Text),
    ("street", CellKind::Text),
    ("zip", CellKind::Text),
    ("city", CellKind::Text),
    ("countryCode", CellKind::Text),
    ("phone", CellKind::Text),
    ("language", CellKind::Text),
    ("timeZone", CellKind::Text),
    ("birthDate", CellKind::Date),
    ("profilingConsent", CellKind::Boolean),
    ("companyId", CellKind::Number),
    ("createdAt", CellKind::Datetime),
];

const ACTIVITY_FIELDS: [(&str, &[&str], CellKind); 7] = [
    ("customer.id", &["customer", "id"], CellKind::Number),
    ("customer.email", &["customer", "email"], CellKind::Text),
    ("customer.phone", &["customer", "phone"], CellKind::Text),
    ("customer.token", &["customer", "token"], CellKind::Text),
    ("type", &["type"], CellKind::Text),
    ("occurredAt", &["occurredAt"], CellKind::Datetime),
    ("externalId", &["externalId"], CellKind::Text),
];

const MEMBER_FIELDS: [(&str, &[&str], CellKind); 6] = [
    ("id", &["customer", "id"], CellKind::Number),
    ("email", &["customer", "email"], CellKind::Text),
    ("phone", &["customer", "phone"], CellKind::Text),
    ("token", &["customer", "token"], CellKind::Text),
    ("since", &["since"], CellKind::Datetime),
    ("counter", &["counter"], CellKind::Text),
];

impl Target {
    /// The place that a name means, or why it means none.
    pub fn parse(kind: Kind, name: &str, fields: &Fields) -> Result<Target, String> {
        match kind {
            Kind::Customers => of_customer(name, fields),
            Kind::Activities => of_activity(name),
            Kind::Members => of_member(name),
        }
    }

    /// As problems name it.
    pub fn pointer(&self) -> String {
        self.path.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect()
    }

    pub fn begins_with(&self, step: &str) -> bool {
        self.path.first().is_some_and(|first| first == step)
    }
}

fn target(path: &[&str], kind: CellKind) -> Target {
    Target { path: path.iter().map(|step| (*step).to_owned()).collect(), kind }
}

fn of_customer(name: &str, fields: &Fields) -> Result<Target, String> {
    if let Some(kind) = name.strip_prefix("external:") {
        return external(&["externalIds"], kind);
    }
    if let Some(custom) = name.strip_prefix("fields.") {
        let field = fields.get(custom).ok_or_else(|| format!("there is no custom field {custom:?}; define it first"))?;
        return Ok(target(&["fields", custom], cell_kind(field.kind)));
    }
    let known = CUSTOMER_FIELDS.iter().find(|(known, _)| *known == name);
    known.map(|(name, kind)| target(&[name], *kind)).ok_or_else(|| {
        let all: Vec<&str> = CUSTOMER_FIELDS.iter().map(|(name, _)| *name).collect();
        format!("customers have no field {name:?}; there are {}, fields.NAME and external:KIND", all.join(", "))
    })
}

fn of_activity(name: &str) -> Result<Target, String> {
    if let Some(kind) = name.strip_prefix("customer.external:") {
        return external(&["customer", "externalId"], kind);
    }
    for document in ["attributes", "metadata"] {
        if let Some(rest) = name.strip_prefix(document).and_then(|rest| rest.strip_prefix('.')) {
            return member(document, rest);
        }
    }
    let known = ACTIVITY_FIELDS.iter().find(|(known, ..)| *known == name);
    known.map(|(_, path, kind)| target(path, *kind)).ok_or_else(|| {
        let all: Vec<&str> = ACTIVITY_FIELDS.iter().map(|(name, ..)| *name).collect();
        format!("activities have no field {name:?}; there are {}, customer.external:KIND and attributes.NAME", all.join(", "))
    })
}

/// `customer.` may stand before what names the customer, as it does for activities.
fn of_member(name: &str) -> Result<Target, String> {
    let plain = name.strip_prefix("customer.").unwrap_or(name);
    if let Some(kind) = plain.strip_prefix("external:") {
        return external(&["customer", "externalId"], kind);
    }
    let known = MEMBER_FIELDS.iter().find(|(known, ..)| *known == plain);
    known.map(|(_, path, kind)| target(path, *kind)).ok_or_else(|| {
        let all: Vec<&str> = MEMBER_FIELDS.iter().map(|(name, ..)| *name).collect();
        format!("members have no field {name:?}; there are {} and external:KIND", all.join(", "))
    })
}

fn external(path: &[&str], kind: &str) -> Result<Target, String> {
    match kind.trim() {
        "" => Err("name the kind of the external id, such as external:shop".to_owned()),
        kind => Ok(target(&[path, &[kind]].concat(), CellKind::Text)),
    }
}

/// `amount:number` or `total.net:number`; text when no kind is named.
fn member(document: &str, text: &str) -> Result<Target, String> {
    let (name, kind) = match text.rsplit_once(':') {
        None => (text, CellKind::Text),
        Some((name, kind)) => {
            let wrong = || format!("{kind:?} is no kind of value; there are text, number, boolean, date, datetime, list and json");
            (name, CellKind::parse(kind).ok_or_else(wrong)?)
        }
    };
    if name.split('.').any(|step| step.trim().is_empty()) {
        return Err(format!("{document}.{name} has an empty part"));
    }
    let path: Vec<&str> = std::iter::once(document).chain(name.split('.')).collect();
    Ok(target(&path, kind))
}

fn cell_kind(kind: FieldKind) -> CellKind {
    match kind {
        FieldKind::Text | FieldKind::Select => CellKind::Text,
        FieldKind::Number => CellKind::Number,
        FieldKind::Boolean => CellKind::Boolean,
        FieldKind::Date => CellKind::Date,
        FieldKind::Datetime => CellKind::Datetime,
        FieldKind::Multiselect | FieldKind::List => CellKind::List,
        FieldKind::Json => CellKind::Json,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::FieldId;
    use crate::settings::Field;

    #[test]
    fn names() {
        check(Kind::Customers, "email", "/email Text");
        check(Kind::Customers, "birthDate", "/birthDate Date");
        check(Kind::Customers, "external:shop", "/externalIds/shop Text");
        check(Kind::Customers, "fields.size", "/fields/size Number");
        check(Kind::Customers, "fields.colour", "no");
        check(Kind::Customers, "external:", "no");
        check(Kind::Customers, "occurredAt", "no");
        check(Kind::Activities, "customer.external:shop", "/customer/externalId/shop Text");
        check(Kind::Activities, "customer.id", "/customer/id Number");
        check(Kind::Activities, "occurredAt", "/occurredAt Datetime");
        check(Kind::Activities, "attributes.amount:number", "/attributes/amount Number");
        check(Kind::Activities, "attributes.total.net:number", "/attributes/total/net Number");
        check(Kind::Activities, "attributes.colour", "/attributes/colour Text");
        check(Kind::Activities, "attributes.amount:money", "no");
        check(Kind::Activities, "attributes.", "no");
        check(Kind::Activities, "attributes.a..b", "no");
        check(Kind::Activities, "email", "no");
        check(Kind::Members, "id", "/customer/id Number");
        check(Kind::Members, "customer.email", "/customer/email Text");
        check(Kind::Members, "external:shop", "/customer/externalId/shop Text");
        check(Kind::Members, "since", "/since Datetime");
        check(Kind::Members, "city", "no");

        #[track_caller]
        fn check(kind: Kind, name: &str, expected: &str) {
            let field = Field {
                id: FieldId(1),
                name: "size".to_owned(),
                label: "Size".to_owned(),
                kind: FieldKind::Number,
                options: Vec::new(),
                is_personal: false,
                is_indexed: false,
                position: 1,
                version: 1,
            };
            let parsed = Target::parse(kind, name, &Fields { all: vec![field] });
            let told = parsed.map_or_else(|_| "no".to_owned(), |target| format!("{} {:?}", target.pointer(), target.kind));
            assert_eq!(told, expected, "{name}");
        }
    }
}
