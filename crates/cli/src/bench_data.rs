//! `regulars bench-data`: customers and activities for measurements, the same ones for the same numbers on every database.
//! They are written through the operations that production uses, so the server takes the database as any other.

mod activity;
mod person;

use crate::demo;
use crate::demo::country::{self, Country};
use crate::demo::random::Random;
use crate::opening::{self, Opening, told};
use crate::print;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use person::Person;
use server::access::Actor;
use server::activities::{self, NewActivity, OutcomeStatus, TrackOptions};
use server::app::App;
use server::config::Config;
use server::customers::{self, Draft, SaveOptions};
use server::ids::CustomerId;
use server::mailer::Mailer;
use server::rollups;
use server::segments::builders::Builders;
use server::time::{Clock, Instant};
use server::{serve, work};
use std::sync::Arc;
use std::time::Duration;
use store::DatabaseUrl;
use tokio::task::JoinHandle;

#[derive(Debug, Args)]
pub struct BenchData {
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    customers: u32,
    #[arg(long, default_value_t = 2_000_000, value_parser = clap::value_parser!(u64).range(0..=200_000_000))]
    activities: u64,
    /// The same number gives the same rows.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// When the last activity has happened, and how far back the first one lies.
const END: &str = "2026-07-01T00:00:00Z";
const DAYS: i64 = 3 * 365;
const ACTIVITIES_PER_UNIT: usize = 8_000;
/// Page cache of SQLite while it is filled: its indexes are written all over.
const CACHE_MIB: usize = 512;
/// Nobody is looked for: everybody is new, and as he is wanted.
const OPTIONS: SaveOptions = SaveOptions { validator: false, duplicate_check: false, save_steps: false };

pub async fn run(command: BenchData, opening: &Opening) -> anyhow::Result<()> {
    let mut config: Config = demo::fast(&opening.config()?);
    config.database.cache_mib = config.database.cache_mib.max(CACHE_MIB);
    let end = Instant::parse(END).ok_or_else(|| anyhow::anyhow!("{END} is no instant"))?;
    let app = serve::open_with(&config, Clock::by_hand(end), Mailer::Absent, Builders::default()).await?;
    let (people, users) = demo::contents(&app).await?;
    let url: DatabaseUrl = config.database.url.parse()?;
    anyhow::ensure!(
        people == 0 && users == 0,
        "{url} is not empty ({people} customers, {users} users): name another database or remove it"
    );
    let plan = Plan { countries: country::all(), random: Random::new(command.seed), from: end.plus_days(-DAYS), to: end };
    let started = std::time::Instant::now();
    opening::write(&app, demo::shop::define_fields).await?;
    let ids = plan.write_customers(&app, u64::from(command.customers)).await?;
    plan.write_activities(&app, &ids, command.activities).await?;
    while rollups::catch_up(&app).await? {}
    let seconds = started.elapsed().as_secs_f64();
    print::line(&format!("{} customers and {} activities in {seconds:.1} s", command.customers, command.activities))
}

/// What the rows follow from.
struct Plan {
    countries: Vec<Country>,
    random: Random,
    from: Instant,
    to: Instant,
}

impl Plan {
    fn person(&self, number: u64) -> Person {
        person::make(&self.countries, &mut self.random.part(number), number, self.from, self.to)
    }

    async fn write_customers(&self, app: &App, count: u64) -> anyhow::Result<Vec<CustomerId>> {
        let progress = progress("customers", count);
        let mut ids = Vec::with_capacity(count as usize);
        let mut writing = None;
        for first in (0..count).step_by(customers::BATCH_MAX) {
            // Made up while those before them are written. One unit at a time, or ids would follow from chance.
            let drafts = (first..count.min(first + customers::BATCH_MAX as u64)).map(|number| self.person(number).draft).collect();
            ids.extend(written(writing.take()).await?.unwrap_or_default());
            progress.set_position(ids.len() as u64);
            writing = Some(tokio::spawn(save(app.clone(), drafts)));
        }
        ids.extend(written(writing).await?.unwrap_or_default());
        progress.finish();
        Ok(ids)
    }

