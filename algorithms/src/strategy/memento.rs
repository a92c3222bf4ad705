//! **MementoHash**: jump consistent hash that remembers buckets removed from among the others.
//!
//! # How it works
//! [Jump](super::jump) over all buckets, vacant ones included, gives a bucket. For each vacant bucket, it is remembered
//! how many buckets c were in use after it was vacated: bucket number c replaces it. A key with a vacant bucket is
//! hashed again over the c buckets; if that bucket was vacated earlier, it is replaced in turn, and so on.
//!
//! # Cost
//! a buckets, n in use. Build O(a). Pick: that of jump, and about (1 + ln(a / n))² steps. Memory: 4 bytes per bucket
//! for its holder; while some buckets are vacant, a quarter byte per bucket and 4 bytes per vacant one.
//!
//! # Membership change
//! A new backend takes keys, a removed one gives them up, and no other key moves, whichever backend is removed. There
//! is no limit to growth.
//!
//! # Weights
//! A backend holds one bucket per unit of weight.
//!
//! # Ineligible backends
//! They keep their buckets; each of their keys is [hashed again](super::numbered) over all others.
//!
//! # Departures from the paper
//! The vacant buckets are found by a bitmap with counts, not by a hash table. The same memory extends [jump],
//! [jump-back](super::jump_back), [power](super::power), [flip](super::flip) and [binomial](super::binomial) to any
//! removal; over jump it is the paper's algorithm, so `memento` and `jump` pick alike.
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

/// The card of the algorithm.
pub static CARD: Card = growth::card(
    "memento",
    "jump that remembers buckets removed from among the others",
    Cost::of("log W"),
    "Coluzzi et al., ToN 2024",
    &|hashing, _| Box::new(Memento::new(hashing, ())),
);

growing!(
    /// MementoHash; see the [module](self).
    Memento,
    jump::bucket
);
