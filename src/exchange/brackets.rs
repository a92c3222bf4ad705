//! IPv6 addresses and ports as HAProxy and twemproxy write them: without brackets, with the port after the last colon.

use std::net::Ipv6Addr;

use super::address::Address;

/// Returns an IPv6 address and a port without brackets; `None` for anything else.
pub(crate) fn without_brackets(name: &str) -> Option<String> {
    let is_v6 = name.starts_with('[') && Address::parse(name).is_some();
    is_v6.then(|| name.replace(['[', ']'], ""))
}

/// Returns an IPv6 address and a port with brackets, and anything else unchanged.
pub(crate) fn in_brackets(text: &str) -> String {
    match text.rsplit_once(':') {
        Some((host, port)) if host.parse::<Ipv6Addr>().is_ok() => format!("[{host}]:{port}"),
        _ => text.to_owned(),
    }
}
