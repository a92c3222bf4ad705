//! Requests with their times, combined from a source for each part.

use std::iter;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, ensure};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

use super::distributions::Service;
use super::source::{ArrivalSource, KeySource, ServiceSource};
use crate::workload::{DurationUnit, KeyField, Log, Malformed};

/// The source of requests: their arrivals, service times and keys.
#[derive(Clone, Debug)]
pub struct Traffic {
    pub(super) requests: u64,
    /// The source as text.
    pub(super) source: String,
    pub(super) arrivals: ArrivalSource,
    pub(super) service: ServiceSource,
    /// `None` if the requests have no keys.
    pub(super) keys: Option<Arc<KeySource>>,
    /// Malformed lines of a log.
    pub(super) malformed: Malformed,
}

/// The service times of the requests of an access log.
#[derive(Clone, Debug)]
pub enum LoggedService {
    /// The last field of each line, in this unit.
    LastField(DurationUnit),
    /// Drawn from a distribution, with a mean in nanoseconds unless it has its own.
    Drawn(Service, u64),
}

/// The maximum time span of arrivals, in nanoseconds: the clock ends after five centuries.
const MAX_SPAN: f64 = 5e18;

/// A request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    /// Nanoseconds from the start.
    pub(super) arrival: u64,
    /// Nanoseconds at speed 1.
    pub(super) service: u64,
    pub(super) key: Option<&'a [u8]>,
}

/// Requests in the order of their arrival.
pub(super) type Requests<'a> = Box<dyn Iterator<Item = Request<'a>> + 'a>;

/// The random streams of a seed. They are separate, so that a strategy that skips the keys sees the same requests.
#[derive(Clone, Copy)]
enum Purpose {
    Arrivals,
    Service,
    Keys,
}

impl Traffic {
    /// Reads the requests of an access log in the common or combined format, compressed with gzip or not, at its own
    /// times; `-` is standard input. The first request arrives at time 0. They are sorted by time, those of equal times
    /// by line, and those of one second are spread evenly over it.
    ///
    /// # Errors
    /// If the file cannot be read, or no line has a key and its times.
    pub fn from_access_log(path: &Path, field: KeyField, service: LoggedService) -> Result<Self> {
        let unit = match &service {
            LoggedService::LastField(unit) => Some(*unit),
            LoggedService::Drawn(..) => None,
        };
        let log = Log::read(path, field, unit)?;
        let (words, service) = match service {
            LoggedService::LastField(_) => (
                "as logged".to_owned(),
                ServiceSource::Recorded(log.durations),
            ),
            LoggedService::Drawn(distribution, mean) => {
                let words = format!("{}, not in the log", distribution.in_words(mean));
                (words, ServiceSource::drawn(distribution, mean))
            }
        };
        Ok(Self {
            requests: log.arrivals.len() as u64,
            source: format!("{}, arrivals as logged, service {words}", log.source),
            arrivals: ArrivalSource::Recorded(log.arrivals),
            service,
            keys: Some(KeySource::Recorded(log.keys).into()),
            malformed: log.malformed,
        })
    }

    /// Returns the number of requests.
    #[must_use]
    pub const fn requests(&self) -> u64 {
        self.requests
    }

    /// Returns whether another seed gives other arrivals or other service times.
    pub(super) const fn is_drawn(&self) -> bool {
        self.load().is_some() || self.service.mean().is_some()
    }

    /// Returns the same traffic at another load, if arrivals are generated for a load.
    pub(super) fn at_load(&self, load: f64) -> Self {
        Self {
            arrivals: self.arrivals.at_load(load),
            ..self.clone()
        }
    }

    /// Returns the approximate total service time, in nanoseconds at speed 1.
    pub(super) fn work(&self) -> f64 {
        self.service.sum(self.requests)
    }

    /// Returns the approximate time over which the requests arrive at backends with this capacity, in nanoseconds.
    pub(crate) fn span(&self, capacity: f64) -> f64 {
        self.arrivals.span(self.requests, capacity)
    }

    /// Returns the source as text.
    #[must_use]
    pub fn source(&self) -> String {
        self.source.clone()
    }

    /// Returns the offered load as a fraction of capacity, if requests are generated for it.
    #[must_use]
    pub const fn load(&self) -> Option<f64> {
        self.arrivals.load()
    }

    /// Returns the mean service time in nanoseconds, if it is drawn.
    #[must_use]
    pub fn service_mean(&self) -> Option<u64> {
        self.service.mean().map(|mean| mean.round() as u64)
    }

    /// Returns the malformed lines of a log.
    #[must_use]
    pub const fn malformed(&self) -> &Malformed {
        &self.malformed
    }

    /// Returns the requests to backends with this capacity, with these keys if keys are used.
    pub(super) fn start<'a>(
        &'a self,
        capacity: f64,
        seed: u64,
        keys: Option<&'a KeySource>,
    ) -> Result<Requests<'a>> {
        let span = self.span(capacity);
        ensure!(
            !span.is_finite() || span <= MAX_SPAN,
            "the requests arrive over {} s; expected at most {} s",
            span / 1e9,
            MAX_SPAN / 1e9
        );
        let rng = |purpose: Purpose| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(purpose as u64);
            rng
        };
        let arrivals = self.arrivals.start(capacity, rng(Purpose::Arrivals))?;
        let services = self.service.start(rng(Purpose::Service));
        let keys = match keys {
            Some(keys) => keys.start(rng(Purpose::Keys))?,
            None => Box::new(iter::repeat(None)),
        };
        let parts = arrivals.zip(services).zip(keys);
        let requests = (0..self.requests).zip(parts);
        Ok(Box::new(requests.map(|(_, ((arrival, service), key))| {
            Request {
                arrival,
                service,
                key,
            }
        })))
    }
}
