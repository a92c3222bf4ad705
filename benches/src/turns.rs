//! Strategies without a key, and the whole way of a request: route and release.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use evenkeel_algorithms::strategy::bounded_load::Factor;
use evenkeel_algorithms::{
    Algorithm, BoundedLoad, Card, Ketama, LoadBalancer, Options, Outcome, PeakEwma, Pool, Prequal,
    Registry, Report, Seed,
};
use pingora_load_balancing::LoadBalancer as Pingora;
use pingora_load_balancing::selection::{Consistent, RoundRobin};
use tower::Service;
use tower::balance::p2c::Balance;
use tower::discover::ServiceList;
use tower::load::{CompleteOnResponse, PendingRequests};
use weighted_rs::{SmoothWeight, Weight};

use crate::keys::Keys;
use crate::measure::{Contestant, Timing, builds, picks};
use crate::names;

fn balancer(algorithm: Box<dyn Algorithm>, names: &[String]) -> LoadBalancer {
    let pool = Pool::new(names.iter().cloned()).expect("distinct names");
    LoadBalancer::new(algorithm, pool).expect("the default options fit")
}

/// Every strategy that is built in good time for so many backends, with its name.
fn algorithms(count: usize) -> impl Iterator<Item = (&'static str, Box<dyn Algorithm>)> {
    let fits = move |card: &&Card| match card.name {
        "lrh" | "maglev" | "nginx-hash-consistent" => count <= 10_000,
        _ => true,
    };
    let factor = Factor::new(1.25).expect("within the range");
    let bounded: Box<dyn Algorithm> = Box::new(BoundedLoad::new(Ketama::default(), factor));
    let alone = Registry::builtin().cards().filter(fits);
    let alone = alone.map(|card| {
        let algorithm = card.algorithm(Seed::DEFAULT, &Options::default());
        (card.name, algorithm)
    });
    alone.chain([("ketama, bounded_load: 1.25", bounded)])
}

/// Those that learn how requests went or what backends say, with all that they ask for.
fn informed(names: &[String]) -> [Contestant<'static>; 2] {
    let (start, latency) = (Instant::now(), Duration::from_millis(1));
    let balancer = |algorithm: Box<dyn Algorithm>| {
        let pool = Pool::new(names.iter().cloned()).expect("distinct names");
        let balancer = LoadBalancer::with_clock(algorithm, pool, move || start.elapsed());
        balancer.expect("the default options fit")
    };
    let ewma = balancer(Box::new(PeakEwma::default()));
    let prequal = balancer(Box::new(Prequal::default()));
    [
        Contestant::pick("peak-ewma, with a clock and outcomes", move |_| {
            ewma.route(None).map_or(0, |ticket| {
                let slot = ticket.slot();
                ticket.finish(Outcome::success(latency));
                slot.index()
            })
        }),
        Contestant::pick("prequal, with a clock and a probe each", move |_| {
            for backend in prequal.probes(1) {
                let in_flight = 1;
                let report = Report { in_flight, latency };
                prequal.report(backend.name(), report).expect("it is there");
            }
            prequal
                .route(None)
                .map_or(0, |ticket| ticket.slot().index())
        }),
    ]
}

fn addresses(count: usize) -> Vec<String> {
    let address = |number: usize| {
        format!(
            "10.{}.{}.{}:80",
            number >> 16,
            number >> 8 & 255,
            number & 255
        )
    };
    (1..=count).map(address).collect()
}

struct Ready;

impl Service<()> for Ready {
    type Response = ();
    type Error = std::convert::Infallible;
    type Future = std::future::Ready<Result<(), Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, (): ()) -> Self::Future {
        std::future::ready(Ok(()))
    }
}

/// Tower's p2c over services that count their pending requests, one request after the other.
fn tower(count: usize) -> Contestant<'static> {
    let services = (0..count).map(|_| PendingRequests::new(Ready, CompleteOnResponse::default()));
    let mut balance = Balance::<_, ()>::new(ServiceList::new(services.collect::<Vec<_>>()));
    let mut context = Context::from_waker(Waker::noop());
    Contestant::pick("tower p2c, pending requests", move |_| {
        let ready = balance.poll_ready(&mut context).is_ready();
        let answer = pin!(balance.call(())).poll(&mut context).is_ready();
        usize::from(ready && answer)
    })
}

pub fn route(keys: &Keys, count: usize) -> Vec<Timing> {
    let names = names(count);
    let cursor = AtomicU64::new(0);
    let mut contestants = vec![Contestant::pick("floor: shared counter and index", |_| {
        let turn = cursor.fetch_add(1, Ordering::Relaxed) as usize % black_box(count);
        names[turn].len()
    })];
    for (name, algorithm) in algorithms(count) {
        let balancer = balancer(algorithm, &names);
        contestants.push(Contestant::pick(name, move |key| {
            let ticket = balancer.route(Some(key.as_bytes()));
            ticket.map_or(0, |ticket| ticket.slot().index())
        }));
    }
    contestants.extend(informed(&names));
    let pingora = Pingora::<RoundRobin>::try_from_iter(addresses(count)).expect("addresses");
    contestants.push(Contestant::pick(
        "pingora select, round-robin",
        move |key| {
            pingora
                .select(key.as_bytes(), 256)
                .map_or(0, |backend| backend.weight)
        },
    ));
    let pingora = Pingora::<Consistent>::try_from_iter(addresses(count)).expect("addresses");
    contestants.push(Contestant::pick("pingora select, consistent", move |key| {
        pingora
            .select(key.as_bytes(), 256)
            .map_or(0, |backend| backend.weight)
    }));
    contestants.push(tower(count));
    let mut smooth = SmoothWeight::new();
    (0..count).for_each(|number| smooth.add(number, 1));
    contestants.push(Contestant::pick("weighted-rs, smooth", move |_| {
        smooth.next().unwrap_or_default()
    }));
    picks(keys, contestants)
}

/// Two threads route at once; a key is routed by each of them.
pub fn route_by_two(keys: &Keys, count: usize) -> Vec<Timing> {
    let names = names(count);
    let contestant = |(name, algorithm)| {
        let balancer = balancer(algorithm, &names);
        Contestant::whole(name, move |keys| {
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        for key in keys {
                            drop(black_box(balancer.route(Some(key.as_bytes()))));
                        }
                    });
                }
            });
        })
    };
    let mut contestants: Vec<_> = algorithms(count).map(contestant).collect();
    let pingora = Pingora::<RoundRobin>::try_from_iter(addresses(count)).expect("addresses");
    contestants.push(Contestant::whole(
        "pingora select, round-robin",
        move |keys| {
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        for key in keys {
                            black_box(pingora.select(key.as_bytes(), 256));
                        }
                    });
                }
            });
        },
    ));
    picks(keys, contestants)
}

pub fn build(count: usize) -> Vec<Timing> {
    let names = names(count);
    let contestant = |(name, algorithm): (_, Box<dyn Algorithm>)| {
        let names = &names;
        Contestant::build(name, move || {
            let pool = Pool::new(names.iter().cloned()).expect("distinct names");
            let balancer = algorithm.build(&pool, None);
            (balancer.expect("the default options fit"), pool)
        })
    };
    builds(algorithms(count).map(contestant).collect())
}
