//! The spread of perfect hashing by chance: the part of a strategy's unevenness that is only random.

use evenkeel_algorithms::analysis::{Shares, Spread, to_means};
use evenkeel_algorithms::{Pool, Slot};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};

use super::chi_square::Finding;
use super::figures::{Band, Chance, Evenness};

/// The number of random assignments that are averaged.
const ASSIGNMENTS: u32 = 200;

/// The number of random assignments for each strategy that is compared with their range. A peak that is itself one
/// of random assignment is outside the range of n others with probability 2 / (n + 1); so at most one of 20 comparisons
/// finds a difference where there is none.
const ASSIGNMENTS_PER_STRATEGY: u32 = 40;

/// The approximate number of assigned backends from which the band is computed: with more than 5,000 backends, fewer
/// assignments are enough.
const MAX_HELD: usize = 1 << 20;

/// Returns the mean peak of the requests with perfect hashing, by chance; `None` without requests.
pub(crate) fn chance_peak(pool: &Pool, counts: &[u64], seed: u64) -> Option<f64> {
    let requests = Chance::of(pool, counts, seed, 0).requests;
    requests.map(|evenness| evenness.peak_to_mean)
}

impl Chance {
    /// Returns the spread of requests and keys if every key went to a random backend, in proportion to the weights, and
    /// the range of peaks that decides about a number of strategies.
    ///
    /// With equal weights the coefficient of variation is exact, √((N − 1) Σp²) over the keys' shares p of the
    /// requests; everything else is from seeded assignments.
    pub(super) fn of(pool: &Pool, counts: &[u64], seed: u64, strategies: u32) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (draw, shares) = (Draw::new(pool), Shares::by_weight(pool));
        let (mut requests, mut keys) = (Mean::default(), Mean::default());
        let (mut ratios, mut peak) = (Vec::new(), None);
        let assignments = ASSIGNMENTS.max(ASSIGNMENTS_PER_STRATEGY.saturating_mul(strategies));
        for number in 0..assignments {
            let mut loads = vec![(0, 0); pool.len()];
            for &count in counts {
                let (requests, keys) = &mut loads[draw.slot(&mut rng)];
                *requests += count;
                *keys += 1;
            }
            let (request_loads, key_loads): (Vec<u64>, Vec<u64>) = loads.into_iter().unzip();
            let spread = Spread::of(shares.of_loads(&request_loads));
            peak = Band::with(peak, spread.map(|spread| spread.peak_to_mean));
            if number >= ASSIGNMENTS {
                continue;
            }
            requests.add(spread);
            keys.add(Spread::of(shares.of_loads(&key_loads)));
            if ratios.len() < MAX_HELD {
                ratios.extend(
                    to_means(shares.of_loads(&request_loads))
                        .into_iter()
                        .flatten(),
                );
            }
        }
        let exact_cv = |squares: f64| {
            draw.equal
                .then(|| ((draw.ends.len() - 1) as f64 * squares).sqrt())
        };
        let total: f64 = counts.iter().map(|&count| count as f64).sum();
        let squares = counts
            .iter()
            .map(|&count| (count as f64 / total) * (count as f64 / total))
            .sum();
        Self {
            requests: requests.evenness(exact_cv(squares)),
            keys: keys.evenness(exact_cv(1. / counts.len() as f64)),
            band: Band::of(ratios),
            peak,
            assignments,
        }
    }
}

impl Band {
    /// Returns the range that also contains a value.
    fn with(range: Option<Self>, value: Option<f64>) -> Option<Self> {
        let Some(value) = value else { return range };
        let Self { low, high } = range.unwrap_or(Self {
            low: value,
            high: value,
        });
        Some(Self {
            low: low.min(value),
            high: high.max(value),
        })
    }

    /// Returns what a peak is against this range of the peaks of random assignments.
    pub(super) fn finding(self, peak: f64) -> Finding {
        match peak {
            _ if peak > self.high => Finding::Uneven,
            _ if peak < self.low => Finding::MoreEven,
            _ => Finding::NothingShown,
        }
    }

    /// Returns the quantiles by nearest rank.
    fn of(mut ratios: Vec<f64>) -> Option<Self> {
        ratios.sort_unstable_by(f64::total_cmp);
        let quantile = |thousandths: usize| {
            let rank = (ratios.len() * thousandths).div_ceil(1_000);
            ratios.get(rank.checked_sub(1)?).copied()
        };
        Some(Self {
            low: quantile(25)?,
            high: quantile(975)?,
        })
    }
}

/// Draws eligible backends in proportion to their weights.
struct Draw {
    /// The sum of the weights up to and including each eligible backend.
    ends: Vec<u64>,
    slots: Vec<usize>,
    equal: bool,
}

impl Draw {
    fn new(pool: &Pool) -> Self {
        let eligible = || pool.slots().filter(|&slot| pool.is_active(slot));
        let mut sum = 0;
        let ends: Vec<_> = eligible()
            .map(|slot| {
                sum += u64::from(pool.weight(slot).get());
                sum
            })
            .collect();
        let mut weights = eligible().map(|slot| pool.weight(slot));
        let first = weights.next();
        let equal = weights.all(|weight| Some(weight) == first);
        Self {
            ends,
            slots: eligible().map(Slot::index).collect(),
            equal,
        }
    }

