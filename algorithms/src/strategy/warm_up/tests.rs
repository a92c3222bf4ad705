use super::*;
use crate::{Anchor, Jump, Ketama, LoadBalancer, Maglev, Rendezvous, RoundRobin};
use std::sync::atomic::{AtomicU64, Ordering};

const KEYS: u32 = 5_000;

struct Warming {
    clock: Arc<AtomicU64>,
    balancer: LoadBalancer,
}

impl Warming {
    /// Creates a warm-up of ten steps of one second.
    fn new(inner: impl Algorithm, names: &[&str]) -> Self {
        let clock = Arc::new(AtomicU64::new(100));
        let read = Arc::clone(&clock);
        let options = Options::over(Duration::from_secs(10)).unwrap();
        let balancer = LoadBalancer::with_clock(
            WarmUp::new(inner, Hashing::default(), options),
            Pool::new(names.iter().copied()).unwrap(),
            move || Duration::from_secs(read.load(Ordering::Relaxed)),
        );
        let balancer = balancer.unwrap();
        Self { clock, balancer }
    }

    fn step(&self, by: u64) {
        self.clock.fetch_add(by, Ordering::Relaxed);
    }

    fn owners(&self) -> Vec<String> {
        let owner = |key: u32| {
            let ticket = self.balancer.route(Some(&key.to_le_bytes())).unwrap();
            ticket.backend().name().to_owned()
        };
        (0..KEYS).map(owner).collect()
    }
}

fn owned(owners: &[String], name: &str) -> usize {
    owners.iter().filter(|owner| *owner == name).count()
}

fn inners() -> [Box<dyn Algorithm>; 4] {
    [
        Box::new(Rendezvous::default()),
        Box::new(Ketama::default()),
        Box::new(Anchor::default()),
        Box::new(Jump::default()),
    ]
}

/// Picks by key, and counts the outcomes that were reported to it, through all pools.
#[derive(Debug, Default)]
struct Told(AtomicU64);

#[derive(Debug)]
struct Telling;

impl Algorithm for Telling {
    fn build(
        &self,
        _: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let told = carried::<Told>(before).map_or(0, |told| told.0.load(Ordering::Relaxed));
        Ok(Box::new(Told(told.into())))
    }

    fn profile(&self) -> Profile {
        Profile {
            key: Key::Required,
            on_outcome: true,
            ..Profile::TURNS
        }
    }
}

impl Balancer for Told {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let slots = pick.pool().slots();
        slots.filter(|&slot| pick.allows(slot)).last()
    }

    fn on_outcome(&self, pool: &Pool, slot: Slot, _: Outcome, _: Duration) {
        assert_eq!(pool.backend(slot).name(), "b");
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn on_report(&self, pool: &Pool, slot: Slot, _: Report, _: Duration) {
        assert_eq!(pool.backend(slot).name(), "b");
        self.0.fetch_add(100, Ordering::Relaxed);
    }

    fn describe(&self, _: &mut Fingerprint) {}
}

#[test]
fn layers_learn_and_keep_their_state() {
    let warming = Warming::new(Telling, &["x", "b"]);
    warming.balancer.update(["c", "x", "b"]).unwrap();
    let ticket = warming.balancer.route(Some(b"key")).unwrap();
    ticket.finish(Outcome::success(Duration::from_millis(1)));
    let report = Report {
        in_flight: 1,
        latency: Duration::from_millis(1),
    };
    warming.balancer.report("b", report).unwrap();
    let learnt = || {
        let snapshot = warming.balancer.snapshot();
        let built = carried::<Built>(Some(snapshot.balancer())).unwrap();
        let told = |balancer: &dyn Balancer| {
            let told = carried::<Told>(Some(balancer)).unwrap();
            told.0.load(Ordering::Relaxed)
        };
        let layers: Vec<_> = built
            .layers
            .iter()
            .map(|layer| told(&*layer.balancer))
            .collect();
        (told(&*built.inner), layers)
    };
    assert_eq!(learnt(), (101, vec![101]));
    warming.balancer.set_healthy("x", false).unwrap();
    assert_eq!(learnt(), (101, vec![101]));
}

#[test]
fn keys_move_to_a_newcomer_only_and_each_once_until_it_has_its_share() {
    for (inner, same) in inners().into_iter().zip(inners()) {
        let warming = Warming::new(inner, &["a", "b", "c"]);
        warming.balancer.update(["a", "b", "c", "d"]).unwrap();
        let mut before = warming.owners();
        assert_eq!(owned(&before, "d"), 0);
        let cold = Warming::new(same, &["a", "b", "c"]).owners();
        assert_eq!(before, cold);
        for step in 1..=12 {
            warming.step(1);
            let now = warming.owners();
            let moved = before.iter().zip(&now).filter(|(was, is)| was != is);
            assert!(moved.into_iter().all(|(_, is)| is == "d"));
            let due = KEYS as usize / 4 * step.min(10) / 10;
            let off = owned(&now, "d").abs_diff(due);
            assert!(off < 150, "{step}: {off}");
            before = now;
        }
    }
}

#[test]
fn a_warm_newcomer_is_as_if_it_had_always_been_there() {
    let warming = Warming::new(Rendezvous::default(), &["a", "b", "c"]);
    warming.balancer.update(["a", "b", "c", "d"]).unwrap();
    warming.owners();
    let whole = Warming::new(Rendezvous::default(), &["a", "b", "c", "d"]);
    assert_ne!(warming.balancer.fingerprint(), whole.balancer.fingerprint());
    warming.step(10);
    assert_eq!(warming.owners(), whole.owners());
    assert_eq!(warming.balancer.fingerprint(), whole.balancer.fingerprint());
}

