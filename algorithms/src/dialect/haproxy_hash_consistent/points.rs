//! The points of servers, and their sources.

use std::net::{IpAddr, SocketAddr};

use xxhash_rust::xxh32::xxh32;

use crate::backend::Backend;
use crate::dialect::haproxy;
use crate::dialect::haproxy_hash_consistent::options::{HashKey, Options};
use crate::dialect::hash::full_hash;
use crate::pool::Pool;
use crate::slot::Slot;

/// Returns the points of every server except the backups.
pub(super) fn points<'a>(
    pool: &'a Pool,
    bases: &'a [u32],
) -> impl Iterator<Item = (u32, Slot)> + 'a {
    let servers = pool.slots().filter(|&slot| !pool.backend(slot).is_backup());
    servers.flat_map(|slot| {
        let base = bases[slot.index()];
        let count = haproxy::effective_weight(pool, slot) as u32;
        (0..count).map(move |number| (full_hash(base.wrapping_add(number)), slot))
    })
}

/// Returns the base of a server's points.
pub(super) fn base(options: &Options, backend: &Backend, id: u32) -> u32 {
    let base = match options.hash_key {
        HashKey::Id => None,
        HashKey::Addr => address_base(backend.name(), |_| 0),
        HashKey::AddrPort => address_base(backend.name(), |port| full_hash(port.into())),
        HashKey::Id32 => Some(full_hash(id.swap_bytes())),
        HashKey::Guid => {
            let guid = backend.attributes().guid.as_deref();
            guid.map(|guid| xxh32(guid.as_bytes(), 0))
        }
    };
    base.unwrap_or(if options.legacy_3_0_id {
        full_hash(id)
    } else {
        id.wrapping_mul(4_096)
    })
}

/// Returns the base of a server with an address.
fn address_base(name: &str, seed: impl Fn(u16) -> u32) -> Option<u32> {
    let (address, port) = match name.parse::<SocketAddr>() {
        Ok(socket) => (socket.ip(), socket.port()),
        Err(_) => (bare(name).parse().ok()?, 0),
    };
    let seed = seed(port);
    Some(match address {
        IpAddr::V4(address) => full_hash(seed.wrapping_add(u32::from_le_bytes(address.octets()))),
        IpAddr::V6(address) => xxh32(&address.octets(), seed),
    })
}

/// Returns an IPv6 address without the brackets around it.
fn bare(name: &str) -> &str {
    let inside = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    inside.unwrap_or(name)
}
