//! The source of each part of the requests: drawn from a distribution, or recorded.

use std::iter;

use anyhow::{Result, bail};
use rand::rngs::ChaCha8Rng;

use super::distributions::{Arrivals, Service};
use crate::workload::{Distribution, Keys};

/// The arrival times.
#[derive(Clone, Debug)]
pub(super) enum ArrivalSource {
    /// Drawn for a load.
    Drawn {
        distribution: Arrivals,
        /// The offered load as a fraction of capacity.
        load: f64,
        /// The mean service time, in nanoseconds.
        service_mean: f64,
    },
    /// In nanoseconds from the start, in order.
    Recorded(Vec<u64>),
}

/// The service times.
#[derive(Clone, Debug)]
pub(super) enum ServiceSource {
    Drawn {
        distribution: Service,
        /// The mean, in nanoseconds.
        mean: f64,
    },
    /// In nanoseconds.
    Recorded(Vec<u64>),
}

/// The keys of the requests.
#[derive(Debug)]
pub(super) enum KeySource {
    /// The names of clients.
    Drawn {
        /// The distribution of requests over the clients.
        distribution: Distribution,
        clients: Keys,
    },
    Recorded(Keys),
}

/// A part of one request after another; endless if it is drawn.
type Parts<'a, T> = Box<dyn Iterator<Item = T> + 'a>;

impl ArrivalSource {
    /// Returns the arrivals in nanoseconds at backends with this capacity.
    pub(super) fn start(&self, capacity: f64, mut rng: ChaCha8Rng) -> Result<Parts<'_, u64>> {
        let (distribution, load, service_mean) = match self {
            &Self::Drawn {
                distribution,
                load,
                service_mean,
            } => (distribution, load, service_mean),
            Self::Recorded(times) => return Ok(Box::new(times.iter().copied())),
        };
        let mean_gap = service_mean / (load * capacity);
        if !mean_gap.is_finite() {
            bail!("no requests arrive at load {load} with capacity {capacity}");
        }
        let mut time = 0.;
        Ok(Box::new((0..).map(move |number| {
            time += distribution.gap(number, mean_gap, &mut rng);
            time as u64
        })))
    }

    /// Returns the approximate time over which this many requests arrive, in nanoseconds.
    pub(super) fn span(&self, requests: u64, capacity: f64) -> f64 {
        match self {
            Self::Drawn {
                load, service_mean, ..
            } => requests as f64 * service_mean / (load * capacity),
            Self::Recorded(times) => times.last().map_or(0., |&last| last as f64),
        }
    }

    /// Returns the arrivals for another load; recorded ones are unchanged.
    pub(super) fn at_load(&self, load: f64) -> Self {
        match self.clone() {
            Self::Drawn {
                distribution,
                service_mean,
                ..
            } => Self::Drawn {
                distribution,
                load,
                service_mean,
            },
            recorded => recorded,
        }
    }

    pub(super) const fn load(&self) -> Option<f64> {
        match self {
            Self::Drawn { load, .. } => Some(*load),
            Self::Recorded(_) => None,
        }
    }
}

impl ServiceSource {
    /// Creates a distribution with a mean in nanoseconds, unless it has its own.
    pub(super) fn drawn(distribution: Service, mean: u64) -> Self {
        let mean = distribution.mean(mean);
        Self::Drawn { distribution, mean }
    }

    /// Returns the service times in nanoseconds.
    pub(super) fn start(&self, mut rng: ChaCha8Rng) -> Parts<'_, u64> {
        match self {
            Self::Drawn { distribution, mean } => Box::new(iter::repeat_with(move || {
                distribution.draw(*mean, &mut rng).round() as u64
            })),
            Self::Recorded(times) => Box::new(times.iter().copied()),
        }
    }

    /// Returns the approximate total time of this many requests, in nanoseconds.
    pub(super) fn sum(&self, requests: u64) -> f64 {
        match self {
            Self::Drawn { mean, .. } => requests as f64 * mean,
            Self::Recorded(times) => times.iter().map(|&time| time as f64).sum(),
        }
    }

    /// Returns the mean of drawn times, in nanoseconds.
    pub(super) const fn mean(&self) -> Option<f64> {
        match self {
            Self::Drawn { mean, .. } => Some(*mean),
            Self::Recorded(_) => None,
        }
    }
}

impl KeySource {
    /// Creates clients `client-1` to `client-N`.
    pub(super) fn clients(count: u32, distribution: Distribution) -> Self {
        let clients = names(1, count.into());
        Self::Drawn {
            distribution,
            clients,
        }
    }

    /// Returns the keys for one of several runs: no two runs share a client. `None` if the keys stay the same.
    pub(super) fn of_run(&self, run: u32) -> Option<Self> {
        match self {
            Self::Drawn {
                distribution,
                clients,
            } if run > 0 => {
                let count = clients.len() as u64;
                Some(Self::Drawn {
                    distribution: *distribution,
                    clients: names(u64::from(run) * count + 1, count),
                })
            }
            Self::Drawn { .. } | Self::Recorded(_) => None,
        }
    }

    pub(super) fn start(&self, mut rng: ChaCha8Rng) -> Result<Parts<'_, Option<&[u8]>>> {
        Ok(match self {
            Self::Drawn {
                distribution,
                clients,
            } => {
                let mut sampler = distribution.sampler(clients.len() as u32)?;
                Box::new(iter::repeat_with(move || {
                    Some(clients.get(sampler(&mut rng) as usize))
                }))
            }
            Self::Recorded(keys) => Box::new(keys.iter().map(Some)),
        })
    }
}

/// Returns the names from `client-FIRST` on.
fn names(first: u64, count: u64) -> Keys {
    let mut names = Keys::default();
    (first..first + count).for_each(|number| names.push(format!("client-{number}").as_bytes()));
    names
}
