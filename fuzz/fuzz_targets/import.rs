//! Any text as the configuration of another program: an imported config can be built and written as an equivalent
//! config, and a rejected text is not imported.

#![no_main]

use evenkeel_algorithms::Registry;
use evenkeel::config::Config;
use evenkeel::exchange::{Fidelity, Program};
use evenkeel::import::import;
use libfuzzer_sys::fuzz_target;

const PROGRAMS: [Program; 4] = [
    Program::Nginx,
    Program::Haproxy,
    Program::Envoy,
    Program::Twemproxy,
];

/// The largest weight: larger rings and tables take longer to build than texts to read.
const HEAVIEST: u64 = 1 << 12;

fuzz_target!(|text: &str| {
    if has_large_numbers(text) {
        return;
    }
    let unsaid = import(text, None, None).ok();
    for program in PROGRAMS {
        let Ok(imported) = import(text, Some(program), None) else {
            continue;
        };
        let refused = imported.verdicts.worst() == Fidelity::Impossible;
        assert_eq!(imported.config.is_none(), refused);
        if let Some(config) = &imported.config {
            check(config);
        }
        if let Some(unsaid) = unsaid.as_ref().filter(|unsaid| unsaid.program == program) {
            let lines = |verdicts: &evenkeel::exchange::Verdicts| verdicts.lines("f");
            assert_eq!(lines(&unsaid.verdicts), lines(&imported.verdicts));
        }
    }
});

/// Returns whether a number in the text could be the size of something large.
fn has_large_numbers(text: &str) -> bool {
    let numbers = text.split(|char: char| !char.is_ascii_digit());
    let mut numbers = numbers.filter_map(|number| number.parse::<u64>().ok());
    numbers.any(|number| number > HEAVIEST && number != 65_537)
}

fn check(config: &Config) {
    let balancer = config.balancer().expect("what was read can be built");
    let text = config.to_yaml().expect("a config can be written");
    let again = Config::parse(&text, Registry::builtin()).expect("what was written can be read");
    let again = again.balancer().expect("the same config");
    assert_eq!(balancer.fingerprint(), again.fingerprint(), "{text}");
}
