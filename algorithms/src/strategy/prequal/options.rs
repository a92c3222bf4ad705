//! The options of Prequal.

use crate::option::{MILLIONTHS, decimal_option, whole_number_option};
use crate::strategy::peak_ewma::Milliseconds;

/// The options of [`Prequal`](crate::Prequal).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// Reports kept.
    pub pool_size: PoolSize,
    /// How long a report is valid.
    pub max_age_ms: Milliseconds,
    /// The quantile of the reports' requests in flight above which a backend is hot.
    pub hot_quantile: Quantile,
    /// Requests that may use one report.
    pub reuse: Reuse,
}

impl Default for Options {
    /// Returns the paper's 16 reports, one second and 0.84; two uses per report.
    fn default() -> Self {
        Self {
            pool_size: PoolSize::default(),
            max_age_ms: Milliseconds::SECOND,
            hot_quantile: Quantile::default(),
            reuse: Reuse::default(),
        }
    }
}

whole_number_option!(
    /// How many reports are kept.
    PoolSize, "pool_size": 2 to 256,
    /// The paper's default, 16.
    default 16
);

whole_number_option!(
    /// How many requests may use one report.
    Reuse, "reuse": 1 to 1_000,
    /// Two.
    default 2
);

decimal_option!(
    /// A quantile. At 0 only the fewest in flight are cold; at 1 none is hot.
    Quantile, "hot_quantile": 0 to 1,
    /// The paper's default, 0.84.
    default 0.84
);

impl Quantile {
    pub(super) const fn millionths(self) -> u32 {
        self.millionths
    }

    /// Returns the index of the quantile among `count` sorted values, rounded down.
    pub(super) const fn place(self, count: usize) -> usize {
        count.saturating_sub(1) * self.millionths as usize / MILLIONTHS as usize
    }
}
