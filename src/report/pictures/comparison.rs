//! The plots of a comparison.

use super::many::{DOTS, quartiles, reading, row_of_many};
use super::moves::{Moved, moves_of};
use super::{agreement, strips};
use crate::compare::{AlgorithmFigures, Changed, Comparison, Evenness};
use crate::plot::{Axis, Band, Dot, Drawing, Plot, Row, Rows, Scale, Unit};
use crate::sheet::Sheet;
use crate::text::{percent, thousands};

/// The most changes that have a plot each.
const CHANGES: usize = 6;

pub(in crate::report) fn plots(report: &Comparison) -> Vec<Plot> {
    let count = report
        .results
        .first()
        .map_or(0, |result| result.changes.len());
    let mut plots = vec![load(report), peak(report)];
    plots.extend((0..count.min(CHANGES)).map(|number| remap(report, number, count)));
    if let Some(agreement) = &report.agreement {
        let shares = agreement.shares.iter().map(Vec::as_slice);
        let configs: Vec<_> = agreement.algorithms.iter().copied().zip(shares).collect();
        plots.extend(agreement::plots(&configs));
    }
    let layouts: Vec<_> = report
        .layouts
        .iter()
        .map(|(name, layout)| (*name, layout))
        .collect();
    plots.extend(strips::each(&layouts));
    plots.push(memory(report));
    plots.extend(time(report));
    plots
}

fn load(report: &Comparison) -> Plot {
    let backends = report.workload.backends;
    let row = |result: &AlgorithmFigures| {
        let dots = result.backends.iter().map(|load| Dot {
            what: match load.weight {
                1 => load.backend.clone(),
                weight => format!("{} of weight {weight}", load.backend),
            },
            value: load.to_mean,
        });
        row_of_many(result.algorithm, dots.collect())
    };
    let band = report.chance.band.map(|band| Band {
        what: "95% with random assignment".to_owned(),
        low: band.low,
        high: band.high,
    });
    let means = match report.workload.repeat {
        Some(_) => {
            " Means over the runs are closer to 1 than a single run; the band is that of a single run."
        }
        None => "",
    };
    Plot {
        name: "load".to_owned(),
        title: "Requests of each backend".to_owned(),
        caption: format!(
            "Requests relative to the expected share; 1 is exact. {} The band contains 95% of backends under random \
             assignment.{means}",
            reading(backends, "a backend")
        ),
        drawing: Drawing::Rows(Rows {
            band,
            ..Rows::of(
                Axis::new("requests / expected share", Scale::Fitted, Unit::Number),
                report.results.iter().map(row),
            )
        }),
        table: loads(report),
    }
}

/// A column a backend, or of many their quartiles.
fn loads(report: &Comparison) -> Sheet {
    let first = report.results.first();
    let names = first.map_or(&[][..], |result| &result.backends);
    let cell = |figure: f64| format!("{figure:.4}");
    if names.len() > DOTS {
        let headers = ["algorithm", "min", "25%", "median", "75%", "max"];
        let rows = report.results.iter().map(|result| {
            let figures = quartiles(result.backends.iter().map(|load| load.to_mean));
            [result.algorithm.to_owned()]
                .into_iter()
                .chain(figures.into_iter().flatten().map(cell))
        });
        return Sheet::of(&headers, 1, rows).noted("JSON has every backend.");
    }
    let headers: Vec<_> = ["algorithm"]
        .into_iter()
        .chain(names.iter().map(|load| load.backend.as_str()))
        .collect();
    let rows = report.results.iter().map(|result| {
        let figures = result.backends.iter().map(|load| cell(load.to_mean));
        [result.algorithm.to_owned()].into_iter().chain(figures)
    });
    Sheet::of(&headers, 1, rows)
}

