//! What a change of backends, weights, options or algorithm moves, before it is made.

mod advice;
mod distinct;
mod figures;
mod forecast;
mod hot_keys;
mod measure;
mod road;
mod state;
mod steps;
mod tally;

pub use advice::case::Advice;
pub use figures::{AllSteps, BackendChange, Balance, End, Figures, Flow, Step};
pub use forecast::{Forecast, MovesTooMuch};
pub use road::{Given, Road};
pub use state::NO_BACKEND;
