//! What a config does not say.

use std::net::SocketAddr;

use super::key::KeySource;

/// What a config says nothing of and a configuration needs.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// The part of a request that is its key; none where no key is used or the program knows it.
    pub key: Option<KeySource>,
    /// Where the program is to listen.
    pub listen: SocketAddr,
    /// What the upstream, backend, cluster or pool is called.
    pub name: String,
    /// Whether only that section is wanted, to be put into a configuration that is there.
    pub section_only: bool,
}
