//! What is checked: a strategy with settings and a wrapper.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::algorithm::Algorithm;
use crate::backend::Backend;
use crate::card::Card;
use crate::contract::abilities::Abilities;
use crate::contract::around::Around;
use crate::contract::effort::Effort;
use crate::contract::finding::Finding;
use crate::contract::relay::Relay;
use crate::hash::{Hashing, Seed};
use crate::load_balancer::LoadBalancer;
use crate::options::Options;
use crate::pool::Pool;
use crate::profile::Profile;

/// A strategy to check: its card, its settings, and the wrapper around it.
///
/// ```
/// use evenkeel_algorithms::contract::{Around, Effort, Subject, laws};
/// use evenkeel_algorithms::strategy::rendezvous;
///
/// let subject = Subject::new(&rendezvous::CARD).within(Around::Subset).with_effort(Effort::SMALL);
/// assert_eq!(subject.to_string(), "`rendezvous` in subset (size: 3)");
/// assert!(laws().iter().all(|law| law.check(&subject).broken().is_none()));
/// ```
#[derive(Clone, Debug)]
pub struct Subject {
    card: &'static Card,
    options: Options,
    hashing: Hashing,
    around: Around,
    relayed: bool,
    effort: Effort,
    abilities: Abilities,
}

impl Subject {
    /// Creates a subject with the [options](Card::lawful) for checks and no wrapper.
    #[must_use]
    pub fn new(card: &'static Card) -> Self {
        let mut options = Options::default();
        (card.lawful)(&mut options);
        Self {
            card,
            options,
            hashing: Hashing::default(),
            around: Around::Nothing,
            relayed: false,
            effort: Effort::FULL,
            abilities: Abilities::ALL,
        }
    }

    /// Returns the strategy inside each wrapper of [all](Around::ALL) that fits it, each directly and
    /// [relayed](Self::relayed).
    pub fn variants(card: &'static Card) -> impl Iterator<Item = Self> {
        Around::ALL.into_iter().flat_map(move |around| {
            let direct = Self::new(card).within(around);
            [direct.clone(), direct.relayed()]
        })
    }

    /// Returns the same subject with other options.
    #[must_use]
    pub fn with_options(self, options: Options) -> Self {
        Self { options, ..self }
    }

    /// Returns the same subject with another hash.
    #[must_use]
    pub fn with_hashing(self, hashing: impl Into<Hashing>) -> Self {
        let hashing = hashing.into();
        Self { hashing, ..self }
    }

    /// Returns the same subject with another seed.
    #[must_use]
    pub fn with_seed(self, seed: Seed) -> Self {
        let hashing = Hashing {
            seed,
            ..self.hashing
        };
        self.with_hashing(hashing)
    }

    /// Returns the same subject inside this wrapper.
    #[must_use]
    pub fn within(self, around: Around) -> Self {
        Self { around, ..self }
    }

    /// Returns the same subject inside a [`Relay`]: it obeys the same laws only if it finds what it built through
    /// [`carried`](crate::carried).
    #[must_use]
    pub fn relayed(self) -> Self {
        Self {
            relayed: true,
            ..self
        }
    }

    /// Returns the same subject with another effort.
    #[must_use]
    pub fn with_effort(self, effort: Effort) -> Self {
        Self { effort, ..self }
    }

    /// Returns the same subject, which supports less.
    #[must_use]
    pub fn with_abilities(self, abilities: Abilities) -> Self {
        Self { abilities, ..self }
    }

    /// Returns the card.
    #[must_use]
    pub const fn card(&self) -> &'static Card {
        self.card
    }

    /// Returns the options.
    #[must_use]
    pub const fn options(&self) -> &Options {
        &self.options
    }

    /// Returns the wrapper around it.
    #[must_use]
    pub const fn around(&self) -> Around {
        self.around
    }

    /// Returns whether the wrapper fits this strategy.
    #[must_use]
    pub fn is_buildable(&self) -> bool {
        let inner = self.card.algorithm(self.hashing, &self.options);
        self.around.fits(inner.profile())
    }

    /// Returns whether it is inside a [`Relay`].
    #[must_use]
    pub const fn is_relayed(&self) -> bool {
        self.relayed
    }

    /// Returns whether it is the strategy without any wrapper.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.around == Around::Nothing && !self.relayed
    }

    /// Returns how much is tried.
    #[must_use]
    pub const fn effort(&self) -> Effort {
        self.effort
    }

    /// Returns what it supports.
    #[must_use]
    pub const fn abilities(&self) -> Abilities {
        self.abilities
    }

    /// Returns what it needs and promises.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.algorithm().profile()
    }

    /// Returns the algorithm.
    #[must_use]
    pub fn algorithm(&self) -> Box<dyn Algorithm> {
        let inner = self.card.algorithm(self.hashing, &self.options);
        let algorithm = self.around.enclose(inner);
        if self.relayed {
            Box::new(Relay(algorithm))
        } else {
            algorithm
        }
    }

    /// Returns a load balancer over these backends.
    ///
    /// # Errors
    /// If the strategy rejects them.
    pub fn balancer(&self, backends: &[Backend]) -> Result<LoadBalancer, Finding> {
        self.over(Pool::new(backends.iter().cloned())?)
    }

    /// Returns a new load balancer over the backends of another one, with the same health and, if the strategy depends
    /// on it, the same numbering.
    ///
    /// # Errors
    /// If the strategy rejects them.
    pub fn twin(&self, other: &LoadBalancer) -> Result<LoadBalancer, Finding> {
        let snapshot = other.snapshot();
        let pool = snapshot.pool();
        let mut fresh = Pool::new(pool.backends().cloned())?;
        if self.profile().history {
            fresh = fresh.with_numbering(pool.numbering()?.clone());
        }
        let twin = self.over(fresh)?;
        for slot in pool.slots() {
            let backend = pool.backend(slot);
            let out = backend.is_draining() || backend.is_down();
            twin.set_healthy(backend.name(), out || pool.is_eligible(slot))?;
        }
        Ok(twin)
    }

    /// Returns a load balancer over a pool. Its clock advances by a tick at each reading.
    fn over(&self, pool: Pool) -> Result<LoadBalancer, Finding> {
        let ticks = AtomicU32::new(0);
        let clock = move || Around::TICK * ticks.fetch_add(1, Ordering::Relaxed);
        Ok(LoadBalancer::with_clock(self.algorithm(), pool, clock)?)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.card)?;
        if self.around != Around::Nothing {
            write!(f, " in {}", self.around)?;
        }
        f.write_str(if self.relayed { ", relayed" } else { "" })
    }
}
