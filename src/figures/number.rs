//! The value of a figure.

use std::fmt;

use serde::{Serialize, Serializer};

/// A value: exact if it is whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A count, bytes or nanoseconds.
    Whole(u128),
    /// Anything else.
    Real(f64),
}

impl Number {
    /// Returns the value for means and tables.
    #[must_use]
    pub const fn value(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Real(real) => real,
        }
    }
}

/// A type from which a figure can be read.
pub(crate) trait Value {
    /// Returns `None` if it has no value.
    fn number(&self) -> Option<Number>;
}

impl Value for u128 {
    fn number(&self) -> Option<Number> {
        Some(Number::Whole(*self))
    }
}

impl Value for u64 {
    fn number(&self) -> Option<Number> {
        Some(Number::Whole((*self).into()))
    }
}

impl Value for usize {
    fn number(&self) -> Option<Number> {
        Some(Number::Whole(*self as u128))
    }
}

impl Value for f64 {
    fn number(&self) -> Option<Number> {
        Some(Number::Real(*self))
    }
}

impl<T: Value> Value for Option<T> {
    fn number(&self) -> Option<Number> {
        self.as_ref().and_then(T::number)
    }
}

/// In full precision.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(whole) => whole.fmt(f),
            Self::Real(real) => real.fmt(f),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Whole(whole) => serializer.serialize_u128(*whole),
            Self::Real(real) => serializer.serialize_f64(*real),
        }
    }
}
