//! A conversation: each message in, its answer out. Reads and writes nothing else.

mod balancers;
mod conversation;
mod fields;
mod membership;
mod requests;
mod state;
mod what_if;

pub(super) use conversation::Session;
