//! Reference values from the literature or from independent programs for the ring, rendezvous, Maglev, multi-probe and
//! LRH.
//!
//! Tables and arcs are read exactly. The draws of rendezvous are sampled with keys, and the noise of the sample is
//! included in the expected value.

use std::sync::Arc;

use super::common::{backend, backends, keys};
use evenkeel_algorithms::analysis::{Change, Moves, Spread};
use evenkeel_algorithms::strategy::{ketama, maglev, power_of_two_choices};
use evenkeel_algorithms::{
    Algorithm, Backend, Ketama, LoadBalancer, Lrh, Maglev, MultiProbe, Pick, Pool,
    PowerOfTwoChoices, Random, Rendezvous, Seed, Slot, Snapshot, Ticket, carried,
};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

const SMALL: u32 = 65_537;
const LARGE: u32 = 655_373;

fn built(algorithm: impl Algorithm, backends: Vec<Backend>) -> LoadBalancer {
    let pool = Pool::new(backends).expect("a sound pool");
    LoadBalancer::new(algorithm, pool).expect("fitting options")
}

fn answer(snapshot: &Snapshot, key: &[u8]) -> Slot {
    let pick = Pick::new(snapshot.pool(), Some(key));
    snapshot.pick(&pick).expect("a backend is eligible")
}

/// Returns how often each backend is the answer to these keys.
fn loads(snapshot: &Snapshot, keys: impl Iterator<Item = [u8; 8]>) -> Vec<u64> {
    let mut loads = vec![0; snapshot.pool().len()];
    keys.for_each(|key| loads[answer(snapshot, &key).index()] += 1);
    loads
}

fn spread(loads: &[u64]) -> Spread {
    Spread::of(loads.iter().map(|&load| (load, 1))).expect("some load")
}

fn mean(values: impl ExactSizeIterator<Item = f64>) -> f64 {
    let count = values.len() as f64;
    values.sum::<f64>() / count
}

fn assert_near(what: &str, value: f64, expected: f64, tolerance: f64) {
    let off = (value - expected).abs();
    assert!(
        off <= tolerance,
        "{what}: {value}, expected {expected} ± {tolerance}"
    );
}

// Maglev.

fn table(size: u32, backends: Vec<Backend>) -> LoadBalancer {
    let table_size = maglev::TableSize::new(size.into()).expect("a prime");
    let options = maglev::Options { table_size };
    built(Maglev::new(Seed::DEFAULT, options), backends)
}

/// Returns the backend of every entry of a table.
fn slots(snapshot: &Snapshot) -> Vec<Slot> {
    snapshot.balancer().table().expect("Maglev has a table")
}

/// Returns the number of table entries of each backend.
fn slot_counts(snapshot: &Snapshot) -> Vec<u64> {
    let mut counts = vec![0; snapshot.pool().len()];
    slots(snapshot)
        .iter()
        .for_each(|slot| counts[slot.index()] += 1);
    counts
}

/// Returns the fewest and the most table entries of backends of equal weight.
fn fewest_and_most(size: u32, count: usize) -> (u64, u64) {
    let balancer = table(size, backends(&vec![1; count]));
    let counts = slot_counts(&balancer.snapshot());
    let (least, most) = (counts.iter().min(), counts.iter().max());
    (*least.expect("a backend"), *most.expect("a backend"))
}

/// Eisenbud et al., figure 11: +0.71% and −0.82% of the mean, +0.10% and −0.06% with the larger table.
#[test]
fn maglev_slots_differ_by_one_at_most() {
    assert_eq!(fewest_and_most(SMALL, 3), (21_845, 21_846));
    assert_eq!(fewest_and_most(SMALL, 10), (6_553, 6_554));
    assert_eq!(fewest_and_most(SMALL, 1_000), (65, 66));
    assert_eq!(fewest_and_most(LARGE, 1_000), (655, 656));
}

/// Envoy's documentation: weights 1 and 2.
#[test]
fn maglev_slots_follow_the_weights() {
    let balancer = table(SMALL, vec![backend("light", 1), backend("heavy", 2)]);
    assert_eq!(slot_counts(&balancer.snapshot()), [21_846, 43_691]);
}

