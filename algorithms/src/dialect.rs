//! Dialects: strategies that pick exactly as another program does, bit for bit, so that its picks can
//! be predicted. What they promise is that program's behaviour, fair or not.
//!
//! They take the program's own view of a [`Pool`](crate::Pool): the backends in the order of its
//! configuration, each named by the text that stands there. The seed of a load balancer makes no
//! difference to them. They were written from descriptions of the programs and are tested against
//! recorded answers of the real ones.

pub mod clients;
pub mod haproxy_leastconn;
mod hash;
mod key;
mod modulo;
pub mod nginx_hash;
pub mod nginx_hash_consistent;
pub mod nginx_least_conn;
pub mod nginx_round_robin;
mod point_ring;
pub mod redis_cluster;
mod scores;
mod settings;
mod smooth;
mod wide_ring;

pub use haproxy_leastconn::HaproxyLeastconn;
pub use hash::Char;
pub use modulo::ListModulo;
pub use nginx_hash::NginxHash;
pub use nginx_hash_consistent::NginxHashConsistent;
pub use nginx_least_conn::NginxLeastConn;
pub use nginx_round_robin::NginxRoundRobin;
pub use point_ring::PointRing;
pub use redis_cluster::RedisCluster;
pub use scores::BestScore;

use crate::strategy::Algorithm;

/// Every dialect that a name can choose: the proxies and other programs, then the
/// [clients](clients), each in alphabetical order.
pub const DIALECTS: &[&[&Algorithm]] = &[
    &[
        &haproxy_leastconn::ALGORITHM,
        &nginx_hash::HASH,
        &nginx_hash::IP_HASH,
        &nginx_hash_consistent::ALGORITHM,
        &nginx_least_conn::ALGORITHM,
        &nginx_round_robin::ALGORITHM,
        &redis_cluster::ALGORITHM,
    ],
    clients::CLIENTS,
];
