//! Lines over an axis, drawn.

use anyhow::Result;

use super::axis::Span;
use super::frame::{Frame, Side, Size};
use super::legend::{self, Sign};
use super::svg::{Anchor, Picture, Shapes};
use super::theme::{DASHES, EVENT, MUTED, category, shortened, width_of};
use super::{Curves, Line};

/// The height of the frame.
const HEIGHT: u32 = 260;

/// Above the frame, for its title and the numbers of events.
const ABOVE: u32 = 26;

/// The height of a line of text below.
const LINE: u32 = 18;

/// The most events that are told below; the others have a tip only.
const TOLD: usize = 12;

/// Of more points than these none has a dot that is seen.
const DOTS: usize = 30;

impl Curves {
    pub(super) fn draw(&self) -> Result<Picture> {
        let points = || self.lines.iter().flat_map(|line| &line.points);
        let across = Span::of(&self.across, points().map(|point| point[0]), 6);
        let up = Span::of(&self.up, points().map(|point| point[1]), 6);
        let mut legend = Shapes::default();
        let above = legend::draw(&mut legend, &self.legend()) + ABOVE;
        let labels = up.ticks.iter().map(|&tick| up.label(tick).chars().count());
        let size = Size {
            above,
            left: width_of(labels.max().unwrap_or_default()) + 14,
            height: HEIGHT,
        };
        let labels = [&across, &up].map(|span| move |tick: &f64| span.label(*tick));
        let mut frame = Frame::draw(
            size,
            &Side::of(&across, &labels[0]),
            &Side::of(&up, &labels[1]),
            across.title(),
        )?;
        let place = [0., f64::from(above) - 8.];
        frame.shapes.text(place, Anchor::Start, MUTED, up.title());
        let below = self.draw_events(&mut frame, &across);
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

    /// Draws a line at each event that the lines reach and what it is below, and says how much room that
    /// takes.
    fn draw_events(&self, frame: &mut Frame, across: &Span) -> u32 {
        let events = self.events.iter().filter(|event| across.has(event.value));
        let events: Vec<_> = events.collect();
        let [top, bottom] = [frame.up(1.), frame.up(0.)];
        let mut last = f64::NEG_INFINITY;
        for (number, event) in (1..).zip(&events) {
            let x = frame.across(across.place(event.value));
            let time = across.write(event.value);
            let tip = format!("{time}\n{}", event.what);
            frame
                .shapes
                .line([[x, top - 4.], [x, bottom]], EVENT, 1.5, &tip);
            if number <= TOLD && x - last > 16. {
                last = x;
                let number = number.to_string();
                frame
                    .shapes
                    .text([x, top - 7.], Anchor::Middle, EVENT, &number);
            }
        }
        let first = frame.below() + f64::from(LINE);
        for (number, event) in events.iter().take(TOLD).enumerate() {
            let time = across.write(event.value);
            let text = format!("{} at {time}: {}", number + 1, event.what);
            let y = first + f64::from(LINE) * number as f64;
            let text = shortened(&text, 76);
            frame.shapes.text([0., y], Anchor::Start, MUTED, &text);
        }
        match events.len().min(TOLD) as u32 {
            0 => 0,
            lines => lines * LINE + 12,
        }
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
