//! The list of strategies: a new one is a file, a `mod` line and a `pub use`, a variant and a row in
//! [`ALGORITHMS`], or in the `DIALECTS` of the feature `dialects` if it answers as another program does.

use std::fmt;
use std::time::Duration;

use enum_dispatch::enum_dispatch;
use thiserror::Error;

use crate::balancer::{Balancer, Pick, Profile, Step};
#[cfg(feature = "dialects")]
use crate::dialect::{
    BestScore, CiliumMaglev, EnvoyHash, HaproxyFirst, HaproxyHashConsistent, HaproxyHashMapBased,
    HaproxyLeastconn, HaproxyRoundrobin, HaproxyStaticRr, KatranMaglev, ListModulo, McrouterCh3,
    NginxHash, NginxHashConsistent, NginxLeastConn, NginxRoundRobin, PingoraFnv, PingoraKetama,
    PointRing, RedisCluster, clients, envoy_hash, haproxy_hash_consistent, haproxy_hash_map_based,
};
use crate::error::BuildError;
use crate::hash::{Fingerprint, Hashing};
use crate::outcome::{Outcome, Report};
use crate::pool::Pool;
use crate::slot::Slot;

pub(crate) mod alias;
pub mod anchor;
pub mod binomial;
pub mod bounded_load;
mod capacity;
pub mod choose_k;
mod draw;
pub mod dx;
pub mod flip;
pub mod jump;
pub mod jump_back;
pub mod ketama;
pub mod least_connections;
pub mod least_request;
pub mod lrh;
pub mod maglev;
pub mod memento;
pub mod modulo;
pub mod multi_probe;
pub mod numbered;
pub mod peak_ewma;
pub mod power;
pub mod power_of_two_choices;
pub mod prequal;
pub mod random;
pub mod rendezvous;
pub mod round_robin;
pub mod subset;
pub mod warm_up;

pub use anchor::Anchor;
pub use binomial::Binomial;
pub use bounded_load::BoundedLoad;
pub use choose_k::ChooseK;
pub use dx::Dx;
pub use flip::Flip;
pub use jump::Jump;
pub use jump_back::JumpBack;
pub use ketama::Ketama;
pub use least_connections::LeastConnections;
pub use least_request::LeastRequest;
pub use lrh::Lrh;
pub use maglev::Maglev;
pub use memento::Memento;
pub use modulo::Modulo;
pub use multi_probe::MultiProbe;
pub use peak_ewma::PeakEwma;
pub use power::Power;
pub use power_of_two_choices::PowerOfTwoChoices;
pub use prequal::Prequal;
pub use random::Random;
pub use rendezvous::Rendezvous;
pub use round_robin::RoundRobin;
pub use subset::Subset;
pub use warm_up::WarmUp;

/// Every algorithm of our own that a name can choose, in alphabetical order.
pub const ALGORITHMS: &[&Algorithm] = &[
    &anchor::ALGORITHM,
    &binomial::ALGORITHM,
    &choose_k::ALGORITHM,
    &dx::ALGORITHM,
    &flip::ALGORITHM,
    &jump::ALGORITHM,
    &jump_back::ALGORITHM,
    &ketama::ALGORITHM,
    &least_connections::ALGORITHM,
    &least_request::ALGORITHM,
    &lrh::ALGORITHM,
    &maglev::ALGORITHM,
    &memento::ALGORITHM,
    &modulo::ALGORITHM,
    &multi_probe::ALGORITHM,
    &peak_ewma::ALGORITHM,
    &power::ALGORITHM,
    &power_of_two_choices::ALGORITHM,
    &prequal::ALGORITHM,
    &random::ALGORITHM,
    &rendezvous::ALGORITHM,
    &round_robin::ALGORITHM,
];

