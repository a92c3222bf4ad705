//! Times and queues are those of queueing theory.

use evenkeel::simulate::{BackendFigures, Discipline, Model, Sample, Service, Traffic};

use crate::skipped::shared_data;

use super::support::{ONE_SERVER, config, drawn, figures, latency, simulated, text_of, trace};

/// The mean times in milliseconds of a million requests, of which the first tenth is not measured.
fn means<const N: usize>(
    backends: usize,
    load: f64,
    algorithms: [&str; N],
    model: Model,
) -> [f64; N] {
    let traffic = Traffic::from(drawn(1_000_000, load));
    let report = simulated(&config(backends), &algorithms, &traffic, model, 100_000);
    algorithms.map(|algorithm| latency(&report, algorithm).mean_ns / 1e6)
}

const TEN_SERVERS: Model = Model {
    servers: 10,
    ..ONE_SERVER
};

/// Loads, and how far the mean of 900,000 requests may be off: about three deviations of the means of
/// the slowest queues, which grow as 1 / (1 - load).
const LOADS: [(f64, f64); 5] = [
    (0.5, 0.01),
    (0.7, 0.02),
    (0.8, 0.03),
    (0.9, 0.06),
    (0.95, 0.1),
];

#[track_caller]
fn assert_means<const N: usize>(backends: usize, model: Model, published: [(&str, [f64; 5]); N]) {
    for (place, (load, tolerance)) in LOADS.into_iter().enumerate() {
        let names = published.map(|(name, _)| name);
        for (mean, (name, expected)) in means(backends, load, names, model)
            .into_iter()
            .zip(published)
        {
            let off = mean / expected[place] - 1.;
            println!("{name} over {backends} at {load}: {mean:.4}, {off:+.4}");
            assert!(
                off.abs() < tolerance,
                "{name} over {backends} at {load}: {mean}, {off}"
            );
        }
    }
}

#[test]
fn ten_backends_take_as_long_as_queueing_theory_says() {
    let published = [
        ("random", [2., 3.3333, 5., 10., 20.]),
        ("round-robin", [1.3246, 2.0198, 2.9223, 5.6603, 11.1549]),
        (
            "power-of-two-choices",
            [1.3254, 1.7414, 2.1613, 3.1120, 4.519],
        ),
        ("least-connections", [1.0241, 1.1601, 1.3558, 1.9130, 2.956]),
    ];
    assert_means(10, ONE_SERVER, published);
}

#[test]
fn two_backends_take_as_long_as_queueing_theory_says() {
    let published = [
        ("round-robin", [1.6180, 2.6006, 3.8440, 7.5883, 15.0857]),
        (
            "least-connections",
            [1.42632, 2.10820, 2.95574, 5.47491, 10.48664],
        ),
    ];
    assert_means(2, ONE_SERVER, published);
}

#[test]
fn ten_servers_with_one_queue_take_as_long_as_erlang_says() {
    let published = [("random", [1.0072, 1.0739, 1.2046, 1.6687, 2.6512])];
    assert_means(1, TEN_SERVERS, published);
}

/// Random splitting makes each backend an M/G/1 queue. Served in turn, a request waits
/// load (1 + cv²) / (2 (1 - load)); shared, it stays 1 / (1 - load) whatever the law.
#[test]
fn what_the_law_of_the_service_does_depends_on_the_discipline() {
    let shared = Model {
        discipline: Discipline::Ps,
        ..ONE_SERVER
    };
    let variances = [
        (Service::Deterministic, 0.),
        (Service::Exponential, 1.),
        // cv² = 1 / (α (α - 2))
        (Service::Pareto(4.), 0.125),
    ];
    for (service, cv2) in variances {
        for (model, expected) in [(ONE_SERVER, 1. + 0.8 * (1. + cv2) / 0.4), (shared, 5.)] {
            let mut drawn = drawn(500_000, 0.8);
            drawn.service = service.clone();
            let report = simulated(
                &config(5),
                &["random"],
                &Traffic::from(drawn),
                model,
                50_000,
            );
            let mean = latency(&report, "random").mean_ns / 1e6;
            println!("{service} {model:?}: {mean:.4} {expected:.4}");
            assert!(
                (mean / expected - 1.).abs() < 0.04,
                "{service} {model:?}: {mean} {expected}"
            );
        }
    }
}

