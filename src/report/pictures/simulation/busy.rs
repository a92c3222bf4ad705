//! How busy backends are.

use crate::plot::{Axis, Dot, Drawing, Plot, Rows, Scale, Unit};
use crate::report::pictures::many::{DOTS, quartiles, reading, row_of_many};
use crate::sheet::Sheet;
use crate::simulate::Simulated;
use crate::text::percent;

/// How busy each backend is.
pub(super) fn busy(report: &Simulated) -> Plot {
    let backends = report
        .results
        .iter()
        .map(|result| result.figures.backends.len());
    let most = backends.max().unwrap_or_default();
    let rows = report.results.iter().map(|result| {
        let dots = result.figures.backends.iter().map(|share| Dot {
            what: share.backend.clone(),
            value: share.utilisation,
        });
        row_of_many(result.algorithm, dots.collect())
    });
    let cells = report.results.iter().map(|result| {
        let figures = result
            .figures
            .backends
            .iter()
            .map(|share| share.utilisation);
        let figures = quartiles(figures).into_iter().flatten().map(percent);
        [result.algorithm.to_owned()].into_iter().chain(figures)
    });
    let headers = ["algorithm", "min", "25%", "median", "75%", "max"];
    let note = match most {
        0..=DOTS => "The table of backends below has all of them.",
        _ => "JSON has every backend.",
    };
    Plot {
        name: "busy".to_owned(),
        title: "Utilization of each backend".to_owned(),
        caption: format!(
            "Share of the time that a backend's servers are busy. {}",
            reading(most, "a backend")
        ),
        table: Sheet::of(&headers, 1, cells).noted(note),
        drawing: Drawing::Rows(Rows::of(
            Axis::new("share of the time", Scale::Linear, Unit::Percent),
            rows,
        )),
    }
}
