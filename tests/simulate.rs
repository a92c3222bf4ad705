//! Simulations held to exact replays of real traces and to queueing theory. The traces are not part of
//! the project; where the folder `shared/data` lies beside it they are used, elsewhere these tests say
//! that they are skipped.

mod drawn;
mod fleets;
mod logs;
mod machines;
mod prequal;
mod queueing;
mod replays;
mod support;
mod traces;
