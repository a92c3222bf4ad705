//! Spread and remapping as plain arithmetic, shared by the comparison and by the laws.

use crate::pool::Pool;
use crate::slot::Slot;
use crate::snapshot::Snapshot;

/// The expected shares of a pool's backends: in proportion to their weights, or equal if the algorithm ignores weights.
/// A backend that is not in service expects nothing.
///
/// Some programs round weights: to whole points of a ring, entries of a table or turns of a cycle. The expected share is
/// then still that of the weight, and the rounding is part of the deviation from it.
#[derive(Clone, Copy, Debug)]
pub struct Shares<'a> {
    pool: &'a Pool,
    follows_weights: bool,
}

impl<'a> Shares<'a> {
    /// Returns the shares that the balancer of a snapshot is expected to give.
    #[must_use]
    pub fn of(snapshot: &'a Snapshot) -> Self {
        Self {
            pool: snapshot.pool(),
            follows_weights: snapshot.follows_weights(),
        }
    }

    /// Returns the shares in proportion to the weights.
    #[must_use]
    pub const fn by_weight(pool: &'a Pool) -> Self {
        Self {
            pool,
            follows_weights: true,
        }
    }

    /// Returns the weight by which a backend expects a share: 0 while it is not in service, and 1 for every other one
    /// if weights are ignored.
    #[must_use]
    pub fn weight(&self, slot: Slot) -> u32 {
        match (self.pool.is_active(slot), self.follows_weights) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => self.pool.weight(slot).get(),
        }
    }

    /// Returns the loads of the backends in service, from those of all slots, each with the weight by which it expects
    /// its share.
    pub fn of_loads(self, loads: &[u64]) -> impl Iterator<Item = (u64, u32)> + Clone {
        let active = self.pool.slots();
        let active = active.filter(move |&slot| self.pool.is_active(slot));
        active.map(move |slot| (loads[slot.index()], self.weight(slot)))
    }

    /// Returns whether backends in service have different weights, which the algorithm ignores.
    #[must_use]
    pub fn ignore_weights(&self) -> bool {
        let active = self.pool.slots().filter(|&slot| self.pool.is_active(slot));
        let mut weights = active.map(|slot| self.pool.weight(slot));
        let first = weights.next();
        !self.follows_weights && weights.any(|weight| Some(weight) != first)
    }
}

/// How evenly loads follow their shares.
///
/// With load x and expected load λ = share · total of each backend, r = x/λ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// max r: the load of the fullest backend relative to its share. 1 is even.
    pub peak_to_mean: f64,
    /// min r: the load of the emptiest backend relative to its share. 1 is even.
    pub min_to_mean: f64,
    /// √mean((r − 1)²), the coefficient of variation. 0 is even.
    pub cv: f64,
    /// (Σr)² / (N Σr²), Jain's index. 1 is even; 1/N means that one backend has everything.
    pub jain: f64,
}

impl Spread {
    /// Returns the spread of (load, weight) pairs, or `None` if there is no load.
    pub fn of(loads: impl Iterator<Item = (u64, u32)> + Clone) -> Option<Self> {
        let (mut peak, mut min, mut sum, mut squares, mut deviation) = (0f64, f64::MAX, 0., 0., 0.);
        let mut count = 0u64;
        for ratio in to_means(loads)? {
            count += 1;
            peak = peak.max(ratio);
            min = min.min(ratio);
            sum += ratio;
            squares += ratio * ratio;
            deviation += (ratio - 1.) * (ratio - 1.);
        }
        let count = count as f64;
        Some(Self {
            peak_to_mean: peak,
            min_to_mean: min,
            cv: (deviation / count).sqrt(),
            jain: sum * sum / (count * squares),
        })
    }
}

/// Returns each load divided by its expected share of the total, for (load, weight) pairs in their order: 1 is even.
/// `None` if there is no load.
pub fn to_means(
    loads: impl Iterator<Item = (u64, u32)> + Clone,
) -> Option<impl Iterator<Item = f64>> {
    let (mut total, mut weights) = (0u64, 0u64);
    for (load, weight) in loads.clone() {
        total += load;
        weights += u64::from(weight);
    }
    let scale = weights as f64 / total as f64;
    let ratios = loads.map(move |(load, weight)| load as f64 * scale / f64::from(weight));
    (total > 0).then_some(ratios)
}

