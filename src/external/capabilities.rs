//! The capabilities of a program, as found by asking it.

use std::fmt;

use evenkeel_algorithms::{Key, Profile};

/// The capabilities of a program, as found by asking it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether it picks by key.
    pub key: Key,
    /// Whether it accepts a seed.
    pub seed: bool,
    /// How it learns about requests in flight.
    pub counts: Counting,
    /// Whether its answers are the same in every order of the backends.
    pub order_free: bool,
    /// Whether it supports weights.
    pub weights: bool,
    /// Whether a request can exclude backends.
    pub exclude: bool,
    /// How it learns about the health of backends.
    pub health: Health,
    /// Whether it numbers the backends, and so depends on the history of the pool.
    pub numbering: bool,
}

/// How a program learns about requests in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// They make no difference to it.
    Ignored,
    /// Each request includes them.
    Sent,
    /// It counts them itself, from its answer until the request is reported as complete.
    Own,
}

/// How a program learns about the health of backends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// By `set_healthy`.
    SetHealthy,
    /// By `set_eligible`.
    SetEligible,
    /// It cannot be notified: it is restarted with the healthy backends.
    Restarted,
}

impl Capabilities {
    /// Returns what it needs and promises. Asking cannot prove that it moves no key needlessly, nor that it always
    /// picks a backend if there is one.
    pub(super) fn profile(self) -> Profile {
        let mut profile = Profile::TURNS.with_key(self.key).with_giving_up();
        profile.in_flight = self.counts != Counting::Ignored;
        profile.on_change = self.counts == Counting::Own;
        profile.order_free = self.order_free;
        profile.weighted = self.weights;
        profile.rebuilt_on_health = self.health == Health::Restarted;
        profile.history = self.numbering;
        profile
    }
}

impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = match self.key {
            Key::Unused => "makes no difference",
            Key::Optional => "used if present",
            Key::Required => "needed",
        };
        let counts = match self.counts {
            Counting::Ignored => "make no difference",
            Counting::Sent => "sent with each request",
            Counting::Own => "counted by the program",
        };
        let health = match self.health {
            Health::SetHealthy => "set_healthy",
            Health::SetEligible => "set_eligible",
            Health::Restarted => "not reported, restarted",
        };
        let yes = |yes: bool| if yes { "yes" } else { "no" };
        write!(
            f,
            "key: {key}; order of the backends: {}; weights: {}; exclude: {}; health: {health}; requests in flight: {counts}; numbering: {}; latencies: not reported",
            if self.order_free {
                "makes no difference"
            } else {
                "may matter"
            },
            yes(self.weights),
            yes(self.exclude),
            yes(self.numbering),
        )
    }
}
