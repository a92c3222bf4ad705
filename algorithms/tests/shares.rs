//! Every algorithm gives the shares that it is expected to give: in proportion to the weights, or equal ones.

use super::common::backend;
use evenkeel_algorithms::analysis::Shares;
use evenkeel_algorithms::{
    Attributes, Backend, Card, Family, Key, LoadBalancer, Number, Options, Pool, Registry, Seed,
    ShareVariance, Slot,
};

/// Pools with other names and another seed, over which shares are averaged.
const DRAWS: u64 = 48;
const KEYS: u64 = 3_000;

/// How many standard deviations of the mean a share may be off.
const DEVIATIONS: f64 = 5.;

/// The part of its expected share by which the rounding of a weight may move a backend's share.
const ROUNDING: f64 = 0.02;

/// The options of the laws, with larger tables and with every version.
fn settings(card: &Card) -> Vec<(&'static str, Options)> {
    let mut options = Options::default();
    (card.lawful)(&mut options);
    #[cfg(feature = "dialects")]
    {
        use evenkeel_algorithms::dialect::katran_maglev::{self, Version};
        if card == &katran_maglev::CARD {
            let version = |name, version| {
                let mut options = options.clone();
                options.change(katran_maglev::SECTION, |own| own.version = version);
                (name, options)
            };
            return vec![version("v1", Version::V1), version("v2", Version::V2)];
        }
    }
    vec![("", options)]
}

/// Returns a number without any pattern (SplitMix64): some clients hash by CRC32, under which similar names get similar
/// points.
const fn scattered(number: u64) -> u64 {
    let word = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let word = (word ^ word >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ word >> 31
}

/// The balancer of one draw: backends of these weights, whose names no other draw has.
fn drawn(card: &Card, options: &Options, weights: &[u64], draw: u64) -> LoadBalancer {
    let named = |(place, &weight)| {
        let name = format!("cache-{:016x}:11211", scattered(draw * 64 + place as u64));
        // Identities that are not the name, which HAProxy would number by position.
        let id = Some(Number(draw * weights.len() as u64 + place as u64 + 1));
        backend(&name, weight).with_attributes(Attributes {
            id,
            ..Attributes::default()
        })
    };
    let backends: Vec<Backend> = weights.iter().enumerate().map(named).collect();
    let algorithm = card.algorithm(Seed(draw + 1), options);
    LoadBalancer::new(algorithm, Pool::new(backends).expect("a sound pool")).expect("fits")
}

/// Returns the share of each backend in some requests, which are finished at once.
fn measured(balancer: &LoadBalancer, draw: u64) -> Vec<f64> {
    let mut counts = vec![0; balancer.snapshot().pool().len()];
    for number in 0..KEYS {
        let [a, b, c, d, ..] = scattered(u64::MAX - draw * KEYS - number).to_be_bytes();
        let key = format!("{a}.{b}.{c}.{d}");
        let slot = balancer
            .route(Some(key.as_bytes()))
            .expect("a backend")
            .slot();
        counts[slot.index()] += 1;
    }
    let share = |&count: &u64| count as f64 / KEYS as f64;
    counts.iter().map(share).collect()
}

/// The mean of some figures, and its standard error.
fn mean(figures: &[f64]) -> (f64, f64) {
    let count = figures.len() as f64;
    let mean = figures.iter().sum::<f64>() / count;
    let squares: f64 = figures.iter().map(|figure| (figure - mean).powi(2)).sum();
    (mean, (squares / (count - 1.) / count).sqrt())
}

/// Returns the shares that are not the expected ones.
fn faults(card: &Card, (variant, options): &(&str, Options), weights: &[u64]) -> Vec<String> {
    let shares: Vec<_> = (0..DRAWS)
        .map(|draw| measured(&drawn(card, options, weights, draw), draw))
        .collect();
    let snapshot = drawn(card, options, weights, 0).snapshot();
    let expected = Shares::of(&snapshot);
    let total: u32 = (0..weights.len())
        .map(|slot| expected.weight(Slot::new(slot)))
        .sum();
    // A client that names servers by their positions has one ring in all draws, with the unevenness of its arcs.
    let ring = snapshot.balancer().table();
    let other = drawn(card, options, weights, 1).snapshot();
    let ring = ring.filter(|ring| Some(ring) == other.balancer().table().as_ref());
    let arcs = |place| {
        let points = |ring: &Vec<Slot>| ring.iter().filter(|slot| slot.index() == place).count();
        let arcs = |ring| (points(ring) as f64).sqrt() / ring.len() as f64;
        ring.as_ref().map_or(0., arcs)
    };
    let mut faults = Vec::new();
    for (place, weight) in weights.iter().enumerate() {
        let own = expected.weight(Slot::new(place));
        let share = f64::from(own) / f64::from(total);
        let own: Vec<_> = shares.iter().map(|shares| shares[place]).collect();
        let (mean, error) = mean(&own);
        // What the card states, or else what the draws show.
        let by_keys = share * (1. - share) / KEYS as f64;
        let stated = card
            .variance
            .map(|variance| variance(options, *weight as f64, share));
        let error = match (stated, card.shares) {
            (Some(variance), _) => ((variance * share * share + by_keys) / DRAWS as f64).sqrt(),
            (None, ShareVariance::AsArcs | ShareVariance::NotStated) => error.hypot(arcs(place)),
            (None, _) => (by_keys / DRAWS as f64).sqrt(),
        };
        let bound = DEVIATIONS * error + ROUNDING * share;
        if (mean - share).abs() > bound {
            faults.push(format!("{card} {variant} {weights:?}: backend {place} gets {mean:.4}, expected {share:.4} ± {bound:.4}"));
        }
    }
    faults
}

/// In proportion to the weights, or equal if they are ignored, within the chance that the card states.
#[test]
fn measured_shares_are_the_expected_ones() {
    let mut all = Vec::new();
    for card in Registry::builtin().cards() {
        let profile = card.algorithm(Seed::DEFAULT, &Options::default()).profile();
        let by_load = profile.key == Key::Unused && card.family != Family::FewestOfSome;
        if by_load && card.shares == ShareVariance::ByLoad || card.family == Family::Fewest {
            continue;
        }
        for variant in &settings(card) {
            for weights in [&[4, 2, 1, 1][..], &[2, 1, 1, 1], &[5, 5, 5]] {
                all.extend(faults(card, variant, weights));
            }
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}
