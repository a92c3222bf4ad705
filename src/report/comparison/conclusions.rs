//! What a comparison's figures come to, in fixed phrases.

use super::choice::{self, NAMED, is_minimal, keyed};
use super::hot_keys;
use super::statistics::p_value;
use super::tables::{SECOND, windows};
use crate::compare::{AlgorithmFigures, Changed, Comparison, Evenness, Finding};
use crate::figures::Difference;
use crate::report::fullest;
use crate::text::{named, percent};

/// The most strategies with a fullest window on one screen.
const BRIEF: usize = 3;

/// The lines under all tables.
pub(super) fn conclusions(comparison: &Comparison) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(choice::besides(comparison));
    lines.extend(fullest(comparison, NAMED));
    lines.extend(randomness(comparison));
    lines.extend(paired(comparison));
    lines.extend(moves(comparison));
    lines.extend(hot_keys::hottest(comparison));
    lines.extend(vacancies(comparison));
    lines.extend(affinity(comparison));
    lines
}

/// The lines under the table of one screen.
pub(super) fn brief(comparison: &Comparison) -> Vec<String> {
    let mut lines = Vec::new();
    lines.extend(choice::besides(comparison));
    lines.extend(fullest(comparison, BRIEF));
    lines.extend(paired(comparison));
    lines.extend(needless(comparison));
    lines.extend(hot_keys::hottest(comparison));
    lines.extend(affinity(comparison));
    lines
}

/// Which strategies move only what has to, and which moves most beside that; none without a change.
fn needless(comparison: &Comparison) -> Option<String> {
    let changes = keyed(comparison).flat_map(|result| {
        let changes = result.changes.iter();
        changes.map(|changed| (result.algorithm, changed))
    });
    let (worst, changed) =
        changes.max_by(|(_, one), (_, other)| one.excess_remap.total_cmp(&other.excess_remap))?;
    let minimal = keyed(comparison).filter(|result| is_minimal(result));
    let minimal: Vec<_> = minimal.map(|result| result.algorithm).collect();
    let minimal = match minimal.is_empty() {
        true => "none".to_owned(),
        false => named(&minimal, NAMED),
    };
    let worst = match changed.excess_remap {
        0. => String::new(),
        excess => format!(
            " Most needless moves: {worst}, {} of keys ({}).",
            percent(excess),
            changed.change
        ),
    };
    Some(format!("Only necessary moves: {minimal}.{worst}"))
}

/// Which strategies spread significantly unlike random assignment.
fn randomness(comparison: &Comparison) -> Vec<String> {
    let tested = comparison.results.iter().filter_map(|result| {
        let test = result.chi_square.keys.or(result.chi_square.requests)?;
        Some((result.algorithm, test))
    });
    let tested: Vec<_> = tested.collect();
    // Where both are tested, they are the same.
    let of = match comparison
        .results
        .iter()
        .any(|result| result.chi_square.keys.is_some())
    {
        true => "distinct keys",
        false => "requests",
    };
    let found = |finding, how: &str| {
        let found = tested.iter().filter(|(_, test)| test.finding == finding);
        let found: Vec<_> = found
            .map(|(name, test)| format!("{name} (p {})", compared(&p_value(test.p_value))))
            .collect();
        (!found.is_empty()).then(|| {
            format!(
                "By {of}, significantly {how} than random assignment: {}.",
                named(&found, NAMED)
            )
        })
    };
    let lines = [
        found(Finding::Uneven, "less even"),
        found(Finding::MoreEven, "more even"),
    ];
    let lines: Vec<_> = lines.into_iter().flatten().collect();
    match tested.is_empty() || !lines.is_empty() {
        true => lines,
        false => vec![format!(
            "By {of}, no strategy differs significantly from random assignment."
        )],
    }
}

/// `= 0.123`, but `< 0.001` as it is.
fn compared(number: &str) -> String {
    match number.starts_with('<') {
        true => number.to_owned(),
        false => format!("= {number}"),
    }
}

/// Against which strategies each of the most even is significantly better.
fn paired(comparison: &Comparison) -> Vec<String> {
    let groups = comparison.paired.chunk_by(|a, b| a.best == b.best);
    let line = |group: &[Difference<Evenness>]| {
        let others = |shown| {
            let others = group.iter().filter(|pair| pair.shown == shown);
            let others: Vec<_> = others.map(|pair| pair.other).collect();
            match others.is_empty() {
                true => "none".to_owned(),
                false => named(&others, NAMED),
            }
        };
        format!(
            "{} paired by run: significantly more even than: {}; no significant difference: {}.",
            group[0].best,
            others(true),
            others(false)
        )
    };
    groups.map(line).collect()
}

