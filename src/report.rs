//! Reports as bytes: tables and pages for eyes, CSV and JSON for programs.

mod advice;
mod agreement;
pub(crate) mod algorithms;
pub(crate) mod check;
mod comparison;
pub(crate) mod conformance;
mod csv;
mod document;
mod explained;
mod format;
mod fullest;
mod hot_keys;
mod json;
pub(crate) mod listed;
mod malformed;
mod page;
mod pictures;
mod plan;
mod remap;
mod rendering;
mod reported;
mod runs;
mod simulation;
mod statistics;
mod tuning;
pub(crate) mod vectors;
mod verification;
mod view;

pub use document::Document;
pub use format::Format;
pub(crate) use json::{json, json_line};
pub(crate) use rendering::Rendering;
pub use rendering::render;
pub use reported::Reported;
pub(crate) use view::View;
