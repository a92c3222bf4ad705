//! Lets requests with times come to backends with a capacity, through any strategy, and measures how
//! long each takes. Time is virtual: it goes from event to event. Prints nothing.
//!
//! A completion at some time is taken before an arrival at the same time; of several completions at
//! once that of the first backend comes first.

mod agenda;
mod cache;
mod clock;
mod drawn;
mod event;
mod figures;
mod in_turn;
mod intervals;
mod latency;
mod law;
mod record;
mod repeat;
mod run;
mod sample;
mod scenario;
mod shared;
mod simulation;
mod source;
mod station;
mod sweep;
mod table;
mod timeline;
mod trace;
mod traffic;
mod visit;
mod window;

pub use cache::CacheModel;
pub use drawn::Drawn;
pub use figures::{AlgorithmFigures, AtLoad, BackendFigures, Figures, Setting, Simulated};
pub use intervals::AlgorithmIntervals;
pub use latency::{Latency, MAX_HELD, Quantile};
pub use law::{Arrivals, Service};
pub use record::{Phase, Window};
pub use sample::Sample;
pub(crate) use scenario::SPEEDS;
pub use scenario::Scenario;
pub use simulation::{Progress, Simulation};
pub use station::{Discipline, Model};
pub use timeline::{Timeline, Turn};
pub use traffic::{LoggedService, Traffic};
