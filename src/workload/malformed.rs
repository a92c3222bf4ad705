//! Lines that are not what they should be.

use serde::Serialize;

/// The lines of a log that could not be read whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Malformed {
    /// How many.
    pub lines: u64,
    /// How many of them had no key to be read, and so are no requests.
    pub without_key: u64,
    /// How many of them had a key, but not the times that are read beside it, and so are no requests
    /// either; 0 where no times are read.
    #[serde(skip_serializing_if = "is_zero")]
    pub without_times: u64,
    /// The first of them: its number, and what is wrong with it.
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
