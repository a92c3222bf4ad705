//! Which strategy to take: the answer, by requests, and only where the figures differ by more than chance.

use crate::compare::{AlgorithmFigures, Band, Comparison, Evenness, Finding};
use crate::figures::Figure;
use crate::text::{named, percent};
use crate::workload::HotKey;

/// The most strategies that a line names.
pub(super) const NAMED: usize = 5;

/// The least share of a backend's mean that makes a key hot: where it falls shows in the peak.
const HOT: f64 = 0.1;

/// How many times the requests of the mean key make a key hot as well.
const HOT_TO_MEAN: f64 = 10.;

/// The headline: the strategies by key to take, of those that move only the keys they must, if there are any.
pub(super) fn answer(comparison: &Comparison) -> Option<String> {
    let minimal: Vec<_> = keyed(comparison)
        .filter(|result| !result.changes.is_empty() && is_minimal(result))
        .collect();
    let (among, moves) = match minimal.is_empty() {
        true => (keyed(comparison).collect(), ""),
        false => (minimal, "Only necessary moves, and "),
    };
    let Some(class) = Class::best(comparison, &among) else {
        return by_requests(comparison);
    };
    if let Some(chance) = chance(comparison) {
        return Some(chance);
    }
    let how = match class.finding {
        Finding::MoreEven => "requests more even than by random assignment",
        Finding::NothingShown => "requests as even as by random assignment",
        Finding::Uneven => "requests less even than by random assignment",
    };
    let mut line = uppercase(&format!("{moves}{how}: {}", class.names()));
    line += &format!(
        " (busiest backend at {} its expected share).",
        peaks(&class.members)
    );
    if class.members.len() > 1 && class.finding == Finding::NothingShown {
        line += " Choose among them by memory and time.";
    }
    Some(match hottest(comparison) {
        Some(hot) => format!("{line} {}.", uppercase(&hot)),
        None => line,
    })
}

/// That only chance makes one strategy by key more even than another, if the requests have hot keys.
fn chance(comparison: &Comparison) -> Option<String> {
    let hot = hottest(comparison)?;
    let mut all = keyed(comparison);
    let are_alike = all.all(|result| result.requests_finding == Some(Finding::NothingShown));
    (are_alike && keyed(comparison).count() > 1).then(|| {
        format!(
            "Requests: no keyed strategy is more or less even than random assignment{}; {hot}. The differences \
             between keyed strategies are random: choose by moved keys, memory and time, or bound the load \
             (`bounded_load`).",
            random(comparison)
        )
    })
}

/// How even the requests are, unless the answer says it.
pub(super) fn besides(comparison: &Comparison) -> Option<String> {
    let is_answered = chance(comparison).is_some() || keyed(comparison).next().is_none();
    (!is_answered).then(|| by_requests(comparison))?
}

/// How even the requests are: the most even of all, and those by key against random assignment.
fn by_requests(comparison: &Comparison) -> Option<String> {
    let mut parts = Vec::new();
    let most_even = Evenest::of(comparison.results.iter())?;
    let is_keyed = |name: &&str| keyed(comparison).any(|result| result.algorithm == *name);
    if !most_even.names.iter().all(is_keyed) {
        let Evenest { names, peak } = most_even;
        parts.push(format!(
            "most even: {} (busiest backend at {peak:.3}× its expected share)",
            named(&names, NAMED)
        ));
    }
    let all: Vec<_> = keyed(comparison).collect();
    for (finding, how) in [
        (Finding::MoreEven, "more even than random assignment"),
        (Finding::NothingShown, "as even as random assignment"),
        (Finding::Uneven, "less even than random assignment"),
    ] {
        if let Some(class) = Class::of(finding, &all) {
            let random = match finding {
                Finding::NothingShown => random(comparison),
                _ => format!(" ({})", peaks(&class.members)),
            };
            parts.push(format!("{how}{random}: {}", class.names()));
        }
    }
    Some(format!("Requests: {}.", parts.join("; ")))
}

