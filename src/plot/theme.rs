//! The colours and measures of plots: safe for the colour-blind (after Okabe and Ito, 2008), light for
//! files, and by the names of a page's style.

use plotters::style::RGBColor;

/// A colour: what a page calls it, and what it is in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Colour {
    name: &'static str,
    rgb: [u8; 3],
}

pub(super) const INK: Colour = Colour::new("ink", [0x1C, 0x1F, 0x24]);
pub(super) const MUTED: Colour = Colour::new("muted", [0x5A, 0x61, 0x6C]);
pub(super) const GRID: Colour = Colour::new("grid", [0xDF, 0xE3, 0xE8]);
pub(super) const SURFACE: Colour = Colour::new("surface", [0xFF, 0xFF, 0xFF]);
pub(super) const BAND: Colour = Colour::new("band", [0xE6, 0xEA, 0xEF]);
pub(super) const EVENT: Colour = Colour::new("event", [0xA3, 0x17, 0x3F]);
/// The colour of the highest figure in a heat map.
pub(super) const HEAT: Colour = Colour::new("heat", [0x00, 0x3F, 0x6B]);

/// All but those of categories.
const NAMED: [Colour; 7] = [INK, MUTED, GRID, SURFACE, BAND, EVENT, HEAT];

/// The colours of categories.
pub(super) const CATEGORIES: [Colour; 8] = [
    Colour::new("c1", [0x00, 0x67, 0xA8]),
    Colour::new("c2", [0xC9, 0x82, 0x00]),
    Colour::new("c3", [0x12, 0x94, 0x6C]),
    Colour::new("c4", [0x7F, 0x2F, 0x70]),
    Colour::new("c5", [0x45, 0x96, 0xE8]),
    Colour::new("c6", [0xB0, 0x40, 0x08]),
    Colour::new("c7", [0x3F, 0x3A, 0x0A]),
    Colour::new("c8", [0x88, 0x8E, 0x98]),
];

/// The dashes of lines, in addition to their colours: none, long, short, and so on.
pub(super) const DASHES: [&str; 8] = [
    "",
    "9 4",
    "2 3",
    "9 3 2 3",
    "5 3",
    "14 4",
    "2 6",
    "9 3 2 3 2 3",
];

/// The width of all plots.
pub(super) const WIDTH: u32 = 560;

/// The size of letters.
pub(super) const LETTERS: u32 = 13;

/// The colour of a category by its place; after the eighth they begin again.
pub(super) fn category(place: usize) -> Colour {
    CATEGORIES[place % CATEGORIES.len()]
}

impl Colour {
    const fn new(name: &'static str, rgb: [u8; 3]) -> Self {
        Self { name, rgb }
    }

    pub(super) const fn rgb(self) -> RGBColor {
        let [red, green, blue] = self.rgb;
        RGBColor(red, green, blue)
    }

    /// As it is in a file.
    pub(super) fn hex(self) -> String {
        let [red, green, blue] = self.rgb;
        format!("#{red:02X}{green:02X}{blue:02X}")
    }
}

/// A file's colours as those of the page's style.
pub(super) fn in_page(svg: &str) -> String {
    let colours = NAMED.iter().chain(&CATEGORIES);
    colours.fold(svg.to_owned(), |svg, colour| {
        let quoted = format!("\"{}\"", colour.hex());
        svg.replace(&quoted, &format!("\"var(--{})\"", colour.name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_colours_are_the_same() {
        let mut all: Vec<_> = NAMED
            .iter()
            .chain(&CATEGORIES)
            .map(|colour| colour.hex())
            .collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), NAMED.len() + CATEGORIES.len());
    }

    #[test]
    fn a_page_has_names_where_a_file_has_colours() {
        let svg = format!("<rect fill=\"{}\"/>#0067A8", category(8).hex());
        assert_eq!(in_page(&svg), "<rect fill=\"var(--c1)\"/>#0067A8");
    }
}
