//! How much is tried.

/// How much a law tries before it counts as kept. The same effort tries the same every time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Effort {
    /// The keys whose answers before and after a change are compared.
    pub keys: u64,
    /// The random histories.
    pub histories: u64,
    /// The orders in which backends are listed.
    pub orders: u64,
    /// The samples, each under a seed of its own, of which shares are the mean.
    pub samples: u64,
    /// The most cases that are tried to make a counter-example smaller.
    pub shrinks: u32,
}

impl Effort {
    /// For a strategy that answers in nanoseconds: a second, or ten without optimisation.
    pub const FULL: Self = Self {
        keys: 2_000,
        histories: 24,
        orders: 8,
        samples: 4,
        shrinks: 4_000,
    };

    /// For tests of a whole library, optimised.
    pub const THOROUGH: Self = Self {
        keys: 20_000,
        histories: 96,
        orders: 20,
        samples: 10,
        ..Self::FULL
    };

    /// For a strategy that is slow to build and to ask, such as a program behind a pipe.
    pub const SMALL: Self = Self {
        keys: 500,
        histories: 6,
        orders: 3,
        samples: 2,
        shrinks: 150,
    };

    /// Returns the same with another number of random histories.
    #[must_use]
    pub const fn with_histories(self, histories: u64) -> Self {
        Self { histories, ..self }
    }
}
