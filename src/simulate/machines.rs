//! What each backend can do: its speed and the size of its cache.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use evenkeel_algorithms::{Backend, Pool, Weight};

use super::cache::CacheModel;

/// What each backend can do. A weight says how much: a backend of twice the weight is twice as fast.
///
/// Speed 1 is that of the smallest weight in the pool, so service times are those of its smallest backends, and
/// backends of equal weights all have speed 1. A backend that joins later is measured by the same scale. A change of
/// its weight changes what it gets, not what it can do.
#[derive(Clone, Debug, PartialEq)]
pub struct Machines {
    /// The weight of a backend of speed 1.
    unit: Weight,
    /// The speed of all backends, unless they follow the weights.
    common: Option<f64>,
    /// The speeds of backends that differ from that.
    speeds: BTreeMap<String, f64>,
    /// The sizes of caches that differ from the common one.
    caches: BTreeMap<String, NonZeroUsize>,
    caches_follow_weights: bool,
}

impl Machines {
    /// Returns the machines of a pool: speeds follow the weights, and caches have the common size.
    #[must_use]
    pub fn of(backends: &[Backend]) -> Self {
        let smallest = backends.iter().map(Backend::weight).min();
        Self {
            unit: smallest.unwrap_or(Weight::MIN),
            common: None,
            speeds: BTreeMap::new(),
            caches: BTreeMap::new(),
            caches_follow_weights: false,
        }
    }

    /// Gives all backends one speed, above 0, whatever their weights are.
    #[must_use]
    pub fn with_common_speed(mut self, speed: f64) -> Self {
        self.common = Some(speed);
        self
    }

    /// Gives a backend a speed of its own, above 0.
    #[must_use]
    pub fn with_speed(mut self, backend: impl Into<String>, speed: f64) -> Self {
        self.speeds.insert(backend.into(), speed);
        self
    }

    /// Gives a backend a cache of its own size, if backends have caches.
    #[must_use]
    pub fn with_cache(mut self, backend: impl Into<String>, entries: NonZeroUsize) -> Self {
        self.caches.insert(backend.into(), entries);
        self
    }

    /// Makes the sizes of caches follow the weights: that of the smallest weight in the pool has the common size.
    #[must_use]
    pub const fn with_caches_by_weight(mut self) -> Self {
        self.caches_follow_weights = true;
        self
    }

    /// Returns whether all speeds follow the weights: none is given.
    pub(super) fn follow_weights(&self) -> bool {
        self.common.is_none() && self.speeds.is_empty()
    }

    /// Returns the speed of a backend of this weight.
    pub(super) fn speed(&self, backend: &str, weight: Weight) -> f64 {
        let own = self.speeds.get(backend).copied();
        own.or(self.common).unwrap_or_else(|| self.ratio(weight))
    }

    /// Returns the sum of the speeds of a pool's backends that get requests.
    pub(crate) fn capacity(&self, pool: &Pool) -> f64 {
        let active = pool.slots().filter(|&slot| pool.is_active(slot));
        let speed = |slot| {
            let backend = pool.backend(slot);
            self.speed(backend.name(), backend.weight())
        };
        // The sum of nothing would be −0.
        active.map(speed).fold(0., |sum, speed| sum + speed)
    }

    /// Returns the cache of a backend of this weight, if backends have caches.
    pub(super) fn cache(
        &self,
        backend: &str,
        weight: Weight,
        common: Option<CacheModel>,
    ) -> Option<CacheModel> {
        let common = common?;
        let by_weight = |entries: NonZeroUsize| {
            let entries = (entries.get() as f64 * self.ratio(weight)).round();
            // Not 0: a backend that joins may have less than the smallest weight.
            NonZeroUsize::new(entries as usize).unwrap_or(NonZeroUsize::MIN)
        };
        let shared = match self.caches_follow_weights {
            true => common.entries.map(by_weight),
            false => common.entries,
        };
        Some(CacheModel {
            entries: self.caches.get(backend).copied().or(shared),
            ..common
        })
    }

    fn ratio(&self, weight: Weight) -> f64 {
        f64::from(weight.get()) / f64::from(self.unit.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weight(weight: u64) -> Weight {
        Weight::new(weight).unwrap()
    }

    fn backends(weights: &[(&str, u64)]) -> Vec<Backend> {
        let of = |&(name, w): &(&str, u64)| Backend::new(name).with_weight(weight(w));
        weights.iter().map(of).collect()
    }

    #[test]
    fn speed_one_is_that_of_the_smallest_weight() {
        let pool = backends(&[("a", 100), ("b", 100), ("c", 250)]);
        let machines = Machines::of(&pool).with_speed("b", 0.5);
        let speeds = [("a", 100), ("b", 100), ("c", 250), ("joins", 50)];
        let speeds = speeds.map(|(name, w)| machines.speed(name, weight(w)));
        assert_eq!(speeds, [1., 0.5, 2.5, 0.5]);
        let alike = machines.with_common_speed(2.);
        assert_eq!(alike.speed("c", weight(250)), 2.);
        assert_eq!(alike.speed("b", weight(100)), 0.5);
    }

    #[test]
    fn caches_have_the_common_size_or_follow_the_weights() {
        let entries = |number| NonZeroUsize::new(number).unwrap();
        let common = |number| {
            Some(CacheModel {
                entries: NonZeroUsize::new(number),
                hit_cost: 0.5,
            })
        };
        let pool = backends(&[("a", 2), ("b", 5)]);
        let machines = Machines::of(&pool).with_cache("a", entries(7));
        let size = |machines: &Machines, name, w, number| {
            let cache = machines.cache(name, weight(w), common(number));
            cache.unwrap().entries
        };
        assert_eq!(size(&machines, "a", 2, 1_000), Some(entries(7)));
        assert_eq!(size(&machines, "b", 5, 1_000), Some(entries(1_000)));
        let machines = machines.with_caches_by_weight();
        assert_eq!(size(&machines, "a", 2, 1_000), Some(entries(7)));
        assert_eq!(size(&machines, "b", 5, 1_000), Some(entries(2_500)));
        assert_eq!(size(&machines, "joins", 1, 1), Some(entries(1)));
        assert_eq!(size(&machines, "b", 5, 0), None);
    }
}
