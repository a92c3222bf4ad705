//! What a balancer needs and promises.

/// Whether a balancer picks by the request's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The key makes no difference.
    Unused,
    /// It picks by the key if there is one, and without one in another way.
    Optional,
    /// Without a key nothing is picked.
    Required,
}

/// What a balancer needs and promises. The laws that every algorithm is tested against and the front
/// ends read it.
///
/// ```
/// use evenkeel_algorithms::{Key, Profile};
///
/// let profile = Profile::MINIMAL.with_history();
/// assert_eq!(profile.key, Key::Required);
/// assert!(profile.minimal && profile.history);
///
/// // Turns over the backends in the order of their names, which panics as Envoy does.
/// let profile = Profile::TURNS.with_order_free().with_rebuilds_on_health().with_health_overrides();
/// assert!(profile.order_free && profile.may_override_health && !profile.may_give_up);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// Whether it picks by key.
    pub key: Key,
    /// Whether its picks depend on the requests in flight.
    pub in_flight: bool,
    /// Whether it keeps an index over the requests in flight and over which backends are healthy, and so is
    /// told of every change of them by [`Balancer::on_change`](crate::Balancer::on_change). That costs
    /// each request a short lock.
    pub on_change: bool,
    /// Whether its picks depend on how requests went, so that it is told by
    /// [`Balancer::on_outcome`](crate::Balancer::on_outcome).
    pub on_outcome: bool,
    /// Whether a change of health has another balancer built. Otherwise the unhealthy are walked
    /// past.
    pub rebuilt_on_health: bool,
    /// Whether the answers are the same in every order of the backends.
    pub order_free: bool,
    /// Whether a change moves a key only to a joiner, only from a leaver, only towards raised or
    /// away from lowered weight: exactly zero other keys.
    pub minimal: bool,
    /// Whether the answers depend on the changes that the pool went through: on its
    /// [numbering](crate::Pool::numbering).
    pub history: bool,
    /// Whether loads follow the weights. Otherwise a weight makes no difference.
    pub weighted: bool,
    /// Whether it may pick nothing although some backend is healthy, untried and below its cap.
    pub may_give_up: bool,
    /// Whether it may pick backends that are not healthy, when too few are: panic routing. Then
    /// [`Balancer::overrides_health`](crate::Balancer::overrides_health) says whether it does.
    pub may_override_health: bool,
}

impl Profile {
    /// A balancer by key that does not depend on the order given and moves no key needlessly.
    pub const MINIMAL: Self = Self {
        key: Key::Required,
        in_flight: false,
        on_change: false,
        on_outcome: false,
        rebuilt_on_health: false,
        order_free: true,
        minimal: true,
        history: false,
        weighted: true,
        may_give_up: false,
        may_override_health: false,
    };

    /// A balancer that takes turns in the order given, without a key.
    pub const TURNS: Self = Self {
        key: Key::Unused,
        order_free: false,
        minimal: false,
        ..Self::MINIMAL
    };

    /// Returns the same, but picking by the key in this way.
    #[must_use]
    pub const fn with_key(self, key: Key) -> Self {
        Self { key, ..self }
    }

    /// Returns the same, but reading the requests in flight.
    #[must_use]
    pub const fn with_in_flight(self) -> Self {
        Self {
            in_flight: true,
            ..self
        }
    }

    /// Returns the same, but told of every change of a count or of health.
    #[must_use]
    pub const fn with_changes(self) -> Self {
        Self {
            on_change: true,
            ..self
        }
    }

    /// Returns the same, but told how requests went.
    #[must_use]
    pub const fn with_outcomes(self) -> Self {
        Self {
            on_outcome: true,
            ..self
        }
    }

    /// Returns the same, but built again when a backend's health changes.
    #[must_use]
    pub const fn with_rebuilds_on_health(self) -> Self {
        Self {
            rebuilt_on_health: true,
            ..self
        }
    }

    /// Returns the same, but answering alike in every order of the backends.
    #[must_use]
    pub const fn with_order_free(self) -> Self {
        Self {
            order_free: true,
            ..self
        }
    }

    /// Returns the same, but moving no key needlessly.
    #[must_use]
    pub const fn with_minimal(self) -> Self {
        Self {
            minimal: true,
            ..self
        }
    }

    /// Returns the same, but depending on the changes that the pool went through.
    #[must_use]
    pub const fn with_history(self) -> Self {
        Self {
            history: true,
            ..self
        }
    }

    /// Returns the same, but moving some keys that need not move.
    #[must_use]
    pub const fn without_minimal(self) -> Self {
        Self {
            minimal: false,
            ..self
        }
    }

    /// Returns the same, but without regard to weights.
    #[must_use]
    pub const fn without_weights(self) -> Self {
        Self {
            weighted: false,
            ..self
        }
    }

    /// Returns the same, but picking nothing at times although some backend could be picked.
    #[must_use]
    pub const fn with_giving_up(self) -> Self {
        Self {
            may_give_up: true,
            ..self
        }
    }

    /// Returns the same, but picking backends that are not healthy when too few are.
    #[must_use]
    pub const fn with_health_overrides(self) -> Self {
        Self {
            may_override_health: true,
            ..self
        }
    }
}
