//! Tables and paragraphs before they are drawn, and how they are drawn: as text that fits a width, or whole in
//! Markdown.

mod blocks;
mod fitting;
mod grid;
mod paragraph;
mod style;
mod table;

pub(crate) use paragraph::{fields, paragraphs, wrapped};
pub(crate) use style::Style;
pub(crate) use table::Sheet;
