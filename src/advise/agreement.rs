//! Whether several programs pick the same backend, each with one of its own algorithms.

use anyhow::Result;
use evenkeel_algorithms::{Key, Pick};
use evenkeel_config::Config;
use serde::Serialize;

use super::candidates::spoken_by;
use super::needs::Needs;
use crate::exchange::Program;

/// The number of keys that are compared.
const KEYS: usize = 10_000;

/// The algorithms of two programs that agree most.
#[derive(Clone, Debug, Serialize)]
pub struct ProgramAgreement {
    /// The programs.
    pub programs: [String; 2],
    /// The algorithm of each.
    pub algorithms: [&'static str; 2],
    /// The share of the keys that both send to the same backend.
    pub share: f64,
}

/// Where keys go with an algorithm.
struct Routed {
    algorithm: &'static str,
    went: Vec<String>,
}

/// Returns the agreement of every two programs of a fleet; empty if keys need not reach the same backend.
pub(super) fn of_fleet(needs: &Needs) -> Result<Vec<ProgramAgreement>> {
    let mut agreements = Vec::new();
    if !needs.binds() {
        return Ok(agreements);
    }
    let routed: Vec<_> = needs
        .fleet
        .iter()
        .map(|&program| Ok((program, routed(needs, program)?)))
        .collect::<Result<_>>()?;
    for (place, (program, ways)) in routed.iter().enumerate() {
        for (other, other_ways) in &routed[place + 1..] {
            agreements.extend(best(*program, ways, *other, other_ways));
        }
    }
    Ok(agreements)
}

/// Returns where the algorithms by key of a program send the keys.
fn routed(needs: &Needs, program: Program) -> Result<Vec<Routed>> {
    let mut routed = Vec::new();
    for &algorithm in spoken_by(program) {
        let config = Config {
            algorithm,
            ..Config::of(needs.backends().to_vec())
        };
        let snapshot = config.balancer()?.snapshot();
        if snapshot.profile().key == Key::Unused {
            continue;
        }
        let pool = snapshot.pool();
        let went = (0..KEYS).map(|number| {
            let key = format!("key-{number}");
            let slot = snapshot.pick(&Pick::new(pool, Some(key.as_bytes())).question())?;
            Ok(pool.backend(slot).name().to_owned())
        });
        routed.push(Routed {
            algorithm: config.algorithm.name,
            went: went.collect::<Result<_>>()?,
        });
    }
    Ok(routed)
}

fn best(
    program: Program,
    ways: &[Routed],
    other: Program,
    others: &[Routed],
) -> Option<ProgramAgreement> {
    let pairs = ways
        .iter()
        .flat_map(|way| others.iter().map(move |other| (way, other)));
    let agreements = pairs.map(|(way, other_way)| {
        let same = way.went.iter().zip(&other_way.went).filter(|(a, b)| a == b);
        ProgramAgreement {
            programs: [program, other].map(|program| program.to_string()),
            algorithms: [way.algorithm, other_way.algorithm],
            share: same.count() as f64 / KEYS as f64,
        }
    });
    agreements.max_by(|a, b| a.share.total_cmp(&b.share))
}
