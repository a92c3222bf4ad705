//! The arguments that say what the backends can do.

use std::num::NonZeroUsize;

use anyhow::{Result, bail};
use clap::Args;
use evenkeel_algorithms::Backend;

use crate::commands::parsers::{count, within};
use crate::simulate::{CacheModel, Discipline, Model, SPEEDS};
use crate::text::whole;

/// What the backends can do.
#[derive(Debug, Args)]
#[command(next_help_heading = "Backends")]
pub(super) struct ModelArgs {
    /// Number of requests that each backend serves at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count)]
    servers: u32,
    /// Speed of a backend; others have 1 (repeatable)
    #[arg(long, value_name = "NAME:FACTOR", value_parser = speed)]
    speed: Vec<(String, f64)>,
    /// Order in which a backend serves its requests
    #[arg(long, value_enum, default_value_t, value_name = "NAME")]
    discipline: Discipline,
    /// Number of requests that may wait at each backend; more are rejected  [default: no limit]
    #[arg(long, value_name = "N", value_parser = within(0..=u64::MAX))]
    queue_limit: Option<u64>,
    /// Give each backend an LRU cache of N keys, or an `unlimited` one
    #[arg(long, value_name = "N|unlimited", value_parser = entries)]
    cache: Option<Entries>,
    /// Time of a cache hit as a fraction of a miss
    #[arg(long, value_name = "RATIO", default_value = "1", value_parser = hit_cost, requires = "cache")]
    hit_cost: f64,
}

/// How many keys fit into a cache; no limit if none.
#[derive(Clone, Copy, Debug)]
struct Entries(Option<NonZeroUsize>);

impl ModelArgs {
    pub(super) fn model(&self) -> Model {
        Model {
            servers: self.servers,
            queue_limit: self.queue_limit,
            discipline: self.discipline,
            cache: self.cache.map(|Entries(entries)| CacheModel {
                entries,
                hit_cost: self.hit_cost,
            }),
        }
    }

    /// The speed of each backend: 1 unless another is asked for.
    ///
    /// # Errors
    /// If there is no backend of a name.
    pub(super) fn speeds(&self, backends: &[Backend]) -> Result<Vec<f64>> {
        let mut speeds = vec![1.; backends.len()];
        for (name, speed) in &self.speed {
            let place = backends.iter().position(|backend| backend.name() == name);
            let Some(place) = place else {
                bail!("--speed {name}:{speed}: there is no backend `{name}`");
            };
            speeds[place] = *speed;
        }
        Ok(speeds)
    }
}

fn speed(text: &str) -> Result<(String, f64), String> {
    let (name, factor) = text.rsplit_once(':').ok_or("expected NAME:FACTOR")?;
    let factor = factor
        .parse()
        .ok()
        .filter(|factor| SPEEDS.contains(factor))
        .ok_or("the factor must be a number from 0.000001 to 1000000, such as 0.5")?;
    Ok((name.to_owned(), factor))
}

/// How many keys fit into a cache; none of `unlimited`.
fn entries(text: &str) -> Result<Entries, String> {
    if text == "unlimited" {
        return Ok(Entries(None));
    }
    let number: Option<NonZeroUsize> = whole(&text.replace('_', ""));
    let entries = number.ok_or("expected a whole number from 1, or `unlimited`")?;
    Ok(Entries(Some(entries)))
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
        assert_eq!(
            speed("10.0.0.1:80:0.5"),
            Ok(("10.0.0.1:80".to_owned(), 0.5))
        );
        for wrong in ["a", "a:0", "a:-1", "a:NaN", "a:inf"] {
            assert!(speed(wrong).is_err(), "{wrong}");
        }
        for wrong in ["0", "-1", "+1", "1.5", "all"] {
            assert!(entries(wrong).is_err(), "{wrong}");
        }
        for wrong in ["-0.1", "1.1", "NaN"] {
            assert!(hit_cost(wrong).is_err(), "{wrong}");
        }
    }
}
