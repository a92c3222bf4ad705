//! Programs as strategies: their figures, what they can do wrong, and that they do not outlive us.

mod capabilities;
mod conform;
mod failures;
mod figures;
#[cfg(target_os = "linux")]
mod processes;
mod refusals;
mod support;
