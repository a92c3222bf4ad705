//! The cache of a backend: the keys that it was last asked for.

use std::num::NonZeroUsize;

use evenkeel_algorithms::Hashing;
use lru::LruCache;
use serde::Serialize;

/// The model of a backend's cache.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CacheModel {
    /// The number of keys that fit in; unlimited if not set.
    pub entries: Option<NonZeroUsize>,
    /// The time of a cache hit, as a fraction of the request's own time.
    pub hit_cost: f64,
}

/// The keys in a backend's cache; the least recently used is evicted first.
pub(super) struct Cache {
    model: CacheModel,
    /// By the hashes of the keys: two of a million distinct keys collide once in 37 million simulations.
    keys: LruCache<u64, ()>,
}

impl Cache {
    pub(super) fn new(model: CacheModel) -> Self {
        Self {
            model,
            // The limit is enforced here, because a bounded cache allocates all its memory at the start.
            keys: LruCache::unbounded(),
        }
    }

    /// Returns whether a key is in the cache. Afterwards it is.
    pub(super) fn ask(&mut self, key: &[u8]) -> bool {
        let key = Hashing::default().key(key);
        let is_hit = self.keys.put(key, ()).is_some();
        let entries = self.model.entries.map_or(usize::MAX, NonZeroUsize::get);
        if self.keys.len() > entries {
            self.keys.pop_lru();
        }
        is_hit
    }

    /// Returns the time of a request from its time without the cache.
    pub(super) fn cost(&self, service: u64, is_hit: bool) -> u64 {
        if is_hit && self.model.hit_cost != 1. {
            (service as f64 * self.model.hit_cost).round() as u64
        } else {
            service
        }
    }

    /// Clears the cache.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(entries: usize) -> Cache {
        Cache::new(CacheModel {
            entries: NonZeroUsize::new(entries),
            hit_cost: 0.1,
        })
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let mut cache = cache(2);
        let asked = [b"a", b"b", b"a", b"c", b"b", b"a", b"b"].map(|key| cache.ask(key));
        // c replaces b, b replaces a, a replaces c.
        assert_eq!(asked, [false, false, true, false, false, false, true]);
        cache.clear();
        assert!(!cache.ask(b"b"));
    }

    #[test]
    fn a_cache_without_a_limit_forgets_nothing() {
        let mut cache = cache(0);
        let mut hits = || {
            (0..1_000u32)
                .filter(|key| cache.ask(&key.to_le_bytes()))
                .count()
        };
        assert_eq!((hits(), hits()), (0, 1_000));
    }

    #[test]
    fn hits_cost_their_fraction() {
        let cache = cache(2);
        assert_eq!(
            (cache.cost(1_000, true), cache.cost(1_000, false)),
            (100, 1_000)
        );
    }
}
