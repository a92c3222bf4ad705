//! Which backend owns which part of a small ring or table, for pictures.

mod lookup;
mod parts;
mod ring;

pub use parts::{Kind, Layout};
