//! The plots of a simulation.

use super::{DOTS, axis, quartiles, reading, row_of_many};
use crate::figures::Figure;
use crate::plot::{Curves, Dot, Drawing, Line, Plot, Row, Rows, Scale, Unit};
use crate::sheet::Sheet;
use crate::simulate::{Latency, Simulated};
use crate::text::percent;

mod over_time;
mod queues;
mod runs;

use runs::{drawn, milliseconds, without};

/// Shares below it make no difference to the tail, and have no point.
const FIRST_SHARE: f64 = 0.1;

pub(in crate::report) fn plots(report: &Simulated) -> Vec<Plot> {
    let mut plots = vec![tail(report), percentiles(report)];
    plots.extend(by_load(report));
    plots.extend(over_time::plots(report));
    plots.extend(queues::plots(report));
    plots.push(busy(report));
    // Where nothing is finished some have nothing to show.
    plots.retain(|plot| !plot.drawing.is_empty());
    plots
}

/// Where a quantile's bar ends, for all strategies.
fn tail(report: &Simulated) -> Plot {
    let measured = report.results.iter().filter_map(|outcome| {
        let latency = outcome.figures.latency.as_ref()?;
        let intervals = outcome.intervals.as_ref();
        let interval = intervals.and_then(|all| all.latency.of(Latency::P99_NS));
        Some((outcome.algorithm, latency, interval))
    });
    let rows = measured.clone().map(|(name, latency, interval)| Row {
        name: name.to_owned(),
        parts: vec![latency.p99_ns as f64],
        interval: interval.map(|interval| [interval.low, interval.high]),
        ..Row::default()
    });
    let cells = measured.map(|(name, latency, interval)| {
        let ends = interval.map(|interval| [interval.low, interval.high].map(milliseconds));
        let figures = [latency.p99_ns as f64, latency.mean_ns].map(milliseconds);
        [name.to_owned()]
            .into_iter()
            .chain(figures)
            .chain(ends.unwrap_or_default())
    });
    let headers = ["algorithm", "p99 ms", "mean ms", "p99: 95 % from", "to"];
    Plot {
        name: "p99".to_owned(),
        title: "How long 99 % of the requests take at most (p99)".to_owned(),
        caption: "Waiting included.".to_owned(),
        table: Sheet::of(&headers, 1, cells),
        drawing: Drawing::Rows(Rows::of(
            axis("time", Scale::Linear, Unit::Nanoseconds),
            rows,
        )),
    }
}

/// How long requests take, by the share that takes no longer.
fn percentiles(report: &Simulated) -> Plot {
    let lines = drawn(report).into_iter().map(|outcome| {
        let quantiles = outcome.figures.quantiles.iter();
        Line {
            name: outcome.algorithm.to_owned(),
            points: quantiles
                .filter(|at| at.share >= FIRST_SHARE)
                .map(|at| [at.share, at.ns as f64])
                .collect(),
        }
    });
    let shares: Vec<_> = report
        .results
        .iter()
        .map(|outcome| &outcome.figures.quantiles)
        .max_by_key(|quantiles| quantiles.len())
        .into_iter()
        .flatten()
        .map(|at| at.share)
        .collect();
    let names: Vec<_> = shares
        .iter()
        .map(|share| format!("p{}", trimmed(share * 100.)))
        .collect();
    let headers: Vec<_> = ["algorithm"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .collect();
    let rows = report.results.iter().map(|outcome| {
        let quantiles = outcome.figures.quantiles.iter();
        let times = quantiles.map(|at| milliseconds(at.ns as f64));
        [outcome.algorithm.to_owned()].into_iter().chain(times)
    });
    Plot {
        name: "percentiles".to_owned(),
        title: "How long requests take, by percentile".to_owned(),
        caption: format!(
            "Across: the share of the requests; up: the time within which they are finished. Both axes are stretched \
             towards the rare and the long.{}",
            without(report, "; the others are in the table")
        ),
        table: Sheet::of(&headers, 1, rows).noted("Milliseconds."),
        drawing: Drawing::Curves(Curves {
            across: axis("share of the requests", Scale::Nines, Unit::Percent),
            up: axis("finished within", Scale::Logarithmic, Unit::Nanoseconds),
            lines: lines.collect(),
            events: Vec::new(),
        }),
    }
}

/// To four decimals, without zeros at the end.
fn trimmed(figure: f64) -> String {
    let text = format!("{figure:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Mean and p99 by load, if there are several loads.
fn by_load(report: &Simulated) -> Vec<Plot> {
    if report.by_load.is_empty() {
        return Vec::new();
    }
    let of = |name: &str, title: &str, figure: &'static Figure<Latency>| {
        let lines = drawn(report).into_iter().map(|outcome| {
            let points = report
                .by_load
                .iter()
                .filter(|at| at.algorithm == outcome.algorithm)
                .filter_map(|at| Some([at.load, figure.of(at.latency.as_ref()?)?.value()]));
            Line {
                name: outcome.algorithm.to_owned(),
                points: points.collect(),
            }
        });
        let cells = report.by_load.iter().map(|at| {
            [
                at.algorithm.to_owned(),
                percent(at.load),
                figure.cell(at.latency.as_ref(), None),
            ]
        });
        Plot {
            name: name.to_owned(),
            title: title.to_owned(),
            caption: format!(
                "Load is how much the requests ask for of what the backends can do.{}",
                without(report, "; the others are in the table")
            ),
            table: Sheet::of(&["algorithm", "load", "ms"], 1, cells),
            drawing: Drawing::Curves(Curves {
                across: axis("load", Scale::Fitted, Unit::Percent),
                up: axis("time", Scale::Logarithmic, Unit::Nanoseconds),
                lines: lines.collect(),
                events: Vec::new(),
            }),
        }
    };
    vec![
        of(
            "p99-by-load",
            "How long 99 % of the requests take at most, by load",
            Latency::P99_NS,
        ),
        of(
            "mean-by-load",
            "How long requests take on average, by load",
            Latency::MEAN_NS,
        ),
    ]
}

/// How busy each backend is.
fn busy(report: &Simulated) -> Plot {
    let backends = report
        .results
        .iter()
        .map(|outcome| outcome.figures.backends.len());
    let most = backends.max().unwrap_or_default();
    let rows = report.results.iter().map(|outcome| {
        let dots = outcome.figures.backends.iter().map(|share| Dot {
            what: share.backend.clone(),
            value: share.utilisation,
        });
        row_of_many(outcome.algorithm, dots.collect())
    });
    let cells = report.results.iter().map(|outcome| {
        let figures = outcome
            .figures
            .backends
            .iter()
            .map(|share| share.utilisation);
        let figures = quartiles(figures).into_iter().flatten().map(percent);
        [outcome.algorithm.to_owned()].into_iter().chain(figures)
    });
    let headers = ["algorithm", "least", "25 %", "median", "75 %", "most"];
    let note = match most {
        0..=DOTS => "The table of the backends below has each of them.",
        _ => "The JSON has every backend.",
    };
    Plot {
        name: "busy".to_owned(),
        title: "How busy each backend is".to_owned(),
        caption: format!(
            "The share of the time that its servers work. {}",
            reading(most, "a backend")
        ),
        table: Sheet::of(&headers, 1, cells).noted(note),
        drawing: Drawing::Rows(Rows::of(
            axis("share of the time", Scale::Linear, Unit::Percent),
            rows,
        )),
    }
}
