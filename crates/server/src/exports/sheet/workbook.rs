//! XLSX: one sheet, written from its first row to its last into a zip that is never gone back in, so that neither memory nor a
//! temporary file has to hold it. Texts stand in their cells as texts; what begins like a formula also has the mark by which
//! spreadsheets know that it was typed as text.

use super::{Cell, Head, Kind, Sink};
use crate::error::Error;
use anyhow::{Context, anyhow};
use jiff::civil::{Date, date};
use std::fmt::Write as _;
use std::io::Write as _;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

/// Rows of a sheet below its heads; spreadsheets read no more.
pub const ROWS_MAX: i64 = 1_048_575;
/// Characters one cell holds, in UTF-16; what is longer is cut.
const CELL_UNITS_MAX: usize = 32_767;

const TYPES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#,
    r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#,
    r#"<Default Extension="xml" ContentType="application/xml"/>"#,
    r#"<Override PartName="/xl/workbook.xml" "#,
    r#"ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>"#,
    r#"<Override PartName="/xl/worksheets/sheet1.xml" "#,
    r#"ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#,
    r#"<Override PartName="/xl/styles.xml" "#,
    r#"ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#,
);
const RELATIONS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" "#,
    r#"Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>"#,
    "</Relationships>",
);
const WORKBOOK: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" "#,
    r#"xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">"#,
    r#"<sheets><sheet name="Customers" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
);
const WORKBOOK_RELATIONS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" "#,
    r#"Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>"#,
    r#"<Relationship Id="rId2" "#,
    r#"Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
);
/// In the order of the constants below it.
const STYLES: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">"#,
    r#"<numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\-mm\-dd"/>"#,
    r#"<numFmt numFmtId="165" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/></numFmts>"#,
    r#"<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>"#,
    r#"<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>"#,
    r#"<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"#,
    r#"<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5">"#,
    r#"<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>"#,
    r#"<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>"#,
    r#"<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#,
    r#"<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/>"#,
    r#"</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"#,
);
const PLAIN: usize = 0;
const HEAD: usize = 1;
const DATE: usize = 2;
const INSTANT: usize = 3;
const QUOTED: usize = 4;

const SHEET_BEGINS: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
    "\n",
    r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>"#,
    r#"<sheetView tabSelected="1" workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>"#,
    "</sheetView></sheetViews>",
);

pub struct Workbook {
    zip: ZipWriter<StreamWriter<Sink>>,
    /// The names of the columns, such as `A` and `AB`.
    letters: Vec<String>,
    row: i64,
    /// The row that is being written.
    text: String,
}

impl Workbook {
    pub fn begin(heads: &[Head], sink: Sink) -> Result<Workbook, Error> {
        let letters = (0..heads.len()).map(letters).collect();
        let mut workbook = Workbook { zip: ZipWriter::new_stream(sink), letters, row: 0, text: String::new() };
        let parts = [
            ("[Content_Types].xml", TYPES),
            ("_rels/.rels", RELATIONS),
            ("xl/workbook.xml", WORKBOOK),
            ("xl/_rels/workbook.xml.rels", WORKBOOK_RELATIONS),
            ("xl/styles.xml", STYLES),
        ];
        for (name, text) in parts {
            workbook.part(name)?;
            workbook.zip.write_all(text.as_bytes()).context("cannot begin a workbook")?;
        }
        workbook.part("xl/worksheets/sheet1.xml")?;
        let widths: String = heads.iter().enumerate().map(|(place, head)| width(place, head)).collect();
        workbook.text = format!("{SHEET_BEGINS}<cols>{widths}</cols><sheetData>");
        workbook.write_row(heads.len(), |workbook, place| push_text(&mut workbook.text, &heads[place].name, HEAD))?;
        Ok(workbook)
    }

