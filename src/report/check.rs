//! What a config means: as text, and for programs.

mod description;
mod facts;
mod hashing;
mod standing;

pub(crate) use description::description;
pub(crate) use facts::Facts;
