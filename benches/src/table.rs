//! Maglev tables.

use ::maglev::ConsistentHasher;
use evenkeel_algorithms::strategy::maglev;
use evenkeel_algorithms::{Algorithm, Hashing, LoadBalancer, Pick, Pool, Seed};

use crate::floor;
use crate::keys::Keys;
use crate::measure::{Contestant, Timing, builds, picks};
use crate::names;

fn algorithm(size: u32) -> maglev::Maglev {
    let table_size = maglev::TableSize::new(size.into()).expect("a prime");
    maglev::Maglev::new(Seed::DEFAULT, maglev::Options { table_size })
}

/// The `maglev` crate takes seconds to build above this.
const SLOW: usize = 1_000;

pub fn pick(keys: &Keys, count: usize, size: u32) -> Vec<Timing> {
    let names = names(count);
    let pool = Pool::new(names.iter().cloned()).expect("distinct names");
    let balancer = LoadBalancer::new(algorithm(size), pool).expect("a table fits");
    let snapshot = balancer.snapshot();
    let ours = snapshot.balancer().table().expect("Maglev has a table");
    let table: Vec<u16> = ours.iter().map(|slot| slot.index() as u16).collect();
    let other = maglev_hash::MaglevTable::with_capacity(names.clone(), size as usize);
    let mut contestants = vec![
        Contestant::pick("floor: hash and one table read", |key| {
            floor::table_read(&table, Hashing::default().key(key.as_bytes()))
        }),
        Contestant::pick("evenkeel", |key| {
            let pick = Pick::new(snapshot.pool(), Some(key.as_bytes()));
            snapshot.pick(&pick).map_or(0, |slot| slot.index())
        }),
        Contestant::pick("maglev-hash", |key| other.get(&key).map_or(0, String::len)),
    ];
    if count <= SLOW {
        let other = ::maglev::Maglev::with_capacity(names.clone(), size as usize);
        contestants.push(Contestant::pick("maglev", move |key| {
            other.get(&key).map_or(0, String::len)
        }));
    }
    picks(keys, contestants)
}

pub fn build(count: usize, size: u32) -> Vec<Timing> {
    let names = names(count);
    let pool = &Pool::new(names.iter().cloned()).expect("distinct names");
    let ours = &algorithm(size);
    let mut contestants = vec![
        Contestant::build("evenkeel", || ours.build(pool, None)),
        Contestant::build("maglev-hash", || {
            maglev_hash::MaglevTable::with_capacity(names.clone(), size as usize)
        }),
    ];
    if count <= SLOW && size < 100_000 {
        contestants.push(Contestant::build("maglev", || {
            ::maglev::Maglev::with_capacity(names.clone(), size as usize)
        }));
    }
    builds(contestants)
}
