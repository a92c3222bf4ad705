//! Shapes of an SVG, each with a tip that says what it is.

use std::fmt::{Display, Write};

use super::text::{pixels, shortened};
use super::theme::{Colour, INK, LETTERS, SURFACE, WIDTH};

/// The margin of a standalone picture.
const MARGIN: u32 = 16;

/// The height of its title.
const TITLE: u32 = 30;

/// The size of its title's letters.
const TITLE_LETTERS: u32 = 16;

/// A number of an SVG: to a tenth, which is too small to see.
struct Tenth(f64);

/// The tip of an element, which may be empty.
struct Tip<'a>(&'a str);

/// An SVG that is being drawn.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    text: String,
}

/// What is drawn, as wide as all plots are.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) shapes: Shapes,
    pub(super) height: u32,
}

/// How a text is aligned at its position.
#[derive(Clone, Copy, Debug)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A rectangle by its upper left corner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Shapes {
    /// A rectangle that has a tip, perhaps an empty one.
    pub(super) fn rect(&mut self, at: Rect, fill: Colour, opacity: f64, tip: &str) {
        let opacity = match opacity {
            opacity if opacity < 1. => format!(r#" fill-opacity="{opacity:.2}""#),
            _ => String::new(),
        };
        let (fill, tip) = (fill.hex(), Tip(tip));
        let at = Attributes(at);
        self.add(format_args!(
            r#"<rect {at} fill="{fill}"{opacity}>{tip}</rect>"#
        ));
    }

    /// A rectangle that says nothing.
    pub(super) fn ground(&mut self, at: Rect, fill: Colour) {
        self.rect(at, fill, 1., "");
    }

    /// A dot with a tip, and an edge that separates it from those that it covers.
    pub(super) fn dot(&mut self, at: [f64; 2], radius: f64, fill: Colour, tip: &str) {
        let look = format!(
            r#"fill="{}" stroke="{}" stroke-width="0.8""#,
            fill.hex(),
            SURFACE.hex()
        );
        self.circle(at, radius, &look, tip);
    }

    /// A place that has a tip and is not seen until it is pointed at.
    pub(super) fn spot(&mut self, at: [f64; 2], tip: &str) {
        self.circle(at, 2., r#"fill="transparent""#, tip);
    }

    fn circle(&mut self, [x, y]: [f64; 2], radius: f64, look: &str, tip: &str) {
        self.add(format_args!(
            r#"<circle cx="{}" cy="{}" r="{}" {look}>{}</circle>"#,
            Tenth(x),
            Tenth(y),
            Tenth(radius),
            Tip(tip)
        ));
    }

    /// A straight line that has a tip, perhaps an empty one.
    pub(super) fn line(
        &mut self,
        [from, to]: [[f64; 2]; 2],
        stroke: Colour,
        width: f64,
        tip: &str,
    ) {
        self.add(format_args!(
            r#"<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}">{}</line>"#,
            Tenth(from[0]),
            Tenth(from[1]),
            Tenth(to[0]),
            Tenth(to[1]),
            stroke.hex(),
            Tenth(width),
            Tip(tip)
        ));
    }

    /// A line through points, with dashes if there are some.
    pub(super) fn path(
        &mut self,
        points: impl Iterator<Item = [f64; 2]>,
        stroke: Colour,
        dashes: &str,
    ) {
        let points = points.map(|[x, y]| format!("{},{}", Tenth(x), Tenth(y)));
        let points: Vec<_> = points.collect();
        let dashes = match dashes {
            "" => String::new(),
            dashes => format!(r#" stroke-dasharray="{dashes}""#),
        };
        self.add(format_args!(
            r#"<polyline points="{}" fill="none" stroke="{}" stroke-width="1.8" stroke-linejoin="round"{dashes}/>"#,
            points.join(" "),
            stroke.hex()
        ));
    }

    /// A text with its baseline at its place.
    pub(super) fn text(&mut self, [x, y]: [f64; 2], anchor: Anchor, fill: Colour, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => r#" text-anchor="middle""#,
            Anchor::End => r#" text-anchor="end""#,
        };
        self.add(format_args!(
            r#"<text x="{}" y="{}"{anchor} font-family="sans-serif" font-size="{LETTERS}" fill="{}">{}</text>"#,
            Tenth(x),
            Tenth(y),
            fill.hex(),
            escaped(text)
        ));
    }

    /// A text that reads upwards.
    pub(super) fn upwards(&mut self, [x, y]: [f64; 2], fill: Colour, text: &str) {
        let (x, y) = (Tenth(x), Tenth(y));
        self.add(format_args!(
            r#"<text transform="translate({x} {y}) rotate(-90)" font-family="sans-serif" font-size="{LETTERS}" fill="{}">{}</text>"#,
            fill.hex(),
            escaped(text)
        ));
    }

    /// Puts other shapes on top of these.
    pub(super) fn append(&mut self, above: &Self) {
        self.text += &above.text;
    }

    /// Puts in an element that is one already.
    pub(super) fn add(&mut self, element: impl Display) {
        // Writing to a string does not fail.
        let _ = write!(self.text, "{element}");
    }
}

impl Picture {
    /// As an SVG in something that says its title.
    pub(super) fn svg(&self, title: &str) -> String {
        svg([WIDTH, self.height], title, &self.shapes.text)
    }

    /// As a standalone SVG, with a background and its title.
    pub(super) fn framed(&self, title: &str) -> String {
        let [width, height] = [WIDTH + 2 * MARGIN, self.height + 2 * MARGIN + TITLE];
        let mut shapes = Shapes::default();
        let ground = Rect {
            x: 0.,
            y: 0.,
            width: f64::from(width),
            height: f64::from(height),
        };
        shapes.ground(ground, SURFACE);
        let baseline = MARGIN + LETTERS;
        let room = f64::from(WIDTH * LETTERS / TITLE_LETTERS);
        shapes.add(format_args!(
            r#"<text x="{MARGIN}" y="{baseline}" font-family="sans-serif" font-size="{TITLE_LETTERS}" fill="{}">{}</text>"#,
            INK.hex(),
            escaped(&shortened(title, room, pixels))
        ));
        let below = MARGIN + TITLE;
        shapes.add(format_args!(
            r#"<g transform="translate({MARGIN} {below})">{}</g>"#,
            self.shapes.text
        ));
        svg([width, height], title, &shapes.text)
    }
}

fn svg([width, height]: [u32; 2], name: &str, shapes: &str) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{}">{shapes}</svg>"#,
        escaped(name)
    )
}

