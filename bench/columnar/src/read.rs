//! The rows of `export.py` as an index. Fields are parted by commas; none of these rows needs quotes.

use crate::index::{BLOCK, Bitmap, Index, New};
use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

type Fallible<T> = Result<T, Box<dyn Error>>;

pub fn index(folder: &Path) -> Fallible<Index> {
    let mut index = Index::default();
    let places = customers(&folder.join("customers.csv"), &mut index)?;
    let place = |id: &str| -> Fallible<usize> { Ok(*places.get(&id.parse::<i64>()?).ok_or("an unknown customer")?) };
    rows(&folder.join("memberships.csv"), |[customer, segment]| {
        let (bitmap, blocks) = (index.segments.entry(segment.to_owned()).or_default(), index.customers.div_ceil(BLOCK));
        bitmap.resize(blocks, 0);
        set(bitmap, place(customer)?);
        Ok(())
    })?;
    rows(&folder.join("activities.csv"), |[customer, kind, at, value, category, country, device, stars]| {
        let codes = [("category", category), ("country", country), ("device", device), ("stars", stars)];
        let codes: Vec<(&str, &str)> = codes.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let value = if value.is_empty() { None } else { Some((value.parse::<f64>()? * 1e6).round() as i64) };
        index.append(place(customer)?, kind, &New { at: at.parse()?, codes: &codes, value })
    })?;
    index.lanes.values_mut().flat_map(|lane| &mut lane.blocks).for_each(|block| block.shrink());
    Ok(index)
}

/// Gives the place of each customer.
fn customers(path: &Path, index: &mut Index) -> Fallible<HashMap<i64, usize>> {
    let mut places = HashMap::new();
    let mut zips: Vec<String> = Vec::new();
    let mut values: Vec<(&'static str, String, usize)> = Vec::new();
    rows(path, |[id, active, country, zip, gender, birth, tier, newsletter]| {
        let place = places.len();
        places.insert(id.parse()?, place);
        let fields = [("active", active), ("country", country), ("gender", gender), ("tier", tier), ("newsletter", newsletter)];
        values.extend(fields.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.to_owned(), place)));
        zips.push(zip.to_owned());
        index.birth_of.push(if birth.is_empty() { 0 } else { birth.replace('-', "").parse()? });
        Ok(())
    })?;
    index.customers = places.len();
    let blocks = index.blocks();
    index.everybody = vec![0; blocks];
    (0..index.customers).for_each(|place| set(&mut index.everybody, place));
    for (name, value, place) in values {
        let bitmap = index.fields.entry((name, value)).or_default();
        bitmap.resize(blocks, 0);
        set(bitmap, place);
    }
    index.zips = zips.clone();
    index.zips.sort_unstable();
    index.zips.dedup();
    index.zip_of = zips.iter().map(|zip| index.zips.partition_point(|known| known < zip) as u32).collect();
    Ok(places)
}

fn set(bitmap: &mut Bitmap, place: usize) {
    bitmap[place / BLOCK] |= 1 << (place % BLOCK);
}

/// Hands over each line after the first, which names the columns.
fn rows<const N: usize>(path: &Path, mut take: impl FnMut([&str; N]) -> Fallible<()>) -> Fallible<()> {
    let mut file = BufReader::with_capacity(1 << 20, File::open(path).map_err(|error| format!("{}: {error}", path.display()))?);
    let mut line = String::new();
    file.read_line(&mut line)?;
    loop {
        line.clear();
        if file.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut columns = [""; N];
        let mut parts = line.trim_end().split(',');
        for column in &mut columns {
            *column = parts.next().ok_or_else(|| format!("too few columns: {line}"))?;
        }
        if parts.next().is_some() || line.contains('"') {
            return Err(format!("too many columns: {line}").into());
        }
        take(columns)?;
    }
}
