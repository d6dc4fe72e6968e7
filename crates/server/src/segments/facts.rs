//! Facts for many customers at once, with a number of statements that does not depend on how many they are.

use super::compiled::Segments;
use super::model::MembershipRow;
use super::store::{self, CompanyRow};
use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::Work;
use crate::{activities, customers};
use condition::{Facts, FieldValue, Needs, Text};
use rustc_hash::FxHashMap;
use std::collections::HashMap;
use std::sync::Arc;

/// What conditions with these needs may ask about these customers. Customers who do not exist are left out.
pub fn facts(work: &mut Work<'_>, customers: &[CustomerId], needs: &Needs) -> Result<HashMap<CustomerId, Facts>, Error> {
    let segments = work.definitions::<Segments>()?;
    let memberships = if needs.segments.is_empty() { Vec::new() } else { store::memberships(work, customers)? };
    load(work, customers, needs, &segments, &memberships)
}

/// [`facts()`] for one who has read the memberships already.
pub fn load(
    work: &mut Work<'_>,
    customers: &[CustomerId],
    needs: &Needs,
    segments: &Segments,
    memberships: &[MembershipRow],
) -> Result<HashMap<CustomerId, Facts>, Error> {
    let mut all: HashMap<CustomerId, Facts> = HashMap::with_capacity(customers.len());
    for (customer, known) in customers::facts(work, customers, &needs.fields)? {
        let mut facts = Facts::new(customer.0, known.zone);
        facts.fields = known.fields;
        all.insert(customer, facts);
    }
    activities::occurrences(work, customers, &needs.activities, |customer, kind, occurrence| {
        if let Some(facts) = all.get_mut(&customer) {
            facts.activities.insert(kind, occurrence);
        }
    })?;
    for row in memberships {
        if segments.generation(row.segment) == Some(row.generation)
            && let Some(facts) = all.get_mut(&row.customer)
        {
            facts.segments.insert(row.segment.0, row.counter);
        }
    }
    load_circumstances(work, customers, needs, &mut all)?;
    Ok(all)
}

/// What hardly any condition asks about: no statement where none does.
fn load_circumstances(
    work: &mut Work<'_>,
    customers: &[CustomerId],
    needs: &Needs,
    all: &mut HashMap<CustomerId, Facts>,
) -> Result<(), Error> {
    if !needs.consents.is_empty() {
        let purposes: Vec<&str> = needs.consents.iter().map(String::as_str).collect();
        for (customer, purpose, granted) in store::consents(work, customers, &purposes)? {
            all.get_mut(&customer).and_then(|facts| facts.consents.insert(purpose.into(), granted));
        }
    }
    if !needs.subscriptions.is_empty() {
        let lists: Vec<&str> = needs.subscriptions.iter().map(String::as_str).collect();
        for (customer, list, status) in store::subscriptions(work, customers, &lists)? {
            all.get_mut(&customer).and_then(|facts| facts.subscriptions.insert(list.into(), status.into()));
        }
    }
    if needs.company {
        for row in store::companies(work, customers)? {
            if let Some(facts) = all.get_mut(&row.customer) {
                facts.company = company_fields(row);
            }
        }
    }
    Ok(())
}

fn company_fields(row: CompanyRow) -> FxHashMap<Arc<str>, FieldValue> {
    let text = |(plain, folded): (String, String)| FieldValue::Text(Text::from_pair(&plain, &folded));
    let fields = [
        ("id", Some(FieldValue::Number(row.id as f64))),
        ("name", Some(text(row.name))),
        ("vatId", row.vat_id.map(text)),
        ("createdAt", Some(FieldValue::Datetime(row.created_at.0))),
        ("updatedAt", Some(FieldValue::Datetime(row.updated_at.0))),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name.into(), value?))).collect()
}
