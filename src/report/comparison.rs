//! Comparisons as documents.

mod brief;
mod caveats;
mod choice;
mod conclusions;
mod document;
mod hot_keys;
mod statistics;
mod tables;
