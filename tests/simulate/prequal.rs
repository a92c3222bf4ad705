//! Prequal in the simulation, beside a naive program that is written from the paper.

use std::collections::VecDeque;

use evenkeel::simulate::Traffic;

use super::support::{ONE_SERVER, config, drawn, latency, simulated};

const BACKENDS: usize = 10;

/// The paper's options and ours: reports kept, quantile above which a backend is hot, uses of a report, probes of a
/// request; and the latest requests of which the median is expected.
const POOL: usize = 16;
const QUANTILE: f64 = 0.84;
const USES: u32 = 2;
const PROBES: usize = 3;
const LATEST: usize = 15;

struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn exponential(&mut self) -> f64 {
        -libm::log(self.uniform())
    }

    fn below(&mut self, end: usize) -> usize {
        (self.uniform() * end as f64) as usize
    }
}

/// A backend: the arrival, the number found and the end of the requests that are there, and the number found and the
/// time of those that are done.
#[derive(Default)]
struct Backend {
    there: VecDeque<(f64, usize, f64)>,
    done: Vec<(usize, f64)>,
}

impl Backend {
    /// The median of the latest requests that found as many as are here now, or the nearest number.
    fn expected(&self) -> f64 {
        let now = self.there.len();
        let found = self.done.iter().rev().take(3_000).map(|done| done.0);
        let Some(nearest) = found.min_by_key(|&found| (found.abs_diff(now), found)) else {
            return 0.;
        };
        let same = self.done.iter().rev().filter(|done| done.0 == nearest);
        let mut times: Vec<_> = same.take(LATEST).map(|done| done.1).collect();
        times.sort_by(f64::total_cmp);
        times[(times.len() - 1) / 2]
    }
}

struct Report {
    backend: usize,
    in_flight: usize,
    latency: f64,
    uses: u32,
}

fn limit(reports: &[Report]) -> usize {
    let mut loads: Vec<_> = reports.iter().map(|report| report.in_flight).collect();
    loads.sort_unstable();
    loads[((loads.len() - 1) as f64 * QUANTILE) as usize]
}

/// The report that is dropped for another: by turns the oldest and the worst.
fn dropped(reports: &[Report], worst: bool) -> usize {
    if !worst {
        return 0;
    }
    let limit = limit(reports);
    let places = || 0..reports.len();
    let hottest = places()
        .filter(|&place| reports[place].in_flight > limit)
        .max_by_key(|&place| reports[place].in_flight);
    let slowest = || places().max_by(|&a, &b| reports[a].latency.total_cmp(&reports[b].latency));
    hottest.or_else(slowest).unwrap()
}

/// The mean and the 99th percentile of the times, in units of the mean service time.
fn naive(load: f64, requests: usize) -> [f64; 2] {
    let mut random = Random(88_172_645_463_325_252);
    let mut backends: Vec<_> = (0..BACKENDS).map(|_| Backend::default()).collect();
    let (mut reports, mut worst_next) = (Vec::<Report>::new(), false);
    let (mut now, mut times) = (0., Vec::new());
    for number in 0..requests {
        now += random.exponential() / (load * BACKENDS as f64);
        for backend in &mut backends {
            while let Some(&(arrival, found, end)) = backend.there.front()
                && end <= now
            {
                backend.there.pop_front();
                backend.done.push((found, end - arrival));
                if number >= requests / 10 {
                    times.push(end - arrival);
                }
            }
        }
        let mut probed = Vec::new();
        while probed.len() < PROBES {
            let backend = random.below(BACKENDS);
            if !probed.contains(&backend) {
                probed.push(backend);
            }
        }
        for backend in probed {
            reports.retain(|report| report.backend != backend);
            if reports.len() >= POOL {
                reports.remove(dropped(&reports, worst_next));
                worst_next = !worst_next;
            }
            reports.push(Report {
                backend,
                in_flight: backends[backend].there.len(),
                latency: backends[backend].expected(),
                uses: 0,
            });
        }
        let limit = limit(&reports);
        let cold = (0..reports.len()).filter(|&place| reports[place].in_flight <= limit);
        let best = cold.min_by(|&a, &b| reports[a].latency.total_cmp(&reports[b].latency));
        let best = best.unwrap();
        let backend = reports[best].backend;
        reports[best].in_flight += 1;
        reports[best].uses += 1;
        if reports[best].uses == USES {
            reports.remove(best);
        }
        let there = &mut backends[backend].there;
        let start = there.back().map_or(now, |&(_, _, end)| f64::max(end, now));
        let found = there.len();
        there.push_back((now, found, start + random.exponential()));
    }
    times.sort_by(f64::total_cmp);
    let mean = times.iter().sum::<f64>() / times.len() as f64;
    [mean, times[times.len() * 99 / 100]]
}

/// The times of another program, which has a random choice, two choices and Prequal on ten M/M/1 servers.
#[test]
fn prequal_takes_as_long_as_in_a_naive_program() {
    let known = [(0.5, [1.33, 5.65]), (0.8, [1.75, 7.1])];
    for (load, others) in known {
        let traffic = Traffic::from(drawn(400_000, load));
        let algorithms = ["prequal", "random"];
        let report = simulated(&config(BACKENDS), &algorithms, &traffic, ONE_SERVER, 40_000);
        let of = |algorithm| {
            let latency = latency(&report, algorithm);
            [latency.mean_ns / 1e6, latency.p99_ns as f64 / 1e6]
        };
        let (ours, naive) = (of("prequal"), naive(load, 200_000));
        println!("{load}: {ours:.3?} {naive:.3?} {others:?}");
        for ((ours, naive), other) in ours.into_iter().zip(naive).zip(others) {
            assert!((ours / naive - 1.).abs() < 0.04, "{load}: {ours} {naive}");
            assert!((ours / other - 1.).abs() < 0.06, "{load}: {ours} {other}");
        }
        assert!(of("random")[1] > 1.4 * ours[1]);
    }
}
