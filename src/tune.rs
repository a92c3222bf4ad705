//! Finds the smallest ring, table, number of probes or subset, or the loosest bound, that meets goals on given backends
//! and traffic, on a share of all seeds.

mod by_key;
mod evidence;
mod goals;
mod in_turn;
mod knob;
mod measure;
mod scale;
mod search;
mod target;
mod traffic;
mod trial;
mod tuned;
mod tuning;

pub use goals::Goals;
pub use knob::Setting;
pub use target::Target;
pub use traffic::Traffic;
pub use trial::Trial;
pub use tuned::{Range, Tuned};
pub use tuning::Tuning;
