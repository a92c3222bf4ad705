//! The goals of a setting.

use serde::Serialize;

use super::measure::Run;

/// The goals that a setting has to meet, and on how many seeds.
#[derive(Clone, Debug, Serialize)]
pub struct Goals {
    /// The maximum load of the fullest backend relative to its share of the requests.
    pub peak_to_mean: f64,
    /// The maximum memory of the strategy, in bytes.
    pub memory_bytes: Option<u64>,
    /// The maximum share that may move when a backend is added or the last one removed.
    pub max_moved: Option<f64>,
    /// The maximum share of requests that may not reach their home.
    pub max_away: Option<f64>,
    /// The share of seeds on which all of this has to hold, between 0 and 1.
    pub share_of_seeds: f64,
}

impl Goals {
    /// Returns the share of seeds as text, such as `95 of 100 seeds`.
    #[must_use]
    pub fn seeds(&self) -> String {
        let hundredths = (self.share_of_seeds * 1_000.).round() / 10.;
        format!("{hundredths} of 100 seeds")
    }

    /// Returns whether no costlier setting is needed.
    pub(super) fn enough(&self, run: &Run) -> bool {
        run.peak <= self.peak_to_mean && (moves_are_the_price(run) || self.moves_little(run))
    }

    /// Returns whether the cost is acceptable; a costlier setting has the same cost or a higher one.
    pub(super) fn affordable(&self, run: &Run) -> bool {
        let within = |most: Option<f64>, value| most.is_none_or(|most| value <= most);
        self.memory_bytes.is_none_or(|most| run.memory <= most)
            && run.away.is_none_or(|away| within(self.max_away, away))
            && (!moves_are_the_price(run) || self.moves_little(run))
    }

    fn moves_little(&self, run: &Run) -> bool {
        self.max_moved.is_none_or(|most| run.moved <= most)
    }
}

/// Returns whether moves are part of the cost: a tighter bound moves more keys, a larger ring or table does not. Only
/// with a bound are requests away from home.
const fn moves_are_the_price(run: &Run) -> bool {
    run.away.is_some()
}
