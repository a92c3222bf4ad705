//! The location of a fault in a config.

/// The location of a fault in a config: what to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field<'a> {
    /// Several options of the algorithm.
    Options,
    /// One option of the algorithm.
    Option(&'static str),
    /// The warm-up around the algorithm.
    WarmUp,
    /// The bound around the algorithm.
    BoundedLoad,
    /// Several backends, or an unknown one.
    Backends,
    /// One backend.
    Backend {
        /// Its name.
        name: &'a str,
        /// The part of the backend.
        field: BackendField,
    },
}

/// The part of a backend that is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BackendField {
    /// The backend as a whole.
    All,
    /// Its weight.
    Weight,
    /// One of its [attributes](crate::Attributes).
    Attribute(&'static str),
}
