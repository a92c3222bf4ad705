//! Who is fastest, in a sentence.

use super::milliseconds;
use crate::report::words::{list, subject};
use crate::simulate::{Figures, Outcome};

/// Who has the lowest p99, how far from the highest, and what of the requests that leaves out; nothing if no
/// request was finished.
pub(super) fn answer(results: &[Outcome], repeated: bool) -> Option<String> {
    let p99 = |outcome: &Outcome| Some(outcome.figures.latency.as_ref()?.p99_ns);
    let with = |time| {
        let same = results.iter().filter(move |o| p99(o) == Some(time));
        same.collect::<Vec<_>>()
    };
    let lowest = results.iter().filter_map(p99).min()?;
    let highest = results.iter().filter_map(p99).max()?;
    let (fastest, slowest) = (with(lowest), with(highest));
    let [low, high] = [lowest, highest].map(|time| milliseconds(time as f64));
    let on_average = if repeated { " on average" } else { "" };
    let who = names(&fastest);
    let mut said = if lowest == highest {
        format!(
            "99 % of the requests take at most {low} ms{on_average} under {}.",
            list(&who)
        )
    } else {
        format!(
            "{} fastest{on_average}: 99 % of the requests take at most {low} ms under {}, {high} ms under {}.",
            subject(&who, "is", "are"),
            if who.len() == 1 { "it" } else { "them" },
            list(&names(&slowest)),
        )
    };
    said.extend(fastest.into_iter().filter_map(unfinished));
    Some(said)
}

fn names(outcomes: &[&Outcome]) -> Vec<&'static str> {
    outcomes.iter().map(|outcome| outcome.algorithm).collect()
}

/// Whose times are not among those that are told.
fn unfinished(outcome: &Outcome) -> Option<String> {
    let Outcome {
        algorithm,
        figures:
            Figures {
                requests,
                rejected,
                failed,
                ..
            },
        ..
    } = outcome;
    let counts = [("rejects", *rejected), ("loses", *failed)];
    let counts = counts.into_iter().filter(|&(_, count)| count > 0);
    let told = counts.map(|(verb, count)| format!("{verb} {count}"));
    let told: Vec<_> = told.collect();
    let all = requests + rejected + failed;
    (!told.is_empty()).then(|| {
        format!(
            " {algorithm} {} of its {all} requests, whose times do not count.",
            list(&told)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::Latency;

    /// With a p99 in milliseconds, if any request was finished.
    fn outcome(algorithm: &'static str, p99: Option<u64>, rejected: u64, failed: u64) -> Outcome {
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
        Outcome {
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
            outcome("random", Some(26), 0, 0),
            outcome("least-request", Some(8), 3, 2),
            outcome("maglev", Some(12), 0, 0),
            outcome("ketama", None, 100, 0),
        ];
        assert_eq!(
            answer(&results, false).as_deref(),
            Some(
                "least-request is fastest: 99 % of the requests take at most 8.000 ms under it, 26.000 ms under \
                 random. least-request rejects 3 and loses 2 of its 105 requests, whose times do not count."
            )
        );
    }

    #[test]
    fn nobody_is_fastest_alone_or_alike() {
        let said = |results: &[Outcome]| answer(results, true);
        let (a, b) = (outcome("a", Some(8), 0, 0), outcome("b", Some(8), 0, 1));
        assert_eq!(
            said(&[a]).as_deref(),
            Some("99 % of the requests take at most 8.000 ms on average under a.")
        );
        assert_eq!(
            said(&[outcome("a", Some(8), 0, 0), b]).as_deref(),
            Some(
                "99 % of the requests take at most 8.000 ms on average under a and b. b loses 1 of its 101 requests, \
                 whose times do not count."
            )
        );
        assert_eq!(said(&[outcome("a", None, 1, 0)]), None);
    }
}
