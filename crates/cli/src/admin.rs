//! `regulars user …` and `regulars key …`: who may come in, for those who command the machine.

use crate::opening::{Opening, read, told, write};
use crate::print;
use anyhow::Context;
use clap::Subcommand;
use serde_json::json;
use server::admin::{self, Draft, Password, Reach, RoleKey};
use server::ids::ApiKeyId;
use server::time::Instant;
use std::io::BufRead;

#[derive(Debug, Subcommand)]
pub enum User {
    /// Add someone. Without a password one is made and printed.
    Add {
        email: String,
        /// The key of a role: admin, editor, viewer, or one of your own.
        #[arg(long, value_name = "KEY", default_value = "admin")]
        role: RoleKey,
        /// The name that is shown; the part before the @ if absent.
        #[arg(long)]
        name: Option<String>,
        /// Read the password from the first line of standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List who may sign in.
    List,
    /// End all sessions of a user.
    SignOut { email: String },
    /// Take the second factor from a user who lost it. His sessions end.
    RemoveSecondFactor { email: String },
}

#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key and print it alone. It cannot be shown again.
    Add {
        name: String,
        /// What it may do: a permission such as customers:read, or all. May be given several times.
        #[arg(long = "scope", default_value = "all", value_delimiter = ',')]
        scopes: Vec<String>,
        /// When it ends, as a date or an RFC 3339 time.
        #[arg(long, value_name = "TIME", value_parser = moment)]
        expires: Option<Instant>,
    },
    /// List keys, revoked ones included.
    List,
    /// Revoke a key: it opens nothing any more.
    Revoke { id: i64 },
}

fn moment(text: &str) -> Result<Instant, String> {
    Instant::parse(text).ok_or_else(|| format!("{text:?} is neither a date nor an RFC 3339 time"))
}

/// Users or keys that are listed at most.
const LISTED_MAX: usize = 10_000;
/// Random characters of a password made here: 24 of 62 are more than 128 bits.
const PASSWORD_CHARS: usize = 24;

pub async fn run_user(command: User, opening: &Opening) -> anyhow::Result<()> {
    match command {
        User::Add { email, role, name, password_stdin } => {
            let given = if password_stdin { Some(first_line()?) } else { None };
            add_user(opening, email, role, name, given).await
        }
        User::List => list_users(opening).await,
        User::SignOut { email } => sign_out(opening, email).await,
        User::RemoveSecondFactor { email } => remove_second_factor(opening, email).await,
    }
}

async fn add_user(opening: &Opening, email: String, role: RoleKey, name: Option<String>, given: Option<String>) -> anyhow::Result<()> {
    let app = opening.app().await?;
    let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
    let draft = Draft { email, name, role, active: true };
    let made = given.is_none().then(new_password);
    let password = given.or_else(|| made.clone()).unwrap_or_default();
    let hash = app.passwords.hash(&Password::new(password)).await.map_err(told)?;
    let user = write(&app, move |work| admin::add_user(work, draft.clone(), Some(&hash), &Reach::Everything)).await?;
    if opening.json {
        let mut shown = serde_json::to_value(&user)?;
        if let (Some(fields), Some(made)) = (shown.as_object_mut(), made) {
            fields.insert("password".to_owned(), json!(made));
        }
        return print::json(&shown);
    }
    print::line(&format!("{} may sign in as {}.", user.email, user.role))?;
    match made {
        Some(made) => print::line(&format!("Password: {made}")),
        None => Ok(()),
    }
}

fn first_line() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("cannot read the password from standard input")?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

fn new_password() -> String {
    const CHARACTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    (0..PASSWORD_CHARS).map(|_| char::from(CHARACTERS[rand::random_range(0..CHARACTERS.len())])).collect()
}

async fn list_users(opening: &Opening) -> anyhow::Result<()> {
    let app = opening.app().await?;
    let (users, _) = read(&app, |work| admin::users(work, None, LISTED_MAX, false)).await?;
    if opening.json {
        return print::json(&users);
    }
    let rows: Vec<_> = users
        .into_iter()
        .map(|user| {
            let state = if user.active { "active" } else { "inactive" };
            let (factor, seen) = (print::moment(user.second_factor_since), print::moment(user.last_login_at));
            let (role, state, sessions) = (user.role.to_string(), state.to_owned(), user.sessions.to_string());
            [user.id.to_string(), user.email, user.name, role, state, factor, sessions, seen]
        })
        .collect();
    print::table(["id", "email", "name", "role", "state", "second factor", "sessions", "last sign-in"], &rows)
}

async fn sign_out(opening: &Opening, email: String) -> anyhow::Result<()> {
    let app = opening.app().await?;
    let (user, ended) = write(&app, move |work| {
        let user = admin::user_by_email(work, &email)?;
        let ended = admin::sign_out_everywhere(work, user.id, &Reach::Everything)?;
        Ok((user, ended))
    })
    .await?;
    if opening.json {
        return print::json(&json!({ "id": user.id, "sessions": ended }));
    }
    print::line(&format!("{} was signed out of {ended} sessions.", user.email))
}

async fn remove_second_factor(opening: &Opening, email: String) -> anyhow::Result<()> {
    let app = opening.app().await?;
    let user = write(&app, move |work| {
        let user = admin::user_by_email(work, &email)?;
        admin::take_second_factor_away(work, user.id, &Reach::Everything)?;
        Ok(user)
    })
    .await?;
    if opening.json {
        return print::json(&json!({ "id": user.id, "hadSecondFactor": user.second_factor_since.is_some() }));
    }
    match user.second_factor_since {
        Some(_) => print::line(&format!("{} signs in without a second factor now.", user.email)),
        None => print::line(&format!("{} has no second factor.", user.email)),
    }
}

pub async fn run_key(command: Key, opening: &Opening) -> anyhow::Result<()> {
    let app = opening.app().await?;
    match command {
        Key::Add { name, scopes, expires } => {
            let (id, key) = write(&app, move |work| admin::add_key(work, &name, &scopes, expires)).await?;
            if opening.json {
                return print::json(&json!({ "id": id, "key": key }));
            }
            print::line(&key)
        }
        Key::List => {
            let (keys, _) = read(&app, |work| admin::api_keys(work, None, LISTED_MAX, false)).await?;
            if opening.json {
                return print::json(&keys);
            }
            let rows: Vec<_> = keys
                .into_iter()
                .map(|key| {
                    let (expires, used) = (print::moment(key.expires_at), print::moment(key.last_used_at));
                    [key.id.to_string(), key.name, key.prefix, key.scopes.join(","), expires, used, print::moment(key.revoked_at)]
                })
                .collect();
            print::table(["id", "name", "begins with", "scopes", "expires", "last used", "revoked"], &rows)
        }
        Key::Revoke { id } => write(&app, move |work| admin::revoke_key(work, ApiKeyId(id), &Reach::Everything)).await,
    }
}
