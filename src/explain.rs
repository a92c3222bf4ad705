//! Why a key reaches its backend, and why another one after a change.

mod between;
mod case;
mod cause;
mod difference;
mod explanation;
mod skipped;
mod told;

pub use between::{Between, Differences};
pub use cause::{Cause, Setting};
pub use difference::Difference;
pub use explanation::Explanation;
pub use skipped::Why;
pub use told::Told;
