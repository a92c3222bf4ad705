//! What a change moves, as cells of a table.

use crate::compare::Changed;
use crate::figures::Number;

/// The header of [`over_minimum`].
pub(super) const OVER_MINIMUM: &str = "moved / minimum";

/// The headers of [`cells`].
pub(super) const HEADERS: [&str; 5] = [
    Changed::REMAP_RATIO.heading,
    Changed::REMAP_REQUESTS.heading,
    Changed::IDEAL_REMAP.heading,
    Changed::EXCESS_REMAP.heading,
    OVER_MINIMUM,
];

/// The shares of keys and of requests that move, of keys that have to and that needlessly do, and the first over the
/// third.
pub(super) fn cells([moved, requests, minimum, needless]: [f64; 4]) -> [String; 5] {
    let share = |share| Changed::REMAP_RATIO.text(Number::Real(share));
    [
        share(moved),
        share(requests),
        share(minimum),
        share(needless),
        over_minimum(moved, minimum),
    ]
}

/// How many times the minimum moves; blank where nothing has to.
pub(super) fn over_minimum(moved: f64, minimum: f64) -> String {
    match minimum > 0. {
        true => format!("{:.2}", moved / minimum),
        false => String::new(),
    }
}