/// How the backends of one pool relate to those of another.
#[derive(Debug)]
pub struct Change<'a> {
    old: Shares<'a>,
    new: Shares<'a>,
    /// The new slot of each old slot.
    now: Vec<Option<Slot>>,
    /// The old slot of each new slot.
    was: Vec<Option<Slot>>,
    /// Whether each old slot left or lost weight.
    gave: Vec<bool>,
    /// Whether each new slot joined or gained weight.
    took: Vec<bool>,
}

impl<'a> Change<'a> {
    /// Compares two pools by name; their loads follow the weights.
    #[must_use]
    pub fn new(old: &'a Pool, new: &'a Pool) -> Self {
        Self::between(Shares::by_weight(old), Shares::by_weight(new))
    }

    /// Compares two pools by name, with the shares that their balancers are expected to give.
    ///
    /// If only one of the balancers follows weights, a backend gains or loses weight relative to the mean of the
    /// backends that are in service in both pools.
    #[must_use]
    pub fn of(old: &'a Snapshot, new: &'a Snapshot) -> Self {
        Self::between(Shares::of(old), Shares::of(new))
    }

    fn between(old_shares: Shares<'a>, new_shares: Shares<'a>) -> Self {
        let (old, new) = (old_shares.pool, new_shares.pool);
        let found = |names: &Pool, among: &Pool| -> Vec<_> {
            let names = names.backends().map(|backend| among.slot(backend.name()));
            names.collect()
        };
        let (now, was) = (found(old, new), found(new, old));
        let units = units(old_shares, new_shares, &now);
        let weights = |before, after| {
            let [old, new] = [old_shares.weight(before), new_shares.weight(after)].map(u128::from);
            (old * units.1, new * units.0)
        };
        let gave = |(before, now): (Slot, &Option<Slot>)| {
            now.is_none_or(|now| {
                let (old, new) = weights(before, now);
                new < old
            })
        };
        let took = |(after, was): (Slot, &Option<Slot>)| {
            was.is_none_or(|was| {
                let (old, new) = weights(was, after);
                new > old
            })
        };
        Self {
            old: old_shares,
            new: new_shares,
            gave: old.slots().zip(&now).map(gave).collect(),
            took: new.slots().zip(&was).map(took).collect(),
            now,
            was,
        }
    }

    /// Returns whether an answer changed. An answer may be `None`.
    #[must_use]
    pub fn moved(&self, before: impl Into<Option<Slot>>, after: impl Into<Option<Slot>>) -> bool {
        match (before.into(), after.into()) {
            (Some(before), after @ Some(_)) => self.now[before.index()] != after,
            (before, after) => before.is_some() || after.is_some(),
        }
    }

    /// Returns whether a move was needless: the old backend neither left nor lost weight, and the new one neither
    /// joined nor gained weight.
    #[must_use]
    pub fn needless(
        &self,
        before: impl Into<Option<Slot>>,
        after: impl Into<Option<Slot>>,
    ) -> bool {
        let (Some(before), Some(after)) = (before.into(), after.into()) else {
            return false;
        };
        self.moved(before, after) && !self.gave(before) && !self.took[after.index()]
    }

    fn gave(&self, before: Slot) -> bool {
        self.gave[before.index()]
    }

    /// Returns whether a backend is gone from service: removed, down or drained.
    fn left(&self, before: Slot) -> bool {
        let in_service = |now| self.new.weight(now) > 0;
        self.old.weight(before) > 0 && !self.now[before.index()].is_some_and(in_service)
    }

    /// Returns the minimum that any algorithm must move, as a fraction of these loads of the old backends. If no
    /// backend gains and some only leave, it is the load of those that leave; otherwise
    /// [`least_share`](Self::least_share).
    #[must_use]
    pub fn least_of(&self, loads: impl Iterator<Item = (Slot, u64)>) -> f64 {
        let gains = self.took.contains(&true);
        let lightened = |before| self.gave(before) && !self.left(before);
        if gains || self.old.pool.slots().any(lightened) {
            return self.least_share();
        }
        let (mut left, mut total) = (0, 0);
        for (before, load) in loads {
            total += load;
            left += load * u64::from(self.left(before));
        }
        share(left, total)
    }