/// Returns means over several losses of `lost` backends each: the fraction of table entries that changed, and its ratio
/// to the fraction of the lost backends' entries.
fn churn(size: u32, count: usize, lost: usize) -> (f64, f64) {
    let mut random = ChaCha8Rng::seed_from_u64(12);
    let full = table(size, backends(&vec![1; count])).snapshot();
    let mut trial = || {
        let mut members = backends(&vec![1; count]);
        members.shuffle(&mut random);
        members.truncate(count - lost);
        let left = table(size, members).snapshot();
        let pairs = slots(&full).into_iter().zip(slots(&left));
        let answers = pairs.map(|(before, after)| (before, after, 1));
        let moves = Moves::count(&Change::new(full.pool(), left.pool()), answers);
        (
            moves.moved_share(),
            moves.moved as f64 / (moves.moved - moves.needless) as f64,
        )
    };
    let trials: [_; TRIALS] = std::array::from_fn(|_| trial());
    let share = mean(trials.iter().map(|trial| trial.0));
    (share, mean(trials.iter().map(|trial| trial.1)))
}

const TRIALS: usize = 8;

#[test]
fn maglev_moves_slightly_more_than_the_minimum() {
    for (count, factor) in [(10, 1.02), (50, 1.23), (100, 1.57), (500, 5.50)] {
        let (_, churn) = churn(SMALL, count, 1);
        assert_near(&format!("of {count}"), churn, factor, 0.03 * factor);
    }
    for (count, factor) in [(10, 1.01), (100, 1.14), (500, 2.19)] {
        let (_, churn) = churn(LARGE, count, 1);
        assert_near(&format!("of {count}, large"), churn, factor, 0.03 * factor);
    }
}

/// Eisenbud et al., figure 12: a thousand backends, some lost. The paper prints a graph; the numbers are from two
/// independent programs.
#[test]
fn maglev_changes_few_slots_when_several_are_lost() {
    for (lost, share) in [(1, 0.0067), (10, 0.0334), (50, 0.0826), (100, 0.1355)] {
        let (changed, _) = churn(SMALL, 1_000, lost);
        assert_near(&format!("{lost} lost"), changed, share, 0.05 * share);
    }
    for (lost, share) in [(10, 0.0158), (50, 0.0591), (100, 0.1104)] {
        let (changed, _) = churn(LARGE, 1_000, lost);
        assert_near(&format!("{lost} lost, large"), changed, share, 0.05 * share);
    }
}

// The ring.

fn ring(seed: u64, points_per_weight: u64, count: usize) -> Arc<Snapshot> {
    let points_per_weight = ketama::PointsPerWeight::new(points_per_weight).expect("in range");
    let options = ketama::Options { points_per_weight };
    built(Ketama::new(Seed(seed), options), backends(&vec![1; count])).snapshot()
}

/// Returns the length of each backend's arcs: the arc of a point is the one that ends at it.
fn arcs(snapshot: &Snapshot) -> Vec<u64> {
    let ketama = carried::<ketama::Built>(Some(snapshot.balancer())).expect("a ring");
    let points: Vec<_> = ketama.points().collect();
    let mut arcs = vec![0; snapshot.pool().len()];
    let mut before = points.last().map_or(0, |&(point, _)| point);
    for (point, slot) in points {
        arcs[slot.index()] += u64::from(point.wrapping_sub(before));
        before = point;
    }
    arcs
}

/// Returns the arcs of a thousand backends for each of twenty seeds.
fn arcs_of_seeds(points: u64) -> Vec<Vec<u64>> {
    (0..20)
        .map(|seed| arcs(&ring(seed, points, 1_000)))
        .collect()
}

/// Shares of V points each are Dirichlet distributed: cv = √((N − 1) / (NV + 1)).
#[test]
fn ring_shares_vary_as_dirichlet() {
    for points in [10, 100, 1_000] {
        let cv = mean(arcs_of_seeds(points).iter().map(|arcs| spread(arcs).cv));
        let expected = (999. / (1_000 * points + 1) as f64).sqrt();
        assert_near(&format!("{points} points"), cv, expected, 0.02 * expected);
    }
}

