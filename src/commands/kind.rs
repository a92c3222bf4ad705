//! Recognises a file of another kind than the one that was expected, and names the command that reads it.

use std::path::Path;

use anyhow::{Error, anyhow};
use evenkeel_algorithms::Registry;
use evenkeel_config::{Config, ConfigError};

use crate::advise::Needs;
use crate::exchange::Program;
use crate::import::program_of;
use crate::simulate::Scenario;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Config,
    Needs,
    Scenario,
    /// The configuration of another program.
    Foreign(Program),
}

impl Kind {
    /// Recognises a text that could not be read as what was expected. So it is never of that kind.
    fn of(text: &str, registry: &Registry) -> Option<Self> {
        if Config::parse(text, registry).is_ok() {
            Some(Self::Config)
        } else if Needs::parse(text).is_ok() {
            Some(Self::Needs)
        } else if Scenario::parse(text).is_ok() {
            Some(Self::Scenario)
        } else {
            program_of(text).map(Self::Foreign)
        }
    }

    /// Says what a file is and which command reads it.
    fn hint(self, path: &Path, program: &str) -> String {
        let name = path.to_string_lossy();
        let file = shlex::try_quote(&name).unwrap_or_else(|_| (&*name).into());
        match self {
            Self::Config => {
                format!("this is a config of Evenkeel; `{program} check {file}` describes it")
            }
            Self::Needs => format!("these are needs; `{program} advise {file}` reads them"),
            Self::Scenario => {
                format!(
                    "this is a scenario; `{program} simulate CONFIG --scenario {file}` plays it"
                )
            }
            Self::Foreign(of) => format!(
                "this is a configuration of {of}; `{program} import {file}` converts it to a config"
            ),
        }
    }
}

/// Adds the kind of a file to an error that it is not what was expected, if the kind is recognised.
pub(super) fn naming_kind(error: Error, registry: &Registry, program: &str) -> Error {
    let hint = match error.downcast_ref() {
        Some(ConfigError::Faulty {
            path,
            text: Some(text),
            ..
        }) => Kind::of(text, registry).map(|kind| kind.hint(path, program)),
        _ => None,
    };
    match hint {
        Some(hint) => anyhow!("{error:#}; {hint}"),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_recognised_by_what_reads_them() {
        for (text, kind) in [
            ("backends: [a, b]", Some(Kind::Config)),
            ("backends: 3\nsticky: true", Some(Kind::Needs)),
            ("backends: [a, b]\nload: 0.5", Some(Kind::Needs)),
            ("events:\n- at: 1s\n  add: d", Some(Kind::Scenario)),
            (
                "upstream app {\n  server 10.0.0.1:80;\n}",
                Some(Kind::Foreign(Program::Nginx)),
            ),
            (
                "backend app\n  server a 10.0.0.1:80",
                Some(Kind::Foreign(Program::Haproxy)),
            ),
            (
                "static_resources: {clusters: []}",
                Some(Kind::Foreign(Program::Envoy)),
            ),
            (
                "cache:\n  servers: [10.0.0.1:11211:1]",
                Some(Kind::Foreign(Program::Twemproxy)),
            ),
            ("backedns: [a, b]", None),
            ("", None),
        ] {
            assert_eq!(Kind::of(text, Registry::builtin()), kind, "{text}");
        }
    }

    #[test]
    fn a_path_is_quoted_for_a_shell() {
        let hint = Kind::Needs.hint(Path::new("my needs.yaml"), "other");
        assert!(hint.contains("`other advise 'my needs.yaml'`"), "{hint}");
    }
}
