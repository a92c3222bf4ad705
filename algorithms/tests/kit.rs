//! The kit of laws on strategies that break one: it names the law, and the counter-example is small.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use evenkeel_algorithms::contract::{self, Broken, Effort, Subject, Verdict, laws};
use evenkeel_algorithms::strategy::{modulo, rendezvous};
use evenkeel_algorithms::{
    Algorithm, Balancer, BuildError, Card, Family, Fingerprint, Hashing, Key, Pick, Pool, Profile,
    Slot, SlotSet, Step, carried,
};

/// A strategy that picks by a function.
#[derive(Clone, Copy)]
struct Wrong {
    name: &'static str,
    profile: Profile,
    pick: fn(&Pick<'_>) -> Option<Slot>,
}

impl Algorithm for Wrong {
    fn build(&self, _: &Pool, _: Option<&dyn Balancer>) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(*self))
    }

    fn profile(&self) -> Profile {
        self.profile
    }
}

impl Balancer for Wrong {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        (self.pick)(pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        if !self.name.is_empty() {
            fingerprint.text(self.name);
        }
    }
}

impl fmt::Debug for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

fn card(
    family: Family,
    make: impl Fn() -> Box<dyn Algorithm> + Send + Sync + 'static,
) -> &'static Card {
    let make = Box::leak(Box::new(move |_, _: &_| make()));
    Box::leak(Box::new(Card::new("wrong", family, make)))
}

/// Returns the verdict of the kit on a strategy, which must be reproducible and small.
fn broken(card: &'static Card) -> Broken {
    let [broken, again] = [(); 2].map(|()| contract::check(card).unwrap_err());
    assert_eq!(broken, again);
    assert!(
        backends(&broken) <= 3 && broken.steps.len() <= 6,
        "{broken}"
    );
    broken
}

/// Returns the number of backends of a counter-example.
fn backends(broken: &Broken) -> usize {
    let words = broken.steps.iter().flat_map(|step| step.split([' ', ',']));
    let names = words.filter(|word| {
        let number = word.strip_prefix('b');
        number.is_some_and(|number| number.parse::<u8>().is_ok())
    });
    names.collect::<BTreeSet<_>>().len()
}

fn law(name: &'static str, profile: Profile, pick: fn(&Pick<'_>) -> Option<Slot>) -> &'static str {
    let card = card(Family::Scores, move || {
        Box::new(Wrong {
            name,
            profile,
            pick,
        })
    });
    let broken = broken(card);
    println!("{broken}");
    broken.law
}

const UNWEIGHTED: Profile = Profile::MINIMAL.without_weights();

fn hash(key: &[u8], name: &str) -> u64 {
    Hashing::default().key(&[key, name.as_bytes()].concat())
}

/// Returns the best score among some backends.
fn best(pick: &Pick<'_>, among: impl Fn(Slot) -> bool) -> Option<Slot> {
    let (pool, key) = (pick.pool(), pick.key()?);
    let slots = pool.slots().filter(|&slot| among(slot));
    slots.max_by_key(|&slot| hash(key, pool.backend(slot).name()))
}

/// Returns the remainder among some backends, and the next ones.
fn remainder(pick: &Pick<'_>, slots: &[Slot]) -> Option<Slot> {
    let first = hash(pick.key()?, "") as usize % slots.len();
    let order = slots.iter().cycle().skip(first).take(slots.len());
    order.copied().find(|&slot| pick.allows(slot))
}

#[test]
fn a_sound_strategy_of_another_crate_keeps_all_laws() {
    let card = card(Family::Scores, || {
        Box::new(Wrong {
            name: "right",
            profile: UNWEIGHTED,
            pick: |pick| best(pick, |slot| pick.allows(slot)),
        })
    });
    contract::check(card).unwrap();
}

#[test]
fn a_remainder_is_not_minimal() {
    let pick = |pick: &Pick<'_>| {
        let slots = pick.pool().slots_by_name();
        if slots.is_empty() {
            None
        } else {
            remainder(pick, slots)
        }
    };
    assert_eq!(law("remainder", UNWEIGHTED, pick), "minimal-movement");
}

#[test]
fn unhealthy_backends_are_not_picked() {
    let pick = |pick: &Pick<'_>| best(pick, |slot| pick.permits(slot));
    assert_eq!(law("unhealthy", UNWEIGHTED, pick), "allowed-only");
}

