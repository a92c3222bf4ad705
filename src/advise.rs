//! From needs to a strategy, with the evidence, the runner-up, and what would change the answer.

mod agreement;
mod candidates;
mod caveats;
mod decision;
mod needs;
mod recommendation;
mod selection;
mod trial;
mod what_if;

pub use agreement::ProgramAgreement;
pub use candidates::Excluded;
pub use decision::{Ranked, Standing};
pub use needs::{Goal, Needs};
pub use recommendation::{Recommendation, WhatIf};
pub use selection::Progress;
pub use trial::Trial;
