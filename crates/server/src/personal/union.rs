//! What two customers both have under one key (an answer to a purpose, a status on a list) becomes one row, and two again.
//! What both had is kept, so that nothing has to be guessed on the way back.

use super::moving::Kept;
use super::parting::{Conflict, Parting};
use super::store;
use crate::error::Error;
use crate::ids::CustomerId;
use crate::work::Work;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;

/// A table with one row for each customer and key, and how two of its rows are one.
pub struct Union {
    pub table: &'static str,
    /// All but the customer, the key first.
    pub columns: &'static str,
    /// What conflicts call it.
    pub kind: &'static str,
    /// The survivor's row and the other one's, as one.
    pub unite: fn(&Kept, &Kept) -> Kept,
    /// What the survivor keeps of a row that was changed since it was united with the other one's.
    pub keep: fn(&Kept, &Kept) -> Kept,
}

/// One key under which the other customer had something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Kept>,
    pub other: Kept,
    pub after: Kept,
}

impl Cell {
    pub fn of(union: &Union, before: Option<Kept>, other: Kept) -> Cell {
        let after = before.as_ref().map_or_else(|| other.clone(), |before| (union.unite)(before, &other));
        Cell { before, other, after }
    }

    pub fn key(&self) -> &Value {
        &self.other.0[0]
    }
}

/// What becomes of the survivor's row: nothing changes, it is another one, it is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Parted {
    pub survivor: Option<Kept>,
    /// Whether it had been changed since.
    pub was_changed: bool,
}

impl Cell {
    /// Takes the other customer's part out again. Later merges that built upon this one are told what they would have found.
    pub fn part(self, union: &Union, later: &mut [&mut Vec<Cell>], now: Option<&Kept>) -> Parted {
        let key = self.key().clone();
        let (mut was, mut becomes) = (self.after, self.before);
        for cells in later {
            let Some(next) = cells.iter_mut().find(|cell| *cell.key() == key && cell.before.as_ref() == Some(&was)) else { continue };
            was = std::mem::replace(next, Cell::of(union, becomes, next.other.clone())).after;
            becomes = Some(next.after.clone());
        }
        match now {
            Some(now) if *now == was => Parted { survivor: becomes, was_changed: false },
            Some(now) => Parted { survivor: Some((union.keep)(now, &self.other)), was_changed: true },
            None => Parted { survivor: None, was_changed: true },
        }
    }
}

/// Unites what two customers have; gives what they had under the keys of the one who goes.
pub fn unite(work: &mut Work<'_>, union: &Union, from: CustomerId, into: CustomerId) -> Result<Vec<Cell>, Error> {
    let (theirs, mut own) = split(store::rows(work, union, &[from, into])?, from);
    if theirs.is_empty() {
        return Ok(Vec::new());
    }
    let cells: Vec<Cell> = theirs.into_iter().map(|other| Cell::of(union, own.remove(&key(&other)), other)).collect();
    let untouched = own.into_values();
    let mut rows: Vec<(CustomerId, Kept)> = cells.iter().map(|cell| cell.after.clone()).chain(untouched).map(|row| (into, row)).collect();
    rows.sort_by_key(|(_, row)| key(row));
    store::forget(work, union, &[from, into])?;
    store::write(work, union, &rows)?;
    Ok(cells)
}

/// Goes back. `cells_of` finds the cells of this table in the journal of the slice.
pub fn part<J>(
    work: &mut Work<'_>,
    union: &Union,
    parting: &mut Parting<'_>,
    cells: Vec<Cell>,
    cells_of: fn(&mut J) -> &mut Vec<Cell>,
) -> Result<Vec<Conflict>, Error>
where
    J: serde::de::DeserializeOwned + Serialize + Default,
{
    if cells.is_empty() {
        return Ok(Vec::new());
    }
    let (_, mut own) = split(store::rows(work, union, &[parting.into])?, parting.from);
    let mut rows: Vec<(CustomerId, Kept)> = cells.iter().map(|cell| (parting.from, cell.other.clone())).collect();
    let mut conflicts = Vec::new();
    parting.with_later(|later: &mut [J]| {
        let mut later: Vec<&mut Vec<Cell>> = later.iter_mut().map(cells_of).collect();
        for cell in cells {
            let key = key(&cell.other);
            let parted = cell.part(union, &mut later, own.get(&key));
            if parted.was_changed {
                conflicts.push(Conflict::new(union.kind, key.clone(), "it was changed since and stays as it is"));
            }
            match parted.survivor {
                Some(row) => drop(own.insert(key, row)),
                None => drop(own.remove(&key)),
            }
        }
    })?;
    rows.extend(own.into_values().map(|row| (parting.into, row)));
    rows.sort_by_key(|(customer, row)| (*customer, key(row)));
    store::forget(work, union, &[parting.from, parting.into])?;
    store::write(work, union, &rows)?;
    Ok(conflicts)
}

/// The rows of one customer, and those of the other by their keys.
fn split(rows: Vec<Kept>, from: CustomerId) -> (Vec<Kept>, HashMap<String, Kept>) {
    let (mut theirs, mut own) = (Vec::new(), HashMap::new());
    for mut row in rows {
        let customer = row.0.remove(0);
        match customer == from.0 {
            true => theirs.push(row),
            false => drop(own.insert(key(&row), row)),
        }
    }
    (theirs, own)
}

/// As conflicts name it.
fn key(row: &Kept) -> String {
    row.0.first().map(|key| key.as_str().map_or_else(|| key.to_string(), str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SUM: Union = Union {
        table: "",
        columns: "",
        kind: "",
        unite: |own, other| row(own.int(1) + other.int(1)),
        keep: |now, other| row(now.int(1) - other.int(1)),
    };

    fn row(number: i64) -> Kept {
        Kept(vec![json!("k"), json!(number)])
    }

    /// The survivor had `own`; he swallowed customers with these numbers, then the first of them leaves again.
    #[track_caller]
    fn check(own: Option<i64>, others: &[i64], changed: i64, expected: Option<i64>, was_changed: bool) {
        let mut standing = own.map(row);
        let mut journals: Vec<Vec<Cell>> = Vec::new();
        for other in others {
            let cell = Cell::of(&SUM, standing.take(), row(*other));
            standing = Some(cell.after.clone());
            journals.push(vec![cell]);
        }
        let now = row(standing.expect("he swallowed somebody").int(1) + changed);
        let first = journals.remove(0).remove(0);
        let parted = first.part(&SUM, &mut journals.iter_mut().collect::<Vec<_>>(), Some(&now));
        assert_eq!(parted, Parted { survivor: expected.map(row), was_changed });
        // Then the others leave, and everything is as it was.
        if changed == 0 {
            let mut standing = parted.survivor;
            while !journals.is_empty() {
                let cell = journals.remove(0).remove(0);
                standing = cell.part(&SUM, &mut journals.iter_mut().collect::<Vec<_>>(), standing.as_ref()).survivor;
            }
            assert_eq!(standing, own.map(row));
        }
    }

    #[test]
    fn whoever_leaves_takes_his_part_along_in_any_order() {
        check(Some(1), &[2], 0, Some(1), false);
        check(None, &[2], 0, None, false);
        check(Some(1), &[2, 5], 0, Some(6), false);
        check(None, &[2, 5, 7], 0, Some(12), false);
        check(Some(1), &[2], 10, Some(11), true);
        check(Some(1), &[2, 5], 10, Some(16), true);
    }
}
