//! The times that requests took, and their quantiles.

use anyhow::Result;
use hdrhistogram::Histogram;
use serde::Serialize;

/// As many times are held, and their quantiles are exact; of more a histogram is kept.
pub const MOST_HELD: u64 = 1 << 20;

/// Decimal digits that the histogram keeps of a time.
const DIGITS: u8 = 3;

/// Times in nanoseconds as they come.
pub(super) struct Times {
    count: u64,
    sum: u128,
    max: u64,
    limit: Option<u64>,
    over_limit: u64,
    kept: Kept,
}

enum Kept {
    All(Vec<u64>),
    Histogram(Box<Histogram<u64>>),
}

/// What can be said of the times, in nanoseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Latency {
    /// The sum, exact; of several runs that of all.
    pub sum_ns: u128,
    /// The mean.
    pub mean_ns: f64,
    /// The median by nearest rank, as are the other quantiles.
    pub p50_ns: u64,
    /// What 90 % do not exceed.
    pub p90_ns: u64,
    /// What 99 % do not exceed.
    pub p99_ns: u64,
    /// What 99.9 % do not exceed.
    pub p999_ns: u64,
    /// The longest, exact.
    pub max_ns: u64,
    /// The share of the requests that took longer than the limit, if there is one.
    pub over_limit: Option<f64>,
}

impl Times {
    /// For at most so many times, of which those longer than a limit are counted.
    pub(super) fn new(most: u64, limit: Option<u64>) -> Result<Self> {
        let kept = if most <= MOST_HELD {
            Kept::All(Vec::new())
        } else {
            // Of a fixed size that has room for any time.
            let histogram = Histogram::new_with_max(u64::MAX, DIGITS)?;
            Kept::Histogram(Box::new(histogram))
        };
        Ok(Self {
            count: 0,
            sum: 0,
            max: 0,
            limit,
            over_limit: 0,
            kept,
        })
    }

    pub(super) fn add(&mut self, time: u64) {
        self.count += 1;
        self.sum += u128::from(time);
        self.max = self.max.max(time);
        self.over_limit += u64::from(self.limit.is_some_and(|limit| time > limit));
        match &mut self.kept {
            Kept::All(times) => times.push(time),
            Kept::Histogram(histogram) => histogram.saturating_record(time),
        }
    }

    /// What is said of those so far, which are forgotten.
    pub(super) fn take_latency(&mut self) -> Option<Latency> {
        let latency = self.latency();
        self.count = 0;
        self.sum = 0;
        self.max = 0;
        self.over_limit = 0;
        match &mut self.kept {
            Kept::All(times) => times.clear(),
            Kept::Histogram(histogram) => histogram.reset(),
        }
        latency
    }

    pub(super) const fn count(&self) -> u64 {
        self.count
    }

    /// What is said of them; nothing if there are none.
    pub(super) fn latency(&mut self) -> Option<Latency> {
        if self.count == 0 {
            return None;
        }
        let [p50_ns, p90_ns, p99_ns, p999_ns] =
            [5_000, 9_000, 9_900, 9_990].map(|share| self.quantile(share));
        let share = self.over_limit as f64 / self.count as f64;
        Some(Latency {
            sum_ns: self.sum,
            mean_ns: self.sum as f64 / self.count as f64,
            p50_ns,
            p90_ns,
            p99_ns,
            p999_ns,
            max_ns: self.max,
            over_limit: self.limit.map(|_| share),
        })
    }

    /// What so many of 10,000 do not exceed.
    fn quantile(&mut self, share: u64) -> u64 {
        match &mut self.kept {
            Kept::All(times) => {
                let rank = (u128::from(self.count) * u128::from(share)).div_ceil(10_000) as usize;
                *times.select_nth_unstable(rank - 1).1
            }
            // A bucket's upper end may lie beyond all that is in it.
            Kept::Histogram(histogram) => {
                let time = histogram.value_at_quantile(share as f64 / 1e4);
                time.min(self.max)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latency(most: u64, times: impl Iterator<Item = u64>) -> Latency {
        let mut kept = Times::new(most, Some(9_000)).unwrap();
        times.for_each(|time| kept.add(time));
        kept.latency().unwrap()
    }

    #[test]
    fn quantiles_are_those_of_the_nearest_rank() {
        let few = latency(3, [7, 5, 6].into_iter());
        assert_eq!((few.p50_ns, few.p90_ns, few.sum_ns), (6, 7, 18));
        let many = latency(10_000, (1..=10_000).rev());
        assert_eq!(
            (many.p50_ns, many.p999_ns, many.max_ns),
            (5_000, 9_990, 10_000)
        );
        assert_eq!(many.over_limit, Some(0.1));
    }

    #[test]
    fn a_histogram_is_off_by_a_thousandth_at_most() {
        let times = || (1..=100_000).map(|time| time * 977);
        let (exact, rough) = (latency(MOST_HELD, times()), latency(MOST_HELD + 1, times()));
        assert_eq!((exact.sum_ns, exact.max_ns), (rough.sum_ns, rough.max_ns));
        for (exact, rough) in [(exact.p50_ns, rough.p50_ns), (exact.p999_ns, rough.p999_ns)] {
            assert!(exact.abs_diff(rough) * 1_000 <= exact, "{exact} {rough}");
        }
    }
}
