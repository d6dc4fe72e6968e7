//! The walk through a list of customers into a file: page by page on a reader, in the order of the list.

use super::columns::Columns;
use super::model::{Format, Order};
use super::sheet::{Sheet, Sink, WORKBOOK_ROWS_MAX};
use crate::access::Actor;
use crate::app::App;
use crate::customers::{self, Wanted};
use crate::error::Error;
use crate::http::{LIMIT_MAX, Listing};
use crate::work;
use std::sync::Arc;

pub struct Walk {
    app: App,
    actor: Actor,
    wanted: Arc<Wanted>,
    columns: Arc<Columns>,
    cursor: Option<String>,
    sink: Sink,
    /// Nothing once the file is whole.
    sheet: Option<Sheet>,
    pub rows: i64,
    /// How many there were at the beginning.
    pub total: i64,
}

impl Walk {
    /// Begins a file, or says what is wrong with the order.
    pub async fn begin(app: &App, actor: Actor, order: &Order) -> Result<Walk, Error> {
        let asked = order.clone();
        let (columns, wanted, total) = work::read(app, actor.clone(), move |work| {
            super::check(work, &asked)?;
            let wanted = asked.wanted()?;
            let total = customers::count_wanted(work, &wanted)?;
            Ok((Columns::of(work, &asked)?, wanted, total))
        })
        .await?;
        if order.format == Format::Xlsx && WORKBOOK_ROWS_MAX < total {
            let why = format!("a sheet holds {WORKBOOK_ROWS_MAX} customers and these are {total}; choose fewer, or CSV");
            return Err(Error::invalid("/format", "too_many_rows", why));
        }
        let sink = Sink::default();
        let sheet = Sheet::begin(order, &columns.heads(), sink.clone())?;
        let (app, wanted, columns) = (app.clone(), Arc::new(wanted), Arc::new(columns));
        Ok(Walk { app, actor, wanted, columns, cursor: None, sink, sheet: Some(sheet), rows: 0, total })
    }

    /// Writes the next customers; gives false once the file is whole.
    pub async fn next(&mut self) -> Result<bool, Error> {
        let Some(sheet) = &mut self.sheet else { return Ok(false) };
        let (wanted, columns) = (self.wanted.clone(), self.columns.clone());
        let listing = Listing { limit: Some(LIMIT_MAX), cursor: self.cursor.take(), count: false };
        let page = work::read(&self.app, self.actor.clone(), move |work| {
            let page = customers::list(work, &wanted, &listing)?;
            Ok((page.items.iter().map(|customer| columns.row(customer)).collect::<Vec<_>>(), page.next_cursor))
        });
        let (rows, next) = page.await?;
        for row in rows {
            sheet.row(row)?;
            self.rows += 1;
        }
        self.cursor = next;
        if self.cursor.is_none()
            && let Some(sheet) = self.sheet.take()
        {
            sheet.end()?;
        }
        Ok(self.sheet.is_some())
    }

    /// What there is of the file and was not taken yet, if it is as much as this.
    pub fn take(&self, at_least: usize) -> Option<Vec<u8>> {
        self.sink.take(at_least)
    }
}
