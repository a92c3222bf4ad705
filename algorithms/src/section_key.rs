//! The key of the options of an algorithm.

use std::fmt;
use std::marker::PhantomData;

/// The key of the options of an algorithm in [`Options`](crate::Options), with their type. Each algorithm with options
/// has one; its card takes its name from it.
///
/// ```
/// use evenkeel_algorithms::strategy::ketama;
/// use evenkeel_algorithms::Options;
///
/// let options = Options::default();
/// assert_eq!(ketama::SECTION.algorithm(), "ketama");
/// assert_eq!(options.get(ketama::SECTION), ketama::Options::default());
/// ```
pub struct SectionKey<T> {
    algorithm: &'static str,
    of: PhantomData<fn() -> T>,
}

impl<T> SectionKey<T> {
    /// Returns the key of the algorithm with this name.
    #[must_use]
    pub const fn new(algorithm: &'static str) -> Self {
        Self {
            algorithm,
            of: PhantomData,
        }
    }

    /// Returns the name of the algorithm.
    #[must_use]
    pub const fn algorithm(self) -> &'static str {
        self.algorithm
    }
}

impl<T> Clone for SectionKey<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for SectionKey<T> {}

impl<T> fmt::Debug for SectionKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SectionKey").field(&self.algorithm).finish()
    }
}
