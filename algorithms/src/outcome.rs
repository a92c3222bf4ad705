//! What a balancer may learn besides the counts: the time, the outcomes of requests, and the reports of backends.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The outcome of a request, reported by [`Ticket::finish`](crate::Ticket::finish).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The time from its start to its end.
    pub latency: Duration,
    /// Whether the backend handled the request.
    pub success: bool,
}

impl Outcome {
    /// Creates the outcome of a request that was answered after this time.
    #[must_use]
    pub const fn success(latency: Duration) -> Self {
        Self {
            latency,
            success: true,
        }
    }

    /// Creates the outcome of a request that failed after this time.
    #[must_use]
    pub const fn failure(latency: Duration) -> Self {
        Self {
            latency,
            success: false,
        }
    }
}

/// The report of a probed backend about itself, passed on by [`LoadBalancer::report`](crate::LoadBalancer::report).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    /// The requests that it has in flight, from all clients.
    pub in_flight: u32,
    /// The latency to expect of a request that arrives now, with this many in flight: the median of the latest requests
    /// that arrived when about this many were in flight. [`ExpectedLatency`](crate::ExpectedLatency) computes it.
    pub latency: Duration,
}

/// A caller's clock: the time since any fixed moment.
#[derive(Clone, Default)]
pub(crate) struct Clock(Option<Arc<dyn Fn() -> Duration + Send + Sync>>);

impl Clock {
    pub(crate) fn new(clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(clock)))
    }

    /// Returns the time, or `None` without a clock.
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
