//! Strategies that are programs.

use evenkeel::external::{self, Command};
use evenkeel_algorithms::{
    Algorithm, BuildError, Card, Hashing, LoadBalancer, Options, Pool, RouteError,
};

/// `evenkeel serve` with the config of a strategy as a program.
pub(crate) fn serve(config: &str) -> &'static Card {
    let words = [env!("CARGO_BIN_EXE_evenkeel"), "serve", "-c", config];
    program(&words)
}

/// A program as a strategy.
pub(crate) fn program(words: &[&str]) -> &'static Card {
    let words = words.iter().map(|&word| word.to_owned()).collect();
    external::named("program", Command::new(words).unwrap())
}

pub(crate) fn algorithm(card: &Card) -> Box<dyn Algorithm> {
    card.algorithm(Hashing::default(), &Options::default())
}

pub(crate) fn balancer(card: &Card, names: &[&str]) -> Result<LoadBalancer, BuildError> {
    LoadBalancer::new(algorithm(card), Pool::new(names.iter().copied())?)
}

pub(crate) fn route(balancer: &LoadBalancer, key: Option<&str>) -> Result<String, RouteError> {
    let ticket = balancer.route(key.map(str::as_bytes))?;
    Ok(ticket.backend().name().to_owned())
}
