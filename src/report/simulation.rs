//! A simulation as a document.

mod backends;
mod by_load;
mod caveats;
mod cells;
mod csv;
mod document;
mod fastest;
mod latencies;
mod over_time;
mod overload;
mod repeated;
mod setting;
mod speeds;
