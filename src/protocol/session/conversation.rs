//! The state of a conversation, and which function answers each type of message.

use std::time::Instant;

use evenkeel_algorithms::{BuildError, Registry};
use evenkeel_config::{Config, Loaded};

use super::balancers::Balancers;
use crate::protocol::answer::{Answer, Answered, Code, Refusal};
use crate::protocol::message::Message;
use crate::protocol::message_type::{Kind, MessageType};
use crate::protocol::open::Client;

/// The state of a conversation.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    /// The algorithms that messages may name.
    pub(super) registry: &'a Registry,
    /// The settings that an `init` omits.
    pub(super) defaults: Config,
    pub(super) balancers: Option<Balancers<'a>>,
    pub(super) max_count: u64,
    /// Where the clocks of the load balancers start.
    pub(super) start: Instant,
}

impl<'a> Session<'a> {
    /// Begins a conversation with the backends of a config, or without any.
    pub(crate) fn new(
        loaded: Option<Loaded>,
        registry: &'a Registry,
        max_count: u64,
        start: Instant,
    ) -> Self {
        let config = loaded.as_ref().map(|loaded| loaded.config.clone());
        let begin = |loaded: Loaded| Balancers::of(loaded.config, loaded.balancer, registry, start);
        Self {
            registry,
            defaults: config.unwrap_or_else(|| Config::of(Vec::new())),
            balancers: loaded.map(begin),
            max_count,
            start,
        }
    }

    /// Returns a conversation that begins as this one did. This one must not have answered anything.
    ///
    /// # Errors
    /// [`BuildError`] if the algorithm cannot be built again.
    pub(crate) fn fork(&self) -> Result<Self, BuildError> {
        Ok(Self {
            registry: self.registry,
            defaults: self.defaults.clone(),
            balancers: self.balancers.as_ref().map(Balancers::fork).transpose()?,
            max_count: self.max_count,
            start: self.start,
        })
    }

    /// Answers a message of a client. A refusal changes nothing.
    pub(crate) fn answer(&mut self, client: Client, message: &Message<'_>) -> Answered {
        let asked = MessageType::named(&message.kind).ok_or_else(|| unknown(&message.kind))?;
        let answered = match asked.kind {
            Kind::Init => self.init(message),
            Kind::HttpRequest => self.http_request(client, message),
            Kind::RequestComplete => self.request_complete(client, message),
            Kind::TestRemap => self.test_remap(message),
            Kind::AddBackend => self.add_backend(message),
            Kind::RemoveBackend => self.remove_backend(message),
            Kind::SetWeight => self.set_weight(message),
            Kind::SetHealthy => self.set_healthy(message),
            Kind::SetEligible => self.set_eligible(message),
            Kind::SendRequests => self.send_requests(message),
            Kind::Fingerprint => self.fingerprint(message),
            Kind::Probes => self.probes(message),
            Kind::Report => self.report(message),
            Kind::Status => self.status(message),
            Kind::Ping => Ok(Answer::default()),
        };
        Ok(Answer {
            kind: asked.answer,
            ..answered?
        })
    }

    /// Releases the open requests of a client that has left.
    pub(crate) fn release(&mut self, client: Client) {
        if let Some(balancers) = &mut self.balancers {
            balancers.open.release(client);
        }
    }

    pub(super) fn balancers(&mut self) -> Result<&mut Balancers<'a>, Refusal> {
        let none = || {
            Refusal::new(
                Code::PreconditionFailed,
                "no `init` has named the backends yet",
            )
        };
        self.balancers.as_mut().ok_or_else(none)
    }
}

fn unknown(kind: &str) -> Refusal {
    let known: Vec<_> = MessageType::ALL.iter().map(|known| known.name).collect();
    let text = format!(
        "unknown type `{kind}`, expected one of `{}`",
        known.join("`, `")
    );
    Refusal::new(Code::NotSupported, text)
}
