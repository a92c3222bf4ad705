//! `check`: what a config means.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use evenkeel_algorithms::{Balancer, Key, Pool, Slot};

use crate::config::Config;
use crate::report::{Style, sheet};

/// Loads a config and describes it.
///
/// # Errors
/// If the config is at fault.
pub(crate) fn run(path: &Path) -> Result<String> {
    let config = Config::load(path, None)?;
    let balancer = config.balancer()?;
    let snapshot = balancer.snapshot();
    let pool = snapshot.pool();
    let profile = snapshot.strategy().profile();
    let mut text = format!("{}: this config is right\n\n", path.display());
    let algorithm = config.algorithm;
    writeln!(text, "algorithm  {algorithm}: {}", algorithm.summary)?;
    writeln!(
        text,
        "key        {}",
        if profile.key == Key::Required {
            "required"
        } else {
            "not used"
        }
    )?;
    writeln!(text, "seed       {}", config.seed.0)?;
    for option in algorithm.options {
        writeln!(
            text,
            "option     {}: {}",
            option.name,
            (option.value)(&config.options)
        )?;
    }
    writeln!(text, "memory     {} bytes", snapshot.strategy().memory())?;
    writeln!(
        text,
        "backends   {}, of total weight {}\n",
        pool.len(),
        total_weight(pool, |_| true)
    )?;
    text += &backends(pool);
    text.push('\n');
    Ok(text)
}

fn backends(pool: &Pool) -> String {
    let eligible = total_weight(pool, |slot| pool.is_eligible(slot));
    let rows = pool.slots().map(|slot| {
        let backend = pool.backend(slot);
        let weight = backend.weight();
        let share = if pool.is_eligible(slot) {
            format!("{:.3} %", 100. * f64::from(weight.get()) / eligible as f64)
        } else {
            "draining".to_owned()
        };
        let address = backend.address().unwrap_or_default().to_owned();
        [
            backend.name().to_owned(),
            address,
            weight.to_string(),
            share,
        ]
    });
    sheet(
        Style::Framed,
        &["backend", "address", "weight", "share"],
        2,
        rows,
    )
}

fn total_weight(pool: &Pool, counts: impl Fn(Slot) -> bool) -> u64 {
    pool.slots()
        .filter(|&slot| counts(slot))
        .map(|slot| u64::from(pool.weight(slot).get()))
        .sum()
}
