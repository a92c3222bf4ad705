//! IPv6 addresses and ports as HAProxy and twemproxy take them: without brackets, what follows the last colon
//! being the port.

use std::net::Ipv6Addr;

use super::address::Address;

/// Returns an IPv6 address and a port without brackets; none of anything else.
pub(crate) fn without_brackets(name: &str) -> Option<String> {
    let is_v6 = name.starts_with('[') && Address::parse(name).is_some();
    is_v6.then(|| name.replace(['[', ']'], ""))
}

/// Back from there: an IPv6 address and a port with brackets, and anything else as it is.
pub(crate) fn in_brackets(text: &str) -> String {
    match text.rsplit_once(':') {
        Some((host, port)) if host.parse::<Ipv6Addr>().is_ok() => format!("[{host}]:{port}"),
        _ => text.to_owned(),
    }
}
