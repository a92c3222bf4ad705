//! Simulations held to exact replays of real traces and to queueing theory. The traces are not part of
//! the project; where the folder `shared/data` lies beside it they are used, elsewhere these tests say
//! that they are skipped.

use std::io::{Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use evenkeel::config::Config;
use evenkeel::simulate::{
    BackendFigures, Discipline, Drawn, Figures, Latency, LoggedService, Model, Sample, Service,
    Simulated, Simulation, Timeline, Traffic,
};
use evenkeel::workload::{Distribution, DurationUnit, KeyField, Workload};
use evenkeel_algorithms::strategy::{CARDS, subset};
use evenkeel_algorithms::{LoadBalancer, Registry, Seed};
use flate2::read::GzDecoder;
use tempfile::NamedTempFile;

/// Backends b1 to bN.
fn config(backends: usize) -> Config {
    Config::of(
        (1..=backends)
            .map(|number| format!("b{number}").into())
            .collect(),
    )
}

const ONE_SERVER: Model = Model {
    servers: 1,
    queue_limit: None,
    discipline: Discipline::Fcfs,
    cache: None,
};

/// Simulates equal backends.
fn simulated(
    config: &Config,
    algorithms: &[&str],
    traffic: &Traffic,
    model: Model,
    warm_up: u64,
) -> Simulated {
    let algorithms = algorithms
        .iter()
        .map(|name| Registry::builtin().named(name).unwrap());
    let simulation = Simulation {
        config,
        algorithms: &algorithms.collect::<Vec<_>>(),
        traffic,
        model,
        speeds: &vec![1.; config.backends.len()],
        instances: 1,
        warm_up,
        limit: None,
        timeline: &Timeline::quiet(&config.backends),
        window: None,
    };
    simulation.run(|_| ()).unwrap()
}

fn latency<'a>(report: &'a Simulated, algorithm: &str) -> &'a Latency {
    figures(report, algorithm).latency.as_ref().unwrap()
}

fn figures<'a>(report: &'a Simulated, algorithm: &str) -> &'a Figures {
    let mut results = report.results.iter();
    &results
        .find(|outcome| outcome.algorithm == algorithm)
        .unwrap()
        .figures
}

fn path_of(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let path = folder.join(name);
    if !path.exists() {
        eprintln!("skipped: {} is not there", path.display());
    }
    path.exists().then_some(path)
}

fn trace(text: &str) -> anyhow::Result<Traffic> {
    Traffic::from_trace(file(text).path())
}

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

/// The text of a compressed file.
fn text_of(path: &Path) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).unwrap();
    GzDecoder::new(file).read_to_string(&mut text).unwrap();
    text
}

/// What is published of a replay, in microseconds: the sum, the mean, the 99th percentile, the longest.
type Replay = (u128, f64, u64, u64);

fn assert_replay(
    traffic: &Traffic,
    backends: usize,
    algorithm: &str,
    published: Replay,
) -> Simulated {
    let report = simulated(&config(backends), &[algorithm], traffic, ONE_SERVER, 0);
    let found = latency(&report, algorithm);
    let (sum, mean, p99, max) = published;
    let what = format!("{algorithm} over {backends}");
    assert_eq!(found.sum_ns, sum * 1_000, "{what}");
    assert!(
        (found.mean_ns / 1e3 - mean).abs() < 0.06,
        "{what}: {}",
        found.mean_ns
    );
    assert_eq!(
        (found.p99_ns, found.max_ns),
        (p99 * 1_000, max * 1_000),
        "{what}"
    );
    report
}

#[test]
fn a_trace_of_web_requests_takes_exactly_as_long_as_published() {
    let Some(path) = path_of("requests_onlineboutique_20220823.csv.gz") else {
        return;
    };
    let traffic = Traffic::from_trace(&path).unwrap();
    for (backends, algorithm, published) in [
        (
            16,
            "round-robin",
            (20_377_961_363, 731_074.2, 11_664_157, 66_269_768),
        ),
        (
            24,
            "round-robin",
            (14_316_061_140, 513_599.1, 5_487_743, 36_315_469),
        ),
        (
            24,
            "least-connections",
            (12_430_659_178, 445_958.9, 4_523_086, 29_846_058),
        ),
    ] {
        assert_replay(&traffic, backends, algorithm, published);
    }
    let published = (13_327_405_734, 478_130.4, 4_869_506, 51_075_257);
    let report = assert_replay(&traffic, 16, "least-connections", published);
    let backends = &figures(&report, "least-connections").backends;
    let counts: Vec<_> = backends.iter().map(|share| share.requests).collect();
    let published = [
        10814, 6133, 3695, 2393, 1518, 1058, 721, 474, 333, 229, 162, 110, 95, 58, 42, 39,
    ];
    assert_eq!(counts, published);
}

