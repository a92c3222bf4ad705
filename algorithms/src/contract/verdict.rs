//! What came of checking a law.

use std::error::Error;
use std::fmt;

use crate::contract::case::Case;
use crate::contract::finding::Finding;

/// What came of checking a law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds in all cases that were tried.
    Kept,
    /// It does not hold.
    Broken(Box<Broken>),
    /// It says nothing of this strategy, for this reason.
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
    /// The strategy and what is around it.
    pub subject: String,
    /// The name of the law.
    pub law: &'static str,
    /// What the law says.
    pub sentence: &'static str,
    /// The backends to start with and what happens to them, a line each.
    pub steps: Vec<String>,
    /// What contradicts the law then.
    pub found: String,
}

impl Broken {
    pub(super) fn new(
        subject: String,
        (law, sentence): (&'static str, &'static str),
        (case, finding): (&Case, &Finding),
    ) -> Self {
        let (mut steps, found) = (case.lines(), finding.to_string());
        // Where the last step is what is asked, the finding has it and the answer.
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

/// As it is displayed, so that `unwrap` shows lines.
impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\n")?;
        fmt::Display::fmt(self, f)
    }
}

impl Error for Broken {}
