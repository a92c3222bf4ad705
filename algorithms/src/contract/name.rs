//! The names of the backends of a case.

use std::fmt;

use crate::backend::Backend;

/// A backend of a [`Case`](super::Case): `b0`, `b1`, …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(pub u8);

impl Name {
    /// Returns the name of a backend.
    ///
    /// # Panics
    /// If it is not a backend of a case.
    #[must_use]
    pub fn of(backend: &Backend) -> Self {
        let number = backend.name().strip_prefix('b').map(str::parse);
        Self(number.and_then(Result::ok).expect("a backend of a case"))
    }

    /// Returns a backend of this name, with the default weight.
    #[must_use]
    pub fn backend(self) -> Backend {
        Backend::new(self.to_string())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b{}", self.0)
    }
}
