//! Why a balancer was not able to pick.

use std::fmt;

/// Why a balancer was not able to pick: what it depends on, another process for instance, has failed.
///
/// Errors of routing are copied along the path of a request, so this one is a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure(&'static str);

impl Failure {
    /// A failure that was known beforehand.
    #[must_use]
    pub const fn known(text: &'static str) -> Self {
        Self(text)
    }

    /// A failure that is described when it happens. The text is kept for good: meant for what fails once and
    /// stays so.
    #[must_use]
    pub fn kept(text: String) -> Self {
        Self(text.leak())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
