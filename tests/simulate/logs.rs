//! Access logs as traffic.

use std::ops::Range;

use evenkeel::simulate::{LoggedService, Service, Traffic};
use evenkeel::workload::{DurationUnit, KeyField};

use crate::skipped::shared_data;

use super::support::{ONE_SERVER, config, figures, file, latency, simulated, text_of};

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
    let Some(path) = shared_data(WEB_LOG) else {
        return;
    };
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
