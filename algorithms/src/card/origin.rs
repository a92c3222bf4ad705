//! Where an algorithm is from.

/// Where an algorithm is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// That of this crate, or of anyone who wrote its card.
    Own,
    /// It answers as a proxy or another server does.
    Program(Program),
    /// It answers as one or several libraries of memcached or Redis do.
    Client,
    /// It asks a program outside, and answers what that answers.
    External,
}

/// A program of which there are algorithms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Program {
    /// Cilium.
    Cilium,
    /// Envoy.
    Envoy,
    /// gRPC.
    Grpc,
    /// HAProxy.
    Haproxy,
    /// Katran.
    Katran,
    /// mcrouter.
    Mcrouter,
    /// nginx.
    Nginx,
    /// Pingora.
    Pingora,
    /// Redis Cluster.
    RedisCluster,
    /// twemproxy.
    Twemproxy,
}

impl Origin {
    /// Returns whether it answers as something else does, bit for bit.
    ///
    /// ```
    /// use evenkeel_algorithms::{Origin, Program, strategy};
    ///
    /// assert!(!strategy::ketama::CARD.origin.is_dialect());
    /// assert!(Origin::Program(Program::Nginx).is_dialect());
    /// ```
    #[must_use]
    pub const fn is_dialect(self) -> bool {
        matches!(self, Self::Program(_) | Self::Client)
    }
}
