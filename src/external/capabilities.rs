//! What a program can do, as it was found by asking.

use std::fmt;

use evenkeel_algorithms::{Key, Profile};

/// What a program can do, as it was found by asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether it picks by key.
    pub key: Key,
    /// Whether it takes a seed.
    pub seed: bool,
    /// How it learns of requests in flight.
    pub counts: Counting,
    /// Whether it answers alike in every order of the backends.
    pub order_free: bool,
    /// Whether it takes weights.
    pub weights: bool,
    /// Whether a request can exclude backends.
    pub exclude: bool,
    /// How it learns of the health of backends.
    pub health: Health,
    /// Whether it numbers the backends, and so goes by the history of the pool.
    pub numbering: bool,
}

/// How a program learns of requests in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// They make no difference to it.
    Ignored,
    /// Each request says how many there are.
    Sent,
    /// It counts them itself, from its answer until it is told that a request is complete.
    Own,
}

/// How a program learns of the health of backends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// By `set_healthy`.
    SetHealthy,
    /// By `set_eligible`.
    SetEligible,
    /// It cannot be told: it is started again with those that are healthy.
    Restarted,
}

impl Capabilities {
    /// What it needs and promises. No answer promises that it moves no key needlessly, nor that it picks a
    /// backend whenever there is one.
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
            Key::Optional => "used if there is one",
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
            Health::Restarted => "not told, started again",
        };
        let yes = |yes: bool| if yes { "yes" } else { "no" };
        write!(
            f,
            "key: {key}; order of the backends: {}; weights: {}; exclude: {}; health: {health}; requests in flight: {counts}; numbering: {}; latencies: not told",
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
