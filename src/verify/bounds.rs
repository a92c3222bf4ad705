//! Bounded loads: the cap holds, and its cost; and how two choices reduce the maximum load.

use std::num::NonZeroU32;
use std::sync::Arc;

use anyhow::Result;
use evenkeel_algorithms::BoundedLoad;
use evenkeel_algorithms::strategy::bounded_load::{Factor, Options, Overflow};
use evenkeel_algorithms::strategy::{ketama, power_of_two_choices, random};
use evenkeel_algorithms::{Backend, LoadBalancer, Pool, Ticket};

use super::lineup::Lineup;
use super::measure;
use super::measure::{backends, balancer, even, keys};
use super::reference::{Expected, Reference};

const SODA: &str = "Mirrokni et al., SODA 2018: no load above its cap";
const PROGRAMS: &str = "two independent programs";
const BALLS: &str = "balls into bins, by an independent program";

/// The number of requests in flight.
const REQUESTS: u64 = 10_000;

pub(super) fn references() -> Vec<Reference> {
    let mut references = Vec::new();
    for (count, factor, overflow, tolerance) in [
        (10, 1.05, 1.4, 0.7),
        (10, 1.1, 0.4, 0.3),
        (10, 1.25, 0.01, 0.05),
        (100, 1.05, 3.7, 0.4),
        (100, 1.1, 1.8, 0.3),
        (100, 1.25, 0.15, 0.1),
    ] {
        for policy in [Overflow::Walk, Overflow::Rehash] {
            let name =
                format!("ketama bounded by {factor}, {policy:?}, {count} backends: loads above");
            references.push(Reference::new(
                name,
                SODA,
                Expected::exactly(0.),
                move |lineup| above_cap(&bounded(lineup, count, factor, policy)?, factor),
            ));
        }
        let name = format!("ketama capped at {factor}, {count} backends: overflow, %, of 20 seeds");
        let band = Expected::between(f64::max(overflow - tolerance, 0.), overflow + tolerance);
        references.push(Reference::new(name, PROGRAMS, band, move |lineup| {
            measure::mean(20, |seed| spilled(lineup, seed, count, factor))
        }));
    }
    for (factor, moved, tolerance) in [(1.05, 0.8, 0.3), (1.1, 0.4, 0.2), (1.25, 0.04, 0.04)] {
        let name = format!(
            "ketama capped at {factor}, 1 of 100 lost: remaining backends' requests moved, %, of 20 seeds"
        );
        references.push(Reference::new(
            name,
            PROGRAMS,
            Expected::around(moved, tolerance),
            move |lineup| measure::mean(20, |seed| moved_survivors(lineup, seed, factor)),
        ));
    }
    for (algorithm, most, tolerance) in [
        (&random::CARD, 6.25, 0.3),
        (&power_of_two_choices::CARD, 3.025, 0.1),
    ] {
        let line =
            format!("{algorithm}, 4,096 requests on 4,096 backends: the most on one, of 100 seeds");
        references.push(Reference::new(
            line,
            BALLS,
            Expected::around(most, tolerance),
            move |lineup| {
                measure::mean(100, |seed| fullest(&even(lineup, algorithm, seed, 4_096)?))
            },
        ));
    }
    references
}

fn bounded(lineup: &Lineup, count: usize, factor: f64, overflow: Overflow) -> Result<LoadBalancer> {
    let inner = lineup.strategy(&ketama::CARD, 1, &Default::default())?;
    let factor = Factor::new(factor)?;
    let bounded = BoundedLoad::new(inner, Options { factor, overflow });
    Ok(LoadBalancer::new(bounded, Pool::new(backends(0..count))?)?)
}

/// Returns how many requests were placed above the cap at their time, ⌈c · m / n⌉ with m in flight.
fn above_cap(balancer: &LoadBalancer, factor: f64) -> Result<f64> {
    let count = balancer.snapshot().pool().len() as u64;
    let millionths = (factor * 1e6).round() as u64;
    let (mut above, mut open) = (0u32, Vec::new());
    for (key, requests) in keys(0..REQUESTS).zip(1..) {
        let ticket = balancer.route(Some(&key))?;
        let cap = (millionths * requests).div_ceil(count * 1_000_000);
        above += u32::from(balancer.in_flight(ticket.backend().name()) > Some(cap));
        open.push(ticket);
    }
    Ok(above.into())
}

/// Returns the backends of requests with distinct keys when all m are in flight and each backend is capped at ⌈c · m /
/// n⌉.
fn placed(
    lineup: &Lineup,
    seed: u64,
    factor: f64,
    mut backends: Vec<Backend>,
) -> Result<Vec<Arc<str>>> {
    let cap = (factor * REQUESTS as f64 / backends.len() as f64).ceil() as u32;
    for backend in &mut backends {
        *backend = backend.clone().with_max_in_flight(NonZeroU32::new(cap));
    }
    let balancer = balancer(lineup, &ketama::CARD, seed, &Default::default(), backends)?;
    let place = |key: [u8; 8]| {
        let ticket = balancer.route(Some(&key))?;
        let name = ticket.backend().shared_name();
        ticket.leave_in_flight();
        Ok(name)
    };
    keys(0..REQUESTS).map(place).collect()
}

/// Returns the percentage of requests that are not on their key's own backend.
fn spilled(lineup: &Lineup, seed: u64, count: usize, factor: f64) -> Result<f64> {
    let placed = placed(lineup, seed, factor, backends(0..count))?;
    let free = even(lineup, &ketama::CARD, seed, count)?.snapshot();
    let mut spilled = 0u32;
    for (key, name) in keys(0..REQUESTS).zip(placed) {
        let own = measure::answer(&free, &key)?;
        spilled += u32::from(free.pool().backend(own).name() != &*name);
    }
    Ok(100. * f64::from(spilled) / REQUESTS as f64)
}

/// Returns the percentage of requests that move although their backend remains when one of a hundred is lost.
fn moved_survivors(lineup: &Lineup, seed: u64, factor: f64) -> Result<f64> {
    let before = placed(lineup, seed, factor, backends(0..100))?;
    let after = placed(lineup, seed, factor, backends(0..99))?;
    let moved = before.iter().zip(&after);
    let moved = moved.filter(|(before, after)| before != after && &***before != "b99");
    Ok(100. * moved.count() as f64 / REQUESTS as f64)
}

/// Returns the maximum number of requests of one backend when as many requests as backends are in flight.
fn fullest(balancer: &LoadBalancer) -> Result<f64> {
    let count = balancer.snapshot().pool().len();
    let route = |_| Ok(balancer.route(Some(b"k"))?);
    let open = (0..count).map(route).collect::<Result<Vec<Ticket>>>()?;
    let names = open
        .iter()
        .map(|ticket| balancer.in_flight(ticket.backend().name()));
    Ok(names.max().flatten().unwrap_or_default() as f64)
}
