//! Dialects: strategies that pick exactly as another program does, bit for bit, so that its picks can
//! be predicted. What they promise is that program's behaviour, fair or not.
//!
//! They take the program's own view of a [`Pool`](crate::Pool): the backends in the order of its
//! configuration, each named by the text that stands there. The seed of a load balancer makes no
//! difference to them. They were written from descriptions of the programs and are tested against
//! recorded answers of the real ones.

pub mod haproxy_leastconn;
mod hash;
mod key;
pub mod nginx_hash_consistent;
mod settings;
mod smooth;
mod wide_ring;

pub use haproxy_leastconn::HaproxyLeastconn;
pub use nginx_hash_consistent::NginxHashConsistent;

use crate::strategy::Algorithm;

/// Every dialect that a name can choose, in alphabetical order.
pub const DIALECTS: &[&Algorithm] = &[
    &haproxy_leastconn::ALGORITHM,
    &nginx_hash_consistent::ALGORITHM,
];