/// Two backends join at once, and a third while they warm up: a key goes to the last of those that own it in the end,
/// never to another of them first.
#[test]
fn a_key_moves_once_for_each_change() {
    let warming = Warming::new(Rendezvous::default(), &["a", "b"]);
    let mut history = vec![warming.owners()];
    warming.balancer.update(["a", "b", "c", "d"]).unwrap();
    for step in 0..25 {
        history.push(warming.owners());
        warming.step(1);
        if step == 4 {
            warming.balancer.update(["a", "b", "c", "d", "e"]).unwrap();
        }
    }
    for key in 0..KEYS as usize {
        let mut road: Vec<_> = history.iter().map(|owners| &*owners[key]).collect();
        road.dedup();
        let changes = road.windows(2).map(|pair| (pair[0], pair[1]));
        let to_e = changes.clone().filter(|&(_, to)| to == "e").count();
        let to_cd = changes
            .clone()
            .filter(|&(_, to)| to == "c" || to == "d")
            .count();
        assert!(
            to_e <= 1 && to_cd <= 1 && changes.count() == to_e + to_cd,
            "{road:?}"
        );
    }
}

#[test]
fn newcomers_are_picked_if_no_other_backend_may_be() {
    let warming = Warming::new(Maglev::default(), &["a"]);
    warming.balancer.update(["a", "b"]).unwrap();
    assert_eq!(owned(&warming.owners(), "a"), KEYS as usize);
    warming.balancer.set_healthy("a", false).unwrap();
    assert_eq!(owned(&warming.owners(), "b"), KEYS as usize);
    warming.balancer.update(["b"]).unwrap();
    assert_eq!(owned(&warming.owners(), "b"), KEYS as usize);
}

/// If a backend leaves while newcomers are cold, only its own keys move: newcomers have taken no number from the
/// others.
#[test]
fn with_numbered_buckets_joining_and_leaving_moves_no_other_key() {
    for inner in inners() {
        let warming = Warming::new(inner, &["a", "b", "c", "d", "e", "f"]);
        let changes: [&[&str]; 6] = [
            &["b", "c", "d", "e", "f"],
            &["c", "d", "e", "f"],
            &["c", "d", "e", "f", "x", "y"],
            &["c", "d", "e", "x", "y"],
            &["c", "d", "e", "x", "y", "z"],
            &["d", "e", "x", "y", "z"],
        ];
        let mut before = warming.owners();
        for members in changes {
            warming.balancer.update(members.iter().copied()).unwrap();
            let after = warming.owners();
            let moved = before.iter().zip(&after).filter(|(was, is)| was != is);
            for (was, is) in moved {
                assert!(!members.contains(&&**was), "{was} to {is} at {members:?}");
            }
            before = after;
        }
    }
}

/// A question, and a what-if besides it, start no warm-up.
#[test]
fn a_newcomer_warms_up_from_when_it_joined() {
    let warming = Warming::new(Rendezvous::default(), &["a", "b"]);
    warming.balancer.update(["a", "b", "c"]).unwrap();
    warming.step(5);
    let copy = LoadBalancer::fork(&warming.balancer.snapshot(), |_| 0).unwrap();
    let half = owned(&warming.owners(), "c");
    assert!((KEYS as usize / 6).abs_diff(half) < 150, "{half}");
    for key in 0..KEYS {
        let owners =
            [&copy, &warming.balancer].map(|balancer| balancer.owners(&key.to_le_bytes(), 3));
        assert_eq!(owners[0], owners[1]);
    }
}

/// The newcomer is first in the list, so that the others had other slots before.
#[test]
fn steps_name_backends_of_the_whole_pool() {
    let warming = Warming::new(Ketama::default(), &["b", "c"]);
    warming.balancer.update(["a", "b", "c"]).unwrap();
    for key in (0..100u32).map(u32::to_le_bytes) {
        let mut owners = Vec::new();
        let mut tell = |step: Step<'_>| {
            if let Step::Point { owner, .. } = step {
                owners.push(owner);
            }
        };
        let answer = warming.balancer.trace(Some(&key), &[], &mut tell).unwrap();
        assert_eq!(owners.pop(), Some(answer.slot()));
        assert!(owners.is_empty() || owners == [Slot(0)]);
    }
}

#[test]
fn without_a_clock_newcomers_are_warm_at_once() {
    let options = Options::over(Options::MAX).unwrap();
    let warm_up = WarmUp::new(Rendezvous::default(), Hashing::default(), options);
    let balancer = LoadBalancer::new(warm_up, Pool::new(["a", "b"]).unwrap()).unwrap();
    balancer.update(["a", "b", "c"]).unwrap();
    let plain = Pool::new(["a", "b", "c"]).unwrap();
    let plain = LoadBalancer::new(Rendezvous::default(), plain).unwrap();
    for key in (0..KEYS).map(u32::to_le_bytes) {
        let owner = |balancer: &LoadBalancer| balancer.owners(&key, 1).unwrap();
        assert_eq!(owner(&balancer), owner(&plain));
    }
}

#[test]
fn invalid_times_and_algorithms_without_a_key_are_rejected() {
    for time in [Duration::ZERO, Options::MAX + Duration::from_nanos(1)] {
        assert_eq!(
            Options::over(time),
            Err(BuildError::WarmUp {
                time,
                max: Options::MAX
            })
        );
    }
    let options = Options::over(Options::MAX).unwrap();
    let warm_up = WarmUp::new(RoundRobin, Hashing::default(), options);
    let error = LoadBalancer::new(warm_up, Pool::new(["a"]).unwrap()).unwrap_err();
    assert_eq!(error, BuildError::WarmUpWithoutKey);
}
