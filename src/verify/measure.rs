//! The measurements of the reference values: shares, loads, moves.

use std::ops::Range;
use std::sync::Arc;

use anyhow::Result;
use evenkeel_algorithms::analysis::{Change, Moves, Spread};
use evenkeel_algorithms::carried;
use evenkeel_algorithms::strategy::ketama;
use evenkeel_algorithms::{Backend, Card, LoadBalancer, Options, Pick, Pool, Slot, Snapshot};

use super::lineup::Lineup;

/// Returns backends `b0`, `b1`, … of weight 1.
pub(super) fn backends(numbers: Range<usize>) -> Vec<Backend> {
    numbers
        .map(|number| Backend::new(format!("b{number}")))
        .collect()
}

pub(super) fn balancer(
    lineup: &Lineup,
    algorithm: &Card,
    seed: u64,
    options: &Options,
    backends: Vec<Backend>,
) -> Result<LoadBalancer> {
    let strategy = lineup.strategy(algorithm, seed, options)?;
    Ok(LoadBalancer::new(strategy, Pool::new(backends)?)?)
}

/// Returns a strategy with its default options over backends of equal weight.
pub(super) fn even(
    lineup: &Lineup,
    algorithm: &Card,
    seed: u64,
    count: usize,
) -> Result<LoadBalancer> {
    balancer(
        lineup,
        algorithm,
        seed,
        &Options::default(),
        backends(0..count),
    )
}

pub(super) fn keys(numbers: Range<u64>) -> impl Iterator<Item = [u8; 8]> {
    numbers.map(u64::to_le_bytes)
}

pub(super) fn answer(snapshot: &Snapshot, key: &[u8]) -> Result<Slot> {
    Ok(snapshot.pick(&Pick::new(snapshot.pool(), Some(key)).question())?)
}

/// Returns how often each backend is the answer to this many keys.
pub(super) fn loads(snapshot: &Snapshot, count: u64) -> Result<Vec<u64>> {
    let mut loads = vec![0; snapshot.pool().len()];
    for key in keys(0..count) {
        loads[answer(snapshot, &key)?.index()] += 1;
    }
    Ok(loads)
}

pub(super) fn spread(loads: &[u64]) -> Spread {
    let spread = Spread::of(loads.iter().map(|&load| (load, 1)));
    spread.unwrap_or(Spread {
        peak_to_mean: f64::NAN,
        min_to_mean: f64::NAN,
        cv: f64::NAN,
        jain: f64::NAN,
    })
}

/// Returns the number of entries of each backend among some slots.
pub(super) fn counts(slots: &[Slot], backends: usize) -> Vec<u64> {
    let mut counts = vec![0; backends];
    slots.iter().for_each(|slot| counts[slot.index()] += 1);
    counts
}

/// Returns the length of each backend's arcs on a ring with a total of 2^32: read from our own ring, or measured by
/// keys for another strategy.
pub(super) fn arcs(snapshot: &Snapshot) -> Result<Vec<u64>> {
    let Some(ring) = carried::<ketama::Built>(Some(snapshot.balancer())) else {
        return loads(snapshot, SAMPLE);
    };
    let points: Vec<_> = ring.points().collect();
    let mut arcs = vec![0; snapshot.pool().len()];
    let mut before = points.last().map_or(0, |&(point, _)| point);
    for (point, slot) in points {
        arcs[slot.index()] += u64::from(point.wrapping_sub(before));
        before = point;
    }
    Ok(arcs)
}

/// The number of keys that measure the arcs of a ring which cannot be read.
const SAMPLE: u64 = 2_000_000;

/// Returns the coefficient of variation of arcs, without the contribution of measuring them by keys.
pub(super) fn cv_of_arcs(arcs: &[u64]) -> f64 {
    let added = if arcs.iter().sum::<u64>() == SAMPLE {
        (arcs.len() - 1) as f64 / SAMPLE as f64
    } else {
        0.
    };
    f64::max(spread(arcs).cv.powi(2) - added, 0.).sqrt()
}

/// Returns what moves between two snapshots, for this many keys.
pub(super) fn moves(before: &Snapshot, after: &Snapshot, count: u64) -> Result<Moves> {
    let change = Change::new(before.pool(), after.pool());
    let answers = keys(0..count).map(|key| Ok((answer(before, &key)?, answer(after, &key)?, 1)));
    let answers = answers.collect::<Result<Vec<_>>>()?;
    Ok(Moves::count(&change, answers))
}

/// Returns the snapshots of a pool before and after a change.
pub(super) fn changed(
    balancer: &LoadBalancer,
    backends: Vec<Backend>,
) -> Result<(Arc<Snapshot>, Arc<Snapshot>)> {
    let before = balancer.snapshot();
    balancer.update(backends)?;
    Ok((before, balancer.snapshot()))
}

/// Returns the mean of a measurement over this many seeds.
pub(super) fn mean(seeds: u64, measure: impl Fn(u64) -> Result<f64>) -> Result<f64> {
    let sum = (0..seeds).map(measure).sum::<Result<f64>>()?;
    Ok(sum / seeds as f64)
}
