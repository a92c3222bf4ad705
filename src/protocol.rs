//! The protocol: one JSON object a line in, one a line out.

mod answer;
mod desk;
mod dialogue;
mod limits;
mod lines;
mod listen;
mod message;
mod message_type;
mod msg_id;
mod name;
mod open;
mod parse;
mod received;
mod session;
mod status;
mod stdio;

pub use limits::Limits;
pub use listen::{
    Address, Conversations, ListenError, Listeners, Reach, Sharing, Stop, serve_clients,
};
pub use stdio::serve;
