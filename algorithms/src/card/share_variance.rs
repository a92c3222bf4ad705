//! How far shares are off the weights.

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
    /// Whoever wrote the card does not say.
    NotStated,
}
