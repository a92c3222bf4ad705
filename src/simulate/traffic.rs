//! Requests with their times: drawn one after the other, or of a trace.

use anyhow::{Result, bail};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::law::{Arrivals, Service};
use super::trace::Trace;
use crate::workload::{Distribution, Keys};

/// Where the requests come from.
#[derive(Debug)]
pub enum Traffic {
    /// Drawn with a seed.
    Drawn(Drawn),
    /// Recorded.
    Trace(Trace),
}

/// A request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    /// Nanoseconds from the start.
    pub(super) arrival: u64,
    /// Nanoseconds at speed 1.
    pub(super) service: u64,
    pub(super) key: Option<&'a [u8]>,
}

/// Requests that are drawn.
#[derive(Debug)]
pub struct Drawn {
    /// How many.
    pub requests: u64,
    /// How much of what the backends can do they ask for.
    pub load: f64,
    /// How far apart they arrive.
    pub arrivals: Arrivals,
    /// How long they take.
    pub service: Service,
    /// How long on average, in nanoseconds.
    pub service_mean: u64,
    /// How often each client asks.
    pub distribution: Distribution,
    /// The clients' names, which are the keys.
    clients: Keys,
}

/// What is drawn from a seed, each by numbers of its own: the same requests whoever skips the keys.
#[derive(Clone, Copy)]
enum Purpose {
    Arrivals,
    Service,
    Keys,
}

impl Drawn {
    /// Poisson arrivals of requests that take 1 ms on average, exponential, from clients `client-1` to
    /// `client-N`.
    #[must_use]
    pub fn new(requests: u64, load: f64, clients: u32, distribution: Distribution) -> Self {
        Self {
            requests,
            load,
            arrivals: Arrivals::Poisson,
            service: Service::Exponential,
            service_mean: 1_000_000,
            distribution,
            clients: names(1, u64::from(clients)),
        }
    }

    /// The same for a run of several: no two runs have a client in common.
    fn of_run(&self, run: u32) -> Self {
        let clients = self.clients.len() as u64;
        Self {
            clients: names(u64::from(run) * clients + 1, clients),
            ..*self
        }
    }

    /// The requests to backends that can do so much at once; without keys where none is used.
    fn draw(&self, capacity: f64, seed: u64, keys: bool) -> Result<Requests<'_>> {
        let mean_gap = self.service_mean as f64 / (self.load * capacity);
        if !mean_gap.is_finite() {
            bail!(
                "no requests arrive at a load of {} on a capacity of {capacity}",
                self.load
            );
        }
        let rng = |purpose: Purpose| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(purpose as u64);
            rng
        };
        let mut gaps = rng(Purpose::Arrivals);
        let mut services = rng(Purpose::Service);
        let mut clients = rng(Purpose::Keys);
        let mut sampler = self.distribution.sampler(self.clients.len() as u32)?;
        let mean = self.service_mean as f64;
        let mut time = 0.;
        Ok(Box::new((0..self.requests).map(move |number| {
            time += self.arrivals.gap(number, mean_gap, &mut gaps);
            Request {
                arrival: time as u64,
                service: self.service.draw(mean, &mut services).round() as u64,
                key: keys.then(|| self.clients.get(sampler(&mut clients) as usize)),
            }
        })))
    }
}

/// `client-FIRST` and those that follow.
fn names(first: u64, count: u64) -> Keys {
    let mut names = Keys::default();
    (first..first + count).for_each(|number| names.push(format!("client-{number}").as_bytes()));
    names
}

/// Requests in the order of their arrival.
pub(super) type Requests<'a> = Box<dyn Iterator<Item = Request<'a>> + 'a>;

impl Traffic {
    /// How many requests there are.
    #[must_use]
    pub fn requests(&self) -> u64 {
        match self {
            Self::Drawn(drawn) => drawn.requests,
            Self::Trace(trace) => trace.len() as u64,
        }
    }

    /// Where a run of several has them from, if not from the same as the first.
    pub(super) fn of_run(&self, run: u32) -> Option<Self> {
        match self {
            Self::Drawn(drawn) if run > 0 => Some(Self::Drawn(drawn.of_run(run))),
            Self::Drawn(_) | Self::Trace(_) => None,
        }
    }

    /// Where they come from, in words.
    #[must_use]
    pub fn source(&self) -> String {
        match self {
            Self::Drawn(drawn) => format!(
                "{} clients drawn {}, arrivals {}, service {}",
                drawn.clients.len(),
                drawn.distribution,
                drawn.arrivals,
                drawn.service
            ),
            Self::Trace(trace) => trace.source.clone(),
        }
    }

    pub(super) fn start(&self, capacity: f64, seed: u64, keys: bool) -> Result<Requests<'_>> {
        match self {
            Self::Drawn(drawn) => drawn.draw(capacity, seed, keys),
            Self::Trace(trace) => Ok(Box::new(trace.requests())),
        }
    }
}
