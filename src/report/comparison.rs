//! Comparisons as documents.

mod brief;
mod caveats;
mod conclusions;
mod document;
mod statistics;
mod tables;
