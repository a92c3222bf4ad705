//! The backends, their weights and their health.

use evenkeel_algorithms::Hashing;
use evenkeel_config::Config;

use super::balancers::Balancers;
use super::conversation::Session;
use super::fields::{named, options, position, required};
use crate::protocol::answer::{Answer, Answered, Code, Refusal};
use crate::protocol::message::Message;

impl Session<'_> {
    pub(super) fn init(&mut self, message: &Message<'_>) -> Answered {
        let backends = required(message.backends.as_ref(), "backends")?;
        let algorithm = match &message.algorithm {
            Some(name) => named(self.registry, name)?,
            // By its name: a message brings options, and may not run the programs that a config may.
            None => named(self.registry, self.defaults.algorithm.name)?,
        };
        let defaults = &self.defaults;
        let hashing = Hashing {
            seed: message.seed.unwrap_or(defaults.hashing.seed),
            function: message.hash.unwrap_or(defaults.hashing.function),
        };
        let options = match message.options {
            Some(text) => options(self.registry, text)?,
            None => defaults.options.clone(),
        };
        let config = Config {
            algorithm,
            hashing,
            bounded_load: message.bounded_load.or(defaults.bounded_load),
            warm_up: message.warm_up.or(defaults.warm_up),
            subset: message
                .subset
                .as_deref()
                .or(defaults.subset.as_ref())
                .cloned(),
            options,
            numbering: message.numbering.as_deref().cloned(),
            backends: backends.0.clone(),
        };
        let next = Balancers::new(config, self.registry, self.start)?;
        // The open requests of the conversation so far end with it.
        let before = self.balancers.replace(next);
        let released = before.map(|before| before.open.len() as u64);
        Ok(Answer {
            released: released.filter(|&count| count > 0),
            ..Answer::default()
        })
    }

    pub(super) fn add_backend(&mut self, message: &Message<'_>) -> Answered {
        let backend = required(message.backend.as_deref(), "backend")?.clone();
        let backend = match message.weight {
            Some(weight) => backend.with_weight(weight),
            None => backend,
        };
        self.balancers()?.change(|backends| {
            if backends.iter().any(|known| known.name() == backend.name()) {
                let text = format!("there is a backend `{}` already", backend.name());
                return Err(Refusal::new(Code::ExistsAlready, text));
            }
            backends.push(backend);
            Ok(())
        })
    }

    pub(super) fn remove_backend(&mut self, message: &Message<'_>) -> Answered {
        let name = required(message.backend.as_ref(), "backend")?.name();
        self.balancers()?.change(|backends| {
            let position = position(backends, name)?;
            backends.remove(position);
            Ok(())
        })
    }

    pub(super) fn set_weight(&mut self, message: &Message<'_>) -> Answered {
        let name = required(message.backend.as_ref(), "backend")?.name();
        let weight = required(message.weight, "weight")?;
        self.balancers()?.change(|backends| {
            let position = position(backends, name)?;
            backends[position] = backends[position].clone().with_weight(weight);
            Ok(())
        })
    }

    /// Sets the health, as [`LoadBalancer::set_healthy`] does: it does not end a drain or `down`.
    ///
    /// [`LoadBalancer::set_healthy`]: evenkeel_algorithms::LoadBalancer::set_healthy
    pub(super) fn set_healthy(&mut self, message: &Message<'_>) -> Answered {
        let name = required(message.backend.as_ref(), "backend")?.name();
        let healthy = required(message.healthy, "healthy")?;
        let balancers = self.balancers()?;
        balancers.check_name(name)?;
        balancers.set_healthy(name, healthy);
        Ok(Answer::default())
    }

    /// Sets the health. `true` also ends a drain and `down`, because the client expects the backend to get requests.
    pub(super) fn set_eligible(&mut self, message: &Message<'_>) -> Answered {
        let name = required(message.backend.as_ref(), "backend")?.name();
        let eligible = required(message.eligible, "eligible")?;
        let balancers = self.balancers()?;
        let backends = balancers.backends();
        let backend = &backends[position(&backends, name)?];
        if eligible && (backend.is_draining() || backend.is_down()) {
            let back = backend.clone().with_drain(false).with_down(false);
            balancers.change(|backends| {
                let position = position(backends, name)?;
                backends[position] = back;
                Ok(())
            })?;
        }
        balancers.set_healthy(name, eligible);
        Ok(Answer::default())
    }
}
