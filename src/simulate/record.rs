//! The measurements during a simulation.

use anyhow::{Result, ensure};
use serde::Serialize;

use super::latency::{Latency, MAX_HELD, Times};
use super::station::{Occupancy, Station};
use super::tally::{Counts, Fate, Tally};
use super::timeline::Turn;
use crate::figures::mean_by_field;

/// The maximum number of phases with a histogram each, of half a megabyte.
const MAX_ROUGH_PHASES: usize = 200;

/// The maximum number of windows times backends that are stored for a strategy.
pub(super) const MAX_HELD_LOADS: usize = 1 << 20;

/// The measurements of a strategy.
pub(super) struct Record {
    /// The number of requests before the measurement.
    warm_up: u64,
    pub(super) times: Times,
    pub(super) counts: Counts,
    /// The outcomes of the requests at each station.
    pub(super) tallies: Vec<Tally>,
    /// The phases of the time; empty if there is only one.
    phases: Vec<PhaseRecord>,
    windows: Option<Windows>,
    /// The start of the measurement.
    pub(super) from: u64,
    /// The occupancy of the stations before that.
    before: Vec<Occupancy>,
}

struct PhaseRecord {
    from: u64,
    times: Times,
    counts: Counts,
}

/// The figures between two turns of a scenario, for the requests that arrived then.
#[derive(Clone, Debug, Serialize)]
pub struct Phase {
    /// The start of the phase.
    pub from_ns: u64,
    /// The number of completed requests.
    pub requests: u64,
    /// The number of rejected requests.
    pub rejected: u64,
    /// The number of requests lost at a stopped backend.
    pub failed: u64,
    /// Their times; `None` if none was completed.
    pub latency: Option<Latency>,
    /// The cache hit ratio, if there are caches.
    pub hit_ratio: Option<f64>,
    /// The hit ratio of the same requests without the events: the difference is the cost of the events.
    pub undisturbed_hit_ratio: Option<f64>,
}

/// The figures of a time window, including the warm-up.
#[derive(Clone, Debug, Serialize)]
pub struct Window {
    /// The end of the window, which is the start of the next; the first window starts at 0.
    pub until_ns: u64,
    /// The number of completed requests.
    pub requests: u64,
    /// The number of rejected requests.
    pub rejected: u64,
    /// The number of lost requests.
    pub failed: u64,
    /// The times of the completed requests; quantiles may be 0.1% too high.
    pub latency: Option<Latency>,
    /// The cache hit ratio of the arrived requests, if there are caches.
    pub hit_ratio: Option<f64>,
    /// The mean number of busy servers of each backend, in the backends' order.
    pub busy_servers: Vec<f64>,
    /// The mean number of requests at each backend, including those in service.
    pub mean_queue: Vec<f64>,
}

mean_by_field!(Phase {
    from_ns: first,
    requests,
    rejected,
    failed,
    latency,
    hit_ratio,
    undisturbed_hit_ratio,
});

// If runs end at different times, their last windows have different lengths.
mean_by_field!(Window {
    until_ns,
    requests,
    rejected,
    failed,
    latency,
    hit_ratio,
    busy_servers,
    mean_queue,
});

struct Windows {
    width: u64,
    /// The end of the current window.
    end: u64,
    times: Times,
    counts: Counts,
    /// The occupancy of the stations before the current window.
    before: Vec<Occupancy>,
    done: Vec<Window>,
}

impl Record {
    /// Creates a record for a number of requests after the warm-up, with turns and windows of this length.
    pub(super) fn new(
        warm_up: u64,
        measured: u64,
        limit: Option<u64>,
        turns: &[Turn],
        window: Option<u64>,
    ) -> Result<Self> {
        let turns = turns.iter().map(|turn| turn.at).filter(|&at| at > 0);
        ensure!(
            measured <= MAX_HELD || turns.clone().count() <= MAX_ROUGH_PHASES,
            "more than {MAX_ROUGH_PHASES} times with events; expected fewer, or at most \
             {MAX_HELD} measured requests"
        );
        let phase = |from| {
            Ok(PhaseRecord {
                from,
                times: Times::new(measured, limit)?,
                counts: Counts::default(),
            })
        };
        let mut phases: Vec<_> = std::iter::once(0)
            .chain(turns)
            .map(phase)
            .collect::<Result<_>>()?;
        if phases.len() == 1 {
            phases.clear();
        }
        Ok(Self {
            warm_up,
            times: Times::new(measured, limit)?,
            counts: Counts::default(),
            tallies: Vec::new(),
            phases,
            windows: window.map(|width| Windows::new(width, limit)).transpose()?,
            from: 0,
            before: Vec::new(),
        })
    }

    /// Makes room for this many stations.
    pub(super) fn resize(&mut self, stations: usize) {
        self.tallies.resize(stations, Tally::default());
        self.before.resize(stations, Occupancy::default());
    }

    /// Starts the measurement: nothing before this moment counts.
    pub(super) fn begin(&mut self, now: u64, stations: &mut [Station]) {
        self.from = now;
        self.before = occupancies(stations, now);
        for (tally, station) in self.tallies.iter_mut().zip(stations) {
            tally.supplied_before = station.supplied(now);
        }
    }

