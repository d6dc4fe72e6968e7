//! Where the bytes of a file come from, and the rows in them: a file on this machine, or an upload kept in the database.

use super::decoding::{self, Decoding};
use super::mapping;
use super::model::Options;
use super::records::{Content, Format, Row, Scanner, detect_delimiter};
use super::store;
use crate::access::Actor;
use crate::app::App;
use crate::error::{Error, Problem};
use crate::ids::ImportId;
use crate::work;
use anyhow::Context;
use std::path::Path;
use tokio::fs::File;
use tokio::io::AsyncReadExt;

/// Bytes read at a time; also the size of the pieces an upload is kept in.
pub const PIECE_BYTES: usize = 1024 * 1024;

/// The bytes of one file, piece by piece.
pub enum Source {
    File(File),
    /// `left` are the bytes that have not been read.
    Upload {
        app: App,
        import: ImportId,
        next: i64,
        left: i64,
    },
    /// What is there already, for looking at the first rows of something.
    Start(Vec<u8>),
}

impl Source {
    pub async fn file(path: &Path) -> Result<Source, Error> {
        let file = File::open(path).await.with_context(|| format!("cannot open {}", path.display()))?;
        Ok(Source::File(file))
    }

    /// The next piece; an empty one is the end.
    async fn piece(&mut self) -> Result<Vec<u8>, Error> {
        match self {
            Source::File(file) => {
                let mut piece = Vec::with_capacity(PIECE_BYTES);
                file.take(PIECE_BYTES as u64).read_to_end(&mut piece).await.context("cannot read the file")?;
                Ok(piece)
            }
            Source::Upload { left: 0, .. } => Ok(Vec::new()),
            Source::Upload { app, import, next, left } => {
                let (import, position) = (*import, *next);
                let piece = work::read(app, Actor::system(), move |work| store::piece(work, import, position)).await?;
                let piece = piece.ok_or_else(|| Error::conflict("upload_gone", "the uploaded file is not kept any more; send it again"))?;
                *next += 1;
                *left -= piece.len() as i64;
                Ok(piece)
            }
            Source::Start(bytes) => Ok(std::mem::take(bytes)),
        }
    }
}

/// The rows of a file, in order, past its header.
pub struct Rows {
    /// The header of a CSV file.
    pub columns: Option<Vec<String>>,
    source: Source,
    decoding: Decoding,
    scanner: Scanner,
    bytes: i64,
    ended: bool,
    /// Rows up to this one are passed over.
    skipped: i64,
}

impl Rows {
    /// Finds out how the file is written and reads its header.
    pub async fn open(mut source: Source, options: &Options, file_name: &str) -> Result<Rows, Error> {
        let asked = mapping::delimiter(options).map_err(|problem| Error::Invalid(vec![problem]))?;
        let named = options.encoding.as_deref().map(|name| {
            decoding::encoding(name).ok_or_else(|| Error::invalid("/encoding", "invalid", format!("{name:?} is no known encoding")))
        });
        let mut decoding = Decoding::new(named.transpose()?);
        let first = source.piece().await?;
        let mut start = Vec::new();
        // A file of one or two bytes has no byte order mark: the empty last piece says so.
        decoding.feed(&first, first.is_empty(), &mut start);
        let format = options.format.unwrap_or_else(|| mapping::format_of(file_name));
        let delimiter = asked.unwrap_or_else(|| detect_delimiter(&start));
        let mut scanner = Scanner::new(format, delimiter);
        scanner.input().append(&mut start);
        let (bytes, ended) = (first.len() as i64, first.is_empty());
        let mut rows = Rows { columns: None, source, decoding, scanner, bytes, ended, skipped: 0 };
        if format == Format::Csv {
            rows.columns = Some(rows.header().await?);
        }
        Ok(rows)
    }

    async fn header(&mut self) -> Result<Vec<String>, Error> {
        let first = self.next().await?.ok_or_else(|| Error::invalid("", "empty", "the file has no rows"))?;
        match first.content {
            Content::Fields(fields) => Ok(fields.iter().map(|field| field.trim().to_owned()).collect()),
            Content::Json(_) => Err(Error::Bug(anyhow::anyhow!("a CSV file gave a line of JSON"))),
            Content::Unreadable { problem, .. } => {
                Err(Error::Invalid(vec![Problem { message: format!("the header cannot be read: {}", problem.message), ..problem }]))
            }
        }
    }

    /// Passes over the rows up to this one. They are read once more, which costs little beside having loaded them.
    pub fn skip_to(&mut self, row: i64) {
        self.skipped = row;
    }

    /// The next row; nothing at the end of the file.
    pub async fn next(&mut self) -> Result<Option<Row>, Error> {
        loop {
            if let Some(row) = self.scanner.next_row() {
                if row.number as i64 <= self.skipped {
                    continue;
                }
                return Ok(Some(row));
            }
            if self.ended {
                return Ok(None);
            }
            let piece = self.source.piece().await?;
            self.bytes += piece.len() as i64;
            self.ended = piece.is_empty();
            self.decoding.feed(&piece, self.ended, self.scanner.input());
            if self.ended {
                self.scanner.end();
            }
        }
    }

    /// Bytes taken from the source so far.
    pub fn bytes(&self) -> i64 {
        self.bytes
    }
}
