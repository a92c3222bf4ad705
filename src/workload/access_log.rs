//! Lines of web servers' access logs: the common log format, the combined one, and either with further fields at the
//! end.

use std::fmt;
use std::path::Path;

use super::log_time::LogTime;

/// The part of a logged request that is its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyField {
    /// The client's address.
    Client,
    /// The request target, with its query.
    Path,
}

impl fmt::Display for KeyField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Client => "client",
            Self::Path => "path",
        })
    }
}

/// The unit of a logged request's duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DurationUnit {
    /// Seconds, like nginx's `$request_time`.
    S,
    /// Milliseconds, like Apache's `%{ms}T`.
    Ms,
    /// Microseconds, like Apache's `%D`.
    Us,
}

impl DurationUnit {
    const fn nanoseconds(self) -> f64 {
        match self {
            Self::S => 1e9,
            Self::Ms => 1e6,
            Self::Us => 1e3,
        }
    }
}

/// The longest duration, in nanoseconds: two centuries.
const LONGEST: f64 = 8e18;

/// The readable parts of a line.
#[derive(Default)]
pub(super) struct Entry<'a> {
    client: Option<&'a [u8]>,
    target: Option<&'a [u8]>,
    /// The text between the brackets.
    time: Option<&'a [u8]>,
    /// The text after the fields of the format.
    behind: &'a [u8],
    /// The fault of the line, if there is one.
    pub(super) fault: Option<&'static str>,
}

/// Reads as much of a line as possible.
pub(super) fn parse(line: &[u8]) -> Entry<'_> {
    let mut rest = Rest(line);
    let mut entry = Entry {
        client: rest.word().filter(|client| !client.is_empty()),
        ..Entry::default()
    };
    entry.fault = match entry.client {
        None => Some("no client"),
        Some(_) => rest.after_client(&mut entry).err(),
    };
    entry
}

/// Returns the description of a log's requests.
pub(super) fn source(path: &Path, field: KeyField) -> String {
    format!("the access log {}, by {field}", path.display())
}

impl<'a> Entry<'a> {
    pub(super) const fn key(&self, field: KeyField) -> Option<&'a [u8]> {
        match field {
            KeyField::Client => self.client,
            KeyField::Path => self.target,
        }
    }

    /// Returns the time of the request.
    pub(super) fn time(&self) -> Result<LogTime, &'static str> {
        LogTime::parse(self.time.ok_or("no [time]")?)
            .ok_or("invalid [time]; expected for example [17/May/2015:10:05:03 +0000]")
    }

    /// Returns the duration of the request in nanoseconds, from the last field after those of the format.
    pub(super) fn duration(&self, unit: DurationUnit) -> Result<u64, &'static str> {
        let last = self
            .behind
            .trim_ascii()
            .rsplit(|&byte| byte == b' ')
            .next()
            .filter(|last| !last.is_empty())
            .ok_or("no duration after the fields of the format")?;
        let number: Option<f64> = std::str::from_utf8(last)
            .ok()
            .and_then(|last| last.parse().ok());
        number
            .map(|number| (number * unit.nanoseconds()).round())
            .filter(|time| (0. ..=LONGEST).contains(time))
            .map(|time| time as u64)
            .ok_or("the last field is not a duration")
    }
}

