//! The origin of an algorithm.

/// The origin of an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This crate, or another crate that defines a card.
    Own,
    /// A proxy or another server, reproduced exactly.
    Program(Program),
    /// One or several client libraries of memcached or Redis, reproduced exactly.
    Client,
    /// An external program, which is asked for each answer.
    External,
}

/// A program that has algorithms here.
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
    /// Returns whether it reproduces the answers of another program bit for bit.
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
