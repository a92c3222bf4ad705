//! What happens in the windows of a simulation's time, as plots.

use super::runs::{drawn, milliseconds, windows, without};
use crate::plot::{Axis, Curves, Dot, Drawing, Line, Plot, Scale, Unit};
use crate::sheet::Sheet;
use crate::simulate::{AlgorithmFigures, Simulated, Turn, Window};
use crate::text::Nanoseconds;
use crate::text::percent;

/// A figure of a window that is drawn over time.
struct OverTime {
    name: &'static str,
    title: &'static str,
    caption: &'static str,
    up: Axis,
    figure: fn(&Window) -> Option<f64>,
    together: Together,
    cell: fn(f64) -> String,
}

/// What a figure of several windows together is.
#[derive(Clone, Copy)]
enum Together {
    Highest,
    /// By the lengths of the windows.
    Mean,
    Sum,
}

/// The most points of a line; of more windows some are put together.
const POINTS: usize = 120;

/// A figure over a part of the time.
struct Point {
    from: u64,
    until: u64,
    figure: Option<f64>,
}

/// None without windows.
pub(super) fn plots(report: &Simulated) -> Vec<Plot> {
    if report
        .results
        .iter()
        .all(|result| windows(result).is_empty())
    {
        return Vec::new();
    }
    let mut figures = vec![tail(), queue()];
    figures.extend(report.setting.cache.map(|_| hits()));
    let is_lost = |window: &Window| window.rejected + window.failed > 0;
    let mut all = report.results.iter().flat_map(windows);
    figures.extend(all.any(is_lost).then(lost));
    figures
        .into_iter()
        .map(|figure| figure.plot(report))
        .collect()
}

fn tail() -> OverTime {
    OverTime {
        name: "p99-over-time",
        title: "p99 latency over time",
        caption: "Of the requests that finish in a window, warm-up included.",
        up: Axis::new("p99", Scale::Logarithmic, Unit::Nanoseconds),
        figure: |window| window.latency.as_ref().map(|latency| latency.p99_ns as f64),
        together: Together::Highest,
        cell: milliseconds,
    }
}

fn queue() -> OverTime {
    OverTime {
        name: "queue-over-time",
        title: "Requests at all backends over time",
        caption: "Average in a window, waiting and in service.",
        up: Axis::new("requests", Scale::Linear, Unit::Number),
        figure: |window| Some(window.mean_queue.iter().sum()),
        together: Together::Mean,
        cell: |figure| format!("{figure:.3}"),
    }
}

fn hits() -> OverTime {
    OverTime {
        name: "hits-over-time",
        title: "Cache hits over time",
        caption: "Cache hit ratio of the requests that arrive in a window.",
        up: Axis::new("hits", Scale::Linear, Unit::Percent),
        figure: |window| window.hit_ratio,
        together: Together::Mean,
        cell: percent,
    }
}

fn lost() -> OverTime {
    OverTime {
        name: "lost-over-time",
        title: "Rejected and lost requests over time",
        caption: "In a window, of all backends.",
        up: Axis::new("requests", Scale::Linear, Unit::Count),
        figure: |window| Some((window.rejected + window.failed) as f64),
        together: Together::Sum,
        cell: |figure| format!("{figure:.0}"),
    }
}

impl OverTime {
    fn plot(self, report: &Simulated) -> Plot {
        let drawn = drawn(report);
        let most = drawn.iter().map(|result| windows(result).len()).max();
        let together = most.unwrap_or_default().div_ceil(POINTS).max(1);
        let points: Vec<_> = drawn
            .iter()
            .map(|result| (result.algorithm, self.points(result, together)))
            .collect();
        let lines = points.iter().map(|(name, points)| Line {
            name: (*name).to_owned(),
            points: points.iter().filter_map(Point::place).collect(),
        });
        Plot {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            caption: format!(
                "{}{}{}",
                self.caption,
                self.put_together(together),
                without(report, "")
            ),
            table: self.table(&points),
            drawing: Drawing::Curves(Curves {
                across: Axis::new("time since the start", Scale::Linear, Unit::Nanoseconds),
                lines: lines.collect(),
                up: self.up,
                events: events(&report.setting.turns),
            }),
        }
    }

    /// Returns the note if windows are combined.
    fn put_together(&self, together: usize) -> String {
        let what = match self.together {
            Together::Highest => "the highest",
            Together::Mean => "the mean",
            Together::Sum => "the sum",
        };
        match together {
            1 => String::new(),
            together => format!(" Each point is {what} of {together} windows."),
        }
    }

    fn points(&self, result: &AlgorithmFigures, together: usize) -> Vec<Point> {
        let windows = windows(result);
        let starts = [0]
            .into_iter()
            .chain(windows.iter().map(|window| window.until_ns));
        let timed: Vec<_> = starts.zip(windows).collect();
        let points = timed.chunks(together).filter_map(|part| {
            let known = part.iter().filter_map(|(from, window)| {
                let length = (window.until_ns - from) as f64;
                Some((length, (self.figure)(window)?))
            });
            Some(Point {
                from: part.first()?.0,
                until: part.last()?.1.until_ns,
                figure: self.together.of(known),
            })
        });
        points.collect()
    }

    /// A row a point, a column a strategy.
    fn table(&self, all: &[(&str, Vec<Point>)]) -> Sheet {
        let headers: Vec<_> = ["until"]
            .into_iter()
            .chain(all.iter().map(|(name, _)| *name))
            .collect();
        let longest = all
            .iter()
            .map(|(_, points)| points)
            .max_by_key(|points| points.len());
        let rows = longest
            .into_iter()
            .flatten()
            .enumerate()
            .map(|(number, point)| {
                let cells = all.iter().map(move |(_, points)| {
                    let figure = points.get(number).and_then(|point| point.figure);
                    figure.map(self.cell).unwrap_or_default()
                });
                let until = Nanoseconds(point.until).to_string();
                [until].into_iter().chain(cells)
            });
        let sheet = Sheet::of(&headers, 1, rows);
        sheet.noted("The last window of each strategy ends with its last request. JSON has every window with `--window`.")
    }
}

impl Together {
    /// Of figures with the lengths of their windows; none of none.
    fn of(self, figures: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
        let figures: Vec<_> = figures.collect();
        let values = figures.iter().map(|&(_, figure)| figure);
        (!figures.is_empty()).then(|| match self {
            Self::Highest => values.fold(0., f64::max),
            Self::Sum => values.sum(),
            Self::Mean => {
                let time: f64 = figures.iter().map(|(length, _)| length).sum();
                let sum: f64 = figures.iter().map(|(length, figure)| length * figure).sum();
                sum / time
            }
        })
    }
}

impl Point {
    /// In the middle of its time.
    fn place(&self) -> Option<[f64; 2]> {
        Some([(self.from as f64 + self.until as f64) / 2., self.figure?])
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_windows_are_put_together() {
        let of = |together: Together| together.of([(3., 1.), (1., 5.)].into_iter());
        assert_eq!(of(Together::Highest), Some(5.));
        assert_eq!(of(Together::Sum), Some(6.));
        assert_eq!(of(Together::Mean), Some(2.));
        assert_eq!(Together::Mean.of(std::iter::empty()), None);
    }
}
