//! Windows that nobody asked for: how long they should be, and that they were not asked for.

use super::figures::Simulated;
use super::record::MAX_HELD_LOADS;
use super::simulation::Simulation;

/// How many there should be, about.
const WINDOWS: f64 = 100.;

/// How many there should be at least.
const MIN_WINDOWS: f64 = 10.;

/// How long they are at least, in nanoseconds.
const MIN_WINDOW: f64 = 1e3;

impl Simulation<'_> {
    /// Returns how long the windows of a picture of the time should be, in nanoseconds: about a hundredth of the time
    /// that the requests arrive over, and at least 1 µs, rounded down to 1, 2 or 5 times a power of ten.
    /// They are longer where there might be too many of them, if one backend got all requests and was the
    /// slowest.
    ///
    /// None where it is not known how long requests arrive over, or a tenth of that might be too short.
    #[must_use]
    pub fn proposed_window(&self) -> Option<u64> {
        let span = self.traffic.span(self.capacity().ok()?);
        let speeds = self.speeds.iter().copied();
        let slowest = speeds.fold(1., f64::min) * self.timeline.slowest();
        let longest = span + self.traffic.work() / (slowest * f64::from(self.model.servers));
        let held = longest / MAX_HELD_LOADS as f64 * self.timeline.stations.len() as f64;
        // It is rounded down to 2/5 at worst, and may take longer than on average.
        let least = 5. * held;
        let is_known = span > 0. && span.is_finite() && least <= span / MIN_WINDOWS;
        is_known.then(|| rounded_down((span / WINDOWS).max(least).max(MIN_WINDOW) as u64))
    }
}

impl Simulated {
    /// Keeps the windows for pictures only, of a report whose windows nobody asked for.
    pub fn set_windows_aside(&mut self) {
        self.setting.window_ns = None;
        for result in &mut self.results {
            let figures = &mut result.figures;
            figures.windows_aside = std::mem::take(&mut figures.windows);
        }
    }
}

/// To 1, 2 or 5 times a power of ten; of a number from 1.
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
