//! Lines of web servers' access logs: the common log format, the combined one, and either with more
//! fields behind.

use std::fmt;

use clap::ValueEnum;

/// Which part of a logged request is its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
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

/// The key of a line, if it can be read, and what is wrong with the line, if anything is.
pub(super) fn parse(line: &[u8], field: KeyField) -> (Option<&[u8]>, Option<&'static str>) {
    let mut rest = Rest(line);
    let mut target = None;
    let client = rest.word().filter(|client| !client.is_empty());
    let fault = match client {
        None => Some("no client"),
        Some(_) => rest.after_client(&mut target).err(),
    };
    let key = match field {
        KeyField::Client => client,
        KeyField::Path => target,
    };
    (key, fault)
}

/// What is left of a line.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    /// `identity user [time] "request" status bytes`, and behind it nothing, or what the combined
    /// format adds: `"referer" "agent"`, and anything.
    fn after_client(&mut self, target: &mut Option<&'a [u8]>) -> Result<(), &'static str> {
        // A user's name may have spaces in it; the time begins at the first bracket.
        self.past(b" [").ok_or("no [time]")?;
        self.past(b"] ").ok_or("the [time] has no end")?;
        let request = self.quoted().ok_or("no \"request\", or without its end")?;
        *target = request
            .split(|&byte| byte == b' ')
            .nth(1)
            .filter(|target| !target.is_empty());
        target.ok_or("the \"request\" has no target")?;
        self.past(b" ").ok_or("nothing behind the \"request\"")?;
        let status = self.word().ok_or("no status")?;
        let is_number = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_digit);
        if !is_number(status) || status.len() != 3 {
            return Err("the status is not a number of three digits");
        }
        let bytes = self.word().ok_or("no number of bytes")?;
        if !is_number(bytes) && bytes != b"-" {
            return Err("the number of bytes is not a number");
        }
        if self.0.starts_with(b"\"") {
            self.quoted().ok_or("the \"referer\" has no end")?;
            self.past(b" ").ok_or("no \"agent\"")?;
            self.quoted().ok_or("no \"agent\", or without its end")?;
        }
        Ok(())
    }

    /// The text up to the next space or the end, and goes on behind the space.
    fn word(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = memchr::memchr(b' ', self.0).unwrap_or(self.0.len());
        let word = &self.0[..end];
        self.0 = self.0.get(end + 1..).unwrap_or_default();
        Some(word)
    }

    /// Goes on behind the next occurrence of a text.
    fn past(&mut self, text: &[u8]) -> Option<()> {
        let found = memchr::memmem::find(self.0, text)?;
        self.0 = &self.0[found + text.len()..];
        Some(())
    }

    /// The text between two quotes, in which a backslash keeps the next byte from ending it.
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
        let (key, fault) = parse(line.as_bytes(), field);
        (
            key.map(|key| String::from_utf8_lossy(key).into_owned()),
            fault,
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
    fn what_can_be_read_of_a_malformed_line_is_read() {
        let cut = format!(r#"{COMMON} "-" "agent without end"#);
        assert_eq!(
            parsed(&cut, KeyField::Path),
            (
                Some(r#"/a\"b?c=d"#.into()),
                Some("no \"agent\", or without its end")
            )
        );
        assert_eq!(parsed("", KeyField::Client), (None, Some("no client")));
        let (key, fault) = parsed("1.2.3.4 - - [now] \"-\" 400 0", KeyField::Path);
        assert_eq!((key, fault), (None, Some("the \"request\" has no target")));
        let (key, fault) = parsed("1.2.3.4 - - [now] \"GET /x\" abc 0", KeyField::Path);
        assert_eq!(key.as_deref(), Some("/x"));
        assert!(fault.unwrap().contains("three digits"));
    }

    #[test]
    fn no_prefix_of_a_line_panics() {
        let line = format!(r#"{COMMON} "-" "agent""#);
        for end in 0..line.len() {
            let (key, _) = parse(&line.as_bytes()[..end], KeyField::Client);
            assert_eq!(key.is_some(), end > 0);
        }
    }
}
