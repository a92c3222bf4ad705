//! The structure of a config in YAML, and the reading of any YAML.

use std::fmt;

use evenkeel_algorithms::{OptionsReader, Registry};
use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use super::fault::Fault;
use super::fields::{AlgorithmName, BackendList};
use super::location;
use super::unique_keys::UniqueKeys;
use super::values::Config;

/// Reads a config with an algorithm of a registry.
struct Document<'a>(&'a Registry);

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Name {
    Algorithm,
    Seed,
    Hash,
    BoundedLoad,
    WarmUp,
    Subset,
    Options,
    Numbering,
    Backends,
}

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = Config;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Config, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = Config;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a config: a map with `backends`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Config, A::Error> {
        let mut config = Config::of(Vec::new());
        let mut backends = None;
        // The reader of the keys ensures that no name is repeated.
        while let Some(name) = map.next_key()? {
            match name {
                Name::Algorithm => config.algorithm = map.next_value_seed(AlgorithmName(self.0))?,
                Name::Seed => config.hashing.seed = map.next_value()?,
                Name::Hash => config.hashing.function = map.next_value()?,
                Name::BoundedLoad => config.bounded_load = map.next_value()?,
                Name::WarmUp => config.warm_up = map.next_value()?,
                Name::Subset => config.subset = map.next_value()?,
                Name::Options => config.options = map.next_value_seed(OptionsReader(self.0))?,
                Name::Numbering => config.numbering = map.next_value()?,
                Name::Backends => backends = Some(map.next_value()?),
            }
        }
        let BackendList(backends) = backends.ok_or_else(|| A::Error::missing_field("backends"))?;
        Ok(Config { backends, ..config })
    }
}

impl Config {
    /// Checks the text of a config with an algorithm of a registry.
    ///
    /// # Errors
    /// The [`Fault`], with its location in the text.
    pub fn parse(text: &str, registry: &Registry) -> Result<Self, Fault> {
        read_yaml(text, |yaml| Document(registry).deserialize(yaml))
    }
}

/// A text of YAML without a key twice in a map.
type Yaml<'a> = UniqueKeys<serde_yaml::Deserializer<'a>>;

/// Reads YAML text, rejecting maps with a repeated key.
///
/// The text is read once. Only if something is wrong, or may be wrong in a way that typed reading does not see (it
/// skips tags, which need a `!`), the text is first walked for faults that any YAML may have.
///
/// # Errors
/// The [`Fault`], with its location in the text.
pub fn from_yaml<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    read_yaml(text, |yaml| T::deserialize(yaml))
}

fn read_yaml<'a, T>(
    text: &'a str,
    read: impl FnOnce(Yaml<'a>) -> Result<T, serde_yaml::Error>,
) -> Result<T, Fault> {
    let read = read(UniqueKeys(serde_yaml::Deserializer::from_str(text)));
    if read.is_err() || text.contains('!') {
        location::refuse_ill_formed(text)?;
    }
    Ok(read?)
}
