//! What happens while requests come: a YAML file of events on a timeline.

use std::fmt;
use std::path::Path;

use evenkeel_algorithms::{Backend, Weight};
use serde::Deserialize;

use crate::change::MembershipChange;
use crate::config::{self, BackendSpec, ConfigError, Fault};
use crate::text::Nanoseconds;
use crate::text::Share;

/// The longest list of events.
const MOST_EVENTS: usize = 10_000;

/// The slowest and the fastest that a backend may be.
pub(crate) const SPEEDS: std::ops::RangeInclusive<f64> = 1e-6..=1e6;

/// Events in the order of the file.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    events: Vec<Event>,
    /// The file's text, so that an event can be found in it.
    text: String,
}

/// Something that happens, and ends again if it does.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// Nanoseconds from the start.
    pub(super) at: u64,
    /// How long it lasts; for good if that is not said.
    pub(super) lasts: Option<u64>,
    pub(super) what: What,
}

/// What happens.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// A backend gets another speed.
    Slow { backend: String, speed: f64 },
    /// A backend stops, and all that is there is lost; balancers notice after some nanoseconds. It comes
    /// back with an empty cache.
    Stop { backend: String, noticed_after: u64 },
    /// A backend gets no more requests.
    Drain { backend: String },
    /// A backend joins, leaves or changes its weight.
    Change(MembershipChange),
    /// A key is in the place of others in a share of the requests.
    HotKey { key: String, share: f64 },
    /// One backend after the other is taken out, stops and comes back with an empty cache.
    Deploy {
        /// Whom; all if none is named.
        backends: Vec<String>,
        /// How long each is away.
        down: u64,
        /// From one to the next.
        every: u64,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a scenario: a map with `events`")]
struct Document {
    events: Vec<Event>,
}

/// An event as it is written: one of the first group says what happens, and some of the others how.
#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an event: a map with `at` and what happens"
)]
struct Fields {
    at: Nanoseconds,
    #[serde(rename = "for")]
    lasts: Option<Nanoseconds>,

    slow: Option<String>,
    stop: Option<String>,
    drain: Option<String>,
    add: Option<BackendSpec>,
    remove: Option<String>,
    reweight: Option<String>,
    hot_key: Option<String>,
    deploy: Option<Deployed>,

    speed: Option<f64>,
    noticed_after: Option<Nanoseconds>,
    weight: Option<Weight>,
    share: Option<Share>,
    down: Option<Nanoseconds>,
    every: Option<Nanoseconds>,
}

/// `all`, or the names of backends.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected `all` or a list of backends' names")]
enum Deployed {
    All(All),
    Some(Vec<String>),
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum All {
    All,
}

impl Scenario {
    /// Reads and checks a file. Whether it fits the backends is left open.
    ///
    /// # Errors
    /// [`ConfigError`], which says where in the file, what is wrong and what was expected.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = config::read(path)?;
        Self::parse(text).map_err(|fault| fault.of_file(path))
    }

    /// Checks the text of a scenario.
    ///
    /// # Errors
    /// The [`Fault`], which says where in the text.
    pub fn parse(text: String) -> Result<Self, Fault> {
        let Document { events } = config::from_yaml(&text)?;
        let what = match events.len() {
            0 => "there are no events; expected at least one".to_owned(),
            count if count > MOST_EVENTS => {
                format!("{count} events; expected at most {MOST_EVENTS}")
            }
            _ => return Ok(Self { events, text }),
        };
        let place = config::place_of(&text, &["events"]);
        Err(Fault { place, what })
    }

    pub(super) fn events(&self) -> &[Event] {
        &self.events
    }

    /// What is wrong with an event, and where it stands.
    pub(super) fn fault(&self, event: usize, what: String) -> Fault {
        let place = config::place_of(&self.text, &["events", &event.to_string()]);
        Fault { place, what }
    }
}

impl Event {
    /// When it ends, if it does.
    pub(super) fn end(&self, backends: usize) -> Option<u64> {
        let lasts = match &self.what {
            What::Deploy {
                backends: named,
                down,
                every,
            } => {
                let count = if named.is_empty() {
                    backends
                } else {
                    named.len()
                };
                Some(every.saturating_mul(count as u64 - 1).saturating_add(*down))
            }
            _ => self.lasts,
        };
        lasts.map(|lasts| self.at.saturating_add(lasts))
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer)?;
        fields.event().map_err(serde::de::Error::custom)
    }
}