#[test]
fn a_tried_backend_is_not_picked_again() {
    let pick = |pick: &Pick<'_>| best(pick, |slot| pick.pool().admits(slot));
    assert_eq!(law("tried", UNWEIGHTED, pick), "allowed-only");
}

#[test]
fn an_allowed_backend_is_found() {
    let first = |pick: &Pick<'_>| best(pick, |_| true).filter(|&slot| pick.allows(slot));
    assert_eq!(law("gives-up", UNWEIGHTED, first), "allowed-only");
}

#[test]
fn weights_make_a_difference() {
    let pick = |pick: &Pick<'_>| best(pick, |slot| pick.allows(slot));
    assert_eq!(law("unweighted", Profile::MINIMAL, pick), "weights");
}

#[test]
fn order_makes_no_difference() {
    let profile = UNWEIGHTED.without_minimal();
    let pick = |pick: &Pick<'_>| {
        let slots: Vec<_> = pick.pool().slots().collect();
        if slots.is_empty() {
            None
        } else {
            remainder(pick, &slots)
        }
    };
    assert_eq!(law("ordered", profile, pick), "order-free");
}

#[test]
fn an_empty_pool_causes_no_panic() {
    let profile = UNWEIGHTED.without_minimal();
    let pick = |pick: &Pick<'_>| remainder(pick, pick.pool().slots_by_name());
    let card = card(Family::Modulo, move || {
        Box::new(Wrong {
            name: "panic",
            profile,
            pick,
        })
    });
    let broken = broken(card);
    assert_eq!((broken.law, backends(&broken)), ("allowed-only", 0));
    assert!(
        broken.found.contains("remainder with a divisor of zero"),
        "{broken}"
    );
}

#[test]
fn a_strategy_that_cannot_be_made_breaks_a_law() {
    let broken = broken(card(Family::Ring, || panic!("no ring available")));
    assert!(broken.found.ends_with("no ring available"), "{broken}");
}

#[test]
fn equal_keys_have_equal_answers() {
    static ASKED: AtomicU64 = AtomicU64::new(0);
    let pick = |pick: &Pick<'_>| {
        let slots: Vec<_> = pick
            .pool()
            .slots()
            .filter(|&slot| pick.allows(slot))
            .collect();
        pick.key()?;
        let asked = ASKED.fetch_add(1, Ordering::Relaxed) as usize;
        asked.checked_rem(slots.len()).map(|place| slots[place])
    };
    assert_eq!(
        law_once("counter", UNWEIGHTED.without_minimal(), pick),
        "deterministic"
    );
}

/// Returns the law that is broken, for a strategy whose answers are not reproducible.
fn law_once(
    name: &'static str,
    profile: Profile,
    pick: fn(&Pick<'_>) -> Option<Slot>,
) -> &'static str {
    let card = card(Family::Scores, move || {
        Box::new(Wrong {
            name,
            profile,
            pick,
        })
    });
    contract::check(card).unwrap_err().law
}

#[test]
fn only_the_keys_of_a_failed_backend_move() {
    let pick = |pick: &Pick<'_>| {
        let pool = pick.pool();
        let slots = pool
            .slots_by_name()
            .iter()
            .copied()
            .filter(|&slot| pool.is_active(slot));
        let slots: Vec<_> = slots.collect();
        if slots.is_empty() {
            None
        } else {
            remainder(pick, &slots)
        }
    };
    assert_eq!(
        law("rehashes", UNWEIGHTED.without_minimal(), pick),
        "failover"
    );
}

#[test]
fn a_key_is_required_if_the_profile_says_so() {
    let profile = UNWEIGHTED.with_key(Key::Unused).without_minimal();
    let pick = |pick: &Pick<'_>| best(pick, |slot| pick.allows(slot));
    assert_eq!(law("key", profile, pick), "key-use");
}

#[test]
fn a_fingerprint_covers_the_strategy() {
    let pick = |pick: &Pick<'_>| best(pick, |slot| pick.allows(slot));
    assert_eq!(law("", UNWEIGHTED, pick), "fingerprint");
}

/// Picks the first backend that joined, without declaring that it depends on history.
#[derive(Debug)]
struct FirstCome;

/// The names in the order of joining.
#[derive(Debug)]
struct Joined(Vec<String>);

