//! The lookup of packets in a table, as packet load balancers do it.

use std::net::SocketAddrV4;

use crate::dialect::hash::lookup3;
use crate::pick::Pick;
use crate::slot::Slot;
use crate::step::Step;

/// A table, and which part of a packet is hashed to find its entry.
#[derive(Debug, Default)]
pub(super) struct PacketTable {
    entries: Box<[Slot]>,
    part: Part,
    seed: u32,
}

/// The part of a packet's flow that is hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Part {
    /// The source and both ports.
    #[default]
    Ports,
    /// The protocol too.
    Protocol,
}

/// A flow as the words that Linux's `jhash` reads, in the order of their bytes: the source address, both ports, and the
/// protocol number.
type Flow = [u8; 12];

/// Returns the flow of a key such as `192.0.2.1:40000,443,tcp`: the source, the destination port and the protocol.
fn flow(key: &[u8]) -> Option<Flow> {
    let mut parts = str::from_utf8(key).ok()?.splitn(3, ',');
    let source: SocketAddrV4 = parts.next()?.parse().ok()?;
    let destination: u16 = parts.next()?.parse().ok()?;
    let protocol = match parts.next()? {
        "tcp" => 6,
        "udp" => 17,
        _ => return None,
    };
    let [a, b, c, d] = source.ip().octets();
    let ([e, f], [g, h]) = (source.port().to_be_bytes(), destination.to_be_bytes());
    Some([a, b, c, d, e, f, g, h, protocol, 0, 0, 0])
}

impl PacketTable {
    pub(super) fn new(entries: Box<[Slot]>, part: Part, seed: u32) -> Self {
        Self {
            entries,
            part,
            seed,
        }
    }

    /// Returns the hashed bytes: the part of a flow, or the whole key if it is not a flow.
    fn hashed<'a>(&self, flow: Option<&'a Flow>, key: &'a [u8]) -> &'a [u8] {
        flow.map_or(key, |flow| match self.part {
            Part::Ports => &flow[..8],
            Part::Protocol => flow,
        })
    }

    /// Returns the hash. For whole words it is the `jhash` of Linux.
    fn hash(&self, key: &[u8]) -> u32 {
        lookup3(self.hashed(flow(key).as_ref(), key), self.seed)
    }

    /// Returns the index of a hash's entry, or `None` in an empty table.
    fn index(&self, hash: u32) -> Option<usize> {
        (hash as usize).checked_rem(self.entries.len())
    }

    /// Returns the first backend that may be picked: by the key's entry, the following entries, and then the backends
    /// without an entry, by name.
    pub(super) fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let first = self.index(self.hash(pick.key()?)).unwrap_or_default();
        let (before, from) = self.entries.split_at(first);
        let by_name = pick.pool().slots_by_name();
        let mut walk = from.iter().chain(before).chain(by_name).copied();
        walk.find(|&slot| pick.allows(slot))
    }

    pub(super) fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let key = pick.key()?;
        if let Some(flow) = flow(key) {
            steps(Step::Bytes(self.hashed(Some(&flow), key)));
        }
        let hash = self.hash(key);
        let (number, bits) = (hash.into(), u32::BITS);
        steps(Step::Hash { hash: number, bits });
        if let Some(index) = self.index(hash) {
            steps(Step::entry(index, self.entries.len(), self.entries[index]));
        }
        if !self.entries.iter().any(|&slot| pick.allows(slot)) {
            steps(Step::Fallback(
                "the first backend by name that has no entry",
            ));
        }
        self.pick(pick)
    }

    pub(super) fn entries(&self) -> &[Slot] {
        &self.entries
    }

    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flows_are_laid_out_as_they_are_on_the_wire() {
        let expected = [192, 0, 2, 1, 0x9C, 0x40, 0x01, 0xBB, 6, 0, 0, 0];
        assert_eq!(flow(b"192.0.2.1:40000,443,tcp"), Some(expected));
        let udp = flow(b"10.0.0.1:53,53,udp").unwrap();
        assert_eq!(udp[8], 17);
        for other in [
            "",
            "192.0.2.1,443,tcp",
            "192.0.2.1:40000,443",
            "192.0.2.1:40000,443,sctp",
            "192.0.2.1:40000,65536,tcp",
            "192.0.2.1:40000,443,tcp,",
            "[::1]:40000,443,tcp",
        ] {
            assert_eq!(flow(other.as_bytes()), None, "{other}");
        }
    }

    /// Jenkins' own example is not a flow.
    #[test]
    fn the_part_of_a_flow_is_hashed_or_the_whole_key() {
        let table = |part| PacketTable::new([].into(), part, 1);
        let key = b"Four score and seven years ago";
        assert_eq!(table(Part::Ports).hash(key), 0xCD62_8161);
        let bytes = flow(b"10.0.0.1:1,2,tcp").unwrap();
        let hash =
            |part, protocol: &str| table(part).hash(format!("10.0.0.1:1,2,{protocol}").as_bytes());
        assert_eq!(hash(Part::Ports, "tcp"), lookup3(&bytes[..8], 1));
        assert_eq!(hash(Part::Ports, "udp"), lookup3(&bytes[..8], 1));
        assert_eq!(hash(Part::Protocol, "tcp"), lookup3(&bytes, 1));
        assert_ne!(hash(Part::Protocol, "udp"), lookup3(&bytes, 1));
    }
}
