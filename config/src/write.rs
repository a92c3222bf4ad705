//! A config as YAML, which [`Config::parse`] reads back as the same config. Defaults and the options of other
//! algorithms are omitted.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use evenkeel_algorithms::strategy::{bounded_load, subset, warm_up};
use evenkeel_algorithms::{Attributes, Backend, Hashing, Number, Numbering, Options, Weight};
use serde::Serialize;
use serde_json::{Value, json};

use super::values::Config;

/// The structure of the file.
#[derive(Serialize)]
struct Document<'a> {
    algorithm: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bounded_load: Option<bounded_load::Options>,
    #[serde(skip_serializing_if = "Option::is_none")]
    warm_up: Option<warm_up::Options>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subset: Option<&'a subset::Options>,
    #[serde(skip_serializing_if = "Option::is_none")]
    options: Option<BTreeMap<&'a str, Section>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    numbering: Option<&'a Numbering>,
    backends: Vec<Entry<'a>>,
}

/// A backend: only its name, if nothing else is set.
#[derive(Serialize)]
#[serde(untagged)]
enum Entry<'a> {
    Name(&'a str),
    Fields(Fields<'a>),
}

#[derive(Default, PartialEq, Serialize)]
struct Fields<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "is_false")]
    drain: bool,
    #[serde(skip_serializing_if = "is_false")]
    down: bool,
    #[serde(skip_serializing_if = "is_false")]
    backup: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_in_flight: Option<NonZeroU32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connections: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<BTreeMap<&'a str, Value>>,
}

impl Config {
    /// Returns the text of an equivalent config.
    ///
    /// # Errors
    /// None that a config can cause; those of the writer are passed on.
    pub fn to_yaml(&self) -> Result<String, serde_yaml::Error> {
        let Hashing { seed, function } = self.hashing;
        let default = Hashing::default();
        serde_yaml::to_string(&Document {
            algorithm: self.algorithm.name,
            seed: (seed != default.seed).then_some(seed.0),
            hash: (function != default.function).then(|| function.to_string()),
            bounded_load: self.bounded_load,
            warm_up: self.warm_up,
            subset: self.subset.as_ref(),
            options: self.changed_options(),
            numbering: self.numbering.as_ref(),
            backends: self.backends.iter().map(entry).collect(),
        })
    }

    /// Returns the options of the algorithm that are not defaults; all of them if one default depends on another
    /// option.
    fn changed_options(&self) -> Option<BTreeMap<&str, Section>> {
        let own = self.section(&self.options)?;
        let default = self.section(&Options::default())?;
        let is_changed = |(name, value): &(&String, &Value)| default.get(*name) != Some(*value);
        let changed: Section = own
            .iter()
            .filter(is_changed)
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let name = self.algorithm.name;
        if self.section_read(&changed).as_ref() == Some(&own) {
            return (!changed.is_empty()).then(|| BTreeMap::from([(name, changed)]));
        }
        let set = own.into_iter().filter(|(_, value)| !value.is_null());
        Some(BTreeMap::from([(name, set.collect())]))
    }

    /// Returns the section of the algorithm in some options.
    fn section(&self, options: &Options) -> Option<Section> {
        let section = self.algorithm.section_in(options)?;
        serde_json::from_value(serde_json::to_value(section).ok()?).ok()
    }

    /// Returns the section of the algorithm if only this part is read.
    fn section_read(&self, written: &Section) -> Option<Section> {
        let options = match written.is_empty() {
            true => Options::default(),
            false => serde_json::from_value(json!({ self.algorithm.name: written })).ok()?,
        };
        self.section(&options)
    }
}

/// The options of an algorithm by name.
type Section = BTreeMap<String, Value>;

fn entry(backend: &Backend) -> Entry<'_> {
    let (weight, connections) = (backend.weight(), backend.connections());
    let name = backend.name();
    let fields = Fields {
        name,
        weight: (weight > Weight::MIN).then_some(weight.get()),
        address: backend.address(),
        drain: backend.is_draining(),
        down: backend.is_down(),
        backup: backend.is_backup(),
        max_in_flight: backend.max_in_flight(),
        connections: (connections > 0).then_some(connections),
        attributes: attributes(backend.attributes()),
    };
    let name_alone = Fields {
        name,
        ..Fields::default()
    };
    if fields == name_alone {
        Entry::Name(name)
    } else {
        Entry::Fields(fields)
    }
}

