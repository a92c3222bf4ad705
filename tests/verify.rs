//! The reference values of `verify` hold something: balancers that are wrong on purpose do not pass,
//! and those that only look different do.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use evenkeel::verify::{self, Checked, Lineup, Subject};
use evenkeel_algorithms::strategy::ketama;
use evenkeel_algorithms::{
    Algorithm, Balancer, BuildError, Fingerprint, Hashing, Ketama, Pick, Pool, Profile, Registry,
    Seed, Slot, carried,
};

fn verdicts(lineup: &Lineup, chosen: impl Fn(&str) -> bool) -> Vec<Checked> {
    let verdicts = verify::run(Subject::Strategies, lineup, chosen, || ()).unwrap();
    assert!(!verdicts.is_empty());
    verdicts
}

fn failed(verdicts: &[Checked]) -> Vec<&str> {
    let failed = verdicts.iter().filter(|verdict| !verdict.holds);
    failed.map(|verdict| &*verdict.reference).collect()
}

/// Those of the Maglev table that are quick.
fn of_small_table(reference: &str) -> bool {
    reference.starts_with("maglev 65537") || reference.starts_with("maglev 2039")
}

/// A Maglev whose backends try one entry a turn: one that finds it taken has lost the turn.
fn greedy(size: u32, seed: u64, pool: &Pool) -> Result<Vec<Slot>> {
    let hash = |slot: Slot, use_of: u64| {
        Hashing::from(Seed(2 * seed + use_of)).key(pool.backend(slot).name().as_bytes())
    };
    let mut next: Vec<_> = pool
        .slots()
        .map(|slot| hash(slot, 0) % u64::from(size))
        .collect();
    let skips: Vec<_> = pool
        .slots()
        .map(|slot| hash(slot, 1) % u64::from(size - 1) + 1)
        .collect();
    let mut table = vec![None; size as usize];
    let mut free = size;
    while free > 0 {
        for &slot in pool.slots_by_name() {
            let place = &mut next[slot.index()];
            let entry = &mut table[*place as usize];
            free -= u32::from(entry.is_none());
            entry.get_or_insert(slot);
            *place = (*place + skips[slot.index()]) % u64::from(size);
        }
    }
    Ok(table.into_iter().flatten().collect())
}

#[test]
fn a_maglev_that_tries_one_slot_a_turn_is_caught() {
    let right = verdicts(&Lineup::ours(), of_small_table);
    assert_eq!(failed(&right), [""; 0], "{right:?}");
    let wrong = verdicts(&Lineup::ours().with_fill(greedy), of_small_table);
    let failed = failed(&wrong);
    assert!(
        failed.contains(&"maglev 65537, 1,000 backends: peak to mean"),
        "{failed:?}"
    );
    assert!(
        failed.contains(&"maglev 65537, weights 1:2: entries of the heavy"),
        "{failed:?}"
    );
}

/// An algorithm with one thing changed.
#[derive(Debug)]
struct Changed<T> {
    inner: Box<dyn Algorithm>,
    change: T,
}

/// What a changed algorithm builds.
#[derive(Debug)]
struct Built<T> {
    inner: Box<dyn Balancer>,
    change: T,
}

/// What a changed algorithm does otherwise than the one inside.
trait Change: std::fmt::Debug + Clone + Send + Sync + 'static {
    /// The balancer for a pool.
    fn build(
        &mut self,
        inner: &dyn Algorithm,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let _ = &self;
        inner.build(pool, before)
    }

    fn pick(&self, inner: &dyn Balancer, pick: &Pick<'_>) -> Option<Slot> {
        inner.pick(pick)
    }
}

impl<T: Change> Algorithm for Changed<T> {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let before = carried::<Built<T>>(before);
        let mut change = before.map_or(&self.change, |before| &before.change).clone();
        let before = before.map(|before| &*before.inner);
        let inner = change.build(&*self.inner, pool, before)?;
        Ok(Box::new(Built { inner, change }))
    }

    fn profile(&self) -> Profile {
        self.inner.profile()
    }
}

impl<T: Change> Balancer for Built<T> {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.change.pick(&*self.inner, pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        self.inner.describe(fingerprint);
    }
}

fn with<T: Change>(name: &'static str, change: &T) -> Lineup {
    let change = change.clone();
    Lineup::ours().with(name, move |hashing, options| {
        let card = Registry::builtin().named(name).unwrap();
        let (inner, change) = (card.algorithm(hashing, options), change.clone());
        Box::new(Changed { inner, change })
    })
}

/// Nothing is changed: what fails a wrong strategy does not fail it for being a custom one.
#[derive(Clone, Debug)]
struct Unchanged;

impl Change for Unchanged {}

/// A key's hash without its highest bit, on a ring of 32 bits: its upper half is never reached.
#[derive(Clone, Debug)]
struct Cut {
    points: Arc<[(u32, Slot)]>,
}

impl Change for Cut {
    fn build(
        &mut self,
        inner: &dyn Algorithm,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let built = inner.build(pool, before)?;
        if let Some(ring) = carried::<ketama::Built>(Some(&*built)) {
            self.points = ring.points().collect();
        }
        Ok(built)
    }

