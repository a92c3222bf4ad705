//! Where each part of the requests comes from: it is drawn by a law, or recorded.

use std::iter;

use anyhow::{Result, bail};
use rand::rngs::ChaCha8Rng;

use super::law::{Arrivals, Service};
use crate::workload::{Distribution, Keys};

/// When requests arrive.
#[derive(Clone, Debug)]
pub(super) enum ArrivalSource {
    /// As often as a load asks for.
    Drawn {
        law: Arrivals,
        /// How much of what the backends can do the requests ask for.
        load: f64,
        /// How long each asks for on average, in nanoseconds.
        service_mean: f64,
    },
    /// In nanoseconds from the start, in order.
    Recorded(Vec<u64>),
}

/// How long requests take.
#[derive(Clone, Debug)]
pub(super) enum ServiceSource {
    Drawn {
        law: Service,
        /// In nanoseconds.
        mean: f64,
    },
    /// In nanoseconds.
    Recorded(Vec<u64>),
}

/// Which keys requests have.
#[derive(Debug)]
pub(super) enum KeySource {
    /// The names of clients.
    Drawn {
        /// How often each client asks.
        distribution: Distribution,
        clients: Keys,
    },
    Recorded(Keys),
}

/// A part of one request after the other; without end if it is drawn.
type Parts<'a, T> = Box<dyn Iterator<Item = T> + 'a>;

impl ArrivalSource {
    /// Arrivals in nanoseconds at backends that can do so much at once.
    pub(super) fn start(&self, capacity: f64, mut rng: ChaCha8Rng) -> Result<Parts<'_, u64>> {
        let (law, load, service_mean) = match self {
            &Self::Drawn {
                law,
                load,
                service_mean,
            } => (law, load, service_mean),
            Self::Recorded(times) => return Ok(Box::new(times.iter().copied())),
        };
        let mean_gap = service_mean / (load * capacity);
        if !mean_gap.is_finite() {
            bail!("no requests arrive at a load of {load} on a capacity of {capacity}");
        }
        let mut time = 0.;
        Ok(Box::new((0..).map(move |number| {
            time += law.gap(number, mean_gap, &mut rng);
            time as u64
        })))
    }

    /// Returns how long so many requests arrive for, about, in nanoseconds.
    pub(super) fn span(&self, requests: u64, capacity: f64) -> f64 {
        match self {
            Self::Drawn {
                load, service_mean, ..
            } => requests as f64 * service_mean / (load * capacity),
            Self::Recorded(times) => times.last().map_or(0., |&last| last as f64),
        }
    }

    /// As another load asks for; what is recorded stays as it is.
    pub(super) fn at_load(&self, load: f64) -> Self {
        match self.clone() {
            Self::Drawn {
                law, service_mean, ..
            } => Self::Drawn {
                law,
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
    /// Creates a law around a mean in nanoseconds, unless it has its own.
    pub(super) fn drawn(law: Service, mean: u64) -> Self {
        let mean = law.mean(mean);
        Self::Drawn { law, mean }
    }

    /// Times in nanoseconds.
    pub(super) fn start(&self, mut rng: ChaCha8Rng) -> Parts<'_, u64> {
        match self {
            Self::Drawn { law, mean } => Box::new(iter::repeat_with(move || {
                law.draw(*mean, &mut rng).round() as u64
            })),
            Self::Recorded(times) => Box::new(times.iter().copied()),
        }
    }

    /// Returns how long so many take together, about, in nanoseconds.
    pub(super) fn sum(&self, requests: u64) -> f64 {
        match self {
            Self::Drawn { mean, .. } => requests as f64 * mean,
            Self::Recorded(times) => times.iter().map(|&time| time as f64).sum(),
        }
    }

    /// Returns the mean of what is drawn, in nanoseconds.
    pub(super) const fn mean(&self) -> Option<f64> {
        match self {
            Self::Drawn { mean, .. } => Some(*mean),
            Self::Recorded(_) => None,
        }
    }
}

impl KeySource {
    /// Clients `client-1` to `client-N`.
    pub(super) fn clients(count: u32, distribution: Distribution) -> Self {
        let clients = names(1, count.into());
        Self::Drawn {
            distribution,
            clients,
        }
    }

    /// What a run of several has in place of these: no two runs have a client in common. Nothing where they
    /// stay the same.
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

/// `client-FIRST` and those that follow.
fn names(first: u64, count: u64) -> Keys {
    let mut names = Keys::default();
    (first..first + count).for_each(|number| names.push(format!("client-{number}").as_bytes()));
    names
}
