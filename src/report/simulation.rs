//! A simulation as a document.

use std::cmp::Reverse;

use anyhow::Result;
use evenkeel_algorithms::strategy::prequal;

use super::document::Document;
use super::reported::Reported;
use super::words::malformed_lines;
use super::{findings, pictures};
use crate::figures::{Columns, Measured};
use crate::plot::Plot;
use crate::sheet::Sheet;
use crate::simulate::{
    AlgorithmFigures, BackendFigures, Discipline, Figures, Latency, Setting, Simulated,
};
use crate::text::Nanoseconds;

mod answer;
mod by_load;
mod cells;
mod csv;
mod over_time;
mod repeated;

use cells::{has_failed, hits, over, times};

/// Backends of an algorithm that are listed, at most: the fullest.
const MAX_BACKENDS: usize = 16;

impl Reported for Simulated {
    fn document(&self) -> Document {
        let latencies = match self.setting.repeat {
            Some(_) => repeated::latencies(self),
            None => latencies(self),
        };
        let sheets = [
            Some(latencies.titled("How long requests take (milliseconds, waiting included)")),
            over_time::phases(self),
            over_time::windows(self),
            repeated::shares(self),
            by_load::by_load(self),
            Some(backends(self)),
            repeated::differences(self),
        ];
        Document {
            question: question(&self.setting),
            answer: answer::answer(
                &self.results,
                &self.setting.turns,
                self.setting.repeat.is_some(),
            ),
            setting: setting(&self.setting),
            caveats: caveats(self),
            sheets: sheets.into_iter().flatten().collect(),
            conclusions: repeated::conclusions(self),
            ..Document::default()
        }
    }

    fn plots(&self) -> Vec<Plot> {
        pictures::simulation::plots(self)
    }

    fn csv(&self) -> Result<Vec<u8>> {
        csv::rows(self)
    }
}

fn question(setting: &Setting) -> String {
    let meanwhile = if setting.turns.is_empty() {
        ""
    } else {
        ", and what do the events of the scenario change"
    };
    format!("How long do requests take under each strategy{meanwhile}?")
}

/// What is to be known before the figures are believed.
fn caveats(report: &Simulated) -> Vec<String> {
    let malformed = malformed_lines(&report.setting.malformed);
    let skipped = report
        .skipped
        .iter()
        .map(|skip| format!("{} is left out: {}", skip.algorithm, skip.reason));
    let unmoved = report.setting.repeat.as_ref().and_then(findings::unmoved);
    let rough = (!report.setting.exact_quantiles).then(|| {
        "quantiles are those of a histogram, at most a thousandth too long; all else is exact"
            .to_owned()
    });
    let probed = |outcome: &&AlgorithmFigures| outcome.algorithm == prequal::CARD.name;
    let probed = report.results.iter().find(probed).map(|_| {
        "prequal probes three backends a request, which answer at once with the time that their last request took"
            .to_owned()
    });
    malformed
        .into_iter()
        .chain(skipped)
        .chain(unmoved)
        .chain(rough)
        .chain(probed)
        .chain(overload(report))
        .chain(unmeasured(report))
        .chain(unhappened(report))
        .chain(repeated::unfinished(report))
        .collect()
}

/// Where the queues grow as long as requests come.
fn overload(report: &Simulated) -> Option<String> {
    let is_over = |load: f64| load >= 1.;
    let which = if report.setting.load.is_some_and(is_over) {
        "this load"
    } else if report.by_load.iter().any(|told| is_over(told.load)) {
        "loads of 1 and more"
    } else {
        return None;
    };
    Some(format!(
        "the backends cannot keep up with {which}: how long requests take depends on how many there are"
    ))
}

/// Which events fall into the warm-up.
fn unmeasured(report: &Simulated) -> Option<String> {
    if report.setting.warm_up == 0 {
        return None;
    }
    let from = report
        .results
        .iter()
        .map(|outcome| outcome.figures.measured_from_ns)
        .max()?;
    let turn = report.setting.turns.iter().find(|turn| turn.at < from)?;
    Some(format!(
        "the first {} requests are a warm-up that is not measured, until {}; events begin before that, at {} ({}); \
         --warm-up 0 measures all",
        report.setting.warm_up,
        Nanoseconds(from),
        Nanoseconds(turn.at),
        turn.what.join("; ")
    ))
}

