//! Plots as files: SVG, and PNG with the letters of a font of our own, so that they are the same on every
//! machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use anyhow::{Context, Result};
use epaint_default_fonts::UBUNTU_LIGHT;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use super::drawing::Plot;
use super::medium::Medium;

/// Pixels of a PNG for each of an SVG: sharp on screens of today.
const SCALE: f32 = 2.;

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(UBUNTU_LIGHT.to_vec());
    fonts.set_sans_serif_family("Ubuntu");
    Arc::new(fonts)
});

/// Writes each plot as SVG and as PNG into a folder, which is made if it is not there.
///
/// # Errors
/// If a file cannot be written.
pub(crate) fn write_files(plots: &[Plot], folder: &Path) -> Result<()> {
    let cannot_write = |path: &Path| format!("{}: cannot write", path.display());
    fs::create_dir_all(folder).with_context(|| cannot_write(folder))?;
    for plot in plots {
        let svg = plot.svg(Medium::File)?;
        let files = [("png", png(&svg)?), ("svg", svg.into_bytes())];
        for (ending, bytes) in files {
            let path = folder.join(format!("{}.{ending}", plot.name));
            fs::write(&path, bytes).with_context(|| cannot_write(&path))?;
        }
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

fn png(svg: &str) -> Result<Vec<u8>> {
    let options = Options {
        font_family: "Ubuntu".to_owned(),
        fontdb: Arc::clone(&FONTS),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options)?;
    let size = tree
        .size()
        .to_int_size()
        .scale_by(SCALE)
        .context("an empty picture")?;
    let mut picture =
        Pixmap::new(size.width(), size.height()).context("a picture that is too large")?;
    let scale = Transform::from_scale(SCALE, SCALE);
    resvg::render(&tree, scale, &mut picture.as_mut());
    Ok(picture.encode_png()?)
}
