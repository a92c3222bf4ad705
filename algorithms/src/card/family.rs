//! The ways to pick a backend.

/// How an algorithm picks a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Family {
    /// A ring of points: one near the key's hash decides.
    Ring,
    /// A lookup table that the backends fill in turns, as Maglev does.
    Table,
    /// The best score of the key with each backend: rendezvous hashing.
    Scores,
    /// Numbered buckets: a hash of the key selects one.
    Buckets,
    /// The remainder of the key's hash, or its place in equal ranges.
    Modulo,
    /// One backend after another.
    Turns,
    /// Turns that come later when more requests are in flight.
    Deadlines,
    /// The fewest requests in flight of all.
    Fewest,
    /// The least busy of a few that are drawn.
    FewestOfSome,
    /// A random draw.
    Random,
    /// The first backend with room.
    FirstFit,
}

impl Family {
    /// Returns whether the key of a request decides.
    ///
    /// ```
    /// use evenkeel_algorithms::{Family, strategy};
    ///
    /// assert_eq!(strategy::maglev::CARD.family, Family::Table);
    /// assert!(Family::Table.is_by_key() && !Family::Turns.is_by_key());
    /// ```
    #[must_use]
    pub const fn is_by_key(self) -> bool {
        match self {
            Self::Ring | Self::Table | Self::Scores | Self::Buckets | Self::Modulo => true,
            Self::Turns
            | Self::Deadlines
            | Self::Fewest
            | Self::FewestOfSome
            | Self::Random
            | Self::FirstFit => false,
        }
    }
}
