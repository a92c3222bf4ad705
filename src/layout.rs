//! Which backend has which part of a small ring or table, for pictures.

mod lookup;
mod parts;
mod ring;

pub use parts::{Kind, Layout};
