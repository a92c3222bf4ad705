//! Queueing theory and published measurements against the simulation: times in the system, a slow server, caches.

use anyhow::Context;
use evenkeel_algorithms::strategy::{
    least_connections, power_of_two_choices, prequal, random, rendezvous, round_robin,
};
use evenkeel_algorithms::{Card, Family};

use super::case::{Case, ONE_SERVER};
use super::reference::{Expected, Reference};
use crate::simulate::{CacheModel, Discipline, Drawn, Model, Service};
use crate::workload::Distribution;

/// The number of generated requests; the first tenth is not measured.
const REQUESTS: u64 = 5_000_000;

/// The number of requests where backends are probed, which takes longer.
const PROBED: u64 = 1_000_000;

/// The loads for which mean times in the system are published.
const LOADS: [f64; 5] = [0.5, 0.7, 0.8, 0.9, 0.95];

pub(super) fn references() -> Vec<Reference> {
    [
        queues(),
        unequal(),
        probed(),
        laws(),
        slow_server(),
        caches(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn drawn(requests: u64, load: f64) -> Drawn {
    Drawn::new(requests, load, 1_000, Distribution::Uniform)
}

/// Poisson arrivals and exponential service with mean 1.
fn queues() -> Vec<Reference> {
    const THEORY: &str = "queueing theory, exact";
    const LONG_RUNS: &str = "simulations of 5e8 requests and more";
    let ten_servers = Model {
        servers: 10,
        ..ONE_SERVER
    };
    let rows = [
        (
            &random::CARD,
            10,
            ONE_SERVER,
            THEORY,
            [2., 3.3333, 5., 10., 20.],
        ),
        (
            &round_robin::CARD,
            2,
            ONE_SERVER,
            THEORY,
            [1.6180, 2.6006, 3.8440, 7.5883, 15.0857],
        ),
        (
            &round_robin::CARD,
            10,
            ONE_SERVER,
            THEORY,
            [1.3246, 2.0198, 2.9223, 5.6603, 11.1549],
        ),
        (
            &power_of_two_choices::CARD,
            10,
            ONE_SERVER,
            LONG_RUNS,
            [1.3254, 1.7414, 2.1613, 3.1120, 4.519],
        ),
        (
            &least_connections::CARD,
            2,
            ONE_SERVER,
            THEORY,
            [1.42632, 2.10820, 2.95574, 5.47491, 10.48664],
        ),
        (
            &least_connections::CARD,
            10,
            ONE_SERVER,
            LONG_RUNS,
            [1.0241, 1.1601, 1.3558, 1.9130, 2.956],
        ),
        (
            &random::CARD,
            1,
            ten_servers,
            "Erlang C",
            [1.0072, 1.0739, 1.2046, 1.6687, 2.6512],
        ),
    ];
    let of_row = |(algorithm, backends, model, source, means): (_, usize, Model, _, [f64; 5])| {
        LOADS.into_iter().zip(means).map(move |(load, mean)| {
            let servers = match model.servers {
                1 => String::new(),
                servers => format!(" of {servers} servers"),
            };
            let plural = if backends == 1 { "" } else { "s" };
            let name =
                format!("{algorithm}, {backends} backend{plural}{servers}, load {load}: mean time");
            let measure = move |_: &_| {
                let case = Case::new(algorithm, backends, drawn(REQUESTS, load));
                Case { model, ..case }.mean()
            };
            Reference::new(
                name,
                source,
                Expected::near(mean, tolerance(algorithm, load)),
                measure,
            )
        })
    };
    rows.into_iter().flat_map(of_row).collect()
}

/// Random splitting by weight makes each backend an M/M/1 queue, as fast as its weight: the mean time there is 1 over
/// its rate less the rate of its arrivals.
fn unequal() -> Vec<Reference> {
    const WEIGHTS: [u64; 3] = [4, 2, 1];
    const LOAD: f64 = 0.7;
    let of_place = |(place, weight): (usize, u64)| {
        let rate = weight as f64;
        let measure = move |_: &_| {
            let figures = Case {
                weights: WEIGHTS.to_vec(),
                ..Case::new(&random::CARD, WEIGHTS.len(), drawn(REQUESTS, LOAD))
            }
            .figures()?;
            let time = (figures.ended_ns - figures.measured_from_ns) as f64 / 1e6;
            let backend = &figures.backends[place];
            // Little's law.
            Ok(backend.mean_queue * time / backend.requests as f64)
        };
        Reference::new(
            format!("random, weights 4, 2, 1, load {LOAD}: mean time at weight {weight}"),
            "queueing theory, exact",
            Expected::near(1. / (rate - LOAD * rate), 0.02),
            measure,
        )
    };
    WEIGHTS.into_iter().enumerate().map(of_place).collect()
}

/// Ten servers that are probed three times for each request, and report the latency expected at their number in flight.
fn probed() -> Vec<Reference> {
    const SOURCE: &str = "an independent program by the Prequal paper";
    let rows = [(0.5, 1.33, 5.65), (0.8, 1.75, 7.1)];
    let of_row = |(load, mean, p99)| {
        let latency = move || {
            let case = Case::new(&prequal::CARD, 10, drawn(PROBED, load));
            let latency = case.figures()?.latency;
            latency.context("no request was completed")
        };
        let name = |figure| format!("prequal, 10 backends, load {load}: {figure}");
        [
            Reference::new(
                name("mean time"),
                SOURCE,
                Expected::near(mean, 0.05),
                move |_: &_| Ok(latency()?.mean_ns / 1e6),
            ),
            Reference::new(
                name("p99"),
                SOURCE,
                Expected::near(p99, 0.05),
                move |_: &_| Ok(latency()?.p99_ns as f64 / 1e6),
            ),
        ]
    };
    rows.into_iter().flat_map(of_row).collect()
}

/// Returns the tolerance of the mean over five million requests: larger for longer queues.
fn tolerance(algorithm: &Card, load: f64) -> f64 {
    if load < 0.85 {
        0.01
    } else if load > 0.92 {
        0.04
    } else if matches!(algorithm.family, Family::Random | Family::Turns) {
        0.03
    } else {
        0.02
    }
}

/// With a random split, each backend is an independent queue. With first come, first served, the mean waiting time is
/// load (1 + cv²) / (2 (1 - load)); with processor sharing, the time is 1 / (1 - load) for any distribution.
fn laws() -> Vec<Reference> {
    let shared = Model {
        discipline: Discipline::Ps,
        ..ONE_SERVER
    };
    // The cv² of a Pareto distribution is 1 / (α (α - 2)).
    let laws = [(Service::Deterministic, 0.), (Service::Pareto(4.), 0.125)];
    let of_law = |(service, cv2): (Service, f64)| {
        let in_turn = 1. + 0.8 * (1. + cv2) / 0.4;
        [(ONE_SERVER, "in turn", in_turn), (shared, "shared", 5.)].map(|(model, how, mean)| {
            let name = format!("random, service {service} {how}, load 0.8: mean time");
            let service = service.clone();
            let measure = move |_: &_| {
                let mut traffic = drawn(REQUESTS, 0.8);
                traffic.service = service.clone();
                let case = Case::new(&random::CARD, 5, traffic);
                Case { model, ..case }.mean()
            };
            Reference::new(
                name,
                "Pollaczek and Khinchine; Kleinrock",
                Expected::near(mean, 0.02),
                measure,
            )
        })
    };
    laws.into_iter().flat_map(of_law).collect()
}

/// Eleven servers that never queue, a thousand requests per second for a minute; in the second half, one server takes 2
/// s instead of 167 ms. The measured value is the share that is answered within a second.
fn slow_server() -> Vec<Reference> {
    const SOURCE: &str = "Linkerd, Beyond Round Robin, 2016; closed form";
    let shares = [
        (&round_robin::CARD, 0.9545),
        (&least_connections::CARD, 0.9959),
        (&power_of_two_choices::CARD, 0.9949),
    ];
    let of_share = |(algorithm, share)| {
        let measure = move |_: &_| {
            let mut traffic = drawn(60_000, 0.167 / 11.);
            traffic.service = Service::Deterministic;
            traffic.service_mean = 167_000_000;
            let case = Case {
                model: Model {
                    servers: 1_000,
                    ..ONE_SERVER
                },
                events: "events: [{ at: 30s, slow: b11, speed: 0.0835 }]",
                warm_up: 0.,
                limit: Some(1_000_000_000),
                ..Case::new(algorithm, 11, traffic)
            };
            let latency = case
                .figures()?
                .latency
                .context("no request was completed")?;
            Ok(1. - latency.over_limit.unwrap_or_default())
        };
        let name = format!("{algorithm}, one of 11 slow for half of the time: within a second");
        Reference::new(name, SOURCE, Expected::around(share, 0.001), measure)
    };
    shares.into_iter().map(of_share).collect()
}

/// Ten caches with 1,000 of 100,000 keys, which are requested with a Zipf distribution.
fn caches() -> Vec<Reference> {
    const SOURCE: &str = "Che, Tung, Wang: Hierarchical Web Caching Systems, 2002";
    let ratios = [
        (&round_robin::CARD, 0.2043),
        (&random::CARD, 0.2043),
        (&rendezvous::CARD, 0.4686),
    ];
    let of_ratio = |(algorithm, ratio)| {
        let measure = move |_: &_| {
            let zipf = Distribution::Zipf(0.8);
            let cache = CacheModel {
                entries: std::num::NonZeroUsize::new(1_000),
                hit_cost: 1.,
            };
            let case = Case {
                model: Model {
                    cache: Some(cache),
                    ..ONE_SERVER
                },
                ..Case::new(algorithm, 10, Drawn::new(2_000_000, 0.5, 100_000, zipf))
            };
            case.hit_ratio()
        };
        let name = format!("{algorithm}, 10 caches of 1000 of 100000 keys, zipf 0.8: hits");
        Reference::new(name, SOURCE, Expected::around(ratio, 0.002), measure)
    };
    ratios.into_iter().map(of_ratio).collect()
}
