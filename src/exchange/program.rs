//! The programs with configurations to write and read.

use std::fmt;
use std::net::SocketAddr;

use evenkeel_algorithms::{Card, Origin};
use serde::Deserialize;

/// A program with a configuration to write and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Program {
    /// nginx, as an HTTP proxy: an `upstream` block.
    Nginx,
    /// HAProxy: a `backend` section.
    Haproxy,
    /// Envoy: a static cluster.
    Envoy,
    /// twemproxy: a pool of memcached or Redis servers.
    Twemproxy,
}

impl Program {
    /// Returns whether an algorithm is one of the program's own.
    pub(crate) fn has(self, algorithm: &Card) -> bool {
        let own = match self {
            Self::Nginx => evenkeel_algorithms::Program::Nginx,
            Self::Haproxy => evenkeel_algorithms::Program::Haproxy,
            Self::Envoy => evenkeel_algorithms::Program::Envoy,
            Self::Twemproxy => evenkeel_algorithms::Program::Twemproxy,
        };
        algorithm.origin == Origin::Program(own)
    }

    /// Returns the default listener of an exported configuration.
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
