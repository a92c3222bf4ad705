//! A conversation with a program: requests are sent ahead, and answers arrive in order.

use std::collections::VecDeque;
use std::time::Duration;

use super::answer::{Answer, Refusal};
use super::child::{Child, GRACE, Streams};
use super::failure::{Account, Cause, Failed};
use super::message::Message;
use super::pipe::{MAX_LINE, NoLine, Pipe};
use super::program::Program;
use super::tail::Tail;

/// The number of bytes of requests that are sent at once.
const AT_ONCE: usize = 1 << 15;

/// How long to wait for the last output of a program that has ended.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// A conversation with a program's own process.
#[derive(Debug)]
pub(super) struct Conversation {
    program: Program,
    // Dropped before the process, because this closes its standard input.
    pipe: Pipe,
    errors: Tail,
    child: Child,
    /// The request lines that are not yet answered, from `first` on.
    lines: Vec<u8>,
    first: usize,
    /// How much of the lines has been sent.
    sent: usize,
    /// The lengths of the lines that are not yet answered.
    asked: VecDeque<usize>,
    /// The number of the next message.
    next: u64,
    /// The last rejected request, and its answer.
    refused: Option<[Vec<u8>; 2]>,
}

impl Conversation {
    /// Starts the program.
    pub(super) fn start(program: &Program) -> Result<Self, Failed> {
        let failed = |error: std::io::Error| Account {
            program: program.to_string(),
            cause: Cause::NotStarted(error.to_string()),
            request: None,
            answer: None,
            errors: Vec::new(),
        };
        let (child, streams) = Child::start(&program.options.command).map_err(failed)?;
        let Streams {
            input,
            output,
            errors,
        } = streams;
        Ok(Self {
            program: program.clone(),
            pipe: Pipe::of(input, output),
            errors: Tail::of(errors),
            child,
            lines: Vec::new(),
            first: 0,
            sent: 0,
            asked: VecDeque::new(),
            next: 1,
            refused: None,
        })
    }

