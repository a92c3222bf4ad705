//! How far shares deviate from the weights.

use crate::options::Options;

/// The variance over seeds of a backend's own share, relative to the square of that share, as theory gives it. The
/// arguments are the options, the backend's weight, and its fraction of all weights. 0 means as even as random
/// assignment.
///
/// ```
/// use evenkeel_algorithms::{Options, strategy::ketama};
///
/// let variance = ketama::CARD.variance.ok_or("stated")?;
/// // One of a hundred equal backends: the shares vary by 8 %.
/// assert_eq!((100. * variance(&Options::default(), 1., 0.01).sqrt()).round(), 8.);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type Variance = fn(&Options, f64, f64) -> f64;

/// How far the backends' shares of keys or requests deviate from their weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShareVariance {
    /// Exactly even over a full cycle.
    Exact,
    /// Nearly even with a large table.
    NearlyEven,
    /// As even as random assignment: as if each key or request were drawn.
    AsRandom,
    /// As uneven as the lengths of arcs; less so with more points or probes.
    AsArcs,
    /// Shares follow the load and not the weights alone.
    ByLoad,
    /// The card does not say.
    NotStated,
}
