//! Plots of figures, drawn as SVG, PNG or bars of characters.

mod axis;
mod bars;
mod curves;
mod drawing;
mod events;
mod files;
mod frame;
mod heat_map;
mod legend;
mod medium;
#[cfg(feature = "png")]
mod png;
mod rows;
mod strips;
mod svg;
#[cfg(test)]
mod tests;
mod text;
mod theme;
mod unit;

pub(crate) use bars::bars;
pub(crate) use drawing::{
    Axis, Band, Curves, Dot, Drawing, HeatMap, Line, Plot, Row, Rows, Scale, Shades, Strip, Strips,
    Unit,
};
pub(crate) use files::{would_be, write_files};
pub(crate) use medium::Medium;
