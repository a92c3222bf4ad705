//! Envoy's hash policies of a route: they produce one 64-bit hash, which its ring or Maglev looks up.
//!
//! Each policy yields the XXH64 of a value, or nothing. The first hash is taken; each further one is combined with the
//! result so far. The key for a dialect of Envoy is the value of a single policy.
//!
//! ```
//! use evenkeel_algorithms::dialect::key_extraction::envoy::{combined, cookie, header};
//!
//! let user = header(&["alice"]);
//! let session = cookie(b"theme=dark; session=42", "session");
//! let both = combined([(user, false), (session, false)]);
//! assert_eq!(both, Some(user.unwrap().rotate_left(1) ^ session.unwrap()));
//! // After a terminal policy that yields a hash no other counts.
//! assert_eq!(combined([(user, true), (session, false)]), user);
//! ```

use xxhash_rust::xxh64::xxh64;

/// Returns the hash of a plain value: for a policy by source address (the text of the address without a port) or by
/// filter state.
///
/// ```
/// use evenkeel_algorithms::dialect::key_extraction::envoy::value;
///
/// assert_eq!(value(b"a"), 0xD24E_C4F1_A98C_6E5B);
/// ```
#[must_use]
pub fn value(value: &[u8]) -> u64 {
    xxh64(value, 0)
}

/// Returns the hash for a policy by header: of its values, each without surrounding white space. An empty value counts.
/// Several values are sorted, and the hash of each seeds the next. Apply a `regex_rewrite` before you call this.
///
/// ```
/// use evenkeel_algorithms::dialect::key_extraction::envoy::{header, value};
///
/// assert_eq!(header(&[" alice "]), Some(value(b"alice")));
/// assert_eq!(header(&["b", "a"]), header(&["a", "b"]));
/// assert_eq!(header(&[""]), Some(0xEF46_DB37_51D8_E999));
/// assert_eq!(header::<&str>(&[]), None);
/// ```
#[must_use]
pub fn header<V: AsRef<[u8]>>(values: &[V]) -> Option<u64> {
    let trimmed = values.iter().map(|value| value.as_ref().trim_ascii());
    let mut values: Vec<_> = trimmed.collect();
    values.sort_unstable();
    let chained = |hash, value: &&[u8]| xxh64(value, hash);
    (!values.is_empty()).then(|| values.iter().fold(0, chained))
}

/// Returns the hash for a policy by query parameter: of the first parameter of this name in a path, exactly as written,
/// without decoding `%XX`.
///
/// ```
/// use evenkeel_algorithms::dialect::key_extraction::envoy::{query_parameter, value};
///
/// let path = b"/cart?id=a%20b&id=c#top";
/// assert_eq!(query_parameter(path, "id"), Some(value(b"a%20b")));
/// assert_eq!(query_parameter(path, "i"), None);
/// ```
#[must_use]
pub fn query_parameter(path: &[u8], name: &str) -> Option<u64> {
    let path = path.split(|&byte| byte == b'#').next()?;
    let (_, query) = split_at(path, b'?')?;
    let mut parameters = query.split(|&byte| byte == b'&');
    let found = parameters.find_map(|parameter| named(parameter, name));
    found.map(value)
}

/// Returns the hash for a policy by cookie: of the first cookie of this name in a `Cookie` header, as it was sent. A
/// missing cookie yields nothing; with a `ttl`, Envoy creates a value and sets it.
///
/// ```
/// use evenkeel_algorithms::dialect::key_extraction::envoy::{cookie, value};
///
/// assert_eq!(cookie(b"theme=dark; session=42", "session"), Some(value(b"42")));
/// assert_eq!(cookie(b"theme=dark; session=42", "sess"), None);
/// ```
#[must_use]
pub fn cookie(header: &[u8], name: &str) -> Option<u64> {
    let mut cookies = header.split(|&byte| byte == b';');
    let found = cookies.find_map(|cookie| named(cookie.trim_ascii(), name));
    found.map(value)
}

/// Returns the combined hash of several policies in their order, each with whether it is `terminal`: after a terminal
/// policy no further policy counts if there is a hash by then. `None` if no policy yields a hash.
///
/// ```
/// use evenkeel_algorithms::dialect::key_extraction::envoy::combined;
///
/// let (a, b) = (0x8000_0000_0000_0001, 0x10);
/// assert_eq!(combined([(Some(a), false), (None, false), (Some(b), false)]), Some(0x13));
/// assert_eq!(combined([(Some(a), false), (None, true), (Some(b), false)]), Some(a));
/// assert_eq!(combined([(None, true), (Some(b), false)]), Some(b));
/// assert_eq!(combined([(None, true)]), None);
/// ```
#[must_use]
pub fn combined(policies: impl IntoIterator<Item = (Option<u64>, bool)>) -> Option<u64> {
    let mut so_far: Option<u64> = None;
    for (hash, terminal) in policies {
        so_far = match (so_far, hash) {
            (Some(so_far), Some(hash)) => Some(so_far.rotate_left(1) ^ hash),
            (so_far, hash) => so_far.or(hash),
        };
        if terminal && so_far.is_some() {
            break;
        }
    }
    so_far
}

/// Returns the value of `name=value`, if the name matches.
fn named<'a>(pair: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let (key, value) = split_at(pair, b'=').unwrap_or((pair, b""));
    (key == name.as_bytes()).then_some(value)
}

/// Returns the parts before and after the first such byte.
fn split_at(text: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let place = text.iter().position(|&other| other == byte)?;
    Some((&text[..place], &text[place + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_each_value_seeds_the_next() {
        assert_eq!(header(&["z", " a"]), Some(xxh64(b"z", xxh64(b"a", 0))));
        assert_eq!(header(&["a", ""]), Some(xxh64(b"a", 0xEF46_DB37_51D8_E999)));
    }

    #[test]
    fn parameters_match_by_their_whole_name() {
        let empty = Some(value(b""));
        for (path, hash) in [
            ("/?a=1&id=2&id=3", Some(value(b"2"))),
            ("/?id", empty),
            ("/?id=", empty),
            ("/?id=1=2?3", Some(value(b"1=2?3"))),
            ("/id=1", None),
            ("/#?id=1", None),
            ("", None),
        ] {
            assert_eq!(query_parameter(path.as_bytes(), "id"), hash, "{path}");
        }
    }

    #[test]
    fn cookies_are_taken_as_they_were_sent() {
        for (header, hash) in [
            ("a=1;id=\"2\" ;b", Some(value(b"\"2\""))),
            ("id=1=2", Some(value(b"1=2"))),
            ("xid=1; ID=2", None),
            ("", None),
        ] {
            assert_eq!(cookie(header.as_bytes(), "id"), hash, "{header}");
        }
    }
}