/// The rest of a line.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    /// Reads `identity user [time] "request" status bytes`, followed by nothing or by the fields of the combined
    /// format: `"referer" "agent"`, and anything.
    fn after_client(&mut self, entry: &mut Entry<'a>) -> Result<(), &'static str> {
        // A user's name may contain spaces; the time begins at the first bracket.
        self.until(b" [").ok_or("no [time]")?;
        let time = self.until(b"] ");
        entry.time = Some(time.ok_or("the [time] is unterminated")?);
        let request = self.quoted().ok_or("missing or unterminated \"request\"")?;
        entry.target = request
            .split(|&byte| byte == b' ')
            .nth(1)
            .filter(|target| !target.is_empty());
        entry.target.ok_or("the \"request\" has no target")?;
        self.until(b" ").ok_or("nothing after the \"request\"")?;
        let status = self.word().ok_or("no status")?;
        let is_number = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_digit);
        if !is_number(status) || status.len() != 3 {
            return Err("the status is not a three-digit number");
        }
        let bytes = self.word().ok_or("no number of bytes")?;
        if !is_number(bytes) && bytes != b"-" {
            return Err("the number of bytes is not a number");
        }
        if self.0.starts_with(b"\"") {
            self.quoted().ok_or("the \"referer\" is unterminated")?;
            self.until(b" ").ok_or("no \"agent\"")?;
            self.quoted().ok_or("missing or unterminated \"agent\"")?;
        }
        entry.behind = self.0;
        Ok(())
    }

    /// Returns the text up to the next space or the end, and continues after the space.
    fn word(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = memchr::memchr(b' ', self.0).unwrap_or(self.0.len());
        let word = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        Some(word)
    }

    /// Returns the text before the next occurrence of a text, and continues after that.
    fn until(&mut self, text: &[u8]) -> Option<&'a [u8]> {
        let found = memchr::memmem::find(self.0, text)?;
        let before = &self.0[..found];
        self.0 = &self.0[found + text.len()..];
        Some(before)
    }

    /// Returns the text between two quotes; a backslash escapes the next byte.
    fn quoted(&mut self) -> Option<&'a [u8]> {
        let inside = self.0.strip_prefix(b"\"")?;
        let mut escaped = false;
        let end = inside.iter().position(|&byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        })?;
        self.0 = &inside[end + 1..];
        Some(&inside[..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMON: &str =
        r#"::1 - frank smith [10/Oct/2000:13:55:36 -0700] "GET /a\"b?c=d HTTP/1.0" 200 -"#;

    fn parsed(line: &str, field: KeyField) -> (Option<String>, Option<&'static str>) {
        let entry = parse(line.as_bytes());
        let key = entry.key(field);
        (
            key.map(|key| String::from_utf8_lossy(key).into_owned()),
            entry.fault,
        )
    }

    #[test]
    fn both_formats_are_read_and_more_fields_pass() {
        for behind in [
            "",
            r#" "http://r" "agent \"x\"""#,
            r#" "-" "agent" 12 "more""#,
            " 0.003",
        ] {
            let line = format!("{COMMON}{behind}");
            assert_eq!(
                parsed(&line, KeyField::Client),
                (Some("::1".into()), None),
                "{line}"
            );
            assert_eq!(
                parsed(&line, KeyField::Path).0.as_deref(),
                Some(r#"/a\"b?c=d"#)
            );
        }
    }

    #[test]
    fn readable_parts_of_a_malformed_line_are_read() {
        let cut = format!(r#"{COMMON} "-" "agent without end"#);
        assert_eq!(
            parsed(&cut, KeyField::Path),
            (
                Some(r#"/a\"b?c=d"#.into()),
                Some("missing or unterminated \"agent\"")
            )
        );
        assert_eq!(parsed("", KeyField::Client), (None, Some("no client")));
        let (key, fault) = parsed("1.2.3.4 - - [now] \"-\" 400 0", KeyField::Path);
        assert_eq!((key, fault), (None, Some("the \"request\" has no target")));
        let (key, fault) = parsed("1.2.3.4 - - [now] \"GET /x\" abc 0", KeyField::Path);
        assert_eq!(key.as_deref(), Some("/x"));
        assert!(fault.unwrap().contains("three-digit"));
    }

    #[test]
    fn no_prefix_of_a_line_panics() {
        let line = format!(r#"{COMMON} "-" "agent""#);
        for end in 0..line.len() {
            let entry = parse(&line.as_bytes()[..end]);
            assert_eq!(entry.key(KeyField::Client).is_some(), end > 0);
            assert_eq!(entry.time().is_ok(), end >= line.find("] ").unwrap() + 2);
            assert!(entry.duration(DurationUnit::S).is_err());
        }
    }

    #[test]
    fn times_are_equal_in_every_zone() {
        let second = |time: &str| {
            let line = format!(r#"::1 - - [{time}] "GET / HTTP/1.1" 200 1"#);
            parse(line.as_bytes()).time().map(|time| time.second)
        };
        assert_eq!(second("10/Oct/2000:13:55:36 -0700"), Ok(971_211_336));
        assert_eq!(second("10/Oct/2000:20:55:36 +0000"), Ok(971_211_336));
        assert_eq!(second("11/Oct/2000:02:25:36 +0530"), Ok(971_211_336));
        assert_eq!(second("29/Feb/2024:00:00:00 +0000"), Ok(1_709_164_800));
        for wrong in [
            "29/Feb/2023:00:00:00 +0000",
            "10/Oct/2000:24:55:36 +0000",
            "10/Oct/2000:13:55:36",
            "10/Okt/2000:13:55:36 +0000",
            "2000-10-10T13:55:36Z",
            "",
        ] {
            let fault = second(wrong).unwrap_err();
            assert!(fault.contains("expected for example"), "{wrong}");
        }
    }

    #[test]
    fn a_duration_is_the_last_field_after_those_of_the_format() {
        let duration = |behind: &str, unit| {
            let line = format!("{COMMON}{behind}");
            parse(line.as_bytes()).duration(unit)
        };
        for (behind, unit, expected) in [
            (" 0.003", DurationUnit::S, 3_000_000),
            (r#" "-" "agent" 0.003"#, DurationUnit::S, 3_000_000),
            (r#" "-" "agent" "more" 1 142"#, DurationUnit::Us, 142_000),
            (r#" "-" "agent" 1.5 "#, DurationUnit::Ms, 1_500_000),
            (r#" "-" "agent" 0"#, DurationUnit::Ms, 0),
        ] {
            assert_eq!(duration(behind, unit), Ok(expected), "{behind}");
        }
        // The number of bytes is not a duration, nor is a number within the agent.
        for none in ["", r#" "-" "agent 12""#] {
            let fault = duration(none, DurationUnit::Us).unwrap_err();
            assert!(fault.contains("no duration"), "{none}");
        }
        for wrong in ["-", "-1", "NaN", "inf", "1e30", "1,5", r#""more""#] {
            let fault = duration(&format!(" \"-\" \"agent\" {wrong}"), DurationUnit::S);
            assert!(fault.unwrap_err().contains("not a duration"), "{wrong}");
        }
    }
}
