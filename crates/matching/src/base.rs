//! The traits of a whole base in memory, close together, so that a large base fits.

use crate::blocks::Marks;
use crate::traits::Seen;

/// Bytes that are got from the system at once.
const CHUNK: usize = 1 << 20;

#[derive(Debug, Default)]
pub struct Base {
    ids: Vec<i64>,
    /// Chunk, then place in it.
    places: Vec<(u32, u32)>,
    chunks: Vec<Vec<u8>>,
}

impl Base {
    /// Adds a customer, whose id is larger than those before, with his encoded traits. Gives false, and adds nothing, when they are none.
    pub fn push(&mut self, id: i64, traits: &[u8]) -> bool {
        debug_assert!(self.ids.last().is_none_or(|last| *last < id), "places are in the order of ids");
        if Seen::decode(traits).is_none() {
            return false;
        }
        if self.chunks.last().is_none_or(|chunk| chunk.capacity() - chunk.len() < traits.len()) {
            self.chunks.push(Vec::with_capacity(CHUNK.max(traits.len())));
        }
        let number = self.chunks.len() - 1;
        let chunk = &mut self.chunks[number];
        self.ids.push(id);
        self.places.push((number as u32, chunk.len() as u32));
        chunk.extend_from_slice(traits);
        true
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub fn id(&self, place: u32) -> i64 {
        self.ids[place as usize]
    }

    pub fn place(&self, id: i64) -> Option<u32> {
        self.ids.binary_search(&id).ok().map(|place| place as u32)
    }

    /// What blocks are made of, by place.
    pub fn marks(&self) -> Vec<Marks> {
        (0..self.len() as u32).map(|place| Marks::new(&self.seen(place))).collect()
    }

    pub fn seen(&self, place: u32) -> Seen<'_> {
        let (chunk, start) = self.places[place as usize];
        Seen::decode(&self.chunks[chunk as usize][start as usize..]).expect("only what can be decoded is added")
    }
}
