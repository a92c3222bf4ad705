//! Which strategy is fastest, in a sentence.

use crate::plot::Unit;
use crate::report::words::subject;
use crate::simulate::{AlgorithmFigures, Figures, Turn};
use crate::text::Nanoseconds;
use crate::text::list;

/// Which has the lowest p99 and how far that is from the highest: in the worst of the times between events, if
/// it is worse than what was before, else over all; and what is left out. Nothing if no request was finished.
pub(super) fn sentence(
    results: &[AlgorithmFigures],
    turns: &[Turn],
    repeated: bool,
) -> Option<String> {
    let on_average = if repeated { " on average" } else { "" };
    if let Some(worst) = at_worst(results, turns, on_average) {
        return Some(worst + &lost(results).unwrap_or_default());
    }
    let p99 = |result: &AlgorithmFigures| {
        Some((result.algorithm, result.figures.latency.as_ref()?.p99_ns))
    };
    let ends = Ends::of(results.iter().filter_map(p99))?;
    let mut said = match ends.lowest == ends.highest {
        true => format!(
            "99 % of the requests take at most {}.",
            ends.told(on_average)
        ),
        false => {
            let fastest = subject(&ends.fastest, "is", "are");
            format!(
                "{fastest} fastest: 99 % of the requests take at most {}.",
                ends.told(on_average)
            )
        }
    };
    let fastest = results
        .iter()
        .filter(|result| ends.fastest.contains(&result.algorithm));
    said.extend(fastest.filter_map(unfinished));
    Some(said)
}

/// What happens from the event on after which some p99 is highest; none if it is highest before all events.
fn at_worst(results: &[AlgorithmFigures], turns: &[Turn], on_average: &str) -> Option<String> {
    let phases = results.iter().flat_map(|result| {
        let phases = result.figures.phases.iter();
        phases.filter_map(|phase| {
            Some((
                result.algorithm,
                phase.from_ns,
                phase.latency.as_ref()?.p99_ns,
            ))
        })
    });
    let (_, from, _) = phases.clone().max_by_key(|&(.., p99)| p99)?;
    let turn = turns.iter().find(|turn| turn.at == from)?;
    let worst = phases.filter(|&(_, other, _)| other == from);
    let ends = Ends::of(worst.map(|(algorithm, _, p99)| (algorithm, p99)))?;
    Some(format!(
        "At worst, from {} on ({}), 99 % of the requests take at most {}.",
        Nanoseconds(from),
        turn.what.join("; "),
        ends.told(on_average)
    ))
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

    fn told(&self, on_average: &str) -> String {
        let [low, high] =
            [self.lowest, self.highest].map(|time| Unit::Nanoseconds.write(time as f64));
        let (fastest, slowest) = (list(&self.fastest), list(&self.slowest));
        match self.lowest == self.highest {
            true => format!("{low}{on_average} under {fastest}"),
            false => format!("{low}{on_average} under {fastest}, {high} under {slowest}"),
        }
    }
}

/// How many requests were not finished, whose times are not among those that are told: of each strategy, or of
/// many the most.
fn lost(results: &[AlgorithmFigures]) -> Option<String> {
    let lost: Vec<_> = results
        .iter()
        .map(|result| {
            let Figures {
                rejected, failed, ..
            } = result.figures;
            (rejected + failed, result.algorithm)
        })
        .filter(|&(count, _)| count > 0)
        .collect();
    let (most, loser) = lost.iter().max_by_key(|(count, _)| count)?;
    Some(match lost.len() {
        0..=TOLD => {
            let each = lost
                .iter()
                .map(|(count, name)| format!("{count} under {name}"));
            format!(" Not finished are {}.", list(&each.collect::<Vec<_>>()))
        }
        many => format!(" {many} strategies leave some unfinished, {loser} most: {most}."),
    })
}

/// The most strategies whose unfinished requests are told one by one.
const TOLD: usize = 3;

