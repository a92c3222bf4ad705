//! The state of the balancers, and reports about backends.

use evenkeel_algorithms::Report;

use super::conversation::Session;
use super::fields::{latency, required};
use crate::protocol::answer::{Answer, Answered, RoutingState};
use crate::protocol::message::Message;
use crate::protocol::name::Name;
use crate::protocol::status::Status;

impl Session<'_> {
    pub(super) fn fingerprint(&mut self, message: &Message<'_>) -> Answered {
        self.balancers()?
            .under(message.algorithm.as_deref(), |balancers, algorithm| {
                let snapshot = balancers.balancer(algorithm).snapshot();
                let by_history = snapshot.profile().history;
                let numbering = by_history
                    .then(|| snapshot.pool().numbering())
                    .transpose()?;
                let state = RoutingState {
                    fingerprint: snapshot.fingerprint(),
                    numbering: numbering.cloned(),
                };
                Ok(Answer {
                    state: Some(Box::new(state)),
                    ..Answer::default()
                })
            })
    }

    pub(super) fn status(&mut self, message: &Message<'_>) -> Answered {
        self.balancers()?
            .under(message.algorithm.as_deref(), |balancers, algorithm| {
                let snapshot = balancers.balancer(algorithm).snapshot();
                Ok(Answer {
                    status: Some(Box::new(Status::of(algorithm.name, &snapshot))),
                    ..Answer::default()
                })
            })
    }

    pub(super) fn probes(&mut self, message: &Message<'_>) -> Answered {
        let count = required(message.count, "count")?;
        self.balancers()?
            .under(message.algorithm.as_deref(), |balancers, algorithm| {
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                let probed = balancers.balancer(algorithm).probes(count);
                Ok(Answer {
                    backends: Some(probed.iter().map(Name::from).collect()),
                    ..Answer::default()
                })
            })
    }

    pub(super) fn report(&mut self, message: &Message<'_>) -> Answered {
        let name = required(message.backend.as_ref(), "backend")?.name();
        let in_flight = required(message.in_flight, "in_flight")?;
        let latency = required(latency(message)?, "latency_ms")?;
        let balancers = self.balancers()?;
        balancers.check_name(name)?;
        let report = Report { in_flight, latency };
        balancers.all().for_each(|balancer| {
            // Every balancer has the same backends.
            let _ = balancer.report(name, report);
        });
        Ok(Answer::default())
    }
}
