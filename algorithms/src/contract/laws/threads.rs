//! Counts and caps under threads.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use crate::backend::{Backend, Weight};
use crate::card::Family;
use crate::contract::case::Case;
use crate::contract::draws::Draws;
use crate::contract::finding::Finding;
use crate::contract::key_text::KeyText;
use crate::contract::law::Law;
use crate::contract::laws::conditions::{always, in_process, own, whole};
use crate::contract::name::Name;
use crate::contract::quiet::caught;
use crate::contract::subject::Subject;
use crate::error::{HealthError, RouteError};
use crate::hash::Seed;
use crate::load_balancer::LoadBalancer;
use crate::strategy::{LeastConnections, Rendezvous, RoundRobin};
use crate::ticket::Ticket;

/// The law; its sentence states it.
pub(super) const CONCURRENT_CAPS: Law = Law {
    name: "concurrent-caps",
    sentence: "no count exceeds its cap on any number of threads, and all places are free at the end",
    fits: in_process,
    promised: always,
    cases: |_| vec![Case::of(&[1; 3])],
    holds: caps_hold,
    shrinks: false,
};

/// The law; its sentence states it.
pub(super) const CONCURRENT_COUNTS: Law = Law {
    name: "concurrent-counts",
    sentence: "every count returns to zero after requests on many threads, during changes of all kinds",
    fits: in_process,
    promised: always,
    cases: |_| vec![Case::of(&[1; 6])],
    holds: counts_hold,
    shrinks: false,
};

const THREADS: u64 = 8;

/// The cap of each backend.
const CAP: u32 = 2;

fn backends(case: &Case, edit: impl Fn(Backend) -> Backend) -> Vec<Backend> {
    case.start
        .iter()
        .map(|(name, _)| edit(name.backend()))
        .collect()
}

/// Returns the counts of the current pool, in its order.
fn counts(balancer: &LoadBalancer) -> Vec<u64> {
    let snapshot = balancer.snapshot();
    let pool = snapshot.pool();
    pool.slots().map(|slot| pool.in_flight(slot)).collect()
}

/// Runs a function on many threads; a finding or a panic of one thread is the result.
fn on_threads<T: Send>(
    run: impl Fn(u64) -> Result<T, Finding> + Sync,
    meanwhile: impl FnOnce() -> Result<(), Finding>,
) -> Result<Vec<T>, Finding> {
    thread::scope(|scope| {
        let run = &run;
        let spawn = |number| scope.spawn(move || caught(|| run(number)));
        let threads: Vec<_> = (0..THREADS).map(spawn).collect();
        let meanwhile = meanwhile();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| {
            let panicked = || Err(Finding::new("a thread panicked"));
            thread.join().unwrap_or_else(|_| panicked())
        };
        let results: Vec<_> = threads.into_iter().map(join).collect();
        meanwhile?;
        results.into_iter().collect()
    })
}

fn caps_hold(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let cap = NonZeroU32::new(CAP);
    let balancer = &subject.balancer(&backends(case, |backend| backend.with_max_in_flight(cap)))?;
    let requests = subject.effort().keys / 10;
    on_threads(
        |number| fight_for_places(balancer, number, requests),
        || Ok(()),
    )?;
    Finding::expect(
        "requests in flight",
        &counts(balancer),
        &vec![0; case.start.len()],
    )?;
    let places = u64::from(CAP) * case.start.len() as u64;
    let route = |key| balancer.route(Some(KeyText::new(key).as_bytes()));
    let open: Vec<_> = (0..places).filter_map(|key| route(key).ok()).collect();
    let is_full = open.len() as u64 == places || subject.profile().may_give_up;
    Finding::unless(is_full, || {
        format!("{} of {places} places are found", open.len())
    })?;
    let error = route(places).err();
    let is_refused = error == Some(RouteError::NoBackend);
    Finding::unless(is_refused, || {
        format!("a request above all caps → {error:?}")
    })
}

fn fight_for_places(balancer: &LoadBalancer, number: u64, requests: u64) -> Result<(), Finding> {
    let draws = &mut Draws::new(number);
    let mut open = Vec::new();
    for _ in 0..requests {
        let key = KeyText::new(draws.below(usize::MAX) as u64);
        open.extend(balancer.route(Some(key.as_bytes())));
        let counts = counts(balancer);
        let are_below = counts.iter().all(|&count| count <= CAP.into());
        Finding::unless(are_below, || {
            format!("requests in flight {counts:?}, cap {CAP}")
        })?;
        if !open.is_empty() && draws.below(3) > 0 {
            drop(open.swap_remove(draws.below(open.len())));
        }
    }
    Ok(())
}

