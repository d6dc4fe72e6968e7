//! What a kind of builder is, for those who write one: settings in, the segments they ask for out. Nothing here reads or
//! writes the database.

use super::source::Source;
use crate::error::{Error, Problem};
use crate::http;
use condition::Catalogue;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A way to make segments from settings. What it makes are ordinary calculated segments, so membership follows every event
/// and every instant, and explains itself, without the builder being asked again.
pub trait Builder: Send + Sync {
    /// Its name in the API. Saved builders are found by it, so it never changes.
    fn kind(&self) -> &'static str;

    /// What it makes, in a sentence for the one who chooses.
    fn summary(&self) -> &'static str;

    /// The JSON schema of its settings.
    fn schema(&self) -> Value;

    /// The segments that the settings ask for, or everything that is wrong with them, with paths into the settings. The same
    /// settings and catalogue always give the same segments; a segment is known again by its reference.
    fn expand(&self, settings: &Value, catalogue: &Catalogue) -> Result<Vec<Planned>, Vec<Problem>>;

    /// Where the values come from that its segments sort, if a report of values that are in none of them makes sense. Asked
    /// only about settings that could be expanded.
    fn source(&self, _settings: &Value) -> Option<Source> {
        None
    }
}

/// A segment as a builder wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// Unique among the segments of one builder.
    pub reference: String,
    pub name: String,
    pub description: String,
    /// In the condition language.
    pub condition: Value,
}

impl Planned {
    /// A segment that is called as it is referred to.
    pub fn new(name: impl Into<String>, description: impl Into<String>, condition: Value) -> Planned {
        let name = name.into();
        Planned { reference: name.clone(), name, description: description.into(), condition }
    }
}

/// Reads settings as a type, with the path to what does not fit it.
pub fn read_settings<T: DeserializeOwned>(settings: &Value) -> Result<T, Vec<Problem>> {
    http::shaped(settings.clone()).map_err(|error| match error {
        Error::Invalid(problems) => problems,
        other => vec![Problem::new("", "invalid", other.to_string())],
    })
}

/// The kinds of builders that an instance knows.
#[derive(Default)]
pub struct Builders {
    kinds: Vec<Box<dyn Builder>>,
}

impl Builders {
    /// With one kind more. Of two kinds with one name the later one counts.
    pub fn and(mut self, builder: impl Builder + 'static) -> Builders {
        self.kinds.retain(|known| known.kind() != builder.kind());
        self.kinds.push(Box::new(builder));
        self
    }

    pub fn get(&self, kind: &str) -> Option<&dyn Builder> {
        self.iter().find(|builder| builder.kind() == kind)
    }

    pub fn iter(&self) -> impl Iterator<Item = &dyn Builder> {
        self.kinds.iter().map(|builder| &**builder)
    }
}
