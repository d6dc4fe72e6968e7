//! `regulars role …`: what users may do, for those who command the machine.

use crate::opening::{Opening, read, write};
use crate::print;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use server::access::{PERMISSIONS, PermissionName};
use server::admin::{self, NewRole, Reach, Role, RoleKey};
use server::http::IfMatch;

#[derive(Debug, Subcommand)]
pub enum Roles {
    /// List roles, the built-in ones first.
    List,
    /// What one role may do; without a name, all there is to be allowed.
    Show { key: Option<RoleKey> },
    /// Make a role and print its key alone.
    Add(New),
    /// Change a role. For whoever has it that counts within five seconds.
    Change(Change),
    /// Take a role away.
    Remove {
        key: RoleKey,
        /// The role that whoever has this one gets instead.
        #[arg(long, value_name = "KEY")]
        replacement: Option<RoleKey>,
    },
}

#[derive(Debug, Args)]
pub struct New {
    /// What it is called.
    name: String,
    /// By what it is named where it is given; made from the name if absent.
    #[arg(long)]
    key: Option<RoleKey>,
    #[arg(long)]
    description: Option<String>,
    /// Begin with all that another role may do.
    #[arg(long, value_name = "KEY")]
    from: Option<RoleKey>,
    /// What it may do, such as customers:read. May be given several times.
    #[arg(long = "permission", value_name = "PERMISSION", value_delimiter = ',', value_parser = permission)]
    permissions: Vec<PermissionName>,
}

#[derive(Debug, Args)]
pub struct Change {
    key: RoleKey,
    #[arg(long)]
    name: Option<String>,
    /// An empty one takes it away.
    #[arg(long)]
    description: Option<String>,
    /// What it may do too. May be given several times.
    #[arg(long, value_name = "PERMISSION", value_delimiter = ',', value_parser = permission)]
    allow: Vec<PermissionName>,
    /// What it may do no longer. May be given several times.
    #[arg(long, value_name = "PERMISSION", value_delimiter = ',', value_parser = permission)]
    forbid: Vec<PermissionName>,
}

fn permission(text: &str) -> Result<PermissionName, String> {
    PermissionName::parse(text).ok_or_else(|| format!("{text:?} is no permission; regulars role show lists them"))
}

pub async fn run(command: Roles, opening: &Opening) -> anyhow::Result<()> {
    match command {
        Roles::List => list(opening).await,
        Roles::Show { key: Some(key) } => show(opening, key).await,
        Roles::Show { key: None } => show_permissions(opening),
        Roles::Add(new) => add(opening, new).await,
        Roles::Change(change) => self::change(opening, change).await,
        Roles::Remove { key, replacement } => remove(opening, key, replacement).await,
    }
}

async fn list(opening: &Opening) -> anyhow::Result<()> {
    let app = opening.app().await?;
    let roles = read(&app, admin::roles).await?;
    if opening.json {
        return print::json(&roles);
    }
    let row = |role: Role| {
        let kind = if role.is_built_in { "built in" } else { "own" };
        let held = format!("{} of {}", role.permissions.len(), PERMISSIONS.len());
        [role.key.to_string(), role.name, kind.to_owned(), held, role.users.to_string()]
    };
    let rows: Vec<_> = roles.into_iter().map(row).collect();
    print::table(["key", "name", "kind", "permissions", "users"], &rows)
}

async fn show(opening: &Opening, key: RoleKey) -> anyhow::Result<()> {
    let app = opening.app().await?;
    let role = read(&app, move |work| admin::role(work, &key)).await?;
    if opening.json {
        return print::json(&role);
    }
    print::line(&format!("{}, which {} users have", role.name, role.users))?;
    if let Some(description) = &role.description {
        print::line(description)?;
    }
    table_of(&role.permissions)
}

fn show_permissions(opening: &Opening) -> anyhow::Result<()> {
    if opening.json {
        let described =
            |permission: &PermissionName| json!({ "name": permission, "allows": permission.allows(), "needs": permission.needs() });
        return print::json(&PERMISSIONS.iter().map(described).collect::<Vec<_>>());
    }
    table_of(PERMISSIONS)
}

fn table_of(permissions: &[PermissionName]) -> anyhow::Result<()> {
    let rows: Vec<_> = permissions.iter().map(|permission| [permission.as_str().to_owned(), permission.allows().to_owned()]).collect();
    print::table(["permission", "allows to"], &rows)
}

async fn add(opening: &Opening, new: New) -> anyhow::Result<()> {
    let app = opening.app().await?;
    let role = write(&app, move |work| {
        let mut permissions = new.permissions.clone();
        if let Some(from) = &new.from {
            permissions.extend(admin::role(work, from)?.permissions);
        }
        let wanted = NewRole { key: new.key.clone(), name: new.name.clone(), description: new.description.clone(), permissions };
        admin::add_role(work, wanted, &Reach::Everything)
    })
    .await?;
    if opening.json { print::json(&role) } else { print::line(role.key.as_str()) }
}

async fn change(opening: &Opening, change: Change) -> anyhow::Result<()> {
    let app = opening.app().await?;
    let role = write(&app, move |work| {
        let standing = admin::role(work, &change.key)?;
        let patch = patch(&standing, &change);
        admin::change_role(work, &change.key, &patch, &IfMatch(Some(standing.version)), &Reach::Everything)
    })
    .await?;
    if opening.json {
        return print::json(&role);
    }
    print::line(&format!("{} may do {} of {} things.", role.name, role.permissions.len(), PERMISSIONS.len()))
}

fn patch(standing: &Role, change: &Change) -> Value {
    let mut patch = Map::new();
    if let Some(name) = &change.name {
        patch.insert("name".to_owned(), json!(name));
    }
    if let Some(description) = &change.description {
        patch.insert("description".to_owned(), json!(description));
    }
    let kept = standing.permissions.iter().chain(&change.allow).filter(|permission| !change.forbid.contains(permission));
    patch.insert("permissions".to_owned(), json!(kept.collect::<Vec<_>>()));
    Value::Object(patch)
}

async fn remove(opening: &Opening, key: RoleKey, replacement: Option<RoleKey>) -> anyhow::Result<()> {
    let app = opening.app().await?;
    write(&app, move |work| admin::remove_role(work, &key, replacement.as_ref(), &IfMatch(None), &Reach::Everything)).await
}
