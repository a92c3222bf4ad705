//! Rings of 160 points a backend.

use std::hint::black_box;
use std::net::SocketAddr;

use evenkeel_algorithms::strategy::ketama;
use evenkeel_algorithms::{Algorithm, HashFunction, Hashing, LoadBalancer, Pick, Pool, Snapshot};
use pingora_ketama::{Bucket, Continuum, Version};

use crate::floor;
use crate::keys::Keys;
use crate::measure::{Contestant, Timing, builds, picks};
use crate::names;

pub const POINTS: u32 = 160;

#[derive(Clone, Hash, PartialEq, Eq)]
struct Virtual(String, u32);

fn hashring(names: &[String]) -> hashring::HashRing<Virtual> {
    let mut ring = hashring::HashRing::new();
    let nodes = names
        .iter()
        .flat_map(|name| (0..POINTS).map(|number| Virtual(name.clone(), number)));
    ring.batch_add(nodes.collect());
    ring
}

#[derive(Clone)]
struct Named(String);

impl conhash::Node for Named {
    fn name(&self) -> String {
        self.0.clone()
    }
}

fn conhash(names: &[String]) -> conhash::ConsistentHash<Named> {
    let mut ring = conhash::ConsistentHash::new();
    names
        .iter()
        .for_each(|name| ring.add(&Named(name.clone()), POINTS as usize));
    ring
}

fn consistent_hash_ring(names: &[String]) -> consistent_hash_ring::Ring<String> {
    consistent_hash_ring::RingBuilder::default()
        .vnodes(POINTS as usize)
        .nodes(names)
        .build()
}

fn buckets(count: usize) -> Vec<Bucket> {
    let address = |number: usize| SocketAddr::from(((number as u32).to_be_bytes(), 80));
    (1..=count)
        .map(|number| Bucket::new(address(number), 1))
        .collect()
}

const V2: Version = Version::V2 {
    point_multiple: POINTS,
};

fn balancer(names: &[String], hashing: Hashing) -> LoadBalancer {
    let pool = Pool::new(names.iter().cloned()).expect("distinct names");
    let ring = ketama::Ketama::new(hashing, ketama::Options::default());
    LoadBalancer::new(ring, pool).expect("a ring fits")
}

fn ours<'a>(name: &'static str, snapshot: &'a Snapshot) -> Contestant<'a> {
    Contestant::pick(name, |key| {
        let pick = Pick::new(snapshot.pool(), Some(key.as_bytes()));
        snapshot.pick(&pick).map_or(0, |slot| slot.index())
    })
}

/// Rings that are too slow or too large to build are left out from here on.
const SLOW: usize = 10_000;
const SLOW_TO_BUILD: usize = 100;

pub fn pick(keys: &Keys, count: usize) -> Vec<Timing> {
    let names = names(count);
    let snapshot = balancer(&names, Hashing::default()).snapshot();
    let unkeyed = Hashing {
        function: HashFunction::Xxh3,
        ..Hashing::default()
    };
    let by_xxh3 = balancer(&names, unkeyed).snapshot();
    let index = floor::BucketIndex::new(&snapshot);
    let hashes: Vec<u64> = keys
        .part(0, keys.len())
        .iter()
        .map(|key| Hashing::default().key(key.as_bytes()))
        .collect();
    let mut next = hashes.iter().cycle();
    let (v1, v2) = (
        Continuum::new(&buckets(count)),
        Continuum::new_with_version(&buckets(count), V2),
    );
    let ring = hashring(&names);
    let mut contestants = vec![
        Contestant::pick("floor: hash alone", |key| {
            Hashing::default().key(key.as_bytes()) as usize
        }),
        Contestant::pick("floor: successor search alone", |_| {
            index.search(*next.next().expect("it cycles"))
        }),
        Contestant::pick("floor: hash and bucket index", |key| {
            index.search(Hashing::default().key(key.as_bytes()))
        }),
        ours("evenkeel", &snapshot),
        ours("evenkeel, hash: xxh3", &by_xxh3),
        Contestant::pick("evenkeel, to the backend", |key| {
            let pick = Pick::new(snapshot.pool(), Some(key.as_bytes()));
            let slot = snapshot.pick(&pick);
            slot.map_or(0, |slot| {
                std::ptr::from_ref(snapshot.pool().backend(slot)) as usize
            })
        }),
        Contestant::pick("pingora-ketama v1", |key| {
            v1.node(key.as_bytes()).map_or(0, |node| node.port().into())
        }),
        Contestant::pick("pingora-ketama v2", |key| {
            v2.node(key.as_bytes()).map_or(0, |node| node.port().into())
        }),
        Contestant::pick("hashring", |key| {
            ring.get(&key).map_or(0, |node| node.1 as usize)
        }),
    ];
    if count <= 1_000 {
        let (other, conhash) = (consistent_hash_ring(&names), conhash(&names));
        contestants.push(Contestant::pick("consistent_hash_ring", move |key| {
            other.get(key).len()
        }));
        contestants.push(Contestant::pick("conhash", move |key| {
            conhash.get(key.as_bytes()).map_or(0, |node| node.0.len())
        }));
    }
    picks(keys, contestants)
}

pub fn build(count: usize) -> Vec<Timing> {
    let names = names(count);
    let pool = Pool::new(names.iter().cloned()).expect("distinct names");
    let (pool, ring) = (&pool, &ketama::Ketama::default());
    let buckets = buckets(count);
    let mut timings = builds(vec![
        Contestant::build("evenkeel", || ring.build(pool, None)),
        Contestant::build("pingora-ketama v1", || Continuum::new(&buckets)),
        Contestant::build("pingora-ketama v2", || {
            Continuum::new_with_version(&buckets, V2)
        }),
    ]);
    // Apart, because the millions of small pieces that they free burden the allocator of all.
    let mut others = Vec::new();
    if count <= SLOW {
        others.push(Contestant::build("hashring", || hashring(&names)));
    }
    if count <= SLOW_TO_BUILD {
        others.push(Contestant::build("consistent_hash_ring", || {
            consistent_hash_ring(&names)
        }));
        others.push(Contestant::build("conhash", || conhash(&names)));
    }
    timings.extend(builds(others));
    timings
}

/// Adds a backend to a ring, and removes it.
pub fn change(count: usize) -> Vec<Timing> {
    let all = names(count + 1);
    let pool = |names: &[String]| Pool::new(names.iter().cloned()).expect("distinct names");
    let (less, more) = (pool(&all[..count]), pool(&all));
    let ring = ketama::Ketama::default();
    let (small, large) = (
        ring.build(&less, None).expect("a ring fits"),
        ring.build(&more, None).expect("a ring fits"),
    );
    let mut hashring = hashring(&all[..count]);
    let mut other = consistent_hash_ring(&all[..count]);
    let joiner = || (0..POINTS).map(|number| Virtual(all[count].clone(), number));
    builds(vec![
        Contestant::build("evenkeel, add", || ring.build(&more, Some(&*small))),
        Contestant::build("evenkeel, remove", || ring.build(&less, Some(&*large))),
        Contestant::build("evenkeel, whole rebuild", || ring.build(&more, None)),
        Contestant::whole("hashring, add and remove", |_| {
            hashring.batch_add(joiner().collect());
            joiner().for_each(|node| drop(black_box(hashring.remove(&node))));
        }),
        Contestant::whole("consistent_hash_ring, add and remove", |_| {
            other.insert(all[count].clone());
            other.remove(&all[count]);
        }),
    ])
}
