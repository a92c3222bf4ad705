//! How long requests take: over all, by percentile and by load.

use super::runs::{drawn, milliseconds, without};
use crate::figures::Figure;
use crate::plot::{Axis, Curves, Drawing, Line, Plot, Row, Rows, Scale, Unit};
use crate::sheet::Sheet;
use crate::simulate::{Latency, Simulated};
use crate::text::{percent, trimmed};

/// Shares below it make no difference to the tail, and have no point.
const FIRST_SHARE: f64 = 0.1;

/// Where a quantile's bar ends, for all strategies.
pub(super) fn tail(report: &Simulated) -> Plot {
    let measured = report.results.iter().filter_map(|result| {
        let latency = result.figures.latency.as_ref()?;
        let intervals = result.intervals.as_ref();
        let interval = intervals.and_then(|all| all.latency.of(Latency::P99_NS));
        Some((result.algorithm, latency, interval))
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
    let headers = ["algorithm", "p99 ms", "mean ms", "p99 95% from", "to"];
    Plot {
        name: "p99".to_owned(),
        title: "p99 latency".to_owned(),
        caption: "99% of requests finish within this time, waiting included.".to_owned(),
        table: Sheet::of(&headers, 1, cells),
        drawing: Drawing::Rows(Rows::of(
            Axis::new("latency", Scale::Linear, Unit::Nanoseconds),
            rows,
        )),
    }
}

/// How long requests take, by the share that takes no longer.
pub(super) fn percentiles(report: &Simulated) -> Plot {
    let lines = drawn(report).into_iter().map(|result| {
        let quantiles = result.figures.quantiles.iter();
        Line {
            name: result.algorithm.to_owned(),
            points: quantiles
                .filter(|at| at.share >= FIRST_SHARE)
                .map(|at| [at.share, at.ns as f64])
                .collect(),
        }
    });
    let shares: Vec<_> = report
        .results
        .iter()
        .map(|result| &result.figures.quantiles)
        .max_by_key(|quantiles| quantiles.len())
        .into_iter()
        .flatten()
        .map(|at| at.share)
        .collect();
    let names: Vec<_> = shares
        .iter()
        .map(|share| format!("p{}", trimmed(share * 100., 4)))
        .collect();
    let headers: Vec<_> = ["algorithm"]
        .into_iter()
        .chain(names.iter().map(String::as_str))
        .collect();
    let rows = report.results.iter().map(|result| {
        let quantiles = result.figures.quantiles.iter();
        let times = quantiles.map(|at| milliseconds(at.ns as f64));
        [result.algorithm.to_owned()].into_iter().chain(times)
    });
    Plot {
        name: "percentiles".to_owned(),
        title: "Latency by percentile".to_owned(),
        caption: format!(
            "Across: share of requests. Up: time within which they finish, on a logarithmic scale. The share is stretched \
             towards the tail.{}",
            without(report, "; the others are in the table")
        ),
        table: Sheet::of(&headers, 1, rows).noted("Milliseconds."),
        drawing: Drawing::Curves(Curves {
            across: Axis::new("share of requests", Scale::Nines, Unit::Percent),
            up: Axis::new("finished within", Scale::Logarithmic, Unit::Nanoseconds),
            lines: lines.collect(),
            events: Vec::new(),
        }),
    }
}

/// Mean and p99 by load, if there are several loads.
pub(super) fn by_load(report: &Simulated) -> Vec<Plot> {
    if report.by_load.is_empty() {
        return Vec::new();
    }
    let of = |name: &str, title: &str, figure: &'static Figure<Latency>| {
        let lines = drawn(report).into_iter().map(|result| {
            let points = report
                .by_load
                .iter()
                .filter(|at| at.algorithm == result.algorithm)
                .filter_map(|at| Some([at.load, figure.of(at.latency.as_ref()?)?.value()]));
            Line {
                name: result.algorithm.to_owned(),
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
                "Offered load is a fraction of the capacity.{}",
                without(report, "; the others are in the table")
            ),
            table: Sheet::of(&["algorithm", "load", "ms"], 1, cells),
            drawing: Drawing::Curves(Curves {
                across: Axis::new("offered load", Scale::Fitted, Unit::Percent),
                up: Axis::new("latency", Scale::Logarithmic, Unit::Nanoseconds),
                lines: lines.collect(),
                events: Vec::new(),
            }),
        }
    };
    vec![
        of(
            "p99-by-load",
            "p99 latency by offered load",
            Latency::P99_NS,
        ),
        of(
            "mean-by-load",
            "Mean latency by offered load",
            Latency::MEAN_NS,
        ),
    ]
}
