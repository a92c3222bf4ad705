//! Strategies that pick a numbered bucket, and the multi-probe ring.

use evenkeel_algorithms::{
    Algorithm, Balancer, Hashing, LoadBalancer, Options, Pick, Pool, Seed, Snapshot,
};
use std::sync::Arc;

use crate::keys::Keys;
use crate::measure::{Contestant, Timing, picks};
use crate::names;

/// The algorithms, as the table calls them.
const ALGORITHMS: [&str; 10] = [
    "anchor", "memento", "dx", "choose-k", "jump", "jump-back", "power", "flip", "binomial", "modulo",
];

fn snapshot(algorithm: &str, count: usize) -> Arc<Snapshot> {
    let algorithm = Algorithm::named(algorithm).expect("a known name");
    let pool = Pool::new(names(count)).expect("distinct names");
    let strategy = algorithm.strategy(Seed::DEFAULT, &Options::default());
    let balancer = LoadBalancer::new(strategy, pool).expect("a pool that fits");
    balancer.snapshot()
}

pub fn pick(keys: &Keys, count: usize) -> Vec<Timing> {
    let ours = ALGORITHMS.map(|name| (name, snapshot(name, count)));
    let hash = Contestant::pick("floor: hash of the key", |key| {
        Hashing::default().key(key.as_bytes()) as usize
    });
    let ours = ours.into_iter().map(|(name, snapshot)| {
        Contestant::pick(name, move |key| {
            let pick = Pick::new(snapshot.pool(), Some(key.as_bytes()));
            let slot = snapshot.strategy().pick(&pick);
            slot.map_or(0, |slot| slot.index())
        })
    });
    picks(keys, std::iter::once(hash).chain(ours).collect())
}
