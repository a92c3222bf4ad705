//! Malformed lines.

use serde::Serialize;

/// The malformed lines of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Malformed {
    /// Their number.
    pub lines: u64,
    /// How many of them had no readable key, and so are not requests.
    pub without_key: u64,
    /// How many of them had a key but not the required times, and so are not requests either; 0 if no times are read.
    #[serde(skip_serializing_if = "is_zero")]
    pub without_times: u64,
    /// The line number and the fault of the first one.
    pub first: Option<(u64, &'static str)>,
}

const fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl Malformed {
    pub(crate) const fn is_none(&self) -> bool {
        self.lines == 0
    }

    pub(super) fn note(&mut self, line: u64, fault: &'static str, has_key: bool) {
        self.lines += 1;
        self.without_key += u64::from(!has_key);
        self.first.get_or_insert((line, fault));
    }
}