    /// Asks for a number of answers, with a window of requests ahead. `write` writes the request of a position, and
    /// `read` gets its answer.
    pub(super) fn ask_each(
        &mut self,
        count: usize,
        mut write: impl FnMut(usize, Ask<'_>),
        mut read: impl FnMut(usize, &Answer<'_>) -> Result<(), Cause>,
    ) -> Result<(), Failed> {
        if let Some(line) = self.pipe.line_at_hand() {
            let line = line.to_vec();
            return Err(self.failed(Cause::Unasked, Some(line)));
        }
        let window = self.program.options.window.get() as usize;
        let (mut asked, mut answered) = (0, 0);
        while answered < count {
            while asked < count && self.asked.len() < window {
                write(asked, Ask(self));
                asked += 1;
            }
            self.hand_on();
            // Half a window keeps both sides busy.
            let left = if asked == count { 0 } else { window / 2 };
            while self.asked.len() > left {
                self.answer(|answer| read(answered, answer))?;
                answered += 1;
            }
        }
        Ok(())
    }

    /// Asks and waits for the answer: the value that is read from it, or why the program rejects the request.
    pub(super) fn ask<T>(
        &mut self,
        write: impl FnOnce(Ask<'_>),
        read: impl FnOnce(&Answer<'_>) -> Result<T, Cause>,
    ) -> Result<Result<T, Refusal>, Failed> {
        let (mut write, mut read, mut got) = (Some(write), Some(read), None);
        self.ask_each(
            1,
            |_, ask| {
                if let Some(write) = write.take() {
                    write(ask);
                }
            },
            |_, answer| {
                got = match (answer.refusal(), read.take()) {
                    (None, Some(read)) => Some(Ok(read(answer)?)),
                    (refusal, _) => refusal.map(Err),
                };
                Ok(())
            },
        )?;
        got.ok_or_else(|| self.failed(Cause::Unasked, None))
    }

    /// Sends the pending lines.
    fn hand_on(&mut self) {
        if self.sent < self.lines.len() {
            self.pipe.write(self.lines[self.sent..].to_vec());
            self.sent = self.lines.len();
        }
    }

    /// Reads the next answer.
    fn answer<T>(
        &mut self,
        read: impl FnOnce(&Answer<'_>) -> Result<T, Cause>,
    ) -> Result<T, Failed> {
        let length = self.asked.front().copied().unwrap_or_default();
        let request = &self.lines[self.first..self.first + length];
        let expected = self.next - self.asked.len() as u64;
        let read = match self.pipe.line(self.program.options.patience()) {
            Ok(line) => in_order(line, expected)
                .and_then(|answer| {
                    if answer.refusal().is_some() {
                        self.refused = Some([request, line].map(<[u8]>::to_vec));
                    }
                    read(&answer)
                })
                .map_err(|cause| (Some(cause), Some(line.to_vec()))),
            Err(NoLine::Ended) => Err((None, None)),
            Err(NoLine::Late) => {
                let deadline = self.program.options.deadline.get();
                Err((Some(Cause::Late(deadline)), None))
            }
            Err(NoLine::TooLong) => Err((Some(Cause::TooLong(MAX_LINE)), None)),
        };
        match read {
            Ok(read) => {
                self.asked.pop_front();
                self.first += length;
                if self.first == self.lines.len() {
                    self.lines.clear();
                    (self.first, self.sent) = (0, 0);
                }
                Ok(read)
            }
            Err((Some(cause), line)) => Err(self.failed(cause, line)),
            Err((None, _)) => {
                let status = self.child.end(GRACE);
                Err(self.failed(status.map_or(Cause::Closed, Cause::Died), None))
            }
        }
    }

    /// Ends the conversation with a failure: with the request that is not answered yet, or else the last one that was
    /// rejected.
    pub(super) fn failed(&mut self, cause: Cause, answer: Option<Vec<u8>>) -> Failed {
        self.child.end(Duration::ZERO);
        let unanswered = self.asked.front().map(|&length| {
            let line = &self.lines[self.first..self.first + length];
            line.to_vec()
        });
        let is_refusal = matches!(cause, Cause::Refused(_) | Cause::NoBackend);
        let refused = self.refused.take().filter(|_| is_refusal);
        let (request, answer) = match (unanswered, refused) {
            (None, Some([request, refusal])) => (Some(request), answer.or(Some(refusal))),
            (unanswered, _) => (unanswered, answer),
        };
        let account = Account {
            program: self.program.to_string(),
            cause,
            request,
            answer,
            errors: self.errors.lines(LAST_WORDS),
        };
        account.into()
    }
}

/// A message to be written.
pub(super) struct Ask<'a>(&'a mut Conversation);

impl Ask<'_> {
    /// Writes a message of this type with its fields; returns its number.
    pub(super) fn write(
        self,
        kind: &str,
        fields: impl for<'m> FnOnce(Message<'m>) -> Message<'m>,
    ) -> u64 {
        let conversation = self.0;
        let (id, start) = (conversation.next, conversation.lines.len());
        fields(Message::begin(&mut conversation.lines, kind, id)).end();
        conversation.next += 1;
        conversation
            .asked
            .push_back(conversation.lines.len() - start);
        if conversation.lines.len() - conversation.sent >= AT_ONCE {
            conversation.hand_on();
        }
        id
    }
}

/// Reads an answer and checks that it belongs to this request.
fn in_order(line: &[u8], expected: u64) -> Result<Answer<'_>, Cause> {
    let answer = Answer::read(line).map_err(Cause::NotAnAnswer)?;
    if answer.in_reply_to == Some(expected) {
        Ok(answer)
    } else {
        let got = answer.in_reply_to;
        Err(Cause::OutOfOrder { expected, got })
    }
}
