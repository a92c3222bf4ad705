//! Which backends are offered more than they can serve.

use crate::simulate::{AlgorithmFigures, BackendFigures, Simulated};
use crate::text::{named, percent};

/// Strategies that are named.
const STRATEGIES: usize = 3;

/// The backends of a strategy that are named.
const BACKENDS: usize = 2;

/// Whether some strategy offers a backend more than it can serve.
pub(super) fn is_overloaded(report: &Simulated) -> bool {
    report.results.iter().any(|result| overloads(result) > 0.)
}

/// A line for each strategy that offers a backend more than it can serve, the worst first.
pub(super) fn overloaded(report: &Simulated) -> Vec<String> {
    let mut over: Vec<_> = report.results.iter().collect();
    over.retain(|result| overloads(result) > 0.);
    over.sort_by(|one, other| overloads(other).total_cmp(&overloads(one)));
    let more = over.len().saturating_sub(STRATEGIES);
    let mut lines: Vec<_> = over.iter().take(STRATEGIES).map(|of| line(of)).collect();
    if more > 0 {
        let strategies = if more == 1 {
            "strategy overloads"
        } else {
            "strategies overload"
        };
        lines.push(format!("{more} more {strategies} backends."));
    }
    lines
}

/// The highest offered load of an overloaded backend; 0 if none is.
fn overloads(result: &AlgorithmFigures) -> f64 {
    let backends = result.figures.backends.iter();
    let over = backends.filter(|backend| backend.is_overloaded());
    over.filter_map(|backend| backend.offered_load)
        .fold(0., f64::max)
}

fn line(result: &AlgorithmFigures) -> String {
    let backends = &result.figures.backends;
    let mut over: Vec<_> = backends.iter().filter(|of| of.is_overloaded()).collect();
    let load = |of: &BackendFigures| of.offered_load.unwrap_or_default();
    over.sort_by(|one, other| load(other).total_cmp(&load(one)));
    let algorithm = result.algorithm;
    let most = over.first().map_or(0., |of| load(of));
    match &*over {
        [one] => format!(
            "{algorithm}: {} is offered {} of its capacity.",
            one.backend,
            percent(most)
        ),
        all if all.len() == backends.len() => format!(
            "{algorithm}: every backend is offered more than its capacity, up to {}.",
            percent(most)
        ),
        some => {
            let of_one = |of: &&BackendFigures| format!("{} ({})", of.backend, percent(load(of)));
            let names: Vec<_> = some.iter().map(of_one).collect();
            format!(
                "{algorithm}: offered more than their capacity are {}.",
                named(&names, BACKENDS)
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::Figures;

    fn result(algorithm: &'static str, offered: &[f64]) -> AlgorithmFigures {
        let backend = |(number, &offered): (u32, &f64)| BackendFigures {
            backend: format!("b{number}"),
            requests: 100_000,
            rejected: 0,
            failed: 0,
            hit_ratio: None,
            offered_load: Some(offered),
            utilisation: 0.5,
            mean_queue: 1.,
        };
        AlgorithmFigures {
            algorithm,
            figures: Figures {
                ignores_weights: false,
                requests: 0,
                rejected: 0,
                failed: 0,
                hit_ratio: None,
                latency: None,
                quantiles: Vec::new(),
                backends: (1..).zip(offered).map(backend).collect(),
                phases: Vec::new(),
                windows: Vec::new(),
                windows_aside: Vec::new(),
                measured_from_ns: 0,
                ended_ns: 0,
            },
            intervals: None,
        }
    }

    #[test]
    fn overloaded_backends_are_named_with_the_worst_first() {
        let line = |offered: &[f64]| line(&result("maglev", offered));
        assert_eq!(
            line(&[1.12, 0.5]),
            "maglev: b1 is offered 112.0% of its capacity."
        );
        assert_eq!(
            line(&[1.1, 1.2]),
            "maglev: every backend is offered more than its capacity, up to 120.0%."
        );
        assert_eq!(
            line(&[1.1, 1.2, 1.05, 0.5]),
            "maglev: offered more than their capacity are b2 (120.0%), b1 (110.0%) and 1 more."
        );
    }

    #[test]
    fn what_chance_explains_is_no_overload() {
        assert_eq!(overloads(&result("maglev", &[1.005, 0.9])), 0.);
        assert_eq!(overloads(&result("maglev", &[1.02, 0.9])), 1.02);
    }
}
