//! What happens in the windows of a simulation's time, as plots.

use super::super::axis;
use super::{drawn, milliseconds, windows, without};
use crate::duration::Nanoseconds;
use crate::plot::{Axis, Curves, Dot, Drawing, Line, Plot, Scale, Unit};
use crate::report::{Sheet, percent};
use crate::simulate::{Outcome, Report, Turn, Window};

/// A figure of a window that is drawn over time.
struct Told {
    name: &'static str,
    title: &'static str,
    caption: &'static str,
    up: Axis,
    figure: fn(&Window) -> Option<f64>,
    cell: fn(f64) -> String,
}

/// None without windows.
pub(super) fn plots(report: &Report) -> Vec<Plot> {
    if report
        .results
        .iter()
        .all(|outcome| windows(outcome).is_empty())
    {
        return Vec::new();
    }
    let mut told = vec![tail(), there()];
    told.extend(report.setting.cache.map(|_| hits()));
    let is_lost = |window: &Window| window.rejected + window.failed > 0;
    let mut all = report.results.iter().flat_map(windows);
    told.extend(all.any(is_lost).then(lost));
    told.into_iter().map(|told| told.plot(report)).collect()
}

fn tail() -> Told {
    Told {
        name: "p99-over-time",
        title: "How long 99 % of the requests take at most, over time",
        caption: "Of the requests that end in a window, the warm-up included.",
        up: axis("p99", Scale::Logarithmic, Unit::Nanoseconds),
        figure: |window| window.latency.as_ref().map(|latency| latency.p99_ns as f64),
        cell: milliseconds,
    }
}

fn there() -> Told {
    Told {
        name: "queue-over-time",
        title: "Requests at all backends, over time",
        caption: "On average in a window, those being served included.",
        up: axis("requests", Scale::Linear, Unit::Number),
        figure: |window| Some(window.mean_queue.iter().sum()),
        cell: |figure| format!("{figure:.3}"),
    }
}

fn hits() -> Told {
    Told {
        name: "hits-over-time",
        title: "Cache hits, over time",
        caption: "Of the requests that arrive in a window, the share whose key is in its backend's cache.",
        up: axis("hits", Scale::Linear, Unit::Percent),
        figure: |window| window.hit_ratio,
        cell: percent,
    }
}

fn lost() -> Told {
    Told {
        name: "lost-over-time",
        title: "Requests that are rejected or lost, over time",
        caption: "In a window, by all backends.",
        up: axis("requests", Scale::Linear, Unit::Count),
        figure: |window| Some((window.rejected + window.failed) as f64),
        cell: |figure| format!("{figure:.0}"),
    }
}

impl Told {
    fn plot(self, report: &Report) -> Plot {
        let drawn = drawn(report);
        let lines = drawn.iter().map(|outcome| Line {
            name: outcome.algorithm.to_owned(),
            points: self.points(outcome),
        });
        Plot {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            caption: format!("{}{}", self.caption, without(report)),
            table: self.table(&drawn),
            drawing: Drawing::Curves(Curves {
                across: axis("time since the start", Scale::Linear, Unit::Nanoseconds),
                lines: lines.collect(),
                up: self.up,
                events: events(&report.setting.turns),
            }),
        }
    }

    /// In the middle of each window.
    fn points(&self, outcome: &Outcome) -> Vec<[f64; 2]> {
        let windows = windows(outcome);
        let starts = [0]
            .into_iter()
            .chain(windows.iter().map(|window| window.until_ns));
        let points = starts.zip(windows).filter_map(|(from, window)| {
            let middle = (from as f64 + window.until_ns as f64) / 2.;
            Some([middle, (self.figure)(window)?])
        });
        points.collect()
    }

    /// A row a window, a column a strategy.
    fn table(&self, drawn: &[&Outcome]) -> Sheet {
        let names = drawn.iter().map(|outcome| outcome.algorithm);
        let headers: Vec<_> = ["until"].into_iter().chain(names).collect();
        let longest = drawn.iter().max_by_key(|outcome| windows(outcome).len());
        let longest = longest.map_or(&[][..], |outcome| windows(outcome));
        let rows = longest.iter().enumerate().map(|(number, window)| {
            let cells = drawn.iter().map(move |outcome| {
                let window = windows(outcome).get(number);
                let figure = window.and_then(self.figure);
                figure.map(self.cell).unwrap_or_default()
            });
            let until = Nanoseconds(window.until_ns).to_string();
            [until].into_iter().chain(cells)
        });
        Sheet::of(&headers, 1, rows)
    }
}

/// When something begins or ends.
fn events(turns: &[Turn]) -> Vec<Dot> {
    let event = |turn: &Turn| Dot {
        what: turn.what.join("; "),
        value: turn.at as f64,
    };
    turns.iter().map(event).collect()
}
