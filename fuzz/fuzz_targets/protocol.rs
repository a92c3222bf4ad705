//! Any bytes as the input of `serve`: every line is answered by one well-formed line, however the input is split into
//! reads; a rejected line changes nothing; no overlong line is stored.

#![no_main]

use std::io::{self, Read, Write};
use std::time::Instant;

use allocation_counter::measure;
use evenkeel::config::{Config, Loaded};
use evenkeel::protocol::{Limits, serve};
use evenkeel_algorithms::strategy::{CARDS, maglev};
use evenkeel_algorithms::{Backend, Card, Options, Registry, Weight};
use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::Value;

const LIMITS: Limits = Limits {
    max_line_bytes: 512,
    max_count: 99,
};

/// The extra length of the last line, for checking that it is not stored.
const LONG: u64 = 1 << 20;

// The first byte selects the config and the length of the reads; in the corpus it is a digit.
fuzz_target!(|data: &[u8]| -> Corpus {
    let Some((&choice, input)) = data.split_first() else {
        return Corpus::Reject;
    };
    if is_costly(input) {
        return Corpus::Reject;
    }
    let configs = CARDS.len() + 1;
    let config = CARDS.get(usize::from(choice) % configs).copied();
    let config = config.map(config_of);
    let config = config.as_ref();
    let length = 1 + usize::from(choice) / configs;

    let answers = converse(input, config);
    assert!(answers.lines().all(is_well_formed), "{answers}");
    let pieces = Pieces { input, length };
    assert_eq!(converse(pieces, config), answers, "cut into reads");
    refusals_change_nothing(input, &answers, config);
    long_lines_are_not_held(input, config);
    Corpus::Keep
});

/// Returns whether a number is long enough for large rings, cycles and tables, which would take all the time. Longer
/// numbers are rejected as weights and sizes, and are valid as seeds and ids.
fn is_costly(input: &[u8]) -> bool {
    let mut numbers = input.split(|byte| !byte.is_ascii_digit());
    numbers.any(|digits| (3..=8).contains(&digits.len()))
}

/// Returns a config with backends in every state that a config can set.
fn config_of(algorithm: &'static Card) -> Config {
    let mut options = Options::default();
    let table_size = maglev::TableSize::new(251).expect("a prime");
    options.set(maglev::SECTION, maglev::Options { table_size });
    let heavy = Backend::new("b").with_weight(Weight::new(3).expect("a small weight"));
    let busy = Backend::new("c").with_connections(2);
    let backends = vec!["a".into(), heavy, busy, Backend::new("d").with_drain(true)];
    Config {
        algorithm,
        options,
        ..Config::of(backends)
    }
}

fn converse(input: impl Read, config: Option<&Config>) -> String {
    let mut output = Vec::new();
    talk(input, &mut output, config.map(loaded));
    String::from_utf8(output).expect("answers are UTF-8")
}

/// Returns a config as if it had been read, without a clock.
fn loaded(config: &Config) -> Loaded {
    Loaded {
        text: String::new(),
        config: config.clone(),
        balancer: config.balancer().expect("a sound config"),
    }
}

fn talk(input: impl Read, output: impl Write, loaded: Option<Loaded>) {
    serve(input, output, loaded, Registry::builtin(), Instant::now(), LIMITS).expect("an output that takes all");
}

/// An input that is read in pieces of one length.
struct Pieces<'a> {
    input: &'a [u8],
    length: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.length.min(buffer.len());
        self.input.read(&mut buffer[..length])
    }
}

/// Returns whether a line is a JSON object with one space after every colon and comma, and no other.
fn is_well_formed(answer: &str) -> bool {
    let bare = without_strings(answer).replace(": ", "").replace(", ", "");
    let spaced = !bare.contains([':', ',', ' ', '\t', '\r']);
    spaced && serde_json::from_str(answer).is_ok_and(|value: Value| value.is_object())
}

fn without_strings(json: &str) -> String {
    let unescaped = json.replace(r"\\", "").replace(r#"\""#, "");
    unescaped.split('"').step_by(2).collect()
}

/// Checks that the conversation without the rejected lines is the same.
fn refusals_change_nothing(input: &[u8], answers: &str, config: Option<&Config>) {
    let lines: Vec<_> = input
        .split(|&byte| byte == b'\n')
        .filter(|line| is_answered(line))
        .collect();
    assert_eq!(answers.lines().count(), lines.len(), "{answers}");
    let turns = lines.into_iter().zip(answers.lines());
    let accepted = turns.filter(|(_, answer)| !is_refusal(answer));
    let (lines, answers): (Vec<_>, Vec<_>) = accepted.unzip();
    let again = converse(lines.join(&b'\n').as_slice(), config);
    assert_eq!(again.lines().collect::<Vec<_>>(), answers);
}

/// Returns whether a line is answered: blank lines are skipped, unless they are too long.
fn is_answered(line: &[u8]) -> bool {
    !line.trim_ascii().is_empty() || line.len() > LIMITS.max_line_bytes
}

fn is_refusal(answer: &str) -> bool {
    let answer: Value = serde_json::from_str(answer).expect("checked before");
    answer.get("body").unwrap_or(&answer)["type"] == "error"
}

/// Checks that an endless last line needs no more memory, except for the error's own text.
fn long_lines_are_not_held(input: &[u8], config: Option<&Config>) {
    let peak = |length| {
        let input = input.chain(io::repeat(b'x').take(length));
        let loaded = config.map(loaded);
        measure(|| talk(input, io::sink(), loaded)).bytes_max
    };
    assert!(peak(LONG) <= peak(0) + 1024);
}
