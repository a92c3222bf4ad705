//! The ring or table settings of a cluster.

use std::collections::BTreeMap;

use evenkeel_algorithms::dialect::envoy_hash::{self, MaglevOptions, RingHashOptions};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::draft::Draft;
use super::super::tree::Node;
use crate::exchange::Verdicts;

/// The fields for a ring or a table, by Envoy's names, each with its last value.
#[derive(Default)]
pub(super) struct Hashing {
    fields: BTreeMap<&'static str, Value>,
}

impl Hashing {
    pub(super) fn set(&mut self, field: &'static str, value: impl Into<Value>) {
        self.fields.insert(field, value.into());
    }

    /// Reads a field of a message, if it is present.
    pub(super) fn read(
        &mut self,
        message: &Node<'_>,
        field: &'static str,
        verdicts: &mut Verdicts,
    ) {
        let Some(node) = message.get(field) else {
            return;
        };
        verdicts.at(&node).exact(field, node.value().to_string());
        match node.text() {
            Some("DEFAULT_HASH") => self.set(field, "XX_HASH"),
            _ => self.set(field, node.plain()),
        }
    }

    /// Reads the common settings of the ring and the table.
    pub(super) fn consistent(&mut self, message: &Node<'_>, verdicts: &mut Verdicts) {
        self.read(message, "use_hostname_for_hashing", verdicts);
        // Envoy accepts 0 and 1 to 99 as well; 0 means unset.
        let factor = message.get("hash_balance_factor");
        if factor.is_some_and(|factor| factor.number() != Some(0)) {
            self.read(message, "hash_balance_factor", verdicts);
        }
        if let Some(policy) = message.get("hash_policy") {
            let reason = "the balancer's own hash_policy replaces that of the routes";
            verdicts.at(&policy).approximate("hash_policy", reason);
        }
    }

    /// Sets the options of the ring or the table. Of several invalid values, the first by name is reported.
    pub(super) fn finish(mut self, draft: &mut Draft) {
        if self.fields.is_empty() {
            return;
        }
        if draft.algorithm == &envoy_hash::RING {
            let options = RingHashOptions {
                hash_balance_factor: self.option("hash_balance_factor", draft),
                hash_function: self.option("hash_function", draft),
                healthy_panic_threshold: self.option("healthy_panic_threshold", draft),
                maximum_ring_size: self.option("maximum_ring_size", draft),
                minimum_ring_size: self.option("minimum_ring_size", draft),
                use_hostname_for_hashing: self.option("use_hostname_for_hashing", draft),
            };
            draft.options.set(envoy_hash::RING_SECTION, options);
        } else if draft.algorithm == &envoy_hash::MAGLEV {
            let options = MaglevOptions {
                hash_balance_factor: self.option("hash_balance_factor", draft),
                healthy_panic_threshold: self.option("healthy_panic_threshold", draft),
                table_size: self.option("table_size", draft),
                use_hostname_for_hashing: self.option("use_hostname_for_hashing", draft),
            };
            draft.options.set(envoy_hash::MAGLEV_SECTION, options);
        }
    }

    /// Returns the option for a field, or its default if it is not set.
    fn option<T: DeserializeOwned + Default>(&mut self, field: &str, draft: &mut Draft) -> T {
        let value = self.fields.remove(field);
        value.map_or_else(T::default, |value| draft.read(value))
    }
}
