//! Requests generated for a load.

use super::distributions::{Arrivals, Service};
use super::source::{ArrivalSource, KeySource, ServiceSource};
use super::traffic::Traffic;
use crate::workload::{Distribution, Keys, Malformed, Workload};

/// Requests at random times.
#[derive(Debug)]
pub struct Drawn {
    requests: u64,
    /// The offered load as a fraction of capacity.
    pub load: f64,
    /// The distribution of arrivals.
    pub arrivals: Arrivals,
    /// The distribution of service times.
    pub service: Service,
    /// The mean service time in nanoseconds, unless the distribution has its own mean.
    pub service_mean: u64,
    /// The clients of the requests.
    keys: KeySource,
    /// The clients as text.
    source: String,
    malformed: Malformed,
}

impl Drawn {
    /// Creates Poisson arrivals with exponential service times of mean 1 ms, from clients `client-1` to `client-N`.
    #[must_use]
    pub fn new(requests: u64, load: f64, clients: u32, distribution: Distribution) -> Self {
        let keys = KeySource::clients(clients, distribution);
        let source = format!("{clients} clients drawn {distribution}");
        Self::of_keys(requests, load, keys, source)
    }

    /// Returns the same with the keys of a workload, one request for each in order.
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
                distribution: arrivals,
                load,
                service_mean: service.mean(service_mean),
            },
            service: ServiceSource::drawn(service, service_mean),
            keys: Some(keys.into()),
            malformed,
        }
    }
}
