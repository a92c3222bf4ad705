//! Programs as strategies: their figures, what they can do wrong, and that they do not outlive us.

mod capabilities;
mod support;
