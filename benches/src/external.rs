//! A program as a strategy: `evenkeel serve`, which is this very program, asked over its standard streams.

use std::time::Instant;

use anyhow::{Context, Result};
use evenkeel::external::{Command, Named};
use evenkeel_algorithms::{Hashing, LoadBalancer, Options, Pick, Pool};

use crate::keys::Keys;
use crate::names;

const PICKS: usize = 500_000;

/// Picks a second: the best of three runs. Started on one core (`taskset -c 0`), both programs are on it.
pub fn picks_a_second(keys: &Keys) -> Result<f64> {
    let this = std::env::current_exe()?;
    let this = this.to_str().context("a path that is no text")?.to_owned();
    let command = Command::new(vec![this, "serve".to_owned()]).context("no command")?;
    let program = Named::new("serve", command);
    let algorithm = program
        .card()
        .algorithm(Hashing::default(), &Options::default());
    let balancer = LoadBalancer::new(algorithm, Pool::new(names(10))?)?;
    let snapshot = balancer.snapshot();
    let mut best = f64::INFINITY;
    for _ in 0..3 {
        let keys = keys.part(0, PICKS).iter();
        let picks = keys.map(|key| Pick::new(snapshot.pool(), Some(key.as_bytes())).question());
        let (start, mut failed) = (Instant::now(), Ok(()));
        snapshot.pick_each(picks, |answer| {
            if let Err(error) = answer {
                failed = Err(error);
            }
        });
        failed?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(PICKS as f64 / best)
}