/// Those that pick by key alone: movement is counted in keys.
pub(super) fn keyed(comparison: &Comparison) -> impl Iterator<Item = &AlgorithmFigures> {
    let results = comparison.results.iter();
    results.filter(|result| result.spread.keys.is_some())
}

/// Whether no change moves a key that does not have to.
pub(super) fn is_minimal(result: &AlgorithmFigures) -> bool {
    let mut changes = result.changes.iter();
    changes.all(|changed| changed.excess_remap == 0.)
}

/// That one key is so hot that where it falls decides how even the requests are; none if none is.
fn hottest(comparison: &Comparison) -> Option<String> {
    let hottest = comparison.workload.hot_keys.first()?;
    let of_a_backend = hottest.share * comparison.workload.backends as f64;
    (of_a_backend >= HOT).then(|| {
        format!(
            "the hottest key alone is {} of requests ({of_a_backend:.1}× the mean of a backend)",
            percent(hottest.share)
        )
    })
}

/// Whether a key is hot: it has ten times the requests of the mean key, or shows in the peak of a backend.
pub(super) fn is_hot(comparison: &Comparison, key: &HotKey) -> bool {
    let workload = &comparison.workload;
    let to_mean = key.share * workload.distinct_keys as f64;
    to_mean >= HOT_TO_MEAN || key.share * workload.backends as f64 >= HOT
}

/// Strategies by key that are alike against random assignment, the most even first.
struct Class<'a> {
    finding: Finding,
    members: Vec<&'a AlgorithmFigures>,
}

impl<'a> Class<'a> {
    fn of(finding: Finding, among: &[&'a AlgorithmFigures]) -> Option<Self> {
        let found = |result: &&&AlgorithmFigures| result.requests_finding == Some(finding);
        let mut members: Vec<_> = among.iter().filter(found).copied().collect();
        members.sort_by(|one, other| peak(one).total_cmp(&peak(other)));
        (!members.is_empty()).then_some(Self { finding, members })
    }

    /// The most even that there is, without those that are shown to be less even than one of them, run by run.
    fn best(comparison: &Comparison, among: &[&'a AlgorithmFigures]) -> Option<Self> {
        let findings = [Finding::MoreEven, Finding::NothingShown, Finding::Uneven];
        let mut class = findings
            .into_iter()
            .find_map(|finding| Class::of(finding, among))?;
        let has = |name| class.members.iter().any(|member| member.algorithm == name);
        let pairs = comparison.paired.iter().filter(|pair| pair.shown);
        let worse: Vec<_> = pairs
            .filter(|pair| has(pair.best))
            .map(|pair| pair.other)
            .collect();
        class
            .members
            .retain(|member| !worse.contains(&member.algorithm));
        Some(class)
    }

    fn names(&self) -> String {
        let names = self.members.iter().map(|member| member.algorithm);
        named(&names.collect::<Vec<_>>(), NAMED)
    }
}

fn peak(result: &AlgorithmFigures) -> f64 {
    let spread = result.spread.requests.as_ref();
    spread.map_or(f64::INFINITY, |spread| spread.peak_to_mean)
}

/// The peaks of some strategies in their order.
fn peaks(members: &[&AlgorithmFigures]) -> String {
    let [first, .., last] = members else {
        return members
            .first()
            .map_or_else(String::new, |only| range(peak(only), peak(only)));
    };
    range(peak(first), peak(last))
}

/// The range of random assignment.
fn random(comparison: &Comparison) -> String {
    let range = |band: Band| format!(" ({})", range(band.low, band.high));
    comparison.chance.peak.map(range).unwrap_or_default()
}

/// `1.008 to 1.034×`, or one figure where both are the same.
fn range(low: f64, high: f64) -> String {
    let figure: &Figure<Evenness> = Evenness::PEAK_TO_MEAN;
    let [low, high] = [low, high].map(|peak| format!("{peak:.0$}", figure.digits));
    match low == high {
        true => format!("{low}×"),
        false => format!("{low} to {high}×"),
    }
}

fn uppercase(line: &str) -> String {
    let mut characters = line.chars();
    let first = characters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(characters).collect()
}

/// The strategies with the lowest peak.
struct Evenest<'a> {
    names: Vec<&'a str>,
    peak: f64,
}

impl<'a> Evenest<'a> {
    fn of(results: impl Iterator<Item = &'a AlgorithmFigures>) -> Option<Self> {
        let peak = |result: &'a AlgorithmFigures| {
            Some((result.algorithm, result.spread.requests?.peak_to_mean))
        };
        let peaks: Vec<_> = results.filter_map(peak).collect();
        let lowest = peaks.iter().map(|&(_, peak)| peak).min_by(f64::total_cmp)?;
        let names = peaks.iter().filter(|&&(_, peak)| peak == lowest);
        Some(Self {
            names: names.map(|&(name, _)| name).collect(),
            peak: lowest,
        })
    }
}

