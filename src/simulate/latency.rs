//! The times of requests, and their quantiles.

use anyhow::Result;
use hdrhistogram::Histogram;
use serde::Serialize;

use crate::figures::{figures, mean_by_field};

/// Up to this number, times are stored and quantiles are exact; beyond it, a histogram is used.
pub const MAX_HELD: u64 = 1 << 20;

/// The decimal digits of a time in the histogram.
const DIGITS: u8 = 3;

/// The times in nanoseconds, as they arrive.
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

/// Statistics of the times, in nanoseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Latency {
    /// The exact sum; over several runs, that of all.
    pub sum_ns: u128,
    /// The mean.
    pub mean_ns: f64,
    /// The median by nearest rank, as are the other quantiles.
    pub p50_ns: u64,
    /// The 90th percentile.
    pub p90_ns: u64,
    /// The 99th percentile.
    pub p99_ns: u64,
    /// The 99.9th percentile.
    pub p999_ns: u64,
    /// The exact maximum.
    pub max_ns: u64,
    /// The share of requests above the limit, if there is one.
    pub over_limit: Option<f64>,
}

figures! { pub Latency {
    /// The sum.
    SUM_NS = neither("sum_ns", "sum", Nanoseconds, 0, |of| of.sum_ns);
    /// The mean.
    MEAN_NS = lower("mean_ns", "mean", Milliseconds, 3, |of| of.mean_ns).compared();
    /// The median.
    P50_NS = lower("p50_ns", "p50", Milliseconds, 3, |of| of.p50_ns).with_interval();
    /// The 90th percentile.
    P90_NS = lower("p90_ns", "p90", Milliseconds, 3, |of| of.p90_ns).with_interval();
    /// The 99th percentile.
    P99_NS = lower("p99_ns", "p99", Milliseconds, 3, |of| of.p99_ns).compared();
    /// The 99.9th percentile.
    P999_NS = lower("p999_ns", "p99.9", Milliseconds, 3, |of| of.p999_ns).with_interval();
    /// The maximum.
    MAX_NS = lower("max_ns", "max", Milliseconds, 3, |of| of.max_ns).with_interval();
    /// The share of requests above the limit.
    OVER_LIMIT = lower("over_limit", "over limit", Percent, 2, |of| of.over_limit).compared();
} }

mean_by_field!(Latency {
    sum_ns: sum,
    mean_ns,
    p50_ns,
    p90_ns,
    p99_ns,
    p999_ns,
    max_ns,
    over_limit,
});

/// A quantile of the times.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quantile {
    /// The share of requests at or below it.
    pub share: f64,
    /// The time by nearest rank, in nanoseconds.
    pub ns: u64,
}

// The shares are in ascending order, so they are the same at each position in all runs.
mean_by_field!(Quantile { share: first, ns });

/// The quantiles that are reported, in units of 1/10,000.
const SHARES: [u64; 18] = [
    100, 500, 1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000, 9_000, 9_500, 9_800, 9_900,
    9_950, 9_990, 9_995, 9_999,
];

impl Times {
    /// Creates the times for at most this many, counting those above a limit.
    pub(super) fn new(most: u64, limit: Option<u64>) -> Result<Self> {
        let kept = if most <= MAX_HELD {
            Kept::All(Vec::new())
        } else {
            // With a fixed size that covers any time.
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

    /// Returns the statistics so far, and resets the times.
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

    /// Returns the statistics; `None` if there are no times.
    pub(super) fn latency(&mut self) -> Option<Latency> {
        if self.count == 0 {
            return None;
        }
        self.sort();
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

    /// Returns the quantiles above which there is a request.
    pub(super) fn quantiles(&mut self) -> Vec<Quantile> {
        self.sort();
        let above = |share: u64| u128::from(self.count) * u128::from(10_000 - share);
        let told = SHARES.into_iter().filter(|&share| above(share) >= 10_000);
        let quantile = |share| Quantile {
            share: share as f64 / 1e4,
            ns: self.quantile(share),
        };
        told.map(quantile).collect()
    }

    /// Sorts the times for reading quantiles.
    fn sort(&mut self) {
        if let Kept::All(times) = &mut self.kept {
            times.sort_unstable();
        }
    }

    /// Returns a quantile in units of 1/10,000, for sorted times.
    fn quantile(&self, share: u64) -> u64 {
        match &self.kept {
            Kept::All(times) => {
                let rank = (u128::from(self.count) * u128::from(share)).div_ceil(10_000) as usize;
                times[rank - 1]
            }
            // The upper end of a bucket may be above all its times.
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

    /// Of 1,000 times, 1 is above 0.999 and none above 0.9995.
    #[test]
    fn quantiles_are_those_of_the_sorted_times() {
        let scattered: Vec<_> = (0..1_000).map(|number| number * 7_919 % 100_003).collect();
        let mut times = Times::new(1_000, None).unwrap();
        scattered.iter().for_each(|&time| times.add(time));
        let told = times.quantiles();
        assert_eq!(
            (told[0].share, told[15].share, told.len()),
            (0.01, 0.999, 16)
        );
        let mut sorted = scattered;
        sorted.sort_unstable();
        for Quantile { share, ns } in told {
            let rank = (share * 1_000.).round() as usize;
            assert_eq!(ns, sorted[rank - 1], "{share}");
        }
        assert_eq!(Times::new(1, None).unwrap().quantiles(), []);
    }

    #[test]
    fn a_histogram_is_off_by_a_thousandth_at_most() {
        let times = || (1..=100_000).map(|time| time * 977);
        let (exact, rough) = (latency(MAX_HELD, times()), latency(MAX_HELD + 1, times()));
        assert_eq!((exact.sum_ns, exact.max_ns), (rough.sum_ns, rough.max_ns));
        for (exact, rough) in [(exact.p50_ns, rough.p50_ns), (exact.p999_ns, rough.p999_ns)] {
            assert!(exact.abs_diff(rough) * 1_000 <= exact, "{exact} {rough}");
        }
    }
}
