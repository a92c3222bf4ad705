//! Bars of what moves.

use crate::figures::Interval;
use crate::plot::{Axis, Drawing, Row, Rows, Scale, Unit};

/// What a strategy or a step moves, as shares.
pub(super) struct Moved<'a> {
    pub(super) name: &'a str,
    pub(super) ratio: f64,
    pub(super) needless: f64,
    pub(super) least: f64,
    pub(super) interval: Option<Interval>,
}

/// A bar each of what moves, with what needlessly does behind what has to.
pub(super) fn moves_of<'a>(moved: impl Iterator<Item = Moved<'a>>) -> Drawing {
    let rows = moved.map(|moved| Row {
        name: moved.name.to_owned(),
        parts: vec![moved.ratio - moved.needless, moved.needless],
        interval: moved.interval.map(|interval| [interval.low, interval.high]),
        target: Some(moved.least),
        ..Row::default()
    });
    Drawing::Rows(Rows {
        legend: vec![
            "to or from a changed backend".to_owned(),
            "between unaffected backends".to_owned(),
        ],
        target: Some("minimum".to_owned()),
        ..Rows::of(
            Axis::new("share of keys", Scale::Linear, Unit::Percent),
            rows,
        )
    })
}
