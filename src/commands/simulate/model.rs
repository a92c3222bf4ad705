//! The arguments that say what the backends can do.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;

use anyhow::{Context, Result, ensure};
use clap::Args;
use evenkeel_algorithms::Backend;

use crate::commands::parsers::{count, within};
use crate::simulate::{CacheModel, Discipline, Machines, Model, SPEEDS, Timeline};
use crate::text::whole;

/// What the backends can do.
#[derive(Debug, Args)]
#[command(next_help_heading = "Backends")]
pub(super) struct ModelArgs {
    /// Number of requests that each backend serves at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count)]
    servers: u32,
    /// Speed of a backend, or of all (repeatable)  [default: weight / smallest weight]
    ///
    /// A backend's speed follows its weight: of the weights 100, 100 and 200, the last is twice as fast. Speed 1,
    /// for which --service-mean and recorded times hold, is that of the smallest weight. --speed NAME:FACTOR sets
    /// that of one backend, and --speed 1 makes all alike.
    #[arg(long, value_name = "[NAME:]FACTOR", value_parser = speed)]
    speed: Vec<Speed>,
    /// Order in which a backend serves its requests
    #[arg(long, value_enum, default_value_t, value_name = "NAME")]
    discipline: Discipline,
    /// Number of requests that may wait at each backend; more are rejected  [default: no limit]
    #[arg(long, value_name = "N", value_parser = within(0..=u64::MAX))]
    queue_limit: Option<u64>,
    /// Give each backend an LRU cache of N keys, or an `unlimited` one; some may have another size
    ///
    /// --cache 1000,a=4000 gives `a` one of 4000 keys and the others one of 1000. Sizes are numbers of keys; sizes
    /// in bytes are not simulated.
    #[arg(long, value_name = "N|unlimited[,NAME=N]…", value_parser = caches)]
    cache: Option<Caches>,
    /// Make caches follow the weights: N keys for the smallest weight, twice as many for twice the weight
    #[arg(long, requires = "cache")]
    cache_by_weight: bool,
    /// Time of a cache hit as a fraction of a miss
    #[arg(long, value_name = "RATIO", default_value = "1", value_parser = hit_cost, requires = "cache")]
    hit_cost: f64,
}

/// The speed of one backend, or of all.
#[derive(Clone, Debug, PartialEq)]
struct Speed {
    backend: Option<String>,
    factor: f64,
}

/// How many keys fit into the caches.
#[derive(Clone, Debug, PartialEq)]
struct Caches {
    /// No limit if none.
    common: Option<NonZeroUsize>,
    /// Those of some backends.
    own: Vec<(String, NonZeroUsize)>,
}

impl ModelArgs {
    pub(super) fn model(&self) -> Model {
        Model {
            servers: self.servers,
            queue_limit: self.queue_limit,
            discipline: self.discipline,
            cache: self.cache.as_ref().map(|caches| CacheModel {
                entries: caches.common,
                hit_cost: self.hit_cost,
            }),
        }
    }

    /// What each backend can do, those that join included.
    ///
    /// # Errors
    /// If there is never a backend of a name, or something is given twice.
    pub(super) fn machines(&self, backends: &[Backend], timeline: &Timeline) -> Result<Machines> {
        let mut machines = Machines::of(backends);
        let mut given = BTreeSet::new();
        for Speed { backend, factor } in &self.speed {
            let Some(name) = backend else {
                ensure!(
                    given.insert(None),
                    "--speed {factor}: the speed of all backends is given twice"
                );
                machines = machines.with_common_speed(*factor);
                continue;
            };
            let known = timeline.station(name);
            known.with_context(|| format!("--speed {name}:{factor}"))?;
            ensure!(
                given.insert(Some(name)),
                "--speed {name}:{factor}: the speed of `{name}` is given twice"
            );
            machines = machines.with_speed(name, *factor);
        }
        if self.cache_by_weight {
            machines = machines.with_caches_by_weight();
        }
        for (name, entries) in self.cache.iter().flat_map(|caches| &caches.own) {
            let known = timeline.station(name);
            known.with_context(|| format!("--cache {name}={entries}"))?;
            machines = machines.with_cache(name, *entries);
        }
        Ok(machines)
    }
}

