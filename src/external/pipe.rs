//! Lines to a program and from it, so that neither side can block the other.

use std::io::{ErrorKind, Read, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes that are read at once.
const CHUNK: usize = 1 << 16;

/// Chunks that were read and not yet looked at: a program that writes more has to wait.
const CHUNKS: usize = 4;

/// The longest line that is read.
pub(super) const MAX_LINE: usize = 1 << 20;

/// The two ends of a program's standard streams, each with a thread of its own.
#[derive(Debug)]
pub(super) struct Pipe {
    requests: Sender<Vec<u8>>,
    answers: Receiver<Vec<u8>>,
    /// What was read; the bytes before `next` belong to lines that were taken.
    buffer: Vec<u8>,
    next: usize,
}

/// Why there is no line.
#[derive(Clone, Copy, Debug)]
pub(super) enum NoLine {
    /// The program writes no more.
    Ended,
    /// There was none in time.
    Late,
    /// It is longer than [`MAX_LINE`].
    TooLong,
}

impl Pipe {
    /// Starts to write and to read.
    pub(super) fn of(
        mut input: impl Write + Send + 'static,
        mut output: impl Read + Send + 'static,
    ) -> Self {
        let (requests, to_write) = mpsc::channel::<Vec<u8>>();
        let (read, answers) = mpsc::sync_channel(CHUNKS);
        // Both end with their stream, or when nothing is left at the other end of their channel. That the
        // program reads no more shows in its answers.
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

    /// Hands lines on to be written.
    pub(super) fn write(&self, lines: Vec<u8>) {
        // If nothing writes any more, the program has ended, which shows in its answers.
        let _ = self.requests.send(lines);
    }

    /// Takes the next line, if it comes within this time.
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

    /// Takes a line that was written already, if there is one.
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
        // Nearly always there is one, and then the clock need not be read.
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
