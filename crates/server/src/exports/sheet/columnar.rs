//! Parquet: typed columns in groups of rows, each held in memory until it is full.

use super::{Cell, Head, Kind, Sink};
use crate::error::Error;
use anyhow::{Context, anyhow};
use jiff::civil::date;
use parquet::basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::Type;
use std::sync::Arc;

/// Rows of a group: readers want many, memory wants few.
const GROUP_ROWS: usize = 20_000;

pub struct Columnar {
    file: SerializedFileWriter<Sink>,
    kinds: Vec<Kind>,
    /// The cells of the group that is being filled, column by column.
    columns: Vec<Vec<Cell>>,
}

impl Columnar {
    pub fn begin(heads: &[Head], sink: Sink) -> Result<Columnar, Error> {
        let fields: Result<Vec<_>, _> = heads.iter().map(|head| field(head).map(Arc::new)).collect();
        let schema = fields.and_then(|fields| Type::group_type_builder("customers").with_fields(fields).build());
        let schema = schema.context("columns that no file can have")?;
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).set_created_by("Regulars".to_owned()).build();
        let file = SerializedFileWriter::new(sink, Arc::new(schema), Arc::new(properties)).context("cannot begin a file")?;
        let columns = heads.iter().map(|_| Vec::new()).collect();
        Ok(Columnar { file, kinds: heads.iter().map(|head| head.kind).collect(), columns })
    }

    pub fn row(&mut self, cells: Vec<Cell>) -> Result<(), Error> {
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            column.push(cell);
        }
        match self.columns.first().is_some_and(|column| GROUP_ROWS <= column.len()) {
            true => self.write_group(),
            false => Ok(()),
        }
    }

    pub fn end(mut self) -> Result<(), Error> {
        if self.columns.iter().any(|column| !column.is_empty()) {
            self.write_group()?;
        }
        self.file.close().context("cannot end a file")?;
        Ok(())
    }

    fn write_group(&mut self) -> Result<(), Error> {
        let mut group = self.file.next_row_group().context("cannot begin a group of rows")?;
        for (kind, column) in self.kinds.iter().zip(&mut self.columns) {
            let cells = std::mem::take(column);
            match kind {
                Kind::Text => write::<ByteArrayType>(&mut group, cells, text),
                Kind::Int => write::<Int64Type>(&mut group, cells, int),
                Kind::Number => write::<DoubleType>(&mut group, cells, number),
                Kind::Bool => write::<BoolType>(&mut group, cells, boolean),
                Kind::Date => write::<Int32Type>(&mut group, cells, day),
                Kind::Instant => write::<Int64Type>(&mut group, cells, micros),
            }?;
        }
        group.close().context("cannot end a group of rows")?;
        Ok(())
    }
}

fn field(head: &Head) -> Result<Type, parquet::errors::ParquetError> {
    let (physical, logical) = match head.kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Int => (Physical::INT64, None),
        Kind::Number => (Physical::DOUBLE, None),
        Kind::Bool => (Physical::BOOLEAN, None),
        Kind::Date => (Physical::INT32, Some(LogicalType::Date)),
        Kind::Instant => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
    };
    let builder = Type::primitive_type_builder(&head.name, physical).with_repetition(Repetition::OPTIONAL);
    builder.with_logical_type(logical).build()
}

/// Writes a column; a cell that is not of its kind is empty.
fn write<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Sink>,
    cells: Vec<Cell>,
    value: fn(Cell) -> Option<T::T>,
) -> Result<(), Error> {
    let mut column = group.next_column().context("cannot begin a column")?.ok_or_else(|| anyhow!("a file with too few columns"))?;
    let mut levels = Vec::with_capacity(cells.len());
    let mut values = Vec::with_capacity(cells.len());
    for cell in cells {
        let value = value(cell);
        levels.push(i16::from(value.is_some()));
        values.extend(value);
    }
    column.typed::<T>().write_batch(&values, Some(&levels), None).context("cannot write a column")?;
    column.close().context("cannot end a column")?;
    Ok(())
}

fn text(cell: Cell) -> Option<ByteArray> {
    match cell {
        Cell::Empty => None,
        Cell::Text(text) => Some(text.into_bytes().into()),
        Cell::Int(int) => Some(int.to_string().into_bytes().into()),
        Cell::Number(number) => Some(number.to_string().into_bytes().into()),
        Cell::Bool(holds) => Some(holds.to_string().into_bytes().into()),
        Cell::Date(day) => Some(day.to_string().into_bytes().into()),
        Cell::Instant(at) => Some(at.to_string().into_bytes().into()),
    }
}

fn int(cell: Cell) -> Option<i64> {
    if let Cell::Int(int) = cell { Some(int) } else { None }
}

fn number(cell: Cell) -> Option<f64> {
    if let Cell::Number(number) = cell { number.as_f64() } else { None }
}

fn boolean(cell: Cell) -> Option<bool> {
    if let Cell::Bool(holds) = cell { Some(holds) } else { None }
}

fn day(cell: Cell) -> Option<i32> {
    if let Cell::Date(day) = cell { Some((day - date(1970, 1, 1)).get_days()) } else { None }
}

fn micros(cell: Cell) -> Option<i64> {
    if let Cell::Instant(at) = cell { Some(at.0) } else { None }
}
