//! What a law is, and how it is checked.

use std::fmt;

use crate::contract::case::Case;
use crate::contract::finding::Finding;
use crate::contract::quiet::caught;
use crate::contract::shrink::shrunk;
use crate::contract::subject::Subject;
use crate::contract::verdict::{Broken, Verdict};

/// Whether a law applies to a subject; an error has the reason why not.
pub type Applies = Result<(), &'static str>;

/// A law: a property that every strategy promises, or that some do.
#[derive(Clone, Copy)]
pub struct Law {
    /// Its name: lowercase letters and hyphens.
    pub name: &'static str,
    /// Its statement, in one sentence.
    pub sentence: &'static str,
    /// Returns whether it makes sense for a subject, promised or not.
    pub fits: fn(&Subject) -> Applies,
    /// Returns whether a subject that it fits promises it.
    pub promised: fn(&Subject) -> Applies,
    /// Returns the cases on which it is checked.
    pub cases: fn(&Subject) -> Vec<Case>,
    /// Checks whether it holds in one case; an error has the contradiction.
    pub holds: fn(&Subject, &Case) -> Result<(), Finding>,
    /// Whether a counter-example can be shrunk: the same case breaks the law every time.
    pub shrinks: bool,
}

impl Law {
    /// Checks the law if the subject promises it.
    #[must_use]
    pub fn check(&self, subject: &Subject) -> Verdict {
        self.run(subject, true)
    }

    /// Checks the law even if the subject does not promise it.
    #[must_use]
    pub fn ask(&self, subject: &Subject) -> Verdict {
        self.run(subject, false)
    }

    fn run(&self, subject: &Subject, as_promised: bool) -> Verdict {
        let applies = || {
            let reason = "what is around it needs a strategy by key";
            subject.is_buildable().then_some(()).ok_or(reason)?;
            (self.fits)(subject)?;
            if as_promised {
                (self.promised)(subject)
            } else {
                Ok(())
            }
        };
        // Making the algorithm also runs code of the strategy.
        let cases = caught(|| Ok(applies().map(|()| self.cases_of(subject))));
        let broken = |case: &Case| caught(|| (self.holds)(subject, case)).err();
        let (case, finding) = match cases {
            Ok(Err(reason)) => return Verdict::NotApplicable(reason),
            Err(finding) => (Case::default(), finding),
            Ok(Ok(cases)) => {
                let mut found = cases.into_iter().filter_map(|case| {
                    let finding = broken(&case)?;
                    Some((case, finding))
                });
                let Some((case, finding)) = found.next() else {
                    return Verdict::Kept;
                };
                let most = if self.shrinks {
                    subject.effort().shrinks
                } else {
                    0
                };
                shrunk(case, finding, most, &broken)
            }
        };
        Verdict::Broken(Box::new(Broken::new(
            subject.to_string(),
            (self.name, self.sentence),
            (&case, &finding),
        )))
    }

    /// Returns the cases as far as the subject supports them.
    fn cases_of(&self, subject: &Subject) -> Vec<Case> {
        let adapted = |case| subject.abilities().adapted(case);
        (self.cases)(subject).into_iter().map(adapted).collect()
    }
}

impl fmt::Debug for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Law").field(&self.name).finish()
    }
}

impl PartialEq for Law {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Law {}
