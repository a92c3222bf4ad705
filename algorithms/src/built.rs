//! The fast path: the balancers of our own algorithms and dialects as one type, dispatched without a vtable.

use std::any::Any;
use std::time::Duration;

use enum_dispatch::enum_dispatch;

use crate::balancer::Balancer;
#[cfg(feature = "dialects")]
use crate::dialect;
use crate::failure::Failure;
use crate::hash::Fingerprint;
use crate::outcome::{Outcome, Report};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::slot::Slot;
use crate::step::Step;
use crate::strategy;
use crate::strategy::growth::Table;

/// The balancer of an algorithm that grows only at the end.
type Growing<G> = strategy::numbered::Built<Table<G>>;

/// Any balancer. The known ones are called directly.
#[enum_dispatch(Balancer)]
#[derive(Debug)]
pub(crate) enum Built {
    Anchor(strategy::numbered::Built<strategy::anchor::Table>),
    Binomial(Growing<strategy::binomial::Growth>),
    BoundedLoad(strategy::bounded_load::Built),
    ChooseK(strategy::numbered::Built<strategy::choose_k::Table>),
    Dx(strategy::numbered::Built<strategy::dx::Table>),
    Flip(Growing<strategy::flip::Growth>),
    Jump(Growing<strategy::jump::Growth>),
    JumpBack(Growing<strategy::jump_back::Growth>),
    Ketama(strategy::ketama::Built),
    LeastConnections(strategy::least_connections::Built),
    LeastRequest(strategy::least_request::Built),
    Lrh(strategy::lrh::Built),
    Maglev(strategy::maglev::Built),
    Memento(Growing<strategy::memento::Growth>),
    Modulo(strategy::modulo::Built),
    MultiProbe(strategy::multi_probe::Built),
    PeakEwma(strategy::peak_ewma::Built),
    Power(Growing<strategy::power::Growth>),
    PowerOfTwoChoices(strategy::power_of_two_choices::Built),
    Prequal(strategy::prequal::Built),
    Random(strategy::random::Built),
    Rendezvous(strategy::rendezvous::Built),
    RoundRobin(strategy::round_robin::Built),
    Subset(strategy::subset::Built),
    WarmUp(strategy::warm_up::Built),
    #[cfg(feature = "dialects")]
    BestScore(dialect::scores::Built),
    #[cfg(feature = "dialects")]
    CiliumMaglev(dialect::cilium_maglev::Built),
    #[cfg(feature = "dialects")]
    EnvoyHash(dialect::envoy_hash::Built),
    #[cfg(feature = "dialects")]
    HaproxyFirst(dialect::haproxy_first::Built),
    #[cfg(feature = "dialects")]
    HaproxyHashConsistent(dialect::haproxy_hash_consistent::Built),
    #[cfg(feature = "dialects")]
    HaproxyHashMapBased(dialect::haproxy_hash_map_based::Built),
    #[cfg(feature = "dialects")]
    HaproxyLeastconn(dialect::haproxy_leastconn::Built),
    #[cfg(feature = "dialects")]
    HaproxyRoundrobin(dialect::haproxy_roundrobin::Built),
    #[cfg(feature = "dialects")]
    HaproxyStaticRr(dialect::haproxy_static_rr::Built),
    #[cfg(feature = "dialects")]
    KatranMaglev(dialect::katran_maglev::Built),
    #[cfg(feature = "dialects")]
    ListModulo(dialect::modulo::Built),
    #[cfg(feature = "dialects")]
    McrouterCh3(dialect::McrouterCh3),
    #[cfg(feature = "dialects")]
    NginxHash(dialect::nginx_hash::Built),
    #[cfg(feature = "dialects")]
    NginxHashConsistent(dialect::nginx_hash_consistent::Built),
    #[cfg(feature = "dialects")]
    NginxLeastConn(dialect::nginx_least_conn::Built),
    #[cfg(feature = "dialects")]
    NginxRoundRobin(dialect::nginx_round_robin::Built),
    #[cfg(feature = "dialects")]
    PingoraFnv(dialect::pingora_fnv::Built),
    #[cfg(feature = "dialects")]
    PingoraKetama(dialect::pingora_ketama::Built),
    #[cfg(feature = "dialects")]
    PointRing(dialect::point_ring::Built),
    #[cfg(feature = "dialects")]
    RedisCluster(dialect::redis_cluster::Built),
    /// A balancer of another crate.
    Custom(Box<dyn Balancer>),
}

/// Converts between boxes and the variants.
macro_rules! variants {
    (own: $($own:ident)*, dialects: $($dialect:ident)*) => {
        impl Built {
            /// Moves a known balancer out of its box.
            pub(crate) fn of(balancer: Box<dyn Balancer>) -> Self {
                $(let balancer = match unboxed(balancer) {
                    Ok(known) => return Self::$own(known),
                    Err(other) => other,
                };)*
                $(#[cfg(feature = "dialects")]
                let balancer = match unboxed(balancer) {
                    Ok(known) => return Self::$dialect(known),
                    Err(other) => other,
                };)*
                Self::Custom(balancer)
            }

            /// Returns the balancer as a trait object.
            pub(crate) fn as_dyn(&self) -> &dyn Balancer {
                match self {
                    $(Self::$own(known) => known,)*
                    $(#[cfg(feature = "dialects")]
                    Self::$dialect(known) => known,)*
                    Self::Custom(other) => &**other,
                }
            }
        }
    };
}

/// Returns the balancer as a concrete type, or unchanged if it is of another type.
fn unboxed<T: Balancer>(balancer: Box<dyn Balancer>) -> Result<T, Box<dyn Balancer>> {
    let any: &dyn Any = &*balancer;
    if !any.is::<T>() {
        return Err(balancer);
    }
    let any: Box<dyn Any> = balancer;
    Ok(*any.downcast().expect("its type was asked for just now"))
}

variants! {
    own: Anchor Binomial BoundedLoad ChooseK Dx Flip Jump JumpBack Ketama LeastConnections
        LeastRequest Lrh Maglev Memento Modulo MultiProbe PeakEwma Power PowerOfTwoChoices Prequal
        Random Rendezvous RoundRobin Subset WarmUp,
    dialects: BestScore CiliumMaglev EnvoyHash HaproxyFirst HaproxyHashConsistent HaproxyHashMapBased
        HaproxyLeastconn HaproxyRoundrobin HaproxyStaticRr KatranMaglev ListModulo McrouterCh3
        NginxHash NginxHashConsistent NginxLeastConn NginxRoundRobin PingoraFnv PingoraKetama
        PointRing RedisCluster
}
