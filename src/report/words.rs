//! What a comparison's figures mean, in sentences.

use evenkeel_algorithms::Feedback;
use evenkeel_algorithms::strategy::{peak_ewma, power_of_two_choices, prequal, random};

use super::findings;
use crate::compare::{AlgorithmFigures, Changed, Comparison, Finding, Summary};
use crate::text::{list, percent};
use crate::workload::Malformed;

/// The sentences under the tables: which spreads best, which moves least, and what the trade is.
pub(super) fn conclusions(comparison: &Comparison) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(spread(comparison));
    lines.extend(findings::chance(comparison));
    lines.extend(findings::paired(comparison));
    lines.extend(remaps(comparison));
    lines.extend(vacancies(comparison));
    lines.extend(untold(comparison));
    lines.extend(trade(comparison));
    lines
}

/// What a page begins with: which is as even as chance allows, or else which is most even, and which moves more than
/// has to move.
pub(super) fn answer(comparison: &Comparison) -> Option<String> {
    let keyed: Vec<_> = comparison.results.iter().filter(by_key_alone).collect();
    let even = as_even_as_chance(&keyed).or_else(|| evenest(comparison, &keyed))?;
    let parts: Vec<_> = [Some(even), needless(&keyed)]
        .into_iter()
        .flatten()
        .collect();
    Some(parts.join("; ") + ".")
}

/// How many are as even as chance allows, and which are not; none if that was not tested of all.
fn as_even_as_chance(keyed: &[&AlgorithmFigures]) -> Option<String> {
    let found: Vec<_> = keyed
        .iter()
        .map(|result| Some((result.algorithm, result.chi_square.keys?.finding)))
        .collect::<Option<_>>()?;
    let uneven: Vec<_> = found
        .iter()
        .filter(|(_, finding)| *finding == Finding::Uneven)
        .map(|&(name, _)| name)
        .collect();
    let most = match (found.len(), uneven.len()) {
        (0, _) => return None,
        (1, 0) => format!("{} spreads the keys as evenly as chance allows", found[0].0),
        (all, 0) => {
            format!("All {all} that pick by key spread the keys as evenly as chance allows")
        }
        (_, 1..=3) => format!(
            "{} the keys as evenly as chance allows",
            subject(&uneven, "does not spread", "do not spread")
        ),
        (all, many) => format!(
            "{many} of {all} that pick by key do not spread the keys as evenly as chance allows"
        ),
    };
    let others = match (uneven.len(), found.len() - uneven.len()) {
        (1..=3, 1) => ", the other one does".to_owned(),
        (1..=3, others @ 2..) => format!(", the {others} others do"),
        _ => String::new(),
    };
    Some(most + &others)
}

/// Which has the lowest peak.
fn evenest(comparison: &Comparison, keyed: &[&AlgorithmFigures]) -> Option<String> {
    let (names, peak) = match keyed.len() {
        0 => most_even(comparison.results.iter())?,
        _ => most_even(keyed.iter().copied())?,
    };
    let by_key = match keyed.len() {
        0 => "",
        all if all == comparison.results.len() => "",
        _ => " of those that pick by key",
    };
    let names = subject(&names, "is", "are");
    Some(format!(
        "{names} most even{by_key}: the fullest backend has {peak:.3} times its share"
    ))
}

/// How many move no key needlessly, and which moves most of all; none without a change.
fn needless(keyed: &[&AlgorithmFigures]) -> Option<String> {
    let changes = keyed.iter().flat_map(|result| {
        let changes = result.changes.iter();
        changes.map(|changed| (result.algorithm, changed))
    });
    let (worst, changed) =
        changes.max_by(|(_, one), (_, other)| one.excess_remap.total_cmp(&other.excess_remap))?;
    let is_minimal = |result: &&&AlgorithmFigures| {
        let mut changes = result.changes.iter();
        changes.all(|changed| changed.excess_remap == 0.)
    };
    let (all, minimal) = (keyed.len(), keyed.iter().filter(is_minimal).count());
    if minimal == all {
        return Some("no key moves needlessly".to_owned());
    }
    let (change, moved) = (&changed.change, percent(changed.remap_ratio));
    Some(match all {
        1 => format!(
            "to {change} moves {moved} of the keys, {} needlessly",
            percent(changed.excess_remap)
        ),
        _ => {
            let most = format!(
                "{worst} moves most needlessly, {} of the keys to {change}",
                percent(changed.excess_remap)
            );
            match minimal {
                0 => most,
                _ => format!("{minimal} of {all} move no key needlessly, {most}"),
            }
        }
    })
}

/// What was left out, and why: malformed lines and algorithms that do not fit.
pub(super) fn caveats(comparison: &Comparison) -> Vec<String> {
    let skipped = comparison
        .skipped
        .iter()
        .map(|skip| format!("{} is left out: {}", skip.algorithm, skip.reason));
    let unmoved = comparison
        .workload
        .repeat
        .as_ref()
        .and_then(findings::unmoved);
    malformed(&comparison.workload)
        .into_iter()
        .chain(unmoved)
        .chain(skipped)
        .collect()
}

