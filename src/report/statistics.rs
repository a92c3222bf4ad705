//! What is chance and what is not: intervals, tests and differences, as tables.

use crate::compare::{ChiSquare, Comparison, Finding};
use crate::sheet::Sheet;

/// The tests of the spread, if there are any.
pub(super) fn chance(comparison: &Comparison) -> Option<Sheet> {
    let tested = comparison.results.iter().filter_map(|result| {
        let keys = result.chi_square.keys.map(|test| ("keys", test));
        let requests = result.chi_square.requests.map(|test| ("requests", test));
        // Where both are there, they are the same.
        let (what, test) = keys.or(requests)?;
        Some([
            result.algorithm.to_owned(),
            what.to_owned(),
            finding(test.finding).to_owned(),
            ChiSquare::STATISTIC.cell(Some(&test), None),
            ChiSquare::DEGREES_OF_FREEDOM.cell(Some(&test), None),
            p_value(test.p_value),
        ])
    });
    let tested: Vec<_> = tested.collect();
    if tested.is_empty() {
        return None;
    }
    let sums = match comparison.workload.repeat {
        Some(_) => "; sums over the runs",
        None => "",
    };
    let headers = ["algorithm", "of", "finding", "chi-square", "df", "p"];
    Some(Sheet::of(&headers, 3, tested).titled(format!(
        "Is the spread that of chance? (chi-square against the weights' shares, two-sided, at 0.1 %{sums})"
    )))
}

/// How the most even differ from the others, if that is known.
pub(super) fn differences(comparison: &Comparison) -> Option<Sheet> {
    if comparison.paired.is_empty() {
        return None;
    }
    let rows = comparison.paired.iter().map(|told| {
        [
            told.best.to_owned(),
            told.other.to_owned(),
            match told.shown {
                true => format!("{} is more even", told.best),
                false => "no difference shown".to_owned(),
            },
            // A difference of peaks is smaller than these.
            told.figure
                .unit
                .text_of_interval(told.difference, told.figure.digits + 1),
        ]
    });
    let title = "How much higher is the requests peak of the others? (run by run; each 95 % interval is by itself)";
    let headers = ["most even", "other", "finding", "difference"];
    Some(Sheet::of(&headers, 3, rows).titled(title))
}

/// What a test says, in words.
pub(super) const fn finding(finding: Finding) -> &'static str {
    match finding {
        Finding::Uneven => "uneven beyond chance",
        Finding::MoreEven => "more even than chance",
        Finding::NothingShown => "no difference from chance shown",
    }
}

/// A probability to three decimals, or that it is less.
pub(super) fn p_value(p_value: f64) -> String {
    if p_value < 0.001 {
        return "< 0.001".to_owned();
    }
    format!("{p_value:.3}")
}
