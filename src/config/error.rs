//! What can be wrong with a config, and where.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::Utf8Error;

use evenkeel_algorithms::Registry;
use thiserror::Error;

/// The largest config file that is read: 64 MiB, enough for a million backends.
pub const MAX_CONFIG_BYTES: u64 = 64 << 20;

/// A config that cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: cannot read this file", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is larger than [`MAX_CONFIG_BYTES`].
    #[error("{}: larger than {MAX_CONFIG_BYTES} bytes, the most that is read", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The text is not a config.
    #[error("{}:{fault}", path.display())]
    Faulty {
        /// The file.
        path: PathBuf,
        /// Where and what.
        fault: Fault,
    },
}

/// What is wrong with a text, and where. Shown as `line:column: what`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line and column, both from 1, where they are known.
    pub place: Option<(usize, usize)>,
    /// What is wrong, what was expected, and the nearest known name.
    pub what: String,
}

impl Fault {
    pub(crate) fn of_file(self, path: &Path) -> ConfigError {
        ConfigError::Faulty {
            path: path.into(),
            fault: self,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((line, column)) = self.place {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}", self.what)
    }
}

impl From<serde_yaml::Error> for Fault {
    fn from(error: serde_yaml::Error) -> Self {
        let mut what = error.to_string();
        if what == "repetition limit exceeded" {
            what = "the aliases (`*name`) unfold into too many values; write them out".to_owned();
        }
        let own = error.location().map(|at| (at.line(), at.column()));
        let mut place = own;
        // The parser's own messages may end with another place, in their own words.
        if split_place(&what).is_some_and(|(_, last)| Some(last) == own) {
            while let Some((before, inner)) = split_place(&what) {
                place = Some(inner);
                what.truncate(before);
            }
        }
        what = without_outer_paths(&what).to_owned();
        what = in_plain_words(&what);
        // YAML's null, which is also what an empty text and a value left out are.
        let what = what
            .replace("invalid type: unit value", "nothing stands here")
            .replace("invalid type: Option value", "nothing stands here");
        Self {
            place,
            what: with_suggestion(what),
        }
    }
}

/// Where a place stands at the end of a message, and that place. A section of options is read by a reader of
/// its own, whose error comes wrapped: the inner path and place are in the message, before the outer ones.
fn split_place(message: &str) -> Option<(usize, (usize, usize))> {
    let (before, place) = message.rsplit_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    Some((before.len(), (line.parse().ok()?, column.parse().ok()?)))
}

/// The message without the paths that are a part of the path after them.
fn without_outer_paths(message: &str) -> &str {
    let Some((outer, rest)) = message.split_once(": ") else {
        return message;
    };
    let goes_on = |inner: &str| inner.starts_with(['.', '[', ':']);
    if rest.strip_prefix(outer).is_some_and(goes_on) {
        without_outer_paths(rest)
    } else {
        message
    }
}

/// Says the types that serde expected in words, those of whole numbers as ranges.
pub(crate) fn in_plain_words(message: &str) -> String {
    without_type_name(message)
        .replace(
            "expected a nonzero u32",
            "expected a whole number from 1 to 4294967295",
        )
        .replace("expected a nonzero usize", "expected a whole number from 1")
        .replace(
            "expected u32",
            "expected a whole number from 0 to 4294967295",
        )
        .replace(
            "expected u64",
            "expected a whole number from 0 to 18446744073709551615",
        )
        .replace("expected f64", "expected a number")
}

/// Says the type of a section that serde expected as a map.
fn without_type_name(message: &str) -> String {
    let Some((before, after)) = message.split_once("expected struct ") else {
        return message.to_owned();
    };
    let end = after.find(|char: char| !char.is_alphanumeric());
    let (name, rest) = after.split_at(end.unwrap_or(after.len()));
    let of = if name.ends_with("Options") {
        " of options"
    } else {
        ""
    };
    format!("{before}expected a map{of}{rest}")
}

/// Adds the nearest of the names that a message says were expected.
///
/// serde's messages quote the unknown name first and the known ones after it, all in backticks.
pub(crate) fn with_suggestion(mut message: String) -> String {
    let unknown = [
        "unknown field `",
        "unknown algorithm `",
        "unknown variant `",
    ];
    let Some(start) = unknown
        .iter()
        .find_map(|start| Some(message.find(start)? + start.len()))
    else {
        return message;
    };
    let mut quoted = message[start..].split('`').step_by(2);
    let unknown = quoted.next().unwrap_or_default();
    // Of algorithms the message does not show all.
    let of_algorithms = message[..start].ends_with("unknown algorithm `");
    let algorithms = Registry::builtin().cards().filter(|_| of_algorithms);
    let algorithms = algorithms.flat_map(|known| known.names().map(|name| name as &str));
    let known = quoted.chain(algorithms);
    if let Some(known) = nearest(unknown, known) {
        message = format!("{message}; did you mean `{known}`?");
    }
    message
}

/// The known name that an unknown one most resembles, if it does.
fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.map(|name| (strsim::jaro_winkler(unknown, name), name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|&(likeness, _)| likeness > 0.75)
        .map(|(_, name)| name)
}

/// The fault of a text that is not UTF-8.
pub(super) fn not_utf8(bytes: &[u8], error: Utf8Error) -> Fault {
    let before = &bytes[..error.valid_up_to()];
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let place = Some((line, before.len() - line_start + 1));
    Fault {
        place,
        what: "not UTF-8 text; a config is YAML in UTF-8".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_suggested_and_a_far_one_is_not() {
        let message = |name| format!("unknown field `{name}`, expected `name` or `weight`");
        assert!(with_suggestion(message("wieght")).ends_with("; did you mean `weight`?"));
        assert_eq!(with_suggestion(message("zz")), message("zz"));
        assert_eq!(
            with_suggestion("missing field `a`".into()),
            "missing field `a`"
        );
    }

    #[test]
    fn what_is_wrong_in_a_section_is_placed_there() {
        let text = "options: { ketama: { points_per_weight: 0 } }\nbackends: [a]\n";
        let fault = crate::config::Config::parse(text).unwrap_err();
        assert_eq!(fault.place, Some((1, 41)));
        let expected = "options.ketama.points_per_weight: points_per_weight 0 is out of range; expected 1 to 65536";
        assert_eq!(fault.what, expected);
    }

    #[test]
    fn types_of_sections_are_maps() {
        let message = "invalid type: sequence, expected struct TwemproxyOptions at line 1";
        let expected = "invalid type: sequence, expected a map of options at line 1";
        assert_eq!(in_plain_words(message), expected);
        assert_eq!(
            in_plain_words("expected struct Attributes"),
            "expected a map"
        );
    }

    #[test]
    fn bytes_that_are_not_utf8_are_located() {
        let bytes = [b"ab\nc".as_slice(), &[0xFF]].concat();
        let fault = not_utf8(&bytes, std::str::from_utf8(&bytes).unwrap_err());
        assert_eq!(fault.place, Some((2, 2)));
    }
}
