//! The arguments that say when requests arrive, how long they take, and their keys.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;

use crate::commands::workload::WorkloadArgs;
use crate::progress::Voice;
use crate::simulate::{Arrivals, Drawn, LoggedService, Sample, Service, Traffic};
use crate::text::Nanoseconds;
use crate::workload::{DurationUnit, Source, Workload};

/// What a log of requests is read for here.
const ACCESS_LOG: &str = "Read the requests from an access log in the common or combined format, compressed or not: \
    their keys, and without --load also when they arrive";

/// Where the requests come from: when they arrive, how long they take, and their keys.
#[derive(Debug, Args)]
#[command(mut_arg("access_log", |arg| arg.help(ACCESS_LOG)))]
pub(super) struct TrafficArgs {
    #[command(flatten)]
    laws: LawArgs,
    #[command(flatten)]
    workload: WorkloadArgs,
    #[command(flatten)]
    recorded: RecordedArgs,
}

/// By which laws they arrive and take time.
#[derive(Debug, Args)]
struct LawArgs {
    /// How much the requests ask for of what the backends can do: below 1 they keep up
    #[arg(long, value_name = "SHARE", value_parser = load, required_unless_present_any = ["access_log", "trace", "verify"])]
    load: Option<f64>,
    /// How requests arrive: `poisson` (at random), `deterministic` (evenly) or `bursts:SIZE` (so many at
    /// once, at random)
    #[arg(long, value_name = "LAW", default_value = "poisson", requires = "load")]
    arrivals: Arrivals,
    /// How long requests take: `exp`, `deterministic` (all the same) or `pareto:ALPHA` (a few very long;
    /// the variance is infinite up to an ALPHA of 2)
    #[arg(long, value_name = "LAW", default_value = "exp")]
    service: Service,
    /// How long they take on average at speed 1
    #[arg(long, value_name = "TIME", default_value = "1ms", value_parser = time)]
    service_mean: u64,
    /// Let each take as long as one that was measured, drawn from the column service_us of a CSV file,
    /// compressed with gzip or not; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["service", "service_mean"])]
    service_from: Option<PathBuf>,
}

/// What was recorded of their times.
#[derive(Debug, Args)]
struct RecordedArgs {
    /// Let each logged request take as long as the last field of its line says, in this unit
    #[arg(long, value_name = "UNIT", value_enum, requires = "access_log",
        conflicts_with_all = ["load", "service", "service_mean", "service_from"])]
    log_duration: Option<DurationUnit>,
    /// Read the requests from a CSV file, compressed with gzip or not; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["load", "arrivals", "service", "service_mean",
        "service_from", "requests", "clients", "distribution", "keys_from", "access_log"])]
    trace: Option<PathBuf>,
}

impl TrafficArgs {
    /// The files that are read.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        let requests = self.recorded.trace.iter().chain(self.workload.files());
        requests.chain(&self.laws.service_from)
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
        match (self.laws.load, self.workload.source()) {
            (Some(load), source) => self.drawn(&source, load).map(Traffic::from),
            (None, Source::AccessLog(path, key)) => {
                let service = match self.recorded.log_duration {
                    Some(unit) => LoggedService::LastField(unit),
                    None => LoggedService::Drawn(self.service()?, self.laws.service_mean),
                };
                Traffic::from_access_log(&path, key, service)
            }
            (None, _) => bail!("expected --load, --access-log or --trace"),
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
        drawn.arrivals = self.laws.arrivals;
        drawn.service = self.service()?;
        drawn.service_mean = self.laws.service_mean;
        Ok(drawn)
    }

    fn service(&self) -> Result<Service> {
        match &self.laws.service_from {
            Some(path) => Sample::read(path).map(Service::Empirical),
            None => Ok(self.laws.service.clone()),
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
