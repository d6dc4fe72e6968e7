//! A document as conditions read it: laid flat in one piece of memory. What a sum over many activities waits for is the
//! memory, and a tree of maps and texts has it wait several times for each.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use crate::tree::Path;

/// Each value is a byte that says what it is and then: eight bytes of a number; a text, with its length before it; the values
/// of a list or the names and values of an object, with their length in bytes before them.
#[derive(Clone)]
pub struct Document(Arc<[u8]>);

/// A value in a document.
#[derive(Clone, Copy)]
pub(crate) enum Piece<'d> {
    Null,
    Boolean(bool),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Text(&'d str),
    List(Pieces<'d>),
    Object(Pieces<'d>),
}

/// Values that lie behind one another.
#[derive(Clone, Copy)]
pub(crate) struct Pieces<'d>(&'d [u8]);

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const SIGNED: u8 = 3;
const UNSIGNED: u8 = 4;
const FLOAT: u8 = 5;
const TEXT: u8 = 6;
const LIST: u8 = 7;
const OBJECT: u8 = 8;

impl Document {
    pub fn new(value: &Value) -> Document {
        let mut flat = Vec::with_capacity(64);
        lay(value, &mut flat);
        Document(flat.into())
    }

    pub fn to_value(&self) -> Value {
        self.at(&Path::new()).map_or(Value::Null, Piece::to_value)
    }

    /// Bytes it takes, with the counters in front of it.
    pub fn size(&self) -> usize {
        size_of::<[usize; 2]>() + self.0.len()
    }

    /// The value at a path. Steps lead through objects only.
    pub(crate) fn at(&self, path: &Path) -> Option<Piece<'_>> {
        let whole = Pieces(&self.0).next()?;
        path.iter().try_fold(whole, |piece, step| piece.member(step))
    }
}

/// Objects are alike in any order of their members.
impl PartialEq for Document {
    fn eq(&self, other: &Document) -> bool {
        self.0 == other.0 || self.to_value() == other.to_value()
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_value().fmt(formatter)
    }
}

impl<'d> Piece<'d> {
    pub fn as_str(self) -> Option<&'d str> {
        if let Piece::Text(text) = self { Some(text) } else { None }
    }

    pub fn as_f64(self) -> Option<f64> {
        match self {
            Piece::Signed(number) => Some(number as f64),
            Piece::Unsigned(number) => Some(number as f64),
            Piece::Float(number) => Some(number),
            Piece::Null | Piece::Boolean(_) | Piece::Text(_) | Piece::List(_) | Piece::Object(_) => None,
        }
    }

    pub fn as_bool(self) -> Option<bool> {
        if let Piece::Boolean(flag) = self { Some(flag) } else { None }
    }

    /// The values of a list; of anything else, none.
    pub fn elements(self) -> Pieces<'d> {
        if let Piece::List(elements) = self { elements } else { Pieces(&[]) }
    }

    pub fn to_value(self) -> Value {
        match self {
            Piece::Null => Value::Null,
            Piece::Boolean(flag) => flag.into(),
            Piece::Signed(number) => number.into(),
            Piece::Unsigned(number) => number.into(),
            Piece::Float(number) => number.into(),
            Piece::Text(text) => text.into(),
            Piece::List(elements) => elements.map(Piece::to_value).collect(),
            Piece::Object(members) => {
                members.named().map(|(name, value)| (String::from_utf8_lossy(name).into_owned(), value.to_value())).collect()
            }
        }
    }

    fn member(self, wanted: &str) -> Option<Piece<'d>> {
        let Piece::Object(members) = self else { return None };
        members.named().find(|(name, _)| *name == wanted.as_bytes()).map(|(_, value)| value)
    }
}

impl<'d> Iterator for Pieces<'d> {
    type Item = Piece<'d>;

    /// There is always a whole one, or the end.
    fn next(&mut self) -> Option<Piece<'d>> {
        let (kind, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(match *kind {
            FALSE => Piece::Boolean(false),
            TRUE => Piece::Boolean(true),
            SIGNED => Piece::Signed(i64::from_le_bytes(self.eight()?)),
            UNSIGNED => Piece::Unsigned(u64::from_le_bytes(self.eight()?)),
            FLOAT => Piece::Float(f64::from_le_bytes(self.eight()?)),
            TEXT => Piece::Text(std::str::from_utf8(self.stretch()?).ok()?),
            LIST => Piece::List(Pieces(self.stretch()?)),
            OBJECT => Piece::Object(Pieces(self.stretch()?)),
            _ => Piece::Null,
        })
    }
}

