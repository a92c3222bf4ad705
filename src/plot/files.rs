//! Plots as files: SVG, and PNG where that is built in.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::drawing::Plot;
use super::medium::Medium;

/// Writes each plot as SVG, and as PNG where that is built in, into a folder, which is made if it is not there.
///
/// # Errors
/// If a file cannot be written.
pub(crate) fn write_files(plots: &[Plot], folder: &Path) -> Result<()> {
    let cannot_write = |path: &Path| format!("{}: cannot write", path.display());
    fs::create_dir_all(folder).with_context(|| cannot_write(folder))?;
    let write = |plot: &Plot, ending: &str, bytes: &[u8]| {
        let path = folder.join(format!("{}.{ending}", plot.name));
        fs::write(&path, bytes).with_context(|| cannot_write(&path))
    };
    for plot in plots {
        let svg = plot.svg(Medium::File)?;
        #[cfg(feature = "png")]
        write(plot, "png", &super::png::png(&svg)?)?;
        write(plot, "svg", svg.as_bytes())?;
    }
    Ok(())
}

/// Where in a folder a plot would be written that has the name of a file, if a plot's file can have it.
pub(crate) fn would_be(file: &Path, folder: &Path) -> Option<PathBuf> {
    let ending = file.extension()?.to_str()?;
    ["png", "svg"]
        .contains(&ending)
        .then(|| folder.join(file.file_name().unwrap_or_default()))
}
