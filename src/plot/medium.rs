//! A plot as SVG.

use anyhow::Result;

use super::drawing::{Drawing, Plot};
use super::theme;

/// What an SVG is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Medium {
    /// In a page with the colours as custom properties of its style.
    Page,
    /// By itself, with colours of its own.
    File,
}

impl Plot {
    /// The drawing as SVG.
    ///
    /// # Errors
    /// None that a figure can cause; those of the drawing are passed on.
    pub(crate) fn svg(&self, medium: Medium) -> Result<String> {
        let picture = match &self.drawing {
            Drawing::Rows(rows) => rows.draw()?,
            Drawing::Curves(curves) => curves.draw()?,
            Drawing::HeatMap(map) => map.draw(),
            Drawing::Strips(strips) => strips.draw(),
        };
        Ok(match medium {
            Medium::Page => theme::in_page(&picture.svg(&self.title)),
            Medium::File => picture.framed(&self.title),
        })
    }
}