/// b comes when a has half of its 10 µs left: both go on at half speed until a goes at 15; b has 5 left
/// then, and goes at 20.
#[test]
fn two_requests_on_a_shared_server_get_half_each() {
    let traffic = trace("arrival_us,service_us\n0,10\n5,10\n").unwrap();
    let shared = Model {
        discipline: Discipline::Ps,
        ..ONE_SERVER
    };
    let report = simulated(&config(1), &["random"], &traffic, shared, 0);
    let latency = latency(&report, "random");
    assert_eq!((latency.sum_ns, latency.p50_ns), (30_000, 15_000));
}

#[test]
fn strategies_with_more_feedback_queue_less() {
    let [one_queue] = means(1, 0.9, ["random"], TEN_SERVERS);
    let names = [
        "least-connections",
        "power-of-two-choices",
        "round-robin",
        "random",
    ];
    let [shortest, two, turns, random] = means(10, 0.9, names, ONE_SERVER);
    assert!(one_queue < shortest && shortest < two && two < turns && turns < random);
}

/// Without room to wait a server that is asked as fast as it serves rejects every second request
/// (Erlang's loss formula), and with room for one every third.
#[test]
fn all_requests_are_finished_or_rejected_as_erlang_says() {
    let traffic = Traffic::from(drawn(200_000, 1.));
    for (limit, expected) in [(0, 0.5), (1, 1. / 3.)] {
        let model = Model {
            queue_limit: Some(limit),
            ..ONE_SERVER
        };
        let report = simulated(&config(3), &["random"], &traffic, model, 20_000);
        let figures = figures(&report, "random");
        assert_eq!(figures.requests + figures.rejected, 180_000);
        let of_backends =
            |count: fn(&BackendFigures) -> u64| figures.backends.iter().map(count).sum();
        let sums: [u64; 2] = [
            of_backends(|share| share.requests),
            of_backends(|share| share.rejected),
        ];
        assert_eq!(sums, [figures.requests, figures.rejected]);
        let rejected = figures.rejected as f64 / 180_000.;
        assert!((rejected - expected).abs() < 0.005, "{limit}: {rejected}");
    }
}

/// What is there on average is what arrives in a time times how long it stays (Little).
#[test]
fn queues_and_times_tell_the_same() {
    let traffic = Traffic::from(drawn(100_000, 0.8));
    let report = simulated(
        &config(4),
        &["ketama", "least-connections"],
        &traffic,
        ONE_SERVER,
        0,
    );
    for outcome in &report.results {
        let backends = &outcome.figures.backends;
        let there: f64 = backends.iter().map(|share| share.mean_queue).sum();
        let busy: f64 = backends.iter().map(|share| share.utilisation).sum();
        let mean = outcome.figures.latency.as_ref().unwrap().mean_ns / 1e6;
        // As many arrive as are served, each for 1 ms on average.
        assert!(
            (there / busy / mean - 1.).abs() < 0.02,
            "{there} {busy} {mean}"
        );
    }
}

/// Of an M/G/1 queue the first two moments of the times tell the mean (Pollaczek and Khinchine).
#[test]
fn times_that_were_measured_queue_as_their_moments_say() {
    let Some(path) = shared_data("requests_onlineboutique_20220823.csv.gz") else {
        return;
    };
    let text = text_of(&path);
    let times: Vec<f64> = text
        .lines()
        .skip(1)
        .map(|line| line.split(',').nth(1).unwrap().parse().unwrap())
        .collect();
    let moment = |power| times.iter().map(|time| time.powi(power)).sum::<f64>() / 27_874.;
    let (mean, square) = (moment(1), moment(2));
    let mut drawn = drawn(1_000_000, 0.5);
    drawn.service = Service::Empirical(Sample::read(&path).unwrap());
    let traffic = Traffic::from(drawn);
    assert_eq!(traffic.service_mean(), Some((mean * 1e3).round() as u64));
    let report = simulated(&config(1), &["random"], &traffic, ONE_SERVER, 0);
    let found = latency(&report, "random").mean_ns / 1e3;
    let expected = mean + 0.5 * square / mean / (2. * (1. - 0.5));
    println!("{found} {expected}");
    assert!((found / expected - 1.).abs() < 0.03, "{found} {expected}");
}
