//! The limits of a pool.

/// The maximum number of backends in a pool: 2^20 (1,048,576).
pub const MAX_BACKENDS: usize = 1 << 20;

/// The maximum number of points on a ring: 2^24 (16,777,216).
pub const MAX_POINTS: usize = 1 << 24;

/// The maximum number of buckets of a pool, vacant ones included: 2^24 (16,777,216).
pub const MAX_BUCKETS: u64 = 1 << 24;

/// The largest weight of a backend: the sum of a million such weights fits into 64 bits.
pub(crate) const MAX_WEIGHT: u32 = 1_000_000;
