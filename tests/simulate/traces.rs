//! Traces, and what is wrong with them.

use super::support::{ONE_SERVER, config, figures, latency, simulated, trace};

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
fn a_fault_of_a_trace_has_a_place() {
    for (text, expected) in [
        ("", "no column `arrival_us`"),
        (
            "arrival_us,key\n",
            ":1: no column `service_us`; the header has arrival_us, key",
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
            ":3: `arrival_us` is 4, after 5 in the preceding line",
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
fn strategies_by_key_are_skipped_without_keys() {
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