/// A line a change, about those that pick by key alone.
fn moves(comparison: &Comparison) -> Vec<String> {
    let keyed: Vec<_> = keyed(comparison).collect();
    let count = keyed.first().map_or(0, |result| result.changes.len());
    let line = |number: usize| {
        let moved = keyed
            .iter()
            .map(|result| (result.algorithm, &result.changes[number]));
        moved_by(&moved.collect::<Vec<_>>())
    };
    (0..count).map(line).collect()
}

fn moved_by(moved: &[(&str, &Changed)]) -> String {
    let (minimal, mut others): (Vec<_>, Vec<_>) = moved
        .iter()
        .partition(|(_, changed)| changed.excess_remap == 0.);
    others.sort_by(|(_, one), (_, other)| other.excess_remap.total_cmp(&one.excess_remap));
    let minimal: Vec<_> = minimal.iter().map(|(name, _)| *name).collect();
    let others: Vec<_> = others
        .iter()
        .map(|(name, changed)| format!("{name} {}", percent(changed.excess_remap)))
        .collect();
    let mut line = format!("{}: ", moved[0].1.change);
    line += &match minimal.len() {
        0 => "no strategy moves only the keys it must".to_owned(),
        all if all == moved.len() => "all keyed strategies move only the keys they must".to_owned(),
        some => format!(
            "{some} of {} keyed strategies move only the keys they must",
            moved.len()
        ),
    };
    if !others.is_empty() {
        line += &format!("; needless moves: {}", named(&others, NAMED));
    }
    line + "."
}

/// A line a change that leaves numbers without a backend.
fn vacancies(comparison: &Comparison) -> Vec<String> {
    let count = comparison
        .results
        .first()
        .map_or(0, |result| result.changes.len());
    let line = |number: usize| {
        let vacant = |result: &&AlgorithmFigures| result.changes[number].vacant_buckets > Some(0);
        let vacant: Vec<_> = comparison.results.iter().filter(vacant).collect();
        let first = &vacant.first()?.changes[number];
        let names: Vec<_> = vacant.iter().map(|result| result.algorithm).collect();
        Some(format!(
            "{}: numbers left vacant until a backend is added: {} ({}). Copy the numbering into the new config \
             (`evenkeel numbering`), or most keys move.",
            first.change,
            first.vacant_buckets.unwrap_or_default(),
            named(&names, NAMED)
        ))
    };
    (0..count).filter_map(line).collect()
}

/// The fullest window of some strategies, if there are windows.
fn fullest(comparison: &Comparison, most: usize) -> Option<String> {
    let width = comparison.workload.window_s? * SECOND;
    fullest::line(width, windows(comparison), most)
}

/// How often repeat requests reach the same backend without a key.
fn affinity(comparison: &Comparison) -> Option<String> {
    let keyless = comparison.results.iter().filter(|result| !result.by_key);
    let keyless: Vec<_> = keyless.collect();
    let best = keyless.iter().filter_map(|result| result.affinity);
    let best = best.max_by(f64::total_cmp)?;
    let names: Vec<_> = keyless.iter().map(|result| result.algorithm).collect();
    Some(format!(
        "No key affinity: {} (at most {} of repeat requests return to the same backend).",
        named(&names, NAMED),
        percent(best)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(remap_ratio: f64, excess_remap: f64) -> Changed {
        Changed {
            change: "add d".to_owned(),
            remap_ratio,
            remap_requests: remap_ratio,
            ideal_remap: 0.1,
            excess_remap,
            vacant_buckets: None,
            hot_keys: Vec::new(),
            intervals: None,
        }
    }

    #[test]
    fn needless_moves_are_named() {
        let minimal = |name| (name, moved(0.1, 0.));
        let [anchor, jump] = ["anchor", "jump"].map(minimal);
        let modulo = ("modulo", moved(0.9, 0.8));
        let said = |moves: &[&(&'static str, Changed)]| {
            let moves: Vec<_> = moves
                .iter()
                .map(|(name, changed)| (*name, changed))
                .collect();
            moved_by(&moves)
        };
        assert_eq!(
            said(&[&anchor, &jump]),
            "add d: all keyed strategies move only the keys they must."
        );
        assert_eq!(
            said(&[&anchor, &modulo, &jump]),
            "add d: 2 of 3 keyed strategies move only the keys they must; needless moves: modulo 80.0%."
        );
        assert_eq!(
            said(&[&modulo]),
            "add d: no strategy moves only the keys it must; needless moves: modulo 80.0%."
        );
    }
}
