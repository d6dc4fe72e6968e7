//! The index: customers in blocks of 64, so that a set of them is one word for each block; activities by type, then block,
//! then customer and time, one column for each attribute.

use std::collections::HashMap;
use std::error::Error;

pub const BLOCK: usize = 64;
/// The code of an attribute that is not there.
pub const NONE: u8 = 0;
/// The number that is not there.
pub const NO_NUMBER: i64 = i64::MIN;

/// Which customers of each block.
pub type Bitmap = Vec<u64>;

#[derive(Default)]
pub struct Index {
    pub customers: usize,
    pub everybody: Bitmap,
    /// By field and value, such as `tier` and `gold`.
    pub fields: HashMap<(&'static str, String), Bitmap>,
    pub segments: HashMap<String, Bitmap>,
    /// All postal codes in order, and each customer's place among them.
    pub zips: Vec<String>,
    pub zip_of: Vec<u32>,
    /// Year, month and day as one number; nothing is zero.
    pub birth_of: Vec<u32>,
    pub lanes: HashMap<String, Lane>,
}

/// The activities of one type.
#[derive(Default)]
pub struct Lane {
    /// Attributes whose values are codes, each with its dictionary; a code is a place in it, counted from one.
    pub attributes: Vec<(String, Vec<String>)>,
    pub blocks: Vec<Block>,
}

/// The activities of one type of 64 customers, by customer and time.
#[derive(Clone, Default)]
pub struct Block {
    /// Where each customer begins; and the end.
    starts: Vec<u32>,
    pub at: Vec<i64>,
    /// A column for each attribute of the lane that has been seen in this block.
    pub codes: Vec<Vec<u8>>,
    /// In millionths, as conditions add them.
    pub values: Vec<i64>,
}

/// An activity to be added.
pub struct New<'a> {
    pub at: i64,
    pub codes: &'a [(&'a str, &'a str)],
    pub value: Option<i64>,
}

impl Index {
    pub fn blocks(&self) -> usize {
        self.customers.div_ceil(BLOCK)
    }

    /// Asks a question of each block on all cores.
    pub fn members(&self, threads: usize, ask: impl Fn(usize) -> u64 + Sync) -> Bitmap {
        let mut members = vec![0; self.blocks()];
        let share = self.blocks().div_ceil(threads).max(1);
        std::thread::scope(|scope| {
            for (number, part) in members.chunks_mut(share).enumerate() {
                let ask = &ask;
                scope.spawn(move || part.iter_mut().enumerate().for_each(|(place, word)| *word = ask(number * share + place)));
            }
        });
        members
    }

    pub fn field(&self, name: &'static str, value: &str, block: usize) -> u64 {
        self.fields.get(&(name, value.to_owned())).map_or(0, |bitmap| bitmap[block])
    }

    pub fn segment(&self, name: &str, block: usize) -> u64 {
        self.segments.get(name).map_or(0, |bitmap| bitmap[block])
    }

    pub fn append(&mut self, customer: usize, kind: &str, new: &New) -> Result<(), Box<dyn Error>> {
        let blocks = self.blocks();
        if !self.lanes.contains_key(kind) {
            let empty = Block { starts: vec![0; BLOCK + 1], ..Block::default() };
            self.lanes.insert(kind.to_owned(), Lane { attributes: Vec::new(), blocks: vec![empty; blocks] });
        }
        self.lanes.get_mut(kind).ok_or("the lane is gone")?.append(customer, new)
    }

    pub fn activities(&self) -> usize {
        self.lanes.values().flat_map(|lane| &lane.blocks).map(|block| block.at.len()).sum()
    }

    /// What it takes in memory, without what the allocator adds.
    pub fn bytes(&self) -> usize {
        let bitmaps = (self.fields.len() + self.segments.len() + 1) * self.blocks() * 8;
        let customers = 4 * (self.zip_of.capacity() + self.birth_of.capacity());
        bitmaps + customers + self.lanes.values().flat_map(|lane| &lane.blocks).map(Block::bytes).sum::<usize>()
    }
}

