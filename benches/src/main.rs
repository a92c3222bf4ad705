//! Measures Evenkeel beside other crates and beside the floor that the hardware sets, interleaved in
//! one run, and writes the file that its argument names: `docs/benchmarks.md` has the command.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};

mod comparison;
mod draws;
mod external;
mod floor;
mod keys;
mod measure;
mod million;
mod numbered;
mod report;
mod ring;
mod service;
mod table;
mod turns;

use keys::Keys;
use report::{Group, Program, Ratio, Unit};

const ALL: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];
/// As many backends as the crates beside us take in good time.
const FEW: [usize; 4] = [10, 100, 1_000, 10_000];

/// Names as long as those of real backends.
fn names(count: usize) -> Vec<String> {
    let octet = |number: usize, shift: u32| number >> shift & 255;
    let name = |n| format!("10.{}.{}.{}:80", octet(n, 16), octet(n, 8), octet(n, 0));
    (1..=count).map(name).collect()
}

struct Groups {
    ring: Group,
    ring_build: Group,
    ring_change: Group,
    maglev: Group,
    maglev_build: Group,
    large_maglev: Group,
    large_maglev_build: Group,
    rendezvous: Group,
    rendezvous_build: Group,
    numbered: Group,
    probes: Group,
    route: Group,
    route_by_two: Group,
    builds: Group,
}

impl Groups {
    fn measure(keys: &Keys) -> Self {
        use Unit::{Microseconds, Nanoseconds};
        Self {
            ring: Group::measure(
                "Ring of 160 points a backend: pick",
                Nanoseconds,
                &ALL,
                |n| ring::pick(keys, n),
            ),
            ring_build: Group::measure(
                "Ring of 160 points a backend: build",
                Microseconds,
                &ALL,
                ring::build,
            ),
            ring_change: Group::measure(
                "Ring of 160 points a backend: change",
                Microseconds,
                &[1_000],
                ring::change,
            ),
            maglev: Group::measure("Maglev, 65,537 entries: pick", Nanoseconds, &FEW, |n| {
                table::pick(keys, n, 65_537)
            }),
            maglev_build: Group::measure(
                "Maglev, 65,537 entries: build",
                Microseconds,
                &FEW,
                |n| table::build(n, 65_537),
            ),
            large_maglev: Group::measure("Maglev, 655,373 entries: pick", Nanoseconds, &FEW, |n| {
                table::pick(keys, n, 655_373)
            }),
            large_maglev_build: Group::measure(
                "Maglev, 655,373 entries: build",
                Microseconds,
                &FEW,
                |n| table::build(n, 655_373),
            ),
            rendezvous: Group::measure("Rendezvous: pick", Nanoseconds, &ALL, |n| {
                draws::pick(keys, n)
            }),
            rendezvous_build: Group::measure("Rendezvous: build", Microseconds, &ALL, draws::build),
            numbered: Group::measure("Numbered buckets: pick", Nanoseconds, &ALL, |n| {
                numbered::pick(keys, n)
            }),
            probes: Group::measure(
                "Multi-probe and local rendezvous: pick",
                Nanoseconds,
                &FEW,
                |n| numbered::probe(keys, n),
            ),
            route: Group::measure("Route and release, one thread", Nanoseconds, &FEW, |n| {
                turns::route(keys, n)
            }),
            route_by_two: Group::measure(
                "Route and release, two threads, each",
                Nanoseconds,
                &FEW,
                |n| turns::route_by_two(keys, n),
            ),
            builds: Group::measure(
                "Every strategy: build, with the pool",
                Microseconds,
                &ALL,
                turns::build,
            ),
        }
    }

    fn all(&self) -> [&Group; 14] {
        [
            &self.ring,
            &self.ring_build,
            &self.ring_change,
            &self.maglev,
            &self.maglev_build,
            &self.large_maglev,
            &self.large_maglev_build,
            &self.rendezvous,
            &self.rendezvous_build,
            &self.numbered,
            &self.probes,
            &self.route,
            &self.route_by_two,
            &self.builds,
        ]
    }

