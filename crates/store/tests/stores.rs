//! What both databases promise in the same words. PostgreSQL comes from `REGULARS_TEST_POSTGRES`, set by `cargo xtask check`.
#![allow(clippy::unwrap_used, reason = "a test that fails says where")]

use std::sync::atomic::{AtomicU32, Ordering};
use store::{DatabaseUrl, Options, Rows, Store, StoreError, Tx, migrate};

/// Runs the story on a fresh, migrated SQLite file and in a fresh PostgreSQL schema.
async fn on_each_store(story: impl AsyncFn(Store)) {
    let folder = tempfile::tempdir().expect("a folder for the database");
    let file = format!("sqlite:{}?synchronous=off", folder.path().join("test.db").display());
    story(open(&file).await).await;

    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("REGULARS_TEST_POSTGRES").expect("REGULARS_TEST_POSTGRES is not set: run `cargo xtask check`");
    let schema = format!("store_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let admin = Store::open(&server.parse().unwrap(), &Options { readers: 1, writers: 1, ..Options::default() }).unwrap();
    execute(&admin, format!("create schema {schema}")).await;
    let joint = if server.contains('?') { '&' } else { '?' };
    story(open(&format!("{server}{joint}options=-csearch_path%3D{schema}")).await).await;
    execute(&admin, format!("drop schema {schema} cascade")).await;
}

async fn open(url: &str) -> Store {
    let url: DatabaseUrl = url.parse().unwrap();
    let store =
        Store::open(&url, &Options { readers: 2, writers: 4, statement_timeout: std::time::Duration::from_secs(2), ..Options::default() })
            .unwrap();
    assert_eq!(migrate::migrate(&store, 0).await.unwrap().first(), Some(&1));
    store
}

async fn execute(store: &Store, text: String) {
    store.write(move |tx| tx.execute(&text, &[])).await.unwrap();
}

fn identity(tx: &mut Tx<'_>, value: &str, customer: i64) -> Result<u64, StoreError> {
    tx.execute(
        "insert into identities (kind, value, customer_id, spelled, created_at) values ('email', $2, $1, $2, $3)",
        &[customer.into(), value.into(), 0.into()],
    )
}

async fn count(store: &Store) -> i64 {
    store.read(|tx| tx.one::<i64>("select count(*) from identities", &[])).await.unwrap()
}

#[tokio::test]
async fn what_a_unit_writes_is_there_or_not_at_all() {
    on_each_store(async |store| {
        store.write(|tx| identity(tx, "ada", 1)).await.unwrap();
        let failed = store
            .write(|tx| {
                identity(tx, "bob", 2)?;
                identity(tx, "ada", 3)
            })
            .await;
        assert!(matches!(failed, Err(StoreError::Duplicate)), "{failed:?}");
        let panicked: Result<(), StoreError> = store
            .write(|tx| {
                identity(tx, "eve", 4)?;
                panic!("on purpose")
            })
            .await;
        assert!(matches!(panicked, Err(StoreError::Panicked)), "{panicked:?}");
        assert_eq!(count(&store).await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_unit_that_fails_takes_nothing_from_those_it_shares_a_commit_with() {
    on_each_store(async |store| {
        let units = (0..200_i64).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .write(move |tx| {
                        identity(tx, &format!("c{number}"), number)?;
                        if number % 3 == 0 { Err(StoreError::bug("on purpose")) } else { Ok(()) }
                    })
                    .await
            })
        });
        let mut kept = 0;
        for unit in units.collect::<Vec<_>>() {
            kept += i64::from(unit.await.unwrap().is_ok());
        }
        assert_eq!(kept, 133);
        assert_eq!(count(&store).await, kept);
    })
    .await;
}

#[tokio::test]
async fn ids_are_never_handed_out_twice_even_after_a_rollback() {
    on_each_store(async |store| {
        let mut seen = std::collections::BTreeSet::new();
        for round in 0..40_usize {
            let taken: Result<Vec<i64>, StoreError> = store
                .write(move |tx| {
                    let ids: Vec<i64> = tx.new_ids("customer", 70 + round)?.collect();
                    if round % 4 == 0 { Err(StoreError::bug("on purpose")) } else { Ok(ids) }
                })
                .await;
            for id in taken.unwrap_or_default() {
                assert!(seen.insert(id), "{id} came twice");
            }
        }
        assert!(1_000 < seen.len());
    })
    .await;
}

#[tokio::test]
async fn many_rows_keep_every_character() {
    let texts = ["plain", "tab\there", "line\nbreak\r", "back\\slash \\N", "Ünïcödé 🎈", ""];
    on_each_store(async |store| {
        for rows in [3_usize, 1_000] {
            let written = store
                .write(move |tx| {
                    tx.execute("delete from settings", &[])?;
                    let mut all = Rows::with_capacity(4, rows);
                    for number in 0..rows {
                        let text = serde_json::json!({ "text": texts[number % texts.len()] });
                        all.push([format!("s{number:04}").into(), text.into(), 1.into(), (number as i64).into()]);
                    }
                    tx.insert_counting("insert into settings (name, value, version, updated_at)", &all, "")
                })
                .await
                .unwrap();
            assert_eq!(written, rows as u64);
            let read: Vec<(String, serde_json::Value)> =
                store.read(|tx| tx.all("select name, value from settings order by name", &[])).await.unwrap();
            for (number, (_, value)) in read.iter().enumerate() {
                assert_eq!(value["text"], texts[number % texts.len()]);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn inserting_again_updates_when_the_statement_says_so() {
    on_each_store(async |store| {
        for round in 1..=2_i64 {
            store
                .write(move |tx| {
                    let mut rows = Rows::new(2);
                    for number in 0..300 {
                        rows.push([format!("k{number}").into(), round.into()]);
                    }
                    let upsert = "on conflict (kind) do update set version = definition_versions.version + excluded.version";
                    tx.insert("insert into definition_versions (kind, version)", rows, upsert)
                })
                .await
                .unwrap();
        }
        let (rows, least): (i64, i64) =
            store.read(|tx| tx.one("select count(*), min(version) from definition_versions", &[])).await.unwrap();
        assert_eq!((rows, least), (300, 3));
    })
    .await;
}

#[tokio::test]
async fn readers_cannot_write_and_a_fault_names_its_statement() {
    on_each_store(async |store| {
        let written = store.read(|tx| identity(tx, "ada", 1)).await;
        assert!(matches!(written, Err(StoreError::ReadOnly(_))), "{written:?}");
        let faulty = store.read(|tx| tx.all::<i64>("select nothing from nowhere", &[])).await;
        assert!(faulty.unwrap_err().to_string().contains("nowhere"));
        assert_eq!(count(&store).await, 0);
    })
    .await;
}

#[tokio::test]
async fn an_insert_nobody_waits_for_fails_its_unit_all_the_same() {
    on_each_store(async |store| {
        let version = |tx: &mut Tx<'_>, kind: &str| {
            let mut rows = Rows::new(2);
            rows.push([kind.into(), 1.into()]);
            tx.insert("insert into definition_versions (kind, version)", rows, "")
        };
        store.write(move |tx| version(tx, "first")).await.unwrap();
        let at_the_end = store
            .write(move |tx| {
                version(tx, "second")?;
                version(tx, "first")
            })
            .await;
        assert!(matches!(at_the_end, Err(StoreError::Duplicate)), "{at_the_end:?}");
        let in_between = store
            .write(move |tx| {
                version(tx, "first")?;
                identity(tx, "ada", 1)
            })
            .await;
        assert!(matches!(in_between, Err(StoreError::Duplicate)), "{in_between:?}");
        let unsendable = store
            .write(move |tx| {
                version(tx, "third")?;
                let mut rows = Rows::new(2);
                rows.push(["fourth".into(), "no number".into()]);
                tx.insert("insert into definition_versions (kind, version)", rows, "")
            })
            .await;
        // SQLite takes what it is given.
        let refuses = store.dialect() == sql::dialect::Dialect::Postgres;
        let kinds = store.read(|tx| tx.one::<i64>("select count(*) from definition_versions", &[])).await.unwrap();
        assert_eq!((unsendable.is_err(), kinds), (refuses, if refuses { 1 } else { 3 }), "{unsendable:?}");
        store.write(|tx| tx.execute("delete from definition_versions where kind in ('third', 'fourth')", &[])).await.unwrap();
        let taken_back = store
            .write(move |tx| {
                version(tx, "first")?;
                Err::<(), _>(StoreError::Full)
            })
            .await;
        assert!(matches!(taken_back, Err(StoreError::Duplicate)), "{taken_back:?}");
        let kinds = store.read(|tx| tx.all::<String>("select kind from definition_versions", &[])).await.unwrap();
        assert_eq!((kinds, count(&store).await), (vec!["first".to_owned()], 0));
    })
    .await;
}

#[tokio::test]
async fn a_unit_that_ignores_a_failure_is_not_committed_on_postgres() {
    on_each_store(async |store| {
        if store.dialect() == sql::dialect::Dialect::Sqlite {
            return;
        }
        let ignored = store
            .write(|tx| {
                identity(tx, "ada", 1)?;
                drop(identity(tx, "ada", 2));
                Ok::<_, StoreError>(())
            })
            .await;
        assert!(matches!(ignored, Err(StoreError::Bug { .. })), "{ignored:?}");
        assert_eq!(count(&store).await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_comes_after_a_restart_of_the_server_notices_nothing() {
    on_each_store(async |store| {
        if store.dialect() == sql::dialect::Dialect::Sqlite {
            return;
        }
        let pid = |tx: &mut Tx<'_>| tx.one::<i64>("select cast(pg_backend_pid() as bigint)", &[]);
        let server: DatabaseUrl = std::env::var("REGULARS_TEST_POSTGRES").unwrap().parse().unwrap();
        let admin = Store::open(&server, &Options { readers: 1, writers: 1, ..Options::default() }).unwrap();
        // As many units as there are connections: one after the other would not meet all of them.
        let mut pids = std::collections::BTreeSet::new();
        while pids.len() < 6 {
            pids.insert(store.write(pid).await.unwrap());
            pids.insert(store.read(pid).await.unwrap());
        }
        for pid in pids {
            execute(&admin, format!("select pg_terminate_backend({pid})")).await;
        }
        for number in 0..8_i64 {
            let kind = format!("k{number}");
            let wrote = store.write(move |tx| {
                let mut rows = Rows::new(2);
                rows.push([kind.as_str().into(), 1.into()]);
                tx.insert("insert into definition_versions (kind, version)", rows, "")
            });
            wrote.await.unwrap();
            assert_eq!(store.read(|tx| tx.one::<i64>("select count(*) from definition_versions", &[])).await.unwrap(), number + 1);
        }
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_stopped() {
    on_each_store(async |store| {
        store
            .write(|tx| {
                let mut rows = Rows::new(2);
                (0..3_000_i64).for_each(|number| rows.push([format!("k{number}").into(), number.into()]));
                tx.insert("insert into definition_versions (kind, version)", rows, "")
            })
            .await
            .unwrap();
        let slow = store
            .read(|tx| {
                let text = "select count(*) from definition_versions a, definition_versions b, definition_versions c
                            where a.version + b.version > c.version * 7";
                tx.one::<i64>(text, &[])
            })
            .await;
        assert!(matches!(slow, Err(StoreError::Timeout)), "{slow:?}");
        assert_eq!(count(&store).await, 0);
    })
    .await;
}

#[tokio::test]
async fn migrating_again_changes_nothing_and_a_newer_database_is_refused() {
    on_each_store(async |store| {
        assert_eq!(migrate::migrate(&store, 0).await.unwrap(), Vec::<i64>::new());
        let text = "insert into migrations (number, name, checksum, applied_at) values (9999, 'future', '', 0)";
        store.write(move |tx| tx.execute(text, &[])).await.unwrap();
        let refused = migrate::check(&store).await;
        assert!(matches!(refused, Err(StoreError::Newer { found: 9999, .. })), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_migration_that_was_edited_is_refused() {
    on_each_store(async |store| {
        store.write(|tx| tx.execute("update migrations set checksum = 'other'", &[])).await.unwrap();
        let refused = migrate::migrate(&store, 0).await;
        assert!(matches!(refused, Err(StoreError::ChangedMigration { number: 1 })), "{refused:?}");
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_behind_a_link_makes_its_commits_durable() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file.db"), folder.path().join("link.db"));
    std::fs::write(&file, "").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let store = open(&format!("sqlite:{}", link.display())).await;
    store.write(|tx| identity(tx, "ada", 1)).await.unwrap();
    assert!(folder.path().join("file.db-wal").exists());
    drop(store);
    // Opened again, nothing has been committed yet when the first unit is refused.
    let store = Store::open(&format!("sqlite:{}", link.display()).parse().unwrap(), &Options::default()).unwrap();
    let refused = store.write(|tx| identity(tx, "ada", 2)).await;
    assert!(matches!(refused, Err(StoreError::Duplicate)), "{refused:?}");
    store.write(|tx| identity(tx, "bob", 2)).await.unwrap();
    assert_eq!(count(&store).await, 2);
}

/// The last clone may go with a unit whose caller has gone, on the thread that answers it.
#[tokio::test]
async fn a_store_that_goes_with_an_unfinished_unit_closes_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.db");
    let store = open(&format!("sqlite:{}", file.display())).await;
    let held = store.clone();
    let mut unit = Box::pin(store.write(move |tx| {
        let _alive = &held;
        std::thread::sleep(std::time::Duration::from_millis(50));
        identity(tx, "ada", 1)
    }));
    tokio::select! {
        biased;
        _ = &mut unit => panic!("it takes 50 ms"),
        () = std::future::ready(()) => {}
    }
    drop(unit);
    drop(store);
    let log = folder.path().join("test.db-wal");
    for _ in 0..100 {
        if !log.exists() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the log is left: the writer has not ended");
}
