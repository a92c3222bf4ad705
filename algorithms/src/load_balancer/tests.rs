use super::*;
use crate::failure::Failure;
use crate::hash::Fingerprint;
use crate::outcome::Outcome;
use crate::profile::Profile;
use crate::sync::Mutex;

/// An algorithm with a lifetime that can be observed from outside.
#[derive(Clone, Debug)]
struct Watched {
    _life: Arc<()>,
}

impl Algorithm for Watched {
    fn build(&self, _: &Pool, _: Option<&dyn Balancer>) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(self.clone()))
    }

    fn profile(&self) -> Profile {
        Profile::TURNS
    }
}

impl Balancer for Watched {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        pick.pool().slots().find(|&slot| pick.allows(slot))
    }

    fn describe(&self, _: &mut Fingerprint) {}
}

#[test]
fn a_dropped_load_balancer_leaves_nothing_behind() {
    let life = Arc::new(());
    let watched = Watched {
        _life: Arc::clone(&life),
    };
    let balancer = LoadBalancer::new(watched, Pool::new(["a", "b"]).unwrap()).unwrap();
    let home = std::sync::Arc::downgrade(&balancer.home);
    let ticket = balancer.route(None).unwrap();
    balancer.update(["b", "c"]).unwrap();
    drop(balancer);
    assert_eq!(
        Arc::strong_count(&life),
        1,
        "the balancer is still referenced"
    );
    drop(ticket);
    assert_eq!(home.strong_count(), 0, "members and home hold each other");
}

/// An algorithm with a single answer.
#[derive(Debug)]
struct Stubborn;

impl Algorithm for Stubborn {
    fn build(&self, _: &Pool, _: Option<&dyn Balancer>) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(Self))
    }

    fn profile(&self) -> Profile {
        Profile::MINIMAL
    }
}

impl Balancer for Stubborn {
    fn pick(&self, _: &Pick<'_>) -> Option<Slot> {
        Some(Slot::new(0))
    }

    fn describe(&self, _: &mut Fingerprint) {}
}

/// The time of a notification, and the outcome unless it was a pick.
type Heard = Arc<Mutex<Vec<(Duration, Option<Outcome>)>>>;

/// An algorithm that records the time of each pick and its notifications.
#[derive(Clone, Debug)]
struct Told {
    outcomes: bool,
    heard: Heard,
}

impl Told {
    fn hear(&self, now: Duration, outcome: Option<Outcome>) {
        self.heard.lock().unwrap().push((now, outcome));
    }
}

impl Algorithm for Told {
    fn build(&self, _: &Pool, _: Option<&dyn Balancer>) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(self.clone()))
    }

    fn profile(&self) -> Profile {
        Profile {
            on_outcome: self.outcomes,
            ..Profile::TURNS
        }
    }
}

impl Balancer for Told {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.hear(pick.now().unwrap_or_default(), None);
        pick.pool().slots().find(|&slot| pick.allows(slot))
    }

    fn on_outcome(&self, _: &Pool, _: Slot, outcome: Outcome, now: Duration) {
        self.hear(now, Some(outcome));
    }

    fn describe(&self, _: &mut Fingerprint) {}
}

#[test]
fn outcomes_reach_a_balancer_that_wants_them_with_the_given_clock() {
    let outcome = Outcome::success(Duration::from_millis(4));
    for outcomes in [true, false] {
        let heard = Heard::default();
        let told = Told {
            outcomes,
            heard: Arc::clone(&heard),
        };
        let pool = Pool::new(["a", "b"]).unwrap();
        let clock = || Duration::from_secs(5);
        let balancer = LoadBalancer::with_clock(told, pool, clock).unwrap();
        let [here, dropped, gone, back] = [(); 4].map(|()| balancer.route(None).unwrap());
        heard.lock().unwrap().clear();
        drop(dropped);
        balancer.update(["b", "a"]).unwrap();
        here.finish(outcome);
        balancer.update(["b"]).unwrap();
        gone.finish(outcome);
        balancer.update(["a"]).unwrap();
        back.finish(outcome);
        balancer.route(None).unwrap().release();
        let expected = [(clock(), Some(outcome)), (clock(), None)];
        let skipped = usize::from(!outcomes);
        assert_eq!(*heard.lock().unwrap(), expected[skipped..]);
    }
}

#[test]
fn without_a_clock_there_is_no_time() {
    let pool = Pool::new(["a"]).unwrap();
    assert_eq!(Pick::new(&pool, None).now(), None);
    let told = Told {
        outcomes: true,
        heard: Arc::default(),
    };
    let heard = Arc::clone(&told.heard);
    let balancer = LoadBalancer::new(told, pool).unwrap();
    balancer.route(None).unwrap().release();
    assert_eq!(*heard.lock().unwrap(), [(Duration::ZERO, None)]);
}

#[test]
fn owners_are_distinct_whatever_the_balancer_returns() {
    let pool = Pool::new(["a", "b"]).unwrap();
    let balancer = LoadBalancer::new(Stubborn, pool).unwrap();
    assert_eq!(balancer.owners(b"k", usize::MAX).unwrap().len(), 1);
}

