//! The keys that a change moves: none needlessly, and a new backend gets its share.

use anyhow::Result;
use evenkeel_algorithms::strategy::{CARDS, modulo};
use evenkeel_algorithms::{Card, Key, LoadBalancer, Options, Seed};

use super::lineup::Lineup;
use super::measure;
use super::measure::{backends, changed, even, moves};
use super::reference::{Expected, Reference};

const MINIMAL: &str = "consistency: no needless moves";
const MODULO: &str = "arithmetic of remainders";

/// The number of keys asked before and after a change.
const KEYS: u64 = 200_000;

pub(super) fn references() -> Vec<Reference> {
    let minimal = CARDS.iter().filter(|algorithm| is_minimal(algorithm));
    let mut references: Vec<_> = minimal
        .flat_map(|algorithm| of_minimal(algorithm))
        .collect();
    for (after, share) in [(11, 10. / 11.), (9, 9. / 10.)] {
        let name = format!("modulo, from 10 to {after} backends: share moved");
        references.push(Reference::new(
            name,
            MODULO,
            Expected::around(share, 0.005),
            move |lineup| {
                let (before, after) =
                    changed(&even(lineup, &modulo::CARD, 1, 10)?, backends(0..after))?;
                Ok(moves(&before, &after, KEYS)?.moved_share())
            },
        ));
    }
    references
}

fn is_minimal(algorithm: &Card) -> bool {
    let profile = algorithm
        .algorithm(Seed::DEFAULT, &Options::default())
        .profile();
    profile.minimal && profile.key == Key::Required
}

fn of_minimal(algorithm: &'static Card) -> Vec<Reference> {
    let spurious = |what: &str, measure: fn(&LoadBalancer) -> Result<u64>| {
        let line = format!("{algorithm}, {what}: keys moved between remaining backends");
        Reference::new(line, MINIMAL, Expected::exactly(0.), move |lineup| {
            Ok(measure(&even(lineup, algorithm, 3, 100)?)? as f64)
        })
    };
    let share =
        format!("{algorithm}, one more than 50: share taken relative to its own, of 20 seeds");
    // A ring's shares vary by 8%, multi-probe's by 30%; the mean of 20 by a fifth of that.
    let taken = Reference::new(share, MINIMAL, Expected::around(1., 0.25), move |lineup| {
        measure::mean(20, |seed| share_of_a_newcomer(lineup, algorithm, seed))
    });
    vec![
        spurious("the last 30 of 100 lost", |balancer| {
            lost(balancer, |number| number >= 70)
        }),
        spurious("every third of 100 lost", |balancer| {
            lost(balancer, |number| number % 3 == 0)
        }),
        spurious("a tenth lost, then 40 more than 90", |balancer| {
            lost(balancer, |number| number % 10 == 4)?;
            let mut more = backends(0..140);
            more.retain(|backend| backend.name().len() < 3 || !backend.name().ends_with('4'));
            let (before, after) = changed(balancer, more)?;
            Ok(moves(&before, &after, KEYS)?.needless)
        }),
        taken,
    ]
}

/// Returns the number of keys that move needlessly when some of a hundred backends are lost.
fn lost(balancer: &LoadBalancer, lost: fn(usize) -> bool) -> Result<u64> {
    let all = (0..100).zip(backends(0..100));
    let left = all
        .filter(|&(number, _)| !lost(number))
        .map(|(_, backend)| backend);
    let (before, after) = changed(balancer, left.collect())?;
    Ok(moves(&before, &after, KEYS)?.needless)
}

fn share_of_a_newcomer(lineup: &Lineup, algorithm: &Card, seed: u64) -> Result<f64> {
    let (before, after) = changed(&even(lineup, algorithm, seed, 50)?, backends(0..51))?;
    Ok(moves(&before, &after, KEYS)?.moved_share() * 51.)
}
