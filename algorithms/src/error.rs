//! What can be wrong with a pool or a request.

use std::time::Duration;

use thiserror::Error;

use crate::failure::Failure;
use crate::limits::{MAX_BACKENDS, MAX_BUCKETS, MAX_POINTS, MAX_WEIGHT};
use crate::refusal::Refusal;

/// Why a pool or a balancer could not be built; what was there before stays in force.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// A backend without a name.
    #[error("a backend has an empty name; every backend needs a name, it is what gets hashed")]
    EmptyName,
    /// A name that could not be printed on a line of its own.
    #[error("the backend name {name:?} has a control character in it; expected printable text")]
    UnprintableName {
        /// The refused name.
        name: String,
    },
    /// Two backends of one name.
    #[error("the backend name `{name}` is given twice; names must be distinct")]
    DuplicateName {
        /// The repeated name.
        name: String,
    },
    /// More backends than one pool may hold.
    #[error("{backends} backends are more than the {MAX_BACKENDS} that a pool may hold")]
    TooManyBackends {
        /// How many there were.
        backends: usize,
    },
    /// A weight of zero.
    #[error(
        "weight 0 is not allowed; expected 1 to {MAX_WEIGHT} (to take a backend out of service, set `drain: true`)"
    )]
    ZeroWeight,
    /// A weight above the cap.
    #[error("weight {weight} is too large; expected 1 to {MAX_WEIGHT}")]
    WeightTooLarge {
        /// The refused weight.
        weight: u64,
    },
    /// An option outside its range.
    #[error("{option} {value} is out of range; expected {min} to {max}")]
    OutOfRange {
        /// The option's name.
        option: &'static str,
        /// The refused number.
        value: String,
        /// The least that is allowed.
        min: u32,
        /// The most that is allowed.
        max: u32,
    },
    /// A number outside the range of an option of an algorithm of one's own.
    #[error("{number} is out of range; expected {min} to {max}")]
    NumberOutOfRange {
        /// The refused number.
        number: u64,
        /// The least that is allowed.
        min: u64,
        /// The most that is allowed.
        max: u64,
    },
    /// An option that is none of those that the program whose dialect is spoken takes.
    #[error("{option} {value} is not {expected}")]
    Unfit {
        /// The option's name.
        option: &'static str,
        /// The refused value.
        value: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A ring larger than [`MAX_POINTS`].
    #[error(
        "the ring would need {points} points, more than {MAX_POINTS}; lower the weights or the points of each"
    )]
    TooManyPoints {
        /// The points of all backends.
        points: u64,
        /// The option that says how many points each has, if there is one.
        option: Option<&'static str>,
    },
    /// More buckets than [`MAX_BUCKETS`].
    #[error(
        "the weights sum up to {buckets}, more than the {MAX_BUCKETS} buckets of an algorithm that gives each unit of weight one; lower the weights"
    )]
    TooManyBuckets {
        /// The sum of the weights.
        buckets: u64,
    },
    /// More buckets than a table that cannot grow has room for.
    #[error(
        "the {buckets} buckets (units of weight) are more than {algorithm}'s capacity of {capacity}, which cannot grow without moving keys; set options.{algorithm}.capacity to at least {buckets}"
    )]
    CapacityExceeded {
        /// The algorithm.
        algorithm: &'static str,
        /// The buckets needed.
        buckets: usize,
        /// Those that there are.
        capacity: u32,
    },
    /// No time to warm up, or more than a year.
    #[error("{time:?} to warm up is out of range; expected more than nothing, up to {max:?}")]
    WarmUp {
        /// The refused time.
        time: Duration,
        /// The longest time.
        max: Duration,
    },
    /// A warm-up around an algorithm that has no order of preference by key.
    #[error("warm_up needs an algorithm that picks by key")]
    WarmUpWithoutKey,
    /// A bounded load around an algorithm that has no order of preference by key.
    #[error("bounded_load needs an algorithm that picks by key")]
    BoundedLoadWithoutKey,
    /// A weight that the program whose dialect is spoken does not take.
    #[error("backend `{name}`: weight {weight} is too large for {algorithm}; expected 1 to {most}")]
    WeightAboveDialect {
        /// The dialect.
        algorithm: &'static str,
        /// The backend.
        name: String,
        /// Its weight.
        weight: u32,
        /// The largest weight that the program takes.
        most: u32,
    },
    /// Two backends that are one to the program whose dialect is spoken.
    #[error(
        "backends `{}` and `{}` are the same to {algorithm}; expected one of each",
        names[0], names[1]
    )]
    SameToDialect {
        /// The dialect.
        algorithm: &'static str,
        /// The backends.
        names: [String; 2],
    },
    /// An option that the program whose dialect is spoken knows only beside another.
    #[error("{option} makes no difference to {algorithm} without `{needs}`")]
    NeedsOption {
        /// The dialect.
        algorithm: &'static str,
        /// The option.
        option: &'static str,
        /// The other and its value.
        needs: &'static str,
    },
    /// A number that the program whose dialect is spoken does not take.
    #[error(
        "backend `{name}`: {attribute} {value} is out of range for {algorithm}; expected {min} to {max}"
    )]
    AttributeOutOfRange {
        /// The dialect.
        algorithm: &'static str,
        /// The backend.
        name: String,
        /// Which of its attributes.
        attribute: &'static str,
        /// The refused number.
        value: u64,
        /// The least that the program takes.
        min: u64,
        /// The most that the program takes.
        max: u64,
    },
    /// What should tell backends apart, twice.
    #[error(
        "backend `{name}`: {attribute} {value} is that of `{other}` already; expected distinct ones"
    )]
    DuplicateAttribute {
        /// The second backend.
        name: String,
        /// Which of its attributes.
        attribute: &'static str,
        /// The repeated value.
        value: String,
        /// The first backend.
        other: String,
    },
    /// A smallest size of a ring that is above its largest.
    #[error("the minimum ring size {least} is above the maximum of {most}")]
    RingSizes {
        /// The smallest.
        least: u32,
        /// The largest.
        most: u32,
    },
    /// A table size that is not a prime number.
    #[error("table_size {size} is not a prime number; the next good one is {next}")]
    TableSizeNotPrime {
        /// The refused size.
        size: u64,
        /// The next prime.
        next: u32,
    },
    /// A table size above the cap.
    #[error("table_size {size} is too large; expected a prime number up to {max}")]
    TableTooLarge {
        /// The refused size.
        size: u64,
        /// The largest size.
        max: u32,
    },
    /// A table with fewer slots than backends.
    #[error(
        "table_size {size} has fewer slots than the {backends} backends; the next good one is {next}"
    )]
    TableTooSmall {
        /// The size of the table.
        size: u32,
        /// How many backends there are.
        backends: usize,
        /// The smallest prime with a slot for each.
        next: u32,
    },
    /// What an algorithm of another crate says is wrong; see [`refused`](Self::refused).
    #[error(transparent)]
    Refused(Refusal),
}

