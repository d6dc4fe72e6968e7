//! Facts for many customers at once, with a number of statements that does not depend on how many they are.

use super::compiled::Segments;
use super::model::MembershipRow;
use super::store;
use crate::companies::{self, Company};
use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::Work;
use crate::{activities, consents, customers, subscriptions};
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
        for (customer, purpose, granted) in consents::granted(work, customers, &purposes)? {
            all.get_mut(&customer).and_then(|facts| facts.consents.insert(purpose.into(), granted));
        }
    }
    if !needs.subscriptions.is_empty() {
        let lists: Vec<&str> = needs.subscriptions.iter().map(String::as_str).collect();
        for (customer, list, status) in subscriptions::statuses(work, customers, &lists)? {
            all.get_mut(&customer).and_then(|facts| facts.subscriptions.insert(list.into(), status.into()));
        }
    }
    if needs.company {
        for (customer, company) in companies::of_customers(work, customers)? {
            if let Some(facts) = all.get_mut(&customer) {
                facts.company = company_fields(&company);
            }
        }
    }
    Ok(())
}

fn company_fields(company: &Company) -> FxHashMap<Arc<str>, FieldValue> {
    let text = |text: &String| FieldValue::Text(Text::new(text));
    let fields = [
        ("id", Some(FieldValue::Number(company.id.0 as f64))),
        ("name", Some(text(&company.draft.name))),
        ("vatId", company.draft.vat_id.as_ref().map(text)),
        ("createdAt", Some(FieldValue::Datetime(company.created_at.0))),
        ("updatedAt", Some(FieldValue::Datetime(company.updated_at.0))),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name.into(), value?))).collect()
}
