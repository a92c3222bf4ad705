//! How many buckets a table has that cannot grow without moving keys.

use crate::error::BuildError;
use crate::limits::MAX_BUCKETS;
use crate::numbering::Numbering;
use crate::option::whole_number_option;

whole_number_option!(
    /// The buckets of a table that cannot grow.
    Capacity, "capacity": 1 to 16_777_216
);

const _: () = assert!(MAX_BUCKETS == 16_777_216);

/// The options of an algorithm with such a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// The most units of weight that there can ever be; by default twice those of the first pool,
    /// rounded up to a power of two, and at least 256.
    pub capacity: Option<Capacity>,
}

impl Options {
    /// What is said of the option.
    pub(super) const HELP: &'static str =
        "the most units of weight there can ever be; fewer than 4 times those in use pick faster";

    /// Returns the option in a few words.
    pub(super) fn shown(self) -> String {
        let default = || "twice the first pool's weight, at least 256".to_owned();
        self.capacity
            .map_or_else(default, |capacity| capacity.get().to_string())
    }

    /// Returns the buckets of the table of a numbering: room to double at the least.
    pub(super) fn of(
        self,
        algorithm: &'static str,
        numbering: &Numbering,
    ) -> Result<u32, BuildError> {
        let default = || (2 * numbering.first().next_power_of_two()).max(256);
        let capacity = self.capacity.map_or_else(default, Capacity::get);
        if numbering.len() > capacity as usize {
            let buckets = numbering.len();
            return Err(BuildError::CapacityExceeded {
                algorithm,
                buckets,
                capacity,
            });
        }
        Ok(capacity)
    }
}
