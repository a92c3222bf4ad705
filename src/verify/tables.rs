//! Maglev's tables: how even they are, and how many entries a loss changes.

use anyhow::Result;
use evenkeel_algorithms::analysis::{Change, Moves};
use evenkeel_algorithms::strategy::maglev;
use evenkeel_algorithms::{Backend, Pool, Slot, Weight};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

use super::lineup::Lineup;
use super::measure::{backends, counts};
use super::reference::{Expected, Reference};

const SMALL: u32 = 65_537;
const LARGE: u32 = 655_373;

const PAPER: &str = "Eisenbud et al., NSDI 2016";
const PROGRAMS: &str = "two independent programs";
const FIGURE_12: &str = "NSDI 2016, figure 12, by two independent programs";

pub(super) fn references() -> Vec<Reference> {
    let mut references = Vec::new();
    for (size, most, least) in [(SMALL, 1.0071, 0.9918), (LARGE, 1.0010, 0.9994)] {
        let name = |end| format!("maglev {size}, 1,000 backends: {end} to mean");
        let source = "NSDI 2016, figure 11, computed";
        references.push(Reference::new(
            name("peak"),
            source,
            Expected::around(most, 1e-4),
            move |lineup| Ok(extremes(lineup, size, 1_000)?.1),
        ));
        references.push(Reference::new(
            name("min"),
            source,
            Expected::around(least, 1e-4),
            move |lineup| Ok(extremes(lineup, size, 1_000)?.0),
        ));
    }
    for (weight, count) in [("light", 21_846.), ("heavy", 43_691.)] {
        let name = format!("maglev {SMALL}, weights 1:2: entries of the {weight}");
        let source = "documentation of Envoy";
        references.push(Reference::new(
            name,
            source,
            Expected::exactly(count),
            move |lineup| entries_of_weighted(lineup, weight),
        ));
    }
    for (size, lost, share) in changed_entries() {
        let name = format!("maglev {size}, {lost} of 1,000 lost: entries changed, %");
        references.push(Reference::new(
            name,
            FIGURE_12,
            Expected::near(share, 0.06),
            move |lineup| Ok(100. * churn(lineup, size, 1_000, lost)?.0),
        ));
    }
    for (size, count, factor) in factors() {
        let name = format!("maglev {size}, 1 of {count} lost: changed to lost entries");
        references.push(Reference::new(
            name,
            PROGRAMS,
            Expected::near(factor, tolerance(size, count)),
            move |lineup| Ok(churn(lineup, size, count, 1)?.1),
        ));
    }
    references.push(Reference::new(
        "maglev 7, three backends: entries in the paper's order",
        PAPER,
        Expected::exactly(1_010_220.),
        |_| {
            Ok(maglev::fill_of(7, &[(3, 4), (0, 2), (3, 1)])
                .iter()
                .fold(0., |digits, &backend| digits * 10. + backend as f64))
        },
    ));
    references
}

/// Returns the percentage of entries that change when this many of a thousand backends are lost.
fn changed_entries() -> impl Iterator<Item = (u32, usize, f64)> {
    let lost = [1, 5, 10, 20, 50, 100];
    let small = [0.67, 2.31, 3.34, 4.65, 8.26, 13.55].map(|share| (SMALL, share));
    let large = [0.43, 0.96, 1.57, 2.70, 5.91, 11.04].map(|share| (LARGE, share));
    let lost = lost.into_iter().cycle();
    let shares = small.into_iter().chain(large);
    lost.zip(shares)
        .map(|(lost, (size, share))| (size, lost, share))
}

/// Returns how many entries change for each entry of one lost backend.
fn factors() -> impl Iterator<Item = (u32, usize, f64)> {
    [
        (10, [1.17, 1.02, 1.01]),
        (50, [2.70, 1.23, 1.06]),
        (100, [4.40, 1.57, 1.14]),
        (500, [6.71, 5.50, 2.19]),
    ]
    .into_iter()
    .flat_map(|(count, factors)| {
        let sizes = [2_039, SMALL, LARGE].into_iter();
        sizes
            .zip(factors)
            .map(move |(size, factor)| (size, count, factor))
    })
}

/// With four entries per backend the factor depends on the permutations: it varies between sets of them by more than
/// the two programs agree. A naive fill has a mean of 6.2 over 200 sets where the programs have 6.7.
const fn tolerance(size: u32, count: usize) -> f64 {
    if size as usize / count < 10 {
        0.12
    } else {
        0.06
    }
}

/// Returns a pool and the backend of each entry of a table.
fn table(
    lineup: &Lineup,
    size: u32,
    seed: u64,
    backends: Vec<Backend>,
) -> Result<(Pool, Vec<Slot>)> {
    let pool = Pool::new(backends)?;
    let entries = (lineup.fill)(size, seed, &pool)?;
    Ok((pool, entries))
}

/// Returns the fewest and the most entries of a backend, relative to the mean.
fn extremes(lineup: &Lineup, size: u32, count: usize) -> Result<(f64, f64)> {
    let (_, entries) = table(lineup, size, 1, backends(0..count))?;
    let mean = entries.len() as f64 / count as f64;
    let counts = counts(&entries, count);
    let to_mean = |count: Option<&u64>| count.map_or(f64::NAN, |&count| count as f64 / mean);
    Ok((to_mean(counts.iter().min()), to_mean(counts.iter().max())))
}

fn entries_of_weighted(lineup: &Lineup, name: &str) -> Result<f64> {
    let heavy = Backend::new("heavy").with_weight(Weight::new(2)?);
    let (pool, entries) = table(lineup, SMALL, 1, vec![Backend::new("light"), heavy])?;
    let own = |slot: &&_| pool.backend(**slot).name() == name;
    Ok(entries.iter().filter(own).count() as f64)
}

/// Returns the mean over some random losses, each from its own table: the share of entries that changed, and its ratio
/// to the entries of the lost backends.
fn churn(lineup: &Lineup, size: u32, count: usize, lost: usize) -> Result<(f64, f64)> {
    let trials = (20 * SMALL / size).clamp(8, 400);
    let mut random = ChaCha8Rng::seed_from_u64(12);
    let (mut share, mut factor) = (0., 0.);
    for seed in 0..trials.into() {
        let (full, before) = table(lineup, size, seed, backends(0..count))?;
        let mut members = backends(0..count);
        members.shuffle(&mut random);
        members.truncate(count - lost);
        let (left, after) = table(lineup, size, seed, members)?;
        let pairs = before.iter().zip(&after);
        let answers = pairs.map(|(&before, &after)| (before, after, 1));
        let moves = Moves::count(&Change::new(&full, &left), answers);
        share += moves.moved_share();
        factor += moves.moved as f64 / (moves.moved - moves.needless) as f64;
    }
    Ok((share / f64::from(trials), factor / f64::from(trials)))
}
