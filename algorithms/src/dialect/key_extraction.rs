//! What other programs hash of a request: functions that cut the key out of it as they do.

pub mod envoy;
pub mod haproxy;