#[test]
fn a_trace_of_a_language_model_takes_exactly_as_long_as_published() {
    let Some(path) = path_of("requests_azure_llm_conv_20231116.csv.gz") else {
        return;
    };
    let traffic = trace(&priced(&path)).unwrap();
    for (algorithm, published) in [
        (
            "round-robin",
            (173_211_014_460, 8_944_078.0, 33_027_224, 49_007_313),
        ),
        (
            "least-connections",
            (109_004_871_714, 5_628_672.5, 17_751_628, 32_568_424),
        ),
    ] {
        assert_replay(&traffic, 40, algorithm, published);
    }
}

/// The trace with a service time: 100 µs a token read and 25 ms a token written.
fn priced(path: &Path) -> String {
    let text = text_of(path);
    let lines = text.lines().skip(1).map(|line| {
        let numbers = line.split(',').map(|field| field.parse::<u64>().unwrap());
        let numbers: Vec<_> = numbers.collect();
        format!(
            "{},{}\n",
            100 * numbers[1] + 25_000 * numbers[2],
            numbers[0]
        )
    });
    std::iter::once("service_us,arrival_us\n".to_owned())
        .chain(lines)
        .collect()
}

/// Poisson arrivals of exponential requests of 1 ms.
fn drawn(requests: u64, load: f64) -> Drawn {
    Drawn::new(requests, load, 1_000, Distribution::Uniform)
}

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
fn who_shares_a_server_gets_half_of_it() {
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
fn who_knows_more_queues_less() {
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

#[test]
fn a_completion_comes_before_an_arrival_at_the_same_time() {
    let text =
        "key,arrival_us,spans,service_us\na,1000,1,10\nb,1005,1,20\nc,1010,1,5\nd,1012,1,1\n";
    let traffic = trace(text).unwrap();
    let report = simulated(
        &config(2),
        &["least-connections", "round-robin"],
        &traffic,
        ONE_SERVER,
        0,
    );
    // c finds b1 empty at 1010; d finds one on each, takes b1, and waits for 3.
    let least = latency(&report, "least-connections");
    assert_eq!(
        (least.sum_ns, least.max_ns, least.p50_ns),
        (39_000, 20_000, 5_000)
    );
    // In turn: d waits on b2 until 1025.
    let turns = latency(&report, "round-robin");
    assert_eq!((turns.sum_ns, turns.max_ns), (49_000, 20_000));
    let busy: Vec<_> = figures(&report, "least-connections")
        .backends
        .iter()
        .map(|b| b.utilisation)
        .collect();
    assert_eq!(busy, [16. / 25., 20. / 25.]);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let json = |seed| {
        let mut config = config(5);
        config.hashing.seed = Seed(seed);
        let traffic = Traffic::from(drawn(20_000, 0.9));
        let names: Vec<_> = CARDS.iter().map(|algorithm| algorithm.name).collect();
        let report = simulated(&config, &names, &traffic, ONE_SERVER, 2_000);
        assert!(report.skipped.is_empty());
        serde_json::to_string(&report).unwrap()
    };
    assert_eq!(json(1), json(1));
    assert_ne!(json(1), json(2));
}

#[test]
fn who_learns_of_times_spares_a_slow_backend() {
    let config = config(3);
    let algorithms =
        ["round-robin", "peak-ewma"].map(|name| Registry::builtin().named(name).unwrap());
    let traffic = Traffic::from(drawn(50_000, 0.5));
    let simulation = Simulation {
        config: &config,
        algorithms: &algorithms,
        traffic: &traffic,
        model: ONE_SERVER,
        speeds: &[1., 1., 0.2],
        instances: 1,
        warm_up: 5_000,
        limit: Some(10_000_000),
        timeline: &Timeline::quiet(&config.backends),
        window: None,
    };
    let report = simulation.run(|_| ()).unwrap();
    let [turns, learned] = ["round-robin", "peak-ewma"].map(|name| figures(&report, name));
    assert!(learned.backends[2].requests * 2 < turns.backends[2].requests);
    let over = |figures: &Figures| figures.latency.as_ref().unwrap().over_limit.unwrap();
    assert!(
        over(learned) < 0.1 && over(turns) > 0.3,
        "{} {}",
        over(learned),
        over(turns)
    );
}

#[test]
fn load_balancers_that_see_a_part_each_queue_more() {
    let (config, traffic) = (config(10), Traffic::from(drawn(200_000, 0.9)));
    let algorithms = [Registry::builtin().named("least-connections").unwrap()];
    let mean = |instances| {
        let simulation = Simulation {
            config: &config,
            algorithms: &algorithms,
            traffic: &traffic,
            model: ONE_SERVER,
            speeds: &[1.; 10],
            instances,
            warm_up: 20_000,
            limit: None,
            timeline: &Timeline::quiet(&config.backends),
            window: None,
        };
        let report = simulation.run(|_| ()).unwrap();
        latency(&report, "least-connections").mean_ns
    };
    assert!(mean(10) > 1.5 * mean(1));
}

/// Each load balancer is a client by itself, of which the first is the config's.
#[test]
fn load_balancers_have_subsets_of_their_own() {
    let mut config = config(10);
    config.subset = Some(subset::Options {
        client: "gateway".to_owned(),
        size: subset::Size::new(1).unwrap(),
    });
    let traffic = Traffic::from(drawn(2_000, 0.1));
    let used = |instances| {
        let algorithms =
            ["ketama", "round-robin"].map(|name| Registry::builtin().named(name).unwrap());
        let simulation = Simulation {
            config: &config,
            algorithms: &algorithms,
            traffic: &traffic,
            model: ONE_SERVER,
            speeds: &[1.; 10],
            instances,
            warm_up: 0,
            limit: None,
            timeline: &Timeline::quiet(&config.backends),
            window: None,
        };
        let report = simulation.run(|_| ()).unwrap();
        let of_one = |name: &str| {
            let shares = figures(&report, name).backends.iter();
            shares.filter(|share| share.requests > 0).count()
        };
        [of_one("ketama"), of_one("round-robin")]
    };
    assert_eq!(used(1), [1, 1]);
    assert!(used(100).iter().all(|&used| used == 10));
}

#[test]
fn a_fault_of_a_trace_has_a_place() {
    for (text, expected) in [
        ("", "no column `arrival_us`"),
        (
            "arrival_us,key\n",
            ":1: no column `service_us`; expected it in the first line, which has arrival_us, key",
        ),
        ("arrival_us,service_us\n", "no requests"),
        (
            "arrival_us,service_us\n1,2\n3,-4\n",
            ":3: `service_us` is `-4`; expected whole microseconds",
        ),
        (
            "arrival_us,service_us\n1,2\n3\n",
            ":3: 1 fields; expected 2",
        ),
        (
            "arrival_us,service_us\n1.5,2\n",
            ":2: `arrival_us` is `1.5`",
        ),
        (
            "arrival_us,service_us\n5,2\n4,2\n",
            ":3: `arrival_us` is 4, after 5 in the line before",
        ),
        (
            "arrival_us,service_us\n99999999999999999,2\n",
            ":2: `arrival_us` is `99999999999999999`",
        ),
    ] {
        let error = format!("{:#}", trace(text).unwrap_err());
        assert!(error.contains(expected), "{text:?}: {error}");
    }
}

#[test]
fn who_needs_keys_is_left_out_where_there_are_none() {
    let traffic = trace("arrival_us,service_us\n1,2\n").unwrap();
    let report = simulated(&config(2), &["ketama", "random"], &traffic, ONE_SERVER, 0);
    assert_eq!(report.results.len(), 1);
    assert_eq!(report.skipped[0].algorithm, "ketama");
    assert!(
        report.skipped[0].reason.contains("key"),
        "{}",
        report.skipped[0].reason
    );
}

const WEB_LOG: &str = "access_semicomplete_2015.log.gz";

/// The seconds of that log's lines from the first on, sorted: all are of May 2015 and of one zone.
fn seconds(log: &str) -> Vec<u64> {
    let second = |line: &str| {
        let time = line.split_once('[').unwrap().1;
        let number = |range: Range<usize>| time[range].parse::<u64>().unwrap();
        assert_eq!(&time[2..12], "/May/2015:");
        ((number(0..2) * 24 + number(12..14)) * 60 + number(15..17)) * 60 + number(18..20)
    };
    let mut seconds: Vec<_> = log.lines().map(second).collect();
    seconds.sort_unstable();
    let first = seconds[0];
    seconds.iter().map(|second| second - first).collect()
}

/// One server in turn: a request begins when it is there and the one before is done.
#[test]
fn a_log_arrives_at_its_own_times() {
    let Some(path) = path_of(WEB_LOG) else { return };
    const SECOND: u64 = 1_000_000_000;
    const SERVICE: u64 = 20 * SECOND;
    let service = LoggedService::Drawn(Service::Deterministic, SERVICE);
    let traffic = Traffic::from_access_log(&path, KeyField::Client, service).unwrap();
    assert_eq!(traffic.requests(), 10_000);
    let malformed = traffic.malformed();
    assert_eq!((malformed.lines, malformed.without_times), (1, 0));
    assert_eq!(malformed.first.map(|(line, _)| line), Some(8_899));
    let seconds = seconds(&text_of(&path));
    let (mut free, mut sum) = (0, 0_u128);
    for same in seconds.chunk_by(|one, next| one == next) {
        let count = same.len() as u64;
        for number in 0..count {
            let arrival = same[0] * SECOND + number * SECOND / count;
            free = free.max(arrival) + SERVICE;
            sum += u128::from(free - arrival);
        }
    }
    let report = simulated(&config(1), &["random"], &traffic, ONE_SERVER, 0);
    assert_eq!(latency(&report, "random").sum_ns, sum);
    assert_eq!(seconds.last(), Some(&298_859));
    let busy = figures(&report, "random").backends[0].utilisation;
    assert_eq!(busy, (10_000 * SERVICE) as f64 / free as f64);
}

/// b comes first, 4 s before a, which waits for the last 2 ms of it if these are seconds; c comes half a
/// second behind a.
#[test]
fn a_log_tells_how_long_its_requests_took() {
    let line = |client: &str, time: &str, took: &str| {
        format!(
            "{client} - - [17/May/2015:{time}] \"GET / HTTP/1.1\" 200 7 \"-\" \"agent\" {took}\n"
        )
    };
    let text = line("a", "12:00:04 +0200", "1.000")
        + &line("b", "10:00:00 +0000", "4.002")
        + &line("c", "10:00:04 +0000", "0.25");
    for (unit, scale) in [
        (DurationUnit::S, 1_000_000_000),
        (DurationUnit::Ms, 1_000_000),
        (DurationUnit::Us, 1_000),
    ] {
        let log = file(&text);
        let service = LoggedService::LastField(unit);
        let traffic = Traffic::from_access_log(log.path(), KeyField::Client, service).unwrap();
        assert_eq!((traffic.load(), traffic.service_mean()), (None, None));
        let report = simulated(&config(1), &["ketama"], &traffic, ONE_SERVER, 0);
        // In seconds a waits for 2 ms, and c from 4.5 s to 5.002 s.
        let waiting = if unit == DurationUnit::S {
            504_000_000
        } else {
            0
        };
        let served = 5_252 * scale / 1_000;
        assert_eq!(
            latency(&report, "ketama").sum_ns,
            served + waiting,
            "{unit:?}"
        );
    }
}

#[test]
fn keys_of_a_file_are_asked_in_its_order() {
    let Some(path) = path_of("cache_web12.keys.gz") else {
        return;
    };
    let workload = Workload::from_keys(&path).unwrap();
    let (config, traffic) = (config(7), Traffic::from(Drawn::of(&workload, 0.5)));
    assert_eq!(traffic.requests(), 95_607);
    let report = simulated(&config, &["ketama", "round-robin"], &traffic, ONE_SERVER, 0);
    let strategy = config.configured_as(Registry::builtin().named("ketama").unwrap());
    let balancer = LoadBalancer::new(strategy, config.pool().unwrap()).unwrap();
    let mut counts = [0; 7];
    for (_, key) in workload.requests() {
        let ticket = balancer.route(Some(key)).unwrap();
        counts[ticket.slot().index()] += 1;
        ticket.release();
    }
    let found: Vec<_> = figures(&report, "ketama")
        .backends
        .iter()
        .map(|share| share.requests)
        .collect();
    assert_eq!(found, counts);
    // Arrivals and times are those of drawn keys: a strategy that uses none sees no difference.
    let drawn = Traffic::from(drawn(95_607, 0.5));
    let drawn = simulated(&config, &["round-robin"], &drawn, ONE_SERVER, 0);
    let sums = [&report, &drawn].map(|report| latency(report, "round-robin").sum_ns);
    assert_eq!(sums[0], sums[1]);
}

/// Of an M/G/1 queue the first two moments of the times tell the mean (Pollaczek and Khinchine).
#[test]
fn times_that_were_measured_queue_as_their_moments_say() {
    let Some(path) = path_of("requests_onlineboutique_20220823.csv.gz") else {
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

#[test]
fn what_is_drawn_beside_a_file_is_the_same_for_a_seed() {
    let keys = file("a\nb\nc\na\n");
    let workload = Workload::from_keys(keys.path()).unwrap();
    let json = |seed| {
        let mut config = config(2);
        config.hashing.seed = Seed(seed);
        let mut drawn = Drawn::of(&workload, 0.9);
        let times: Vec<_> = (162..=172).map(|ms| ms * 1_000_000).collect();
        drawn.service = Service::Empirical(Sample::of(&times).unwrap());
        let traffic = Traffic::from(drawn);
        assert_eq!(traffic.service_mean(), Some(167_000_000));
        let report = simulated(&config, &["maglev"], &traffic, ONE_SERVER, 0);
        serde_json::to_string(&report).unwrap()
    };
    assert_eq!(json(1), json(1));
    assert_ne!(json(1), json(2));
}
