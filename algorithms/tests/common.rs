//! The common parts of the integration tests: backends, keys, requests.
#![allow(dead_code, reason = "each set of features uses a part of it")]

#[cfg(feature = "contract")]
pub(crate) mod subjects;

use std::ops::Range;

use evenkeel_algorithms::{Backend, LoadBalancer, RouteError, Ticket, Weight};

pub(crate) fn backend(name: &str, weight: u64) -> Backend {
    Backend::new(name).with_weight(Weight::new(weight).expect("a weight within the range"))
}

/// Backends `b0`, `b1`, … of these weights.
pub(crate) fn backends(weights: &[u64]) -> Vec<Backend> {
    let named = |(index, &weight)| backend(&format!("b{index}"), weight);
    weights.iter().enumerate().map(named).collect()
}

pub(crate) fn keys(numbers: Range<u64>) -> impl Iterator<Item = [u8; 8]> {
    numbers.map(u64::to_le_bytes)
}

/// The name of the backend that a routed request reached; the request has ended.
pub(crate) fn name(answer: Result<Ticket, RouteError>) -> String {
    let ticket = answer.expect("a backend is eligible");
    ticket.backend().name().to_owned()
}

/// The names of a key's backends in order of preference.
pub(crate) fn owners(balancer: &LoadBalancer, key: &[u8], count: usize) -> Vec<String> {
    let owners = balancer.owners(key, count).expect("an algorithm by key");
    owners.iter().map(|owner| owner.name().to_owned()).collect()
}