fn counts_hold(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let balancer = &subject.balancer(&backends(case, |backend| backend))?;
    let is_over = &AtomicBool::new(false);
    let requests = subject.effort().keys / 10;
    let open = on_threads(
        |number| route_until(balancer, is_over, (number, requests)),
        || {
            let changed = caught(|| change_everything(balancer, subject));
            is_over.store(true, Ordering::Release);
            changed
        },
    )?;
    let open: Vec<_> = open.into_iter().flatten().collect();
    let snapshot = balancer.snapshot();
    for (backend, count) in snapshot.pool().backends().zip(counts(balancer)) {
        // Backends that left and came back do not count their earlier requests.
        let held = open
            .iter()
            .filter(|ticket| ticket.backend().name() == backend.name());
        let held = held.count() as u64;
        Finding::unless(count <= held, || {
            format!(
                "{} has {count} requests in flight of {held} that are open",
                backend.name()
            )
        })?;
    }
    picks_the_least(balancer, subject)?;
    drop(open);
    let counts = counts(balancer);
    let are_zero = counts.iter().all(|&count| count == 0);
    Finding::unless(are_zero, || {
        format!("requests in flight at the end: {counts:?}")
    })?;
    picks_the_least(balancer, subject)
}

fn route_until(
    balancer: &LoadBalancer,
    is_over: &AtomicBool,
    (number, requests): (u64, u64),
) -> Result<Vec<Ticket>, Finding> {
    let draws = &mut Draws::new(number);
    let (mut open, mut routed) = (Vec::new(), 0);
    while routed < requests || !is_over.load(Ordering::Acquire) {
        routed += 1;
        let key = KeyText::new(draws.below(usize::MAX) as u64);
        match balancer.route(Some(key.as_bytes())) {
            Ok(ticket) => open.push(ticket),
            Err(RouteError::NoBackend) => {}
            Err(error) => return Err(error.into()),
        }
        if open.len() > 10 {
            drop(open.swap_remove(draws.below(open.len())));
        }
    }
    Ok(open)
}

/// Updates the pool among ten names, with changes of health and of algorithm. It ends with the subject's algorithm and
/// all backends healthy.
fn change_everything(balancer: &LoadBalancer, subject: &Subject) -> Result<(), Finding> {
    let draws = &mut Draws::new(99);
    let updates = subject.effort().keys / 20;
    for step in 0..updates {
        let mut members = Vec::new();
        for name in (0..10).map(Name) {
            let weight = Weight::new(1 + draws.below(4) as u64)?;
            members.push(name.backend().with_weight(weight));
        }
        draws.shuffle(&mut members);
        members.truncate(1 + draws.below(10));
        balancer.update(members)?;
        for _ in 0..3 {
            let name = Name(draws.below(10) as u8);
            set_healthy(balancer, name, draws.is_heads())?;
        }
        match step % 20 {
            0 => balancer.set_algorithm(RoundRobin)?,
            5 => balancer.set_algorithm(Rendezvous::default())?,
            10 => balancer.set_algorithm(LeastConnections)?,
            15 => balancer.set_algorithm(subject.clone().with_seed(Seed(step)).algorithm())?,
            _ => {}
        }
    }
    balancer.set_algorithm(subject.algorithm())?;
    for step in 0..updates {
        set_healthy(balancer, Name((step % 10) as u8), step % 3 == 0)?;
    }
    (0..10).try_for_each(|name| set_healthy(balancer, Name(name), true))
}

/// Sets the health of a backend, if there is one of this name.
fn set_healthy(balancer: &LoadBalancer, name: Name, healthy: bool) -> Result<(), Finding> {
    match balancer.set_healthy(&name.to_string(), healthy) {
        Ok(()) | Err(HealthError::UnknownBackend(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Checks that an index over the counts finds the least loaded backend after all threads have ended.
fn picks_the_least(balancer: &LoadBalancer, subject: &Subject) -> Result<(), Finding> {
    let is_held_to = whole(subject).and(own(subject)).is_ok();
    if subject.card().family != Family::Fewest || !is_held_to {
        return Ok(());
    }
    let mut open = Vec::new();
    for _ in 0..100 {
        let snapshot = balancer.snapshot();
        let pool = snapshot.pool();
        let loads = pool.slots().map(|slot| {
            let load = (pool.in_flight(slot) + 1) as f64 / f64::from(pool.weight(slot).get());
            (pool.admits(slot), load)
        });
        let loads: Vec<_> = loads.collect();
        let ticket = balancer.route(None)?;
        let (_, load) = loads[ticket.slot().index()];
        let is_least = loads
            .iter()
            .all(|&(admitted, other)| !admitted || load <= other);
        Finding::unless(is_least, || {
            format!(
                "a request after the threads → {:?} of loads {loads:?}",
                ticket.slot()
            )
        })?;
        open.push(ticket);
    }
    Ok(())
}
