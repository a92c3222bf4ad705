//! What a user can choose from: the libraries' lists as values of the command line.

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::exchange::Program;
use crate::report::Format;
use crate::simulate::Discipline;
use crate::workload::{DurationUnit, KeyField};

/// Gives an enum of a library its names and their help.
macro_rules! values {
    ($type:ident { $($variant:ident: $name:literal, $help:literal;)* }) => {
        impl ValueEnum for $type {
            fn value_variants<'a>() -> &'a [Self] {
                &[$(Self::$variant),*]
            }

            fn to_possible_value(&self) -> Option<PossibleValue> {
                let (name, help) = match self {
                    $(Self::$variant => ($name, $help),)*
                };
                Some(PossibleValue::new(name).help(help))
            }
        }
    };
}

values!(Program {
    Nginx: "nginx", "nginx as an HTTP proxy: an `upstream` block";
    Haproxy: "haproxy", "HAProxy: a `backend` section";
    Envoy: "envoy", "Envoy: a static cluster";
    Twemproxy: "twemproxy", "twemproxy: a pool of memcached or Redis servers";
});

values!(Format {
    Text: "text", "Text to read; on a terminal with bar charts";
    Markdown: "markdown", "Markdown";
    Csv: "csv", "CSV in full precision";
    Json: "json", "JSON: everything, in full precision";
    Jsonl: "jsonl", "One JSON object per line";
    Html: "html", "A self-contained page with charts";
    Bars: "bars", "Bar charts of characters";
});

values!(Discipline {
    Fcfs: "fcfs", "First come, first served; the others wait";
    Ps: "ps", "Processor sharing: all are served at once, each more slowly";
});

values!(KeyField {
    Client: "client", "The client's address";
    Path: "path", "The request target, with its query";
});

values!(DurationUnit {
    S: "s", "Seconds, as nginx's `$request_time`";
    Ms: "ms", "Milliseconds, as Apache's `%{ms}T`";
    Us: "us", "Microseconds, as Apache's `%D`";
});
