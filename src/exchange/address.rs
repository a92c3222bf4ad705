//! Where a server is reached, as the programs write it.

use std::fmt;
use std::net::IpAddr;

/// Where a server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address<'a> {
    /// A host and, unless the program is to take its own default, a port.
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
    /// By its number.
    Ip(IpAddr),
    /// By a name that has to be looked up.
    Name(&'a str),
}

impl<'a> Address<'a> {
    /// Reads `host`, `host:port`, `[v6]`, `[v6]:port` or `unix:path`; none of any other text, also of
    /// one that would need quotes in a configuration.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        if let Some(path) = text.strip_prefix("unix:") {
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

    /// Whether it has to be looked up.
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
            // Without brackets it cannot be told from a port.
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

/// A port as it is shown: no zeros before it.
fn parsed_port(text: &str) -> Option<u16> {
    let port: u16 = text.parse().ok().filter(|&port| port > 0)?;
    (port.to_string() == text).then_some(port)
}

/// Letters, digits, `-` and `_` between dots. The last part has a letter, or it would be an address that
/// is none.
fn is_host_name(text: &str) -> bool {
    const MOST: usize = 253;
    let is_part = |part: &str| {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !part.is_empty() && part.bytes().all(fits)
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    let has_letter = last.bytes().any(|byte| byte.is_ascii_alphabetic());
    text.len() <= MOST && has_letter && text.split('.').all(is_part)
}

/// A path that fits into a socket's address and means itself in every program's configuration.
fn is_path(path: &str) -> bool {
    const MOST: usize = 96;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'-' | b'_');
    path.starts_with('/') && path.len() <= MOST && path.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_as_they_are_read() {
        for text in [
            "10.0.0.1:80",
            "10.0.0.1",
            "[::1]:8080",
            "[::1]",
            "cache-1.example.com:11211",
            "localhost",
            "unix:/run/app.sock",
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_no_program_would_take_is_no_address() {
        for text in [
            "",
            "a b:80",
            "10.0.0.1:0",
            "10.0.0.1:080",
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
