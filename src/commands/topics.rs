//! The topics of `help`, and what the program says without arguments.

/// A topic of `help`.
pub(super) struct Topic {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

pub(super) const TOPICS: &[Topic] = &[
    Topic {
        name: "scenario",
        text: include_str!("topics/scenario.txt"),
    },
    Topic {
        name: "config",
        text: include_str!("topics/config.txt"),
    },
    Topic {
        name: "needs",
        text: include_str!("topics/needs.txt"),
    },
    Topic {
        name: "keys",
        text: include_str!("topics/keys.txt"),
    },
    Topic {
        name: "exit-codes",
        text: include_str!("topics/exit-codes.txt"),
    },
];

/// The first commands, for a program that is called without any.
pub(super) const START: &str = include_str!("topics/start.txt");
