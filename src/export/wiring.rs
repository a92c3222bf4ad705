//! Settings that a config does not contain.

use std::net::SocketAddr;

use super::key::KeySource;

/// Settings that a program's configuration needs and a config does not contain.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// The part of a request that is its key; `None` if no key is used or the program determines it.
    pub key: Option<KeySource>,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The name of the upstream, backend, cluster or pool.
    pub name: String,
    /// Whether to write only that section, for an existing configuration.
    pub section_only: bool,
}
