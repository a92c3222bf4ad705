//! Advice as a document.

mod document;
mod evidence;
mod words;