/// Which events nobody was there for.
fn unhappened(report: &Simulated) -> Option<String> {
    let end = report
        .results
        .iter()
        .map(|outcome| outcome.figures.ended_ns)
        .max()?;
    let turn = report.setting.turns.iter().find(|turn| turn.at > end)?;
    Some(format!(
        "the last request is finished at {}; from {} on nothing happens ({})",
        Nanoseconds(end),
        Nanoseconds(turn.at),
        turn.what.join("; ")
    ))
}

fn setting(setting: &Setting) -> String {
    let Setting {
        source,
        requests,
        warm_up,
        backends,
        servers,
        capacity,
        seed,
        ..
    } = setting;
    let load = setting
        .load
        .map(|load| format!(" at load {load}"))
        .unwrap_or_default();
    let measured = requests - warm_up;
    let instances = match setting.instances {
        1 => String::new(),
        instances => format!(" through {instances} instances"),
    };
    let plural = if *servers == 1 { "" } else { "s" };
    let discipline = match setting.discipline {
        Discipline::Fcfs => "",
        Discipline::Ps => " that all requests share",
    };
    let limit = setting
        .queue_limit
        .map(|limit| format!(", at most {limit} waiting"))
        .unwrap_or_default();
    let cache = match setting.cache.map(|cache| cache.entries) {
        Some(Some(entries)) => format!(", a cache of {entries} keys"),
        Some(None) => ", a cache without a limit".to_owned(),
        None => String::new(),
    };
    let measured_on = format!(
        "{requests} requests{load} ({source}), the last {measured} measured, to {backends} backends with \
         {servers} server{plural} each{discipline}{limit}{cache}{instances}; capacity {capacity}, seed {seed}"
    );
    match &setting.repeat {
        Some(repeat) => measured_on + "\n" + &findings::runs(repeat, "requests"),
        None => measured_on,
    }
}

fn latencies(report: &Simulated) -> Sheet {
    let (failed, limit) = (has_failed(report), report.setting.limit_ns);
    let row = |outcome: &AlgorithmFigures| {
        let figures = Some(&outcome.figures);
        let latency = outcome.figures.latency.as_ref();
        let over = |limit| (over(limit), Latency::OVER_LIMIT.cell(latency, None));
        Columns::default()
            .column("algorithm", outcome.algorithm)
            .shown(&times(), latency, None)
            .shown(&[Figures::REJECTED], figures, None)
            .shown(failed.then_some(Figures::FAILED).as_slice(), figures, None)
            .columns(limit.map(over))
            .shown(hits(report).as_slice(), figures, None)
    };
    Sheet::of_columns(1, report.results.iter().map(row))
}

/// The fullest backends of each algorithm.
fn backends(report: &Simulated) -> Sheet {
    let (failed, hits) = (has_failed(report), report.setting.cache.is_some());
    let figures: Vec<_> = BackendFigures::FIGURES
        .iter()
        .copied()
        .filter(|&figure| failed || figure != BackendFigures::FAILED)
        .filter(|&figure| hits || figure != BackendFigures::HIT_RATIO)
        .collect();
    let rows = report.results.iter().flat_map(|outcome| {
        let mut shares: Vec<_> = outcome.figures.backends.iter().collect();
        if shares.len() > MAX_BACKENDS {
            shares.sort_by_key(|share| Reverse(share.requests));
        }
        shares.truncate(MAX_BACKENDS);
        shares.into_iter().map(|share| {
            Columns::default()
                .column("algorithm", outcome.algorithm)
                .column("backend", share.backend.as_str())
                .shown(&figures, Some(share), None)
        })
    });
    let most = report
        .results
        .iter()
        .map(|outcome| outcome.figures.backends.len())
        .max()
        .unwrap_or_default();
    let sheet = Sheet::of_columns(2, rows)
        .titled("Backends (share of the time busy; requests there on average)");
    match most.saturating_sub(MAX_BACKENDS) {
        0 => sheet,
        more => sheet.noted(format!(
            "Without the {more} of each that finished the fewest."
        )),
    }
}
