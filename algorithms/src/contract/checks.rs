//! All laws on a strategy.

use crate::card::Card;
use crate::contract::law::Law;
use crate::contract::laws::laws;
use crate::contract::subject::Subject;
use crate::contract::verdict::{Broken, Verdict};

/// Checks that a strategy keeps all laws that it promises to keep: alone, within what can be around it, and inside
/// a strategy that passes everything on. `check(&CARD).unwrap()` is a whole test.
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

/// What comes of each law, in the order of [`laws`].
#[must_use]
pub fn report(subject: &Subject) -> Vec<(&'static Law, Verdict)> {
    laws().iter().map(|law| (law, law.check(subject))).collect()
}
