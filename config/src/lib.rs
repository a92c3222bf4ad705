#![doc = include_str!("../README.md")]
#![warn(clippy::unwrap_used)]

mod checked;
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

pub use checked::CheckedText;
pub use document::from_yaml;
pub use error::{ConfigError, MAX_CONFIG_BYTES};
pub use fault::Fault;
pub use fields::BackendList;
pub use file::{Loaded, read};
pub use location::place_of;
pub use suggestion::{algorithm_named, suggesting_nearest, with_suggestion};
pub use values::Config;
pub use wording::in_plain_words;
