//! The option of an algorithm that trades memory or time for evenness.

use crate::error::BuildError;
use crate::options::Options;

/// The option of an algorithm that trades memory or time for evenness: the points of a ring, the size of a table, the
/// number of probes.
///
/// ```
/// use evenkeel_algorithms::{Options, strategy::ketama};
///
/// let size = ketama::CARD.size.ok_or("a ring has a size")?;
/// let mut options = Options::default();
/// (size.set)(&mut options, 40)?;
/// assert_eq!(size.option, "points_per_weight");
/// assert_eq!(options.get(ketama::SECTION).points_per_weight.get(), 40);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// The name of the option, one of those of the card.
    pub option: &'static str,
    /// Its range. A larger value costs more and spreads load more evenly.
    pub values: Sizes,
    /// Sets the option; an error if the value is out of range.
    pub set: fn(&mut Options, u64) -> Result<(), BuildError>,
}

/// The range of a [`Size`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sizes {
    /// Whole numbers, each valid for any pool.
    Numbers {
        /// The least, at least 1.
        least: u64,
        /// The most.
        most: u64,
    },
    /// Prime numbers, at least the number of backends.
    Primes {
        /// The least, at least 2.
        least: u64,
        /// The most, a prime.
        most: u64,
    },
}

/// Implements the size of an algorithm as an option of its section; the type checks it.
macro_rules! sized {
    ($section:path: $option:ident: $number:ident, $sizes:expr) => {
        Some($crate::card::Size {
            option: stringify!($option),
            values: $sizes,
            set: |options, value| {
                let value = $number::new(value)?;
                options.change($section, |own| own.$option = value);
                Ok(())
            },
        })
    };
}
pub(crate) use sized;

impl Sizes {
    /// The entries of a table: up to Envoy's maximum, which is enough for any pool.
    pub(crate) const TABLES: Self = Self::Primes {
        least: 2,
        most: 5_000_011,
    };

    /// Numbers from 1 up.
    pub(crate) const fn up_to(most: u32) -> Self {
        Self::Numbers {
            least: 1,
            most: most as u64,
        }
    }
}
