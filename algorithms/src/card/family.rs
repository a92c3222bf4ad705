//! The ways to pick a backend.

/// The way in which an algorithm picks a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Family {
    /// A ring of points, of which one near the key's hash decides.
    Ring,
    /// A lookup table that the backends fill in turns, as Maglev does.
    Table,
    /// The best score of the key with each backend: rendezvous hashing.
    Scores,
    /// Numbered buckets, one of which a hash of the key finds.
    Buckets,
    /// The remainder of the key's hash, or its place in equal ranges.
    Modulo,
    /// One backend after the other.
    Turns,
    /// Turns that come later the more requests are in flight.
    Deadlines,
    /// The fewest requests in flight of all.
    Fewest,
    /// The least busy of some that are drawn.
    FewestOfSome,
    /// A draw.
    Random,
    /// The first backend that has room.
    FirstFit,
}

impl Family {
    /// Returns whether a request's key decides.
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
