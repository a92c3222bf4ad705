//! Writes a config as the configuration of another program that routes the same.

use evenkeel_config::Config;

use crate::exchange::{Program, Verdicts};

mod backends;
mod draft;
mod envoy;
mod haproxy;
mod key;
mod nginx;
mod stand_in;
mod twemproxy;
mod wiring;

pub use key::KeySource;
pub(crate) use key::MAX_NAME;
pub use wiring::Wiring;

/// A config as the configuration of a program.
#[derive(Debug)]
pub struct Exported {
    /// The verdict on each field.
    pub verdicts: Verdicts,
    /// The configuration; `None` if something is impossible.
    pub text: Option<String>,
}

/// Writes a config as the configuration of a program.
#[must_use]
pub fn export(config: &Config, program: Program, wiring: &Wiring) -> Exported {
    let mut verdicts = Verdicts::default();
    around(config, program, &mut verdicts);
    let chosen = stand_in::choose(config, program, &mut verdicts);
    let text = chosen.map(|config| {
        let write = match program {
            Program::Nginx => nginx::write,
            Program::Haproxy => haproxy::write,
            Program::Envoy => envoy::write,
            Program::Twemproxy => twemproxy::write,
        };
        let draft = write(&config, wiring, &mut verdicts);
        preamble(&verdicts) + &draft.text(wiring.section_only)
    });
    let text = text.filter(|_| verdicts.accept(false).is_ok());
    Exported { verdicts, text }
}

/// Adds verdicts on the wrappers of a strategy, and on what only our own strategies have.
fn around(config: &Config, program: Program, verdicts: &mut Verdicts) {
    if config.subset.is_some() {
        let reason = format!(
            "{program} would use all backends; list only those of the subset (see `evenkeel check`)"
        );
        verdicts.impossible("subset", reason);
    }
    if config.warm_up.is_some() {
        let reason = "omitted: a new backend gets its whole share at once";
        verdicts.approximate("warm_up", reason);
    }
    let in_flight = |backend: &evenkeel_algorithms::Backend| backend.connections() > 0;
    if config.backends.iter().any(in_flight) {
        let reason = "omitted: the program starts with no requests in flight";
        verdicts.approximate("backends.connections", reason);
    }
}

/// Returns comments with the information that a reader of the configuration needs.
fn preamble(verdicts: &Verdicts) -> String {
    let mut text = "# Written by `evenkeel export`.\n".to_owned();
    let inexact = verdicts
        .lines("")
        .lines()
        .filter(|line| line.starts_with("approximate"))
        .map(|line| format!("# {line}\n"))
        .collect::<String>();
    text += &inexact;
    text
}