    /// Returns Σ max(0, p′ − p), where p and p′ are the shares of each backend before and after: the minimum that any
    /// algorithm must move of a load that follows the shares.
    #[must_use]
    pub fn least_share(&self) -> f64 {
        let total = |shares: Shares<'_>| -> f64 {
            let weights = shares.pool.slots().map(|slot| shares.weight(slot));
            weights.map(f64::from).sum()
        };
        let (old_total, new_total) = (total(self.old), total(self.new));
        let gain = |slot| {
            let share = f64::from(self.new.weight(slot)) / new_total;
            let was = self.was[slot.index()];
            let before = was.map_or(0, |was| self.old.weight(was));
            (share - f64::from(before) / old_total).max(0.)
        };
        self.new.pool.slots().map(gain).sum()
    }
}

/// Returns what the weights of two pools are divided by before they are compared: 1, or the sums over the backends in
/// service in both if only one of their balancers follows weights.
fn units(old: Shares<'_>, new: Shares<'_>, now: &[Option<Slot>]) -> (u128, u128) {
    if old.follows_weights == new.follows_weights {
        return (1, 1);
    }
    let both = old.pool.slots().zip(now);
    let both = both.filter_map(|(before, &now)| Some((old.weight(before), new.weight(now?))));
    let both = both.filter(|&(before, after)| before > 0 && after > 0);
    let (olds, news) = both.fold((0, 0), |(olds, news), (before, after)| {
        (olds + u128::from(before), news + u128::from(after))
    });
    (olds.max(1), news.max(1))
}

/// Counts of the answers that a change moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// Answers compared.
    pub total: u64,
    /// Answers that moved.
    pub moved: u64,
    /// Answers that moved needlessly.
    pub needless: u64,
}

impl Moves {
    /// Compares answers before and after; the third part of each is its weight in the count.
    pub fn count<S: Into<Option<Slot>> + Copy>(
        change: &Change<'_>,
        answers: impl IntoIterator<Item = (S, S, u64)>,
    ) -> Self {
        let mut moves = Self::default();
        for (before, after, times) in answers {
            moves.total += times;
            if change.moved(before, after) {
                moves.moved += times;
                moves.needless += times * u64::from(change.needless(before, after));
            }
        }
        moves
    }

    /// Returns the fraction of the answers that moved; 0 if there are no answers.
    #[must_use]
    pub fn moved_share(&self) -> f64 {
        share(self.moved, self.total)
    }

    /// Returns the fraction of the answers that moved needlessly; 0 if there are no answers.
    #[must_use]
    pub fn needless_share(&self) -> f64 {
        share(self.needless, self.total)
    }
}

