//! SVG as PNG, with the letters of a font of our own, so that pictures are the same on every machine.

use std::sync::{Arc, LazyLock};

use anyhow::{Context, Result};
use epaint_default_fonts::UBUNTU_LIGHT;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

/// Pixels of a PNG for each of an SVG: sharp on screens of today.
const SCALE: f32 = 2.;

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(UBUNTU_LIGHT.to_vec());
    fonts.set_sans_serif_family("Ubuntu");
    Arc::new(fonts)
});

/// Returns the PNG of an SVG.
///
/// # Errors
/// If the SVG is empty or too large.
pub(super) fn png(svg: &str) -> Result<Vec<u8>> {
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