/// Any strategy, dispatched statically.
#[enum_dispatch(Balancer)]
#[derive(Debug)]
#[non_exhaustive]
pub enum Strategy {
    /// AnchorHash.
    Anchor(Anchor),
    /// BinomialHash.
    Binomial(Binomial),
    /// Another program's rendezvous hashing.
    #[cfg(feature = "dialects")]
    BestScore,
    /// A bound on the load of another strategy.
    BoundedLoad,
    /// Choose-k.
    ChooseK(ChooseK),
    /// Cilium's Maglev table.
    #[cfg(feature = "dialects")]
    CiliumMaglev,
    /// DxHash.
    Dx(Dx),
    /// The hashes of Envoy and gRPC.
    #[cfg(feature = "dialects")]
    EnvoyHash,
    /// FlipHash.
    Flip(Flip),
    /// HAProxy's `balance first`.
    #[cfg(feature = "dialects")]
    HaproxyFirst,
    /// HAProxy's `hash-type consistent`.
    #[cfg(feature = "dialects")]
    HaproxyHashConsistent,
    /// HAProxy's `hash-type map-based`.
    #[cfg(feature = "dialects")]
    HaproxyHashMapBased,
    /// HAProxy's `balance leastconn`.
    #[cfg(feature = "dialects")]
    HaproxyLeastconn,
    /// HAProxy's `balance roundrobin`.
    #[cfg(feature = "dialects")]
    HaproxyRoundrobin,
    /// HAProxy's `balance static-rr`.
    #[cfg(feature = "dialects")]
    HaproxyStaticRr,
    /// Jump consistent hash.
    Jump(Jump),
    /// JumpBackHash.
    JumpBack(JumpBack),
    /// Katran's Maglev table.
    #[cfg(feature = "dialects")]
    KatranMaglev,
    /// The ketama ring.
    Ketama,
    /// The remainder of a hash, as other programs take it.
    #[cfg(feature = "dialects")]
    ListModulo,
    /// Least connections.
    LeastConnections,
    /// Local rendezvous hashing.
    Lrh,
    /// Least request.
    LeastRequest,
    /// The Maglev table.
    Maglev,
    /// mcrouter's `Ch3`.
    #[cfg(feature = "dialects")]
    McrouterCh3,
    /// MementoHash.
    Memento(Memento),
    /// The remainder of a hash.
    Modulo(Modulo),
    /// Multi-probe consistent hashing.
    MultiProbe,
    /// nginx's `hash` and `ip_hash`.
    #[cfg(feature = "dialects")]
    NginxHash,
    /// nginx's `hash … consistent`.
    #[cfg(feature = "dialects")]
    NginxHashConsistent,
    /// nginx's `least_conn`.
    #[cfg(feature = "dialects")]
    NginxLeastConn,
    /// nginx's smooth turns.
    #[cfg(feature = "dialects")]
    NginxRoundRobin,
    /// Peak EWMA.
    PeakEwma,
    /// Another program's ring.
    #[cfg(feature = "dialects")]
    PointRing,
    /// Pingora's `FNVHash`.
    #[cfg(feature = "dialects")]
    PingoraFnv,
    /// Pingora's `KetamaHashing`.
    #[cfg(feature = "dialects")]
    PingoraKetama,
    /// Power consistent hash.
    Power(Power),
    /// Power of two choices.
    PowerOfTwoChoices,
    /// Prequal.
    Prequal,
    /// A draw by weight.
    Random,
    /// Redis Cluster.
    #[cfg(feature = "dialects")]
    RedisCluster,
    /// Rendezvous hashing.
    Rendezvous,
    /// Smooth weighted round-robin.
    RoundRobin,
    /// Another strategy over a few of the backends.
    Subset,
    /// Another strategy whose newcomers take their share gradually.
    WarmUp,
    /// A strategy of the user's own; see [`Strategy::custom`].
    Custom(Box<dyn Balancer>),
}

impl Strategy {
    /// Makes a strategy of the user's own fit wherever the built-in ones do.
    pub fn custom(balancer: impl Balancer + 'static) -> Self {
        Self::Custom(Box::new(balancer))
    }

    /// The same strategy under a bound on the load of each backend; see [`bounded_load`].
    #[must_use]
    pub fn bounded(self, options: impl Into<bounded_load::Options>) -> Self {
        BoundedLoad::new(self, options).into()
    }

    /// The same strategy over a few of the backends, which differ from client to client; see
    /// [`subset`]. By `hashing` client and backends are drawn: give it the seed of the strategy inside.
    #[must_use]
    pub fn subset(self, hashing: Hashing, options: subset::Options) -> Self {
        Subset::new(self, hashing, options).into()
    }

    /// The same strategy with newcomers that take their share gradually, by the load balancer's clock; see
    /// [`warm_up`]. By `hashing` keys draw when they move: give it the seed of the strategy inside.
    #[must_use]
    pub fn warm_up(self, hashing: Hashing, options: warm_up::Options) -> Self {
        WarmUp::new(self, hashing, options).into()
    }
}

