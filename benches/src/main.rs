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
use report::{Group, Limit, Target, Unit};

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
            maglev: Group::measure("Maglev, 65,537 slots: pick", Nanoseconds, &FEW, |n| {
                table::pick(keys, n, 65_537)
            }),
            maglev_build: Group::measure("Maglev, 65,537 slots: build", Microseconds, &FEW, |n| {
                table::build(n, 65_537)
            }),
            large_maglev: Group::measure("Maglev, 655,373 slots: pick", Nanoseconds, &FEW, |n| {
                table::pick(keys, n, 655_373)
            }),
            large_maglev_build: Group::measure(
                "Maglev, 655,373 slots: build",
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

    fn targets(&self) -> Vec<Target> {
        const OURS: &str = "evenkeel";
        let mut targets = Vec::new();
        let mut add =
            |what: String, measured, most| targets.push(Target::at_most(what, measured, most));
        let ratio = |group: &Group, count, rival| group.of(OURS, count) / group.of(rival, count);
        for count in ALL {
            let floor = ratio(&self.ring, count, "floor: hash and bucket index");
            add(format!("ring pick / floor, {count}"), floor, 1.3);
            let rival = if count == 100_000 {
                "hashring"
            } else {
                "pingora-ketama v1"
            };
            add(
                format!("ring pick / {rival}, {count}"),
                ratio(&self.ring, count, rival),
                0.5,
            );
        }
        add(
            "ring, bytes a point, 1000 (8 and an index of as much)".into(),
            ring::bytes_a_point(1_000),
            16.,
        );
        for count in ALL {
            let most = if count == 100_000 { 0.8 } else { 0.5 };
            add(
                format!("ring build / pingora-ketama v1, {count}"),
                ratio(&self.ring_build, count, "pingora-ketama v1"),
                most,
            );
            add(
                format!("ring build / pingora-ketama v2, {count}"),
                ratio(&self.ring_build, count, "pingora-ketama v2"),
                1.,
            );
        }
        add(
            "ring, add a backend, 1000, µs".into(),
            self.ring_change.of("evenkeel, add", 1_000) / 1e3,
            400.,
        );
        add(
            "ring, remove a backend, 1000, µs".into(),
            self.ring_change.of("evenkeel, remove", 1_000) / 1e3,
            400.,
        );
        for (size, group) in [(65_537, &self.maglev), (655_373, &self.large_maglev)] {
            for count in FEW {
                let floor = ratio(group, count, "floor: hash and one table read");
                add(format!("maglev {size} pick / floor, {count}"), floor, 1.3);
            }
        }
        add(
            "maglev 65537 build, 1000, ms".into(),
            self.maglev_build.of(OURS, 1_000) / 1e6,
            1.5,
        );
        add(
            "maglev 655373 build, 1000, ms".into(),
            self.large_maglev_build.of(OURS, 1_000) / 1e6,
            20.,
        );
        let weighted = self.rendezvous.of("evenkeel, 8 distinct weights", 1_000);
        add(
            "rendezvous pick, 1000, ns".into(),
            self.rendezvous.of(OURS, 1_000),
            400.,
        );
        add(
            "rendezvous pick, 1000, 8 distinct weights, ns".into(),
            weighted,
            480.,
        );
        add(
            "rendezvous pick, 1000, 8 distinct weights / one".into(),
            weighted / self.rendezvous.of(OURS, 1_000),
            1.2,
        );
        let floor = self
            .rendezvous
            .of("floor: hash and one mix a backend", 1_000);
        add(
            "rendezvous pick without AVX2 / floor, 1000".into(),
            self.rendezvous.of("evenkeel, without AVX2", 1_000) / floor,
            1.3,
        );
        add(
            "rendezvous pick, 10, ns".into(),
            self.rendezvous.of(OURS, 10),
            32.,
        );
        for (name, most) in [("anchor", 14.), ("jump-back", 20.), ("choose-k", 30.)] {
            let measured = self.numbered.of(name, 1_000);
            add(format!("{name} pick, 1000, ns"), measured, most);
        }
        add(
            "memento pick / jump, 1000".into(),
            self.numbered.of("memento", 1_000) / self.numbered.of("jump", 1_000),
            1.25,
        );
        let rival = self.probes.of("mpchash, 23 probes", 1_000);
        add(
            "multi-probe pick / mpchash, 23 probes, 1000".into(),
            self.probes.of("multi-probe, 23 probes", 1_000) / rival,
            0.2,
        );
        add(
            "round-robin route and release, 1000, ns".into(),
            self.route.of("round-robin", 1_000),
            35.,
        );
        add(
            "least-connections route and release, 1000, ns".into(),
            self.route.of("least-connections", 1_000),
            70.,
        );
        add(
            "power-of-two-choices route and release, 1000, ns".into(),
            self.route.of("power-of-two-choices", 1_000),
            40.,
        );
        add(
            "round-robin, two threads, 1000, ns".into(),
            self.route_by_two.of("round-robin", 1_000),
            110.,
        );
        add(
            "least-connections, two threads, 1000, ns".into(),
            self.route_by_two.of("least-connections", 1_000),
            110.,
        );
        targets
    }
}

/// The two outward programs as a whole.
fn programs(keys: &Keys) -> Result<[Target; 5]> {
    eprintln!("compare");
    let (seconds, megabytes) = comparison::ten_million_requests()?;
    eprintln!("serve");
    let (median, late) = service::time_of_an_answer()?;
    let what = format!("serve, one question and its answer, µs (99 of 100 within {late:.0})");
    let throughput = Target {
        what: "serve, requests a second on one core".into(),
        measured: service::requests_a_second()?,
        limit: Limit::AtLeast(2e6),
    };
    eprintln!("external");
    let asked = Target {
        what: "serve as a strategy, picks a second".into(),
        measured: external::picks_a_second(keys)?,
        limit: Limit::AtLeast(2e5),
    };
    Ok([
        throughput,
        asked,
        Target::at_most(what, median, 100.),
        Target::at_most(
            "compare, 10,000 backends, 10,000,000 requests, s",
            seconds,
            60.,
        ),
        Target::at_most("the same, most memory at once, MB", megabytes, 500.),
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
    let mut targets = groups.targets();
    targets.extend(programs);
    let text = format!(
        include_str!("introduction.md"),
        machine = report::machine(),
        targets = report::targets(&targets),
        groups = groups.all().map(Group::markdown).concat(),
        million = report::million(&million::rows(&keys)),
    );
    fs::write(path, text.trim_end().to_owned() + "\n").with_context(|| path.to_owned())
}
