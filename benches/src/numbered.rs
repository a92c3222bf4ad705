//! Strategies that pick a numbered bucket, and those that look from several places on a ring.

use std::hash::BuildHasherDefault;
use std::sync::Arc;

use anchorhash::AnchorHash;
use evenkeel_algorithms::strategy::multi_probe;
use evenkeel_algorithms::{
    Algorithm, Hashing, LoadBalancer, MultiProbe, Options, Pick, Pool, Registry, Seed, Snapshot,
};
use jumphash::JumpHasher;
use mpchash::HashRing;
use siphasher::sip::SipHasher13;

use crate::keys::Keys;
use crate::measure::{Contestant, Timing, picks};
use crate::names;

/// The strategies of numbered buckets, by their names.
const NUMBERED: [&str; 10] = [
    "anchor",
    "memento",
    "dx",
    "choose-k",
    "jump",
    "jump-back",
    "power",
    "flip",
    "binomial",
    "modulo",
];

/// The `anchorhash` crate numbers its buckets in 16 bits.
const MANY: usize = 10_000;

fn default(name: &str) -> Box<dyn Algorithm> {
    let card = Registry::builtin().named(name).expect("a known name");
    card.algorithm(Seed::DEFAULT, &Options::default())
}

fn snapshot(algorithm: impl Algorithm + 'static, count: usize) -> Arc<Snapshot> {
    let pool = Pool::new(names(count)).expect("distinct names");
    let balancer = LoadBalancer::new(algorithm, pool).expect("the default options fit");
    balancer.snapshot()
}

fn ours(
    name: &'static str,
    algorithm: impl Algorithm + 'static,
    count: usize,
) -> Contestant<'static> {
    let snapshot = snapshot(algorithm, count);
    Contestant::pick(name, move |key| {
        let pick = Pick::new(snapshot.pool(), Some(key.as_bytes()));
        snapshot.pick(&pick).map_or(0, |slot| slot.index())
    })
}

/// As many buckets as ours has for so many backends, and the same hash.
fn anchorhash(count: usize) -> AnchorHash<&'static str, usize, BuildHasherDefault<SipHasher13>> {
    let capacity = (2 * count.next_power_of_two()).max(256);
    let capacity = u16::try_from(capacity).expect("few backends");
    anchorhash::Builder::with_hasher(BuildHasherDefault::default())
        .with_resources(0..count)
        .build(capacity)
}

pub fn pick(keys: &Keys, count: usize) -> Vec<Timing> {
    let jumphash = JumpHasher::new_with_keys(0, 1);
    let mut contestants = vec![Contestant::pick("floor: hash of the key", |key| {
        Hashing::default().key(key.as_bytes()) as usize
    })];
    contestants.extend(NUMBERED.map(|name| ours(name, default(name), count)));
    if count <= MANY {
        let other = anchorhash(count);
        contestants.push(Contestant::pick("anchorhash", move |key| {
            other.get_resource(key).copied().unwrap_or_default()
        }));
    }
    contestants.push(Contestant::pick("jumphash", |key| {
        jumphash.slot(&key, count as u32) as usize
    }));
    picks(keys, contestants)
}

/// The probes of the `mpchash` crate, which cannot be chosen; nor its hash, XXH3.
const PROBES: u64 = 23;

pub fn probe(keys: &Keys, count: usize) -> Vec<Timing> {
    let probes = multi_probe::Probes::new(PROBES).expect("within the range");
    let as_many = MultiProbe::new(Seed::DEFAULT, multi_probe::Options { probes });
    let mpchash = HashRing::new();
    names(count).into_iter().for_each(|name| mpchash.add(name));
    let contestants = vec![
        ours("multi-probe, 21 probes", default("multi-probe"), count),
        ours("multi-probe, 23 probes", as_many, count),
        ours("lrh", default("lrh"), count),
        Contestant::pick("mpchash, 23 probes", |key| {
            mpchash.node(&key).map_or(0, |token| token.node().len())
        }),
    ];
    picks(keys, contestants)
}
