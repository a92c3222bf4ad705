//! How much one pool may hold.

/// The most backends that one pool may hold: 2^20 (1,048,576).
pub const MAX_BACKENDS: usize = 1 << 20;

/// The most points that one ring may hold: 2^24 (16,777,216).
pub const MAX_POINTS: usize = 1 << 24;

/// The most buckets of one pool, vacant ones included: 2^24 (16,777,216).
pub const MAX_BUCKETS: u64 = 1 << 24;

/// The largest weight of a backend: a million backends of it still sum up within 64 bits.
pub(crate) const MAX_WEIGHT: u32 = 1_000_000;