    fn part(&mut self, name: &str) -> Result<(), Error> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        self.zip.start_file(name, options).with_context(|| format!("cannot begin {name} of a workbook"))?;
        Ok(())
    }

    pub fn row(&mut self, cells: &[Cell]) -> Result<(), Error> {
        if ROWS_MAX < self.row {
            return Err(anyhow!("more rows than a sheet holds").into());
        }
        self.write_row(cells.len(), |workbook, place| push_cell(&mut workbook.text, &cells[place]))
    }

    /// Writes a row; `push` adds what follows the place of a cell, or says that it is empty.
    fn write_row(&mut self, width: usize, push: impl Fn(&mut Workbook, usize) -> bool) -> Result<(), Error> {
        self.row += 1;
        let row = self.row;
        append(&mut self.text, format_args!(r#"<row r="{row}">"#));
        for place in 0..width {
            let before = self.text.len();
            let letters = std::mem::take(&mut self.letters[place]);
            append(&mut self.text, format_args!(r#"<c r="{letters}{row}""#));
            self.letters[place] = letters;
            if !push(self, place) {
                self.text.truncate(before);
            }
        }
        self.text.push_str("</row>");
        self.zip.write_all(self.text.as_bytes()).context("cannot write a row")?;
        self.text.clear();
        Ok(())
    }

    pub fn end(mut self) -> Result<(), Error> {
        let range = format!("A1:{}{}", self.letters.last().map_or("A", String::as_str), self.row);
        let end = format!(r#"</sheetData><autoFilter ref="{range}"/></worksheet>"#);
        self.zip.write_all(end.as_bytes()).context("cannot end a workbook")?;
        self.zip.finish().context("cannot end a workbook")?;
        Ok(())
    }
}

/// Adds to a text, which never fails.
fn append(text: &mut String, what: std::fmt::Arguments<'_>) {
    text.write_fmt(what).expect("a text takes whatever is added to it");
}

/// `A` to `Z`, then `AA`.
fn letters(place: usize) -> String {
    let last = char::from(b'A' + u8::try_from(place % 26).unwrap_or_default());
    if place < 26 { last.to_string() } else { format!("{}{last}", letters(place / 26 - 1)) }
}

fn width(place: usize, head: &Head) -> String {
    let characters = match head.kind {
        Kind::Text => 22,
        Kind::Instant => 19,
        Kind::Int | Kind::Number | Kind::Date => 12,
        Kind::Bool => 9,
    };
    let number = place + 1;
    let wide = characters.max(head.name.chars().count().min(40) + 2);
    format!(r#"<col min="{number}" max="{number}" width="{wide}" customWidth="1"/>"#)
}

/// Gives false for an empty cell.
fn push_cell(out: &mut String, cell: &Cell) -> bool {
    match cell {
        Cell::Empty => return false,
        Cell::Text(text) => return push_text(out, text, if begins_formula(text) { QUOTED } else { PLAIN }),
        Cell::Int(int) => append(out, format_args!("><v>{int}</v></c>")),
        Cell::Number(number) => append(out, format_args!("><v>{number}</v></c>")),
        Cell::Bool(holds) => append(out, format_args!(r#" t="b"><v>{}</v></c>"#, u8::from(*holds))),
        Cell::Date(day) => match serial(*day) {
            Some(serial) => append(out, format_args!(r#" s="{DATE}"><v>{serial}</v></c>"#)),
            None => return push_text(out, &day.to_string(), PLAIN),
        },
        Cell::Instant(at) => {
            let moment = at.timestamp().to_zoned(jiff::tz::TimeZone::UTC).datetime();
            match serial(moment.date()) {
                Some(serial) => {
                    // Shown to the second, and rounded for that: half a second before midnight would be shown as the next day.
                    let seconds = at.0.div_euclid(1_000_000).rem_euclid(SECONDS_A_DAY);
                    append(out, format_args!(r#" s="{INSTANT}"><v>{}</v></c>"#, serial as f64 + seconds as f64 / SECONDS_A_DAY as f64));
                }
                None => return push_text(out, &at.to_string(), PLAIN),
            }
        }
    }
    true
}

const SECONDS_A_DAY: i64 = 86_400;

/// Days as spreadsheets count them. They believe in a 29th of February 1900, so that earlier days have no number of theirs.
fn serial(day: Date) -> Option<i64> {
    let days = (day - date(1899, 12, 30)).get_days();
    (date(1900, 3, 1) <= day).then_some(i64::from(days))
}

fn begins_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n'])
}

fn push_text(out: &mut String, text: &str, style: usize) -> bool {
    append(out, format_args!(r#" t="inlineStr" s="{style}"><is><t xml:space="preserve">"#));
    let mut units = 0;
    for (at, char) in text.char_indices() {
        units += char.len_utf16();
        if CELL_UNITS_MAX < units {
            break;
        }
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\t' | '\n' => out.push(char),
            // XML cannot carry these; spreadsheets write them so, and the underscore of a text that looks so.
            '\0'..'\x20' | '\u{fffe}' | '\u{ffff}' => append(out, format_args!("_x{:04X}_", u32::from(char))),
            '_' if looks_escaped(&text[at..]) => out.push_str("_x005F_"),
            _ => out.push(char),
        }
    }
    out.push_str("</t></is></c>");
    true
}

/// Whether a text begins like `_x000D_`.
fn looks_escaped(text: &str) -> bool {
    let bytes = text.as_bytes();
    7 <= bytes.len() && &bytes[..2] == b"_x" && bytes[2..6].iter().all(u8::is_ascii_hexdigit) && bytes[6] == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Instant;

    #[test]
    fn columns_have_letters() {
        for (place, expected) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(place), expected, "{place}");
        }
    }

    #[test]
    fn cells() {
        let text = |text: &str, style: usize| format!(r#" t="inlineStr" s="{style}"><is><t xml:space="preserve">{text}</t></is></c>"#);
        check(Cell::Text("a & <b>".to_owned()), &text("a &amp; &lt;b&gt;", PLAIN));
        check(Cell::Text("=1+1".to_owned()), &text("=1+1", QUOTED));
        check(Cell::Text("a\rb\u{1}".to_owned()), &text("a_x000D_b_x0001_", PLAIN));
        check(Cell::Text("_x000D_ _x".to_owned()), &text("_x005F_x000D_ _x", PLAIN));
        check(Cell::Int(-7), "><v>-7</v></c>");
        check(Cell::Bool(true), r#" t="b"><v>1</v></c>"#);
        check(Cell::Date(date(1900, 3, 1)), r#" s="2"><v>61</v></c>"#);
        check(Cell::Date(date(2026, 3, 2)), r#" s="2"><v>46083</v></c>"#);
        check(Cell::Date(date(1815, 12, 10)), &text("1815-12-10", PLAIN));
        check(Cell::Instant(Instant::parse("2026-03-02T12:00:00Z").unwrap()), r#" s="3"><v>46083.5</v></c>"#);
        check(Cell::Instant(Instant::parse("2026-03-02T11:59:59.75Z").unwrap()), r#" s="3"><v>46083.49998842592</v></c>"#);
        check(Cell::Empty, "");

        #[track_caller]
        fn check(cell: Cell, expected: &str) {
            let mut out = String::new();
            push_cell(&mut out, &cell);
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        let mut out = String::new();
        push_text(&mut out, &"ü".repeat(CELL_UNITS_MAX + 5), PLAIN);
        assert_eq!(out.matches('ü').count(), CELL_UNITS_MAX);
    }
}