/// Lamping and Veach's table of the ring: 99% of the shares are within these limits; the exact values are the quantiles
/// of the gamma distribution of the shares.
#[test]
fn ring_shares_have_the_quantiles_of_gamma() {
    for (points, low, high) in [
        (1, 0.0050, 5.298),
        (10, 0.3717, 2.000),
        (100, 0.7612, 1.2763),
        (1_000, 0.9204, 1.0833),
    ] {
        let mut arcs = arcs_of_seeds(points).concat();
        arcs.sort_unstable();
        let share = |rank: usize| arcs[rank] as f64 * 1_000. / 2f64.powi(32);
        // 20,000 shares: the 100th from either end.
        assert_near("low", share(100), low, 0.04 * (1. - low));
        assert_near("high", share(19_900), high, 0.06 * (high - 1.));
    }
}

/// The fullest of n backends with 160 points: the mean over many rings.
#[test]
fn ring_peaks_are_as_for_dirichlet() {
    for (count, peak) in [(3, 1.068), (5, 1.094), (10, 1.125), (100, 1.210)] {
        let peaks = (0..200).map(|seed| spread(&arcs(&ring(seed, 160, count))).peak_to_mean);
        let peaks: Vec<_> = peaks.collect();
        let mean = mean(peaks.iter().copied());
        assert_near(&format!("{count} backends"), mean, peak, 0.012);
    }
}

// Rendezvous.

fn rendezvous_loads(seed: u64, count: usize, sample: u64) -> Vec<u64> {
    let balancer = built(Rendezvous::new(Seed(seed)), backends(&vec![1; count]));
    loads(&balancer.snapshot(), keys(0..sample))
}

/// Perfect hashing: cv² = (n − 1) / K, and the peak of n = 10, K = 100,000 is 1.0154.
#[test]
fn rendezvous_spreads_as_random_assignment() {
    let spreads: Vec<_> = (0..200)
        .map(|seed| spread(&rendezvous_loads(seed, 10, 100_000)))
        .collect();
    let peak = mean(spreads.iter().map(|spread| spread.peak_to_mean));
    assert_near("peak", peak, 1.0154, 0.0012);
    let squares = mean(spreads.iter().map(|spread| spread.cv * spread.cv));
    assert_near("cv²", squares, 9e-5, 0.13 * 9e-5);
}

/// Eisenbud et al., figure 11: 65,537 entries and a thousand backends. Independent runs give +42.4 %.
#[test]
fn rendezvous_overprovisions_a_small_table() {
    let peaks: Vec<_> = (0..20)
        .map(|seed| spread(&rendezvous_loads(seed, 1_000, SMALL.into())).peak_to_mean)
        .collect();
    assert_near("peak", mean(peaks.iter().copied()), 1.424, 0.04);
}

/// No key moves between two remaining backends, however many are lost: thirty of a hundred.
#[test]
fn ring_and_rendezvous_move_only_the_keys_of_lost_backends() {
    let algorithms: [Box<dyn Algorithm>; 2] =
        [Box::new(Ketama::default()), Box::new(Rendezvous::default())];
    for algorithm in algorithms {
        let balancer = built(algorithm, backends(&[1; 100]));
        let full = balancer.snapshot();
        balancer.update(backends(&[1; 70])).unwrap();
        let left = balancer.snapshot();
        let answers = keys(0..1_000_000).map(|key| (answer(&full, &key), answer(&left, &key), 1));
        let moves = Moves::count(&Change::new(full.pool(), left.pool()), answers);
        assert_eq!(moves.needless, 0, "{moves:?}");
        assert_near("moved", moves.moved_share(), 0.3, 0.02);
    }
}

// Multi-probe.

/// Returns the spreads of 10,000 keys per backend for several seeds, each with its own keys.
fn spreads<A: Algorithm>(algorithm: impl Fn(Seed) -> A, seeds: u64, count: u64) -> Vec<Spread> {
    let weights = vec![1; count as usize];
    let spread_of = |seed| {
        let balancer = built(algorithm(Seed(seed)), backends(&weights));
        spread(&loads(&balancer.snapshot(), keys(0..10_000 * count)))
    };
    (0..seeds).map(spread_of).collect()
}

