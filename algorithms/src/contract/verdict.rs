//! The result of checking a law.

use std::error::Error;
use std::fmt;

use crate::contract::case::Case;
use crate::contract::finding::Finding;

/// The result of checking a law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The law holds in all cases that were tried.
    Kept,
    /// The law does not hold.
    Broken(Box<Broken>),
    /// The law does not apply to this strategy, for this reason.
    NotApplicable(&'static str),
}

impl Verdict {
    /// Returns the counter-example, if the law is broken.
    #[must_use]
    pub fn broken(self) -> Option<Broken> {
        match self {
            Self::Broken(broken) => Some(*broken),
            _ => None,
        }
    }

    /// Returns an error if the law is broken.
    ///
    /// # Errors
    /// [`Broken`].
    pub fn into_result(self) -> Result<(), Broken> {
        self.broken().map_or(Ok(()), Err)
    }
}

/// A law that a strategy breaks, with the smallest counter-example that was found.
#[derive(Clone, PartialEq, Eq)]
pub struct Broken {
    /// The strategy and the wrapper around it.
    pub subject: String,
    /// The name of the law.
    pub law: &'static str,
    /// The statement of the law.
    pub sentence: &'static str,
    /// The initial backends and the events, one line each.
    pub steps: Vec<String>,
    /// The contradiction to the law after these steps.
    pub found: String,
}

impl Broken {
    pub(super) fn new(
        subject: String,
        (law, sentence): (&'static str, &'static str),
        (case, finding): (&Case, &Finding),
    ) -> Self {
        let (mut steps, found) = (case.lines(), finding.to_string());
        // If the last step is the question itself, the finding repeats it with the answer.
        steps.pop_if(|last| found.starts_with(&**last));
        Self {
            subject,
            law,
            sentence,
            steps,
            found,
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            subject,
            law,
            sentence,
            ..
        } = self;
        writeln!(f, "{subject} breaks the law `{law}`: {sentence}")?;
        for step in &self.steps {
            writeln!(f, "  {step}")?;
        }
        write!(f, "  {}", self.found)
    }
}

/// Same as `Display`, so that `unwrap` prints lines.
impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\n")?;
        fmt::Display::fmt(self, f)
    }
}

impl Error for Broken {}
