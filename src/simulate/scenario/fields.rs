//! An entry of a scenario in its written form.

use evenkeel_algorithms::{Backend, Weight};
use serde::Deserialize;

use super::entry::{Entry, What};
use crate::change::MembershipChange;
use crate::simulate::event::{Edit, Event, Hot};
use crate::text::{Nanoseconds, Share, percent};

/// The minimum and the maximum of a backend's speed.
pub(crate) const SPEEDS: std::ops::RangeInclusive<f64> = 1e-6..=1e6;

/// An entry in its written form: one field of the first group is the event, and some of the others are its parameters.
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
    add: Option<Backend>,
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

/// An event as it is read: its field, its text, and the event itself.
struct Read {
    kind: &'static str,
    label: String,
    what: What,
    noticed_after: u64,
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::deserialize(deserializer)?;
        fields.entry().map_err(serde::de::Error::custom)
    }
}

impl Fields {
    fn entry(mut self) -> Result<Entry, String> {
        let (at, lasts) = (self.at.0, self.lasts.take().map(|time| time.0));
        let Read {
            kind,
            label,
            what,
            noticed_after,
        } = self.what()?;
        if let Some(field) = self.left_over() {
            return Err(format!("`{field}` does not apply to `{kind}`; remove it"));
        }
        if lasts == Some(0) {
            return Err(
                "`for` is zero; expected a positive time, or omit it for a permanent event"
                    .to_owned(),
            );
        }
        if lasts.is_some() && matches!(what, What::Deploy { .. }) {
            return Err(
                "`for` does not apply to `deploy`, which lasts as long as its backends take; remove it".to_owned(),
            );
        }
        Ok(Entry {
            at,
            lasts,
            what,
            label,
            noticed_after,
        })
    }

    /// Takes the fields of the event.
    fn what(&mut self) -> Result<Read, String> {
        if let Some(backend) = self.slow.take() {
            let factor = needed(self.speed.take(), "slow", "speed")?;
            if !SPEEDS.contains(&factor) {
                return Err(format!(
                    "`speed` is {factor}; expected 0.000001 to 1000000, such as 0.5"
                ));
            }
            let label = format!("{backend} at speed {factor}");
            return Ok(Read::once("slow", label, Event::Speed { backend, factor }));
        }
        if let Some(backend) = self.stop.take() {
            let noticed_after = self.noticed_after.take().map_or(0, |time| time.0);
            let label = format!("{backend} stopped");
            return Ok(Read {
                noticed_after,
                ..Read::once("stop", label, Event::Stop { backend })
            });
        }
        if let Some(backend) = self.drain.take() {
            let label = format!("{backend} drained");
            return Ok(Read::edit("drain", label, Edit::Drain(backend)));
        }
        if let Some(backend) = self.add.take() {
            let label = format!("{} added", of_weight(&backend));
            return Ok(Read::change("add", label, MembershipChange::Add(backend)));
        }
        if let Some(backend) = self.remove.take() {
            let label = format!("{backend} removed");
            let change = MembershipChange::Remove(backend);
            return Ok(Read::change("remove", label, change));
        }
        if let Some(backend) = self.reweight.take() {
            let weight = needed(self.weight.take(), "reweight", "weight")?;
            let change = MembershipChange::Reweight(backend, weight);
            return Ok(Read::change("reweight", change.to_string(), change));
        }
        if let Some(key) = self.hot_key.take() {
            let Share(share) = needed(self.share.take(), "hot_key", "share")?;
            if key.chars().any(char::is_control) {
                return Err("`hot_key` has control characters".to_owned());
            }
            let label = format!("{key} hot, {} of requests", percent(share));
            let key = key.into();
            let event = Event::Hot(Some(Hot { key, share }));
            return Ok(Read::once("hot_key", label, event));
        }
        if let Some(deployed) = self.deploy.take() {
            return self.deployment(deployed);
        }
        Err(
            "no event; expected one of `slow`, `stop`, `drain`, `add`, `remove`, `reweight`, \
            `hot_key`, `deploy`"
                .to_owned(),
        )
    }

    fn deployment(&mut self, deployed: Deployed) -> Result<Read, String> {
        let (backends, named) = match deployed {
            Deployed::All(All::All) => (Vec::new(), "all".to_owned()),
            Deployed::Some(backends) if backends.is_empty() => {
                return Err("`deploy` is empty; expected `all` or names of backends".to_owned());
            }
            Deployed::Some(backends) => {
                let named = backends.join(", ");
                (backends, named)
            }
        };
        let mut sorted: Vec<_> = backends.iter().collect();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("`deploy` names `{}` twice", pair[0]));
        }
        let Nanoseconds(down) = needed(self.down.take(), "deploy", "down")?;
        if down == 0 {
            return Err("`down` is zero; expected a positive time".to_owned());
        }
        let Nanoseconds(every) = needed(self.every.take(), "deploy", "every")?;
        Ok(Read {
            kind: "deploy",
            label: format!("deploy of {named}"),
            what: What::Deploy {
                backends,
                down,
                every,
            },
            noticed_after: 0,
        })
    }

    /// Returns a field that was not used.
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

impl Read {
    fn once(kind: &'static str, label: String, event: Event<Edit>) -> Self {
        Self {
            kind,
            label,
            what: What::Once(event),
            noticed_after: 0,
        }
    }

    fn edit(kind: &'static str, label: String, edit: Edit) -> Self {
        Self::once(kind, label, Event::Members(edit))
    }

    fn change(kind: &'static str, label: String, change: MembershipChange) -> Self {
        Self::edit(kind, label, Edit::Change(change))
    }
}

fn of_weight(backend: &Backend) -> String {
    if backend.weight() == Weight::MIN {
        return backend.name().to_owned();
    }
    format!("{} of weight {}", backend.name(), backend.weight())
}
