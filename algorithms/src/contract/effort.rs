//! How much a law tries.

/// How much a law tries before it counts as kept. The same effort tries the same cases every time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Effort {
    /// The number of keys that are compared before and after a change.
    pub keys: u64,
    /// The number of random histories.
    pub histories: u64,
    /// The number of orders in which backends are listed.
    pub orders: u64,
    /// The number of samples, each with its own seed, over which shares are averaged.
    pub samples: u64,
    /// The maximum number of cases that are tried to shrink a counter-example.
    pub shrinks: u32,
}

impl Effort {
    /// For a strategy that answers in nanoseconds: takes about a second, or ten without optimisation.
    pub const FULL: Self = Self {
        keys: 2_000,
        histories: 24,
        orders: 8,
        samples: 4,
        shrinks: 4_000,
    };

    /// For the tests of a whole library, optimised.
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

    /// Returns the same effort with another number of random histories.
    #[must_use]
    pub const fn with_histories(self, histories: u64) -> Self {
        Self { histories, ..self }
    }
}
