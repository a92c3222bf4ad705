//! Replays take exactly as long as published.

use std::path::Path;

use evenkeel::simulate::{Simulated, Traffic};

use crate::skipped::shared_data;

use super::support::{ONE_SERVER, config, figures, latency, simulated, text_of, trace};

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
    let Some(path) = shared_data("requests_onlineboutique_20220823.csv.gz") else {
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
    let Some(path) = shared_data("requests_azure_llm_conv_20231116.csv.gz") else {
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
