//! What a config means: its settings and its backends.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use evenkeel_algorithms::strategy::bounded_load::Overflow;
use evenkeel_algorithms::{Backend, Hashing, Key, Pool, Snapshot};
use evenkeel_config::{Config, Loaded};

use super::hashing::hashing;
use super::standing::standings;
use crate::sheet::{Sheet, Style, fields, paragraphs, wrapped};
use crate::text::{counted, percent, thousands};

/// Describes a config, which is that of a file.
///
/// # Errors
/// If it cannot be built.
pub(crate) fn description(path: &Path, loaded: &Loaded, style: Style) -> Result<String> {
    let snapshot = loaded.balancer.snapshot();
    let valid = format!("{}: configuration is valid", path.display());
    let mut parts = vec![wrapped(&valid, style)];
    parts.push(fields(&settings(&loaded.config, &snapshot)?, style));
    parts.push(backends(&snapshot).text(style));
    Ok(paragraphs(parts) + "\n")
}

/// What the config sets, and what follows from it.
fn settings(config: &Config, snapshot: &Snapshot) -> Result<Vec<(&'static str, String)>> {
    let (pool, profile) = (snapshot.pool(), snapshot.profile());
    let algorithm = config.algorithm;
    let key = match profile.key {
        Key::Required => "required",
        Key::Optional => "used if present",
        Key::Unused => "not used",
    };
    let mut settings = vec![
        ("algorithm", format!("{algorithm}: {}", algorithm.summary)),
        ("key", key.to_owned()),
    ];
    if let Some(Hashing { seed, function }) = hashing(config, profile.key) {
        settings.push(("seed", seed.0.to_string()));
        settings.push(("hash", function.to_string()));
    }
    if let Some(bound) = config.bounded_load {
        let then = match bound.overflow {
            Overflow::Walk => "the next backend",
            Overflow::Rehash => "the backend of the rehashed key",
        };
        let factor = bound.factor;
        let bound = format!("{factor} × the expected share of requests in flight; then {then}");
        settings.push(("bound", bound));
    }
    if let Some(warm_up) = config.warm_up {
        let seconds = warm_up.time().as_secs_f64();
        let text = format!("{seconds} seconds until a new backend gets its full share");
        settings.push(("warm-up", text));
    }
    if let Some(subset) = &config.subset {
        let size = pool.len().min(subset.size.get() as usize);
        let text = format!(
            "{size} of {}, for client {}",
            counted(pool.len() as u64, "backend"),
            subset.client
        );
        settings.push(("subset", text));
    }
    if config.profile().history {
        settings.push(("numbering", numbers(config, pool)?));
    }
    let options = algorithm.options.iter();
    settings.extend(options.map(|option| {
        let value = (option.value)(&config.options);
        ("option", format!("{}: {value}", option.name))
    }));
    let fingerprint = format!("{:016x}", snapshot.fingerprint());
    let memory = thousands(snapshot.balancer().memory() as u64);
    let (count, weight) = (thousands(pool.len() as u64), thousands(total_weight(pool)));
    settings.extend([
        ("fingerprint", fingerprint),
        ("memory", format!("{memory} bytes")),
        ("backends", format!("{count}, total weight {weight}")),
    ]);
    Ok(settings)
}

/// How the units of weight are numbered, and where that does not follow from the backends alone.
fn numbers(config: &Config, pool: &Pool) -> Result<String> {
    let numbering = pool.numbering()?;
    let (numbers, vacant) = (numbering.len(), numbering.vacated().len());
    let mut text = format!("{numbers} numbers, {vacant} vacant");
    let Some(before) = &config.numbering else {
        text += "; assigned in the order of names";
        return Ok(text);
    };
    let before: BTreeSet<_> = before.runs().filter_map(|(name, _)| name).collect();
    let now: BTreeSet<_> = pool.backends().map(Backend::name).collect();
    for (what, names) in [
        ("added", now.difference(&before)),
        ("removed", before.difference(&now)),
    ] {
        let names: Vec<_> = names.copied().collect();
        if !names.is_empty() {
            write!(text, "; {what}: {}", names.join(", "))?;
        }
    }
    Ok(text)
}

fn backends(snapshot: &Snapshot) -> Sheet {
    let rows = standings(snapshot).into_iter().map(|(backend, standing)| {
        let share = standing.share();
        let most = backend.max_in_flight().map(|most| thousands(most.get()));
        [
            backend.name().to_owned(),
            backend.address().unwrap_or_default().to_owned(),
            thousands(backend.weight().get()),
            most.unwrap_or_default(),
            share.map_or_else(|| standing.state().to_owned(), percent),
        ]
    });
    let headers = [
        "backend",
        "address",
        "weight",
        "max in flight",
        "expected share",
    ];
    Sheet::of(&headers, 2, rows)
}

fn total_weight(pool: &Pool) -> u64 {
    let weights = pool.slots().map(|slot| u64::from(pool.weight(slot).get()));
    weights.sum()
}
