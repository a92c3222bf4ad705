//! A conversation: each message in, its answer out. Reads and writes nothing else.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use evenkeel_algorithms::Registry;
use evenkeel_algorithms::{Backend, BuildError, Card, Hashing, LoadBalancer, Report, Ticket};

use super::answer::{Answer, Code, Name, Refusal, RoutingState};
use super::message::Message;
use super::open::Open;
use crate::config::{Config, Loaded, with_suggestion};

mod requests;
mod what_if;

type Answered = Result<Answer, Refusal>;

/// The state of a conversation.
#[derive(Debug)]
pub(super) struct Session {
    /// What stands where an `init` is silent.
    defaults: Config,
    balancers: Option<Balancers>,
    max_count: u64,
    /// What the clocks of the load balancers count from.
    start: Instant,
}

/// The backends, under the algorithm of the conversation and those that single requests asked for.
#[derive(Debug)]
struct Balancers {
    config: Config,
    main: LoadBalancer,
    others: BTreeMap<&'static str, LoadBalancer>,
    open: Open,
    start: Instant,
}

impl Session {
    /// A conversation that begins with the backends of a config, or with none.
    pub(super) fn new(loaded: Option<Loaded>, max_count: u64, start: Instant) -> Self {
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
    pub(super) fn answer(&mut self, message: &Message<'_>) -> Answered {
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

    fn init(&mut self, message: &Message<'_>) -> Answered {
        let backends = required(message.backends.as_ref(), "backends")?;
        let algorithm = match &message.algorithm {
            Some(name) => named(name)?,
            None => self.defaults.algorithm,
        };
        let defaults = &self.defaults;
        let hashing = Hashing {
            seed: message.seed.unwrap_or(defaults.hashing.seed),
            function: message.hash.unwrap_or(defaults.hashing.function),
        };
        let options = message.options.as_ref().unwrap_or(&defaults.options);
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
            options: options.clone(),
            numbering: message.numbering.as_deref().cloned(),
            backends: backends.0.clone(),
        };
        self.balancers = Some(Balancers::new(config, self.start)?);
        Ok(Answer::default())
    }

    fn add_backend(&mut self, message: &Message<'_>) -> Answered {
        let backend = required(message.backend.as_ref(), "backend")?.0.clone();
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

    fn remove_backend(&mut self, message: &Message<'_>) -> Answered {
        let name = required(message.backend.as_ref(), "backend")?.0.name();
        self.balancers()?.change(|backends| {
            let place = place(backends, name)?;
            backends.remove(place);
            Ok(())
        })
    }

    fn set_weight(&mut self, message: &Message<'_>) -> Answered {
        let name = required(message.backend.as_ref(), "backend")?.0.name();
        let weight = required(message.weight, "weight")?;
        self.balancers()?.change(|backends| {
            let place = place(backends, name)?;
            backends[place] = backends[place].clone().with_weight(weight);
            Ok(())
        })
    }

    /// Sets the health; if the backend shall be eligible it neither drains nor is down any more:
    /// whoever asks for that expects it to get requests.
    fn set_eligible(&mut self, message: &Message<'_>) -> Answered {
        let name = required(message.backend.as_ref(), "backend")?.0.name();
        let eligible = required(message.eligible, "eligible")?;
        let balancers = self.balancers()?;
        let backends = balancers.backends();
        let backend = &backends[place(&backends, name)?];
        if eligible && (backend.is_draining() || backend.is_down()) {
            let back = backend.clone().with_drain(false).with_down(false);
            balancers.change(|backends| {
                let place = place(backends, name)?;
                backends[place] = back;
                Ok(())
            })?;
        }
        balancers.all().for_each(|balancer| {
            // It is known, and a balancer that cannot be built for its health does not pick it all the same.
            let _ = balancer.set_healthy(name, eligible);
        });
        Ok(Answer::default())
    }

    fn fingerprint(&mut self, message: &Message<'_>) -> Answered {
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

    fn probes(&mut self, message: &Message<'_>) -> Answered {
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

    fn report(&mut self, message: &Message<'_>) -> Answered {
        let name = required(message.backend.as_ref(), "backend")?.0.name();
        let in_flight = required(message.in_flight, "in_flight")?;
        let latency = required(latency(message)?, "latency_ms")?;
        let balancers = self.balancers()?;
        place(&balancers.backends(), name)?;
        let report = Report { in_flight, latency };
        balancers.all().for_each(|balancer| {
            // Every balancer has the same backends.
            let _ = balancer.report(name, report);
        });
        Ok(Answer::default())
    }

    fn balancers(&mut self) -> Result<&mut Balancers, Refusal> {
        let none = || {
            Refusal::new(
                Code::PreconditionFailed,
                "no `init` has named the backends yet",
            )
        };
        self.balancers.as_mut().ok_or_else(none)
    }
}

impl Balancers {
    fn new(config: Config, start: Instant) -> Result<Self, BuildError> {
        let main = config.balancer_since(start)?;
        Ok(Self::of(config, main, start))
    }

    fn of(config: Config, main: LoadBalancer, start: Instant) -> Self {
        Self {
            config,
            main,
            others: BTreeMap::new(),
            open: Open::default(),
            start,
        }
    }

    fn all(&self) -> impl Iterator<Item = &LoadBalancer> {
        std::iter::once(&self.main).chain(self.others.values())
    }

    fn backends(&self) -> Vec<Backend> {
        self.main.snapshot().pool().backends().cloned().collect()
    }

    /// Answers a request under its algorithm. One that only single requests ask for is built when
    /// first asked for, over the same backends, and kept, unless the request is refused.
    fn under(
        &mut self,
        name: Option<&str>,
        answer: impl FnOnce(&mut Self, &'static Card) -> Answered,
    ) -> Answered {
        let algorithm = name.map_or(Ok(self.config.algorithm), named)?;
        let known = algorithm == self.config.algorithm || self.others.contains_key(algorithm.name);
        if !known {
            let snapshot = self.main.snapshot();
            let pool = snapshot.pool();
            let pool = pool.fork(|slot| pool.backend(slot).connections().into());
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

    /// Keeps a request that was placed under an algorithm open, and lets it count under all others.
    fn keep_open(&mut self, msg_id: Option<u64>, algorithm: &Card, ticket: Ticket) {
        let name = ticket.backend().name();
        let main = std::iter::once((self.config.algorithm.name, &self.main));
        let all = main.chain(self.others.iter().map(|(&name, balancer)| (name, balancer)));
        let others = all.filter(|&(other, _)| other != algorithm.name);
        let mirrors =
            others.filter_map(|(other, balancer)| Some((other, balancer.hold(name).ok()?)));
        let mirrors = mirrors.collect();
        self.open.insert(msg_id, ticket, mirrors);
    }

    /// The load balancer of an algorithm that a request has.
    fn balancer(&self, algorithm: &Card) -> &LoadBalancer {
        self.others.get(algorithm.name).unwrap_or(&self.main)
    }

    /// Changes the backends under every algorithm. One of a single request that does not fit them
    /// any more is forgotten; it is refused when it is asked for again.
    fn change(
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

fn place(backends: &[Backend], name: &str) -> Result<usize, Refusal> {
    let place = backends.iter().position(|backend| backend.name() == name);
    place.ok_or_else(|| Refusal::unknown_backend(name))
}

/// The latency that a message states.
fn latency(message: &Message<'_>) -> Result<Option<Duration>, Refusal> {
    let read = |milliseconds: f64| {
        let latency = Duration::try_from_secs_f64(milliseconds / 1e3);
        latency.map_err(|_| {
            let text = format!("latency_ms: {milliseconds} is no time; expected 0 or more");
            Refusal::malformed(text)
        })
    };
    message.latency_ms.map(read).transpose()
}

fn named(name: &str) -> Result<&'static Card, Refusal> {
    Registry::builtin()
        .named(name)
        .map_err(|error| Refusal::new(Code::NotSupported, with_suggestion(error.to_string())))
}

fn required<T>(field: Option<T>, name: &str) -> Result<T, Refusal> {
    field.ok_or_else(|| Refusal::malformed(format!("missing field `{name}`")))
}

/// The types of messages, for who asks for another.
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
