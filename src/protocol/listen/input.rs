//! What a client sends, until it ends its side or the server ends.

use std::io::{self, Read};

use super::clients::Visit;
use super::stream::Stream;

/// The input of a client. Once the server ends, it has what had arrived by then: a client that goes on sending must not
/// keep the server.
#[derive(Debug)]
pub(super) struct Input<'a> {
    stream: &'a Stream,
    visit: &'a Visit<'a>,
    /// How many bytes are left, once the server ends.
    left: Option<u64>,
}

impl<'a> Input<'a> {
    pub(super) const fn new(stream: &'a Stream, visit: &'a Visit<'a>) -> Self {
        Self {
            stream,
            visit,
            left: None,
        }
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut stream = self.stream;
        if !self.visit.is_cut_short() {
            return stream.read(buffer);
        }
        let left = match self.left {
            Some(left) => left,
            None => stream.arrived()?,
        };
        let read = stream.take(left).read(buffer)?;
        self.left = Some(left - read as u64);
        Ok(read)
    }
}