    /// Customer by customer: each one's rows lie side by side, and few customers are locked at a time.
    async fn write_activities(&self, app: &App, ids: &[CustomerId], count: u64) -> anyhow::Result<()> {
        let progress = progress("activities", count);
        let total: f64 = (0..ids.len() as u64).map(|number| self.person(number).weight).sum();
        let (mut weight, mut made) = (0.0, 0);
        let mut unit = Vec::with_capacity(ACTIVITIES_PER_UNIT);
        let mut writing = None;
        for (number, id) in (0..).zip(ids) {
            let person = self.person(number);
            weight += person.weight;
            let due = (weight / total * count as f64).round() as u64;
            let mut random = self.random.part(number | 1 << 63);
            unit.extend(activity::of(&person, *id, (due - made) as usize, self.to, &mut random));
            made = due;
            while ACTIVITIES_PER_UNIT <= unit.len() || (number + 1 == ids.len() as u64 && !unit.is_empty()) {
                let rest = unit.split_off(ACTIVITIES_PER_UNIT.min(unit.len()));
                let full = std::mem::replace(&mut unit, rest);
                written(writing.take()).await?;
                progress.inc(full.len() as u64);
                writing = Some(tokio::spawn(track(app.clone(), full)));
            }
        }
        written(writing).await?;
        progress.finish();
        Ok(())
    }
}

async fn written<T>(writing: Option<JoinHandle<anyhow::Result<T>>>) -> anyhow::Result<Option<T>> {
    match writing {
        Some(writing) => writing.await?.map(Some),
        None => Ok(None),
    }
}

fn progress(what: &'static str, count: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix:10} {bar:30} {pos}/{len} {per_sec} {eta}").expect("the template is well-formed");
    let bar = ProgressBar::new(count).with_style(style).with_prefix(what);
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}

async fn save(app: App, drafts: Vec<Draft>) -> anyhow::Result<Vec<CustomerId>> {
    let drafts = Arc::new(drafts);
    let save = move |work: &mut work::Work<'_>| customers::save_many(work, drafts.as_ref().clone(), OPTIONS);
    let outcomes = work::write(&app, Actor::operator(), save).await.map_err(told)?;
    let id = |outcome: Result<customers::Saved, _>| outcome.map(|saved| saved.id).map_err(|problems| anyhow::anyhow!("{problems:?}"));
    outcomes.into_iter().map(id).collect()
}

async fn track(app: App, happened: Vec<NewActivity>) -> anyhow::Result<()> {
    let options = TrackOptions { create_customers: false, run_rules: false };
    let track = move |work: &mut work::Work<'_>| activities::track(work, &happened, options);
    let outcomes = work::write(&app, Actor::operator(), track).await.map_err(told)?;
    let refused = outcomes.iter().find(|outcome| outcome.status != OutcomeStatus::Created);
    anyhow::ensure!(refused.is_none(), "an activity was refused: {refused:?}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(seed: u64) -> Plan {
        let end = Instant::parse(END).expect("an instant");
        Plan { countries: country::all(), random: Random::new(seed), from: end.plus_days(-DAYS), to: end }
    }

    #[test]
    fn few_do_much_and_many_do_little() {
        let plan = plan(1);
        let mut weights: Vec<f64> = (0..20_000).map(|number| plan.person(number).weight).collect();
        weights.sort_by(f64::total_cmp);
        let mean = weights.iter().sum::<f64>() / 20_000.0;
        assert!(weights[10_000] < 0.5 * mean, "the one in the middle: {} of {mean}", weights[10_000]);
        assert!(50.0 * mean < weights[19_990], "the tenth busiest: {} of {mean}", weights[19_990]);
    }

    #[test]
    fn a_seed_gives_the_same_rows_and_nothing_happens_after_the_end() {
        let story = |seed: u64| {
            let plan = plan(seed);
            let of = |number: u64| activity::of(&plan.person(number), CustomerId(7), 50, plan.to, &mut plan.random.part(number));
            let activities: Vec<NewActivity> = (0..20).flat_map(of).collect();
            assert!(activities.iter().all(|activity| Some(plan.from) <= activity.occurred_at && activity.occurred_at < Some(plan.to)));
            activities.iter().map(|activity| format!("{activity:?}")).collect::<Vec<_>>()
        };
        assert_eq!(story(3), story(3));
        assert_ne!(story(3), story(4));
    }

    #[tokio::test]
    async fn an_empty_database_is_filled_and_a_full_one_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let database = Some(format!("sqlite:{}", folder.path().join("bench.db").display()));
        let opening = Opening { database, config: None, json: false };
        let command = || BenchData { customers: 1_200, activities: 20_001, seed: 1 };

        run(command(), &opening).await.expect("it is filled");

        let app = opening.app().await.expect("it can be opened");
        let read = |work: &mut work::Work<'_>| Ok((customers::count(work)?, activities::count_by_kind(work)?));
        let (people, kinds) = opening::read(&app, read).await.expect("it can be read");
        assert_eq!((people, kinds.len(), kinds.iter().map(|(_, count)| count).sum::<i64>()), (1_200, 12, 20_001));
        drop(app);
        let refused = run(command(), &opening).await.expect_err("it is not empty");
        assert!(refused.to_string().contains("is not empty (1200 customers, 0 users)"), "{refused}");
    }
}
