//! CSV: RFC 4180 with a chosen delimiter. A text that a spreadsheet would take for a formula gets an apostrophe before it.

use super::{Cell, Head, Sink};
use crate::error::Error;
use crate::exports::Order;
use anyhow::Context;
use csv::{Writer, WriterBuilder};
use std::borrow::Cow;
use std::io::Write;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// A text that begins like this is run by spreadsheets, or lets what follows begin a cell of its own.
const BEGINS_FORMULA: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];

pub struct Delimited {
    out: Writer<Sink>,
}

impl Delimited {
    pub fn begin(order: &Order, heads: &[Head], mut sink: Sink) -> Result<Delimited, Error> {
        let delimiter = order.delimiter_byte().context("an order with a delimiter that is none")?;
        if order.bom {
            sink.write_all(BYTE_ORDER_MARK).context("cannot begin a file")?;
        }
        let mut out = WriterBuilder::new().delimiter(delimiter).from_writer(sink);
        out.write_record(heads.iter().map(|head| harmless(&head.name).into_owned())).context("cannot write the heads")?;
        Ok(Delimited { out })
    }

    pub fn row(&mut self, cells: &[Cell]) -> Result<(), Error> {
        self.out.write_record(cells.iter().map(|cell| written(cell).into_owned())).context("cannot write a row")?;
        Ok(())
    }

    pub fn end(mut self) -> Result<(), Error> {
        self.out.flush().context("cannot end a file")?;
        Ok(())
    }
}

fn written(cell: &Cell) -> Cow<'_, str> {
    match cell {
        Cell::Empty => Cow::Borrowed(""),
        Cell::Text(text) => harmless(text),
        Cell::Int(int) => Cow::Owned(int.to_string()),
        Cell::Number(number) => Cow::Owned(number.to_string()),
        Cell::Bool(holds) => Cow::Borrowed(if *holds { "true" } else { "false" }),
        Cell::Date(date) => Cow::Owned(date.to_string()),
        Cell::Instant(at) => Cow::Owned(at.to_string()),
    }
}

fn harmless(text: &str) -> Cow<'_, str> {
    let is_formula = text.starts_with(BEGINS_FORMULA) && !is_phone_number(text);
    if is_formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A plus, digits and spaces name no function, no cell and no program: whatever a spreadsheet makes of them is a number or a text.
fn is_phone_number(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|rest| rest.contains(|char: char| char.is_ascii_digit()) && rest.chars().all(is_of_phone_number))
}

fn is_of_phone_number(char: char) -> bool {
    char.is_ascii_digit() || char == ' '
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Number;

    #[test]
    fn cells() {
        check(Cell::Empty, "");
        check(Cell::Text("Ada".to_owned()), "Ada");
        check(Cell::Text("=1+1".to_owned()), "'=1+1");
        check(Cell::Text("+43 1 234".to_owned()), "+43 1 234");
        check(Cell::Text("+431234".to_owned()), "+431234");
        for text in ["+", "+ ", "+1+1", "+1-1", "+A1", "+SUM(1)", "+43 1 234|calc", "+43\t1", "+43\r\n1", "-43 1 234", "++43 1"] {
            check(Cell::Text(text.to_owned()), &format!("'{text}"));
        }
        check(Cell::Text("-5".to_owned()), "'-5");
        check(Cell::Text("@sum".to_owned()), "'@sum");
        check(Cell::Text("\t=1".to_owned()), "'\t=1");
        check(Cell::Text("\r=1".to_owned()), "'\r=1");
        check(Cell::Text("a=1".to_owned()), "a=1");
        check(Cell::Int(-5), "-5");
        check(Cell::Number(Number::from_f64(-0.5).unwrap()), "-0.5");
        check(Cell::Bool(true), "true");
        check(Cell::Date(jiff::civil::date(1815, 12, 10)), "1815-12-10");

        #[track_caller]
        fn check(cell: Cell, expected: &str) {
            assert_eq!(written(&cell), expected);
        }
    }
}
