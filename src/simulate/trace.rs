//! Recorded requests: a CSV file with one line per request.

use std::path::Path;

use anyhow::{Result, ensure};

use super::source::{ArrivalSource, KeySource, ServiceSource};
use super::table::{SERVICE, Table};
use super::traffic::Traffic;
use crate::input::name_of;
use crate::workload::{Keys, Malformed};

const ARRIVAL: &str = "arrival_us";

impl Traffic {
    /// Reads a file with the columns `arrival_us`, `service_us` and optionally `key`, compressed with gzip or not; `-`
    /// is standard input. The first request arrives at time 0.
    ///
    /// # Errors
    /// If the file cannot be read, has a fault (the error has its location), or has no request.
    pub fn from_trace(path: &Path) -> Result<Self> {
        let table = Table::open(path)?;
        let (arrival, service) = (table.times(ARRIVAL)?, table.times(SERVICE)?);
        let key = table.find("key");
        let (mut arrivals, mut services, mut keys) = (Vec::new(), Vec::new(), Keys::default());
        let (mut first, mut last) = (None, 0);
        table.for_each(|record| {
            let time = arrival.of(record)?;
            ensure!(
                time >= last,
                "`{ARRIVAL}` is {time}, after {last} in the preceding line; expected ascending times"
            );
            last = time;
            arrivals.push((time - *first.get_or_insert(time)) * 1_000);
            services.push(service.of(record)? * 1_000);
            key.into_iter().for_each(|key| keys.push(&record[key]));
            Ok(())
        })?;
        Ok(Self {
            requests: arrivals.len() as u64,
            source: format!("the trace {}", name_of(path)),
            arrivals: ArrivalSource::Recorded(arrivals),
            service: ServiceSource::Recorded(services),
            keys: key.map(|_| KeySource::Recorded(keys).into()),
            malformed: Malformed::default(),
        })
    }
}
