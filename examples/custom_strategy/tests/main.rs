//! The tests of both strategies, as one binary.

mod command_line;
mod laws;
