//! Windows for plots that were not requested: their length, and how they are kept aside.

use super::figures::Simulated;
use super::record::MAX_HELD_LOADS;
use super::simulation::Simulation;

/// The approximate number of windows.
const WINDOWS: f64 = 100.;

/// The minimum number of windows.
const MIN_WINDOWS: f64 = 10.;

/// The minimum length of a window, in nanoseconds.
const MIN_WINDOW: f64 = 1e3;

impl Simulation<'_> {
    /// Returns a window length for a plot over time, in nanoseconds: about a hundredth of the time over which the
    /// requests arrive, at least 1 µs, rounded down to 1, 2 or 5 times a power of ten. It is longer if there might be
    /// too many windows when the slowest backend gets all requests.
    ///
    /// `None` if the arrival time span is unknown, or if a tenth of it might be too short.
    #[must_use]
    pub fn proposed_window(&self) -> Option<u64> {
        let span = self.traffic.span(self.capacity().ok()?);
        let slowest = self.speeds().fold(1., f64::min) * self.timeline.slowest();
        let longest = span + self.traffic.work() / (slowest * f64::from(self.model.servers));
        let held = longest / MAX_HELD_LOADS as f64 * self.timeline.stations.len() as f64;
        // Rounding down divides by up to 5/2, and the requests may take longer than on average.
        let least = 5. * held;
        let is_known = span > 0. && span.is_finite() && least <= span / MIN_WINDOWS;
        is_known.then(|| rounded_down((span / WINDOWS).max(least).max(MIN_WINDOW) as u64))
    }
}

impl Simulated {
    /// Keeps the windows of a report for plots only, because they were not requested.
    pub fn set_windows_aside(&mut self) {
        self.setting.window_ns = None;
        for result in &mut self.results {
            let figures = &mut result.figures;
            figures.windows_aside = std::mem::take(&mut figures.windows);
        }
    }
}

/// Rounds down to 1, 2 or 5 times a power of ten, for a number of at least 1.
fn rounded_down(number: u64) -> u64 {
    let unit = 10_u64.pow(number.ilog10());
    match number / unit {
        1 => unit,
        2..5 => 2 * unit,
        _ => 5 * unit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_down() {
        for (number, expected) in [
            (1, 1),
            (1_000, 1_000),
            (1_999, 1_000),
            (2_000, 2_000),
            (49_999, 20_000),
            (50_000, 50_000),
            (99_999_999, 50_000_000),
            (u64::MAX, 10_000_000_000_000_000_000),
        ] {
            assert_eq!(rounded_down(number), expected, "{number}");
        }
    }
}
