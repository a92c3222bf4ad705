//! The number of buckets of a table that cannot grow without moving keys.

use crate::error::BuildError;
use crate::limits::MAX_BUCKETS;
use crate::numbering::Numbering;
use crate::option::whole_number_option;

whole_number_option!(
    /// The number of buckets of a table that cannot grow.
    Capacity, "capacity": 1 to 16_777_216
);

const _: () = assert!(MAX_BUCKETS == 16_777_216);

/// The options of an algorithm with such a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// The maximum number of units of weight that there will ever be; by default twice that of the first pool, rounded
    /// up to a power of two, and at least 256.
    pub capacity: Option<Capacity>,
}

impl Options {
    /// The help text of the option.
    pub(super) const HELP: &'static str =
        "maximum number of units of weight ever; picks are faster below 4 times the number in use";

    /// Returns the option as a short text.
    pub(super) fn shown(self) -> String {
        let default = || "twice the first pool's weight, at least 256".to_owned();
        self.capacity
            .map_or_else(default, |capacity| capacity.get().to_string())
    }

    /// Returns the number of buckets for a numbering: at least room to double.
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
