//! Any text as a config: a fault has a location and a description; a valid config has backends, and builds the same
//! balancer twice.

#![no_main]

use std::collections::BTreeSet;
use std::fs;

use evenkeel::config::{Config, ConfigError, Fault};
use evenkeel_algorithms::strategy::{ketama, lrh, maglev};
use evenkeel_algorithms::Registry;
use evenkeel_algorithms::{Backend, LoadBalancer, MAX_POINTS};
use libfuzzer_sys::{Corpus, fuzz_target};

/// The largest ring and table sizes, so that a build takes no longer than parsing.
const LARGEST: u64 = 1 << 17;

/// The line breaks of YAML.
const YAML_BREAKS: [char; 5] = ['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'];

fuzz_target!(|text: &str| -> Corpus {
    let config = match Config::parse(text, Registry::builtin()) {
        Ok(config) => config,
        Err(fault) => {
            assert_eq!(Config::parse(text, Registry::builtin()).expect_err("a fault"), fault);
            check_fault(&fault, text);
            return Corpus::Keep;
        }
    };
    check_backends(&config.backends);
    if is_costly(&config) {
        return Corpus::Reject;
    }
    match config.balancer() {
        Ok(balancer) => {
            let again = Config::parse(text, Registry::builtin()).expect("the same text");
            let again = again.balancer().expect("the same config");
            check_answers(&balancer, &again);
        }
        Err(_) => check_load(text),
    }
    Corpus::Keep
});

/// Returns whether a ring, a table or the buckets would be large, and yet not so large that they are rejected at once.
fn is_costly(config: &Config) -> bool {
    let weight = |backend: &Backend| u64::from(backend.weight().get());
    let weights: u64 = config.backends.iter().map(weight).sum();
    let options = &config.options;
    let points = u64::from(options.get(ketama::SECTION).points_per_weight.get());
    let local = u64::from(options.get(lrh::SECTION).points_per_backend.get());
    let slots = options.get(maglev::SECTION).table_size.get();
    let backends = config.backends.len() as u64;
    [weights, weights * points, backends * local, slots.into()]
        .iter()
        .any(|size| (LARGEST..=MAX_POINTS as u64).contains(size))
}

fn check_fault(fault: &Fault, text: &str) {
    assert!(!fault.what.trim().is_empty());
    if let Some((line, column)) = fault.place {
        // The fault of a truncated text is after its last line.
        let lines = 2 + text.matches(YAML_BREAKS).count();
        assert!((1..=lines).contains(&line) && column >= 1, "{fault}");
    }
}

fn check_backends(backends: &[Backend]) {
    let names: BTreeSet<_> = backends.iter().map(Backend::name).collect();
    assert!(!names.is_empty() && names.len() == backends.len());
}

fn check_answers(balancer: &LoadBalancer, again: &LoadBalancer) {
    let keys = (0u64..16).map(u64::to_le_bytes);
    for key in keys {
        let went = |balancer: &LoadBalancer| {
            let ticket = balancer.route(Some(&key));
            ticket.map(|ticket| ticket.backend().clone())
        };
        assert_eq!(went(balancer), went(again));
        assert_eq!(balancer.owners(&key, 3), again.owners(&key, 3));
    }
}

/// A config that parses but cannot be built is rejected when it is loaded, with a location in the file.
fn check_load(text: &str) {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    fs::write(file.path(), text).expect("room for a small text");
    match Config::load(file.path(), Registry::builtin(), None) {
        Err(ConfigError::Faulty { fault, .. }) => {
            assert!(fault.place.is_some(), "{fault}");
            check_fault(&fault, text);
        }
        other => panic!("{other:?}"),
    }
}
