//! The state of a conversation, and which of the others answers a message.

use std::time::Instant;

use super::balancers::Balancers;
use crate::config::{Config, Loaded};
use crate::protocol::answer::{Answer, Answered, Code, Refusal};
use crate::protocol::message::Message;

/// The state of a conversation.
#[derive(Debug)]
pub(crate) struct Session {
    /// What stands where an `init` is silent.
    pub(super) defaults: Config,
    pub(super) balancers: Option<Balancers>,
    pub(super) max_count: u64,
    /// What the clocks of the load balancers count from.
    pub(super) start: Instant,
}

impl Session {
    /// A conversation that begins with the backends of a config, or with none.
    pub(crate) fn new(loaded: Option<Loaded>, max_count: u64, start: Instant) -> Self {
        let config = loaded.as_ref().map(|loaded| loaded.config.clone());
        let begin = |loaded: Loaded| Balancers::of(loaded.config, loaded.balancer, start);
        Self {
            defaults: config.unwrap_or_else(|| Config::of(Vec::new())),
            balancers: loaded.map(begin),
            max_count,
            start,
        }
    }

    /// Answers a message; a refusal has changed nothing.
    pub(crate) fn answer(&mut self, message: &Message<'_>) -> Answered {
        let in_reply_to = message.msg_id;
        let (kind, answered) = match &*message.kind {
            "init" => ("init_ok", self.init(message)),
            "http_request" => ("http_response", self.http_request(message)),
            "request_complete" => ("request_complete_ok", self.request_complete(message)),
            "test_remap" => ("test_remap_ok", self.test_remap(message)),
            "add_backend" => ("add_backend_ok", self.add_backend(message)),
            "remove_backend" => ("remove_backend_ok", self.remove_backend(message)),
            "set_weight" => ("set_weight_ok", self.set_weight(message)),
            "set_eligible" => ("set_eligible_ok", self.set_eligible(message)),
            "send_requests" => ("send_requests_ok", self.send_requests(message)),
            "fingerprint" => ("fingerprint_ok", self.fingerprint(message)),
            "probes" => ("probes_ok", self.probes(message)),
            "report" => ("report_ok", self.report(message)),
            unknown => ("", Err(unknown_type(unknown))),
        };
        Ok(Answer {
            kind,
            in_reply_to,
            ..answered?
        })
    }

    pub(super) fn balancers(&mut self) -> Result<&mut Balancers, Refusal> {
        let none = || {
            Refusal::new(
                Code::PreconditionFailed,
                "no `init` has named the backends yet",
            )
        };
        self.balancers.as_mut().ok_or_else(none)
    }
}

/// The types of messages, for a request of any other.
const TYPES: [&str; 12] = [
    "init",
    "http_request",
    "request_complete",
    "test_remap",
    "add_backend",
    "remove_backend",
    "set_weight",
    "set_eligible",
    "send_requests",
    "fingerprint",
    "probes",
    "report",
];

fn unknown_type(kind: &str) -> Refusal {
    let text = format!(
        "unknown type `{kind}`, expected one of `{}`",
        TYPES.join("`, `")
    );
    Refusal::new(Code::NotSupported, text)
}