impl Lane {
    /// The place of an attribute and the code of one of its values.
    pub fn code(&self, attribute: &str, value: &str) -> Option<(usize, u8)> {
        let place = self.attributes.iter().position(|(name, _)| name == attribute)?;
        let code = self.attributes[place].1.iter().position(|known| known == value)?;
        Some((place, code as u8 + 1))
    }

    pub fn place(&self, attribute: &str) -> Option<usize> {
        self.attributes.iter().position(|(name, _)| name == attribute)
    }

    fn append(&mut self, customer: usize, new: &New) -> Result<(), Box<dyn Error>> {
        let mut codes = Vec::with_capacity(new.codes.len());
        for (attribute, value) in new.codes {
            codes.push(match self.code(attribute, value) {
                Some(known) => known,
                None => self.learn(attribute, value)?,
            });
        }
        self.blocks[customer / BLOCK].insert(customer % BLOCK, new, &codes);
        Ok(())
    }

    fn learn(&mut self, attribute: &str, value: &str) -> Result<(usize, u8), Box<dyn Error>> {
        if self.place(attribute).is_none() {
            self.attributes.push((attribute.to_owned(), Vec::new()));
        }
        let place = self.place(attribute).ok_or("the attribute is gone")?;
        let dictionary = &mut self.attributes[place].1;
        dictionary.push(value.to_owned());
        Ok((place, u8::try_from(dictionary.len()).map_err(|_| "more values than the sketch has codes for")?))
    }
}

impl Block {
    /// Where a customer's activities stand.
    pub fn range(&self, customer: usize) -> std::ops::Range<usize> {
        self.starts[customer] as usize..self.starts[customer + 1] as usize
    }

    fn insert(&mut self, customer: usize, new: &New, codes: &[(usize, u8)]) {
        let range = self.range(customer);
        let place = range.start + self.at[range].partition_point(|at| *at <= new.at);
        let length = self.at.len();
        self.at.insert(place, new.at);
        for (column, code) in codes {
            while self.codes.len() <= *column {
                self.codes.push(vec![NONE; length]);
            }
            self.codes[*column].insert(place, *code);
        }
        for column in self.codes.iter_mut().filter(|column| column.len() == length) {
            column.insert(place, NONE);
        }
        if new.value.is_some() && self.values.is_empty() {
            self.values = vec![NO_NUMBER; length];
        }
        if new.value.is_some() || !self.values.is_empty() {
            self.values.insert(place, new.value.unwrap_or(NO_NUMBER));
        }
        self.starts[customer + 1..].iter_mut().for_each(|start| *start += 1);
    }

    pub fn shrink(&mut self) {
        self.at.shrink_to_fit();
        self.codes.iter_mut().for_each(Vec::shrink_to_fit);
        self.values.shrink_to_fit();
    }

    fn bytes(&self) -> usize {
        let codes: usize = self.codes.iter().map(|column| column.capacity() + size_of::<Vec<u8>>()).sum();
        size_of::<Block>() + 4 * self.starts.capacity() + 8 * (self.at.capacity() + self.values.capacity()) + codes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activities_stand_by_customer_and_time_with_their_attributes() {
        let mut index = Index { customers: 70, ..Index::default() };
        let mut add = |customer, at, codes: &[(&str, &str)], value| index.append(customer, "order", &New { at, codes, value }).unwrap();
        add(3, 20, &[("category", "hats")], None);
        add(65, 5, &[], Some(7));
        add(3, 10, &[("device", "phone")], Some(9));
        add(2, 30, &[("category", "coats"), ("device", "phone")], None);

        let lane = &index.lanes["order"];
        let block = &lane.blocks[0];
        assert_eq!((block.range(2), block.range(3), block.range(4)), (0..1, 1..3, 3..3));
        assert_eq!(block.at, [30, 10, 20]);
        let (category, hats) = lane.code("category", "hats").unwrap();
        assert_eq!(block.codes[category], [lane.code("category", "coats").unwrap().1, NONE, hats]);
        assert_eq!(block.codes[lane.place("device").unwrap()], [1, 1, NONE]);
        assert_eq!(block.values, [NO_NUMBER, 9, NO_NUMBER]);
        assert_eq!((lane.blocks[1].range(1), lane.blocks[1].values.as_slice(), index.activities()), (0..1, &[7][..], 4));
    }
}