/// Attached data survives every change that does not replace it.
#[test]
fn a_change_of_some_backends_keeps_the_others_as_they_are() {
    let data = std::sync::Arc::new("connection");
    let first = Backend::new("a").with_data(std::sync::Arc::clone(&data));
    let pool = Pool::new([first, "b".into()]).unwrap();
    let balancer = LoadBalancer::new(crate::RoundRobin, pool).unwrap();
    let open = balancer.hold("a").unwrap();
    balancer.set_healthy("b", false).unwrap();
    balancer
        .update_with(|backends| {
            backends[1] = Backend::new("b").with_weight(crate::Weight::new(3).unwrap());
            backends.push("c".into());
        })
        .unwrap();
    let snapshot = balancer.snapshot();
    let pool = snapshot.pool();
    assert!(pool.backends().map(Backend::name).eq(["a", "b", "c"]));
    assert_eq!(pool.backend(Slot(0)).data(), Some(&*data));
    assert_eq!(
        (pool.in_flight(Slot(0)), pool.weight(Slot(1)).get()),
        (1, 3)
    );
    assert!(!pool.is_eligible(Slot(1)));
    let twice = balancer.update_with(|backends| backends.push("a".into()));
    assert_eq!(twice, Err(BuildError::DuplicateName { name: "a".into() }));
    assert_eq!(balancer.snapshot().pool().len(), 3);
    drop(open);
}

/// An algorithm that is built from the healthy backends only, and cannot be built from a single one.
#[derive(Clone, Copy, Debug)]
struct Pair;

impl Algorithm for Pair {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let healthy = pool.slots().filter(|&slot| pool.is_eligible(slot));
        match healthy.count() {
            1 => Err(BuildError::ZeroWeight),
            _ => Ok(Box::new(*self)),
        }
    }

    fn profile(&self) -> Profile {
        Profile::TURNS.with_rebuilds_on_health()
    }
}

impl Balancer for Pair {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        pick.pool().slots().find(|&slot| pick.allows(slot))
    }

    fn describe(&self, _: &mut Fingerprint) {}
}

#[test]
fn health_is_set_even_if_the_algorithm_cannot_be_built_for_it() {
    let balancer = LoadBalancer::new(Pair, Pool::new(["a", "b"]).unwrap()).unwrap();
    let name = |answer: Result<Ticket, _>| answer.unwrap().backend().name().to_owned();
    let error = balancer.set_healthy("a", false).unwrap_err();
    assert_eq!(error, HealthError::Build(BuildError::ZeroWeight));
    assert_eq!(error.to_string(), BuildError::ZeroWeight.to_string());
    assert_eq!(name(balancer.route(None)), "b");
    // Setting the same health again changes nothing.
    assert_eq!(balancer.set_healthy("a", false), Ok(()));
    assert_eq!(balancer.set_healthy("a", true), Ok(()));
    assert_eq!(name(balancer.route(None)), "a");
    let error = balancer.set_healthy("c", false).unwrap_err();
    let unknown = UnknownBackend {
        name: "c".to_owned(),
    };
    assert_eq!(error.to_string(), "there is no backend `c`");
    assert_eq!(error, HealthError::UnknownBackend(unknown));
}

/// An algorithm that has to wait, and fails for picks without a key.
#[derive(Clone, Debug, Default)]
struct Waiting {
    /// The number of picks of each call.
    asked: Arc<Mutex<Vec<usize>>>,
}

impl Algorithm for Waiting {
    fn build(&self, _: &Pool, _: Option<&dyn Balancer>) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(self.clone()))
    }

    fn profile(&self) -> Profile {
        Profile::TURNS
    }
}

impl Balancer for Waiting {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        Some(Slot::new(pick.key()?.len()))
    }

    fn pick_each(&self, picks: &[Pick<'_>], slots: &mut Vec<Option<Slot>>) {
        self.asked.lock().unwrap().push(picks.len());
        slots.extend(picks.iter().map(|pick| self.pick(pick)));
    }

    fn failure(&self) -> Option<Failure> {
        Some(Failure::new("no key"))
    }

    fn describe(&self, _: &mut Fingerprint) {}
}

#[test]
fn a_waiting_balancer_gets_many_picks_at_once_and_reports_its_failure() {
    let waiting = Waiting::default();
    let pool = Pool::new(["a", "b", "c"]).unwrap();
    let balancer = LoadBalancer::new(waiting.clone(), pool).unwrap();
    let snapshot = balancer.snapshot();
    let keys: Vec<_> = (0..2_500).map(|number| vec![0; number % 3]).collect();
    let picks = keys.iter().map(|key| Pick::new(snapshot.pool(), Some(key)));
    let mut answers = Vec::new();
    snapshot.pick_each(picks, |answer| answers.push(answer.unwrap().index()));
    assert!(answers.into_iter().eq((0..2_500).map(|number| number % 3)));
    assert_eq!(*waiting.asked.lock().unwrap(), [1_024, 1_024, 452]);
    let failed = RouteError::Failed(Failure::new("no key"));
    assert_eq!(balancer.route(None).unwrap_err(), failed);
    assert_eq!(failed.to_string(), "no key");
}
