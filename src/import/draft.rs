//! A config while it is read, and the choice of a section.

use std::collections::BTreeSet;

use evenkeel_algorithms::{Backend, Card, Options, Weight};
use evenkeel_config::{Config, Fault, with_suggestion};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::exchange::{Place, Verdicts};
use crate::text::whole;

/// A config while it is read.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) algorithm: &'static Card,
    /// The options of the algorithm.
    pub(super) options: Options,
    pub(super) backends: Vec<Backend>,
    /// The line of the section, or of the setting that selects the algorithm.
    pub(super) line: usize,
    /// The part of a request that the program hashes, in its own words.
    pub(super) key: Option<String>,
    /// The error of the first invalid option value.
    refusal: Option<String>,
    names: BTreeSet<String>,
}

impl Draft {
    pub(super) fn new(algorithm: &'static Card, line: usize) -> Self {
        Self {
            algorithm,
            options: Options::default(),
            backends: Vec::new(),
            line,
            key: None,
            refusal: None,
            names: BTreeSet::new(),
        }
    }

    /// Returns the value of an option for a config. If it is invalid, the error is reported at the end, and the default
    /// is used meanwhile.
    pub(super) fn read<T: DeserializeOwned + Default>(&mut self, value: impl Into<Value>) -> T {
        serde_json::from_value(value.into()).unwrap_or_else(|error| {
            self.refusal.get_or_insert_with(|| error.to_string());
            T::default()
        })
    }

    /// Adds a backend, unless its name is taken or invalid.
    pub(super) fn add(&mut self, backend: Backend, place: &impl Place, verdicts: &mut Verdicts) {
        let name = backend.name();
        let refusal = match Backend::check_name(name) {
            Err(error) => Some(error.to_string()),
            Ok(()) if self.names.insert(name.to_owned()) => None,
            Ok(()) => Some(format!(
                "`{name}` is used twice; names of backends must be unique"
            )),
        };
        match refusal {
            Some(reason) => verdicts.at(place).impossible("server", reason),
            None => self.backends.push(backend),
        }
    }

    /// Returns the config, if it can be built.
    pub(super) fn finish(self, verdicts: &mut Verdicts) -> Option<Config> {
        if self.backends.is_empty() {
            let reason = "no servers; expected at least one";
            verdicts.at(&self.line).impossible("servers", reason);
            return None;
        }
        if let Some(refusal) = self.refusal {
            let reason = with_suggestion(refusal);
            verdicts.at(&self.line).impossible("options", reason);
            return None;
        }
        let config = Config {
            algorithm: self.algorithm,
            options: self.options,
            ..Config::of(self.backends)
        };
        if let Err(error) = config.balancer() {
            verdicts
                .at(&self.line)
                .impossible("servers", error.to_string());
            return None;
        }
        let reason = format!("all as written: {}", config.backends.len());
        verdicts.exact("servers", reason);
        Some(config)
    }
}

/// Returns the weight of a server, if it is valid.
pub(super) fn weight(text: &str, place: &impl Place, verdicts: &mut Verdicts) -> Option<Weight> {
    let weight = whole(text).map(Weight::new);
    match weight {
        Some(Ok(weight)) => Some(weight),
        Some(Err(error)) => {
            verdicts.at(place).impossible("weight", error.to_string());
            None
        }
        None => {
            let reason =
                format!("invalid weight `{text}`; expected a whole number from 1 to 1000000");
            verdicts.at(place).impossible("weight", reason);
            None
        }
    }
}

/// Returns the section with a name, or the only section. `kind` is the program's word for them.
pub(super) fn choose<T: Place>(
    kind: &str,
    sections: Vec<(&str, T)>,
    name: Option<&str>,
) -> Result<T, Fault> {
    let names: Vec<_> = sections
        .iter()
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    let names = names.join(", ");
    let is_wanted = |section: &(&str, T)| name.is_none_or(|name| section.0 == name);
    let mut wanted = sections
        .into_iter()
        .filter(is_wanted)
        .map(|(_, section)| section);
    match (wanted.next(), wanted.next(), name) {
        (Some(section), None, _) => Ok(section),
        (Some(_), Some(second), _) => Err(Fault {
            place: Some((second.line(), 1)),
            what: match name {
                None => format!("there are several {kind}s; choose one of {names} with --name"),
                Some(name) => format!("{kind} `{name}` is defined twice; expected one"),
            },
        }),
        (None, _, Some(name)) if !names.is_empty() => Err(Fault {
            place: None,
            what: format!("there is no {kind} `{name}`; expected one of {names}"),
        }),
        (None, ..) => Err(Fault {
            place: None,
            what: format!("no {kind} found"),
        }),
    }
}
