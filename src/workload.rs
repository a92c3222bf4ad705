//! Streams of requests: drawn with a seed, from files of keys, or from access logs.

mod access_log;
mod distribution;
mod hot_keys;
mod keys;
mod log_time;
mod malformed;
mod requests;
mod source;
mod stream;
mod timed_log;
mod windows;

pub use access_log::{DurationUnit, KeyField};
pub use distribution::Distribution;
pub use hot_keys::{HotKey, MovedKey};
pub(crate) use hot_keys::{NAMED as HOT_KEYS, hottest};
pub(crate) use keys::Keys;
pub use log_time::LogTime;
pub use malformed::Malformed;
pub use requests::Workload;
pub use source::Source;
pub use stream::Stream;
pub(crate) use timed_log::Log;
pub use windows::FullWindow;
pub(crate) use windows::{NAMED as FULL_WINDOWS, WindowLoads};
