//! The arguments that say when requests arrive, how long they take, and their keys.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Args;

use crate::commands::workload::WorkloadArgs;
use crate::progress::Voice;
use crate::simulate::{Arrivals, Drawn, LoggedService, Sample, Service, Traffic};
use crate::text::Nanoseconds;
use crate::workload::{DurationUnit, Source, Workload};

/// The load unless a trace or a log gives the arrivals.
const LOAD: f64 = 0.8;

/// Where the requests come from: when they arrive, how long they take, and their keys.
#[derive(Debug, Args)]
pub(super) struct TrafficArgs {
    #[command(flatten)]
    drawn: DrawnArgs,
    #[command(flatten)]
    workload: WorkloadArgs,
    #[command(flatten)]
    recorded: RecordedArgs,
}

/// How their times are distributed.
#[derive(Debug, Args)]
#[command(next_help_heading = "Traffic")]
struct DrawnArgs {
    /// Offered load as a fraction of capacity  [default: 0.8, unless a trace or a log gives arrivals]
    #[arg(long, value_name = "RATIO", value_parser = load)]
    load: Option<f64>,
    /// Distribution of arrivals: `poisson`, `deterministic` (evenly spaced) or `bursts:SIZE`
    /// [default: poisson]
    #[arg(long, value_name = "DIST")]
    arrivals: Option<Arrivals>,
    /// Distribution of service times: `exp`, `deterministic` (all equal) or `pareto:ALPHA` (heavy tail)
    #[arg(long, value_name = "DIST", default_value = "exp")]
    service: Service,
    /// Mean service time at speed 1
    #[arg(long, value_name = "TIME", default_value = "1ms", value_parser = time)]
    service_mean: u64,
    /// Draw service times from the column service_us of a CSV file, plain or gzip; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["service", "service_mean"])]
    service_from: Option<PathBuf>,
}

/// What was recorded of their times.
#[derive(Debug, Args)]
#[command(next_help_heading = "Traffic")]
struct RecordedArgs {
    /// Take service times from the last field of each log line, in this unit
    ///
    /// `$request_time` of nginx is in s, `%D` of Apache in us.
    #[arg(long, value_name = "UNIT", value_enum, requires = "access_log",
        conflicts_with_all = ["load", "service", "service_mean", "service_from", "requests", "clients",
            "distribution", "keys_from", "trace"])]
    log_duration: Option<DurationUnit>,
    /// Replay the requests of a CSV file, plain or gzip; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["load", "arrivals", "service", "service_mean",
        "service_from", "requests", "clients", "distribution", "keys_from", "access_log"])]
    trace: Option<PathBuf>,
}

impl TrafficArgs {
    /// The files that are read.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let requests = self.recorded.trace.iter().chain(self.workload.files());
        requests.chain(&self.drawn.service_from)
    }

    /// The requests.
    ///
    /// # Errors
    /// If a file cannot be read or has not what it should have.
    pub(super) fn traffic(&self, voice: Voice) -> Result<Traffic> {
        let _reading = self.files().next().map(|path| voice.reading(path));
        if let Some(path) = &self.recorded.trace {
            return Traffic::from_trace(path);
        }
        match (self.drawn.load, self.workload.source()) {
            (None, Source::AccessLog(path, key)) => {
                ensure!(
                    self.drawn.arrivals.is_none(),
                    "--arrivals: the log gives the arrivals; add --load to draw them"
                );
                let service = match self.recorded.log_duration {
                    Some(unit) => LoggedService::LastField(unit),
                    None => LoggedService::Drawn(self.service()?, self.drawn.service_mean),
                };
                Traffic::from_access_log(&path, key, service)
            }
            (load, source) => self.drawn(&source, load.unwrap_or(LOAD)).map(Traffic::from),
        }
    }

    fn drawn(&self, source: &Source, load: f64) -> Result<Drawn> {
        let mut drawn = match source {
            &Source::Drawn {
                requests,
                clients,
                distribution,
            } => Drawn::new(requests as u64, load, clients, distribution),
            Source::Keys(path) => Drawn::of(&Workload::from_keys(path)?, load),
            Source::AccessLog(path, key) => {
                Drawn::of(&Workload::from_access_log(path, *key)?, load)
            }
        };
        drawn.arrivals = self.drawn.arrivals.unwrap_or(drawn.arrivals);
        drawn.service = self.service()?;
        drawn.service_mean = self.drawn.service_mean;
        Ok(drawn)
    }

    fn service(&self) -> Result<Service> {
        match &self.drawn.service_from {
            Some(path) => Sample::read(path).map(Service::Empirical),
            None => Ok(self.drawn.service.clone()),
        }
    }
}

pub(super) fn load(text: &str) -> Result<f64, String> {
    let load = text.parse().ok();
    let load = load.filter(|&load: &f64| load > 0. && load <= 1_000.);
    load.ok_or("expected a number above 0, such as 0.9, and at most 1000".to_owned())
}

/// A time in nanoseconds that is not 0.
pub(super) fn time(text: &str) -> Result<u64, String> {
    match Nanoseconds::parse(text)?.0 {
        0 => Err("expected more than no time".to_owned()),
        time => Ok(time),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_a_meaning_are_refused() {
        for wrong in ["0", "-1", "NaN", "inf", "90%"] {
            assert!(load(wrong).is_err(), "{wrong}");
        }
        assert!(time("0s").is_err());
    }
}