impl Fields {
    fn event(mut self) -> Result<Event, String> {
        let (at, lasts) = (self.at.0, self.lasts.take().map(|time| time.0));
        let (kind, what) = self.what()?;
        if let Some(field) = self.left_over() {
            return Err(format!("`{field}` has no meaning beside `{kind}`"));
        }
        if lasts == Some(0) {
            return Err("`for` is no time; expected more, or nothing for good".to_owned());
        }
        if lasts.is_some() && matches!(what, What::Deploy { .. }) {
            return Err(
                "`for` has no meaning beside `deploy`, which lasts as long as it takes".to_owned(),
            );
        }
        Ok(Event { at, lasts, what })
    }

    /// What happens, and the field that says so. Takes the fields that it needs.
    fn what(&mut self) -> Result<(&'static str, What), String> {
        if let Some(backend) = self.slow.take() {
            let speed = needed(self.speed.take(), "slow", "speed")?;
            if !SPEEDS.contains(&speed) {
                return Err(format!(
                    "`speed` is {speed}; expected 0.000001 to 1000000, such as 0.5"
                ));
            }
            return Ok(("slow", What::Slow { backend, speed }));
        }
        if let Some(backend) = self.stop.take() {
            let noticed_after = self.noticed_after.take().map_or(0, |time| time.0);
            return Ok((
                "stop",
                What::Stop {
                    backend,
                    noticed_after,
                },
            ));
        }
        if let Some(backend) = self.drain.take() {
            return Ok(("drain", What::Drain { backend }));
        }
        if let Some(BackendSpec(backend)) = self.add.take() {
            return Ok(("add", What::Change(MembershipChange::Add(backend))));
        }
        if let Some(backend) = self.remove.take() {
            return Ok(("remove", What::Change(MembershipChange::Remove(backend))));
        }
        if let Some(backend) = self.reweight.take() {
            let weight = needed(self.weight.take(), "reweight", "weight")?;
            return Ok((
                "reweight",
                What::Change(MembershipChange::Reweight(backend, weight)),
            ));
        }
        if let Some(key) = self.hot_key.take() {
            let Share(share) = needed(self.share.take(), "hot_key", "share")?;
            if key.chars().any(char::is_control) {
                return Err("`hot_key` has control characters".to_owned());
            }
            return Ok(("hot_key", What::HotKey { key, share }));
        }
        if let Some(deployed) = self.deploy.take() {
            return Ok(("deploy", self.deployment(deployed)?));
        }
        Err("nothing happens; expected one of `slow`, `stop`, `drain`, `add`, `remove`, `reweight`, \
            `hot_key`, `deploy`"
            .to_owned())
    }

    fn deployment(&mut self, deployed: Deployed) -> Result<What, String> {
        let backends = match deployed {
            Deployed::All(All::All) => Vec::new(),
            Deployed::Some(backends) if backends.is_empty() => {
                return Err("`deploy` names nobody; expected `all` or backends' names".to_owned());
            }
            Deployed::Some(backends) => backends,
        };
        let mut sorted: Vec<_> = backends.iter().collect();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("`deploy` names `{}` twice", pair[0]));
        }
        let Nanoseconds(down) = needed(self.down.take(), "deploy", "down")?;
        if down == 0 {
            return Err("`down` is no time; expected more".to_owned());
        }
        let Nanoseconds(every) = needed(self.every.take(), "deploy", "every")?;
        Ok(What::Deploy {
            backends,
            down,
            every,
        })
    }

    /// A field that has not been taken.
    fn left_over(&self) -> Option<&'static str> {
        let fields = [
            ("stop", self.stop.is_some()),
            ("drain", self.drain.is_some()),
            ("add", self.add.is_some()),
            ("remove", self.remove.is_some()),
            ("reweight", self.reweight.is_some()),
            ("hot_key", self.hot_key.is_some()),
            ("deploy", self.deploy.is_some()),
            ("speed", self.speed.is_some()),
            ("noticed_after", self.noticed_after.is_some()),
            ("weight", self.weight.is_some()),
            ("share", self.share.is_some()),
            ("down", self.down.is_some()),
            ("every", self.every.is_some()),
        ];
        fields
            .into_iter()
            .find_map(|(name, is_there)| is_there.then_some(name))
    }
}

fn needed<T>(value: Option<T>, kind: &str, field: &str) -> Result<T, String> {
    value.ok_or_else(|| format!("`{kind}` needs `{field}`"))
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slow { backend, speed } => write!(f, "{backend} at speed {speed}"),
            Self::Stop { backend, .. } => write!(f, "{backend} stopped"),
            Self::Drain { backend } => write!(f, "{backend} drained"),
            Self::Change(MembershipChange::Add(backend)) => {
                write!(f, "{} added", of_weight(backend))
            }
            Self::Change(MembershipChange::Remove(backend)) => write!(f, "{backend} removed"),
            Self::Change(change) => write!(f, "{change}"),
            Self::HotKey { key, share } => {
                write!(f, "{key} hot, {} of the requests", percent(*share))
            }
            Self::Deploy { backends, .. } if backends.is_empty() => f.write_str("deploy of all"),
            Self::Deploy { backends, .. } => write!(f, "deploy of {}", backends.join(", ")),
        }
    }
}

