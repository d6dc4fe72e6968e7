//! A saved view: how a list is looked at, whose it is, and who else may use it. Pure.

use crate::admin::RoleKey;
use crate::error::{Error, Problem};
use crate::ids::{AdminUserId, SegmentId, ViewId};
use crate::settings::Fields;
use crate::time::Instant;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashSet;
use utoipa::ToSchema;

const NAME_CHARS_MAX: usize = 100;
const DESCRIPTION_CHARS_MAX: usize = 1_000;
pub const SHARES_MAX: usize = 100;
const COLUMNS_MAX: usize = 100;
const WIDTH_PX_MIN: u32 = 40;
const WIDTH_PX_MAX: u32 = 1_200;

/// The columns every list of customers can show. `name` is first and last name in one.
const COLUMNS: [&str; 20] = [
    "name",
    "email",
    "id",
    "salutation",
    "gender",
    "firstname",
    "lastname",
    "street",
    "zip",
    "city",
    "countryCode",
    "phone",
    "language",
    "timeZone",
    "birthDate",
    "active",
    "published",
    "segments",
    "createdAt",
    "updatedAt",
];
/// What stands before the name of a custom field.
const CUSTOM: &str = "fields.";

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SavedView)]
pub struct View {
    pub id: ViewId,
    pub name: String,
    pub description: Option<String>,
    pub list: List,
    pub state: State,
    /// Whose it is. Nobody's, when a key made it or its owner is gone: then administrators look after it.
    pub owner: Option<Person>,
    pub shares: Vec<SharedWith>,
    /// What the caller may do with it.
    pub access: Access,
    /// Whether the caller has it in his menu.
    pub is_shortcut: bool,
    pub version: i64,
    pub created_at: Instant,
    pub updated_at: Instant,
}

/// The list that a view is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ViewedList)]
pub enum List {
    #[default]
    Customers,
}

impl List {
    pub fn as_str(self) -> &'static str {
        match self {
            List::Customers => "customers",
        }
    }

    pub fn parse(text: &str) -> Option<List> {
        (text == List::Customers.as_str()).then_some(List::Customers)
    }
}

/// What one may do with a view, from looking to everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SavedViewAccess)]
pub enum Access {
    Read,
    /// Change what it shows and what it is called.
    Edit,
    /// Share and delete it, too.
    Manage,
}

/// Somebody who signs in, as others see him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = SavedViewUser)]
pub struct Person {
    pub id: AdminUserId,
    pub name: String,
}

/// With whom a view is shared: one user, or all who have a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SavedViewSharedWith)]
pub struct SharedWith {
    pub user: Option<Person>,
    pub role: Option<RoleKey>,
    pub may_edit: bool,
}

/// What one writes of a view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = SavedViewDraft)]
pub struct Draft {
    /// Unique among the views of its owner.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub description: Option<String>,
    #[serde(default)]
    pub list: List,
    #[serde(default)]
    pub state: State,
    #[serde(default)]
    pub shares: Vec<Share>,
    /// The caller, when absent. Only who looks after the views of all names another one.
    #[serde(default)]
    pub owner_id: Option<AdminUserId>,
}

/// One user or one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = SavedViewShare)]
pub struct Share {
    #[serde(default)]
    pub user_id: Option<AdminUserId>,
    #[serde(default)]
    pub role: Option<RoleKey>,
    #[serde(default)]
    pub may_edit: bool,
}

/// How the list is looked at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
#[schema(as = SavedViewState)]
pub struct State {
    /// The text of the search box.
    #[schema(max_length = 500)]
    pub search: Option<String>,
    /// Where a text that is a condition looks; the usual fields, when there are none.
    pub search_fields: Vec<String>,
    /// A condition tree.
    #[schema(value_type = Option<Object>)]
    pub condition: Option<Value>,
    pub segments: Vec<SegmentId>,
    pub segment_mode: SegmentMode,
    pub active: Option<bool>,
    /// From left to right; the list's own, when there are none.
    pub columns: Vec<Column>,
    pub density: Density,
    /// As the list itself is asked; its own order, when absent.
    pub sort: Option<String>,
}

/// How several segments are meant: in all of them, in one of each group chosen from, in any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SavedViewSegmentMode)]
pub enum SegmentMode {
    #[default]
    All,
    Groups,
    Any,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SavedViewDensity)]
