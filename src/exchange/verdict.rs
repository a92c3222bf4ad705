//! How exactly a field is carried over from one program's configuration to another's.

use std::fmt::Write;

use indexmap::IndexMap;
use serde::Serialize;
use thiserror::Error;

/// How exactly a field is carried over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fidelity {
    /// All requests go to the same backends.
    Exact,
    /// The meaning is similar; some requests may go to other backends.
    Approximate,
    /// There is no equivalent.
    Impossible,
}

impl Fidelity {
    const fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Approximate => "approximate",
            Self::Impossible => "impossible",
        }
    }
}

/// The verdict on a field.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Verdict {
    /// The field, as a path.
    pub field: String,
    /// How exactly it is carried over.
    pub verdict: Fidelity,
    /// The reason, or its new value.
    pub reason: String,
}

/// The places with verdicts of one kind.
#[derive(Clone, Copy, Debug, Serialize)]
struct Times {
    /// The number of places.
    times: usize,
    /// The line of the first place, if the verdicts are about a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
}

/// The verdicts on a configuration. Equal verdicts on several backends are merged.
#[derive(Debug, Default)]
pub struct Verdicts {
    given: IndexMap<Verdict, Times>,
}

/// A location in a file.
pub(crate) trait Place {
    /// Returns its line, starting from 1. Finding it may take time.
    fn line(&self) -> usize;
}

impl<P: Place> Place for &P {
    fn line(&self) -> usize {
        (*self).line()
    }
}

impl Place for usize {
    fn line(&self) -> usize {
        *self
    }
}

/// The verdicts on a location.
pub(crate) struct At<'a, P> {
    verdicts: &'a mut Verdicts,
    place: &'a P,
}

/// The maximum number of locations to look up: in a long file, each may take as long as reading it.
const MAX_PLACES: usize = 100;

/// A configuration could not be carried over as required.
#[derive(Debug, Error)]
#[error("{}; nothing is written", match fidelity {
    Fidelity::Impossible => "some settings cannot be carried over",
    _ => "some settings are only approximate; --strict requires exact",
})]
pub struct Inexact {
    fidelity: Fidelity,
}

impl Verdicts {
    /// Returns verdicts on a location.
    pub(crate) const fn at<'a, P: Place>(&'a mut self, place: &'a P) -> At<'a, P> {
        At {
            verdicts: self,
            place,
        }
    }

    pub(crate) fn exact(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.give(Fidelity::Exact, field.into(), reason.into(), || None);
    }

    pub(crate) fn approximate(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.give(Fidelity::Approximate, field.into(), reason.into(), || None);
    }

    pub(crate) fn impossible(&mut self, field: impl Into<String>, reason: impl Into<String>) {
        self.give(Fidelity::Impossible, field.into(), reason.into(), || None);
    }

    fn give(
        &mut self,
        verdict: Fidelity,
        field: String,
        reason: String,
        line: impl FnOnce() -> Option<usize>,
    ) {
        let is_told = self.given.len() < MAX_PLACES;
        let verdict = Verdict {
            field,
            verdict,
            reason,
        };
        let given = self.given.entry(verdict);
        let first = || Times {
            times: 0,
            line: if is_told { line() } else { None },
        };
        given.or_insert_with(first).times += 1;
    }

    /// Returns the worst verdict.
    #[must_use]
    pub fn worst(&self) -> Fidelity {
        let worst = self.given.keys().map(|given| given.verdict).max();
        worst.unwrap_or(Fidelity::Exact)
    }

    /// Rejects impossible verdicts and, if strict, approximate ones.
    ///
    /// # Errors
    /// [`Inexact`].
    pub fn accept(&self, strict: bool) -> Result<(), Inexact> {
        let fidelity = self.worst();
        let most = if strict {
            Fidelity::Exact
        } else {
            Fidelity::Approximate
        };
        if fidelity > most {
            return Err(Inexact { fidelity });
        }
        Ok(())
    }

    /// Returns the verdicts.
    pub fn iter(&self) -> impl Iterator<Item = &Verdict> {
        self.given.keys()
    }

    /// Returns one line per verdict: the verdict, the field, the reason. `place` is the file.
    #[must_use]
    pub fn lines(&self, place: &str) -> String {
        let field = |verdict: &Verdict, times: &Times| match (times.line, times.times) {
            (Some(line), 1) => format!("{place}:{line}: {}", verdict.field),
            (Some(line), n) => format!("{place}:{line}: {} ({n} times)", verdict.field),
            (None, 1) => verdict.field.clone(),
            (None, n) => format!("{} ({n} times)", verdict.field),
        };
        let fields: Vec<_> = self.given.iter().map(|(v, t)| field(v, t)).collect();
        let width = fields.iter().map(|field| field.chars().count()).max();
        let width = width.unwrap_or_default();
        let mut lines = String::new();
        for (
            Verdict {
                verdict, reason, ..
            },
            field,
        ) in self.given.keys().zip(&fields)
        {
            // Writing to a string cannot fail.
            let _ = writeln!(lines, "{:<11}  {field:<width$}  {reason}", verdict.word());
        }
        lines
    }
}

impl<P: Place> At<'_, P> {
    pub(crate) fn exact(self, field: impl Into<String>, reason: impl Into<String>) {
        self.give(Fidelity::Exact, field.into(), reason.into());
    }

    pub(crate) fn approximate(self, field: impl Into<String>, reason: impl Into<String>) {
        self.give(Fidelity::Approximate, field.into(), reason.into());
    }

    pub(crate) fn impossible(self, field: impl Into<String>, reason: impl Into<String>) {
        self.give(Fidelity::Impossible, field.into(), reason.into());
    }

    fn give(self, verdict: Fidelity, field: String, reason: String) {
        let Self { verdicts, place } = self;
        verdicts.give(verdict, field, reason, || Some(place.line()));
    }
}

impl Serialize for Verdicts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Given<'a> {
            field: &'a str,
            verdict: Fidelity,
            reason: &'a str,
            times: usize,
            #[serde(skip_serializing_if = "Option::is_none")]
            line: Option<usize>,
        }
        serializer.collect_seq(self.given.iter().map(|(given, at)| Given {
            field: &given.field,
            verdict: given.verdict,
            reason: &given.reason,
            times: at.times,
            line: at.line,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_verdicts_on_several_backends_are_one_line() {
        let mut verdicts = Verdicts::default();
        verdicts.exact("algorithm", "its own");
        verdicts.approximate("backends.weight", "rounded");
        verdicts.approximate("backends.weight", "rounded");
        assert_eq!(
            verdicts.lines(""),
            "exact        algorithm                  its own\n\
             approximate  backends.weight (2 times)  rounded\n"
        );
        assert_eq!(verdicts.worst(), Fidelity::Approximate);
        assert!(verdicts.accept(false).is_ok());
        assert!(verdicts.accept(true).is_err());
    }

    #[test]
    fn the_line_of_the_first_place_is_shown() {
        let mut verdicts = Verdicts::default();
        verdicts.at(&7).impossible("sticky", "no");
        verdicts.at(&9).impossible("sticky", "no");
        assert!(verdicts.lines("f").contains("f:7: sticky (2 times)"));
        assert!(verdicts.accept(false).is_err());
    }
}
