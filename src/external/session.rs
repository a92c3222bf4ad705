//! A process that picks for one pool: what it has been sent, and what it is asked.

use std::collections::VecDeque;

use evenkeel_algorithms::{BuildError, Hashing, Key, Pick, Pool, Slot};

use super::capabilities::{Capabilities, Counting, Health};
use super::conversation::Conversation;
use super::failure::{Cause, Failed};
use super::program::Program;
use super::request::{Init, Request, complete, expect, picked};

/// A process that picks for one pool.
#[derive(Debug)]
pub(super) struct Session {
    conversation: Conversation,
    capabilities: Capabilities,
    /// The backends that it knows.
    slots: Vec<Slot>,
    /// Whether it regards each backend as healthy, by slot.
    healthy: Vec<bool>,
    /// The numbers of its open requests, by slot, if it counts them itself.
    open: Vec<VecDeque<u64>>,
}

/// The messages to the process, in order.
enum Step<'a> {
    /// The backend of a pick.
    Pick {
        place: usize,
        key: Option<&'a str>,
        exclude: Vec<Slot>,
    },
    /// The previous request is complete, because it was a question.
    Complete,
}

impl Session {
    /// Starts the process and sends it the pool; `None` if there is no backend that it could pick.
    pub(super) fn start(
        program: &Program,
        hashing: Hashing,
        capabilities: Capabilities,
        pool: &Pool,
    ) -> Result<Option<Self>, BuildError> {
        let is_told = capabilities.health != Health::Restarted;
        let knows = |slot| is_told || pool.is_active(slot);
        let slots: Vec<_> = pool.slots().filter(|&slot| knows(slot)).collect();
        if slots.is_empty() {
            return Ok(None);
        }
        let mut conversation = Conversation::start(program)?;
        let numbering = capabilities.numbering.then(|| pool.numbering());
        let init = Init {
            pool,
            slots: &slots,
            hashing,
            seed: capabilities.seed,
            numbering: numbering.transpose()?,
        };
        if let Err(refusal) = init.tell(&mut conversation)? {
            return Err(conversation.failed(Cause::Refused(refusal), None).into());
        }
        Ok(Some(Self {
            conversation,
            capabilities,
            slots,
            healthy: pool.slots().map(knows).collect(),
            open: vec![VecDeque::new(); pool.len()],
        }))
    }

