//! The bytes that were received and are not answered yet.

use std::io::{self, Read};

/// How many bytes are asked of the input at once.
pub(super) const CHUNK: usize = 1 << 16;

/// A buffer that is read into at its end and taken from at its front. It stays initialised, because clearing a
/// chunk for each read would take longer than a short line does.
#[derive(Debug, Default)]
pub(super) struct Received {
    buffer: Vec<u8>,
    len: usize,
}

impl Received {
    /// Reads what the input has, up to a chunk. Returns false at the end of the input.
    pub(super) fn fill(&mut self, input: &mut impl Read) -> io::Result<bool> {
        if self.buffer.len() < self.len + CHUNK {
            self.buffer.resize(self.len + CHUNK, 0);
        }
        let room = &mut self.buffer[self.len..self.len + CHUNK];
        let read = loop {
            match input.read(room) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.len += read;
        Ok(read > 0)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.len]
    }

    /// Forgets the first bytes.
    pub(super) fn consume(&mut self, count: usize) {
        self.buffer.copy_within(count..self.len, 0);
        self.len -= count;
    }

    pub(super) fn clear(&mut self) {
        self.len = 0;
    }
}
