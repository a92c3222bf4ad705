//! The types of messages: their names, what each reads, and the type of its answer.

/// What a message requests.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Init,
    HttpRequest,
    RequestComplete,
    TestRemap,
    AddBackend,
    RemoveBackend,
    SetWeight,
    SetHealthy,
    SetEligible,
    SendRequests,
    Fingerprint,
    Probes,
    Report,
    Status,
    Ping,
}

/// A type of message.
#[derive(Clone, Copy, Debug)]
pub(super) struct MessageType {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
    /// The type of its answer.
    pub(super) answer: &'static str,
    /// The fields that it reads, beside `type` and `msg_id`.
    pub(super) fields: &'static [&'static str],
}

impl MessageType {
    const fn new(
        kind: Kind,
        name: &'static str,
        answer: &'static str,
        fields: &'static [&'static str],
    ) -> Self {
        Self {
            kind,
            name,
            answer,
            fields,
        }
    }

    /// Returns the type of a name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|known| known.name == name)
    }

    pub(super) const ALL: &[Self] = &[
        Self::new(
            Kind::Init,
            "init",
            "init_ok",
            &[
                "backends",
                "algorithm",
                "seed",
                "hash",
                "bounded_load",
                "warm_up",
                "subset",
                "options",
                "numbering",
            ],
        ),
        Self::new(
            Kind::HttpRequest,
            "http_request",
            "http_response",
            &[
                "client_id",
                "session_id",
                "method",
                "path",
                "algorithm",
                "active_connections",
                "exclude",
                "owners",
                "explain",
            ],
        ),
        Self::new(
            Kind::RequestComplete,
            "request_complete",
            "request_complete_ok",
            &["request", "backend", "latency_ms", "failed"],
        ),
        Self::new(
            Kind::TestRemap,
            "test_remap",
            "test_remap_ok",
            &[
                "clients",
                "new_backend",
                "new_backends",
                "removed_backends",
                "algorithm",
            ],
        ),
        Self::new(
            Kind::AddBackend,
            "add_backend",
            "add_backend_ok",
            &["backend", "weight"],
        ),
        Self::new(
            Kind::RemoveBackend,
            "remove_backend",
            "remove_backend_ok",
            &["backend"],
        ),
        Self::new(
            Kind::SetWeight,
            "set_weight",
            "set_weight_ok",
            &["backend", "weight"],
        ),
        Self::new(
            Kind::SetHealthy,
            "set_healthy",
            "set_healthy_ok",
            &["backend", "healthy"],
        ),
        Self::new(
            Kind::SetEligible,
            "set_eligible",
            "set_eligible_ok",
            &["backend", "eligible"],
        ),
        Self::new(
            Kind::SendRequests,
            "send_requests",
            "send_requests_ok",
            &["count", "algorithm"],
        ),
        Self::new(
            Kind::Fingerprint,
            "fingerprint",
            "fingerprint_ok",
            &["algorithm"],
        ),
        Self::new(Kind::Probes, "probes", "probes_ok", &["count", "algorithm"]),
        Self::new(
            Kind::Report,
            "report",
            "report_ok",
            &["backend", "in_flight", "latency_ms"],
        ),
        Self::new(Kind::Status, "status", "status_ok", &["algorithm"]),
        Self::new(Kind::Ping, "ping", "ping_ok", &[]),
    ];
}
