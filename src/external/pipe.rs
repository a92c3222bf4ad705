//! Lines to and from a program, such that neither side can block the other.

use std::io::{ErrorKind, Read, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

/// The number of bytes that are read at once.
const CHUNK: usize = 1 << 16;

/// The number of chunks that may be read ahead: a program that writes more has to wait.
const CHUNKS: usize = 4;

/// The longest line that is accepted.
pub(super) const MAX_LINE: usize = 1 << 20;

/// The two ends of a program's standard streams, each with its own thread.
#[derive(Debug)]
pub(super) struct Pipe {
    requests: Sender<Vec<u8>>,
    answers: Receiver<Vec<u8>>,
    /// The data that was read; the bytes before `next` belong to lines already taken.
    buffer: Vec<u8>,
    next: usize,
}

/// Why there is no line.
#[derive(Clone, Copy, Debug)]
pub(super) enum NoLine {
    /// The program has closed its output.
    Ended,
    /// There was no line in time.
    Late,
    /// The line is longer than [`MAX_LINE`].
    TooLong,
}

impl Pipe {
    /// Starts writing and reading.
    pub(super) fn of(
        mut input: impl Write + Send + 'static,
        mut output: impl Read + Send + 'static,
    ) -> Self {
        let (requests, to_write) = mpsc::channel::<Vec<u8>>();
        let (read, answers) = mpsc::sync_channel(CHUNKS);
        // Both threads end with their stream, or when the other end of their channel is closed. If the program stops
        // reading, its missing answers show it.
        thread::spawn(move || {
            to_write
                .iter()
                .try_for_each(|lines| input.write_all(&lines))
        });
        thread::spawn(move || {
            let mut chunk = vec![0; CHUNK];
            loop {
                match output.read(&mut chunk) {
                    Ok(length) if length > 0 && read.send(chunk[..length].to_vec()).is_ok() => {}
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    _ => return,
                }
            }
        });
        Self {
            requests,
            answers,
            buffer: Vec::new(),
            next: 0,
        }
    }

    /// Sends lines.
    pub(super) fn write(&self, lines: Vec<u8>) {
        // If the writer has ended, so has the program, and its missing answers show it.
        let _ = self.requests.send(lines);
    }

    /// Takes the next line, if it arrives within this time.
    pub(super) fn line(&mut self, patience: Duration) -> Result<&[u8], NoLine> {
        let mut searched = self.next;
        let mut until = None;
        loop {
            if let Some(length) = memchr::memchr(b'\n', &self.buffer[searched..]) {
                let end = searched + length;
                let start = std::mem::replace(&mut self.next, end + 1);
                return Ok(&self.buffer[start..end]);
            }
            if self.buffer.len() - self.next > MAX_LINE {
                return Err(NoLine::TooLong);
            }
            let chunk = self.chunk(|| *until.get_or_insert_with(|| Instant::now() + patience))?;
            self.buffer.drain(..std::mem::take(&mut self.next));
            searched = self.buffer.len();
            self.buffer.extend_from_slice(&chunk);
        }
    }

    /// Takes a line that has already arrived, if there is one.
    pub(super) fn line_at_hand(&mut self) -> Option<&[u8]> {
        if let Ok(chunk) = self.answers.try_recv() {
            self.buffer.extend_from_slice(&chunk);
        }
        let length = memchr::memchr(b'\n', &self.buffer[self.next..])?;
        let start = self.next;
        self.next += length + 1;
        Some(&self.buffer[start..start + length])
    }

    fn chunk(&self, until: impl FnOnce() -> Instant) -> Result<Vec<u8>, NoLine> {
        // There almost always is one, so the clock need not be read.
        match self.answers.try_recv() {
            Ok(chunk) => return Ok(chunk),
            Err(TryRecvError::Disconnected) => return Err(NoLine::Ended),
            Err(TryRecvError::Empty) => {}
        }
        let patience = until().saturating_duration_since(Instant::now());
        self.answers
            .recv_timeout(patience)
            .map_err(|error| match error {
                RecvTimeoutError::Timeout => NoLine::Late,
                RecvTimeoutError::Disconnected => NoLine::Ended,
            })
    }
}
