//! A process that picks for one pool.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use evenkeel_algorithms::{
    Balancer, BuildError, Failure, Fingerprint, Hashing, Key, Pick, Pool, Slot,
};

use super::capabilities::{Capabilities, Counting, Health};
use super::conversation::Conversation;
use super::failure::{Cause, Failed};
use super::options::SECTION;
use super::program::Program;
use super::request::{Init, Request, complete, expect, picked};

/// A process that picks for one pool.
#[derive(Debug)]
pub(super) struct Built {
    command: String,
    hashing: Hashing,
    capabilities: Capabilities,
    process: Mutex<Process>,
    /// Why it cannot be asked any more.
    failed: OnceLock<Failure>,
}

/// The conversation with the process, and what it was told.
#[derive(Debug)]
struct Process {
    /// None if there is no backend that it could pick, or if it has failed.
    conversation: Option<Conversation>,
    /// The backends that it knows.
    slots: Vec<Slot>,
    /// Whether it takes each backend for healthy, by slot.
    healthy: Vec<bool>,
    /// The numbers of its open requests, by slot, where it counts them itself.
    open: Vec<VecDeque<u64>>,
}

/// A request that could reach only backends that a program cannot be told to exclude.
const NO_EXCLUSION: &str = "this external program takes no `exclude`, so that it cannot be asked for another backend than the one that it picks";

impl Built {
    /// Starts the process and tells it of the pool.
    pub(super) fn start(
        program: &Program,
        hashing: Hashing,
        capabilities: Capabilities,
        pool: &Pool,
    ) -> Result<Self, BuildError> {
        let is_told = capabilities.health != Health::Restarted;
        let knows = |&slot: &Slot| is_told || pool.is_active(slot);
        let slots: Vec<_> = pool.slots().filter(knows).collect();
        let mut process = Process {
            conversation: None,
            healthy: pool.slots().map(|slot| knows(&slot)).collect(),
            open: vec![VecDeque::new(); pool.len()],
            slots,
        };
        if !process.slots.is_empty() {
            let mut conversation = Conversation::start(program)?;
            let numbering = capabilities
                .numbering
                .then(|| pool.numbering())
                .transpose()?;
            let init = Init {
                pool,
                slots: &process.slots,
                hashing,
                seed: capabilities.seed,
                numbering,
            };
            if let Err(refusal) = init.tell(&mut conversation)? {
                return Err(conversation.failed(Cause::Refused(refusal), None).into());
            }
            process.conversation = Some(conversation);
        }
        Ok(Self {
            command: program.options.command.to_string(),
            hashing,
            capabilities,
            process: Mutex::new(process),
            failed: OnceLock::new(),
        })
    }

    fn process(&self) -> MutexGuard<'_, Process> {
        // What a panic left half asked fails with the next answer.
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the process, unless it has failed.
    fn attempt(&self, ask: impl FnOnce(&mut Process, &mut Conversation) -> Result<(), Failed>) {
        let process = &mut *self.process();
        if let Some(mut conversation) = process.conversation.take() {
            match ask(process, &mut conversation) {
                Ok(()) => process.conversation = Some(conversation),
                Err(failed) => {
                    // The first failure is kept; there is no other.
                    let _ = self.failed.set(failed.into());
                }
            }
        }
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let mut slots = Vec::with_capacity(1);
        self.pick_each(std::slice::from_ref(pick), &mut slots);
        slots.pop().flatten()
    }

    fn pick_each(&self, picks: &[Pick<'_>], slots: &mut Vec<Option<Slot>>) {
        let start = slots.len();
        // What is not answered is nothing.
        slots.resize(start + picks.len(), None);
        let slots = &mut slots[start..];
        self.attempt(|process, conversation| {
            process.pick_each(conversation, self.capabilities, picks, slots)
        });
    }

    fn on_change(&self, pool: &Pool, slot: Slot) {
        if self.capabilities.counts == Counting::Own {
            self.attempt(|process, conversation| process.complete(conversation, pool, slot));
        }
    }

    fn failure(&self, pick: &Pick<'_>) -> Option<Failure> {
        let cannot_exclude =
            || !self.capabilities.exclude && !self.process().excluded(pick).is_empty();
        let failed = self.failed.get().copied();
        failed.or_else(|| cannot_exclude().then_some(Failure::known(NO_EXCLUSION)))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy(SECTION.algorithm(), self.hashing);
        fingerprint.text(&self.command);
    }
}

/// What the process is asked in turn.
enum Step<'a> {
    /// The backend of a pick.
    Pick {
        place: usize,
        key: Option<&'a str>,
        exclude: Vec<Slot>,
    },
    /// The request before is complete: it was a question.
    Complete,
}

