use super::*;
use crate::LoadBalancer;
use proptest::collection;
use proptest::prelude::{prop_assert_eq, proptest};
use std::sync::atomic::{AtomicU64, Ordering};

/// Returns a balancer over backends `0`, `1`, … and the milliseconds of its clock.
fn balancer(count: usize, options: Options) -> (LoadBalancer, Arc<AtomicU64>) {
    let pool = Pool::new((0..count).map(|number| number.to_string())).unwrap();
    let hand = Arc::new(AtomicU64::new(0));
    let shown = Arc::clone(&hand);
    let clock = move || Duration::from_millis(shown.load(Ordering::Relaxed));
    let algorithm = Prequal::new(Seed(1), options);
    let balancer = LoadBalancer::with_clock(algorithm, pool, clock).unwrap();
    (balancer, hand)
}

fn often() -> Options {
    Options {
        reuse: Reuse::new(1_000).unwrap(),
        ..Options::default()
    }
}

fn report(in_flight: u32, milliseconds: u64) -> Report {
    Report {
        in_flight,
        latency: Duration::from_millis(milliseconds),
    }
}

fn route(balancer: &LoadBalancer) -> String {
    balancer.route(None).unwrap().backend().name().to_owned()
}

/// Returns the number of reports held.
fn held(balancer: &LoadBalancer) -> usize {
    let snapshot = balancer.snapshot();
    let built = carried::<Built>(Some(snapshot.balancer())).unwrap();
    built.reports().entries.len()
}

#[test]
fn a_quantile_has_an_index_among_values() {
    let place = |quantile, count| Quantile::new(quantile).unwrap().place(count);
    assert_eq!((place(0., 16), place(0.84, 16), place(1., 16)), (0, 12, 15));
    assert_eq!((place(0.84, 2), place(0.84, 0)), (0, 0));
}

#[test]
fn the_fastest_cold_backend_wins_until_it_is_hot() {
    let (balancer, _) = balancer(8, often());
    let latencies = [1, 20, 10, 30, 30, 30, 30, 30];
    for (number, latency) in latencies.into_iter().enumerate() {
        let in_flight = if latency == 1 { 9 } else { 2 };
        balancer
            .report(&number.to_string(), report(in_flight, latency))
            .unwrap();
    }
    // The limit is the sixth of eight numbers: 2, and 3 once two backends have one more.
    assert_eq!([(); 3].map(|()| route(&balancer)), ["2", "1", "2"]);
    assert!(balancer.report("8", report(0, 0)).is_err());
}

#[test]
fn if_all_are_hot_the_fewest_in_flight_wins() {
    let (balancer, _) = balancer(4, often());
    for (name, in_flight, latency) in [("0", 9, 1), ("1", 8, 20), ("2", 1, 10), ("3", 1, 10)] {
        balancer.report(name, report(in_flight, latency)).unwrap();
    }
    balancer.set_healthy("2", false).unwrap();
    balancer.set_healthy("3", false).unwrap();
    // The limit is 8: 1 is cold.
    assert_eq!(route(&balancer), "1");
    let quantile = Quantile::new(0.).unwrap();
    let hot = Prequal::new(
        Seed(1),
        Options {
            hot_quantile: quantile,
            ..often()
        },
    );
    balancer.set_algorithm(hot).unwrap();
    for (name, in_flight, latency) in [("0", 9, 1), ("1", 8, 20), ("2", 1, 10)] {
        balancer.report(name, report(in_flight, latency)).unwrap();
    }
    assert_eq!(route(&balancer), "1");
}

#[test]
fn reports_age_and_wear_out() {
    let (balancer, hand) = balancer(3, Options::default());
    balancer.report("0", report(1, 5)).unwrap();
    balancer.report("1", report(1, 9)).unwrap();
    balancer.report("2", report(1, 7)).unwrap();
    // After its second use the report of 0 is gone.
    let went: Vec<_> = (0..4).map(|_| route(&balancer)).collect();
    assert_eq!(went, ["0", "2", "0", "1"]);
    assert_eq!(held(&balancer), 2);
    hand.store(1_000, Ordering::Relaxed);
    balancer.report("0", report(1, 5)).unwrap();
    assert_eq!(held(&balancer), 3);
    hand.store(1_001, Ordering::Relaxed);
    balancer.report("0", report(1, 5)).unwrap();
    assert_eq!(held(&balancer), 1);
}

#[test]
fn with_one_report_or_none_it_draws() {
    let (balancer, _) = balancer(10, often());
    let spread = || {
        let went = (0..200).map(|_| route(&balancer));
        went.collect::<std::collections::BTreeSet<_>>().len()
    };
    assert_eq!(spread(), 10);
    balancer.report("3", report(0, 1)).unwrap();
    assert_eq!(spread(), 10);
    balancer.report("4", report(0, 9)).unwrap();
    assert_eq!(spread(), 2);
}