#[deny(clippy::missing_trait_methods)]
impl Balancer for Box<dyn Balancer> {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        (**self).pick(pick)
    }

    fn rebuild(&self, pool: &Pool) -> Result<Strategy, BuildError> {
        (**self).rebuild(pool)
    }

    fn profile(&self) -> Profile {
        (**self).profile()
    }

    fn settle(&self, pool: &Pool, slot: Slot) {
        (**self).settle(pool, slot);
    }

    fn observe(&self, pool: &Pool, slot: Slot, outcome: Outcome, now: Duration) {
        (**self).observe(pool, slot, outcome, now);
    }

    fn report(&self, pool: &Pool, slot: Slot, report: Report, now: Duration) {
        (**self).report(pool, slot, report, now);
    }

    fn probe(&self, pick: &Pick<'_>) -> Option<Slot> {
        (**self).probe(pick)
    }

    fn table(&self) -> Option<Vec<Slot>> {
        (**self).table()
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        (**self).trace(pick, steps)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        (**self).describe(fingerprint);
    }

    fn memory(&self) -> usize {
        (**self).memory()
    }
}

/// The options of every strategy that has any: one typed section each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(default, deny_unknown_fields, rename_all = "kebab-case")
)]
pub struct Options {
    /// AnchorHash's.
    pub anchor: anchor::Options,
    /// Those of Cilium's table.
    #[cfg(feature = "dialects")]
    pub cilium_maglev: crate::dialect::cilium_maglev::Options,
    /// DxHash's.
    pub dx: dx::Options,
    /// Those of Katran's table.
    #[cfg(feature = "dialects")]
    pub katran_maglev: crate::dialect::katran_maglev::Options,
    /// The ketama ring's.
    #[cfg_attr(feature = "serde", serde(alias = "consistent-hash"))]
    pub ketama: ketama::Options,
    /// Local rendezvous hashing's.
    #[cfg_attr(feature = "serde", serde(alias = "local-rendezvous"))]
    pub lrh: lrh::Options,
    /// Those of least request.
    pub least_request: least_request::Options,
    /// The Maglev table's.
    pub maglev: maglev::Options,
    /// Multi-probe's.
    #[cfg_attr(feature = "serde", serde(alias = "mpch"))]
    pub multi_probe: multi_probe::Options,
    /// Those of peak EWMA.
    pub peak_ewma: peak_ewma::Options,
    /// Those of Pingora's ring.
    #[cfg(feature = "dialects")]
    pub pingora_ketama: crate::dialect::pingora_ketama::Options,
    /// Those of power of two choices.
    #[cfg_attr(feature = "serde", serde(alias = "p2c"))]
    pub power_of_two_choices: power_of_two_choices::Options,
    /// Prequal's.
    pub prequal: prequal::Options,
    /// Those of Cache::Memcached::Fast.
    #[cfg(feature = "dialects")]
    pub cache_memcached_fast: clients::FastOptions,
    /// Those of the CRC of 15 bits.
    #[cfg(feature = "dialects")]
    pub crc15_modulo: clients::Crc15Options,
    /// Those of Envoy's Maglev.
    #[cfg(feature = "dialects")]
    pub envoy_maglev: envoy_hash::MaglevOptions,
    /// Those of Envoy's ring hash.
    #[cfg(feature = "dialects")]
    pub envoy_ring_hash: envoy_hash::RingHashOptions,
    /// Those of gRPC's ring hash.
    #[cfg(feature = "dialects")]
    pub grpc_ring_hash: envoy_hash::GrpcOptions,
    /// groupcache's.
    #[cfg(feature = "dialects")]
    pub groupcache: clients::GroupcacheOptions,
    /// Those of HAProxy's ring.
    #[cfg(feature = "dialects")]
    pub haproxy_hash_consistent: haproxy_hash_consistent::Options,
    /// Those of HAProxy's map.
    #[cfg(feature = "dialects")]
    pub haproxy_hash_map_based: haproxy_hash_map_based::Options,
    /// Those of Jedis.
    #[cfg(feature = "dialects")]
    pub jedis_sharded: clients::JedisOptions,
    /// Those of libmemcached's ring.
    #[cfg(feature = "dialects")]
    pub libmemcached_ketama: clients::LibmemcachedOptions,
    /// Those of libmemcached's ring with weights.
    #[cfg(feature = "dialects")]
    pub libmemcached_ketama_weighted: clients::LibmemcachedOptions,
    /// Those of libmemcached's modulo.
    #[cfg(feature = "dialects")]
    pub libmemcached_modula: clients::LibmemcachedOptions,
    /// Those of npm's hashring.
    #[cfg(feature = "dialects")]
    pub npm_hashring: clients::HashringOptions,
    /// Those of PECL memcache.
    #[cfg(feature = "dialects")]
    pub pecl_consistent: clients::PeclOptions,
    /// Those of redis-rb up to 4.
    #[cfg(feature = "dialects")]
    pub redis_rb_4: clients::RedisRbOptions,
    /// Those of redis-rb from 5 on.
    #[cfg(feature = "dialects")]
    pub redis_rb_5: clients::RedisRbOptions,
    /// Those of spymemcached.
    #[cfg(feature = "dialects")]
    pub spymemcached_ketama: clients::SpymemcachedOptions,
    /// Those of twemproxy's ring.
    #[cfg(feature = "dialects")]
    pub twemproxy_ketama: clients::TwemproxyOptions,
    /// Those of twemproxy's modulo.
    #[cfg(feature = "dialects")]
    pub twemproxy_modula: clients::TwemproxyOptions,
    /// Those of XMemcached.
    #[cfg(feature = "dialects")]
    pub xmemcached_ketama: clients::XmemcachedOptions,
}

