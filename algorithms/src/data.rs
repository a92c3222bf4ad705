//! A value of any type that is attached to a backend.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// A shared value. Two are equal if they are the same allocation.
#[derive(Clone)]
pub(crate) struct Data(Arc<dyn Any + Send + Sync>);

impl Data {
    pub(crate) fn new<T: Any + Send + Sync>(value: Arc<T>) -> Self {
        Self(value)
    }

    /// Returns the value, if it is of this type.
    pub(crate) fn get<T: Any>(&self) -> Option<&T> {
        self.0.downcast_ref()
    }

    /// Returns the value, shared, if it is of this type.
    pub(crate) fn shared<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        Arc::clone(&self.0).downcast().ok()
    }
}

impl PartialEq for Data {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Data {}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Data")
    }
}
