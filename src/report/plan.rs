//! A plan as a document.

mod backends;
mod document;
mod flows;
mod hot_keys;
mod remap;
mod words;