/// What is to be known of an algorithm before choosing it; each strategy's file holds its own.
#[derive(Debug)]
#[non_exhaustive]
pub struct Algorithm {
    /// The canonical name.
    pub name: &'static str,
    /// Other names that mean the same.
    pub aliases: &'static [&'static str],
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Its options.
    pub options: &'static [OptionHelp],
    /// The cost of a build: n backends, W the sum of weights.
    pub build: &'static str,
    /// The cost of a pick.
    pub pick: &'static str,
    /// The memory held.
    pub memory: &'static str,
    /// What a weight means.
    pub weights: &'static str,
    /// What moves when the membership changes.
    pub disruption: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    pub(crate) new: fn(Hashing, &Options) -> Strategy,
}

/// One option of an algorithm.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct OptionHelp {
    /// Its name in a config.
    pub name: &'static str,
    /// Its meaning and range.
    pub help: &'static str,
    /// Its value in some options; its default in the default ones.
    pub value: fn(&Options) -> String,
}

impl Algorithm {
    /// Consistent hashing on the ketama ring: what is meant where no algorithm is named.
    pub const CONSISTENT_HASH: &'static Self = &ketama::ALGORITHM;

    /// Least connections: what is meant where a request brings the counts.
    pub const LEAST_CONNECTIONS: &'static Self = &least_connections::ALGORITHM;

    /// The algorithm of a name or another name for it.
    ///
    /// # Errors
    /// [`UnknownAlgorithm`], which lists the known ones.
    pub fn named(name: &str) -> Result<&'static Self, UnknownAlgorithm> {
        let known = Self::all().find(|known| known.names().any(|other| other == name));
        known.ok_or_else(|| UnknownAlgorithm {
            name: name.to_owned(),
        })
    }

    /// Our own algorithms and, with the feature `dialects`, those of other programs.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        #[cfg(feature = "dialects")]
        let dialects = crate::dialect::DIALECTS;
        #[cfg(not(feature = "dialects"))]
        let dialects: &[&[&Self]] = &[];
        let dialects = dialects.iter().flat_map(|group| group.iter());
        ALGORITHMS.iter().chain(dialects).copied()
    }

    /// The canonical name and the others.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// The strategy, not yet built for a pool.
    #[must_use]
    pub fn strategy(&self, hashing: impl Into<Hashing>, options: &Options) -> Strategy {
        (self.new)(hashing.into(), options)
    }
}

impl PartialEq for Algorithm {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Algorithm {}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

/// A name that no algorithm has. It shows our own names only: those of the dialects are many.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("unknown algorithm `{name}`, expected one of {}", known_names())]
pub struct UnknownAlgorithm {
    /// The name that was asked for.
    pub name: String,
}

fn known_names() -> String {
    let names = ALGORITHMS.iter().flat_map(|known| known.names());
    let mut names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    if cfg!(feature = "dialects") {
        names.push("a dialect of another program".to_owned());
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_sorted() {
        let mut names: Vec<_> = Algorithm::all().flat_map(Algorithm::names).collect();
        assert!(ALGORITHMS.is_sorted_by_key(|known| known.name));
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn every_name_finds_its_algorithm() {
        for known in Algorithm::all() {
            assert!(
                known
                    .names()
                    .all(|name| Algorithm::named(name) == Ok(known))
            );
        }
        let unknown = Algorithm::named("kettama").unwrap_err().to_string();
        assert!(unknown.contains("`kettama`") && unknown.contains("`consistent-hash`"));
    }
}
