//! `regulars merges …`: customers who became one; merging two, undoing it.

use crate::opening::{Opening, read, write};
use crate::print;
use clap::{Subcommand, ValueEnum};
use server::app::App;
use server::ids::{CustomerId, MergeId};
use server::merging::{self, Cause, FieldRule, Merge, Named, Picks, State, Wish};

const LISTED_MAX: usize = 500;

#[derive(Debug, Subcommand)]
pub enum Merges {
    /// List merges, the newest first.
    List {
        /// Only those of this customer, whichever of the two he was.
        #[arg(long)]
        customer: Option<i64>,
        /// Only those that were undone.
        #[arg(long)]
        undone: bool,
    },
    /// Make one customer a part of another one.
    Merge {
        /// The customer who stays.
        survivor: i64,
        /// The customer who becomes a part of him.
        other: i64,
        /// Whose value a field gets.
        #[arg(long, value_enum, default_value_t = Rule::MostComplete)]
        rule: Rule,
        /// Merge although something speaks for two people.
        #[arg(long)]
        confirm: bool,
    },
    /// Undo a merge: both customers are there again.
    Undo {
        /// The merge.
        merge: i64,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Rule {
    Newest,
    MostComplete,
    MostTrusted,
    Survivor,
}

impl From<Rule> for FieldRule {
    fn from(rule: Rule) -> FieldRule {
        match rule {
            Rule::Newest => FieldRule::Newest,
            Rule::MostComplete => FieldRule::MostComplete,
            Rule::MostTrusted => FieldRule::MostTrusted,
            Rule::Survivor => FieldRule::Survivor,
        }
    }
}

pub async fn run(command: Merges, opening: &Opening) -> anyhow::Result<()> {
    let app = opening.app().await?;
    match command {
        Merges::List { customer, undone } => list(&app, customer, undone, opening).await,
        Merges::Merge { survivor, other, rule, confirm } => {
            let wish = Wish {
                survivor: CustomerId(survivor),
                other: CustomerId(other),
                rule: rule.into(),
                picks: Picks::new(),
                confirmed: confirm,
                cause: Cause::Person,
            };
            let merge = write(&app, move |work| merging::merge(work, &wish)).await?;
            tell(&merge, &format!("Customer {other} is a part of customer {survivor} now; merge {}.", merge.id), opening)
        }
        Merges::Undo { merge } => {
            let undone = write(&app, move |work| merging::undo(work, MergeId(merge))).await?;
            tell(&undone, &format!("Customer {} is there again.", undone.other_id), opening)?;
            if !opening.json && !undone.conflicts.is_empty() {
                let row = |conflict: &server::personal::Conflict| [conflict.kind.clone(), conflict.name.clone(), conflict.outcome.clone()];
                print::table(["what", "name", "outcome"], &undone.conflicts.iter().map(row).collect::<Vec<_>>())?;
            }
            Ok(())
        }
    }
}

fn tell(merge: &Merge, line: &str, opening: &Opening) -> anyhow::Result<()> {
    if opening.json { print::json(merge) } else { print::line(line) }
}

async fn list(app: &App, customer: Option<i64>, undone: bool, opening: &Opening) -> anyhow::Result<()> {
    let state = undone.then_some(State::Undone);
    let merges = read(app, move |work| merging::list(work, customer.map(CustomerId), state, None, LISTED_MAX)).await?;
    if opening.json {
        return print::json(&merges);
    }
    let row = |Named { of: merge, .. }: &Named<Merge>| {
        let (survivor, other) = (merge.survivor_id.to_string(), merge.other_id.to_string());
        let name = merge.taken.other.shown().unwrap_or_default();
        [
            merge.id.to_string(),
            print::moment(Some(merge.at)),
            survivor,
            other,
            name,
            merge.state.as_str().to_owned(),
            merge.actor.name.clone(),
        ]
    };
    print::table(["id", "at", "survivor", "other", "name", "state", "by"], &merges.iter().map(row).collect::<Vec<_>>())
}
