//! Panic routing inside wrappers: Envoy's balancers pick there as they pick alone, including hosts that are down when
//! too few are up.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::common::{backends, keys};
use evenkeel_algorithms::contract::{Around, Relay};
use evenkeel_algorithms::dialect::envoy_hash;
use evenkeel_algorithms::strategy::bounded_load::Overflow;
use evenkeel_algorithms::strategy::warm_up;
use evenkeel_algorithms::{
    Algorithm, Backend, Balancer, BuildError, Card, Hashing, LoadBalancer, Options, Pick, Pool,
    Profile, RouteError, Seed, Slot, SlotSet, WarmUp, carried,
};

const CARDS: [&Card; 2] = [&envoy_hash::MAGLEV, &envoy_hash::RING];

fn algorithm(card: &Card) -> Box<dyn Algorithm> {
    card.algorithm(Seed::DEFAULT, &Options::default())
}

/// Returns three hosts, of which those in the mask are down.
fn hosts(down: usize) -> Vec<Backend> {
    let hosts = backends(&[1, 2, 3]).into_iter().enumerate();
    hosts
        .map(|(index, host)| host.with_down(down >> index & 1 == 1))
        .collect()
}

fn balancer(algorithm: impl Algorithm, hosts: Vec<Backend>) -> LoadBalancer {
    let pool = Pool::new(hosts).expect("distinct names");
    LoadBalancer::new(algorithm, pool).expect("fitting options")
}

/// An algorithm whose balancers are boxed once more.
#[derive(Debug)]
struct Boxed(Box<dyn Algorithm>);

impl Algorithm for Boxed {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let before = carried::<Box<dyn Balancer>>(before).map(|before| &**before);
        Ok(Box::new(self.0.build(pool, before)?))
    }

    fn profile(&self) -> Profile {
        self.0.profile()
    }
}

/// Returns an algorithm in each wrapper, including custom wrappers.
fn enclosed(card: &'static Card) -> Vec<(String, Box<dyn Algorithm>)> {
    let mut all: Vec<(String, Box<dyn Algorithm>)> = vec![
        ("custom".to_owned(), Box::new(Relay(algorithm(card)))),
        ("boxed".to_owned(), Box::new(Boxed(algorithm(card)))),
    ];
    for around in Around::ALL {
        let (inside, outside) = (Relay(algorithm(card)), around.enclose(algorithm(card)));
        let inside = around.enclose(Box::new(inside));
        all.extend([
            (format!("{around:?}"), around.enclose(algorithm(card))),
            (format!("custom in {around:?}"), inside),
            (format!("{around:?} in custom"), Box::new(Relay(outside))),
        ]);
    }
    all
}

/// An answer and the steps that led to it.
type Told = (Result<Slot, RouteError>, Vec<String>);

/// Returns the answers of a balancer to requests with and without a key that have tried each set of hosts, and the
/// owners of the keys.
fn told(balancer: &LoadBalancer) -> (Vec<Told>, Vec<Vec<Slot>>) {
    let (snapshot, mut all, mut owners) = (balancer.snapshot(), Vec::new(), Vec::new());
    for key in keys(0..60) {
        for tried in 0..8usize {
            let tried: SlotSet = (0..3)
                .filter(|slot| tried >> slot & 1 == 1)
                .map(Slot::new)
                .collect();
            let told = [Some(&key[..]), None].map(|key| {
                let pick = Pick::new(snapshot.pool(), key).excluding(&tried);
                // A bound looks twice if no backend is left, which draws one more number without a key.
                let pick = if snapshot.pick(&pick.question()).is_ok() {
                    pick
                } else {
                    pick.question()
                };
                let mut steps = Vec::new();
                let answer = snapshot.trace(&pick, &mut |step| steps.push(format!("{step:?}")));
                (answer, steps)
            });
            all.extend(told);
        }
        owners.push(snapshot.owners(&key, 3).expect("an algorithm by key"));
    }
    (all, owners)
}

#[test]
fn wrapped_answers_equal_those_of_the_plain_balancer() {
    for card in CARDS {
        for down in 0..8 {
            let plain = balancer(algorithm(card), hosts(down));
            let panics = plain.snapshot().balancer().overrides_health();
            assert_eq!(panics, [0b011, 0b101, 0b110, 0b111].contains(&down));
            let expected = told(&plain);
            for (name, algorithm) in enclosed(card) {
                let case = format!("{card} in {name}, down {down:b}");
                let inside = balancer(algorithm, hosts(down));
                assert_eq!(
                    inside.snapshot().balancer().overrides_health(),
                    panics,
                    "{case}"
                );
                assert!(told(&inside) == expected, "{case}");
            }
        }
    }
}

