//! What HAProxy hashes of a request, by the argument of `balance`.
//!
//! If there is nothing to hash, HAProxy takes turns: the request has no key. A key that is present but empty is hashed.

use std::net::IpAddr;

/// `balance hdr(name)`: the first comma-separated value of a header, trimmed; `None` if that is empty. Commas between
/// double quotes do not separate.
///
/// ```
/// use evenkeel_algorithms::dialect::key_extraction::haproxy::hdr;
///
/// assert_eq!(hdr(b" alice , bob"), Some(&b"alice"[..]));
/// assert_eq!(hdr(br#""a,b",c"#), Some(&br#""a,b""#[..]));
/// assert_eq!(hdr(b",bob"), None);
/// ```
#[must_use]
pub fn hdr(header: &[u8]) -> Option<&[u8]> {
    values(header).next().filter(|first| !first.is_empty())
}

/// `balance hash req.hdr(name)`: the last value of a header. (`req.fhdr(name)` is the whole header.)
///
/// ```
/// use evenkeel_algorithms::dialect::key_extraction::haproxy::req_hdr;
///
/// assert_eq!(req_hdr(b"alice, bob"), b"bob");
/// assert_eq!(req_hdr(br#"alice,"b,c""#), br#""b,c""#);
/// ```
#[must_use]
pub fn req_hdr(header: &[u8]) -> &[u8] {
    values(header).last().unwrap_or_default()
}

fn values(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    let values = header.split(move |&byte| {
        quoted ^= byte == b'"';
        byte == b',' && !quoted
    });
    values.map(<[u8]>::trim_ascii)
}

/// `use_domain_only`: the label before the last dot of a host, or the whole host if it has no dot.
///
/// ```
/// use evenkeel_algorithms::dialect::key_extraction::haproxy::use_domain_only;
///
/// assert_eq!(use_domain_only(b"www.example.com"), b"example");
/// assert_eq!(use_domain_only(b"example.com"), b"example");
/// assert_eq!(use_domain_only(b"localhost"), b"localhost");
/// ```
#[must_use]
pub fn use_domain_only(host: &[u8]) -> &[u8] {
    let mut labels = host.rsplit(|&byte| byte == b'.').skip(1);
    labels.next().unwrap_or(host)
}

/// The parameters of [`uri`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Uri {
    /// `len`: the maximum number of bytes.
    pub len: Option<usize>,
    /// `depth`: the maximum number of slashes.
    pub depth: Option<usize>,
    /// `whole`: includes the part after a question mark.
    pub whole: bool,
    /// `path-only`: excludes scheme and host.
    pub path_only: bool,
}

/// `balance uri`: the target of a request as it was sent, up to a question mark.
///
/// ```
/// use evenkeel_algorithms::dialect::key_extraction::haproxy::{Uri, uri};
///
/// let parameters = Uri { path_only: true, depth: Some(2), ..Uri::default() };
/// assert_eq!(uri(b"https://example.com/a/b/c?d", parameters), b"/a/b");
/// assert_eq!(uri(b"/a/b/c?d", Uri::default()), b"/a/b/c");
/// assert_eq!(uri(b"/a/b/c?d", Uri { whole: true, len: Some(7), ..Uri::default() }), b"/a/b/c?");
/// ```
#[must_use]
pub fn uri(target: &[u8], parameters: Uri) -> &[u8] {
    let target = match parameters.path_only {
        true => path(target),
        false => target,
    };
    let target = &target[..parameters.len.unwrap_or(target.len()).min(target.len())];
    let mut slashes = 0;
    let end = target.iter().position(|&byte| {
        slashes += usize::from(byte == b'/');
        let too_deep = parameters.depth.is_some_and(|depth| slashes > depth);
        too_deep || byte == b'?' && !parameters.whole
    });
    &target[..end.unwrap_or(target.len())]
}

/// Returns the part after the host of an absolute target.
fn path(target: &[u8]) -> &[u8] {
    const MARK: &[u8] = b"://";
    let scheme = target.windows(MARK.len()).position(|part| part == MARK);
    let Some(scheme) = scheme.filter(|_| !target.starts_with(b"/")) else {
        return target;
    };
    let rest = &target[scheme + MARK.len()..];
    let host = rest.iter().position(|byte| b"/?".contains(byte));
    &rest[host.unwrap_or(rest.len())..]
}

/// `balance url_param name`: the value of the first parameter of this name in a target's query, or `None` if there is
/// none.
///
/// ```
/// use evenkeel_algorithms::dialect::key_extraction::haproxy::url_param;
///
/// assert_eq!(url_param(b"/a?userid=1&id=2&id=3", b"id"), Some(&b"2"[..]));
/// assert_eq!(url_param(b"/a?id", b"id"), None);
/// ```
#[must_use]
pub fn url_param<'a>(target: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let query = target.iter().position(|&byte| byte == b'?')? + 1;
    let mut parameters = target[query..].split(|&byte| byte == b'&');
    parameters.find_map(|parameter| parameter.strip_prefix(name)?.strip_prefix(b"="))
}

/// `balance source`: the exclusive or of the words of an address. It is the hash itself: no function is applied, only
/// an avalanche. As a key, write it in decimal and use the function `none`.
///
/// ```
/// use evenkeel_algorithms::dialect::key_extraction::haproxy::source;
///
/// assert_eq!(source("192.0.2.1".parse()?), 0xC000_0201);
/// assert_eq!(source("2001:db8::1".parse()?), 0x2001_0DB9);
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[must_use]
pub fn source(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(address) => address.to_bits(),
        IpAddr::V6(address) => {
            let words = (0..4).map(|word| (address.to_bits() >> (32 * word)) as u32);
            words.fold(0, |words, word| words ^ word)
        }
    }
}
