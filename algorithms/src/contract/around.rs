//! The wrappers that can be around a strategy.

use std::fmt;
use std::time::Duration;

use crate::algorithm::Algorithm;
use crate::hash::Hashing;
use crate::profile::{Key, Profile};
use crate::strategy::bounded_load::{self, BoundedLoad, Factor, Overflow};
use crate::strategy::subset::{self, Size, Subset};
use crate::strategy::warm_up::{self, WarmUp};

/// The wrapper around a strategy under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Around {
    /// Nothing.
    Nothing,
    /// A load bound of 1.25.
    Bound(Overflow),
    /// A subset of three backends.
    Subset,
    /// A warm-up that lasts one [reading](Self::TICK) of the clock.
    WarmUp,
}

impl Around {
    /// All wrappers.
    pub const ALL: [Self; 5] = [
        Self::Nothing,
        Self::Bound(Overflow::Walk),
        Self::Bound(Overflow::Rehash),
        Self::Subset,
        Self::WarmUp,
    ];

    /// The step by which the clock of a subject advances at each reading.
    pub const TICK: Duration = Duration::from_millis(20);

    /// Returns a strategy with this wrapper around it.
    ///
    /// # Panics
    /// Never: the options are in range.
    #[must_use]
    pub fn enclose(self, inner: Box<dyn Algorithm>) -> Box<dyn Algorithm> {
        match self {
            Self::Nothing => inner,
            Self::Bound(overflow) => {
                let factor = Factor::new(1.25).expect("a factor within the range");
                let options = bounded_load::Options { factor, overflow };
                Box::new(BoundedLoad::new(inner, options))
            }
            Self::Subset => {
                let options = subset::Options {
                    client: "client".to_owned(),
                    size: Size::new(3).expect("a size within the range"),
                };
                Box::new(Subset::new(inner, Hashing::default(), options))
            }
            Self::WarmUp => {
                let options = warm_up::Options::over(Self::TICK).expect("a time within the range");
                Box::new(WarmUp::new(inner, Hashing::default(), options))
            }
        }
    }

    /// Returns whether it fits a strategy of this profile: some wrappers need a strategy by key.
    #[must_use]
    pub fn fits(self, inner: Profile) -> bool {
        match self {
            Self::Nothing | Self::Subset => true,
            Self::Bound(_) | Self::WarmUp => inner.key != Key::Unused,
        }
    }
}

impl fmt::Display for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing",
            Self::Bound(Overflow::Walk) => "bounded_load (overflow: walk)",
            Self::Bound(Overflow::Rehash) => "bounded_load (overflow: rehash)",
            Self::Subset => "subset (size: 3)",
            Self::WarmUp => "warm_up",
        })
    }
}