fn of_weight(backend: &Backend) -> String {
    if backend.weight() == Weight::MIN {
        return backend.name().to_owned();
    }
    format!("{} of weight {}", backend.name(), backend.weight())
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 1e4).round() / 1e2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(event: &str) -> Result<Scenario, Fault> {
        Scenario::parse(format!("events:\n  - {event}\n"))
    }

    #[test]
    fn every_event_is_read() {
        for (text, expected) in [
            ("{ at: 1s, for: 2s, slow: a, speed: 0.5 }", "a at speed 0.5"),
            ("{ at: 0s, stop: a, noticed_after: 5s }", "a stopped"),
            ("{ at: 0s, drain: a }", "a drained"),
            ("{ at: 0s, add: a }", "a added"),
            (
                "{ at: 0s, add: { name: a, weight: 2 } }",
                "a of weight 2 added",
            ),
            ("{ at: 0s, remove: a }", "a removed"),
            ("{ at: 0s, reweight: a, weight: 3 }", "reweight a:3"),
            (
                "{ at: 0s, hot_key: k, share: 12.5% }",
                "k hot, 12.5 % of the requests",
            ),
            (
                "{ at: 0s, deploy: all, down: 5s, every: 9s }",
                "deploy of all",
            ),
            (
                "{ at: 0s, deploy: [a, b], down: 5s, every: 9s }",
                "deploy of a, b",
            ),
        ] {
            let scenario = parsed(text).unwrap();
            assert_eq!(scenario.events()[0].what.to_string(), expected);
        }
    }

    #[test]
    fn what_is_no_event_is_refused_where_it_stands() {
        for (text, expected) in [
            ("{ at: 1s }", "nothing happens"),
            ("{ slow: a, speed: 1 }", "missing field `at`"),
            ("{ at: 1s, slow: a }", "`slow` needs `speed`"),
            (
                "{ at: 1s, slow: a, speed: 0 }",
                "`speed` is 0; expected 0.000001",
            ),
            ("{ at: 1s, slow: a, speed: .nan }", "`speed` is NaN"),
            (
                "{ at: 1s, stop: a, speed: 1 }",
                "`speed` has no meaning beside `stop`",
            ),
            (
                "{ at: 1s, stop: a, drain: b }",
                "`drain` has no meaning beside `stop`",
            ),
            ("{ at: 1s, stop: a, for: 0s }", "`for` is no time"),
            ("{ at: 1, stop: a }", "`1`: expected a number and a unit"),
            ("{ at: 1d, stop: a }", "`1d`: expected a number and a unit"),
            (
                "{ at: 1s, hot_key: k, share: 2 }",
                "`2`: expected a share of at most 100 %",
            ),
            ("{ at: 1s, reweight: a, weight: 0 }", "weight"),
            (
                "{ at: 1s, deploy: a, down: 1s, every: 1s }",
                "expected `all` or a list",
            ),
            (
                "{ at: 1s, deploy: [a, a], down: 1s, every: 1s }",
                "`deploy` names `a` twice",
            ),
            (
                "{ at: 1s, deploy: all, down: 0s, every: 1s }",
                "`down` is no time",
            ),
            (
                "{ at: 1s, deploy: [], down: 1s, every: 1s }",
                "`deploy` names nobody",
            ),
            (
                "{ at: 1s, for: 1s, deploy: all, down: 1s, every: 1s }",
                "`for` has no meaning",
            ),
            ("{ at: 1s, slwo: a, speed: 1 }", "did you mean `slow`?"),
        ] {
            let fault = parsed(text).unwrap_err();
            assert!(fault.what.contains(expected), "{text}: {fault}");
            assert_eq!(fault.place.unwrap().0, 2, "{text}: {fault}");
        }
        assert!(Scenario::parse("events: []".to_owned()).is_err());
        assert!(Scenario::parse(String::new()).is_err());
    }

    #[test]
    fn a_deployment_ends_when_the_last_is_back() {
        let end = |text: &str| parsed(text).unwrap().events()[0].end(10);
        assert_eq!(
            end("{ at: 1s, deploy: all, down: 5s, every: 9s }"),
            Some(87_000_000_000)
        );
        assert_eq!(
            end("{ at: 1s, deploy: [a], down: 5s, every: 9s }"),
            Some(6_000_000_000)
        );
        assert_eq!(end("{ at: 1s, drain: a, for: 2s }"), Some(3_000_000_000));
        assert_eq!(end("{ at: 1s, drain: a }"), None);
    }
}
