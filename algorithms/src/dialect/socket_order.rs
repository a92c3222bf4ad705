//! Backends in the order of their socket addresses; Pingora reads names as addresses.

use std::net::SocketAddr;

use crate::pool::Pool;
use crate::slot::Slot;

/// Returns the address that a backend's name represents.
pub(super) fn address(pool: &Pool, slot: Slot) -> Option<SocketAddr> {
    pool.backend(slot).name().parse().ok()
}

/// Returns the slots by address, IPv4 before IPv6, each as a number, then by port; then the names that are not
/// addresses, by name.
pub(super) fn by_address(pool: &Pool) -> Box<[Slot]> {
    let mut slots: Box<[_]> = pool.slots_by_name().into();
    // Stable: names stay in order.
    slots.sort_by_cached_key(|&slot| {
        let address = address(pool, slot);
        (address.is_none(), address)
    });
    slots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_ordered_as_numbers_and_before_names() {
        let names = [
            "b",
            "[::1]:2",
            "127.0.0.11:1",
            "a:1",
            "127.0.0.9:10",
            "127.0.0.9:9",
        ];
        let pool = Pool::new(names).unwrap();
        let order = by_address(&pool);
        let ordered = order.iter().map(|&slot| pool.backend(slot).name());
        let expected = [
            "127.0.0.9:9",
            "127.0.0.9:10",
            "127.0.0.11:1",
            "[::1]:2",
            "a:1",
            "b",
        ];
        assert!(ordered.eq(expected));
    }
}