#[cfg(test)]
mod tests {
    use evenkeel_algorithms::Feedback;

    use super::*;
    use crate::compare::{Changed, Spreads, Tests};

    fn moved(excess_remap: f64) -> Changed {
        Changed {
            change: "add d".to_owned(),
            remap_ratio: 0.2,
            remap_requests: 0.2,
            ideal_remap: 0.1,
            excess_remap,
            vacant_buckets: None,
            hot_keys: Vec::new(),
            intervals: None,
        }
    }

    fn result(algorithm: &'static str, peak: f64, changes: Vec<Changed>) -> AlgorithmFigures {
        let spread = Some(Evenness {
            peak_to_mean: peak,
            min_to_mean: 1.,
            cv: 0.,
            jain: 1.,
        });
        AlgorithmFigures {
            algorithm,
            feedback: Feedback::None,
            by_key: true,
            ignores_weights: false,
            spread: Spreads {
                requests: spread,
                keys: spread,
            },
            backends: Vec::new(),
            chi_square: Tests {
                requests: None,
                keys: None,
            },
            requests_finding: None,
            changes,
            affinity: None,
            fullest: Vec::new(),
            intervals: None,
            memory_bytes: 0,
            build_ns: None,
            pick_ns: None,
        }
    }

    #[test]
    fn the_most_even_are_all_that_have_the_lowest_peak() {
        let results = [("a", 1.2), ("b", 1.1), ("c", 1.1)];
        let results = results.map(|(name, peak)| result(name, peak, Vec::new()));
        let evenest = Evenest::of(results.iter()).unwrap();
        assert_eq!((evenest.names, evenest.peak), (vec!["b", "c"], 1.1));
        assert!(Evenest::of([].iter()).is_none());
    }

    #[test]
    fn a_strategy_is_minimal_if_all_its_changes_are() {
        let of = |changes| is_minimal(&result("a", 1., changes));
        assert!(of(vec![moved(0.), moved(0.)]));
        assert!(!of(vec![moved(0.), moved(0.1)]));
    }

    #[test]
    fn strategies_of_one_finding_stand_in_the_order_of_their_peaks() {
        let mut results =
            [("a", 1.2), ("b", 1.1), ("c", 1.3)].map(|(name, peak)| result(name, peak, Vec::new()));
        for (result, finding) in results.iter_mut().zip([
            Finding::NothingShown,
            Finding::NothingShown,
            Finding::Uneven,
        ]) {
            result.requests_finding = Some(finding);
        }
        let all: Vec<_> = results.iter().collect();
        let class = Class::of(Finding::NothingShown, &all).unwrap();
        assert_eq!(
            (class.names(), peaks(&class.members)),
            ("b and a".into(), "1.100 to 1.200×".into())
        );
        let uneven = Class::of(Finding::Uneven, &all).unwrap();
        assert_eq!(
            (uneven.names(), peaks(&uneven.members)),
            ("c".into(), "1.300×".into())
        );
        assert!(Class::of(Finding::MoreEven, &all).is_none());
    }
}
