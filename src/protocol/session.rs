//! A conversation: turns each message into its answer, without input or output.

mod balancers;
mod conversation;
mod fields;
mod membership;
mod requests;
mod state;
mod what_if;

pub(super) use conversation::Session;