/// The requests that are not among those of the times.
fn unfinished(result: &AlgorithmFigures) -> Option<String> {
    let AlgorithmFigures {
        algorithm,
        figures:
            Figures {
                requests,
                rejected,
                failed,
                ..
            },
        ..
    } = result;
    let told: Vec<_> = [("rejects", *rejected), ("loses", *failed)]
        .into_iter()
        .filter(|&(_, count)| count > 0)
        .map(|(verb, count)| format!("{verb} {count}"))
        .collect();
    let all = requests + rejected + failed;
    (!told.is_empty()).then(|| {
        format!(
            " {algorithm} {} of its {all} requests; their times do not count.",
            list(&told)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{Latency, Phase};

    /// With a p99 in milliseconds, if any request was finished.
    fn result(
        algorithm: &'static str,
        p99: Option<u64>,
        rejected: u64,
        failed: u64,
    ) -> AlgorithmFigures {
        let latency = p99.map(|p99| Latency {
            sum_ns: 0,
            mean_ns: 0.,
            p50_ns: 0,
            p90_ns: 0,
            p99_ns: p99 * 1_000_000,
            p999_ns: 0,
            max_ns: 0,
            over_limit: None,
        });
        AlgorithmFigures {
            algorithm,
            figures: Figures {
                quantiles: Vec::new(),
                windows_aside: Vec::new(),
                requests: 100,
                rejected,
                failed,
                hit_ratio: None,
                latency,
                backends: Vec::new(),
                phases: Vec::new(),
                windows: Vec::new(),
                measured_from_ns: 0,
                ended_ns: 0,
            },
            intervals: None,
        }
    }

    #[test]
    fn the_lowest_p99_is_told_with_the_highest_and_with_what_it_leaves_out() {
        let results = [
            result("random", Some(26), 0, 0),
            result("least-request", Some(8), 3, 2),
            result("maglev", Some(12), 0, 0),
            result("ketama", None, 100, 0),
        ];
        assert_eq!(
            sentence(&results, &[], false).as_deref(),
            Some(
                "least-request is fastest: 99 % of the requests take at most 8 ms under least-request, \
                 26 ms under random. least-request rejects 3 and loses 2 of its 105 requests; their times do not count."
            )
        );
    }

    #[test]
    fn none_is_fastest_alone_or_alike() {
        let said = |results: &[AlgorithmFigures]| sentence(results, &[], true);
        let (a, b) = (result("a", Some(8), 0, 0), result("b", Some(8), 0, 1));
        assert_eq!(
            said(&[a]).as_deref(),
            Some("99 % of the requests take at most 8 ms on average under a.")
        );
        assert_eq!(
            said(&[result("a", Some(8), 0, 0), b]).as_deref(),
            Some(
                "99 % of the requests take at most 8 ms on average under a and b. b loses 1 of its 101 requests; \
                 their times do not count."
            )
        );
        assert_eq!(said(&[result("a", None, 1, 0)]), None);
    }

    #[test]
    fn the_worst_of_the_times_between_events_is_told() {
        let phase = |from_ns, p99| Phase {
            from_ns,
            requests: 10,
            rejected: 0,
            failed: 0,
            latency: result("", Some(p99), 0, 0).figures.latency,
            hit_ratio: None,
            undisturbed_hit_ratio: None,
        };
        let with = |algorithm, times: [u64; 3], failed| {
            let mut result = result(algorithm, Some(5), 0, failed);
            let starts = [0, 1_000_000_000, 2_000_000_000];
            result.figures.phases = starts
                .into_iter()
                .zip(times)
                .map(|(from, p99)| phase(from, p99))
                .collect();
            result
        };
        let turn = |at, what: &str| Turn {
            at,
            what: vec![what.to_owned()],
        };
        let turns = [
            turn(1_000_000_000, "b1 stopped"),
            turn(2_000_000_000, "b1 stopped: over"),
        ];
        let results = [with("maglev", [4, 90, 6], 3), with("random", [5, 7, 8], 0)];
        assert_eq!(
            sentence(&results, &turns, false).as_deref(),
            Some(
                "At worst, from 1 s on (b1 stopped), 99 % of the requests take at most 7 ms under random, 90 ms under \
                 maglev. Not finished are 3 under maglev."
            )
        );
        let before = [with("maglev", [9, 8, 6], 0)];
        let said = sentence(&before, &turns, false);
        assert_eq!(
            said.as_deref(),
            Some("99 % of the requests take at most 5 ms under maglev.")
        );
    }
}