fn peak(report: &Comparison) -> Plot {
    let chance = report
        .chance
        .requests
        .map(|spread| spread.peak_to_mean - 1.);
    let range = report.chance.peak.map(|peak| Band {
        what: format!("{} random assignments", report.chance.assignments),
        low: peak.low - 1.,
        high: peak.high - 1.,
    });
    let measured = report.results.iter().filter_map(|result| {
        let peak = result.spread.requests?.peak_to_mean - 1.;
        let intervals = result.intervals.as_ref();
        let interval = intervals
            .and_then(|all| all.requests.as_ref()?.of(Evenness::PEAK_TO_MEAN))
            .map(|interval| [interval.low - 1., interval.high - 1.]);
        Some((result.algorithm, peak, interval))
    });
    let rows = measured.clone().map(|(name, peak, interval)| Row {
        name: name.to_owned(),
        parts: vec![peak],
        interval,
        target: chance,
        ..Row::default()
    });
    let cells = measured.map(|(name, peak, interval)| {
        let [low, high] = interval.map_or([None; 2], |ends| ends.map(Some));
        let ends = [low, high].map(|end| end.map(percent).unwrap_or_default());
        [name.to_owned(), percent(peak)].into_iter().chain(ends)
    });
    let headers = ["algorithm", "above share", "95% from", "to"];
    Plot {
        name: "peak".to_owned(),
        title: "Busiest backend: requests above its expected share".to_owned(),
        caption: "The mark is the mean of random assignment, the band its range: differences between keyed strategies \
            within the band are random."
            .to_owned(),
        drawing: Drawing::Rows(Rows {
            band: range,
            target: Some("random assignment".to_owned()),
            ..Rows::of(
                Axis::new("above the expected share", Scale::Linear, Unit::Percent),
                rows,
            )
        }),
        table: Sheet::of(&headers, 1, cells),
    }
}

fn remap(report: &Comparison, number: usize, count: usize) -> Plot {
    let changed: Vec<_> = report
        .results
        .iter()
        .map(|result| (result.algorithm, &result.changes[number]))
        .collect();
    let change = changed.first().map_or("", |(_, changed)| &changed.change);
    let moved = changed.iter().map(|&(name, changed)| Moved {
        name,
        ratio: changed.remap_ratio,
        needless: changed.excess_remap,
        least: changed.ideal_remap,
        interval: changed
            .intervals
            .as_ref()
            .and_then(|all| all.of(Changed::REMAP_RATIO)),
    });
    let cells = changed.iter().map(|(name, changed)| {
        let shares = [
            changed.remap_ratio,
            changed.ideal_remap,
            changed.excess_remap,
        ];
        [(*name).to_owned()].into_iter().chain(shares.map(percent))
    });
    let others = match count.saturating_sub(CHANGES) {
        0 => String::new(),
        others => format!(" {others} more changes are in the tables."),
    };
    Plot {
        name: format!("remap-{}", number + 1),
        title: format!("Keys that move: {change}"),
        caption: format!(
            "Share of keys that reach another backend; for strategies without keys, share of positions in the request \
             sequence.{others}"
        ),
        table: Sheet::of(&["algorithm", "moves", "minimum", "needless"], 1, cells),
        drawing: moves_of(moved),
    }
}

fn memory(report: &Comparison) -> Plot {
    let bytes = |result: &AlgorithmFigures| (result.algorithm, result.memory_bytes);
    let rows = report.results.iter().map(bytes).map(|(name, bytes)| Row {
        name: name.to_owned(),
        // An axis by powers of ten has no nothing.
        dots: (bytes > 0)
            .then(|| Dot {
                what: "memory".to_owned(),
                value: bytes as f64,
            })
            .into_iter()
            .collect(),
        ..Row::default()
    });
    let cells = report
        .results
        .iter()
        .map(bytes)
        .map(|(name, bytes)| [name.to_owned(), thousands(bytes as u64)]);
    Plot {
        name: "memory".to_owned(),
        title: "Memory of each strategy".to_owned(),
        caption: "Bytes on a logarithmic scale; a strategy without a dot holds no memory."
            .to_owned(),
        table: Sheet::of(&["algorithm", "bytes"], 1, cells),
        drawing: Drawing::Rows(Rows::of(
            Axis::new("memory", Scale::Logarithmic, Unit::Bytes),
            rows,
        )),
    }
}

/// How long a pick takes, if that was measured.
fn time(report: &Comparison) -> Option<Plot> {
    let times: Vec<_> = report
        .results
        .iter()
        .filter_map(|result| Some((result.algorithm, result.pick_ns?)))
        .collect();
    let rows = times.iter().map(|&(name, pick)| Row {
        name: name.to_owned(),
        parts: vec![pick],
        ..Row::default()
    });
    let cells = times
        .iter()
        .map(|(name, pick)| [(*name).to_owned(), format!("{pick:.1}")]);
    (!times.is_empty()).then(|| Plot {
        name: "pick-time".to_owned(),
        title: "Time of a pick".to_owned(),
        caption: "Routing one request and releasing it, on the machine that ran the comparison."
            .to_owned(),
        table: Sheet::of(&["algorithm", "ns"], 1, cells),
        drawing: Drawing::Rows(Rows::of(
            Axis::new("time a pick", Scale::Linear, Unit::Nanoseconds),
            rows,
        )),
    })
}