fn share(part: u64, total: u64) -> f64 {
    part as f64 / total.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, Weight};

    fn pool(backends: &[(&str, u64)]) -> Pool {
        let weighted = |&(name, weight): &(&str, u64)| {
            Backend::new(name).with_weight(Weight::new(weight).unwrap())
        };
        Pool::new(backends.iter().map(weighted)).unwrap()
    }

    #[test]
    fn spread_by_hand() {
        let even = Spread::of([(20, 2), (10, 1)].into_iter()).unwrap();
        assert_eq!(
            even,
            Spread {
                peak_to_mean: 1.,
                min_to_mean: 1.,
                cv: 0.,
                jain: 1.
            }
        );
        let one = Spread::of([(30, 1), (0, 1), (0, 1)].into_iter()).unwrap();
        assert_eq!((one.peak_to_mean, one.min_to_mean), (3., 0.));
        assert!((one.cv - 2f64.sqrt()).abs() < 1e-12 && (one.jain - 1. / 3.).abs() < 1e-12);
        assert_eq!(Spread::of([(0, 1)].into_iter()), None);
    }

    #[test]
    fn moves_are_needless_between_survivors_only() {
        let (old, new) = (
            pool(&[("a", 1), ("b", 2), ("c", 1)]),
            pool(&[("d", 1), ("b", 1), ("c", 1)]),
        );
        let change = Change::new(&old, &new);
        let (a, b, c) = (Slot(0), Slot(1), Slot(2));
        let d = Slot(0);
        assert!(!change.moved(b, Slot(1)) && change.moved(a, d));
        assert!(!change.needless(a, Slot(1)), "a left");
        assert!(!change.needless(c, d), "d joined");
        assert!(!change.needless(b, Slot(2)), "b lost weight");
        assert!(change.needless(c, Slot(1)));
        assert!(change.moved(b, None) && change.moved(None, d) && !change.moved(None, None));
        assert!(!change.needless(c, None), "no backend was left");
        let moves = Moves::count(&change, [(b, Slot(1), 5), (c, Slot(1), 2), (a, d, 1)]);
        assert_eq!(
            moves,
            Moves {
                total: 8,
                moved: 3,
                needless: 2
            }
        );
        assert_eq!((moves.moved_share(), moves.needless_share()), (0.375, 0.25));
    }

    #[test]
    fn a_backend_that_only_leaves_gives_up_its_load() {
        let old = pool(&[("a", 1), ("b", 1), ("c", 2)]);
        let least = |new: &Pool| {
            let loads = [(Slot(0), 10), (Slot(1), 30), (Slot(2), 60)];
            Change::new(&old, new).least_of(loads.into_iter())
        };
        assert_eq!(least(&pool(&[("a", 1), ("c", 2)])), 0.3);
        assert_eq!(least(&old), 0.);
        let drained = old
            .backends()
            .map(|b| b.clone().with_drain(b.name() != "a"));
        assert_eq!(least(&Pool::new(drained).unwrap()), 0.9);
        // One backend gains, or only loses weight: the shares decide.
        assert_eq!(least(&pool(&[("a", 2), ("c", 2)])), 0.25);
        assert!((least(&pool(&[("a", 1), ("b", 1), ("c", 1)])) - 1. / 6.).abs() < 1e-12);
    }

    /// Weights 4, 1, 1, which the first balancer ignores.
    #[test]
    fn ignored_weights_expect_equal_shares() {
        let old = pool(&[("a", 4), ("b", 1), ("c", 1)]);
        let new = pool(&[("a", 1), ("b", 1), ("c", 1), ("d", 8)]);
        let [equal, after] = [&old, &new].map(|pool| Shares {
            pool,
            follows_weights: false,
        });
        assert!(equal.ignore_weights() && after.ignore_weights());
        assert!(!Shares::by_weight(&old).ignore_weights());
        assert!(equal.of_loads(&[7, 8, 9]).eq([(7, 1), (8, 1), (9, 1)]));
        let change = Change::between(equal, after);
        assert!((change.least_share() - 1. / 4.).abs() < 1e-12);
        assert!(
            change.needless(Slot(0), Slot(1)),
            "no weight counts, so none was lost"
        );
        assert!(!change.needless(Slot(0), Slot(3)), "d joined");
    }

    /// From equal shares to 4/6, 1/6 and 1/6: a gains, and the others lose.
    #[test]
    fn weights_that_begin_to_count_change_the_shares() {
        let pool = pool(&[("a", 4), ("b", 1), ("c", 1)]);
        let equal = Shares {
            pool: &pool,
            follows_weights: false,
        };
        let change = Change::between(equal, Shares::by_weight(&pool));
        assert!((change.least_share() - 1. / 3.).abs() < 1e-12);
        assert!(!change.needless(Slot(1), Slot(0)));
        assert!(
            !change.needless(Slot(1), Slot(2)),
            "b lost what it had above its weight"
        );
        let back = Change::between(Shares::by_weight(&pool), equal);
        assert!(!back.needless(Slot(0), Slot(1)) && !back.needless(Slot(1), Slot(2)));
        let same = self::pool(&[("a", 4), ("b", 4)]);
        let equal = Shares {
            pool: &same,
            follows_weights: false,
        };
        assert!(Change::between(equal, Shares::by_weight(&same)).needless(Slot(0), Slot(1)));
    }

    #[test]
    fn the_least_share_is_the_sum_of_the_gains() {
        let least = |old: &[_], new: &[_]| Change::new(&pool(old), &pool(new)).least_share();
        let joined = least(&[("a", 1), ("b", 1)], &[("a", 1), ("b", 1), ("c", 1)]);
        assert!((joined - 1. / 3.).abs() < 1e-12);
        let left = least(&[("a", 1), ("b", 3)], &[("a", 1)]);
        assert!((left - 0.75).abs() < 1e-12);
        let raised = least(&[("a", 1), ("b", 1)], &[("a", 3), ("b", 1)]);
        assert!((raised - 0.25).abs() < 1e-12);
    }
}
