//! What a balancer may learn beside the counts: the time, how a request went, and what a backend says
//! of itself.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How a request went, told by [`Ticket::finish`](crate::Ticket::finish).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// From its start to its end.
    pub latency: Duration,
    /// Whether the backend did what was asked.
    pub success: bool,
}

impl Outcome {
    /// Creates a request that was answered after this long.
    #[must_use]
    pub const fn success(latency: Duration) -> Self {
        Self {
            latency,
            success: true,
        }
    }

    /// Creates a request that failed after this long.
    #[must_use]
    pub const fn failure(latency: Duration) -> Self {
        Self {
            latency,
            success: false,
        }
    }
}

/// What a backend says of itself when it is probed, handed on by
/// [`LoadBalancer::report`](crate::LoadBalancer::report).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The requests that it has in flight, from whomever.
    pub in_flight: u32,
    /// The latency that a request may expect with so many in flight.
    pub latency: Duration,
}

/// A caller's clock: the time since any moment that stays the same.
#[derive(Clone, Default)]
pub(crate) struct Clock(Option<Arc<dyn Fn() -> Duration + Send + Sync>>);

impl Clock {
    pub(crate) fn new(clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(clock)))
    }

    /// Returns the time; none where no clock was given.
    pub(crate) fn now(&self) -> Option<Duration> {
        self.0.as_ref().map(|clock| clock())
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.0.is_some() { "given" } else { "still" };
        f.debug_tuple("Clock").field(&kind).finish()
    }
}
