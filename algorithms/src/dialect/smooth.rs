//! nginx's smooth weighted turns, one by one among those who may be reached: the state that most of
//! its methods share.

use crate::balancer::Pick;
use crate::pool::Pool;
use crate::slot::Slot;

/// What each peer has gained, in the order of the pool.
#[derive(Debug)]
pub(super) struct SmoothTurns(Box<[i64]>);

impl SmoothTurns {
    pub(super) fn new(pool: &Pool) -> Self {
        Self(pool.slots().map(|_| 0).collect())
    }

    /// Everybody allowed gains its weight; who has most (of equals the first) takes the turn and pays
    /// what all have gained. For a question nobody does.
    pub(super) fn turn(&mut self, pick: &Pick<'_>) -> Option<Slot> {
        let (mut total, mut best) = (0, None);
        for slot in pick.pool().slots().filter(|&slot| pick.allows(slot)) {
            let weight = i64::from(pick.pool().weight(slot).get());
            let gained = self.0[slot.index()] + weight;
            total += weight;
            if best.is_none_or(|(most, _)| gained > most) {
                best = Some((gained, slot));
            }
            if !pick.is_question() {
                self.0[slot.index()] = gained;
            }
        }
        let (_, slot) = best?;
        if !pick.is_question() {
            self.0[slot.index()] -= total;
        }
        Some(slot)
    }

    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.0)
    }
}
