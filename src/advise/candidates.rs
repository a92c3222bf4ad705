//! The strategies that may be recommended, and those that are excluded before anything is measured.

use std::fmt;

use anyhow::Result;
use evenkeel_algorithms::dialect::{
    clients, envoy_hash, haproxy_hash_consistent, haproxy_hash_map_based, haproxy_leastconn,
    haproxy_roundrobin, nginx_hash, nginx_hash_consistent, nginx_least_conn, nginx_round_robin,
};
use evenkeel_algorithms::strategy::bounded_load::{self, Factor};
use evenkeel_algorithms::strategy::{
    anchor, ketama, least_connections, maglev, multi_probe, peak_ewma, power_of_two_choices,
    random, rendezvous, round_robin,
};
use evenkeel_algorithms::{Card, Key, Profile};
use evenkeel_config::Config;
use serde::Serialize;

use super::needs::Needs;
use crate::exchange::Program;

/// Our own algorithms that are compared, one of a kind each: those by key and then the others, the simplest first.
const OWN: [&Card; 10] = [
    &rendezvous::CARD,
    &maglev::CARD,
    &ketama::CARD,
    &multi_probe::CARD,
    &anchor::CARD,
    &round_robin::CARD,
    &random::CARD,
    &power_of_two_choices::CARD,
    &least_connections::CARD,
    &peak_ewma::CARD,
];

/// Algorithms that are also compared with a bounded load.
const BOUNDED: [&Card; 2] = [&rendezvous::CARD, &ketama::CARD];

/// The bound: a quarter above a backend's share.
const BOUND: f64 = 1.25;

/// A strategy that may be recommended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) algorithm: &'static Card,
    bound: Option<bounded_load::Options>,
}

/// A strategy that is excluded, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Excluded {
    /// The strategy.
    pub candidate: String,
    /// Why it is excluded.
    pub reason: String,
}

impl Candidate {
    /// Returns a config with the needs' backends and this strategy.
    pub(super) fn config(&self, needs: &Needs) -> Config {
        Config {
            algorithm: self.algorithm,
            bounded_load: self.bound,
            ..Config::of(needs.backends().to_vec())
        }
    }

    /// Returns the candidates and the excluded strategies: those of a fleet's programs, or our own and added ones.
    pub(super) fn of(
        needs: &Needs,
        others: &[&'static Card],
    ) -> Result<(Vec<Self>, Vec<Excluded>)> {
        let (cards, others) = match needs.fleet.first() {
            Some(program) => (spoken_by(*program), &[][..]),
            None => (&OWN[..], others),
        };
        let mut all = Vec::new();
        for &algorithm in cards.iter().chain(others) {
            let bound = None;
            all.push(Self { algorithm, bound });
        }
        if needs.fleet.is_empty() {
            for algorithm in BOUNDED {
                let bound = Some(Factor::new(BOUND)?.into());
                all.push(Self { algorithm, bound });
            }
        }
        let (mut candidates, mut excluded) = (Vec::new(), Vec::new());
        for candidate in all {
            match candidate.unfit(needs) {
                None => candidates.push(candidate),
                Some(reason) => excluded.push(Excluded {
                    candidate: candidate.to_string(),
                    reason: reason.to_owned(),
                }),
            }
        }
        Ok((candidates, excluded))
    }

    /// Returns whether the time of a pick grows with the number of backends.
    pub(super) fn looks_at_all(&self) -> bool {
        self.algorithm.pick.is_linear()
    }

    /// Returns why it does not fit the needs, or `None` if it fits.
    fn unfit(&self, needs: &Needs) -> Option<&'static str> {
        let Profile {
            key,
            in_flight,
            weighted,
            ..
        } = self.config(needs).profile();
        let by_key = key != Key::Unused;
        if needs.sticky && !by_key {
            return Some("uses no key: clients change backends");
        }
        if needs.sticky && in_flight {
            return Some("clients change backends when one is full");
        }
        if !needs.binds() && by_key {
            return Some("binds clients to backends: not needed");
        }
        if needs.has_weights() && !weighted {
            return Some("ignores weights");
        }
        None
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.algorithm.name)?;
        match self.bound {
            Some(bound) => write!(f, " with bounded_load {}", bound.factor),
            None => Ok(()),
        }
    }
}

/// Returns the algorithms of a program; random and counting ones are listed under our own names.
pub(super) const fn spoken_by(program: Program) -> &'static [&'static Card] {
    match program {
        Program::Nginx => {
            const {
                &[
                    &nginx_hash_consistent::CARD,
                    &nginx_hash::HASH,
                    &nginx_round_robin::CARD,
                    &nginx_least_conn::CARD,
                    &power_of_two_choices::CARD,
                ]
            }
        }
        Program::Haproxy => {
            const {
                &[
                    &haproxy_hash_consistent::CARD,
                    &haproxy_hash_map_based::CARD,
                    &haproxy_roundrobin::CARD,
                    &haproxy_leastconn::CARD,
                    &power_of_two_choices::CARD,
                ]
            }
        }
        Program::Envoy => {
            const {
                &[
                    &envoy_hash::MAGLEV,
                    &envoy_hash::RING,
                    &round_robin::CARD,
                    &random::CARD,
                    &power_of_two_choices::CARD,
                ]
            }
        }
        Program::Twemproxy => {
            const {
                &[
                    &clients::TWEMPROXY_KETAMA,
                    &clients::TWEMPROXY_MODULA,
                    &random::CARD,
                ]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use evenkeel_algorithms::Family;

    use super::*;

    fn names(needs: &str) -> Vec<String> {
        names_with(needs, &[])
    }

    fn names_with(needs: &str, others: &[&'static Card]) -> Vec<String> {
        let needs: Needs = evenkeel_config::from_yaml(needs).unwrap();
        let (candidates, excluded) = Candidate::of(&needs, others).unwrap();
        assert!(!candidates.is_empty() && !excluded.is_empty());
        candidates.iter().map(Candidate::to_string).collect()
    }

    #[test]
    fn added_strategies_are_candidates_without_a_fleet() {
        static ADDED: Card = Card::new("added", Family::Scores, rendezvous::CARD.make);
        let others = &[&ADDED];
        let names = names_with("{ backends: 3, sticky: true }", others);
        assert_eq!(names[4..], ["anchor", "added"]);
        let of_fleet = names_with("{ backends: 3, sticky: true, fleet: [envoy] }", others);
        assert_eq!(of_fleet, ["envoy-maglev", "envoy-ring-hash"]);
    }

    #[test]
    fn needs_decide_which_strategies_are_measured() {
        assert_eq!(
            names("{ backends: 3, sticky: true }"),
            ["rendezvous", "maglev", "ketama", "multi-probe", "anchor"]
        );
        assert_eq!(
            names("{ backends: 3 }"),
            [
                "round-robin",
                "random",
                "power-of-two-choices",
                "least-connections",
                "peak-ewma"
            ]
        );
        assert_eq!(
            names("{ backends: 3, sticky: true, fleet: [envoy] }"),
            ["envoy-maglev", "envoy-ring-hash"]
        );
    }
}