fn attributes(attributes: &Attributes) -> Option<BTreeMap<&str, Value>> {
    let number = |number: Option<Number>| number.map(|Number(number)| number.into());
    fn text(text: &Option<Box<str>>) -> Option<Value> {
        text.as_deref().map(Value::from)
    }
    let all = [
        ("id", number(attributes.id)),
        ("guid", text(&attributes.guid)),
        ("hash_key", text(&attributes.hash_key)),
        ("hostname", text(&attributes.hostname)),
        ("hash", number(attributes.hash)),
        ("hash_string", text(&attributes.hash_string)),
        ("shard", text(&attributes.shard)),
    ];
    let given = all.into_iter();
    let given: BTreeMap<_, _> = given
        .filter_map(|(name, value)| Some((name, value?)))
        .collect();
    (!given.is_empty()).then_some(given)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
const fn is_false(value: &bool) -> bool {
    !*value
}

#[cfg(test)]
mod tests {
    use evenkeel_algorithms::Registry;

    use super::*;

    /// Without a function, the default is to mix once more; with a function, it is not.
    #[test]
    fn a_default_that_depends_on_another_option_is_written_out() {
        let of = |options| {
            let name = "haproxy-hash-consistent";
            let text =
                format!("algorithm: {name}\noptions: {{{name}: {options}}}\nbackends: [a]\n");
            let written = Config::parse(&text, Registry::builtin())
                .unwrap()
                .to_yaml()
                .unwrap();
            let again = Config::parse(&written, Registry::builtin()).unwrap();
            let values = again.algorithm.options.iter();
            let values: Vec<_> = values
                .map(|option| (option.value)(&again.options))
                .collect();
            values[..2].join(" ")
        };
        assert_eq!(of("{function: djb2, avalanche: true}"), "djb2 true");
        assert_eq!(of("{function: djb2}"), "djb2 false");
        assert_eq!(of("{avalanche: false}"), "sdbm false");
        assert_eq!(of("{function: sdbm}"), "sdbm false");
        assert_eq!(of("{function: none, avalanche: true}"), "none true");
    }

    #[test]
    fn every_section_is_written_as_it_is_read() {
        for card in Registry::builtin().cards() {
            let config = Config {
                algorithm: card,
                ..Config::of(vec!["a".into()])
            };
            let names: Vec<_> = card.options.iter().map(|option| option.name).collect();
            let Some(section) = config.section(&Options::default()) else {
                assert!(names.is_empty(), "{card}");
                continue;
            };
            assert_eq!(section.len(), names.len(), "{card}");
            assert!(
                names.iter().all(|&name| section.contains_key(name)),
                "{card}"
            );
            let set = section
                .clone()
                .into_iter()
                .filter(|(_, value)| !value.is_null());
            assert_eq!(config.section_read(&set.collect()), Some(section), "{card}");
        }
    }

    #[test]
    fn a_written_config_is_read_as_the_same() {
        let text = "\
algorithm: haproxy-hash-consistent
seed: 7
hash: xxh3
bounded_load: {factor: 1.25, overflow: rehash}
warm_up: {seconds: 1.5}
subset: {client: 'no', size: 2}
options: {haproxy-hash-consistent: {function: none, hash_balance_factor: 150}}
backends:
  - 'N'
  - '1'
  - {name: b, weight: 2, address: '10.0.0.1:80', drain: true, max_in_flight: 3, connections: 1}
  - {name: c, down: true, backup: true, attributes: {id: 4, guid: g, hash: 18446744073709551615}}
";
        let config = Config::parse(text, Registry::builtin()).unwrap();
        let written = config.to_yaml().unwrap();
        let again = Config::parse(&written, Registry::builtin()).unwrap();
        // The default of an option may be written out.
        let fingerprint = |config: &Config| config.balancer().unwrap().fingerprint();
        assert_eq!(fingerprint(&config), fingerprint(&again), "{written}");
        let options = config.options.clone();
        let again = Config { options, ..again };
        assert_eq!(format!("{config:?}"), format!("{again:?}"), "{written}");
    }
}
