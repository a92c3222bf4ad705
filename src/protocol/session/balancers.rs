//! The backends of a conversation under each of its algorithms.

use std::collections::BTreeMap;
use std::time::Instant;

use evenkeel_algorithms::{Backend, BuildError, Card, LoadBalancer, Registry, Ticket};
use evenkeel_config::Config;

use super::fields::named;
use crate::protocol::answer::{Answer, Answered, Refusal};
use crate::protocol::msg_id::MsgId;
use crate::protocol::open::{Client, Open};

/// The backends, under the algorithm of the conversation and those that single requests asked for.
#[derive(Debug)]
pub(super) struct Balancers<'a> {
    pub(super) config: Config,
    main: LoadBalancer,
    others: BTreeMap<&'static str, LoadBalancer>,
    pub(super) open: Open,
    registry: &'a Registry,
    start: Instant,
}

impl<'a> Balancers<'a> {
    pub(super) fn new(
        config: Config,
        registry: &'a Registry,
        start: Instant,
    ) -> Result<Self, BuildError> {
        let main = config.balancer_since(start)?;
        Ok(Self::of(config, main, registry, start))
    }

    pub(super) fn of(
        config: Config,
        main: LoadBalancer,
        registry: &'a Registry,
        start: Instant,
    ) -> Self {
        Self {
            config,
            main,
            others: BTreeMap::new(),
            open: Open::default(),
            registry,
            start,
        }
    }

    /// Returns a copy for another conversation, without the balancers that single requests asked for.
    pub(super) fn fork(&self) -> Result<Self, BuildError> {
        let snapshot = self.main.snapshot();
        let main = LoadBalancer::fork(&snapshot, |slot| snapshot.pool().in_flight(slot))?;
        let config = self.config.clone();
        Ok(Self::of(config, main, self.registry, self.start))
    }

    /// Refuses the name of an unknown backend.
    pub(super) fn check_name(&self, name: &str) -> Result<(), Refusal> {
        match self.main.snapshot().pool().slot(name) {
            Some(_) => Ok(()),
            None => Err(Refusal::unknown_backend(name)),
        }
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &LoadBalancer> {
        std::iter::once(&self.main).chain(self.others.values())
    }

    pub(super) fn backends(&self) -> Vec<Backend> {
        self.main.snapshot().pool().backends().cloned().collect()
    }

    /// Answers a request under its algorithm. An algorithm that only single requests ask for is built at the first of
    /// them, over the same backends, and kept unless the request is refused.
    pub(super) fn under(
        &mut self,
        name: Option<&str>,
        answer: impl FnOnce(&mut Self, &'static Card) -> Answered,
    ) -> Answered {
        let named = |name| named(self.registry, name);
        let algorithm = name.map_or(Ok(self.config.algorithm), named)?;
        let known = algorithm == self.config.algorithm || self.others.contains_key(algorithm.name);
        if !known {
            let snapshot = self.main.snapshot();
            let current = snapshot.pool();
            let pool = current.fork(|slot| current.backend(slot).connections().into());
            let (strategy, start) = (self.config.configured_as(algorithm), self.start);
            let balancer = LoadBalancer::with_clock(strategy, pool, move || start.elapsed())?;
            self.open.mirror(algorithm.name, &balancer);
            self.others.insert(algorithm.name, balancer);
        }
        let answered = answer(self, algorithm);
        if answered.is_err() && !known {
            self.others.remove(algorithm.name);
            self.open.forget(algorithm.name);
        }
        answered
    }

    /// Keeps a request open that was placed under an algorithm, and counts it under all others.
    pub(super) fn keep_open(
        &mut self,
        client: Client,
        msg_id: Option<&MsgId<'_>>,
        algorithm: &Card,
        ticket: Ticket,
    ) {
        let name = ticket.backend().name();
        let main = std::iter::once((self.config.algorithm.name, &self.main));
        let all = main.chain(self.others.iter().map(|(&name, balancer)| (name, balancer)));
        let others = all.filter(|&(other, _)| other != algorithm.name);
        let mirrors = others
            .filter_map(|(other, balancer)| Some((other, balancer.hold(name).ok()?)))
            .collect();
        self.open.of(client).insert(msg_id, ticket, mirrors);
    }

    /// Returns the load balancer of a request's algorithm.
    pub(super) fn balancer(&self, algorithm: &Card) -> &LoadBalancer {
        self.others.get(algorithm.name).unwrap_or(&self.main)
    }

    /// Sets the health of a known backend under every algorithm.
    pub(super) fn set_healthy(&self, name: &str, healthy: bool) {
        for balancer in self.all() {
            // A balancer that cannot be built again still skips unhealthy backends.
            let _ = balancer.set_healthy(name, healthy);
        }
    }

    /// Changes the backends under every algorithm. An algorithm of single requests that no longer fits the backends is
    /// dropped; the next request for it is refused.
    pub(super) fn change(
        &mut self,
        change: impl FnOnce(&mut Vec<Backend>) -> Result<(), Refusal>,
    ) -> Answered {
        let mut backends = self.backends();
        change(&mut backends)?;
        self.main.update(backends.iter().cloned())?;
        let open = &mut self.open;
        self.others.retain(|name, balancer| {
            let fits = balancer.update(backends.iter().cloned()).is_ok();
            if !fits {
                open.forget(name);
            }
            fits
        });
        Ok(Answer::default())
    }
}