fn malformed(workload: &Summary) -> Option<String> {
    let first = workload
        .first_malformed_line
        .zip(workload.first_malformed_fault);
    malformed_lines(&Malformed {
        lines: workload.malformed_lines,
        without_key: workload.malformed_without_key,
        without_times: 0,
        first,
    })
}

/// What came of lines that are not what they should be, if there are any.
pub(super) fn malformed_lines(malformed: &Malformed) -> Option<String> {
    let Malformed {
        lines,
        without_key,
        without_times,
        ..
    } = malformed;
    let (line, fault) = malformed.first?;
    let untimed = match without_times {
        0 => String::new(),
        untimed => format!(", as are {untimed} without their times"),
    };
    Some(format!(
        "malformed lines: {lines} (the first is line {line}: {fault}); {} still count by their key, \
         {without_key} have none and are left out{untimed}",
        lines - without_key - without_times
    ))
}

fn by_key(result: &&AlgorithmFigures) -> bool {
    result.by_key
}

/// Whether what moves is counted by keys: not where the load has a say as well.
fn by_key_alone(result: &&AlgorithmFigures) -> bool {
    result.spread.keys.is_some()
}

fn spread(comparison: &Comparison) -> Option<String> {
    let (names, best) = most_even(comparison.results.iter())?;
    let mut line = format!(
        "Spread: {} most even; the fullest backend has {best:.3} times its share of the requests.",
        subject(&names, "is", "are"),
    );
    let keyed = most_even(comparison.results.iter().filter(by_key));
    let all_keyed = comparison.results.iter().all(|result| result.by_key);
    if let Some((names, best)) = keyed.as_ref().filter(|_| !all_keyed) {
        let names = subject(names, "is", "are");
        line += &format!(" Of those that pick by key, {names} most even ({best:.3} times).");
    }
    if let Some(chance) = comparison.chance.requests {
        let peak = chance.peak_to_mean;
        line += &format!(" Perfect hashing would give {peak:.3} times by chance");
        line += match keyed {
            // The mean of many runs is more than luck; the tests tell.
            _ if comparison.workload.repeat.is_some() => ".",
            Some((_, best)) if best < peak => "; a strategy by key that is below that is lucky.",
            _ => ".",
        };
    }
    Some(line)
}

/// The names of the most even, and their peak.
fn most_even<'a>(
    results: impl Iterator<Item = &'a AlgorithmFigures>,
) -> Option<(Vec<&'a str>, f64)> {
    let peak = |result: &'a AlgorithmFigures| {
        Some((result.algorithm, result.spread.requests?.peak_to_mean))
    };
    let peaks: Vec<_> = results.filter_map(peak).collect();
    let best = peaks.iter().map(|&(_, peak)| peak).min_by(f64::total_cmp)?;
    Some((
        peaks
            .iter()
            .filter(|&&(_, peak)| peak == best)
            .map(|&(name, _)| name)
            .collect(),
        best,
    ))
}

/// A sentence a change, about those that pick by key alone.
fn remaps(comparison: &Comparison) -> Vec<String> {
    let keyed: Vec<_> = comparison.results.iter().filter(by_key_alone).collect();
    let count = keyed.first().map_or(0, |result| result.changes.len());
    (0..count)
        .map(|number| {
            let moved: Vec<_> = keyed
                .iter()
                .map(|result| (result.algorithm, &result.changes[number]))
                .collect();
            remap(&moved)
        })
        .collect()
}

fn remap(moved: &[(&str, &Changed)]) -> String {
    let (minimal, others): (Vec<_>, Vec<_>) = moved
        .iter()
        .partition(|(_, changed)| changed.excess_remap == 0.);
    let mut parts = Vec::new();
    if !minimal.is_empty() {
        let names: Vec<_> = minimal.iter().map(|&&(name, _)| name).collect();
        let shares: Vec<_> = minimal
            .iter()
            .map(|(_, changed)| percent(changed.remap_ratio))
            .collect();
        let names = subject(&names, "moves", "move");
        parts.push(format!(
            "{names} {} of the keys, none needlessly",
            list(&shares)
        ));
    }
    for (
        name,
        Changed {
            remap_ratio,
            excess_remap,
            ..
        },
    ) in others
    {
        let (moved, needless) = (percent(*remap_ratio), percent(*excess_remap));
        parts.push(format!(
            "{name} moves {moved}, {needless} of all keys needlessly"
        ));
    }
    let (change, least) = (&moved[0].1.change, moved[0].1.ideal_remap);
    // What changes hands when a backend leaves is what it had, which differs between strategies.
    let least = if moved
        .iter()
        .all(|(_, changed)| changed.ideal_remap == least)
    {
        format!(" {} are to change hands;", percent(least))
    } else {
        String::new()
    };
    format!("Remap: to {change},{least} {}.", parts.join("; "))
}

