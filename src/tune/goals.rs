//! What a setting has to meet.

use serde::Serialize;

use super::measure::Run;

/// What a setting has to meet on every seed.
#[derive(Clone, Debug, Serialize)]
pub struct Goals {
    /// How many times its share of the requests the fullest backend may have.
    pub peak_to_mean: f64,
    /// The most bytes that the strategy may hold.
    pub memory_bytes: Option<u64>,
    /// The largest share that may move when a backend is added or the last one removed.
    pub max_moved: Option<f64>,
    /// The largest share of the requests that may go elsewhere than home.
    pub max_away: Option<f64>,
}

impl Goals {
    /// Returns whether no dearer setting is needed.
    pub(super) fn enough(&self, run: &Run) -> bool {
        run.peak <= self.peak_to_mean && (moves_are_the_price(run) || self.moves_little(run))
    }

    /// Returns whether the price is not too high: a dearer setting has the same or a higher one.
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

/// Returns a tighter bound moves more, a larger ring or table does not. Only with a bound requests are away from home.
const fn moves_are_the_price(run: &Run) -> bool {
    run.away.is_some()
}
