//! The address of a server, as the programs write it.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use crate::text::whole;

/// The address of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address<'a> {
    /// A host, and a port unless the program's default applies.
    Inet {
        /// The host.
        host: Host<'a>,
        /// The port.
        port: Option<u16>,
    },
    /// The path of a socket.
    Unix(&'a str),
}

/// A host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host<'a> {
    /// An IP address.
    Ip(IpAddr),
    /// A name that has to be resolved.
    Name(&'a str),
}

impl<'a> Address<'a> {
    /// Reads `host`, `host:port`, `[v6]`, `[v6]:port` or `unix:path`; `None` for any other text, including one that
    /// would need quotes in a configuration.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let (kind, path) = text.split_at_checked("unix:".len()).unwrap_or_default();
        if kind.eq_ignore_ascii_case("unix:") {
            return is_path(path).then_some(Self::Unix(path));
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
                (host, Some(parsed_port(port)?))
            }
            _ => (text, None),
        };
        let host = Host::parse(host)?;
        Some(Self::Inet { host, port })
    }

    /// Returns Envoy's name for the host, which it hashes by default; `None` for a name that has to be resolved.
    pub(crate) fn in_envoy(&self) -> Option<String> {
        match self {
            Self::Unix(path) => Some((*path).to_owned()),
            Self::Inet {
                host: Host::Name(_),
                ..
            } => None,
            Self::Inet {
                host: Host::Ip(IpAddr::V6(address)),
                port: Some(port),
            } if is_like_v4(*address) => {
                let [.., a, b, c, d] = address.octets();
                Some(format!("[::{a}.{b}.{c}.{d}]:{port}"))
            }
            Self::Inet { .. } => Some(self.to_string()),
        }
    }

    /// Returns whether it has to be resolved.
    #[must_use]
    pub const fn is_looked_up(&self) -> bool {
        matches!(
            self,
            Self::Inet {
                host: Host::Name(_),
                ..
            }
        )
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{path}"),
            Self::Inet { host, port: None } => host.fmt(f),
            Self::Inet {
                host,
                port: Some(port),
            } => write!(f, "{host}:{port}"),
        }
    }
}

impl<'a> Host<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        if let Some(inside) = text.strip_prefix('[') {
            let address = inside.strip_suffix(']')?.parse().ok()?;
            return Some(Self::Ip(IpAddr::V6(address)));
        }
        match text.parse() {
            Ok(IpAddr::V4(address)) => Some(Self::Ip(address.into())),
            // Without brackets it cannot be distinguished from a port.
            Ok(IpAddr::V6(_)) => None,
            Err(_) => is_host_name(text).then_some(Self::Name(text)),
        }
    }
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Ip(address) => address.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// Returns whether C libraries write the end of an IPv6 address like an IPv4 address, where Rust does not.
const fn is_like_v4(address: Ipv6Addr) -> bool {
    matches!(address.segments(), [0, 0, 0, 0, 0, 0, upper, _] if upper > 0)
}

/// Returns a port in canonical form: without leading zeros.
fn parsed_port(text: &str) -> Option<u16> {
    let port: u16 = whole(text).filter(|&port| port > 0)?;
    (port.to_string() == text).then_some(port)
}

/// Returns whether a text is letters, digits, `-` and `_` between dots, with an optional dot at the end. The last part
/// must have a letter; otherwise it would be an invalid address.
fn is_host_name(text: &str) -> bool {
    const MOST: usize = 253;
    let is_part = |part: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !part.is_empty() && part.bytes().all(fits)
    };
    let text = text.strip_suffix('.').unwrap_or(text);
    let last = text.rsplit('.').next().unwrap_or_default();
    let has_letter = last.bytes().any(|byte| byte.is_ascii_alphabetic());
    text.len() <= MOST && has_letter && text.split('.').all(is_part)
}

/// Returns whether a path fits into a socket's address and needs no quoting in any program's configuration.
fn is_path(path: &str) -> bool {
    const MOST: usize = 96;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_');
    path.starts_with('/') && path.len() <= MOST && path.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_displayed_as_they_are_read() {
        for text in [
            "10.0.0.1:80",
            "10.0.0.1",
            "[::1]:8080",
            "[::1]",
            "cache-1.example.com:11211",
            "localhost",
            "unix:/run/app.sock",
            "app.internal.:80",
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn envoy_names_some_addresses_differently() {
        let in_envoy = |text| Address::parse(text).unwrap().in_envoy();
        assert_eq!(in_envoy("UNIX:/a.sock").as_deref(), Some("/a.sock"));
        assert_eq!(
            in_envoy("[::102:304]:80").as_deref(),
            Some("[::1.2.3.4]:80")
        );
        assert_eq!(in_envoy("[::1]:80").as_deref(), Some("[::1]:80"));
        assert_eq!(in_envoy("a.example:80"), None);
    }

    #[test]
    fn texts_that_no_program_accepts_are_not_addresses() {
        for text in [
            "",
            "a b:80",
            "10.0.0.1:0",
            "10.0.0.1:080",
            "10.0.0.1:+80",
            "10.0.0.1:65536",
            "10.0.0.256:80",
            "1.2.3",
            "::1",
            "::1:80",
            "[10.0.0.1]:80",
            "a:",
            ":80",
            "a..b",
            "unix:",
            "unix:run",
            "unix:/a;b",
            "ä:80",
            "a;b",
        ] {
            assert_eq!(Address::parse(text), None, "{text}");
        }
    }
}