/// A sentence a change that leaves buckets vacant.
fn vacancies(comparison: &Comparison) -> Vec<String> {
    let count = comparison
        .results
        .first()
        .map_or(0, |result| result.changes.len());
    let vacancy = |number: usize| {
        let changed = |result: &&AlgorithmFigures| result.changes[number].vacant_buckets > Some(0);
        let vacant: Vec<_> = comparison.results.iter().filter(changed).collect();
        let first = &vacant.first()?.changes[number];
        let vacant_buckets = first.vacant_buckets.unwrap_or_default();
        let names: Vec<_> = vacant.iter().map(|result| result.algorithm).collect();
        Some(format!(
            "Vacant: after {}, {} {} a joiner fills {them}. In a config that takes `check --numbering` of \
             before along; without it the backends are numbered again, and most keys move.",
            first.change,
            subject(&names, "remembers", "remember"),
            match vacant_buckets {
                1 => "a number without a backend; its keys take a second hash, until".to_owned(),
                _ => format!(
                    "{vacant_buckets} numbers without a backend; their keys take a second hash, until"
                ),
            },
            them = if vacant_buckets == 1 { "it" } else { "them" },
        ))
    };
    (0..count).filter_map(vacancy).collect()
}

/// What is not measured of strategies that go by more than a comparison tells them.
fn untold(comparison: &Comparison) -> Vec<String> {
    // What ours pick as without it.
    let alike = [
        (&peak_ewma::CARD, &power_of_two_choices::CARD),
        (&prequal::CARD, &random::CARD),
    ];
    let untold = comparison.results.iter().filter_map(|result| {
        let what = match result.feedback {
            Feedback::Latencies => "latencies",
            Feedback::Reports => "reports",
            _ => return None,
        };
        let name = result.algorithm;
        let other = alike.iter().find(|(own, _)| own.name == name);
        Some(match other {
            Some((_, other)) => format!(
                "Untold: {name} goes by {what}, of which there are none here; so it picks as {other} does."
            ),
            None => format!("Untold: {name} goes by {what}, of which there are none here."),
        })
    });
    untold.collect()
}

fn trade(comparison: &Comparison) -> Option<String> {
    let affinity = |result: &AlgorithmFigures| result.affinity;
    let (keyed, keyless): (Vec<_>, Vec<_>) = comparison.results.iter().partition(by_key);
    let best = keyless
        .iter()
        .copied()
        .filter_map(affinity)
        .max_by(f64::total_cmp)?;
    let worst = keyed
        .iter()
        .copied()
        .filter_map(affinity)
        .min_by(f64::total_cmp)?;
    let names: Vec<_> = keyless.iter().map(|result| result.algorithm).collect();
    Some(format!(
        "Trade: {} bound by no key, and a client that comes back reaches the same backend in {} of \
         the cases{}; by key in {}, at the price of the spread that the keys happen to have.",
        subject(&names, "is", "are"),
        percent(best),
        if names.len() > 1 { " at best" } else { "" },
        percent(worst),
    ))
}

/// Some names and the verb in their number.
pub(super) fn subject(names: &[&str], one: &str, many: &str) -> String {
    format!(
        "{} {}",
        list(names),
        if names.len() == 1 { one } else { many }
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::{Evenness, Spreads, Tests};

    fn moved(remap_ratio: f64, excess_remap: f64) -> Changed {
        Changed {
            change: "add d".to_owned(),
            remap_ratio,
            remap_requests: remap_ratio,
            ideal_remap: 0.1,
            excess_remap,
            vacant_buckets: None,
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
            spread: Spreads {
                requests: spread,
                keys: spread,
            },
            backends: Vec::new(),
            chi_square: Tests {
                requests: None,
                keys: None,
            },
            changes,
            affinity: None,
            intervals: None,
            memory_bytes: 0,
            build_ns: None,
            pick_ns: None,
        }
    }

    #[test]
    fn needless_moves_are_told_of_one_and_of_several() {
        let minimal = result("rendezvous", 1.1, vec![moved(0.1, 0.)]);
        let modulo = result("modulo", 1., vec![moved(0.9, 0.8)]);
        let told = |keyed: &[&AlgorithmFigures]| needless(keyed);
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[&result("jump", 1., Vec::new())]), None);
        assert_eq!(told(&[&minimal]).unwrap(), "no key moves needlessly");
        assert_eq!(
            told(&[&modulo]).unwrap(),
            "to add d moves 90.0% of the keys, 80.0% needlessly"
        );
        assert_eq!(
            told(&[&minimal, &modulo, &minimal]).unwrap(),
            "2 of 3 move no key needlessly, modulo moves most needlessly, 80.0% of the keys to add d"
        );
    }

    #[test]
    fn verbs_have_the_number_of_their_names() {
        assert_eq!(subject(&["a"], "is", "are"), "a is");
        assert_eq!(subject(&["a", "b"], "is", "are"), "a and b are");
    }
}
