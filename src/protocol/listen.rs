//! The protocol over sockets, for many clients at once: a thread for each client, and one that accepts them.

mod address;
mod clients;
mod conversations;
mod error;
mod input;
mod listener;
mod serving;
#[cfg(unix)]
mod stop;
#[cfg(not(unix))]
#[path = "listen/stop_elsewhere.rs"]
mod stop;
mod stream;
#[cfg(unix)]
mod unix_socket;

pub use address::Address;
pub use conversations::{Conversations, Sharing};
pub use error::ListenError;
pub use listener::{Listeners, Reach};
pub use serving::serve_clients;
pub use stop::Stop;
