//! Rendezvous hashing.

use std::hint::black_box;

use evenkeel_algorithms::strategy::rendezvous;
use evenkeel_algorithms::{
    Algorithm, Backend, Hashing, LoadBalancer, Pick, Pool, Rendezvous, Seed, Snapshot, Weight,
    carried,
};

use crate::floor;
use crate::keys::Keys;
use crate::measure::{Contestant, Timing, builds, picks};
use crate::names;

/// A pool with so many distinct weights.
fn pool(names: &[String], weights: u64) -> Pool {
    let backends = names.iter().zip((1..=weights).cycle());
    let backends = backends.map(|(name, weight)| {
        Backend::new(name.as_str()).with_weight(Weight::new(weight).expect("within the range"))
    });
    Pool::new(backends).expect("distinct names")
}

fn snapshot(names: &[String], weights: u64) -> std::sync::Arc<Snapshot> {
    let balancer = LoadBalancer::new(Rendezvous::default(), pool(names, weights));
    balancer.expect("rendezvous fits every pool").snapshot()
}

fn ours<'a>(name: &'static str, snapshot: &'a Snapshot) -> Contestant<'a> {
    Contestant::pick(name, |key| {
        let pick = Pick::new(snapshot.pool(), Some(key.as_bytes()));
        snapshot.pick(&pick).map_or(0, |slot| slot.index())
    })
}

/// The crates that sort all backends for every key take milliseconds above this.
const SLOW: usize = 10_000;

pub fn pick(keys: &Keys, count: usize) -> Vec<Timing> {
    let names = names(count);
    let (equal, weighted) = (snapshot(&names, 1), snapshot(&names, 8));
    let halves = |shift: u32| -> Vec<u32> {
        let hash = |name: &String| (Hashing::from(Seed(1)).key(name.as_bytes()) >> shift) as u32;
        names.iter().map(hash).collect()
    };
    let (low, high) = (halves(0), halves(32));
    let hrw = hrw::Rendezvous::from_nodes(names.clone());
    let plain = carried::<rendezvous::Built>(Some(equal.balancer())).expect("rendezvous");
    let mut contestants = vec![
        Contestant::pick("floor: hash and one mix a backend", |key| {
            let hash = Hashing::default().key(key.as_bytes());
            floor::mix_each(black_box(&low), &high, hash)
        }),
        ours("evenkeel", &equal),
        Contestant::pick("evenkeel, without AVX2", |key| {
            let slot = plain.pick_without_avx2(&Pick::new(equal.pool(), Some(key.as_bytes())));
            slot.map_or(0, |slot| slot.index())
        }),
        ours("evenkeel, 8 distinct weights", &weighted),
        Contestant::pick("hrw", |key| hrw.pick_top(&key).map_or(0, String::len)),
    ];
    if count < SLOW {
        let other = hrw_hash::HrwNodes::new(names.clone());
        contestants.push(Contestant::pick("hrw-hash", move |key| {
            other.sorted(&key).next().map_or(0, String::len)
        }));
        let mut other = rendezvous_hash::RendezvousNodes::default();
        for name in &names {
            other.insert(name.as_str());
        }
        contestants.push(Contestant::pick("rendezvous_hash", move |key| {
            other
                .calc_candidates(&key)
                .next()
                .map_or(0, |name| name.len())
        }));
    }
    picks(keys, contestants)
}

pub fn build(count: usize) -> Vec<Timing> {
    let names = names(count);
    let pool = &pool(&names, 1);
    let ours = &Rendezvous::default();
    builds(vec![
        Contestant::build("evenkeel", || ours.build(pool, None)),
        Contestant::build("hrw", || {
            hrw::Rendezvous::<String>::from_nodes(names.clone())
        }),
    ])
}
