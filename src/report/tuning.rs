//! What a search for a setting found, as a document.

mod document;
mod words;
