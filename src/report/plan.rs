//! A plan as a document.

mod backends;
mod document;
mod flows;
mod remap;
mod words;