    fn pick(&self, _: &dyn Balancer, pick: &Pick<'_>) -> Option<Slot> {
        let point = (Hashing::default().key(pick.key()?) >> 33) as u32;
        let place = self.points.partition_point(|&(own, _)| own < point);
        self.points
            .get(place)
            .or(self.points.first())
            .map(|&(_, slot)| slot)
    }
}

/// Rings of more than a few points, whose shares two million keys tell well enough.
fn evenness_of_the_ring(reference: &str) -> bool {
    reference.starts_with("ketama, 100 points, 1,000 backends: cv")
}

#[test]
fn a_hash_cut_to_31_bits_is_caught() {
    let right = verdicts(&with("ketama", &Unchanged), evenness_of_the_ring);
    assert_eq!(failed(&right), [""; 0]);
    let points = Arc::default();
    let wrong = verdicts(&with("ketama", &Cut { points }), evenness_of_the_ring);
    assert_eq!(failed(&wrong).len(), 1);
    // Of 100 points 50 are reached, give or take 5: cv² = 1/50 + 1/100.
    let off = (wrong[0].measured - 0.03f64.sqrt()).abs();
    assert!(off < 0.005, "{}", wrong[0].measured);
}

/// A ring on which all points depend on how many there are.
#[derive(Clone, Debug)]
struct Recomputed;

impl Change for Recomputed {
    fn build(
        &mut self,
        _: &dyn Algorithm,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        Ketama::new(Seed(pool.len() as u64), Default::default()).build(pool, before)
    }
}

fn movement_of(name: &'static str) -> impl Fn(&str) -> bool {
    move |reference| {
        let of_it = reference.starts_with(&format!("{name}, "));
        of_it && (reference.contains("lost: keys") || reference.contains("one more than"))
    }
}

#[test]
fn a_ring_that_computes_the_points_of_others_anew_is_caught() {
    let right = verdicts(&with("ketama", &Unchanged), movement_of("ketama"));
    assert_eq!(failed(&right), [""; 0]);
    let wrong = verdicts(&with("ketama", &Recomputed), movement_of("ketama"));
    let failed = failed(&wrong);
    let name = "ketama, every third of 100 lost: keys moved between remaining backends";
    assert!(failed.contains(&name), "{failed:?}");
}

/// A backend that was not there at first gets a third of its keys.
#[derive(Clone, Debug, Default)]
struct Stingy {
    first: Option<BTreeSet<String>>,
}

impl Change for Stingy {
    fn build(
        &mut self,
        inner: &dyn Algorithm,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let names = pool.backends().map(|backend| backend.name().to_owned());
        self.first.get_or_insert_with(|| names.collect());
        inner.build(pool, before)
    }

    fn pick(&self, inner: &dyn Balancer, pick: &Pick<'_>) -> Option<Slot> {
        let key = Hashing::from(Seed(99)).key(pick.key()?);
        let old = |slot: Slot| {
            let name = pick.pool().backend(slot).name();
            self.first
                .as_ref()
                .is_some_and(|first| first.contains(name))
        };
        inner.pick(&pick.within(&|slot| pick.permits(slot) && (old(slot) || key % 3 == 0)))
    }
}

#[test]
fn a_newcomer_that_gets_less_than_half_its_share_is_caught() {
    let right = verdicts(&with("rendezvous", &Unchanged), movement_of("rendezvous"));
    assert_eq!(failed(&right), [""; 0]);
    let wrong = verdicts(
        &with("rendezvous", &Stingy::default()),
        movement_of("rendezvous"),
    );
    let expected = "rendezvous, one more than 50: share taken relative to its own, of 20 seeds";
    assert_eq!(failed(&wrong), [expected]);
}

/// The quick ones; those of the queues are simulated a million requests long elsewhere.
#[test]
fn the_simulation_is_what_is_known_of_it() {
    let quick =
        |reference: &str| reference.ends_with("hits") || reference.ends_with("within a second");
    let verdicts = verify::run(Subject::Simulation, &Lineup::ours(), quick, || ()).unwrap();
    assert_eq!(verdicts.len(), 6);
    assert_eq!(failed(&verdicts), [""; 0], "{verdicts:?}");
}

/// Enough repetitions to see that every kind of claim is measured; whether they hold takes a thousand.
#[test]
fn the_statistics_of_every_report_are_measured() {
    let rates = evenkeel::verify::statistics::rates(8, || ()).unwrap();
    for start in ["synthetic", "compare", "simulate"] {
        let of = rates.iter().filter(|rate| rate.figure.starts_with(start));
        assert!(of.clone().count() > 5, "{start}");
        assert!(
            of.clone()
                .all(|rate| rate.repetitions == 8 && rate.low <= rate.share)
        );
    }
    let covers = |name: &str| {
        let rate = rates.iter().find(|rate| rate.figure == name).unwrap();
        rate.share
    };
    // The chance of fewer is below one in ten thousand.
    assert!(covers("simulate, 20 runs, random, mean_ns") >= 0.5);
    assert!(covers("simulate, 5 runs, 5 equal strategies, mean_ns: one is better") <= 0.5);
}
