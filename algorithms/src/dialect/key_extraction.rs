//! What other programs hash of a request: functions that extract the key as they do.

pub mod envoy;
pub mod haproxy;