    /// Answers picks, as far as answers arrive.
    pub(super) fn pick_each(
        &mut self,
        picks: &[Pick<'_>],
        slots: &mut [Option<Slot>],
    ) -> Result<(), Failed> {
        let mut start = 0;
        while let Some(first) = picks.get(start) {
            let standing = standing(first);
            let alike = |pick: &&Pick<'_>| self::standing(pick) == standing;
            let end = start + picks[start..].iter().take_while(alike).count();
            self.tell_health(first.pool(), standing.as_deref())?;
            self.ask_each(&picks[start..end], &mut slots[start..end])?;
            start = end;
        }
        Ok(())
    }

    /// Reports which backends are healthy to the process, as far as that has changed.
    fn tell_health(&mut self, pool: &Pool, standing: Option<&[bool]>) -> Result<(), Failed> {
        let by = self.capabilities.health;
        let all_stand = standing.is_none() && self.healthy.iter().all(|&healthy| healthy);
        if by == Health::Restarted || all_stand {
            return Ok(());
        }
        for slot in pool.slots() {
            let healthy = standing.is_none_or(|standing| standing[slot.index()]);
            if std::mem::replace(&mut self.healthy[slot.index()], healthy) == healthy {
                continue;
            }
            let name = pool.backend(slot).name();
            if let Err(refusal) = by.tell(&mut self.conversation, name, healthy)? {
                return Err(self.conversation.failed(Cause::Refused(refusal), None));
            }
        }
        Ok(())
    }

    /// Answers picks for which the same backends are healthy.
    fn ask_each(&mut self, picks: &[Pick<'_>], slots: &mut [Option<Slot>]) -> Result<(), Failed> {
        let steps = self.steps(picks)?;
        let can_exclude = self.capabilities.exclude;
        let own_counts = self.capabilities.counts == Counting::Own;
        let counted = self.capabilities.counts == Counting::Sent;
        let counted = counted.then_some(&*self.slots);
        let (healthy, open, mut number) = (&self.healthy, &mut self.open, 0);
        self.conversation.ask_each(
            steps.len(),
            |step, ask| match &steps[step] {
                Step::Pick {
                    place,
                    key,
                    exclude,
                } => {
                    let request = Request {
                        pool: picks[*place].pool(),
                        key: *key,
                        exclude: if can_exclude { exclude } else { &[] },
                        counted,
                    };
                    number = request.ask(ask);
                }
                Step::Complete => complete(ask, number),
            },
            |step, answer| {
                let Step::Pick { place, exclude, .. } = &steps[step] else {
                    return Ok(());
                };
                let pick = &picks[*place];
                let Some(slot) = picked(pick.pool(), answer)? else {
                    return Ok(());
                };
                let name = || pick.pool().backend(slot).name().to_owned();
                if !healthy[slot.index()] {
                    return Err(Cause::Unhealthy(name()));
                }
                if !exclude.contains(&slot) {
                    slots[*place] = Some(slot);
                } else if can_exclude {
                    return Err(Cause::Excluded(name()));
                }
                if own_counts && !pick.is_question() {
                    open[slot.index()].extend(answer.in_reply_to);
                }
                Ok(())
            },
        )
    }

    /// Returns the messages for picks. A pick that cannot be answered has none.
    fn steps<'a>(&mut self, picks: &[Pick<'a>]) -> Result<Vec<Step<'a>>, Failed> {
        let own_counts = self.capabilities.counts == Counting::Own;
        let needs_key = self.capabilities.key == Key::Required;
        let mut steps = Vec::with_capacity(picks.len());
        for (place, pick) in picks.iter().enumerate() {
            let key = match pick.key().map(|key| (key, std::str::from_utf8(key))) {
                Some((_, Ok(key))) => Some(key),
                Some((key, Err(_))) => {
                    let cause = Cause::KeyIsNoText(key.to_vec());
                    return Err(self.conversation.failed(cause, None));
                }
                None => None,
            };
            let exclude = self.excluded(pick);
            if needs_key && key.is_none() || exclude.len() == self.slots.len() {
                continue;
            }
            steps.push(Step::Pick {
                place,
                key,
                exclude,
            });
            if own_counts && pick.is_question() {
                steps.push(Step::Complete);
            }
        }
        Ok(steps)
    }

    /// Reports that the oldest requests to a backend are complete, if fewer are in flight now.
    pub(super) fn complete(&mut self, pool: &Pool, slot: Slot) -> Result<(), Failed> {
        let open = &mut self.open[slot.index()];
        let done = (open.len() as u64).saturating_sub(pool.in_flight(slot)) as usize;
        let mut numbers = open.drain(..done);
        self.conversation.ask_each(
            done,
            |_, ask| complete(ask, numbers.next().unwrap_or_default()),
            |_, answer| expect(answer, "request_complete_ok"),
        )
    }

    /// Returns whether a pick must not reach some backend that the process regards as healthy.
    pub(super) fn excludes_some(&self, pick: &Pick<'_>) -> bool {
        !self.excluded(pick).is_empty()
    }

    /// Returns the backends that a pick must not reach among those that the process regards as healthy.
    fn excluded(&self, pick: &Pick<'_>) -> Vec<Slot> {
        if pick.is_free() {
            return Vec::new();
        }
        let known = self.slots.iter().copied();
        let excluded = known.filter(|&slot| self.healthy[slot.index()] && !pick.allows(slot));
        excluded.collect()
    }
}

/// Returns which backends are healthy as far as the pick requires, by slot; `None` if all are.
fn standing(pick: &Pick<'_>) -> Option<Vec<bool>> {
    if pick.is_free() {
        return None;
    }
    let pool = pick.pool();
    // A backend that the pick allows although the pool does not is asked for regardless of its health.
    let stands = |slot| pool.is_active(slot) || pick.allows(slot);
    Some(pool.slots().map(stands).collect())
}