impl<'d> Pieces<'d> {
    /// The members of an object.
    fn named(mut self) -> impl Iterator<Item = (&'d [u8], Piece<'d>)> {
        std::iter::from_fn(move || Some((self.stretch()?, self.next()?)))
    }

    fn eight(&mut self) -> Option<[u8; 8]> {
        let (eight, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*eight)
    }

    /// A length and as many bytes.
    fn stretch(&mut self) -> Option<&'d [u8]> {
        let mut length = 0;
        for shift in (0..).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            length |= usize::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                break;
            }
        }
        let (stretch, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(stretch)
    }
}

fn lay(value: &Value, flat: &mut Vec<u8>) {
    match value {
        Value::Null => flat.push(NULL),
        Value::Bool(flag) => flat.push(if *flag { TRUE } else { FALSE }),
        Value::Number(number) => {
            let (kind, eight) = match (number.as_i64(), number.as_u64()) {
                (Some(signed), _) => (SIGNED, signed.to_le_bytes()),
                (None, Some(unsigned)) => (UNSIGNED, unsigned.to_le_bytes()),
                (None, None) => (FLOAT, number.as_f64().unwrap_or(f64::NAN).to_le_bytes()),
            };
            flat.push(kind);
            flat.extend(eight);
        }
        Value::String(text) => {
            flat.push(TEXT);
            lay_stretch(text.as_bytes(), flat);
        }
        Value::Array(elements) => {
            let mut inside = Vec::new();
            elements.iter().for_each(|element| lay(element, &mut inside));
            flat.push(LIST);
            lay_stretch(&inside, flat);
        }
        Value::Object(members) => {
            let mut inside = Vec::with_capacity(64);
            for (name, member) in members {
                lay_stretch(name.as_bytes(), &mut inside);
                lay(member, &mut inside);
            }
            flat.push(OBJECT);
            lay_stretch(&inside, flat);
        }
    }
}

/// Seven bits of the length in each byte, the lowest first; the highest bit says that more follow.
fn lay_stretch(bytes: &[u8], flat: &mut Vec<u8>) {
    let mut length = bytes.len();
    while 0x80 <= length {
        flat.push(length as u8 | 0x80);
        length >>= 7;
    }
    flat.push(length as u8);
    flat.extend(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_goes_in_comes_out() {
        let long = "ä".repeat(20_000);
        for value in [
            json!(null),
            json!({}),
            json!([]),
            json!([[], [{}], [null, true, false]]),
            json!({"": "", "ä": {"b": [1, -1, u64::MAX, i64::MIN, 0.5, -0.0, 1e300]}, "long": long, "many": vec![1; 500]}),
        ] {
            assert_eq!(Document::new(&value).to_value(), value);
        }
        assert_eq!(Document::new(&json!({"a": 1, "b": 2})), Document::new(&json!({"b": 2, "a": 1})));
        assert_ne!(Document::new(&json!({"a": 1})), Document::new(&json!({"a": 1.5})));
    }

    #[test]
    fn steps_lead_through_objects() {
        let document = Document::new(&json!({"skipped": [1, {"b": 0}], "a": {"b": {"c": 7}}, "list": [{"b": 1}], "text": "b"}));
        let at = |path: &[&str]| document.at(&path.iter().map(|step| (*step).to_owned()).collect()).map(Piece::to_value);
        assert_eq!(at(&["a", "b", "c"]), Some(json!(7)));
        assert_eq!(at(&["a", "b"]), Some(json!({"c": 7})));
        assert_eq!(at(&["list", "b"]), None);
        assert_eq!(at(&["text", "b"]), None);
        assert_eq!(at(&["b"]), None);
        assert_eq!(Document::new(&json!(3)).at(&Path::new()).and_then(Piece::as_f64), Some(3.0));
    }
}
