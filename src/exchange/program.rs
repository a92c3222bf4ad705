//! The programs.

use std::fmt;
use std::net::SocketAddr;

use evenkeel_algorithms::{Card, Origin};
use serde::Deserialize;

/// A program whose configuration is written and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Program {
    /// nginx, as a proxy of HTTP: an `upstream` block.
    Nginx,
    /// HAProxy: a `backend` section.
    Haproxy,
    /// Envoy: a static cluster.
    Envoy,
    /// twemproxy: a pool of memcached or Redis servers.
    Twemproxy,
}

impl Program {
    /// Returns whether an algorithm is its own.
    pub(crate) fn has(self, algorithm: &Card) -> bool {
        let own = match self {
            Self::Nginx => evenkeel_algorithms::Program::Nginx,
            Self::Haproxy => evenkeel_algorithms::Program::Haproxy,
            Self::Envoy => evenkeel_algorithms::Program::Envoy,
            Self::Twemproxy => evenkeel_algorithms::Program::Twemproxy,
        };
        algorithm.origin == Origin::Program(own)
    }

    /// Returns where an exported configuration listens if nothing else is asked for.
    pub(crate) fn default_listener(self) -> SocketAddr {
        let port = match self {
            Self::Twemproxy => 22_121,
            _ => 8_080,
        };
        SocketAddr::from(([127, 0, 0, 1], port))
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nginx => "nginx",
            Self::Haproxy => "HAProxy",
            Self::Envoy => "Envoy",
            Self::Twemproxy => "twemproxy",
        })
    }
}