impl Process {
    /// Answers picks, as far as answers come.
    fn pick_each(
        &mut self,
        conversation: &mut Conversation,
        capabilities: Capabilities,
        picks: &[Pick<'_>],
        slots: &mut [Option<Slot>],
    ) -> Result<(), Failed> {
        let mut start = 0;
        while let Some(first) = picks.get(start) {
            let standing = standing(first);
            let alike = |pick: &&Pick<'_>| self::standing(pick) == standing;
            let end = start + picks[start..].iter().take_while(alike).count();
            self.tell_health(conversation, capabilities.health, first.pool(), standing)?;
            let (some, slots) = (&picks[start..end], &mut slots[start..end]);
            self.ask_each(conversation, capabilities, some, slots)?;
            start = end;
        }
        Ok(())
    }

    /// Tells the process which backends are healthy, as far as that has changed.
    fn tell_health(
        &mut self,
        conversation: &mut Conversation,
        by: Health,
        pool: &Pool,
        standing: Option<Vec<bool>>,
    ) -> Result<(), Failed> {
        if by == Health::Restarted || standing.is_none() && self.healthy.iter().all(|&known| known)
        {
            return Ok(());
        }
        for slot in pool.slots() {
            let healthy = standing
                .as_ref()
                .is_none_or(|standing| standing[slot.index()]);
            if std::mem::replace(&mut self.healthy[slot.index()], healthy) == healthy {
                continue;
            }
            let name = pool.backend(slot).name();
            if let Err(refusal) = by.tell(conversation, name, healthy)? {
                return Err(conversation.failed(Cause::Refused(refusal), None));
            }
        }
        Ok(())
    }

    /// Answers picks that leave the same backends healthy.
    fn ask_each(
        &mut self,
        conversation: &mut Conversation,
        capabilities: Capabilities,
        picks: &[Pick<'_>],
        slots: &mut [Option<Slot>],
    ) -> Result<(), Failed> {
        let own_counts = capabilities.counts == Counting::Own;
        let mut steps = Vec::with_capacity(picks.len());
        for (place, pick) in picks.iter().enumerate() {
            let Ok(key) = pick.key().map(std::str::from_utf8).transpose() else {
                let key = pick.key().map(<[u8]>::to_vec);
                return Err(conversation.failed(Cause::KeyIsNoText, key));
            };
            let exclude = self.excluded(pick);
            let has_key = key.is_some() || capabilities.key != Key::Required;
            if has_key && exclude.len() < self.slots.len() {
                steps.push(Step::Pick {
                    place,
                    key,
                    exclude,
                });
                if own_counts && pick.is_question() {
                    steps.push(Step::Complete);
                }
            }
        }
        let counted = (capabilities.counts == Counting::Sent).then_some(&*self.slots);
        let (healthy, open, mut number) = (&self.healthy, &mut self.open, 0);
        conversation.ask_each(
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
                        exclude: if capabilities.exclude { exclude } else { &[] },
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
                } else if capabilities.exclude {
                    return Err(Cause::Excluded(name()));
                }
                if own_counts && !pick.is_question() {
                    open[slot.index()].extend(answer.in_reply_to);
                }
                Ok(())
            },
        )
    }

    /// Says that the oldest requests to a backend are complete, as far as fewer are in flight.
    fn complete(
        &mut self,
        conversation: &mut Conversation,
        pool: &Pool,
        slot: Slot,
    ) -> Result<(), Failed> {
        let open = &mut self.open[slot.index()];
        let done = (open.len() as u64).saturating_sub(pool.in_flight(slot)) as usize;
        let mut numbers = open.drain(..done);
        conversation.ask_each(
            done,
            |_, ask| complete(ask, numbers.next().unwrap_or_default()),
            |_, answer| expect(answer, "request_complete_ok"),
        )
    }

    /// The backends that a pick must not reach, of those that the process takes for healthy.
    fn excluded(&self, pick: &Pick<'_>) -> Vec<Slot> {
        if pick.is_free() {
            return Vec::new();
        }
        let known = self.slots.iter().copied();
        let excluded = known.filter(|&slot| self.healthy[slot.index()] && !pick.allows(slot));
        excluded.collect()
    }
}

/// Which backends are healthy as far as a pick asks, by slot; none if all are.
fn standing(pick: &Pick<'_>) -> Option<Vec<bool>> {
    if pick.is_free() {
        return None;
    }
    let pool = pick.pool();
    // One that the pick allows although the pool does not is asked for regardless of its health.
    let stands = |slot| pool.is_active(slot) || pick.allows(slot);
    Some(pool.slots().map(stands).collect())
}