    /// Ends the time in which requests arrive.
    pub(super) fn end_arrivals(&mut self, now: u64, stations: &[Station]) {
        for (tally, station) in self.tallies.iter_mut().zip(stations) {
            tally.supplied = station.supplied(now) - tally.supplied_before;
        }
    }

    /// Records a request that was sent to a station that is up, with its time at speed 1.
    pub(super) fn offered(&mut self, number: u64, station: usize, service: u64) {
        if number >= self.warm_up {
            self.tallies[station].offered += u128::from(service);
        }
    }

    /// Ends the windows that are over at a time, before any event at that time.
    #[inline]
    pub(super) fn pass(&mut self, now: u64, stations: &mut [Station]) -> Result<()> {
        match &mut self.windows {
            Some(windows) if windows.end <= now => windows.end_until(now, stations),
            _ => Ok(()),
        }
    }

    /// Records a completed request.
    pub(super) fn finished(&mut self, number: u64, arrival: u64, now: u64, station: usize) {
        let time = now - arrival;
        if let Some(windows) = &mut self.windows {
            windows.times.add(time);
        }
        if number < self.warm_up {
            return;
        }
        self.times.add(time);
        self.tallies[station].finished += 1;
        if let Some(phase) = phase(&mut self.phases, arrival) {
            phase.times.add(time);
        }
    }

    /// Records another outcome of a request, at a station if it reached one.
    pub(super) fn note(&mut self, number: u64, arrival: u64, station: Option<usize>, fate: Fate) {
        if let Some(windows) = &mut self.windows {
            windows.counts.note(fate);
        }
        if number < self.warm_up {
            return;
        }
        self.counts.note(fate);
        if let Some(station) = station {
            self.tallies[station].counts.note(fate);
        }
        if let Some(phase) = phase(&mut self.phases, arrival) {
            phase.counts.note(fate);
        }
    }

    /// Returns the phases in order.
    pub(super) fn phases(&mut self) -> Vec<Phase> {
        let phases = self.phases.iter_mut().map(|phase| Phase {
            from_ns: phase.from,
            requests: phase.times.count(),
            rejected: phase.counts.rejected,
            failed: phase.counts.failed,
            latency: phase.times.latency(),
            hit_ratio: phase.counts.hit_ratio(),
            undisturbed_hit_ratio: None,
        });
        phases.collect()
    }

    /// Returns the windows, the last of which ends now.
    pub(super) fn windows(&mut self, now: u64, stations: &mut [Station]) -> Vec<Window> {
        self.windows.take().map_or(Vec::new(), |mut windows| {
            windows.close(now, stations);
            windows.done
        })
    }

    /// Returns the mean busy servers and the mean requests of each station since the start of the measurement.
    pub(super) fn loads(&self, now: u64, stations: &mut [Station]) -> Vec<(f64, f64)> {
        means(&occupancies(stations, now), &self.before)
    }
}

impl Windows {
    fn new(width: u64, limit: Option<u64>) -> Result<Self> {
        Ok(Self {
            width,
            end: width,
            // The final number is unknown.
            times: Times::new(MAX_HELD + 1, limit)?,
            counts: Counts::default(),
            before: Vec::new(),
            done: Vec::new(),
        })
    }

    fn end_until(&mut self, now: u64, stations: &mut [Station]) -> Result<()> {
        while self.end <= now {
            let held = (self.done.len() + 1) * stations.len();
            ensure!(
                held <= MAX_HELD_LOADS,
                "more than {} windows of {} ns; use longer windows",
                self.done.len(),
                self.width
            );
            self.close(self.end, stations);
            self.end += self.width;
        }
        Ok(())
    }

    fn close(&mut self, now: u64, stations: &mut [Station]) {
        let after = occupancies(stations, now);
        self.before.resize(after.len(), Occupancy::default());
        let (busy_servers, mean_queue) = means(&after, &self.before).into_iter().unzip();
        self.before = after;
        let counts = std::mem::take(&mut self.counts);
        self.done.push(Window {
            until_ns: now,
            requests: self.times.count(),
            rejected: counts.rejected,
            failed: counts.failed,
            latency: self.times.take_latency(),
            hit_ratio: counts.hit_ratio(),
            busy_servers,
            mean_queue,
        });
    }
}

/// Returns the phase in which a request arrived.
fn phase(phases: &mut [PhaseRecord], arrival: u64) -> Option<&mut PhaseRecord> {
    let later = phases.partition_point(|phase| phase.from <= arrival);
    phases.get_mut(later.checked_sub(1)?)
}

fn occupancies(stations: &mut [Station], now: u64) -> Vec<Occupancy> {
    stations
        .iter_mut()
        .map(|station| station.occupancy(now))
        .collect()
}

fn means(after: &[Occupancy], before: &[Occupancy]) -> Vec<(f64, f64)> {
    let pairs = after.iter().zip(before);
    pairs
        .map(|(after, before)| after.mean_since(before))
        .collect()
}
