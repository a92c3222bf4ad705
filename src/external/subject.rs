//! A program that is being asked for its capabilities, on its own pool.

use std::sync::Arc;

use evenkeel_algorithms::{Hashing, Pool, Slot};

use super::answer::Refusal;
use super::conversation::Conversation;
use super::failure::{Cause, Failed};
use super::program::Program;
use super::request::{Init, Request, complete, expect, picked};

/// How often the same question is asked.
pub(super) const ASKS: usize = 256;

/// The key for questions to which the key does not matter.
const ANY_KEY: &str = "10.0.0.1";

/// A program that is being asked for its capabilities.
pub(super) struct Subject {
    pub(super) conversation: Conversation,
    /// The pool, without requests in flight.
    pub(super) pool: Arc<Pool>,
    pub(super) slots: Vec<Slot>,
    pub(super) hashing: Hashing,
    /// Whether it accepts a seed.
    pub(super) seed: bool,
    /// Whether requests can be completed.
    pub(super) completes: bool,
    /// Whether requests may include the requests in flight.
    counted: bool,
}

impl Subject {
    /// Starts the program and sends it a pool, with the seed if it accepts one.
    pub(super) fn start(
        program: &Program,
        names: impl Iterator<Item = String>,
        hashing: Hashing,
    ) -> Result<Self, Failed> {
        let mut conversation = Conversation::start(program)?;
        let pool = Pool::new(names).map_err(|_| conversation.failed(Cause::NoBackend, None))?;
        let slots: Vec<_> = pool.slots().collect();
        let mut subject = Self {
            conversation,
            pool: Arc::new(pool),
            slots,
            hashing,
            seed: true,
            completes: false,
            counted: true,
        };
        let idle = Arc::clone(&subject.pool);
        if subject.init(&idle)?.is_err() {
            subject.seed = false;
            let refused = subject.init(&idle)?;
            subject.accepted(refused)?;
        }
        subject.completes = subject.can_complete()?;
        subject.counted = subject.answers(&idle, &[], [Some(ANY_KEY)].into_iter())?[0].is_ok();
        Ok(subject)
    }

    /// Sends it a pool.
    pub(super) fn init(&mut self, pool: &Pool) -> Result<Result<(), Refusal>, Failed> {
        let init = Init {
            pool,
            slots: &self.slots,
            hashing: self.hashing,
            seed: self.seed,
            numbering: None,
        };
        init.tell(&mut self.conversation)
    }

    /// Returns an answer that was not rejected; a refusal is a failure.
    pub(super) fn accepted<T>(&mut self, answer: Result<T, Refusal>) -> Result<T, Failed> {
        answer.map_err(|refusal| self.conversation.failed(Cause::Refused(refusal), None))
    }

    fn can_complete(&mut self) -> Result<bool, Failed> {
        let (number, picked) = self.ask_any()?;
        self.accepted(picked)?;
        Ok(self.complete(number)?.is_ok())
    }

    /// Asks for the backend of any request and leaves it open; returns its number too.
    pub(super) fn ask_any(&mut self) -> Result<(u64, Result<Option<Slot>, Refusal>), Failed> {
        let pool = &self.pool;
        let request = Request {
            pool,
            key: Some(ANY_KEY),
            exclude: &[],
            counted: None,
        };
        let mut number = 0;
        let picked = self.conversation.ask(
            |ask| number = request.ask(ask),
            |answer| picked(pool, answer),
        )?;
        Ok((number, picked))
    }

    /// Reports that a request is complete.
    pub(super) fn complete(&mut self, number: u64) -> Result<Result<(), Refusal>, Failed> {
        self.conversation.ask(
            |ask| complete(ask, number),
            |answer| expect(answer, "request_complete_ok"),
        )
    }

    /// Returns the answers to some requests, each of which is completed at once.
    pub(super) fn answers<'k>(
        &mut self,
        pool: &Pool,
        exclude: &[Slot],
        mut keys: impl ExactSizeIterator<Item = Option<&'k str>>,
    ) -> Result<Vec<Result<Option<Slot>, Refusal>>, Failed> {
        let counted = self.counted.then_some(&*self.slots);
        // A request, and the message that it is complete.
        let each = if self.completes { 2 } else { 1 };
        let (count, mut answers, mut number) = (each * keys.len(), Vec::new(), 0);
        self.conversation.ask_each(
            count,
            |place, ask| {
                if place % each == 1 {
                    return complete(ask, number);
                }
                let request = Request {
                    pool,
                    key: keys.next().flatten(),
                    exclude,
                    counted,
                };
                number = request.ask(ask);
            },
            |place, answer| {
                if place % each == 0 {
                    answers.push(match picked(pool, answer) {
                        Err(Cause::Refused(refusal)) => Err(refusal),
                        picked => Ok(picked?),
                    });
                }
                Ok(())
            },
        )?;
        Ok(answers)
    }

    /// Returns how often each backend is picked for the same request, completed at once; empty if it is rejected.
    pub(super) fn tally(&mut self, pool: &Pool, exclude: &[Slot]) -> Result<Vec<usize>, Failed> {
        let keys = std::iter::repeat_n(Some(ANY_KEY), ASKS);
        let answers = self.answers(pool, exclude, keys)?;
        let mut often = vec![0; pool.len()];
        for slot in answers.into_iter().flatten().flatten() {
            often[slot.index()] += 1;
        }
        Ok(often)
    }
}