#[test]
fn panic_routing_begins_and_ends_as_health_changes() {
    for card in CARDS {
        for (name, algorithm) in enclosed(card) {
            let inside = balancer(algorithm, hosts(0));
            for down in [0b001, 0b011, 0b111, 0b110, 0b100, 0b000] {
                for index in 0..3 {
                    let healthy = down >> index & 1 == 0;
                    inside.set_healthy(&format!("b{index}"), healthy).unwrap();
                }
                let plain = balancer(self::algorithm(card), hosts(down));
                assert!(
                    told(&inside).1 == told(&plain).1,
                    "{card} in {name}, down {down:b}"
                );
            }
        }
    }
}

/// In panic routing, the load that a bound limits is that of all hosts in use, and of no others.
#[test]
fn in_panic_routing_a_bound_counts_all_hosts() {
    for card in CARDS {
        for overflow in [Overflow::Walk, Overflow::Rehash] {
            let bounded = |hosts| balancer(Around::Bound(overflow).enclose(algorithm(card)), hosts);
            let down = |name: &str| Backend::new(name).with_down(true);
            let backup = |name: &str| down(name).with_backup(true);
            for (hosts, most) in [
                (vec![Backend::new("a"), down("b"), down("c")], 5),
                (vec![down("a"), down("b"), backup("c"), backup("d")], 8),
            ] {
                let balancer = bounded(hosts);
                let open: Vec<_> = (0..12).map(|_| balancer.route(Some(b"hot"))).collect();
                assert!(open.iter().all(Result::is_ok), "{card}, {overflow:?}");
                let counts = ["a", "b", "c", "d"].map(|name| balancer.in_flight(name));
                let counts: Vec<_> = counts.into_iter().flatten().collect();
                assert!(
                    counts.iter().all(|&count| count <= most),
                    "{card}: {counts:?}"
                );
                assert!(
                    counts.get(3).is_none_or(|_| counts[2..] == [0, 0]),
                    "{counts:?}"
                );
            }
        }
    }
}

const WARM: Duration = Duration::from_secs(1);

/// Returns a pool of these hosts that others join, and the seconds of its clock.
fn joined(card: &Card, before: Vec<Backend>, after: &[Backend]) -> (LoadBalancer, Arc<AtomicU32>) {
    let over = warm_up::Options::over(WARM).expect("a time within the range");
    let warm_up = WarmUp::new(algorithm(card), Hashing::default(), over);
    let seconds = Arc::new(AtomicU32::new(0));
    let shown = Arc::clone(&seconds);
    let clock = move || WARM * shown.load(Ordering::Relaxed);
    let pool = Pool::new(before).expect("distinct names");
    let balancer = LoadBalancer::with_clock(warm_up, pool, clock).expect("fitting options");
    balancer.update(after.iter().cloned()).unwrap();
    (balancer, seconds)
}

fn first_owners(balancer: &LoadBalancer) -> Vec<Slot> {
    let snapshot = balancer.snapshot();
    let first = |key: [u8; 8]| snapshot.owners(&key, 1).expect("an algorithm by key")[0];
    keys(0..200).map(first).collect()
}

#[test]
fn a_newcomer_in_panic_routing_warms_up() {
    for card in CARDS {
        let mut after = hosts(0b110);
        after.push(Backend::new("b3").with_down(true));
        let (warming, seconds) = joined(card, hosts(0b110), &after);
        let [cold, warm] = [hosts(0b110), after].map(|hosts| balancer(algorithm(card), hosts));
        let [cold, warm] = [first_owners(&cold), first_owners(&warm)];
        // Keys of other backends may move at once: Envoy deals out all points again.
        let expected = cold.into_iter().zip(&warm);
        let expected = expected.map(|(cold, &warm)| if warm == Slot::new(3) { cold } else { warm });
        assert_eq!(
            first_owners(&warming),
            expected.collect::<Vec<_>>(),
            "{card}"
        );
        seconds.store(1, Ordering::Relaxed);
        assert_eq!(first_owners(&warming), warm, "{card}");
    }
}

/// The earlier hosts alone would be in panic routing; with the newcomers they are not.
#[test]
fn a_down_host_is_not_picked_once_enough_have_joined() {
    for card in CARDS {
        let newcomers = ["b3", "b4", "b5", "b6"].map(Backend::new);
        let after: Vec<_> = hosts(0b110).into_iter().chain(newcomers).collect();
        let (warming, _) = joined(card, hosts(0b110), &after);
        assert!(!warming.snapshot().balancer().overrides_health());
        assert_eq!(first_owners(&warming), [Slot::new(0); 200], "{card}");
    }
}
