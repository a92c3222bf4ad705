//! Lines over an axis, drawn.

use anyhow::Result;

use super::axis::Span;
use super::drawing::{Curves, Dot, Line};
use super::events::{self, NUMBERED};
use super::frame::{Frame, LEFT, RIGHT, Side, Size};
use super::legend::{self, Sign};
use super::svg::{Anchor, Picture, Shapes};
use super::text::{pixels, shortened, width_of};
use super::theme::{DASHES, MUTED, WIDTH, category};

/// The height of the frame.
const HEIGHT: u32 = 260;

/// The height of a line of text.
const LINE: u32 = 18;

/// Of more points than these none has a dot that is seen.
const DOTS: usize = 30;

impl Curves {
    pub(super) fn draw(&self) -> Result<Picture> {
        let points = || self.lines.iter().flat_map(|line| &line.points);
        let across = Span::of(&self.across, points().map(|point| point[0]), 6);
        let up = Span::of(&self.up, points().map(|point| point[1]), 6);
        let events: Vec<_> = self
            .events
            .iter()
            .filter(|event| across.has(event.value))
            .collect();
        let mut legend = Shapes::default();
        let title = legend::draw(&mut legend, &self.legend()) + LINE;
        let numbers = if events.is_empty() { 0 } else { LINE };
        let labels = up.ticks.iter().map(|&tick| width_of(&up.label(tick)));
        let size = Size {
            above: title + numbers + 8,
            left: labels.fold(0., f64::max).ceil() as u32 + LEFT,
            right: RIGHT,
            height: HEIGHT,
        };
        let labels = [&across, &up].map(|span| move |tick: &f64| span.label(*tick));
        let mut frame = Frame::draw(
            size,
            &Side::of(&across, &labels[0]),
            &Side::of(&up, &labels[1]),
            across.title(),
        )?;
        let place = [0., f64::from(title)];
        frame.shapes.text(place, Anchor::Start, MUTED, up.title());
        let below = draw_events(&mut frame, &across, &events);
        for (number, line) in self.lines.iter().enumerate() {
            draw_line(&mut frame, [&across, &up], line, number);
        }
        frame.shapes.append(&legend);
        Ok(frame.finish(below))
    }

    /// One line needs no name.
    fn legend(&self) -> Vec<(Sign, String)> {
        if self.lines.len() < 2 {
            return Vec::new();
        }
        let lines = self.lines.iter().enumerate();
        let sign = |place| Sign::Line(category(place), DASHES[place % DASHES.len()]);
        lines
            .map(|(place, line)| (sign(place), line.name.clone()))
            .collect()
    }
}

/// Draws a line at each event and what it is below, and says how much room that takes.
fn draw_events(frame: &mut Frame, across: &Span, events: &[&Dot]) -> u32 {
    let lines = events.iter().map(|event| {
        let x = frame.across(across.place(event.value));
        (x, format!("{}\n{}", across.write(event.value), event.what))
    });
    let lines: Vec<_> = lines.collect();
    let [top, bottom] = [frame.up(1.), frame.up(0.)];
    events::draw(&mut frame.shapes, &lines, [top - 4., bottom], top - 8.);
    let first = frame.below() + f64::from(LINE);
    for (number, event) in events.iter().take(NUMBERED).enumerate() {
        let time = across.write(event.value);
        let text = format!("{} at {time}: {}", number + 1, event.what);
        let text = shortened(&text, f64::from(WIDTH), pixels);
        let y = first + f64::from(LINE) * number as f64;
        frame.shapes.text([0., y], Anchor::Start, MUTED, &text);
    }
    match events.len().min(NUMBERED) as u32 {
        0 => 0,
        lines => lines * LINE + 12,
    }
}

fn draw_line(frame: &mut Frame, [across, up]: [&Span; 2], line: &Line, number: usize) {
    let (colour, dashes) = (category(number), DASHES[number % DASHES.len()]);
    let at = |[x, y]: [f64; 2]| [frame.across(across.place(x)), frame.up(up.place(y))];
    let places: Vec<_> = line.points.iter().map(|&point| at(point)).collect();
    frame.shapes.path(places.iter().copied(), colour, dashes);
    for (place, [x, y]) in places.into_iter().zip(&line.points) {
        let tip = format!("{}\n{}: {}", line.name, across.write(*x), up.write(*y));
        match line.points.len() > DOTS {
            true => frame.shapes.spot(place, &tip),
            false => frame.shapes.dot(place, 3.2, colour, &tip),
        }
    }
}
