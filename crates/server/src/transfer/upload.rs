//! A file on its way in over HTTP: kept piece by piece as it comes, so that neither memory nor a folder has to hold it.

use super::model::{Kind, Options};
use super::run::Order;
use super::source::PIECE_BYTES;
use super::{hex, store};
use crate::access::{EditImports, May};
use crate::error::Error;
use crate::http;
use crate::ids::ImportId;
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use sha2::{Digest, Sha256};

/// The largest file.
pub const UPLOAD_BYTES_MAX: i64 = 2 * 1024 * 1024 * 1024;
/// The largest of the small parts beside the file.
const PART_BYTES_MAX: usize = 256 * 1024;
const FILE_NAME_CHARS_MAX: usize = 255;

/// What came in a form.
#[derive(Default)]
pub struct Form {
    pub kind: Option<Kind>,
    pub options: Options,
    pub file: Option<Kept>,
}

/// A file that is kept.
pub struct Kept {
    pub import: ImportId,
    pub name: String,
    pub hash: String,
    pub bytes: i64,
}

impl Form {
    /// The order in the form, with the file.
    pub fn into_order(self) -> Result<(Order, Kept), Error> {
        let missing = |part: &str| Error::invalid(format!("/{part}"), "required", format!("the form has no part {part:?}"));
        let file = self.file.ok_or_else(|| missing("file"))?;
        let kind = self.kind.ok_or_else(|| missing("kind"))?;
        Ok((Order { kind, file_name: file.name.clone(), options: self.options }, file))
    }
}

/// Reads a form, its parts in any order; the file is kept under an id of its own.
pub async fn receive(may: &May<EditImports>, mut parts: Multipart, form: &mut Form) -> Result<(), Error> {
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        take_part(may, part, form).await?;
    }
    Ok(())
}

async fn take_part(may: &May<EditImports>, part: Field<'_>, form: &mut Form) -> Result<(), Error> {
    match part.name().unwrap_or_default() {
        "kind" => {
            let text = small(part).await?;
            let text = String::from_utf8_lossy(&text).into_owned();
            let unknown =
                || Error::invalid("/kind", "invalid", format!("{text:?} is none of \"customers\", \"activities\" and \"members\""));
            form.kind = Some(Kind::parse(text.trim()).ok_or_else(unknown)?);
        }
        "options" => form.options = http::parse(&small(part).await?)?,
        "file" if form.file.is_none() => keep(may, part, form).await?,
        "file" => return Err(Error::invalid("/file", "ambiguous", "send one file at a time")),
        other => return Err(Error::invalid(format!("/{other}"), "unknown_part", "a form has the parts kind, options and file")),
    }
    Ok(())
}

/// Keeps the file piece by piece. What is kept is known to the form from the first piece on, so that it can be taken away.
async fn keep(may: &May<EditImports>, mut part: Field<'_>, form: &mut Form) -> Result<(), Error> {
    let name: String =
        part.file_name().unwrap_or("upload.csv").chars().filter(|char| !char.is_control()).take(FILE_NAME_CHARS_MAX).collect();
    let import = may.write(|work| Ok(ImportId(work.tx.new_id(ImportId::KIND)?))).await?;
    let kept = form.file.insert(Kept { import, name, hash: String::new(), bytes: 0 });
    let (mut hasher, mut piece, mut position) = (Sha256::new(), Vec::with_capacity(PIECE_BYTES), 0);
    while let Some(bytes) = part.chunk().await.map_err(broken)? {
        kept.bytes += bytes.len() as i64;
        if UPLOAD_BYTES_MAX < kept.bytes {
            return Err(Error::TooLarge(format!("a file may have at most {UPLOAD_BYTES_MAX} bytes")));
        }
        hasher.update(&bytes);
        let mut rest = &bytes[..];
        while PIECE_BYTES <= piece.len() + rest.len() {
            let (fits, more) = rest.split_at(PIECE_BYTES - piece.len());
            piece.extend_from_slice(fits);
            rest = more;
            write(may, import, &mut position, std::mem::take(&mut piece)).await?;
        }
        piece.extend_from_slice(rest);
    }
    if !piece.is_empty() {
        write(may, import, &mut position, piece).await?;
    }
    kept.hash = hex(hasher);
    Ok(())
}

async fn write(may: &May<EditImports>, import: ImportId, position: &mut i64, piece: Vec<u8>) -> Result<(), Error> {
    let at = *position;
    *position += 1;
    may.write(move |work| store::insert_piece(work, import, at, &piece)).await
}

/// The start of a file, for a look at its first rows.
pub async fn start_of(mut parts: Multipart) -> Result<(Vec<u8>, String, Options), Error> {
    let (mut start, mut name, mut options) = (Vec::new(), String::new(), Options::default());
    while let Some(mut part) = parts.next_field().await.map_err(broken)? {
        match part.name().unwrap_or_default() {
            "options" => options = http::parse(&small(part).await?)?,
            "file" => {
                name = part.file_name().unwrap_or_default().to_owned();
                while start.len() < PIECE_BYTES
                    && let Some(bytes) = part.chunk().await.map_err(broken)?
                {
                    start.extend_from_slice(&bytes[..bytes.len().min(PIECE_BYTES - start.len())]);
                }
            }
            // The same form may be sent here and to the import itself.
            _ => drop(small(part).await?),
        }
    }
    Ok((start, name, options))
}

async fn small(mut part: Field<'_>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    while let Some(more) = part.chunk().await.map_err(broken)? {
        if PART_BYTES_MAX < bytes.len() + more.len() {
            return Err(Error::TooLarge(format!("a part beside the file may have at most {PART_BYTES_MAX} bytes")));
        }
        bytes.extend_from_slice(&more);
    }
    Ok(bytes)
}

fn broken(error: MultipartError) -> Error {
    match error.status() {
        axum::http::StatusCode::PAYLOAD_TOO_LARGE => Error::TooLarge(error.body_text()),
        _ => Error::Malformed(format!("the form cannot be read: {}", error.body_text())),
    }
}
