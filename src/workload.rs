//! Request streams: drawn with a seed, files of keys, access logs.

mod access_log;
mod distribution;
mod keys;
mod log;
mod malformed;
mod requests;
mod source;
mod stream;

pub use access_log::{DurationUnit, KeyField};
pub use distribution::Distribution;
pub(crate) use keys::Keys;
pub(crate) use log::Log;
pub use malformed::Malformed;
pub use requests::Workload;
pub use source::Source;
pub use stream::Stream;
