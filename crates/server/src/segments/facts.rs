//! Facts for many customers at once, with a number of statements that does not depend on how many they are.

use super::compiled::Segments;
use super::model::MembershipRow;
use super::store;
use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::Work;
use crate::{activities, customers};
use condition::{Facts, Needs};
use std::collections::HashMap;

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
            facts.segments.insert(row.segment.0);
        }
    }
    Ok(all)
}