impl BuildError {
    /// Returns the same, and if there are too many points by an option, that one.
    pub(crate) fn with_points_by(self, option: &'static str) -> Self {
        match self {
            Self::TooManyPoints { points, .. } => Self::TooManyPoints {
                points,
                option: Some(option),
            },
            other => other,
        }
    }
}

/// Why a request reached no backend.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RouteError {
    /// The algorithm picks by key and the request brought none.
    #[error("this strategy picks by key, and the request has none")]
    KeyRequired,
    /// The algorithm has no order of preference by key, so that a key has no owners.
    #[error("this strategy uses no key, so that no key has a backend of its own")]
    KeyUnused,
    /// No backend is eligible, untried and below its cap and bound.
    #[error("no eligible backend is left that was not tried and has room")]
    NoBackend,
    /// What the balancer depends on has failed.
    #[error("{0}")]
    Failed(Failure),
}

/// A name that no backend of the pool has.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("there is no backend `{name}`")]
pub struct UnknownBackend {
    /// The name that was asked for.
    pub name: String,
}

/// Why the health of a backend could not be set, or not fully.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum HealthError {
    /// There is no such backend; nothing has changed.
    #[error(transparent)]
    UnknownBackend(#[from] UnknownBackend),
    /// The health is set, but the algorithm could not be built for it: the balancer of before goes on.
    #[error(transparent)]
    Build(#[from] BuildError),
}