fn speed(text: &str) -> Result<Speed, String> {
    let (backend, factor) = match text.rsplit_once(':') {
        Some((name, factor)) => (Some(name.to_owned()), factor),
        None => (None, text),
    };
    let number = factor.parse().ok();
    let fitting = number.filter(|factor| SPEEDS.contains(factor));
    let factor = match (fitting, &backend, number) {
        (Some(factor), ..) => factor,
        (None, None, None) => return Err("expected NAME:FACTOR, or FACTOR for all".to_owned()),
        _ => {
            return Err(
                "the factor must be a number from 0.000001 to 1000000, such as 0.5".to_owned(),
            );
        }
    };
    Ok(Speed { backend, factor })
}

/// How many keys fit into a cache, and into those of some backends.
fn caches(text: &str) -> Result<Caches, String> {
    let mut parts = text.split(',');
    let common = match parts.next() {
        Some("unlimited") => None,
        Some(size) if size.contains('=') => {
            return Err(format!(
                "expected the size of all caches before those of some backends, such as 1000,{size}"
            ));
        }
        size => Some(entries(size.unwrap_or_default())?),
    };
    let mut own: Vec<(String, _)> = Vec::new();
    for part in parts {
        let (name, size) = part
            .rsplit_once('=')
            .ok_or_else(|| format!("`{part}`: expected NAME=N, such as a=4000"))?;
        if own.iter().any(|(other, _)| other == name) {
            return Err(format!("the cache of `{name}` is given twice"));
        }
        let size = entries(size).map_err(|expected| format!("`{part}`: {expected}"))?;
        own.push((name.to_owned(), size));
    }
    Ok(Caches { common, own })
}

fn entries(text: &str) -> Result<NonZeroUsize, String> {
    let number = whole(&text.replace('_', ""));
    number.ok_or_else(|| match text.ends_with(['B', 'b']) {
        true => "expected a number of keys from 1; sizes in bytes are not simulated".to_owned(),
        false => "expected a whole number from 1, or `unlimited`".to_owned(),
    })
}

fn hit_cost(text: &str) -> Result<f64, String> {
    text.parse()
        .ok()
        .filter(|cost: &f64| (0. ..=1.).contains(cost))
        .ok_or("expected a number from 0 to 1, such as 0.1".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_a_meaning_are_refused() {
        let of = |backend: Option<&str>, factor| {
            let backend = backend.map(str::to_owned);
            Ok(Speed { backend, factor })
        };
        assert_eq!(speed("10.0.0.1:80:0.5"), of(Some("10.0.0.1:80"), 0.5));
        assert_eq!(speed("1"), of(None, 1.));
        for wrong in ["a", "a:0", "a:-1", "a:NaN", "a:inf", "0"] {
            assert!(speed(wrong).is_err(), "{wrong}");
        }
        let size = |number| NonZeroUsize::new(number).unwrap();
        assert_eq!(
            caches("1_000,a=4000"),
            Ok(Caches {
                common: Some(size(1_000)),
                own: vec![("a".to_owned(), size(4_000))]
            })
        );
        for (wrong, why) in [
            ("0", "from 1"),
            ("-1", "from 1"),
            ("+1", "from 1"),
            ("1.5", "from 1"),
            ("all", "unlimited"),
            ("1GB", "in bytes"),
            ("a=5", "1000,a=5"),
            ("5,6", "NAME=N"),
            ("5,a=1,a=2", "twice"),
            ("5,a=0", "from 1"),
        ] {
            let error = caches(wrong).unwrap_err();
            assert!(error.contains(why), "{wrong}: {error}");
        }
        for wrong in ["-0.1", "1.1", "NaN"] {
            assert!(hit_cost(wrong).is_err(), "{wrong}");
        }
    }
}
