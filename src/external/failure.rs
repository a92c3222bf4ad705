//! Why a program can no longer be asked.

use std::fmt;
use std::process::ExitStatus;

use evenkeel_algorithms::{BuildError, Failure, Field};
use thiserror::Error;

use super::answer::Refusal;

/// The fault of a program.
#[derive(Debug, Error)]
pub(super) enum Cause {
    #[error("cannot be started: {0}")]
    NotStarted(String),
    #[error("ended ({0}) before it answered")]
    Died(ExitStatus),
    #[error("closed its standard output before it answered")]
    Closed,
    #[error("gave no answer within {0} s")]
    Late(u64),
    #[error("wrote a line of more than {0} bytes")]
    TooLong(usize),
    #[error("wrote a line that is not an answer: {0}")]
    NotAnAnswer(serde_json::Error),
    #[error("answered request {}; expected the answer to {expected}", Number(*.got))]
    OutOfOrder { expected: u64, got: Option<u64> },
    #[error("answered `{got}`; expected `{expected}`")]
    OtherType { expected: &'static str, got: String },
    #[error("answered without a backend")]
    NoBackend,
    #[error("picked `{0}`, which is not a backend of the pool")]
    UnknownBackend(String),
    #[error("picked `{0}`, which was reported as unhealthy")]
    Unhealthy(String),
    #[error("picked `{0}`, which the request excluded")]
    Excluded(String),
    #[error("refused: {}", Shown(.0))]
    Refused(Refusal),
    #[error("wrote a line without a request")]
    Unasked,
    #[error("cannot be asked for the key {:?}: the protocol supports only UTF-8", cut(.0))]
    KeyIsNoText(Vec<u8>),
}

/// The number of a request, if there is one.
struct Number(Option<u64>);

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(number) => write!(f, "{number}"),
            None => f.write_str("without an `in_reply_to`"),
        }
    }
}

/// A refusal with its code.
struct Shown<'a>(&'a Refusal);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = self.0.code {
            write!(f, "error {code}, ")?;
        }
        write!(f, "{:?}", self.0.text)
    }
}

/// Why a program can no longer be asked. Boxed, because almost no request fails.
#[derive(Debug)]
pub(super) struct Failed(Box<Account>);

/// The fault of a program, with the preceding lines.
#[derive(Debug)]
pub(super) struct Account {
    /// The program and its command.
    pub(super) program: String,
    pub(super) cause: Cause,
    /// The request line.
    pub(super) request: Option<Vec<u8>>,
    /// The answer line.
    pub(super) answer: Option<Vec<u8>>,
    /// The last lines of its standard error.
    pub(super) errors: Vec<String>,
}

/// The maximum number of bytes of a line that are displayed.
const SHOWN: usize = 300;

impl From<Account> for Failed {
    fn from(account: Account) -> Self {
        Self(Box::new(account))
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = &*self.0;
        write!(f, "external {} {}", account.program, account.cause)?;
        for (what, line) in [("request", &account.request), ("answer", &account.answer)] {
            if let Some(line) = line {
                write!(f, "; {what}: {}", cut(line))?;
            }
        }
        if !account.errors.is_empty() {
            write!(f, "; standard error: {}", account.errors.join(" | "))?;
        }
        Ok(())
    }
}

/// Returns a line as text, truncated if it is long.
pub(super) fn cut(line: &[u8]) -> String {
    let shown = String::from_utf8_lossy(&line[..line.len().min(SHOWN)]);
    let shown: String = shown.trim_end().chars().map(shown_char).collect();
    if line.len() > SHOWN {
        format!("{shown}… ({} bytes)", line.len())
    } else {
        shown
    }
}

/// Returns a character of a line, or a replacement if it would move the cursor.
const fn shown_char(char: char) -> char {
    if char.is_ascii_control() {
        char::REPLACEMENT_CHARACTER
    } else {
        char
    }
}

impl From<Failed> for Failure {
    fn from(failed: Failed) -> Self {
        Self::new(failed.to_string())
    }
}

impl From<Failed> for BuildError {
    fn from(failed: Failed) -> Self {
        Self::refused(Field::Option("command"), failed.to_string())
    }
}
