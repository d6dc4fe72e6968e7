//! Where a drill takes place: a database of its own, a small shop in it, and a program to start and to end.

use crate::client::{Api, id};
use crate::serving::{Kind, Program, Server};
use crate::test_database::TestDatabase;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const CUSTOMERS: usize = 100;

/// What all drills share.
pub struct Ground<'a> {
    pub kind: Kind,
    pub rounds: usize,
    /// Of the mail drill.
    pub mails: usize,
    pub binary: &'a Path,
    /// Of this drill alone.
    pub folder: PathBuf,
    /// The name of this drill's own database.
    pub name: String,
    pub postgres: &'a mut TestDatabase,
}

impl Ground<'_> {
    /// A program on an empty database.
    pub fn program(&self) -> Result<Program> {
        let url = match self.kind {
            Kind::Sqlite => format!("sqlite:{}", self.folder.join("regulars.db").display()),
            Kind::Postgres => {
                self.postgres.query("postgres", &[&format!("create database {}", self.name)])?;
                self.postgres.url(&self.name)
            }
        };
        Program::new(self.binary, &url, &self.folder)
    }
}

/// A few customers, and segments that many activities move them into.
pub struct Shop {
    pub customers: Vec<i64>,
    segments: Vec<Segment>,
}

struct Segment {
    id: i64,
    condition: Value,
    /// The same condition, decided here: by the number of orders and the sum of their amounts.
    holds: Holds,
}

type Holds = fn(&Orders) -> bool;

/// The orders of one customer.
#[derive(Default, Clone, Copy)]
pub struct Orders {
    pub count: u64,
    pub amount: u64,
}

impl Shop {
    pub fn make(server: &Server, key: &str) -> Result<Shop> {
        let api = server.api(key);
        let mut customers = Vec::new();
        for number in 0..CUSTOMERS {
            customers.push(id(&api.create("/api/customers", &json!({ "email": format!("customer{number}@example.org") }))?)?);
        }
        let group = json!({ "name": "Drill", "reference": "drill", "calculated": true });
        let group = id(&api.create("/api/segment-groups", &group)?)?;
        let often = json!({ "fact": "activity", "type": "order", "within": "90d", "op": "gte", "value": 4 });
        let much = json!({ "fact": "activity", "type": "order", "measure": "sum", "attribute": "amount", "op": "gte", "value": 500 });
        let both = json!({ "all": [{ "fact": "segment", "reference": "often" }, { "not": { "fact": "segment", "reference": "much" } }] });
        let conditions: [(&str, Value, Holds); 3] = [
            ("often", often, |orders| 4 <= orders.count),
            ("much", much, |orders| 500 <= orders.amount),
            ("often-but-little", both, |orders| 4 <= orders.count && orders.amount < 500),
        ];
        let mut segments = Vec::new();
        for (name, condition, holds) in conditions {
            let body = json!({ "groupId": group, "name": name, "reference": name, "condition": condition });
            segments.push(Segment { id: id(&api.create("/api/segments", &body)?)?, condition, holds });
            api.wait_until_built()?;
        }
        Ok(Shop { customers, segments })
    }

    /// Holds the members of every segment against a fresh count of its condition, and against the orders themselves.
    /// Gives how many memberships there are.
    pub fn check_segments(&self, api: &Api, orders: &BTreeMap<i64, Orders>) -> Result<usize> {
        let mut memberships = 0;
        for segment in &self.segments {
            let mut members = Vec::new();
            api.each(&format!("/api/segments/{}/members", segment.id), |member| {
                members.push(member["customerId"].as_i64().context("a member without an id")?);
                Ok(())
            })?;
            members.sort_unstable();
            let preview = api.post("/api/segments/preview", &json!({ "condition": segment.condition }))?.expect(200)?;
            let size = api.get(&format!("/api/segments/{}", segment.id))?["size"].clone();
            let expected: Vec<i64> = orders.iter().filter(|(_, orders)| (segment.holds)(orders)).map(|(customer, _)| *customer).collect();
            anyhow::ensure!(
                members == expected && preview["count"] == expected.len() && size == expected.len(),
                "segment {}: {} members, size {size}, a fresh count of {}, and by the orders it should be {}",
                segment.id,
                members.len(),
                preview["count"],
                expected.len(),
            );
            memberships += members.len();
        }
        Ok(memberships)
    }
}
