//! The shape of a config in YAML, and the reading of any YAML.

use evenkeel_algorithms::strategy::{bounded_load, subset, warm_up};
use evenkeel_algorithms::{HashFunction, Hashing, Numbering, Options, Seed};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::fault::Fault;
use super::fields::{AlgorithmName, BackendList};
use super::location;
use super::unique_keys::UniqueKeys;
use super::values::Config;

/// The file's own shape.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a config: a map with `backends`")]
struct Document {
    #[serde(default)]
    algorithm: AlgorithmName,
    #[serde(default)]
    seed: Seed,
    #[serde(default)]
    hash: HashFunction,
    bounded_load: Option<bounded_load::Options>,
    warm_up: Option<warm_up::Options>,
    subset: Option<subset::Options>,
    #[serde(default)]
    options: Options,
    numbering: Option<Numbering>,
    backends: BackendList,
}

impl Config {
    /// Checks the text of a config.
    ///
    /// # Errors
    /// The [`Fault`], which says where in the text.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let document: Document = from_yaml(text)?;
        Ok(Self {
            algorithm: document.algorithm.0,
            hashing: Hashing {
                seed: document.seed,
                function: document.hash,
            },
            bounded_load: document.bounded_load,
            warm_up: document.warm_up,
            subset: document.subset,
            options: document.options,
            numbering: document.numbering,
            backends: document.backends.0,
        })
    }
}

/// What a text of YAML says, without a key twice in a map.
///
/// It is read once. Only where something is wrong, or may be that typed reading does not see (it skips
/// tags, and there is none without a `!`), is it walked first for what is wrong with any YAML.
///
/// # Errors
/// The [`Fault`], which says where in the text.
pub(crate) fn from_yaml<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let read = T::deserialize(UniqueKeys(serde_yaml::Deserializer::from_str(text)));
    if read.is_err() || text.contains('!') {
        location::refuse_ill_formed(text)?;
    }
    Ok(read?)
}
