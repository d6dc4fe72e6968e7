//! The file of refused rows: one line per problem, with the columns as they stood, so that it can be corrected and
//! imported by itself.

use crate::opening::told;
use anyhow::Context;
use server::transfer::{Content, Options, Row, RowProblem, Rows, Source};
use std::path::Path;

/// Writes the problems, reading the file once more for the rows they are about. They are in the order of the file.
pub async fn write(path: &Path, file: &Path, options: &Options, refused: &[RowProblem]) -> anyhow::Result<()> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let source = Source::file(file).await.map_err(told)?;
    let mut rows = Rows::open(source, options, &name).await.map_err(told)?;
    let cannot = || format!("cannot write {}", path.display());
    let mut out = csv::WriterBuilder::new().flexible(true).from_path(path).with_context(cannot)?;
    let columns = rows.columns.clone().unwrap_or_else(|| vec!["line".to_owned()]);
    let heads = ["row", "path", "code", "message"].into_iter().chain(columns.iter().map(String::as_str));
    out.write_record(heads).with_context(cannot)?;
    let mut left = refused.iter().peekable();
    while let Some(next) = left.peek().copied() {
        let Some(row) = rows.next().await.map_err(told)? else { break };
        if (row.number as i64) < next.row {
            continue;
        }
        left.next();
        let (number, texts) = (row.number.to_string(), texts(row));
        for problem in &next.problems {
            let own = [number.as_str(), &problem.path, &problem.code, &problem.message];
            out.write_record(own.into_iter().chain(texts.iter().map(String::as_str))).with_context(cannot)?;
        }
    }
    out.flush().with_context(cannot)
}

/// The row's cells; of one that could not be split the line itself.
fn texts(row: Row) -> Vec<String> {
    match row.content {
        Content::Fields(fields) => fields,
        Content::Json(value) => vec![value.to_string()],
        Content::Unreadable { text, .. } => vec![text],
    }
}
