//! An error of an algorithm of another crate.

use thiserror::Error;

use crate::field::{BackendField, Field};

/// An error of an algorithm of another crate, with its location in a config.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{text}")]
pub struct Refusal {
    place: Place,
    text: String,
}

/// A [`Field`] that owns its name.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Backend { name: String, field: BackendField },
    Other(Field<'static>),
}

impl Refusal {
    pub(crate) fn new(field: Field<'_>, text: String) -> Self {
        let place = match field {
            Field::Backend { name, field } => Place::Backend {
                name: name.to_owned(),
                field,
            },
            Field::Options => Place::Other(Field::Options),
            Field::Option(option) => Place::Other(Field::Option(option)),
            Field::WarmUp => Place::Other(Field::WarmUp),
            Field::BoundedLoad => Place::Other(Field::BoundedLoad),
            Field::Backends => Place::Other(Field::Backends),
        };
        Self { place, text }
    }

    pub(crate) fn field(&self) -> Field<'_> {
        match &self.place {
            Place::Backend { name, field } => Field::Backend {
                name,
                field: *field,
            },
            Place::Other(field) => *field,
        }
    }
}
