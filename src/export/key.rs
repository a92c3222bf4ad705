//! The part of a request that is its key, and how each program expresses it.

use std::fmt;
use std::str::FromStr;

use crate::exchange::Program;

/// The maximum length of the name of a section or a key.
pub(crate) const MAX_NAME: usize = 100;

/// The part of a request that is its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// The whole value of a header.
    Header(String),
    /// The value of a cookie.
    Cookie(String),
    /// The value of a query parameter, as sent.
    Query(String),
    /// The client's address as text.
    Client,
    /// The request target with its query, as sent.
    Path,
}

impl KeySource {
    /// Returns the source for a program's expression, if there is one.
    pub(crate) fn called(program: Program, text: &str) -> Option<Self> {
        let inside = |start: &str, end: &str| {
            let name = text.strip_prefix(start)?.strip_suffix(end)?;
            checked(name).ok()
        };
        let hyphens = |name: String| name.replace('_', "-");
        let [header, cookie, query] = match program {
            Program::Nginx => [
                inside("$http_", "").map(hyphens),
                inside("$cookie_", ""),
                inside("$arg_", ""),
            ],
            Program::Haproxy => [
                inside("req.fhdr(", ")"),
                inside("req.cook(", ")"),
                inside("url_param(", ")"),
            ],
            Program::Envoy => [
                inside("header: { header_name: \"", "\" }"),
                inside("cookie: { name: \"", "\" }"),
                inside("query_parameter: { name: \"", "\" }"),
            ],
            Program::Twemproxy => return None,
        };
        let is_called = |source: &Self| match program {
            Program::Nginx => source.for_nginx().is_ok_and(|name| name == text),
            Program::Haproxy => source.for_haproxy() == text,
            _ => source.for_envoy() == text,
        };
        let named = header.map(Self::Header).or(cookie.map(Self::Cookie));
        let named = named.or(query.map(Self::Query));
        let unnamed = || [Self::Client, Self::Path].into_iter().find(is_called);
        named.or_else(unnamed)
    }

    /// Returns nginx's variable, if there is one.
    pub(super) fn for_nginx(&self) -> Result<String, String> {
        match self {
            // nginx drops headers with an underscore, which would be ambiguous.
            Self::Header(name) if name.contains('_') => Err(format!(
                "nginx drops headers with `_` in their names, such as `{name}`"
            )),
            Self::Header(name) => Ok(format!(
                "$http_{}",
                name.to_ascii_lowercase().replace('-', "_")
            )),
            Self::Cookie(name) | Self::Query(name) if name.contains('-') => Err(format!(
                "nginx has no variable for a name with `-`, such as `{name}`"
            )),
            Self::Cookie(name) => Ok(format!("$cookie_{name}")),
            Self::Query(name) => Ok(format!("$arg_{name}")),
            Self::Client => Ok("$remote_addr".to_owned()),
            Self::Path => Ok("$request_uri".to_owned()),
        }
    }

    /// Returns the sample expression of HAProxy.
    pub(super) fn for_haproxy(&self) -> String {
        match self {
            // `hdr` and `req.hdr` would use one of several comma-separated values.
            Self::Header(name) => format!("req.fhdr({name})"),
            Self::Cookie(name) => format!("req.cook({name})"),
            Self::Query(name) => format!("url_param({name})"),
            // HAProxy hashes an address that is not text differently; this converts it to text.
            Self::Client => "src,lower".to_owned(),
            Self::Path => "url".to_owned(),
        }
    }

    /// Returns the hash policy of Envoy, as a map of YAML on one line.
    pub(super) fn for_envoy(&self) -> String {
        match self {
            Self::Header(name) => format!("header: {{ header_name: \"{name}\" }}"),
            Self::Cookie(name) => format!("cookie: {{ name: \"{name}\" }}"),
            Self::Query(name) => format!("query_parameter: {{ name: \"{name}\" }}"),
            Self::Client => "connection_properties: { source_ip: true }".to_owned(),
            Self::Path => "header: { header_name: \":path\" }".to_owned(),
        }
    }
}

impl FromStr for KeySource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "expected header:NAME, cookie:NAME, query:NAME, client or path";
        match text.split_once(':') {
            None if text == "client" => Ok(Self::Client),
            None if text == "path" => Ok(Self::Path),
            Some(("header", name)) => checked(name).map(Self::Header),
            Some(("cookie", name)) => checked(name).map(Self::Cookie),
            Some(("query", name)) => checked(name).map(Self::Query),
            _ => Err(expected.to_owned()),
        }
    }
}

fn checked(name: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if name.is_empty() || name.len() > MAX_NAME || !name.bytes().all(fits) {
        return Err(format!(
            "`{name}` is not a valid name of a key; expected letters, digits, `-` and `_`, at most {MAX_NAME}"
        ));
    }
    Ok(name.to_owned())
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(name) => write!(f, "header:{name}"),
            Self::Cookie(name) => write!(f, "cookie:{name}"),
            Self::Query(name) => write!(f, "query:{name}"),
            Self::Client => f.write_str("client"),
            Self::Path => f.write_str("path"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_displayed_as_they_are_read() {
        for text in ["header:X-Key", "cookie:sid", "query:u_id", "client", "path"] {
            assert_eq!(text.parse::<KeySource>().unwrap().to_string(), text);
        }
        for text in ["", "header", "header:", "cookie:a b", "query:a;b", "uri"] {
            assert!(text.parse::<KeySource>().is_err(), "{text}");
        }
    }

    #[test]
    fn expressions_of_a_program_are_recognised() {
        for text in ["header:x-key", "cookie:sid", "query:u", "client", "path"] {
            let source: KeySource = text.parse().unwrap();
            let nginx = source.for_nginx().unwrap();
            assert_eq!(
                KeySource::called(Program::Nginx, &nginx),
                Some(source.clone())
            );
            let haproxy = source.for_haproxy();
            assert_eq!(
                KeySource::called(Program::Haproxy, &haproxy),
                Some(source.clone())
            );
            let envoy = source.for_envoy();
            assert_eq!(KeySource::called(Program::Envoy, &envoy), Some(source));
        }
        assert_eq!(
            KeySource::called(Program::Nginx, "$remote_addr$cookie_a"),
            None
        );
        assert_eq!(KeySource::called(Program::Haproxy, "hdr(x)"), None);
    }

    #[test]
    fn nginx_has_no_variable_for_some_names() {
        let variable = |text: &str| text.parse::<KeySource>().unwrap().for_nginx();
        assert_eq!(variable("header:X-Key"), Ok("$http_x_key".to_owned()));
        assert!(variable("header:x_key").is_err());
        assert!(variable("cookie:s-id").is_err());
    }
}
