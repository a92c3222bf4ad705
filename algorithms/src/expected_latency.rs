//! What a backend reports about itself: the latency to expect at its present number of requests in flight.

use std::time::Duration;

/// The latest latencies kept for each number in flight: an odd number has a median.
const KEPT: u8 = 15;

/// Each number in flight below this has a step of its own.
const EXACT: u32 = 64;

/// The steps for each doubling of greater numbers.
const STEPS: u32 = 8;

/// The latency that a backend expects of a request, by the number of requests that it has in flight.
///
/// A server that is probed for [`Prequal`](crate::Prequal) keeps one and reports its answer: the median of the latest
/// requests that arrived when about as many were in flight as are now. If no finished request arrived at such a
/// number, those of the nearest number are used. It is 0 before the first request has finished.
///
/// Numbers from 64 on count as the same if they differ by less than an eighth or so. It keeps 15 latencies of each
/// number, at most 35 KB in all, and allocates only when a number in flight is higher than any before.
///
/// # References
/// B. Wydrowski, R. Kleinberg, S. M. Rumble, A. Archer: Load is not what you should balance: Introducing Prequal, NSDI
/// 2024, section 4.
///
/// # Example
/// ```
/// use std::time::Duration;
/// use evenkeel_algorithms::{ExpectedLatency, Report};
///
/// let mut expected = ExpectedLatency::default();
/// let mut in_flight = 0;
/// // A request arrives, and is done after 3 ms:
/// let found = in_flight;
/// in_flight += 1;
/// in_flight -= 1;
/// expected.record(found, Duration::from_millis(3));
/// // A probe arrives:
/// let report = Report { in_flight, latency: expected.at(in_flight) };
/// assert_eq!(report.latency, Duration::from_millis(3));
/// ```
#[derive(Clone, Debug, Default)]
pub struct ExpectedLatency {
    /// By step of the number in flight.
    steps: Vec<Latest>,
}

/// The latest latencies at a step, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
struct Latest {
    latencies: [u64; KEPT as usize],
    /// How many there are.
    count: u8,
    /// The place of the next one.
    next: u8,
}

impl ExpectedLatency {
    /// Records a finished request: the number of requests that were in flight when it arrived, without it, and its
    /// latency, waiting included.
    pub fn record(&mut self, in_flight: u32, latency: Duration) {
        let step = step(in_flight);
        if step >= self.steps.len() {
            self.steps.resize(step + 1, Latest::default());
        }
        let latency = latency.as_nanos().try_into().unwrap_or(u64::MAX);
        self.steps[step].add(latency);
    }

    /// Returns the latency to expect of a request that arrives when this many are in flight, without it.
    #[must_use]
    pub fn at(&self, in_flight: u32) -> Duration {
        let step = step(in_flight);
        let lower = self
            .steps
            .iter()
            .take(step + 1)
            .rev()
            .position(Latest::is_some);
        let higher = self.steps.iter().skip(step).position(Latest::is_some);
        // Beyond the last step, the lower one is counted from there; there is no higher one.
        let nearest = match (lower, higher) {
            (Some(down), Some(up)) if up < down => step + up,
            (Some(down), _) => step.min(self.steps.len() - 1) - down,
            (None, Some(up)) => step + up,
            (None, None) => return Duration::ZERO,
        };
        Duration::from_nanos(self.steps[nearest].median())
    }
}

impl Latest {
    const fn is_some(&self) -> bool {
        self.count > 0
    }

    fn add(&mut self, latency: u64) {
        self.latencies[usize::from(self.next)] = latency;
        self.next = (self.next + 1) % KEPT;
        self.count = KEPT.min(self.count + 1);
    }

    /// Returns the median, the lower one of two; there has to be a latency.
    fn median(&self) -> u64 {
        let mut latencies = self.latencies;
        let latencies = &mut latencies[..self.count.into()];
        let middle = (latencies.len() - 1) / 2;
        *latencies.select_nth_unstable(middle).1
    }
}

/// Returns the step of a number in flight.
const fn step(in_flight: u32) -> usize {
    if in_flight < EXACT {
        return in_flight as usize;
    }
    let doublings = in_flight.ilog2() - EXACT.ilog2();
    let within = (in_flight >> (in_flight.ilog2() - STEPS.ilog2())) - STEPS;
    (EXACT + doublings * STEPS + within) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection;
    use proptest::prelude::{prop_assert_eq, proptest};

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn steps_follow_one_another_without_a_gap() {
        let steps: Vec<_> = (0..1_000).map(step).collect();
        assert!(
            steps
                .windows(2)
                .all(|pair| (0..=1).contains(&(pair[1] - pair[0])))
        );
        assert_eq!((step(63), step(64), step(71), step(72)), (63, 64, 64, 65));
        assert_eq!(
            (step(127), step(128), step(143), step(144)),
            (71, 72, 72, 73)
        );
        assert_eq!(step(u32::MAX), 271);
        assert!(272 * size_of::<Latest>() <= 35_000);
    }

    #[test]
    fn the_nearest_number_with_a_request_decides() {
        let mut expected = ExpectedLatency::default();
        assert_eq!(expected.at(3), Duration::ZERO);
        expected.record(2, ms(20));
        expected.record(9, ms(90));
        let at = [0, 2, 5, 6, 9, 40, u32::MAX].map(|in_flight| expected.at(in_flight));
        // 5 is nearer to 2, 6 to 9.
        assert_eq!(at, [20, 20, 20, 90, 90, 90, 90].map(ms));
    }

    #[test]
    fn only_the_latest_requests_count() {
        let mut expected = ExpectedLatency::default();
        (0..KEPT).for_each(|_| expected.record(1, ms(100)));
        (0..KEPT / 2).for_each(|_| expected.record(1, ms(1)));
        assert_eq!(expected.at(1), ms(100));
        expected.record(1, ms(1));
        assert_eq!(expected.at(1), ms(1));
    }

    proptest! {
        /// By definition: the median of the latest requests of the nearest number, the lower one of two.
        #[test]
        fn it_is_the_median_of_the_latest_requests_at_the_nearest_number(
            requests in collection::vec((0_u32..40, 0_u64..1_000), 0..200),
            asked in 0_u32..60,
        ) {
            let mut expected = ExpectedLatency::default();
            for &(in_flight, latency) in &requests {
                expected.record(in_flight, ms(latency));
            }
            let numbers = requests.iter().map(|&(number, _)| number);
            let nearest = numbers.min_by_key(|&number| (number.abs_diff(asked), number));
            let there = requests.iter().rev().filter(|&&(number, _)| Some(number) == nearest);
            let mut latest: Vec<_> = there.take(15).map(|&(_, latency)| latency).collect();
            latest.sort_unstable();
            let median = latest.get(latest.len().saturating_sub(1) / 2).copied();
            prop_assert_eq!(expected.at(asked), ms(median.unwrap_or_default()));
        }
    }
}
