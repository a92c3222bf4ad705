//! What a plan says is what two runs of `route` and plain counting say.

mod advice;
mod counting;
mod limits;
mod oracle;
mod programs;
mod refusals;
mod steps;
mod support;
