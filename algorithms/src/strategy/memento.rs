//! **MementoHash**: jump consistent hash that remembers the buckets removed from among the others.
//!
//! # How it works
//! [Jump](super::jump) over all buckets, vacant ones included, gives a bucket. Of each vacant bucket it
//! is remembered how many were in use after it was vacated, c: bucket number c stands for it. A key
//! whose bucket is vacant is hashed again over the c buckets; one of them that was vacant before is
//! replaced by the one that stands for it, and so on.
//!
//! # Cost
//! a buckets, n in use. Build O(a). Pick: that of jump, and about (1 + ln(a / n))² steps. Memory: 4
//! bytes a bucket for its holder; while some are vacant a quarter byte a bucket and 4 bytes each.
//!
//! # Membership change
//! A joiner takes keys, a leaver gives them up, and no other key moves, whatever leaves. There is no
//! limit to growth.
//!
//! # Weights
//! A backend takes a bucket a unit of weight.
//!
//! # Ineligible backends
//! They keep their buckets; each of their keys is [hashed again](super::numbered) over all others.
//!
//! # Departures from the paper
//! The vacant buckets are found by a bitmap with counts, not by a hash table. The same memory makes
//! [jump], [jump-back](super::jump_back), [power](super::power), [flip](super::flip) and
//! [binomial](super::binomial) right for any removal; over jump it is the paper's algorithm, so that
//! `memento` and `jump` pick alike.
//!
//! # References
//! M. Coluzzi, A. Brocco, A. Antonucci, T. Leidi: MementoHash: A Stateful, Minimal Memory, Best
//! Performing Consistent Hash Algorithm, IEEE/ACM Transactions on Networking 32(4), 2024, section IV.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{LoadBalancer, Memento, Pool};
//!
//! let balancer = LoadBalancer::new(Memento::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let before = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! balancer.update(["b1", "b3"])?;
//! let after = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! assert!(after == before || before == "b2");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::card::{Card, Cost};
use crate::strategy::growth::{self, growing};
use crate::strategy::jump;

/// What is to be known of the algorithm before choosing it.
pub static CARD: Card = growth::card(
    "memento",
    "jump that remembers the buckets removed from among the others",
    Cost::of("log W"),
    "Coluzzi et al., ToN 2024",
    &|hashing, _| Box::new(Memento::new(hashing, ())),
);

growing!(
    /// MementoHash; see the [module](self).
    Memento,
    jump::bucket
);