#[test]
fn a_full_pool_drops_the_oldest_and_the_worst_alternately() {
    let pool_size = PoolSize::new(3).unwrap();
    let (balancer, _) = balancer(
        6,
        Options {
            pool_size,
            ..often()
        },
    );
    let names = || {
        let snapshot = balancer.snapshot();
        let built = carried::<Built>(Some(snapshot.balancer())).unwrap();
        let reports = built.reports().clone();
        let names = reports.entries.iter().map(|entry| entry.slot.index());
        names.collect::<Vec<_>>()
    };
    for (name, in_flight) in [("0", 5), ("1", 2), ("2", 7), ("3", 1)] {
        balancer.report(name, report(in_flight, 1)).unwrap();
    }
    assert_eq!(names(), [1, 2, 3]);
    balancer.report("4", report(1, 1)).unwrap();
    assert_eq!(names(), [1, 3, 4]);
    balancer.report("1", report(3, 1)).unwrap();
    assert_eq!(names(), [3, 4, 1]);
    balancer.report("5", report(1, 1)).unwrap();
    assert_eq!(names(), [4, 1, 5]);
    balancer.update(["5", "1", "7"]).unwrap();
    assert_eq!(names(), [1, 0]);
}

#[test]
fn a_question_uses_up_no_report() {
    let (balancer, _) = balancer(3, Options::default());
    balancer.report("0", report(1, 5)).unwrap();
    balancer.report("1", report(1, 9)).unwrap();
    let snapshot = balancer.snapshot();
    let question = Pick::new(snapshot.pool(), None).question();
    (0..9).for_each(|_| assert_eq!(snapshot.pick(&question), Ok(Slot(0))));
    assert_eq!(held(&balancer), 2);
}

#[test]
fn probes_are_distinct_and_eligible() {
    let (balancer, _) = balancer(5, Options::default());
    balancer.set_healthy("2", false).unwrap();
    for _ in 0..50 {
        let probes = balancer.probes(3);
        let names: std::collections::BTreeSet<_> = probes.iter().map(Backend::name).collect();
        assert!(names.len() == 3 && !names.contains("2"));
    }
    assert_eq!(balancer.probes(9).len(), 4);
    let other = LoadBalancer::new(crate::RoundRobin, Pool::new(["a"]).unwrap());
    let other = other.unwrap();
    assert!(other.probes(1).is_empty() && other.report("a", report(1, 1)).is_ok());
}

/// A report in the naive list: slot, in flight, milliseconds, when, uses.
type Said = (usize, u64, u64, u64, u32);

/// Implements the rule directly: a backend is hot if it has more in flight than a number of others.
fn naive(list: &[Said], tried: &[usize]) -> Option<usize> {
    let others = (list.len() - 1) * 84 / 100;
    let below = |count: u64| list.iter().filter(|said| said.1 < count).count();
    let allowed = list.iter().filter(|said| !tried.contains(&said.0));
    let rank = |said: &&Said| match below(said.1) > others {
        true => (1, said.1),
        false => (0, said.2),
    };
    let best = allowed.clone().min_by_key(rank)?;
    (allowed.count() > 1).then_some(best.0)
}

proptest! {
    #[test]
    fn every_pick_by_report_equals_that_of_a_naive_list(
        events in collection::vec((0..6usize, 0..9u32, 0..5u64, 0..4u8), 1..200),
    ) {
        let (balancer, hand) = balancer(6, Options::default());
        let mut list: Vec<Said> = Vec::new();
        for (step, (slot, in_flight, latency, event)) in (0..).zip(events) {
            let now = step * 90;
            hand.store(now, Ordering::Relaxed);
            list.retain(|said| now - said.3 <= 1_000);
            if event < 2 {
                balancer.report(&slot.to_string(), report(in_flight, latency)).unwrap();
                list.retain(|said| said.0 != slot);
                list.push((slot, in_flight.into(), latency, now, 0));
                continue;
            }
            let tried = if event == 2 { &[][..] } else { &[slot] };
            let names: Vec<_> = tried.iter().map(usize::to_string).collect();
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            let went = balancer.retry(None, &names).unwrap().slot().index();
            if list.is_empty() {
                continue;
            }
            if let Some(expected) = naive(&list, tried) {
                prop_assert_eq!(went, expected);
                let used = list.iter_mut().find(|said| said.0 == expected).unwrap();
                (used.1, used.4) = (used.1 + 1, used.4 + 1);
                list.retain(|said| said.4 < 2);
            }
            prop_assert_eq!(held(&balancer), list.len());
        }
    }
}