    /// How we compare with other crates and with the floor.
    fn ratios(&self) -> Vec<Ratio> {
        const OURS: &str = "evenkeel";
        const READ: &str = "floor: hash and one table read";
        const MIX: &str = "floor: hash and one mix a backend";
        const SELECT: &str = "pingora select, round-robin";
        const P2C: &str = "tower p2c, pending requests";
        let (numbered, probes, route) = (&self.numbered, &self.probes, &self.route);
        [
            (&self.ring, OURS, "floor: hash and bucket index"),
            (&self.ring, OURS, "pingora-ketama v1"),
            (&self.ring, OURS, "hashring"),
            (&self.ring_build, OURS, "pingora-ketama v1"),
            (&self.ring_build, OURS, "pingora-ketama v2"),
            (&self.maglev, OURS, READ),
            (&self.maglev, OURS, "maglev-hash"),
            (&self.maglev_build, OURS, "maglev-hash"),
            (&self.large_maglev, OURS, READ),
            (&self.large_maglev, OURS, "maglev-hash"),
            (&self.rendezvous, OURS, MIX),
            (&self.rendezvous, "evenkeel, without AVX2", MIX),
            (&self.rendezvous, OURS, "hrw"),
            (numbered, "anchor", "anchorhash"),
            (numbered, "jump", "jumphash"),
            (probes, "multi-probe, 23 probes", "mpchash, 23 probes"),
            (route, "round-robin", SELECT),
            (route, "round-robin", "weighted-rs, smooth"),
            (route, "least-connections", P2C),
            (route, "power-of-two-choices", P2C),
        ]
        .map(|(group, ours, beside)| group.ratio(ours, beside))
        .into()
    }
}

/// The programs as a whole.
fn programs(keys: &Keys) -> Result<[Program; 6]> {
    eprintln!("compare");
    let (seconds, megabytes) = comparison::ten_million_requests()?;
    eprintln!("serve");
    let (median, late) = service::time_of_an_answer()?;
    let rate = service::requests_a_second()?;
    eprintln!("external");
    let asked = external::picks_a_second(keys)?;
    let program = |what, measured, unit| Program {
        what,
        measured,
        unit,
    };
    Ok([
        program("`serve`: requests on one core", rate, "req/s"),
        program("`serve`: one question and its answer, median", median, "µs"),
        program("`serve`: one question and its answer, p99", late, "µs"),
        program("`serve` as a strategy: picks", asked, "picks/s"),
        program(
            "`compare`: 10,000 backends, 10,000,000 requests",
            seconds,
            "s",
        ),
        program("the same: peak memory", megabytes, "MB"),
    ])
}

fn main() -> Result<ExitCode> {
    match std::env::args().nth(1).as_deref() {
        // As the program that is asked: it is a copy of this one.
        Some("serve") => Ok(evenkeel::run()),
        Some("external") => {
            let rate = external::picks_a_second(&Keys::new())?;
            println!("a program as a strategy, picks a second: {rate:.0}");
            Ok(ExitCode::SUCCESS)
        }
        Some(path) => all(path).map(|()| ExitCode::SUCCESS),
        None => bail!("expected the file to write, or `external`"),
    }
}

/// Measures all and writes the file.
fn all(path: &str) -> Result<()> {
    let keys = Keys::new();
    let programs = programs(&keys)?;
    let groups = Groups::measure(&keys);
    let text = format!(
        include_str!("introduction.md"),
        machine = report::machine(),
        ratios = report::ratios(&ALL, &groups.ratios()),
        programs = report::programs(&programs),
        groups = groups.all().map(Group::markdown).concat(),
        million = report::million(&million::rows(&keys)),
    );
    fs::write(path, text.trim_end().to_owned() + "\n").with_context(|| path.to_owned())
}