/// A point with an arc of E times the mean has (1 − e^(−(k − 1)E)) · k / (k − 1) of the mean share, where E is
/// exponential: with 21 probes at most 1.05, cv² 1 / (2k − 1), and the least of n points k / (n + k − 1). The
/// contribution of 10,000 keys per backend is from a simulation of these shares. Two runs of independent programs
/// agree: peaks of 1.064 and 1.073, least shares of 0.66 and 0.22.
#[test]
fn multi_probe_has_low_peaks_and_low_least_shares() {
    let multi_probe = |seed| MultiProbe::new(seed, Default::default());
    for (count, seeds, peak, least) in [(10, 400, 1.0641, 0.700), (100, 20, 1.0744, 0.175)] {
        let spreads = spreads(multi_probe, seeds, count);
        let mean_of = |value: fn(&Spread) -> f64| mean(spreads.iter().map(value));
        // Four standard deviations of the mean over the seeds.
        let (of_peak, of_least) = if count == 10 {
            (0.012, 0.06)
        } else {
            (0.016, 0.13)
        };
        assert_near("peak", mean_of(|spread| spread.peak_to_mean), peak, of_peak);
        assert_near(
            "least",
            mean_of(|spread| spread.min_to_mean),
            least,
            of_least,
        );
    }
}

// LRH.

/// A backend's share varies by 1 / √(C V) and its keys by √(1 / 10,000): together 2.43%. Of 5,000 backends the fullest
/// is 3.68 of these above the mean, the 1.085 to 1.089 of independent runs; of 500 it is 3.04.
#[test]
fn lrh_spreads_by_its_candidates() {
    let lrh = |seed| Lrh::new(seed, Default::default());
    let spreads = spreads(lrh, 4, 500);
    let cv = mean(spreads.iter().map(|spread| spread.cv));
    let peak = mean(spreads.iter().map(|spread| spread.peak_to_mean));
    let expected: f64 = 1. / (8. * 256.) + 1e-4;
    assert_near("cv", cv, expected.sqrt(), 0.05 * expected.sqrt());
    assert_near("peak", peak, 1. + 3.04 * expected.sqrt(), 0.01);
}

/// A new backend becomes one of C + 1 current or former candidates, of which one is replaced. The owner stays if the
/// best draw of all is that of one of the C − 1 others; otherwise a key moves, with probability 2 / (C + 1), and the
/// minimum is 1 / C.
#[test]
fn lrh_moves_less_than_twice_the_minimum() {
    let balancer = built(Lrh::default(), backends(&[1; 100]));
    let before = balancer.snapshot();
    let (mut moved, mut least) = (0, 0.);
    for count in 101..=110 {
        let joiner = backend(&format!("joiner {count}"), 1);
        let members = backends(&[1; 100]).into_iter().chain([joiner]);
        balancer.update(members).expect("a sound pool");
        let after = balancer.snapshot();
        let answers = keys(0..100_000).map(|key| (answer(&before, &key), answer(&after, &key), 1));
        let moves = Moves::count(&Change::new(before.pool(), after.pool()), answers);
        moved += moves.moved;
        least += 100_000. / 101.;
    }
    assert_near("churn", moved as f64 / least, 16. / 9., 0.09);
}

// Draws.

/// Returns the mean, over several runs, of the maximum number of requests on one of 4,096 backends for 4,096 requests.
fn fullest<A: Algorithm>(algorithm: impl Fn(Seed) -> A) -> f64 {
    const COUNT: usize = 4_096;
    let fullest = (0..40u32).map(|seed| {
        let balancer = built(algorithm(Seed(seed.into())), backends(&[1; COUNT]));
        let routed = (0..COUNT).map(|_| balancer.route(None).expect("a backend is eligible"));
        routed.for_each(Ticket::leave_in_flight);
        let snapshot = balancer.snapshot();
        let pool = snapshot.pool();
        pool.slots()
            .map(|slot| pool.in_flight(slot))
            .max()
            .unwrap_or(0) as f64
    });
    mean(fullest)
}

/// As many balls as bins: ln n / ln ln n for one choice, ln ln n / ln d for d choices, and our own simulations for the
/// constants. The bounds are four standard deviations of the mean.
#[test]
fn a_second_choice_keeps_the_fullest_low() {
    let choices = |choices| {
        let choices = power_of_two_choices::Choices::new(choices).expect("in range");
        let options = power_of_two_choices::Options { choices };
        fullest(|seed| PowerOfTwoChoices::new(seed, options))
    };
    assert_near("one", fullest(Random::new), 6.25, 0.4);
    assert_near("two", choices(2), 3.025, 0.11);
    assert_near("three", choices(3), 2.87, 0.22);
}
