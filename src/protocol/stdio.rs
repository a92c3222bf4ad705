//! The loop over lines: nothing is written but answers, and these as soon as nothing is left to be
//! answered.

use std::io::{self, Read, Write};
use std::time::Instant;

use anyhow::Result;
use evenkeel_algorithms::Registry;

use super::answer::{self, Answer, Refusal};
use super::message::Parties;
use super::parse::Parsed;
use super::session::Session;
use crate::config::Loaded;

/// What one line may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The longest line that is read, in bytes.
    pub max_line_bytes: usize,
    /// The most requests of one `send_requests`.
    pub max_count: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_line_bytes: 1 << 20,
            max_count: 10_000_000,
        }
    }
}

/// Bytes that are asked of the input at once.
const CHUNK: usize = 1 << 16;

/// Answers every line of the input until it ends or nobody reads the output any more. The conversation
/// begins with what was [loaded](crate::config::Config::load_since), or without backends; messages name
/// algorithms of a registry, and all clocks count from the start.
///
/// # Errors
/// If the input cannot be read or the output not be written.
pub fn serve(
    input: impl Read,
    output: impl Write,
    loaded: Option<Loaded>,
    registry: &Registry,
    start: Instant,
    limits: Limits,
) -> Result<()> {
    let session = Session::new(loaded, registry, limits.max_count, start);
    let answers = Vec::with_capacity(2 * CHUNK);
    match (Server {
        session,
        output,
        answers,
        limits,
    })
    .run(input)
    {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        ended => Ok(ended?),
    }
}

struct Server<'a, W> {
    session: Session<'a>,
    output: W,
    /// Answers not yet written.
    answers: Vec<u8>,
    limits: Limits,
}

impl<W: Write> Server<'_, W> {
    fn run(mut self, mut input: impl Read) -> io::Result<()> {
        let mut buffer = Vec::with_capacity(2 * CHUNK);
        let mut skipping = false;
        loop {
            let searched = buffer.len();
            if !fill(&mut input, &mut buffer)? {
                if skipping {
                    self.refuse_long_line()
                } else {
                    self.line(&buffer)
                }?;
                return self.flush();
            }
            let mut start = 0;
            for end in memchr::memchr_iter(b'\n', &buffer[searched..]) {
                let end = searched + end;
                if std::mem::take(&mut skipping) {
                    self.refuse_long_line()?;
                } else {
                    self.line(&buffer[start..end])?;
                }
                start = end + 1;
            }
            buffer.drain(..start);
            if buffer.len() > self.limits.max_line_bytes {
                skipping = true;
            }
            if skipping {
                buffer.clear();
            }
            self.flush()?;
        }
    }

    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        if line.len() > self.limits.max_line_bytes {
            return self.refuse_long_line();
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(());
        }
        let parsed = Parsed::of(line);
        let answered = match &parsed.message {
            Ok(message) => self.session.answer(message),
            Err(refusal) => Err(refusal.clone()),
        };
        let body = answered.unwrap_or_else(|refusal| refusal.answer(parsed.in_reply_to));
        self.write(parsed.parties.as_ref(), &body)
    }

    fn refuse_long_line(&mut self) -> io::Result<()> {
        let most = self.limits.max_line_bytes;
        let refusal = Refusal::malformed(format!("the line is longer than {most} bytes"));
        self.write(None, &refusal.answer(None))
    }

    fn write(&mut self, parties: Option<&Parties<'_>>, body: &Answer) -> io::Result<()> {
        answer::write(&mut self.answers, parties, body)?;
        // A batch is written before it has grown large; its flush comes at its end.
        if self.answers.len() < CHUNK {
            Ok(())
        } else {
            self.pass_on()
        }
    }

    fn pass_on(&mut self) -> io::Result<()> {
        self.output.write_all(&self.answers)?;
        self.answers.clear();
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.pass_on()?;
        self.output.flush()
    }
}

/// Reads what there is, up to a chunk; false at the end of the input.
fn fill(input: &mut impl Read, buffer: &mut Vec<u8>) -> io::Result<bool> {
    let len = buffer.len();
    buffer.resize(len + CHUNK, 0);
    let read = loop {
        match input.read(&mut buffer[len..]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => break read,
        }
    };
    buffer.truncate(len + *read.as_ref().unwrap_or(&0));
    Ok(read? > 0)
}