pub enum Density {
    #[default]
    Comfortable,
    Compact,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[schema(as = SavedViewColumn)]
pub struct Column {
    /// A column of the list, or `fields.` and the name of a custom field.
    pub name: String,
    /// In pixels; as wide as it needs to be, when absent.
    #[serde(default)]
    #[schema(minimum = 40, maximum = 1200)]
    pub width: Option<u32>,
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Asker {
    /// Nobody, when it is a key.
    pub user: Option<AdminUserId>,
    pub role: Option<RoleKey>,
    /// Whether he looks after the views of all.
    pub administers: bool,
    /// Whether he may say with whom those are shared that he manages.
    pub shares: bool,
}

/// What the asker may do with a view of this owner that is shared so; nothing, if he may not know of it.
pub fn access(owner: Option<&Person>, shares: &[SharedWith], asker: &Asker) -> Option<Access> {
    let is_own = asker.user.is_some() && owner.map(|person| person.id) == asker.user;
    if is_own || asker.administers {
        return Some(Access::Manage);
    }
    let is_meant = |with: &&SharedWith| match &with.user {
        Some(person) => Some(person.id) == asker.user,
        None => with.role.is_some() && with.role == asker.role,
    };
    shares.iter().filter(is_meant).map(|with| if with.may_edit { Access::Edit } else { Access::Read }).max()
}

impl View {
    /// What was written of it.
    pub fn draft(&self) -> Draft {
        let share = |with: &SharedWith| Share {
            user_id: with.user.as_ref().map(|person| person.id),
            role: with.role.clone(),
            may_edit: with.may_edit,
        };
        Draft {
            name: self.name.clone(),
            description: self.description.clone(),
            list: self.list,
            state: self.state.clone(),
            shares: self.shares.iter().map(share).collect(),
            owner_id: self.owner.as_ref().map(|person| person.id),
        }
    }
}

impl Draft {
    /// Trimmed, with whom it is shared in a settled order, and refused with every problem there is. The state is checked
    /// by itself.
    pub fn checked(mut self) -> Result<Draft, Error> {
        self.name = self.name.trim().to_owned();
        self.description = self.description.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let mut problems = Vec::new();
        if !(1..=NAME_CHARS_MAX).contains(&self.name.chars().count()) {
            problems.push(Problem::new("/name", "length", format!("a name has 1 to {NAME_CHARS_MAX} characters")));
        }
        if self.name.contains(char::is_control) {
            problems.push(Problem::new("/name", "invalid", "this is one line of text, without control characters"));
        }
        if self.description.as_ref().is_some_and(|text| DESCRIPTION_CHARS_MAX < text.chars().count()) {
            let message = format!("this may have at most {DESCRIPTION_CHARS_MAX} characters");
            problems.push(Problem::new("/description", "too_long", message));
        }
        problems.extend(share_problems(&self.shares));
        self.shares.sort_by(|one, other| one.place().cmp(&other.place()));
        if problems.is_empty() { Ok(self) } else { Err(Error::Invalid(problems)) }
    }
}

impl Share {
    /// Users before roles.
    pub fn place(&self) -> (&str, i64) {
        (self.role.as_ref().map_or("", RoleKey::as_str), self.user_id.map_or(0, |user| user.0))
    }
}

fn share_problems(shares: &[Share]) -> Vec<Problem> {
    if SHARES_MAX < shares.len() {
        return vec![Problem::new("/shares", "too_long", format!("share a view with {SHARES_MAX} users and roles at most"))];
    }
    let mut seen = HashSet::new();
    let mut problems = Vec::new();
    for (place, share) in shares.iter().enumerate() {
        let path = format!("/shares/{place}");
        if share.user_id.is_some() == share.role.is_some() {
            problems.push(Problem::new(path, "invalid", "name a user or a role"));
        } else if !seen.insert(share.place()) {
            problems.push(Problem::new(path, "repeated", "the view is shared so already"));
        }
    }
    problems
}

/// What is wrong with the columns.
pub fn column_problems(columns: &[Column], fields: &Fields) -> Vec<Problem> {
    if COLUMNS_MAX < columns.len() {
        return vec![Problem::new("/state/columns", "too_long", format!("show {COLUMNS_MAX} columns at most"))];
    }
    let mut problems = Vec::new();
    let mut seen = HashSet::new();
    for (place, column) in columns.iter().enumerate() {
        let path = |member: &str| format!("/state/columns/{place}/{member}");
        if !is_known(column, fields) {
            problems.push(Problem::new(path("name"), "unknown_column", format!("there is no column `{}`", column.name)));
        } else if !seen.insert(&column.name) {
            problems.push(Problem::new(path("name"), "repeated", "this column is shown already"));
        }
        if column.width.is_some_and(|width| !(WIDTH_PX_MIN..=WIDTH_PX_MAX).contains(&width)) {
            let message = format!("a column is {WIDTH_PX_MIN} to {WIDTH_PX_MAX} pixels wide");
            problems.push(Problem::new(path("width"), "out_of_range", message));
        }
    }
    problems
}

/// Without the columns and segments that are gone. A condition that asks for what is gone stays, and says so when it is asked.
pub fn without_gone(mut state: State, fields: &Fields, is_segment: impl Fn(SegmentId) -> bool) -> State {
    state.columns.retain(|column| is_known(column, fields));
    state.segments.retain(|segment| is_segment(*segment));
    state
}

fn is_known(column: &Column, fields: &Fields) -> bool {
    COLUMNS.contains(&column.name.as_str()) || column.name.strip_prefix(CUSTOM).is_some_and(|name| fields.get(name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::BuiltIn;

    fn person(id: i64) -> Person {
        Person { id: AdminUserId(id), name: format!("user {id}") }
    }

    #[test]
    fn what_somebody_may_do_with_a_view() {
        let asker = |id, role: BuiltIn| {
            let administers = role == BuiltIn::Admin;
            Asker { user: Some(AdminUserId(id)), role: Some(role.key()), administers, shares: true }
        };
        let key = |administers| Asker { user: None, role: None, administers, shares: true };
        let with_user = |id, may_edit| SharedWith { user: Some(person(id)), role: None, may_edit };
        let with_role = |role: BuiltIn, may_edit| SharedWith { user: None, role: Some(role.key()), may_edit };

        check(Some(1), &[], asker(1, BuiltIn::Viewer), Some(Access::Manage));
        check(Some(1), &[], asker(2, BuiltIn::Editor), None);
        check(Some(1), &[], asker(2, BuiltIn::Admin), Some(Access::Manage));
        check(Some(1), &[with_user(2, false)], asker(2, BuiltIn::Editor), Some(Access::Read));
        check(Some(1), &[with_user(2, false), with_role(BuiltIn::Editor, true)], asker(2, BuiltIn::Editor), Some(Access::Edit));
        check(Some(1), &[with_user(2, true), with_role(BuiltIn::Editor, false)], asker(2, BuiltIn::Editor), Some(Access::Edit));
        check(Some(1), &[with_role(BuiltIn::Viewer, true)], asker(2, BuiltIn::Editor), None);
        check(None, &[with_user(2, false)], key(false), None);
        check(None, &[], key(false), None);
        check(None, &[], key(true), Some(Access::Manage));

        #[track_caller]
        fn check(owner: Option<i64>, shares: &[SharedWith], asker: Asker, expected: Option<Access>) {
            assert_eq!(access(owner.map(person).as_ref(), shares, &asker), expected);
        }
    }

    #[test]
    fn a_view_is_shared_with_each_once() {
        let share = |user: Option<i64>, role: Option<BuiltIn>| Share {
            user_id: user.map(AdminUserId),
            role: role.map(BuiltIn::key),
            may_edit: false,
        };
        check(vec![share(Some(1), None), share(None, Some(BuiltIn::Editor))], &[]);
        check(vec![share(None, None), share(Some(1), Some(BuiltIn::Editor))], &["/shares/0", "/shares/1"]);
        check(vec![share(Some(1), None), share(Some(2), None), share(Some(1), None)], &["/shares/2"]);

        #[track_caller]
        fn check(shares: Vec<Share>, wrong: &[&str]) {
            let paths: Vec<String> = share_problems(&shares).into_iter().map(|problem| problem.path).collect();
            assert_eq!(paths, wrong);
        }
    }
}
