//! Reading and writing lists, percentages, times, shares and hexadecimal digits, and texts of others.

mod duration;
mod numbers;
mod printable;
mod share;
mod words;

pub(crate) use duration::Nanoseconds;
pub(crate) use numbers::{fixed, percent, thousands, trimmed, whole};
pub(crate) use printable::printable;
pub(crate) use share::{Share, share};
pub(crate) use words::{counted, hex, list, named, weights_ignored};
