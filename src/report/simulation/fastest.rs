//! Which strategy is fastest, in fixed phrases.

use crate::figures::Difference;
use crate::plot::Unit;
use crate::simulate::{AlgorithmFigures, Latency, Simulated, Turn};
use crate::text::{Nanoseconds, named, thousands};

/// Strategies of a list that are named.
const NAMED: usize = 2;

/// Which strategy has the lowest p99; none if no request was finished.
pub(super) fn answer(report: &Simulated) -> Option<String> {
    let p99 = |result: &AlgorithmFigures| {
        let latency = result.figures.latency.as_ref()?;
        Some((result.algorithm, latency.p99_ns))
    };
    let ends = Ends::of(report.results.iter().filter_map(p99))?;
    let lowest = ends.lowest();
    let against: Vec<_> = report
        .paired
        .iter()
        .filter(|pair| pair.figure == Latency::P99_NS)
        .collect();
    if !against.is_empty() {
        return Some(compared(&against, &lowest));
    }
    Some(match report.results.len() {
        1 => format!("p99 latency with {lowest}."),
        _ if ends.lowest == ends.highest => format!("No difference in p99 latency: {lowest}."),
        _ => format!("Lowest p99 latency: {lowest}; highest: {}.", ends.highest()),
    })
}

/// The worst of the intervals between events, and what was not finished.
pub(super) fn conclusions(report: &Simulated) -> Vec<String> {
    let results = &report.results;
    [
        worst_interval(results, &report.setting.turns),
        unfinished(results),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The best of several runs, and which of the others it is shown to be faster than.
fn compared(against: &[&Difference<Latency>], lowest: &str) -> String {
    let others = |shown| {
        let others = against.iter().filter(|pair| pair.shown == shown);
        others.map(|pair| pair.other).collect::<Vec<_>>()
    };
    let (slower, alike) = (others(true), others(false));
    match (&*slower, &*alike) {
        ([], _) => format!("No significant difference in p99 latency; lowest: {lowest}."),
        (_, []) => format!("Lowest p99 latency: {lowest}; all others are significantly slower."),
        _ => format!(
            "Lowest p99 latency: {lowest}; no significant difference: {}.",
            named(&alike, NAMED)
        ),
    }
}

/// The interval in which some p99 is highest; none if that is the one before all events.
fn worst_interval(results: &[AlgorithmFigures], turns: &[Turn]) -> Option<String> {
    let phases = results.iter().flat_map(|result| {
        let phases = result.figures.phases.iter();
        phases.filter_map(|phase| {
            let latency = phase.latency.as_ref()?;
            Some((phase.from_ns, (result.algorithm, latency.p99_ns)))
        })
    });
    let (from, _) = phases.clone().max_by_key(|&(_, (_, p99))| p99)?;
    let turn = turns.iter().find(|turn| turn.at == from)?;
    let worst = phases.filter(|&(other, _)| other == from);
    let ends = Ends::of(worst.map(|(_, p99)| p99))?;
    let highest = match ends.lowest == ends.highest {
        true => String::new(),
        false => format!("; highest: {}", ends.highest()),
    };
    Some(format!(
        "Worst interval, from {} ({}): lowest p99 {}{highest}.",
        Nanoseconds(from),
        turn.what.join("; "),
        ends.lowest()
    ))
}

/// How many requests were not finished, and do not count in the times: the most first.
fn unfinished(results: &[AlgorithmFigures]) -> Option<String> {
    let mut lost: Vec<_> = results
        .iter()
        .map(|result| {
            let figures = &result.figures;
            (figures.rejected + figures.failed, result.algorithm)
        })
        .filter(|&(count, _)| count > 0)
        .collect();
    lost.sort_by_key(|&(count, _)| std::cmp::Reverse(count));
    let each = lost
        .iter()
        .map(|&(count, name)| format!("{name} {}", thousands(count)));
    let each: Vec<_> = each.collect();
    let strategies = match each.len().saturating_sub(NAMED) {
        0 => "",
        1 => " strategy",
        _ => " strategies",
    };
    (!each.is_empty()).then(|| {
        let each = named(&each, NAMED);
        format!("Failed or rejected, not in the latencies: {each}{strategies}.")
    })
}

/// The lowest and the highest of some times, and which strategies have them.
struct Ends {
    lowest: u64,
    highest: u64,
    fastest: Vec<&'static str>,
    slowest: Vec<&'static str>,
}

impl Ends {
    fn of(times: impl IntoIterator<Item = (&'static str, u64)>) -> Option<Self> {
        let times: Vec<_> = times.into_iter().collect();
        let lowest = times.iter().map(|&(_, time)| time).min()?;
        let highest = times.iter().map(|&(_, time)| time).max()?;
        let with = |time| {
            let same = times.iter().filter(|(_, other)| *other == time);
            same.map(|&(name, _)| name).collect()
        };
        Some(Self {
            lowest,
            highest,
            fastest: with(lowest),
            slowest: with(highest),
        })
    }

    fn lowest(&self) -> String {
        end(&self.fastest, self.lowest)
    }

    fn highest(&self) -> String {
        end(&self.slowest, self.highest)
    }
}

/// Some strategies and their time: `maglev, ketama (8 ms)`.
fn end(strategies: &[&str], time: u64) -> String {
    let time = Unit::Nanoseconds.write(time as f64);
    format!("{} ({time})", named(strategies, NAMED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::Interval;
    use crate::simulate::{Figures, Phase};

    fn latency(p99_ns: u64) -> Latency {
        Latency {
            sum_ns: 0,
            mean_ns: 0.,
            p50_ns: 0,
            p90_ns: 0,
            p99_ns,
            p999_ns: 0,
            max_ns: 0,
            over_limit: None,
        }
    }

    /// With so many unfinished requests and these p99 in milliseconds, from each second on.
    fn result(algorithm: &'static str, failed: u64, times: &[u64]) -> AlgorithmFigures {
        let phase = |(second, p99): (u64, &u64)| Phase {
            from_ns: second * 1_000_000_000,
            requests: 10,
            rejected: 0,
            failed: 0,
            latency: Some(latency(p99 * 1_000_000)),
            hit_ratio: None,
            undisturbed_hit_ratio: None,
        };
        AlgorithmFigures {
            algorithm,
            figures: Figures {
                ignores_weights: false,
                quantiles: Vec::new(),
                windows_aside: Vec::new(),
                requests: 100,
                rejected: 0,
                failed,
                hit_ratio: None,
                latency: Some(latency(5_000_000)),
                backends: Vec::new(),
                phases: (0..).zip(times).map(phase).collect(),
                windows: Vec::new(),
                measured_from_ns: 0,
                ended_ns: 0,
            },
            intervals: None,
        }
    }

    #[test]
    fn the_worst_interval_is_that_of_an_event() {
        let turn = |second: u64, what: &str| Turn {
            at: second * 1_000_000_000,
            what: vec![what.to_owned()],
        };
        let turns = [turn(1, "b1 stopped"), turn(2, "b1 stopped: over")];
        let results = [
            result("maglev", 0, &[4, 90, 6]),
            result("random", 0, &[5, 7, 8]),
        ];
        assert_eq!(
            worst_interval(&results, &turns).unwrap(),
            "Worst interval, from 1 s (b1 stopped): lowest p99 random (7 ms); highest: maglev (90 ms)."
        );
        let before = [result("maglev", 0, &[9, 8, 6])];
        assert_eq!(worst_interval(&before, &turns), None);
    }

    #[test]
    fn what_is_not_finished_is_listed_with_the_most_first() {
        assert_eq!(unfinished(&[result("a", 0, &[])]), None);
        let results = [("a", 1), ("b", 2_000), ("c", 0), ("d", 3)];
        let results = results.map(|(name, failed)| result(name, failed, &[]));
        assert_eq!(
            unfinished(&results).unwrap(),
            "Failed or rejected, not in the latencies: b 2,000, d 3 and 1 more strategy."
        );
    }

    #[test]
    fn several_runs_tell_significant_differences_from_others() {
        let pair = |other, shown| Difference {
            figure: Latency::P99_NS,
            best: "a",
            other,
            difference: Interval {
                mean: 1.,
                low: 0.,
                high: 2.,
            },
            p_value: None,
            shown,
        };
        let (slower, alike) = (pair("b", true), pair("c", false));
        for (pairs, expected) in [
            (
                vec![&slower],
                "Lowest p99 latency: a (1 ms); all others are significantly slower.",
            ),
            (
                vec![&alike],
                "No significant difference in p99 latency; lowest: a (1 ms).",
            ),
            (
                vec![&slower, &alike],
                "Lowest p99 latency: a (1 ms); no significant difference: c.",
            ),
        ] {
            assert_eq!(compared(&pairs, "a (1 ms)"), expected);
        }
    }
}
