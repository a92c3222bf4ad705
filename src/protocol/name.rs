//! The name of a backend in an answer.

use std::sync::Arc;

use evenkeel_algorithms::Backend;
use serde::ser::{Serialize, Serializer};

/// The name of a backend, shared with it.
#[derive(Clone, Debug)]
pub(super) struct Name(Arc<str>);

impl From<&Backend> for Name {
    fn from(backend: &Backend) -> Self {
        Self(backend.shared_name())
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
