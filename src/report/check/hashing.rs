//! Which hashing a config sets.

use evenkeel_algorithms::{Hashing, Key};
use evenkeel_config::Config;

/// Returns the hashing that a config sets; `None` if no key is required, or if the algorithm is a dialect, which hashes
/// as its program does.
pub(super) fn hashing(config: &Config, key: Key) -> Option<Hashing> {
    (key == Key::Required && !config.algorithm.origin.is_dialect()).then_some(config.hashing)
}
