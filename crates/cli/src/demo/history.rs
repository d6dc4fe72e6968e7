//! The shop's two years, written through the operations that production uses. Most of it is taken over from its books in
//! one go; for the last weeks the clock is moved by hand and everything happens at its time, so that segments were entered
//! and left, rules have fired and mails were written when the activities say so.

use super::people::{self, Person, Span};
use super::random::Random;
use super::{country, shop, shopping};
use crate::opening::told;
use anyhow::Context;
use server::access::Actor;
use server::activities::{self, NewActivity, OutcomeStatus, TrackOptions};
use server::app::App;
use server::customers::{self, Draft, SaveOptions};
use server::error::Error;
use server::events::Cause;
use server::segments::{self, Source};
use server::time::Instant;
use server::work::{self, Work};
use server::worker;
use std::sync::Arc;

/// Days of history, and how many of the last ones are lived through.
pub const DAYS: i64 = 730;
const LIVE_DAYS: i64 = 60;
/// Hours that pass at a time while they are lived through.
const STEP_HOURS: i64 = 3;
const ACTIVITIES_PER_UNIT: usize = 1_000;
/// People picked by hand for one segment.
const TESTERS: usize = 40;

/// How much there is in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    pub customers: usize,
    pub activities: usize,
}

/// What happens in the shop, in order of time.
struct Story {
    people: Vec<Person>,
    activities: Vec<NewActivity>,
    span: Span,
}

fn story(seed: u64, count: usize, now: Instant) -> Story {
    let span = Span { from: now.plus_days(-DAYS), to: now };
    let random = Random::new(seed);
    let people = people::all(&country::all(), &random.part(1), span, count);
    let mut activities: Vec<NewActivity> = Vec::new();
    for (place, person) in people.iter().enumerate() {
        activities.extend(shopping::of(person, &mut random.part(1_000_000 + place as u64), span));
    }
    activities.sort_by(|one, two| (one.occurred_at, &one.external_id).cmp(&(two.occurred_at, &two.external_id)));
    Story { people, activities, span }
}

/// Writes the whole history into an empty database. The instance's clock is set by hand and stands at its end afterwards.
pub async fn write(app: &App, seed: u64, count: usize, now: Instant, tell: impl Fn(&str)) -> anyhow::Result<Written> {
    tell("Making up two years of a shop …");
    let story = story(seed, count, now);
    let live_from = story.span.to.plus_days(-LIVE_DAYS);
    let old_people = story.people.partition_point(|person| person.since < live_from);
    let old_activities = story.activities.partition_point(|activity| activity.occurred_at < Some(live_from));
    set_clock(app, live_from);
    tell("Taking over its books …");
    run(app, shop::define_fields).await?;
    save(app, &story.people[..old_people]).await?;
    track(app, &story.activities[..old_activities]).await?;
    let ids = run(app, shop::define_segments).await?;
    run(app, shop::define_builders).await?;
    run(app, move |work| shop::define_rules(work, &ids)).await?;
    worker::run_due(app).await.map_err(told)?;
    run(app, pick_testers).await?;
    tell(&format!("Living through the last {LIVE_DAYS} days …"));
    live(app, &story, old_people, old_activities).await?;
    Ok(Written { customers: story.people.len(), activities: story.activities.len() })
}

fn set_clock(app: &App, at: Instant) {
    let seconds = app.clock.now().seconds_until(at);
    app.clock.advance_seconds(seconds);
}

/// Step by step up to the end: time passes, people come and do things, and what is due is done.
async fn live(app: &App, story: &Story, old_people: usize, old_activities: usize) -> anyhow::Result<()> {
    let (mut people, mut activities) = (&story.people[old_people..], &story.activities[old_activities..]);
    while app.clock.now() < story.span.to {
        let now = app.clock.now().plus_minutes(STEP_HOURS * 60).min(story.span.to);
        set_clock(app, now);
        let (come, later) = people.split_at(people.partition_point(|person| person.since <= now));
        save(app, come).await?;
        people = later;
        let (happened, later) = activities.split_at(activities.partition_point(|activity| activity.occurred_at <= Some(now)));
        track(app, happened).await?;
        activities = later;
        worker::run_due(app).await.map_err(told)?;
    }
    anyhow::ensure!(people.is_empty() && activities.is_empty(), "something of the demo happens after its end");
    Ok(())
}

async fn run<T: Send + 'static>(app: &App, operation: impl FnMut(&mut Work<'_>) -> Result<T, Error> + Send + 'static) -> anyhow::Result<T> {
    work::write(app, Actor::operator(), operation).await.map_err(told)
}

/// A duplicate is what the demo wants to show, so nobody is refused for being one.
const OPTIONS: SaveOptions = SaveOptions { validator: true, duplicate_check: false, save_steps: true };

async fn save(app: &App, people: &[Person]) -> anyhow::Result<()> {
    for some in people.chunks(customers::BATCH_MAX) {
        let drafts: Arc<Vec<Draft>> = Arc::new(some.iter().map(|person| person.draft.clone()).collect());
        let outcomes = run(app, move |work| customers::save_many(work, drafts.as_ref().clone(), OPTIONS)).await?;
        if let Some(problems) = outcomes.into_iter().find_map(Result::err) {
            anyhow::bail!("somebody of the demo was refused: {problems:?}");
        }
    }
    Ok(())
}

async fn track(app: &App, happened: &[NewActivity]) -> anyhow::Result<()> {
    for some in happened.chunks(ACTIVITIES_PER_UNIT) {
        let some = Arc::new(some.to_vec());
        let outcomes = run(app, move |work| activities::track(work, &some, TrackOptions::default())).await?;
        let refused = outcomes.into_iter().find(|outcome| outcome.status != OutcomeStatus::Created);
        if let Some(refused) = refused {
            anyhow::bail!("an activity of the demo was not recorded: {refused:?}");
        }
    }
    Ok(())
}

fn pick_testers(work: &mut Work<'_>) -> Result<(), Error> {
    let testers = segments::all(work)?.all.iter().find(|segment| segment.reference == "testers").map(|segment| segment.id);
    let testers = testers.context("the demo has no segment of testers")?;
    let customers = customers::page_of_ids(work, 0, TESTERS)?;
    segments::add(work, testers, &customers, Source::Manual, Cause::Person).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_thousand_people_do_a_hundred_thousand_things_and_always_the_same() {
        let now = Instant::parse("2026-03-02T12:00:00Z").expect("an instant");
        let told = |story: &Story| story.activities.iter().map(|activity| format!("{activity:?}")).collect::<Vec<_>>();
        let story_one = story(1, 5_000, now);
        assert_eq!(story_one.people.len(), 5_000);
        assert!(100_000 <= story_one.activities.len(), "{}", story_one.activities.len());
        assert!(story_one.activities.iter().all(|activity| activity.occurred_at < Some(now)));
        let small = || told(&story(2, 100, now));
        assert_eq!(small(), small());
    }
}
