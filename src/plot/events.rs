//! What happens along an axis, as lines across a plot.

use super::svg::{Anchor, Shapes};
use super::text::width_of;
use super::theme::EVENT;

/// The most events that have a number; the others only have a tip.
pub(super) const NUMBERED: usize = 12;

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
        if place < NUMBERED && x - half >= free {
            free = x + half + GAP;
            shapes.text([*x, baseline], Anchor::Middle, EVENT, &number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::svg::Picture;

    #[test]
    fn of_events_that_are_too_near_one_has_a_number() {
        let places = [100., 104., 130.];
        let events = places.map(|x| (x, format!("at {x}")));
        let mut shapes = Shapes::default();
        draw(&mut shapes, &events, [20., 90.], 15.);
        let height = 100;
        let svg = Picture { shapes, height }.svg("events");
        let is_numbered = ["1", "2", "3"].map(|number| svg.contains(&format!(">{number}</text>")));
        assert_eq!(is_numbered, [true, false, true]);
        assert!(events.iter().all(|(_, tip)| svg.contains(tip)));
    }
}
