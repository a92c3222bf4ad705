//! Requests that are drawn for a load.

use super::law::{Arrivals, Service};
use super::source::{ArrivalSource, KeySource, ServiceSource};
use super::traffic::Traffic;
use crate::workload::{Distribution, Keys, Malformed, Workload};

/// Requests at times that are drawn.
#[derive(Debug)]
pub struct Drawn {
    requests: u64,
    /// How much of what the backends can do they ask for.
    pub load: f64,
    /// How far apart they arrive.
    pub arrivals: Arrivals,
    /// How long they take.
    pub service: Service,
    /// How long on average, in nanoseconds, unless the law has a mean of its own.
    pub service_mean: u64,
    /// The clients that they come from.
    keys: KeySource,
    /// The same in words.
    source: String,
    malformed: Malformed,
}

impl Drawn {
    /// Poisson arrivals of requests that take 1 ms on average, exponential, from clients `client-1` to
    /// `client-N`.
    #[must_use]
    pub fn new(requests: u64, load: f64, clients: u32, distribution: Distribution) -> Self {
        let keys = KeySource::clients(clients, distribution);
        let source = format!("{clients} clients drawn {distribution}");
        Self::of_keys(requests, load, keys, source)
    }

    /// Returns the same with the keys of a workload, a request each in its order.
    #[must_use]
    pub fn of(workload: &Workload, load: f64) -> Self {
        let requests = workload.requests();
        let number = requests.len() as u64;
        let mut keys = Keys::default();
        requests.for_each(|(_, key)| keys.push(key));
        let source = workload.source.clone();
        Self {
            malformed: workload.malformed.clone(),
            ..Self::of_keys(number, load, KeySource::Recorded(keys), source)
        }
    }

    fn of_keys(requests: u64, load: f64, keys: KeySource, source: String) -> Self {
        Self {
            requests,
            load,
            arrivals: Arrivals::Poisson,
            service: Service::Exponential,
            service_mean: 1_000_000,
            keys,
            source,
            malformed: Malformed::default(),
        }
    }
}

impl From<Drawn> for Traffic {
    fn from(drawn: Drawn) -> Self {
        let Drawn {
            requests,
            load,
            arrivals,
            service,
            service_mean,
            keys,
            source,
            malformed,
        } = drawn;
        Self {
            requests,
            source: format!(
                "{source}, arrivals {arrivals}, service {}",
                service.in_words(service_mean)
            ),
            arrivals: ArrivalSource::Drawn {
                law: arrivals,
                load,
                service_mean: service.mean(service_mean),
            },
            service: ServiceSource::drawn(service, service_mean),
            keys: Some(keys.into()),
            malformed,
        }
    }
}