    #[inline]
    fn slot(&self, rng: &mut ChaCha8Rng) -> usize {
        let place = if self.equal {
            ((u64::from(rng.next_u32()) * self.ends.len() as u64) >> 32) as usize
        } else {
            let drawn = rng.random_range(0..*self.ends.last().unwrap_or(&1));
            self.ends.partition_point(|&end| end <= drawn)
        };
        self.slots[place]
    }
}

/// The mean of several spreads.
#[derive(Default)]
struct Mean {
    count: u32,
    peak: f64,
    min: f64,
    cv: f64,
}

impl Mean {
    fn add(&mut self, spread: Option<Spread>) {
        let Some(spread) = spread else { return };
        self.count += 1;
        self.peak += spread.peak_to_mean;
        self.min += spread.min_to_mean;
        self.cv += spread.cv;
    }

    fn evenness(&self, exact_cv: Option<f64>) -> Option<Evenness> {
        let count = f64::from(self.count);
        let cv = exact_cv.unwrap_or(self.cv / count);
        (self.count > 0).then(|| Evenness {
            peak_to_mean: self.peak / count,
            min_to_mean: self.min / count,
            cv,
            jain: 1. / (1. + cv * cv),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evenkeel_algorithms::{Backend, Weight};

    /// Ten backends and 100,000 keys once each: the peak is 1.0154 (reference results, section 5).
    #[test]
    fn equal_weights_give_the_published_figures() {
        let pool = Pool::new((0..10).map(|n| n.to_string())).unwrap();
        let chance = Chance::of(&pool, &vec![1; 100_000], 1, 0);
        let keys = chance.keys.unwrap();
        assert!((keys.peak_to_mean - 1.0154).abs() < 0.0015, "{keys:?}");
        assert!((keys.cv - (9f64 / 100_000.).sqrt()).abs() < 1e-12);
        assert!((chance.requests.unwrap().cv - keys.cv).abs() < 1e-12);
        // 95 of 100 lie within 1.96 deviations.
        let (band, off) = (chance.band.unwrap(), 1.96 * keys.cv);
        assert!((band.high - 1. - off).abs() < 0.1 * off, "{band:?}");
        assert!((1. - band.low - off).abs() < 0.1 * off, "{band:?}");
    }

    #[test]
    fn weights_give_the_binomial_deviations() {
        let backend = |(name, weight)| Backend::new(name).with_weight(Weight::new(weight).unwrap());
        let pool = Pool::new([("a", 1), ("b", 3)].map(backend)).unwrap();
        let keys = Chance::of(&pool, &vec![1; 10_000], 1, 0).keys.unwrap();
        // Mean |deviation| of two complementary binomials: σ_a = √(3/n), σ_b = σ_a / 3.
        let sigma = (3f64 / 10_000.).sqrt();
        let expected = (2. / std::f64::consts::PI).sqrt() * sigma * ((1. + 1. / 9.) / 2f64).sqrt();
        assert!(
            (keys.cv / expected - 1.).abs() < 0.15,
            "{keys:?} {expected}"
        );
    }

    #[test]
    fn the_band_excludes_a_fortieth_at_each_end() {
        let backend = |weight| {
            let weight = Weight::new(weight).unwrap();
            Backend::new(weight.to_string()).with_weight(weight)
        };
        let pool = Pool::new([1, 2, 5].map(backend)).unwrap();
        let counts = [7, 1, 1, 30, 2, 2, 9];
        let band = Chance::of(&pool, &counts, 3, 0).band.unwrap();
        let (draw, mut rng) = (Draw::new(&pool), ChaCha8Rng::seed_from_u64(3));
        let mut ratios = Vec::new();
        for _ in 0..ASSIGNMENTS {
            let owners = counts.map(|count| (draw.slot(&mut rng), count));
            for (slot, weight) in [1., 2., 5.].into_iter().enumerate() {
                let own = owners.iter().filter(|(owner, _)| *owner == slot);
                let load: u64 = own.map(|(_, count)| count).sum();
                ratios.push(load as f64 / (52. * weight / 8.));
            }
        }
        let below = |end: f64| ratios.iter().filter(|&&ratio| ratio < end - 1e-9).count();
        let upto = |end: f64| ratios.iter().filter(|&&ratio| ratio < end + 1e-9).count();
        let places = |share: f64| share * ratios.len() as f64;
        for (end, share) in [(band.low, 0.025), (band.high, 0.975)] {
            let range = below(end) as f64..=upto(end) as f64;
            assert!(range.contains(&places(share)), "{end}: {range:?}");
        }
    }

    #[test]
    fn the_range_is_that_of_the_peaks_and_grows_with_the_strategies() {
        let pool = Pool::new((0..4).map(|n| n.to_string())).unwrap();
        let of = |strategies| Chance::of(&pool, &[5, 1, 1, 2, 9], 1, strategies);
        let (one, many) = (of(1), of(50));
        assert_eq!((one.assignments, many.assignments), (200, 2_000));
        let (one_peak, many_peak) = (one.peak.unwrap(), many.peak.unwrap());
        assert!(many_peak.low <= one_peak.low && one_peak.high <= many_peak.high);
        let mean = one.requests.unwrap().peak_to_mean;
        assert!((one_peak.low..=one_peak.high).contains(&mean));
        assert_eq!(many.requests.unwrap().peak_to_mean, mean);
        for (peak, finding) in [
            (many_peak.high + 0.1, Finding::Uneven),
            (many_peak.low, Finding::NothingShown),
            (many_peak.low - 0.1, Finding::MoreEven),
        ] {
            assert_eq!(many_peak.finding(peak), finding);
        }
    }
}
