//! A ring of 32-bit points: the first point at or after a given one in near constant time.
//!
//! The top bits of a point name its bucket, and an index holds where each bucket begins. A ring has one
//! of two forms, with the same answers:
//!
//! - up to 2^20 points, 8 bytes a point, which are all of it, and about one point a bucket;
//! - above, 2^20 buckets, and 4 bytes a point: its bucket says the other 20 bits of it.
//!
//! Rings whose points are read or walked as well as searched are whole at any size.

mod compact;
mod edit;
mod entry;
mod forms;
mod starts;
mod table;
mod whole;

pub(crate) use entry::Owned;
pub(crate) use forms::Ring;

/// Points in ascending order, each with the slot of its backend, in the form that is quick to read.
pub(crate) type WholeRing = table::Table<u64>;
