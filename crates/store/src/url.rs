//! Which database: `sqlite:FILE[?synchronous=normal]` or `postgres://…`.

use crate::StoreError;
use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    Sqlite { path: PathBuf, synchronous: Synchronous },
    Postgres { url: String },
}

/// When SQLite waits for the disk: at each commit, or only now and then (a power cut may lose the last commits).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    Full,
    Normal,
    Off,
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(DatabaseUrl::Postgres { url: text.to_owned() });
        }
        let not_a_url = || StoreError::Url(text.to_owned());
        let rest = text.strip_prefix("sqlite:").ok_or_else(not_a_url)?;
        let rest = rest.strip_prefix("//").unwrap_or(rest);
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let synchronous = match query {
            "" | "synchronous=full" => Synchronous::Full,
            "synchronous=normal" => Synchronous::Normal,
            "synchronous=off" => Synchronous::Off,
            _ => return Err(not_a_url()),
        };
        if path.is_empty() {
            return Err(not_a_url());
        }
        Ok(DatabaseUrl::Sqlite { path: path.into(), synchronous })
    }
}

/// Shown without the password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DatabaseUrl::Sqlite { path, .. } => write!(out, "sqlite:{}", path.display()),
            DatabaseUrl::Postgres { url } => match (url.find("://"), url.rfind('@')) {
                (Some(scheme), Some(at)) => {
                    let user = url[scheme + 3..at].split(':').next().unwrap_or_default();
                    write!(out, "postgres://{user}@{}", url[at + 1..].split('?').next().unwrap_or_default())
                }
                _ => write!(out, "{}", url.split('?').next().unwrap_or_default()),
            },
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        check("sqlite:regulars.db", Some("sqlite:regulars.db"));
        check("sqlite://data/r.db?synchronous=normal", Some("sqlite:data/r.db"));
        check("postgres://ada:secret@localhost/shop?sslmode=disable", Some("postgres://ada@localhost/shop"));
        check("postgres://localhost/shop", Some("postgres://localhost/shop"));
        check("sqlite:", None);
        check("sqlite:a.db?synchronous=maybe", None);
        check("mysql://localhost", None);

        #[track_caller]
        fn check(text: &str, shown: Option<&str>) {
            assert_eq!(text.parse::<DatabaseUrl>().ok().map(|url| url.to_string()).as_deref(), shown, "{text:?}");
        }
    }
}
