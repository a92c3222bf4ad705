//! Checks a strategy against all laws.

use crate::card::Card;
use crate::contract::law::Law;
use crate::contract::laws::laws;
use crate::contract::subject::Subject;
use crate::contract::verdict::{Broken, Verdict};

/// Checks that a strategy keeps all laws that it promises: alone, inside each wrapper that fits it, and inside a
/// strategy that forwards everything. `check(&CARD).unwrap()` is a complete test.
///
/// # Errors
/// The first law that it breaks, with the smallest counter-example that was found.
pub fn check(card: &'static Card) -> Result<(), Broken> {
    for subject in Subject::variants(card) {
        for law in laws() {
            law.check(&subject).into_result()?;
        }
    }
    Ok(())
}

/// Returns the verdict on each law, in the order of [`laws`].
#[must_use]
pub fn report(subject: &Subject) -> Vec<(&'static Law, Verdict)> {
    laws().iter().map(|law| (law, law.check(subject))).collect()
}
