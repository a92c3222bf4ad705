//! What a balancer needs and promises.

/// Whether a balancer picks by the request's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The key makes no difference.
    Unused,
    /// It picks by the key if there is one, and in another way without one.
    Optional,
    /// It picks nothing without a key.
    Required,
}

/// What a balancer needs and promises. Used by the laws that every algorithm is tested against, and by front ends.
///
/// ```
/// use evenkeel_algorithms::{Key, Profile};
///
/// let profile = Profile::MINIMAL.with_history();
/// assert_eq!(profile.key, Key::Required);
/// assert!(profile.minimal && profile.history);
///
/// // Turns over the backends in the order of their names, with panic routing as in Envoy.
/// let profile = Profile::TURNS.with_order_free().with_rebuilds_on_health().with_health_overrides();
/// assert!(profile.order_free && profile.may_override_health && !profile.may_give_up);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// Whether and how it picks by key.
    pub key: Key,
    /// Whether its picks depend on the requests in flight.
    pub in_flight: bool,
    /// Whether it keeps an index over requests in flight and health, and therefore needs every change of them reported
    /// to [`Balancer::on_change`](crate::Balancer::on_change). That costs each request a short lock.
    pub on_change: bool,
    /// Whether its picks depend on the outcomes of requests, which are then reported to
    /// [`Balancer::on_outcome`](crate::Balancer::on_outcome).
    pub on_outcome: bool,
    /// Whether the balancer is rebuilt when health changes. Otherwise unhealthy backends are skipped.
    pub rebuilt_on_health: bool,
    /// Whether the answers are the same in every order of the backends.
    pub order_free: bool,
    /// Whether a change moves keys only to a backend that joins, from one that leaves, to one that gains weight or from
    /// one that loses weight, and never any other key.
    pub minimal: bool,
    /// Whether the answers depend on the changes that the pool went through: on its
    /// [numbering](crate::Pool::numbering).
    pub history: bool,
    /// Whether loads follow the weights. Otherwise weights make no difference.
    pub weighted: bool,
    /// Whether it may pick nothing although some backend is healthy, untried and below its cap.
    pub may_give_up: bool,
    /// Whether it may pick unhealthy backends when too few are healthy: panic routing.
    /// [`Balancer::overrides_health`](crate::Balancer::overrides_health) then returns whether it currently does.
    pub may_override_health: bool,
}

impl Profile {
    /// The profile of a balancer by key that does not depend on the order given and moves no key needlessly.
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

    /// The profile of a balancer that takes turns in the order given, without a key.
    pub const TURNS: Self = Self {
        key: Key::Unused,
        order_free: false,
        minimal: false,
        ..Self::MINIMAL
    };

    /// Returns the same profile, but picking by key in this way.
    #[must_use]
    pub const fn with_key(self, key: Key) -> Self {
        Self { key, ..self }
    }

    /// Returns the same profile, but reading the requests in flight.
    #[must_use]
    pub const fn with_in_flight(self) -> Self {
        Self {
            in_flight: true,
            ..self
        }
    }

    /// Returns the same profile, but with every change of a count or of health reported.
    #[must_use]
    pub const fn with_changes(self) -> Self {
        Self {
            on_change: true,
            ..self
        }
    }

    /// Returns the same profile, but with the outcomes of requests reported.
    #[must_use]
    pub const fn with_outcomes(self) -> Self {
        Self {
            on_outcome: true,
            ..self
        }
    }

    /// Returns the same profile, but rebuilt when the health of a backend changes.
    #[must_use]
    pub const fn with_rebuilds_on_health(self) -> Self {
        Self {
            rebuilt_on_health: true,
            ..self
        }
    }

    /// Returns the same profile, but independent of the order of the backends.
    #[must_use]
    pub const fn with_order_free(self) -> Self {
        Self {
            order_free: true,
            ..self
        }
    }

    /// Returns the same profile, but moving no key needlessly.
    #[must_use]
    pub const fn with_minimal(self) -> Self {
        Self {
            minimal: true,
            ..self
        }
    }

    /// Returns the same profile, but depending on the changes that the pool went through.
    #[must_use]
    pub const fn with_history(self) -> Self {
        Self {
            history: true,
            ..self
        }
    }

    /// Returns the same profile, but moving some keys needlessly.
    #[must_use]
    pub const fn without_minimal(self) -> Self {
        Self {
            minimal: false,
            ..self
        }
    }

    /// Returns the same profile, but ignoring weights.
    #[must_use]
    pub const fn without_weights(self) -> Self {
        Self {
            weighted: false,
            ..self
        }
    }

    /// Returns the same profile, but sometimes picking nothing although a backend could be picked.
    #[must_use]
    pub const fn with_giving_up(self) -> Self {
        Self {
            may_give_up: true,
            ..self
        }
    }

    /// Returns the same profile, but picking unhealthy backends when too few are healthy.
    #[must_use]
    pub const fn with_health_overrides(self) -> Self {
        Self {
            may_override_health: true,
            ..self
        }
    }
}
