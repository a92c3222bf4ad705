//! The figures as Markdown.

use std::fmt::Write;

use evenkeel::figures::{Number, Unit as Shown};

use crate::measure::Timing;
use crate::million;

/// The timings of some contestants at several numbers of backends.
pub struct Group {
    title: &'static str,
    unit: Unit,
    columns: Vec<(usize, Vec<Timing>)>,
}

/// What the figures of a group are given in.
#[derive(Clone, Copy)]
pub enum Unit {
    Nanoseconds,
    Microseconds,
}

impl Unit {
    const fn divisor(self) -> f64 {
        match self {
            Self::Nanoseconds => 1.,
            Self::Microseconds => 1e3,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Nanoseconds => "ns",
            Self::Microseconds => "µs",
        }
    }
}

impl Group {
    pub fn measure(
        title: &'static str,
        unit: Unit,
        counts: &[usize],
        measure: impl Fn(usize) -> Vec<Timing>,
    ) -> Self {
        let column = |&count: &usize| {
            eprintln!("{title}, {count} backends");
            (count, measure(count))
        };
        let columns = counts.iter().map(column).collect();
        Self {
            title,
            unit,
            columns,
        }
    }

    /// Nanoseconds of a contestant.
    pub fn of(&self, name: &str, count: usize) -> f64 {
        let column = self.columns.iter().find(|(number, _)| *number == count);
        let timing = column.and_then(|(_, timings)| timings.iter().find(|t| t.name == name));
        timing.map_or(f64::NAN, |timing| timing.nanoseconds)
    }

    /// The time of one contestant divided by that of another.
    pub fn ratio(&self, ours: &'static str, beside: &'static str) -> Ratio {
        let ratio = |count| (count, self.of(ours, count) / self.of(beside, count));
        Ratio {
            group: self.title,
            ours,
            beside,
            at: self
                .columns
                .iter()
                .map(|(count, _)| ratio(*count))
                .collect(),
        }
    }

    pub fn markdown(&self) -> String {
        let counts = self.columns.iter().map(|(count, _)| count);
        let mut text = format!("## {}, {}\n\n| |", self.title, self.unit.name());
        counts.for_each(|count| text += &format!(" {} |", number(*count as f64, 0)));
        text += "\n|---|";
        self.columns.iter().for_each(|_| text += "---:|");
        // Slow contestants are missing in later columns.
        let names = self.columns.iter().flat_map(|(_, timings)| timings);
        let mut seen = Vec::new();
        for timing in names {
            if !seen.contains(&timing.name) {
                seen.push(timing.name);
            }
        }
        for name in seen {
            let _ = write!(text, "\n| {name} |");
            for (count, _) in &self.columns {
                text += &format!(" {} |", figure(self.of(name, *count) / self.unit.divisor()));
            }
        }
        text + "\n\n"
    }
}

fn figure(value: f64) -> String {
    match value {
        value if value.is_nan() => "–".to_owned(),
        value if value < 100. => number(value, 1),
        value => number(value, 0),
    }
}

/// With separators of thousands.
fn number(value: f64, digits: usize) -> String {
    Shown::One.text(Number::Real(value), digits)
}

/// The time of one contestant divided by that of another, at several numbers of backends.
pub struct Ratio {
    group: &'static str,
    ours: &'static str,
    beside: &'static str,
    at: Vec<(usize, f64)>,
}

impl Ratio {
    fn row(&self, counts: &[usize]) -> String {
        let mut text = format!("| {} | {} | {} |", self.group, self.ours, self.beside);
        for count in counts {
            let ratio = self.at.iter().find(|(at, _)| at == count);
            text += &match ratio {
                Some((_, ratio)) if ratio.is_finite() => format!(" {} |", significant(*ratio)),
                _ => " – |".to_owned(),
            };
        }
        text + "\n"
    }
}

/// Two digits that count.
fn significant(ratio: f64) -> String {
    let digits = if ratio < 0.01 {
        4
    } else if ratio < 0.1 {
        3
    } else {
        2
    };
    format!("{ratio:.digits$}")
}

pub fn ratios(counts: &[usize], ratios: &[Ratio]) -> String {
    let head: String = counts
        .iter()
        .map(|count| format!(" {} |", number(*count as f64, 0)))
        .collect();
    let line = "---:|".repeat(counts.len());
    let rows: String = ratios.iter().map(|ratio| ratio.row(counts)).collect();
    format!("## Ratios\n\n| | ours | beside |{head}\n|---|---|---|{line}\n{rows}\n")
}

/// A figure of a whole program.
pub struct Program {
    pub what: &'static str,
    pub measured: f64,
    pub unit: &'static str,
}

impl Program {
    fn row(&self) -> String {
        let digits = usize::from(self.measured < 1_000.);
        format!(
            "| {} | {} {} |\n",
            self.what,
            number(self.measured, digits),
            self.unit
        )
    }
}

pub fn programs(programs: &[Program]) -> String {
    let rows: String = programs.iter().map(Program::row).collect();
    format!("| | |\n|---|---:|\n{rows}\n")
}

pub fn million(rows: &[million::Row]) -> String {
    let mut text = "## A million backends\n\n| | build, ms | route and release, ns | memory, MB |\n|---|---:|---:|---:|\n".to_owned();
    for row in rows {
        text += &format!(
            "| {} | {} | {} | {} |\n",
            row.name,
            number(row.build_milliseconds, 0),
            number(row.route_nanoseconds, 0),
            number(row.megabytes, 1)
        );
    }
    text + "\n"
}

/// The processor and the number of cores, as far as the system says.
pub fn machine() -> String {
    let model = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown processor", |name| {
            name.trim_matches([' ', '\t', ':'])
        });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let (system, architecture) = (std::env::consts::OS, std::env::consts::ARCH);
    format!("{model}, {cores} cores, {architecture} {system}")
}
