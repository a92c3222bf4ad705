//! Simulates timed requests to backends with limited capacity, with any strategy, and measures how long each takes.
//! Time is virtual and advances from event to event. Prints nothing.
//!
//! At equal times, completions come before arrivals; of several completions, the first backend's comes first.

mod agenda;
mod cache;
mod clock;
mod distributions;
mod drawn;
mod event;
mod figures;
mod in_turn;
mod intervals;
mod latency;
mod machines;
mod record;
mod repeat;
mod run;
mod sample;
mod scenario;
mod shared;
mod simulation;
mod source;
mod station;
mod supply;
mod sweep;
mod table;
mod tally;
mod timeline;
mod trace;
mod traffic;
mod visit;
mod window;

pub use cache::CacheModel;
pub use distributions::{Arrivals, Service};
pub use drawn::Drawn;
pub use figures::{AlgorithmFigures, AtLoad, BackendFigures, Figures, Machine, Setting, Simulated};
pub use intervals::AlgorithmIntervals;
pub use latency::{Latency, MAX_HELD, Quantile};
pub use machines::Machines;
pub use record::{Phase, Window};
pub use sample::Sample;
pub(crate) use scenario::SPEEDS;
pub use scenario::Scenario;
pub use simulation::{Progress, Simulation};
pub use station::{Discipline, Model};
pub use timeline::{Timeline, Turn};
pub use traffic::{LoggedService, Traffic};
