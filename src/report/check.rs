//! What a config means, in words and a table.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use evenkeel_algorithms::carried;
use evenkeel_algorithms::strategy::bounded_load::Overflow;
use evenkeel_algorithms::strategy::subset;
use evenkeel_algorithms::{Backend, Hashing, Key, Pool, Snapshot};

use crate::config::{Config, Loaded};
use crate::sheet::{Sheet, Style};

/// What a config, which is that of a file, means.
///
/// # Errors
/// If it cannot be built.
pub(crate) fn description(path: &Path, loaded: &Loaded, style: Style) -> Result<String> {
    let config = &loaded.config;
    let snapshot = loaded.balancer.snapshot();
    let pool = snapshot.pool();
    let profile = snapshot.profile();
    let mut text = format!("{}: this config is right\n\n", path.display());
    let algorithm = config.algorithm;
    writeln!(text, "algorithm  {algorithm}: {}", algorithm.summary)?;
    writeln!(
        text,
        "key        {}",
        match profile.key {
            Key::Required => "required",
            Key::Optional => "used if there is one",
            Key::Unused => "not used",
        }
    )?;
    // Dialects hash as their programs do.
    if profile.key == Key::Required && !algorithm.origin.is_dialect() {
        let Hashing { seed, function } = config.hashing;
        writeln!(text, "seed       {}", seed.0)?;
        writeln!(text, "hash       {function}")?;
    }
    if let Some(bound) = config.bounded_load {
        let then = match bound.overflow {
            Overflow::Walk => "then the next backend",
            Overflow::Rehash => "then the key hashed again",
        };
        writeln!(
            text,
            "bound      {} times the share, in flight; {then}",
            bound.factor
        )?;
    }
    if let Some(warm_up) = config.warm_up {
        let seconds = warm_up.time().as_secs_f64();
        writeln!(
            text,
            "warm-up    {seconds} seconds for a newcomer to get its share"
        )?;
    }
    if let Some(subset) = &config.subset {
        let (size, client) = (subset.size.get(), &subset.client);
        let size = pool.len().min(size as usize);
        writeln!(
            text,
            "subset     {size} of the backends, for client {client}"
        )?;
    }
    if config.configured_as(algorithm).profile().history {
        writeln!(text, "numbering  {}", numbers(config, pool)?)?;
    }
    for option in algorithm.options {
        writeln!(
            text,
            "option     {}: {}",
            option.name,
            (option.value)(&config.options)
        )?;
    }
    writeln!(
        text,
        "state      fingerprint {:016x}",
        snapshot.fingerprint()
    )?;
    writeln!(text, "memory     {} bytes", snapshot.balancer().memory())?;
    writeln!(
        text,
        "backends   {}, of total weight {}\n",
        pool.len(),
        total_weight(pool)
    )?;
    text += &backends(&snapshot, style);
    text.push('\n');
    Ok(text)
}

/// How the units of weight are numbered, and where that does not follow from the backends alone.
fn numbers(config: &Config, pool: &Pool) -> Result<String> {
    let numbering = pool.numbering()?;
    let (numbers, vacant) = (numbering.len(), numbering.vacated().len());
    let mut text = format!("{numbers} numbers, {vacant} of them vacant");
    let Some(before) = &config.numbering else {
        text += "; by name, as at first";
        return Ok(text);
    };
    let before: BTreeSet<_> = before.runs().filter_map(|(name, _)| name).collect();
    let now: BTreeSet<_> = pool.backends().map(Backend::name).collect();
    for (what, names) in [
        ("new to it", now.difference(&before)),
        ("gone from it", before.difference(&now)),
    ] {
        let names: Vec<_> = names.copied().collect();
        if !names.is_empty() {
            write!(text, "; {what}: {}", names.join(", "))?;
        }
    }
    Ok(text)
}

fn backends(snapshot: &Snapshot, style: Style) -> String {
    let pool = snapshot.pool();
    let subset = carried::<subset::Built>(Some(snapshot.balancer()));
    let used = |slot| subset.is_none_or(|subset| subset.contains(slot));
    let weighted = snapshot.profile().weighted;
    let due = |slot| if weighted { pool.weight(slot).get() } else { 1 };
    let active = pool
        .slots()
        .filter(|&slot| pool.is_active(slot) && used(slot));
    let active: u64 = active.map(|slot| u64::from(due(slot))).sum();
    let rows = pool.slots().map(|slot| {
        let backend = pool.backend(slot);
        let weight = backend.weight();
        let share = if !used(slot) {
            "not in the subset".to_owned()
        } else if pool.is_active(slot) {
            format!("{:.3} %", 100. * f64::from(due(slot)) / active as f64)
        } else if backend.is_down() {
            "down".to_owned()
        } else if backend.is_draining() {
            "draining".to_owned()
        } else {
            "standing by".to_owned()
        };
        let most = backend.max_in_flight().map(|most| most.to_string());
        let address = backend.address().unwrap_or_default().to_owned();
        [
            backend.name().to_owned(),
            address,
            weight.to_string(),
            most.unwrap_or_default(),
            share,
        ]
    });
    let headers = ["backend", "address", "weight", "max in flight", "share"];
    Sheet::of(&headers, 2, rows).text(style)
}

fn total_weight(pool: &Pool) -> u64 {
    let weights = pool.slots().map(|slot| u64::from(pool.weight(slot).get()));
    weights.sum()
}
