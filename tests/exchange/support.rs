//! Exports and imports, and what they say.

use evenkeel::config::Config;
use evenkeel::exchange::Program;
use evenkeel::export::{Exported, KeySource, Wiring, export};
use evenkeel::import::{Imported, import};
use evenkeel_algorithms::Registry;

pub(crate) fn wiring(config: &Config) -> Wiring {
    let key = match config.algorithm.name {
        "nginx-ip-hash" => KeySource::Client,
        _ => KeySource::Header("x-key".to_owned()),
    };
    Wiring {
        key: Some(key),
        listen: "127.0.0.1:8080".parse().unwrap(),
        name: "pool".to_owned(),
        section_only: false,
    }
}

pub(crate) fn exported(config: &Config, program: Program) -> Exported {
    export(config, program, &wiring(config))
}

pub(crate) fn imported(text: &str) -> Imported {
    import(text, None, None).unwrap_or_else(|fault| panic!("{fault}\n{text}"))
}

pub(crate) fn config(text: &str) -> Config {
    Config::parse(text, Registry::builtin()).unwrap_or_else(|fault| panic!("{fault}\n{text}"))
}

/// What stands in a file, the line that is named, and what is said of it.
pub(crate) type Refused<'a> = (&'a str, usize, &'a str);

/// Each is refused, where it stands.
pub(crate) fn are_refused(cases: &[Refused<'_>], whole: impl Fn(&str) -> String) {
    for (inner, line, what) in cases {
        let text = whole(inner);
        let found = inexact(&text);
        let is_named = found.contains(&format!("f:{line}: ")) && found.contains(what);
        assert!(is_named, "{text}: {found}");
        assert!(imported(&text).config.is_none(), "{text}");
    }
}

/// The verdicts that are not exact, as lines.
pub(crate) fn inexact(text: &str) -> String {
    let lines = imported(text).verdicts.lines("f");
    let inexact = lines.lines().filter(|line| !line.starts_with("exact"));
    inexact.map(|line| line.to_owned() + "\n").collect()
}
