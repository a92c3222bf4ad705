//! The loop of every client, whatever it is connected by: read lines, answer them, write the answers. It writes
//! nothing else, and flushes as soon as no complete line is left to be answered.

use std::io::{self, Read, Write};

use super::answer::{self, Refusal};
use super::desk::Desk;
use super::lines::Lines;
use super::parse::Parsed;
use super::received::CHUNK;

/// The most messages that are answered in one turn at the desk. They are parsed before it, while other clients have
/// theirs.
const TURN: usize = 64;

/// A client's lines and the answers to them.
#[derive(Debug)]
pub(super) struct Dialogue<D, W> {
    lines: Lines,
    answering: Answering<D, W>,
}

#[derive(Debug)]
struct Answering<D, W> {
    desk: D,
    /// Not yet written: a chunk and one answer at most, because a client that does not read its answers is not read
    /// either.
    answers: Vec<u8>,
    output: W,
}

impl<D: Desk, W: Write> Dialogue<D, W> {
    pub(super) fn new(desk: D, output: W, max_line_bytes: usize) -> Self {
        Self {
            lines: Lines::new(max_line_bytes),
            answering: Answering {
                desk,
                answers: Vec::with_capacity(2 * CHUNK),
                output,
            },
        }
    }

    /// Answers every complete line, until the input ends.
    pub(super) fn run(&mut self, input: &mut impl Read) -> io::Result<()> {
        let Self { lines, answering } = self;
        while lines.read(input)? {
            let mut messages = lines.messages();
            let mut turn = Vec::new();
            loop {
                turn.extend(messages.by_ref().take(TURN));
                if turn.is_empty() {
                    break;
                }
                answering.answer(&mut turn)?;
            }
            answering.flush()?;
        }
        Ok(())
    }

    /// Answers the last line of an input that ended without a line end.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let mut rest = self.lines.rest().into_iter().collect();
        self.answering.answer(&mut rest)?;
        self.answering.flush()
    }
}

impl<D: Desk, W: Write> Answering<D, W> {
    /// Answers messages and takes them out. Writes, which may wait for the client, happen between turns.
    fn answer(&mut self, messages: &mut Vec<Parsed<'_>>) -> io::Result<()> {
        let (desk, answers) = (&mut self.desk, &mut self.answers);
        let mut left = messages.drain(..);
        while !left.as_slice().is_empty() {
            desk.turn(|session, client| {
                for parsed in left.by_ref() {
                    let Parsed {
                        parties,
                        in_reply_to,
                        message,
                    } = parsed;
                    let answered = message.and_then(|message| session.answer(client, &message));
                    let body = answered.unwrap_or_else(Refusal::answer);
                    answer::write(answers, parties.as_ref(), in_reply_to.as_ref(), &body)?;
                    if answers.len() >= CHUNK {
                        break;
                    }
                }
                Ok::<_, io::Error>(())
            })?;
            if answers.len() >= CHUNK {
                self.output.write_all(answers)?;
                answers.clear();
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.output.write_all(&self.answers)?;
        self.answers.clear();
        self.output.flush()
    }
}
