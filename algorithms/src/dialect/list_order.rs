//! The order in which a client holds its servers.

use crate::dialect::label::Label;
use crate::pool::Pool;
use crate::slot::Slot;

/// The order in which a client holds its servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListOrder {
    /// As in the list.
    AsListed,
    /// By their labels, the shorter first.
    ByLabel(Label),
}

impl ListOrder {
    /// Returns the slots in this order.
    pub(super) fn of(self, pool: &Pool) -> Vec<Slot> {
        let mut slots: Vec<_> = pool.slots().collect();
        if let Self::ByLabel(label) = self {
            slots.sort_by_cached_key(|&slot| {
                let label = label.of(slot, pool.backend(slot));
                (label.len(), label)
            });
        }
        slots
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_ordered_by_length_and_then_by_bytes() {
        let names = ["10.0.0.1:80", "10.0.0.9:11211", "b", "10.0.0.12:11211", "a"];
        let pool = Pool::new(names).unwrap();
        let order = ListOrder::ByLabel(Label::WithoutPort(11_211)).of(&pool);
        let ordered = order.iter().map(|&slot| pool.backend(slot).name());
        let expected = ["a", "b", "10.0.0.9:11211", "10.0.0.12:11211", "10.0.0.1:80"];
        assert!(ordered.eq(expected));
        assert!(ListOrder::AsListed.of(&pool).into_iter().eq(pool.slots()));
    }
}
