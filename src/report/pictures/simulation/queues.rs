//! Where requests wait and when, a heat map a strategy.

use std::cmp::Reverse;

use super::runs::{p99, windows};
use crate::plot::{Drawing, HeatMap, Plot, Shades, Unit};
use crate::sheet::Sheet;
use crate::simulate::{AlgorithmFigures, BackendFigures, Simulated, Turn, Window};

/// Of more strategies than twice as many only those with the lowest and the highest p99 have a plot.
const EXTREMES: usize = 2;

/// The most backends that have a row.
const BACKENDS: usize = 24;

/// The most columns that windows are put together in.
const COLUMNS: usize = 50;

/// None without windows. All have the same shades.
pub(super) fn plots(report: &Simulated) -> Vec<Plot> {
    let (results, only) = shown(report);
    let queues: Vec<_> = results.iter().map(|result| Queues::of(result)).collect();
    let most = queues
        .iter()
        .flat_map(|queues| queues.cells.iter())
        .flatten()
        .copied()
        .fold(0., f64::max);
    results
        .iter()
        .zip(queues)
        .map(|(result, queues)| queues.plot(result, &report.setting.turns, most, only))
        .collect()
}

/// The strategies that have a plot each, and a note if not all have one.
fn shown(report: &Simulated) -> (Vec<&AlgorithmFigures>, &'static str) {
    let mut results: Vec<_> = report
        .results
        .iter()
        .filter(|result| !windows(result).is_empty())
        .collect();
    if results.len() <= 2 * EXTREMES {
        return (results, "");
    }
    results.sort_by_key(|result| p99(result));
    results.drain(EXTREMES..results.len() - EXTREMES);
    (
        results,
        " Shown for the two lowest and the two highest p99.",
    )
}

/// The requests at the backends with the longest queues, on average in some windows together.
struct Queues<'a> {
    /// With their places.
    backends: Vec<(usize, &'a BackendFigures)>,
    /// When each column ends.
    ends: Vec<u64>,
    /// Row by row.
    cells: Vec<Option<f64>>,
}

impl<'a> Queues<'a> {
    fn of(result: &'a AlgorithmFigures) -> Self {
        let windows = windows(result);
        let starts = [0]
            .into_iter()
            .chain(windows.iter().map(|window| window.until_ns));
        let timed: Vec<_> = starts.zip(windows).collect();
        let columns: Vec<_> = timed.chunks(windows.len().div_ceil(COLUMNS)).collect();
        let backends = fullest(result);
        let cells = backends.iter().flat_map(|&(slot, _)| {
            let queue = move |windows: &&[(u64, &Window)]| mean_queue(windows, slot);
            columns.iter().map(queue)
        });
        Self {
            cells: cells.collect(),
            ends: columns.iter().map(|windows| ends(windows)).collect(),
            backends,
        }
    }

    fn plot(self, result: &AlgorithmFigures, turns: &[Turn], most: f64, only: &str) -> Plot {
        let event = |turn: &Turn| {
            let column = self.ends.iter().position(|&end| end > turn.at)?;
            Some((column, turn.what.join("; ")))
        };
        let events: Vec<_> = turns.iter().filter_map(event).collect();
        let numbers = match events.is_empty() {
            true => "",
            false => " Lines mark the events, numbered as above.",
        };
        let others = match result.figures.backends.len() - self.backends.len() {
            0 => String::new(),
            others => {
                format!(" The {BACKENDS} longest queues; {others} more backends are not shown.")
            }
        };
        Plot {
            name: format!("queues-{}", result.algorithm),
            title: format!("Queues over time: {}", result.algorithm),
            caption: format!(
                "Average number of requests at each backend, waiting and in service; time goes to the right. All strategies \
                 share one scale.{numbers}{others}{only}"
            ),
            table: self.table(),
            drawing: Drawing::HeatMap(HeatMap {
                axes: ["backend".to_owned(), "until".to_owned()],
                rows: self
                    .backends
                    .iter()
                    .map(|(_, share)| share.backend.clone())
                    .collect(),
                columns: self.columns(),
                cells: self.cells,
                unit: Unit::Number,
                what: "requests at a backend".to_owned(),
                shades: Shades::Stretched,
                most: Some(most),
                events,
            }),
        }
    }

    fn columns(&self) -> Vec<String> {
        let ends = self.ends.iter();
        ends.map(|&end| Unit::Nanoseconds.write(end as f64))
            .collect()
    }

    fn table(&self) -> Sheet {
        let columns = self.columns();
        let headers: Vec<_> = ["backend"]
            .into_iter()
            .chain(columns.iter().map(String::as_str))
            .collect();
        let cell =
            |queue: &Option<f64>| queue.map(|queue| format!("{queue:.3}")).unwrap_or_default();
        let rows = self
            .backends
            .iter()
            .zip(self.cells.chunks(self.ends.len()))
            .map(|((_, share), queues)| {
                [share.backend.clone()]
                    .into_iter()
                    .chain(queues.iter().map(cell))
            });
        Sheet::of(&headers, 1, rows)
            .noted("Average number of requests at the backend, until each time.")
    }
}

/// The mean of a backend's queue over windows with their starts; none if the backend was not there yet.
fn mean_queue(windows: &[(u64, &Window)], slot: usize) -> Option<f64> {
    let known = windows.iter().filter_map(|(from, window)| {
        let length = (window.until_ns - from) as f64;
        Some((length, window.mean_queue.get(slot)? * length))
    });
    let (time, sum) = known.fold((0., 0.), |(time, sum), (length, queue)| {
        (time + length, sum + queue)
    });
    (time > 0.).then(|| sum / time)
}

/// When the last of some windows ends.
fn ends(windows: &[(u64, &Window)]) -> u64 {
    windows.last().map_or(0, |(_, window)| window.until_ns)
}

/// The backends with the longest queues and their places, in the order of the backends.
fn fullest(result: &AlgorithmFigures) -> Vec<(usize, &BackendFigures)> {
    let mut backends: Vec<_> = result.figures.backends.iter().enumerate().collect();
    backends.sort_by_key(|(_, share)| Reverse(share.mean_queue.to_bits()));
    backends.truncate(BACKENDS);
    backends.sort_by_key(|&(slot, _)| slot);
    backends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(until_ns: u64, mean_queue: &[f64]) -> Window {
        Window {
            until_ns,
            requests: 0,
            rejected: 0,
            failed: 0,
            latency: None,
            hit_ratio: None,
            busy_servers: Vec::new(),
            mean_queue: mean_queue.to_vec(),
        }
    }

    #[test]
    fn windows_count_by_their_length() {
        let [long, short] = [window(30, &[1.]), window(40, &[5., 2.])];
        let both = [(0, &long), (30, &short)];
        assert_eq!(mean_queue(&both, 0), Some(2.));
        assert_eq!(mean_queue(&both, 1), Some(2.));
        assert_eq!(mean_queue(&both, 2), None);
        assert_eq!(ends(&both), 40);
    }
}
