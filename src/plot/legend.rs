//! The legend of colours and shapes above a plot.

use super::svg::{Anchor, Rect, Shapes};
use super::text::{pixels, shortened, width_of};
use super::theme::{Colour, INK, LETTERS, WIDTH};

/// The height of a line of a legend.
const LINE: u32 = 20;

/// Between an entry's sign and its text, and between entries.
const GAPS: [u32; 2] = [6, 18];

/// The width of a sign.
const SIGN: u32 = 22;

/// The most room of a text.
const TEXT: f64 = 280.;

/// The sign before an entry.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sign {
    /// With an opacity.
    Area(Colour, f64),
    Dot(Colour),
    Line(Colour, &'static str),
    /// A line upwards.
    Mark(Colour),
}

/// Draws a legend from the upper edge and says how high it is.
pub(super) fn draw(shapes: &mut Shapes, entries: &[(Sign, String)]) -> u32 {
    let (mut x, mut line) = (0, 0);
    for (sign, text) in entries {
        let text = shortened(text, TEXT, pixels);
        let width = SIGN + GAPS[0] + width_of(&text).ceil() as u32;
        if x > 0 && x + width > WIDTH {
            (x, line) = (0, line + 1);
        }
        let y = f64::from(line * LINE);
        draw_sign(shapes, *sign, f64::from(x), y);
        let baseline = y + f64::from(LETTERS);
        let place = [f64::from(x + SIGN + GAPS[0]), baseline];
        shapes.text(place, Anchor::Start, INK, &text);
        x += width + GAPS[1];
    }
    if entries.is_empty() {
        0
    } else {
        (line + 1) * LINE + 4
    }
}

fn draw_sign(shapes: &mut Shapes, sign: Sign, x: f64, y: f64) {
    let width = f64::from(SIGN);
    let middle = y + 8.5;
    match sign {
        Sign::Area(colour, opacity) => {
            let at = Rect {
                x,
                y: y + 2.,
                width,
                height: 13.,
            };
            shapes.rect(at, colour, opacity, "");
        }
        Sign::Dot(colour) => {
            shapes.dot([x + width / 2., middle], 4., colour, "");
        }
        Sign::Line(colour, dashes) => {
            shapes.path(
                [[x, middle], [x + width, middle]].into_iter(),
                colour,
                dashes,
            );
        }
        Sign::Mark(colour) => {
            let x = x + width / 2.;
            shapes.line([[x, y + 2.], [x, y + 15.]], colour, 2., "");
        }
    }
}
