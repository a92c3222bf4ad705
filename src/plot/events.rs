//! What happens along an axis, as lines across a plot.

use super::svg::{Anchor, Shapes};
use super::text::width_of;
use super::theme::EVENT;

/// The most events that have a number; the others have a tip only.
pub(super) const TOLD: usize = 12;

/// Between two numbers.
const GAP: f64 = 3.;

/// Draws a line at each of these places, from one height to another, with a tip, and the numbers that have room.
pub(super) fn draw(
    shapes: &mut Shapes,
    events: &[(f64, String)],
    [from, to]: [f64; 2],
    baseline: f64,
) {
    let mut free = f64::NEG_INFINITY;
    for (place, (x, tip)) in events.iter().enumerate() {
        shapes.line([[*x, from], [*x, to]], EVENT, 1., tip);
        let number = (place + 1).to_string();
        let half = width_of(&number) / 2.;
        if place < TOLD && x - half >= free {
            free = x + half + GAP;
            shapes.text([*x, baseline], Anchor::Middle, EVENT, &number);
        }
    }
}
