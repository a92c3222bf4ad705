//! From bytes to messages.

use std::io::{self, Read};
use std::mem;

use super::parse::Parsed;
use super::received::Received;

/// The lines of one client.
#[derive(Debug)]
pub(super) struct Lines {
    received: Received,
    /// How many bytes the complete lines have, from the front.
    complete: usize,
    /// Whether the line at the front is too long, so that its bytes were not kept.
    skipping: bool,
    max_line_bytes: usize,
}

impl Lines {
    pub(super) fn new(max_line_bytes: usize) -> Self {
        Self {
            received: Received::default(),
            complete: 0,
            skipping: false,
            max_line_bytes,
        }
    }

    /// Reads what the input has in place of the lines that were complete. Returns false at the end of the input.
    pub(super) fn read(&mut self, input: &mut impl Read) -> io::Result<bool> {
        self.received.consume(mem::take(&mut self.complete));
        self.skipping |= self.received.bytes().len() > self.max_line_bytes;
        if self.skipping {
            self.received.clear();
        }
        let searched = self.received.bytes().len();
        let more = self.received.fill(input)?;
        let last = memchr::memrchr(b'\n', &self.received.bytes()[searched..]);
        self.complete = last.map_or(0, |last| searched + last + 1);
        Ok(more)
    }

    /// Returns the messages of the complete lines, once.
    pub(super) fn messages(&mut self) -> impl Iterator<Item = Parsed<'_>> {
        let (skipping, most) = (&mut self.skipping, self.max_line_bytes);
        let bytes = &self.received.bytes()[..self.complete];
        let mut start = 0;
        memchr::memchr_iter(b'\n', bytes).filter_map(move |end| {
            let line = &bytes[mem::replace(&mut start, end + 1)..end];
            parsed(line, mem::take(skipping), most)
        })
    }

    /// Returns the message of the last line, which has no line end.
    pub(super) fn rest(&self) -> Option<Parsed<'_>> {
        let line = &self.received.bytes()[self.complete..];
        parsed(line, self.skipping, self.max_line_bytes)
    }
}

/// Parses a line, unless it is blank.
fn parsed(line: &[u8], too_long: bool, most: usize) -> Option<Parsed<'_>> {
    if too_long || line.len() > most {
        let text = format!("the line is longer than {most} bytes");
        return Some(Parsed::unreadable(text));
    }
    let line = line.trim_ascii();
    (!line.is_empty()).then(|| Parsed::of(line))
}
