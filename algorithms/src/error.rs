//! Errors in a pool or a request.

use std::time::Duration;

use thiserror::Error;

use crate::failure::Failure;
use crate::limits::{MAX_BACKENDS, MAX_BUCKETS, MAX_POINTS, MAX_WEIGHT};
use crate::refusal::Refusal;

/// Why a pool or a balancer could not be built. The previous one stays in use.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// A backend has no name.
    #[error("a backend has an empty name; every backend needs a name, which is hashed")]
    EmptyName,
    /// A name cannot be printed on one line.
    #[error("the backend name {name:?} contains a control character; expected printable text")]
    UnprintableName {
        /// The rejected name.
        name: String,
    },
    /// Two backends have the same name.
    #[error("the backend name `{name}` is used twice; names must be unique")]
    DuplicateName {
        /// The repeated name.
        name: String,
    },
    /// There are more backends than a pool may hold.
    #[error("{backends} backends are too many; a pool may hold {MAX_BACKENDS}")]
    TooManyBackends {
        /// The number of backends.
        backends: usize,
    },
    /// A weight is zero.
    #[error(
        "weight 0 is not allowed; expected 1 to {MAX_WEIGHT} (to take a backend out of service, set `drain: true`)"
    )]
    ZeroWeight,
    /// A weight is above the maximum.
    #[error("weight {weight} is too large; expected 1 to {MAX_WEIGHT}")]
    WeightTooLarge {
        /// The rejected weight.
        weight: u64,
    },
    /// An option is outside its range.
    #[error("{option} {value} is out of range; expected {min} to {max}")]
    OutOfRange {
        /// The option's name.
        option: &'static str,
        /// The rejected number.
        value: String,
        /// The minimum.
        min: u32,
        /// The maximum.
        max: u32,
    },
    /// A number is outside the range of an option of another crate's algorithm.
    #[error("{number} is out of range; expected {min} to {max}")]
    NumberOutOfRange {
        /// The rejected number.
        number: u64,
        /// The minimum.
        min: u64,
        /// The maximum.
        max: u64,
    },
    /// An option has a value that the program of the dialect does not accept.
    #[error("{option} {value} is not {expected}")]
    Unfit {
        /// The option's name.
        option: &'static str,
        /// The rejected value.
        value: String,
        /// The expected values.
        expected: &'static str,
    },
    /// A ring would be larger than [`MAX_POINTS`].
    #[error(
        "the ring would need {points} points, more than {MAX_POINTS}; lower the weights or the points per backend"
    )]
    TooManyPoints {
        /// The points of all backends.
        points: u64,
        /// The option that sets the number of points, if there is one.
        option: Option<&'static str>,
    },
    /// There are more buckets than [`MAX_BUCKETS`].
    #[error(
        "the sum of the weights is {buckets}; expected at most {MAX_BUCKETS}, because this algorithm uses one bucket per unit of weight"
    )]
    TooManyBuckets {
        /// The sum of the weights.
        buckets: u64,
    },
    /// There are more buckets than a table that cannot grow has room for.
    #[error(
        "{buckets} buckets (units of weight) exceed {algorithm}'s capacity of {capacity}, which cannot grow without moving keys; set options.{algorithm}.capacity to at least {buckets}"
    )]
    CapacityExceeded {
        /// The algorithm.
        algorithm: &'static str,
        /// The number of buckets that are needed.
        buckets: usize,
        /// The capacity.
        capacity: u32,
    },
    /// The warm-up time is zero or more than a year.
    #[error("warm-up time {time:?} is out of range; it must be positive and at most {max:?}")]
    WarmUp {
        /// The rejected time.
        time: Duration,
        /// The longest time.
        max: Duration,
    },
    /// A warm-up is around an algorithm that has no order of preference by key.
    #[error("warm_up needs an algorithm that picks by key")]
    WarmUpWithoutKey,
    /// A bounded load is around an algorithm that has no order of preference by key.
    #[error("bounded_load needs an algorithm that picks by key")]
    BoundedLoadWithoutKey,
    /// A weight is larger than the program of the dialect accepts.
    #[error("backend `{name}`: weight {weight} is too large for {algorithm}; expected 1 to {most}")]
    WeightAboveDialect {
        /// The dialect.
        algorithm: &'static str,
        /// The backend.
        name: String,
        /// Its weight.
        weight: u32,
        /// The largest weight that the program accepts.
        most: u32,
    },
    /// Two backends are indistinguishable to the program of the dialect.
    #[error(
        "backends `{}` and `{}` are indistinguishable to {algorithm}; give each its own identity",
        names[0], names[1]
    )]
    SameToDialect {
        /// The dialect.
        algorithm: &'static str,
        /// The backends.
        names: [String; 2],
    },
    /// An option has an effect in the program of the dialect only together with another.
    #[error("{option} has no effect on {algorithm} without `{needs}`")]
    NeedsOption {
        /// The dialect.
        algorithm: &'static str,
        /// The option.
        option: &'static str,
        /// The other option and its value.
        needs: &'static str,
    },
    /// A number is outside the range that the program of the dialect accepts.
    #[error(
        "backend `{name}`: {attribute} {value} is out of range for {algorithm}; expected {min} to {max}"
    )]
    AttributeOutOfRange {
        /// The dialect.
        algorithm: &'static str,
        /// The backend.
        name: String,
        /// The attribute.
        attribute: &'static str,
        /// The rejected number.
        value: u64,
        /// The minimum.
        min: u64,
        /// The maximum.
        max: u64,
    },
    /// Two backends have the same value of an attribute that must be unique.
    #[error(
        "backend `{name}`: {attribute} {value} is already used by `{other}`; expected a distinct value"
    )]
    DuplicateAttribute {
        /// The second backend.
        name: String,
        /// The attribute.
        attribute: &'static str,
        /// The repeated value.
        value: String,
        /// The first backend.
        other: String,
    },
    /// The minimum size of a ring is above its maximum.
    #[error("the minimum ring size {least} is above the maximum ring size {most}")]
    RingSizes {
        /// The minimum.
        least: u32,
        /// The maximum.
        most: u32,
    },
    /// A table size is not a prime number.
    #[error("table_size {size} is not a prime number; the next prime is {next}")]
    TableSizeNotPrime {
        /// The rejected size.
        size: u64,
        /// The next prime.
        next: u32,
    },
    /// A table size is above the maximum.
    #[error("table_size {size} is too large; expected a prime number up to {max}")]
    TableTooLarge {
        /// The rejected size.
        size: u64,
        /// The largest size.
        max: u32,
    },
    /// A table has fewer entries than there are backends.
    #[error(
        "table_size {size} is less than the number of backends, {backends}; the next prime is {next}"
    )]
    TableTooSmall {
        /// The size of the table.
        size: u32,
        /// The number of backends.
        backends: usize,
        /// The smallest prime with an entry for each backend.
        next: u32,
    },
    /// The reason of an algorithm of another crate; see [`refused`](Self::refused).
    #[error(transparent)]
    Refused(Refusal),
}

impl BuildError {
    /// Returns the same error; if it is about too many points, with the option that sets their number.
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
    /// The algorithm picks by key, and the request has none.
    #[error("this strategy picks by key, but the request has no key")]
    KeyRequired,
    /// The algorithm uses no key, so a key has no owners.
    #[error("this strategy ignores keys, so keys have no owners")]
    KeyUnused,
    /// No backend is eligible, untried and below its cap and bound.
    #[error("no eligible backend available")]
    NoBackend,
    /// Something that the balancer depends on has failed.
    #[error("{0}")]
    Failed(Failure),
}

/// The name of a backend that is not in the pool.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("there is no backend `{name}`")]
pub struct UnknownBackend {
    /// The unknown name.
    pub name: String,
}

/// Why the health of a backend could not be set, or could not take effect.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum HealthError {
    /// There is no such backend; nothing has changed.
    #[error(transparent)]
    UnknownBackend(#[from] UnknownBackend),
    /// The health is set, but the algorithm could not be rebuilt for it; the previous balancer stays in use.
    #[error(transparent)]
    Build(#[from] BuildError),
}
