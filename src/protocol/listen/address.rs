//! Where clients connect to.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use crate::text::whole;

/// The address of a listener: `unix:PATH` or `HOST:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A Unix socket.
    Unix(PathBuf),
    /// A TCP port; 0 stands for any free one.
    Tcp {
        /// A name or an IP address, an IPv6 address without its brackets.
        host: String,
        /// The port.
        port: u16,
    },
}

/// The forms of an [`Address`].
const EXPECTED: &str =
    "expected `unix:PATH` or `HOST:PORT`, for example `127.0.0.1:7000` or `[::1]:7000`";

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("unix:") {
            return match path {
                "" => Err("the path of the socket is missing; expected `unix:PATH`".to_owned()),
                _ if cfg!(not(unix)) => {
                    Err("this system has no Unix sockets; expected `HOST:PORT`".to_owned())
                }
                path => Ok(Self::Unix(path.into())),
            };
        }
        let (host, port) = text.rsplit_once(':').ok_or(EXPECTED)?;
        let port = whole(port)
            .ok_or_else(|| format!("`{port}` is not a port; expected a number from 0 to 65535"))?;
        let host = match host.strip_prefix('[') {
            Some(rest) => rest.strip_suffix(']').ok_or(EXPECTED)?,
            None if host.is_empty() || host.contains([':', '/']) => return Err(EXPECTED.to_owned()),
            None => host,
        };
        Ok(Self::Tcp {
            host: host.to_owned(),
            port,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tcp { host, port } => write!(f, "{host}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_they_are_shown() {
        let shown = ["127.0.0.1:7000", "[::1]:0", "localhost:65535"];
        let unix = ["unix:/run/evenkeel.sock", "unix:a:b"];
        for text in shown.iter().chain(unix.iter().filter(|_| cfg!(unix))) {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), *text);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for (text, what) in [
            ("7000", "expected `unix:PATH` or `HOST:PORT`"),
            (":7000", "expected `unix:PATH` or `HOST:PORT`"),
            ("::1:7000", "expected `unix:PATH` or `HOST:PORT`"),
            ("[::1:7000", "expected `unix:PATH` or `HOST:PORT`"),
            ("tcp://h:1", "expected `unix:PATH` or `HOST:PORT`"),
            ("h:70000", "`70000` is not a port"),
            ("h:+80", "`+80` is not a port"),
            ("h:", "`` is not a port"),
            ("unix:", "the path of the socket is missing"),
        ] {
            let error = text.parse::<Address>().unwrap_err();
            assert!(error.starts_with(what), "{text}: {error}");
        }
    }
}
