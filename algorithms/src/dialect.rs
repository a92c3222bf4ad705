//! Dialects: algorithms that pick exactly as another program does, bit for bit, so that its picks can be predicted.
//! They promise that program's behaviour, fair or not.
//!
//! They use the program's own view of a [`Pool`](crate::Pool): the backends in the order of its configuration, each
//! named by the text in that configuration. The seed of a load balancer makes no difference to them. They were written
//! from descriptions of the programs and are tested against recorded answers of the real programs.

mod chain;
pub mod cilium_maglev;
pub mod clients;
pub mod envoy_hash;
mod haproxy;
pub mod haproxy_first;
pub mod haproxy_hash_consistent;
pub mod haproxy_hash_map_based;
mod haproxy_key;
pub mod haproxy_leastconn;
mod haproxy_map;
pub mod haproxy_roundrobin;
pub mod haproxy_static_rr;
mod hash;
pub mod katran_maglev;
mod key;
pub mod key_extraction;
mod label;
mod list_order;
mod maglev_fill;
pub mod mcrouter_ch3;
pub(crate) mod modulo;
pub mod nginx_hash;
pub mod nginx_hash_consistent;
pub mod nginx_least_conn;
pub mod nginx_round_robin;
mod packet_table;
pub mod pingora_fnv;
pub mod pingora_ketama;
pub(crate) mod point_ring;
pub mod redis_cluster;
pub(crate) mod scores;
mod settings;
mod side_by_side;
mod smooth;
mod socket_order;
mod wide_ring;

pub use cilium_maglev::CiliumMaglev;
pub use envoy_hash::EnvoyHash;
pub use haproxy_first::HaproxyFirst;
pub use haproxy_hash_consistent::HaproxyHashConsistent;
pub use haproxy_hash_map_based::HaproxyHashMapBased;
pub use haproxy_key::HaproxyFunction;
pub use haproxy_leastconn::HaproxyLeastconn;
pub use haproxy_roundrobin::HaproxyRoundrobin;
pub use haproxy_static_rr::HaproxyStaticRr;
pub use hash::Char;
pub use katran_maglev::KatranMaglev;
pub use mcrouter_ch3::McrouterCh3;
pub use modulo::ListModulo;
pub use nginx_hash::NginxHash;
pub use nginx_hash_consistent::NginxHashConsistent;
pub use nginx_least_conn::NginxLeastConn;
pub use nginx_round_robin::NginxRoundRobin;
pub use pingora_fnv::PingoraFnv;
pub use pingora_ketama::PingoraKetama;
pub use point_ring::PointRing;
pub use redis_cluster::RedisCluster;
pub use scores::BestScore;

use crate::card::Card;

/// All dialects by name: the proxies and other programs, then the [clients], each in alphabetical order.
pub const CARDS: &[&[&Card]] = &[
    &[
        &cilium_maglev::CARD,
        &envoy_hash::MAGLEV,
        &envoy_hash::RING,
        &envoy_hash::GRPC,
        &haproxy_first::CARD,
        &haproxy_hash_consistent::CARD,
        &haproxy_hash_map_based::CARD,
        &haproxy_leastconn::CARD,
        &haproxy_roundrobin::CARD,
        &haproxy_static_rr::CARD,
        &katran_maglev::CARD,
        &mcrouter_ch3::CARD,
        &nginx_hash::HASH,
        &nginx_hash_consistent::CARD,
        &nginx_hash::IP_HASH,
        &nginx_least_conn::CARD,
        &nginx_round_robin::CARD,
        &pingora_fnv::CARD,
        &pingora_ketama::CARD,
        &redis_cluster::CARD,
    ],
    clients::CLIENTS,
];
