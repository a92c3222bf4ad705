//! Significance tests as tables.

use crate::compare::{ChiSquare, Comparison, Finding};
use crate::sheet::Sheet;

/// The tests against random assignment, if there are any.
pub(super) fn randomness(comparison: &Comparison) -> Option<Sheet> {
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
    let title = format!(
        "Spread against random assignment (chi-square test, two-sided, significance level 0.1%{sums})"
    );
    Some(
        Sheet::of(&headers, 3, tested)
            .titled(title)
            .sparing(&["df"]),
    )
}

/// How the most even differ from the others, if that is known.
pub(super) fn differences(comparison: &Comparison) -> Option<Sheet> {
    if comparison.paired.is_empty() {
        return None;
    }
    let rows = comparison.paired.iter().map(|pair| {
        // A difference of peaks is smaller than these.
        let digits = pair.figure.digits + 1;
        [
            pair.best.to_owned(),
            pair.other.to_owned(),
            match pair.shown {
                true => "less even",
                false => "no significant difference",
            }
            .to_owned(),
            pair.figure.unit.text_of_interval(pair.difference, digits),
        ]
    });
    let headers = ["most even", "other", "finding", "difference of peaks"];
    let title = "Difference of request peaks from the most even strategy (paired by run; 95% intervals; less even: \
        p < 0.05 with Holm's correction for all pairs of strategies)";
    Some(Sheet::of(&headers, 3, rows).titled(title))
}

/// What a test says.
const fn finding(finding: Finding) -> &'static str {
    match finding {
        Finding::Uneven => "less even",
        Finding::MoreEven => "more even",
        Finding::NothingShown => "no significant difference",
    }
}

/// A probability to three decimals, or that it is less.
pub(super) fn p_value(p_value: f64) -> String {
    if p_value < 0.001 {
        return "< 0.001".to_owned();
    }
    format!("{p_value:.3}")
}
