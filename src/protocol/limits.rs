//! Limits on one line of a client.

/// The largest line and the largest `send_requests` that are accepted.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest line that is read, in bytes.
    pub max_line_bytes: usize,
    /// The most requests of one `send_requests`.
    pub max_count: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_line_bytes: 1 << 20,
            max_count: 10_000_000,
        }
    }
}
