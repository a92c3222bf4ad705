//! Comparisons as documents.

mod brief;
mod conclusions;
mod document;
mod statistics;
mod tables;
