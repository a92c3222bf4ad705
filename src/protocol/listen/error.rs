//! Why nothing listens at an address.

use std::io;
use std::path::PathBuf;

use super::address::Address;

/// An address that cannot be listened at.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// It is not on this machine alone.
    #[error(
        "`{0}` can be reached from other machines; expected 127.0.0.1, [::1] or localhost (`--allow-remote` permits any address)"
    )]
    Remote(Address),
    /// Another process listens at the socket.
    #[error("another process listens at `{}`; stop it, or choose another path", .0.display())]
    InUse(PathBuf),
    /// The path is taken by something else.
    #[error("`{}` exists and is not a socket; expected a path that is free", .0.display())]
    NotASocket(PathBuf),
    /// The system refuses.
    #[error("cannot listen at `{address}`")]
    System {
        /// The address.
        address: Address,
        /// What the system says.
        source: io::Error,
    },
}
