//! Where in a config a fault stands.

/// Where in a config a fault stands: what its owner has to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field<'a> {
    /// The options of the algorithm, more than one of them.
    Options,
    /// One option of the algorithm.
    Option(&'static str),
    /// The warm-up around the algorithm.
    WarmUp,
    /// The bound around the algorithm.
    BoundedLoad,
    /// The backends, more than one of them or none that is known.
    Backends,
    /// One backend.
    Backend {
        /// Its name.
        name: &'a str,
        /// What of it.
        field: BackendField,
    },
}

/// What of a backend is at fault.
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
