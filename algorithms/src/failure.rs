//! Why a balancer could not pick.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Why a balancer could not pick: something that it depends on, such as another process, has failed.
///
/// Routing errors are on the path of every request, where a reference to a text measurably slowed routes. So a failure
/// is a small number, and its text is stored once and never freed: failures are rare and few.
///
/// ```
/// use evenkeel_algorithms::Failure;
///
/// let failure = Failure::new("the other process has ended");
/// assert_eq!(failure.to_string(), "the other process has ended");
/// assert_eq!(failure, Failure::new("the other process has ended"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure(u16);

/// The text of every failure beyond the maximum number of distinct texts.
const OTHER: &str = "too many distinct failures";

/// The texts of all failures but the last, by number.
static TEXTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn texts() -> MutexGuard<'static, Vec<String>> {
    TEXTS.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Failure {
    /// Returns the failure with a text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        let (text, mut texts) = (text.into(), texts());
        let known = texts.iter().position(|known| *known == text);
        let number = known.unwrap_or(texts.len());
        match u16::try_from(number) {
            Ok(number) if number < u16::MAX => {
                if known.is_none() {
                    texts.push(text);
                }
                Self(number)
            }
            _ => Self(u16::MAX),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = texts();
        f.write_str(texts.get(usize::from(self.0)).map_or(OTHER, String::as_str))
    }
}
