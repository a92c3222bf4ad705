//! The options of HAProxy's ring, and how they are read and written.

use crate::dialect::haproxy_key::HaproxyFunction;
use crate::option::{whole_number_option, word_option};

/// The options of HAProxy's ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// The hash of keys; by default sdbm.
    pub function: Option<HaproxyFunction>,
    /// Whether the hash is mixed once more. By default, only if no function is named.
    pub avalanche: Option<bool>,
    /// The source of a server's points.
    pub hash_key: HashKey,
    /// The maximum load of a server in percent of the mean; unlimited if not set.
    pub hash_balance_factor: Option<BalanceFactor>,
    /// Whether ids are mixed twice, as in 3.0.0.
    pub legacy_3_0_id: bool,
}

impl Options {
    /// Returns the effective hash of keys.
    #[must_use]
    pub fn function(&self) -> HaproxyFunction {
        self.function.unwrap_or_default()
    }

    /// Returns whether the hash is mixed once more.
    #[must_use]
    pub fn avalanche(&self) -> bool {
        self.avalanche.unwrap_or(self.function.is_none())
    }
}

/// The default of `avalanche` depends on whether `function` is set, so both are written with their effective values.
#[cfg(feature = "serde")]
impl serde::Serialize for Options {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        let mut fields = serializer.serialize_struct("Options", 5)?;
        fields.serialize_field("function", &self.function())?;
        fields.serialize_field("avalanche", &self.avalanche())?;
        fields.serialize_field("hash_key", &self.hash_key)?;
        fields.serialize_field("hash_balance_factor", &self.hash_balance_factor)?;
        fields.serialize_field("legacy_3_0_id", &self.legacy_3_0_id)?;
        fields.end()
    }
}

word_option!(
    /// The source of a server's points: its `hash-key`.
    HashKey:
    /// Its id.
    Id "id",
    /// Its address.
    Addr "addr",
    /// Its address and port.
    AddrPort "addr-port",
    /// Its id, mixed.
    Id32 "id32",
    /// Its `attributes.guid`, or its id if it has none.
    Guid "guid",
);

whole_number_option!(
    /// The maximum load of a server in percent of the mean.
    BalanceFactor, "hash_balance_factor": 101 to 65_535
);
