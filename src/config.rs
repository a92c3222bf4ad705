//! The YAML config: from a file to checked values. The only module that knows `serde_yaml`.

mod document;
mod error;
mod fault;
mod fields;
mod file;
mod location;
mod suggestion;
mod unique_keys;
mod values;
mod wording;
mod write;

pub use error::{ConfigError, MAX_CONFIG_BYTES};
pub use fault::Fault;
pub use fields::{BackendList, BackendSpec};
pub use file::Loaded;
pub use values::Config;

pub(crate) use document::from_yaml;
pub(crate) use file::read;
pub(crate) use location::place_of;
pub(crate) use suggestion::{algorithm_named, suggesting_nearest, with_suggestion};
pub(crate) use wording::in_plain_words;
