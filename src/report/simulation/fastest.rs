//! Which strategy is fastest, in fixed phrases.

use crate::figures::Difference;
use crate::plot::Unit;
use crate::simulate::{AlgorithmFigures, Latency, Simulated};
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
    [worst_interval(report), unfinished(&report.results)]
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
fn worst_interval(report: &Simulated) -> Option<String> {
    let phases = report.results.iter().flat_map(|result| {
        let phases = result.figures.phases.iter();
        phases.filter_map(|phase| {
            let latency = phase.latency.as_ref()?;
            Some((phase.from_ns, (result.algorithm, latency.p99_ns)))
        })
    });
    let (from, _) = phases.clone().max_by_key(|&(_, (_, p99))| p99)?;
    let turn = report.setting.turns.iter().find(|turn| turn.at == from)?;
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

/// How many requests were not finished, whose times do not count: the most first.
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
    (!each.is_empty()).then(|| {
        let each = named(&each, NAMED);
        format!("Failed or rejected, not in the latencies: {each}.")
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