impl Algorithm for FirstCome {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let mut names = carried::<Joined>(before).map_or_else(Vec::new, |before| before.0.clone());
        names.retain(|name| pool.slot(name).is_some());
        for &slot in pool.slots_by_name() {
            let name = pool.backend(slot).name();
            if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        Ok(Box::new(Joined(names)))
    }

    fn profile(&self) -> Profile {
        UNWEIGHTED
    }
}

impl Balancer for Joined {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        pick.key()?;
        let mut slots = self.0.iter().filter_map(|name| pick.pool().slot(name));
        slots.find(|&slot| pick.allows(slot))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text("first-come");
    }
}

#[test]
fn earlier_changes_of_a_pool_make_no_difference() {
    let broken = broken(card(Family::Scores, || Box::new(FirstCome)));
    assert_eq!(broken.law, "path-independent");
}

/// Keeps an index over the counts, without being notified when requests end.
#[derive(Debug)]
struct Deaf;

#[derive(Debug)]
struct Heard(Mutex<Vec<u64>>);

impl Algorithm for Deaf {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let counts = pool.slots().map(|slot| pool.in_flight(slot));
        Ok(Box::new(Heard(Mutex::new(counts.collect()))))
    }

    fn profile(&self) -> Profile {
        Profile::TURNS
            .without_weights()
            .with_in_flight()
            .with_changes()
    }
}

impl Balancer for Heard {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let counts = self.0.lock().expect("no panic before");
        let slots = pick.pool().slots().filter(|&slot| pick.allows(slot));
        slots.min_by_key(|slot| counts[slot.index()])
    }

    fn on_change(&self, pool: &Pool, slot: Slot) {
        let mut counts = self.0.lock().expect("no panic before");
        let count = &mut counts[slot.index()];
        *count = pool.in_flight(slot).max(*count);
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text("deaf");
    }
}

#[test]
fn the_least_loaded_backend_is_found() {
    let broken = broken(card(Family::Fewest, || Box::new(Deaf)));
    assert_eq!(broken.law, "least-loaded");
}

/// Traces differently than it picks.
#[derive(Clone, Copy, Debug)]
struct Liar;

impl Algorithm for Liar {
    fn build(&self, _: &Pool, _: Option<&dyn Balancer>) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(*self))
    }

    fn profile(&self) -> Profile {
        UNWEIGHTED
    }
}

impl Balancer for Liar {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        best(pick, |slot| pick.allows(slot))
    }

    fn trace(&self, pick: &Pick<'_>, _: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let best: SlotSet = self.pick(pick).into_iter().collect();
        let second = pick.excluding(&best);
        self.pick(&second).or(self.pick(pick))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text("liar");
    }
}

#[test]
fn a_trace_agrees_with_the_pick() {
    assert_eq!(broken(card(Family::Scores, || Box::new(Liar))).law, "trace");
}

#[test]
fn a_counter_example_can_be_read_and_replayed() {
    let broken = broken(card(Family::Scores, || Box::new(FirstCome)));
    assert_eq!(
        broken.to_string(),
        "`wrong` breaks the law `path-independent`: answers by key depend on the pool (and its numbering, \
         if the profile says so), not on the changes before
  start with no backend
  join b1 weight 1
  join b0 weight 1
  request key k0 → b1, but b0 in a load balancer that is built for this pool"
    );
    assert_eq!(format!("{broken:?}"), format!("\n{broken}"));
}

#[test]
fn a_law_that_is_not_promised_can_be_asked() {
    let minimal = laws()
        .iter()
        .find(|law| law.name == "minimal-movement")
        .unwrap();
    let ask = |card| {
        let subject = Subject::new(card).with_effort(Effort::SMALL);
        (minimal.check(&subject), minimal.ask(&subject))
    };
    let (promised, asked) = ask(&modulo::CARD);
    assert_eq!(
        promised,
        Verdict::NotApplicable("its profile does not promise it (minimal)")
    );
    assert!(asked.broken().is_some());
    assert_eq!(ask(&rendezvous::CARD), (Verdict::Kept, Verdict::Kept));
}

#[test]
fn the_names_of_laws_are_distinct() {
    let mut names: Vec<_> = laws().iter().map(|law| law.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
    assert!(names.iter().all(|name| name.bytes().all(is_plain)));
}
