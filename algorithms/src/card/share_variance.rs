//! How far shares are off the weights.

use crate::options::Options;

/// The variance of a backend's own share over seeds, relative to its square, as theory gives it: of the options, the
/// backend's weight, and its part of all weights. Where it is 0, keys are as even as random assignment.
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

/// How far the backends' shares of keys or requests are off their weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShareVariance {
    /// Not at all, over a full cycle.
    Exact,
    /// Hardly, with a large table.
    NearlyEven,
    /// As even as random assignment: as if each key or request were drawn.
    AsRandom,
    /// As lengths of arcs vary; less with more points or probes.
    AsArcs,
    /// Shares follow the load and not the weights alone.
    ByLoad,
    /// The card does not say.
    NotStated,
}
