//! What can be reported.

use anyhow::Result;
use serde::Serialize;

use super::document::Document;
use crate::plot::Plot;

/// Figures that are written in every format.
pub trait Reported: Serialize {
    /// What tables, Markdown and pages have in common, without the plots.
    fn document(&self) -> Document;

    /// Its plots, if it has any.
    fn plots(&self) -> Vec<Plot> {
        Vec::new()
    }

    /// Rows in full precision.
    ///
    /// # Errors
    /// None that figures can cause; those of the writer are passed on.
    fn csv(&self) -> Result<Vec<u8>>;
}
