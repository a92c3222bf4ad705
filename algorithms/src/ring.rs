//! A ring of 32-bit points: finds the first point at or after a given one in nearly constant time.
//!
//! The top bits of a point select its bucket, and an index holds where each bucket begins. A ring has one of two forms
//! with the same answers:
//!
//! - up to 2^20 points: 8 bytes per point, stored whole, and about one point per bucket;
//! - above: 2^20 buckets and 4 bytes per point; the bucket implies the other 20 bits.
//!
//! Rings that are also read or walked are stored whole at any size.

mod compact;
mod edit;
mod entry;
mod forms;
mod starts;
mod table;
mod whole;

pub(crate) use entry::Owned;
pub(crate) use forms::Ring;

/// Points in ascending order, each with the slot of its backend, in the form that is fast to read.
pub(crate) type WholeRing = table::Table<u64>;
