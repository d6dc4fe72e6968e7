//! A table on its way into a file: rows in, bytes out piece by piece, whatever the format. Nothing of it is kept but the
//! piece that is being filled.

mod columnar;
mod delimited;
mod workbook;

use super::model::{Format, Order};
use crate::error::Error;
use crate::time::Instant;
use columnar::Columnar;
use delimited::Delimited;
use serde_json::Number;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use workbook::Workbook;

pub use workbook::ROWS_MAX as WORKBOOK_ROWS_MAX;

/// What all cells of a column are, or are empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Int,
    Number,
    Bool,
    Date,
    Instant,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub name: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Int(i64),
    Number(Number),
    Bool(bool),
    Date(jiff::civil::Date),
    Instant(Instant),
}

/// Where the bytes of a file go until somebody takes them.
#[derive(Clone, Default)]
pub struct Sink {
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl Sink {
    /// What has come together, if it is as much as this.
    pub fn take(&self, at_least: usize) -> Option<Vec<u8>> {
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        (at_least <= bytes.len()).then(|| std::mem::take(&mut *bytes))
    }
}

impl Write for Sink {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(more);
        Ok(more.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A table of one format.
pub enum Sheet {
    Csv(Box<Delimited>),
    Xlsx(Box<Workbook>),
    Parquet(Box<Columnar>),
}

impl Sheet {
    /// Begins a file with its heads.
    pub fn begin(order: &Order, heads: &[Head], sink: Sink) -> Result<Sheet, Error> {
        Ok(match order.format {
            Format::Csv => Sheet::Csv(Box::new(Delimited::begin(order, heads, sink)?)),
            Format::Xlsx => Sheet::Xlsx(Box::new(Workbook::begin(heads, sink)?)),
            Format::Parquet => Sheet::Parquet(Box::new(Columnar::begin(heads, sink)?)),
        })
    }

    pub fn row(&mut self, cells: Vec<Cell>) -> Result<(), Error> {
        match self {
            Sheet::Csv(sheet) => sheet.row(&cells),
            Sheet::Xlsx(sheet) => sheet.row(&cells),
            Sheet::Parquet(sheet) => sheet.row(cells),
        }
    }

    /// Writes what comes after the last row.
    pub fn end(self) -> Result<(), Error> {
        match self {
            Sheet::Csv(sheet) => sheet.end(),
            Sheet::Xlsx(sheet) => sheet.end(),
            Sheet::Parquet(sheet) => sheet.end(),
        }
    }
}
