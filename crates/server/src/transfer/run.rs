//! An import under way: rows in, a unit of work for each batch, the position written down in the same unit. Killed at any
//! instant it goes on where it was, and the result is the one it would have been.

use super::batch::{Batch, Seen};
use super::mapping::{Plan, Wanted};
use super::model::{Counts, Import, Kind, Options, Position, RowOutcome, RowProblem};
use super::source::{Rows, Source};
use super::unit::{Decided, Step, Unit, decide};
use crate::access::Actor;
use crate::app::App;
use crate::customers;
use crate::error::Error;
use crate::segments;
use crate::settings;
use crate::work;
use std::sync::Arc;

/// Rows per unit of work: large enough that a commit costs little per row, small enough that others get their turn.
const ROWS_PER_UNIT: usize = customers::BATCH_MAX;
/// Rows a dry run can tell apart from one another; past them it may call a repeated row new.
const SEEN_MAX: usize = 20_000_000;

/// Reads one file to its end, batch by batch.
pub struct Run {
    app: App,
    actor: Actor,
    plan: Arc<Plan>,
    options: Arc<Options>,
    rows: Rows,
    import: Option<Import>,
    position: Position,
    counts: Counts,
    seen: Seen,
}

/// What is read, and how.
pub struct Order {
    pub kind: Kind,
    pub file_name: String,
    pub options: Options,
}

/// How far a run is after a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    pub counts: Counts,
    pub bytes: i64,
    pub problems: Vec<RowProblem>,
    pub step: Step,
    /// Statements the unit took, what other slices did in answer to it not counted.
    pub statements: u64,
}

impl Run {
    /// A run that rehearses: everything is checked, nothing is kept.
    pub async fn rehearsal(app: &App, actor: Actor, order: Order, source: Source) -> Result<Run, Error> {
        Run::open(app, actor, order, source, None).await
    }

    /// A run that goes on with an import where it was.
    pub async fn of(app: &App, actor: Actor, import: Import, source: Source) -> Result<Run, Error> {
        let order = Order { kind: import.kind, file_name: import.file_name.clone(), options: import.options.clone() };
        Run::open(app, actor, order, source, Some(import)).await
    }

    async fn open(app: &App, actor: Actor, order: Order, source: Source, import: Option<Import>) -> Result<Run, Error> {
        let mut rows = Rows::open(source, &order.options, &order.file_name).await?;
        let plan = plan(app, &order, rows.columns.as_deref()).await?;
        let position = import.as_ref().map(Import::position).unwrap_or_default();
        let counts = import.as_ref().map(|import| import.counts).unwrap_or_default();
        rows.skip_to(position.row);
        let (app, options) = (app.clone(), Arc::new(order.options));
        Ok(Run { app, actor, plan: Arc::new(plan), options, rows, import, position, counts, seen: Seen::new() })
    }

    /// Columns of the file that nothing is made of.
    pub fn ignored(&self) -> &[String] {
        &self.plan.ignored
    }

    pub fn options(&self) -> &Options {
        &self.options
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    pub fn import(&self) -> Option<&Import> {
        self.import.as_ref()
    }

    /// Reads and decides the next rows. After the last of them the import is ended in a unit of its own.
    pub async fn step(&mut self) -> Result<Stage, Error> {
        let mut rows = Vec::with_capacity(ROWS_PER_UNIT);
        while rows.len() < ROWS_PER_UNIT
            && let Some(row) = self.rows.next().await?
        {
            rows.push(row);
        }
        let batch = Arc::new(Batch::new(&self.plan, rows));
        let to = Position { row: batch.last().unwrap_or(self.position.row), bytes: self.rows.bytes() };
        let rehearsed = if self.options.dry_run { Some(self.rehearse(&batch).await?) } else { None };
        let Decided { outcomes, step, statements } = match self.import.clone() {
            Some(import) => self.write(import, &batch, to, rehearsed).await?,
            None => {
                let step = if batch.is_empty() { Step::End } else { Step::More };
                Decided { outcomes: rehearsed.unwrap_or_default(), step, statements: 0 }
            }
        };
        self.position = to;
        outcomes.iter().for_each(|outcome| self.counts.count(outcome));
        Ok(Stage { counts: self.counts, bytes: to.bytes, problems: batch.problems(&outcomes), step, statements })
    }

    async fn write(&self, import: Import, batch: &Arc<Batch>, to: Position, rehearsed: Option<Vec<RowOutcome>>) -> Result<Decided, Error> {
        let (from, counts) = (self.position, self.counts);
        let unit = Unit { import, from, to, counts, batch: batch.clone(), options: self.options.clone(), rehearsed };
        work::write(&self.app, self.actor.clone(), move |work| decide(work, &unit)).await
    }

    async fn rehearse(&mut self, batch: &Arc<Batch>) -> Result<Vec<RowOutcome>, Error> {
        let (of_unit, options) = (batch.clone(), self.options.clone());
        let mut outcomes =
            work::rehearse(&self.app, self.actor.clone(), move |work| Ok(of_unit.load(work, &options, None)?.outcomes)).await?;
        if self.seen.len() < SEEN_MAX {
            batch.correct(&mut outcomes, &mut self.seen);
        }
        Ok(outcomes)
    }
}

/// How the file is read, or everything that is wrong with the order.
pub async fn plan(app: &App, order: &Order, columns: Option<&[String]>) -> Result<Plan, Error> {
    let segment = order.options.segment;
    let (fields, zone) = work::read(app, Actor::system(), move |work| {
        if let Some(segment) = segment {
            segments::manual(work, segment)?;
        }
        Ok((settings::fields(work)?, settings::zone(work)?))
    })
    .await?;
    let wanted = Wanted { kind: order.kind, options: &order.options, file_name: &order.file_name, columns, fields: &fields, zone };
    Plan::new(&wanted).map_err(Error::Invalid)
}