/// Where a rectangle is, as attributes.
struct Attributes(Rect);

impl Display for Attributes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Rect {
            x,
            y,
            width,
            height,
        } = self.0;
        let [x, y, width, height] = [x, y, width, height].map(Tenth);
        write!(f, r#"x="{x}" y="{y}" width="{width}" height="{height}""#)
    }
}

impl Display for Tip<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            "" => Ok(()),
            tip => write!(f, "<title>{}</title>", escaped(tip)),
        }
    }
}

impl Display for Tenth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = format!("{:.1}", self.0);
        f.write_str(text.strip_suffix(".0").unwrap_or(&text))
    }
}

/// As text or in an attribute; characters that XML forbids are omitted.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\n' | '\t' => safe.push(letter),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => safe.push('\u{FFFD}'),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::theme::INK;

    #[test]
    fn nothing_in_a_text_is_taken_for_markup() {
        let mut shapes = Shapes::default();
        shapes.dot([1., 2.04], 3., INK, "<b> & \"c\"\u{1}");
        let svg = Picture { shapes, height: 20 }.svg("a\"b");
        assert!(svg.contains("<title>&lt;b&gt; &amp; &quot;c&quot;\u{FFFD}</title>"));
        assert!(svg.contains(r#"cx="1" cy="2" r="3""#));
        assert!(svg.contains(r#"viewBox="0 0 560 20" role="img" aria-label="a&quot;b""#));
    }
}
