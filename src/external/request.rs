//! The requests to a program: to accept a pool, and to pick a backend.

use evenkeel_algorithms::{HashFunction, Hashing, Numbering, Pool, Slot};

use super::answer::{Answer, NO_BACKEND, Refusal};
use super::conversation::{Ask, Conversation};
use super::failure::{Cause, Failed};
use super::message::{Backends, Counts, Names};

/// What a program gets before it is asked for backends.
pub(super) struct Init<'a> {
    pub(super) pool: &'a Pool,
    /// The backends that it gets.
    pub(super) slots: &'a [Slot],
    pub(super) hashing: Hashing,
    /// Whether it accepts a seed.
    pub(super) seed: bool,
    pub(super) numbering: Option<&'a Numbering>,
}

impl Init<'_> {
    /// Sends the message to a program.
    pub(super) fn tell(
        &self,
        conversation: &mut Conversation,
    ) -> Result<Result<(), Refusal>, Failed> {
        let Hashing { seed, function } = self.hashing;
        conversation.ask(
            |ask| {
                ask.write("init", |message| {
                    message
                        .with("backends", Backends(self.pool, self.slots))
                        .given("seed", self.seed.then_some(seed))
                        .given(
                            "hash",
                            (function != HashFunction::default()).then_some(function),
                        )
                        .given("numbering", self.numbering)
                });
            },
            |answer| expect(answer, "init_ok"),
        )
    }
}

/// What a program gets with a request.
pub(super) struct Request<'a> {
    pub(super) pool: &'a Pool,
    pub(super) key: Option<&'a str>,
    pub(super) exclude: &'a [Slot],
    /// The backends for which it gets the requests in flight.
    pub(super) counted: Option<&'a [Slot]>,
}

impl Request<'_> {
    /// Asks for the backend of the request; returns the number of the message.
    pub(super) fn ask(&self, ask: Ask<'_>) -> u64 {
        let exclude = Some(self.exclude).filter(|slots| !slots.is_empty());
        ask.write("http_request", |message| {
            message
                .given("client_id", self.key)
                .given("exclude", exclude.map(|slots| Names(self.pool, slots)))
                .given(
                    "active_connections",
                    self.counted.map(|slots| Counts(self.pool, slots)),
                )
        })
    }
}

/// Reports that a request is complete.
pub(super) fn complete(ask: Ask<'_>, request: u64) {
    ask.write("request_complete", |message| {
        message.with("request", request)
    });
}

/// Returns the backend in an answer; `None` if none is eligible.
pub(super) fn picked(pool: &Pool, answer: &Answer<'_>) -> Result<Option<Slot>, Cause> {
    match answer.refusal() {
        Some(refusal) if refusal.code == Some(NO_BACKEND) => return Ok(None),
        Some(refusal) => return Err(Cause::Refused(refusal)),
        None => expect(answer, "http_response")?,
    }
    let name = answer.backend().ok_or(Cause::NoBackend)?;
    match pool.slot(name) {
        Some(slot) => Ok(Some(slot)),
        None => Err(Cause::UnknownBackend(name.to_owned())),
    }
}

/// Checks the type of an answer.
pub(super) fn expect(answer: &Answer<'_>, expected: &'static str) -> Result<(), Cause> {
    if answer.kind == expected {
        Ok(())
    } else {
        let got = answer.kind.clone().into_owned();
        Err(Cause::OtherType { expected, got })
    }
}
