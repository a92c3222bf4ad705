//! A simulation's figures as bytes.

use std::cmp::Reverse;

use anyhow::Result;
use csv::Writer;

use super::findings;
use super::tables::{Style, section, sheet};
use super::words::malformed_lines;
use super::{Format, percent};
use crate::duration::Nanoseconds;
use crate::simulate::{Discipline, Latency, Outcome, Report, Setting, Share};

mod by_load;
mod over_time;
mod repeated;

/// The columns of the CSV.
const COLUMNS: &[&str] = &[
    "algorithm",
    "requests",
    "rejected",
    "sum_ns",
    "mean_ns",
    "p50_ns",
    "p90_ns",
    "p99_ns",
    "p999_ns",
    "max_ns",
    "over_limit",
    "failed",
    "hit_ratio",
];

/// The most backends of an algorithm that are listed: the fullest.
const LISTED_BACKENDS: usize = 16;

/// Writes a simulation's figures in a format.
///
/// # Errors
/// None that figures can cause; those of the writers are passed on.
pub(crate) fn simulation(report: &Report, format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Table => Ok(tables(report, Style::Framed).into_bytes()),
        Format::Markdown => Ok(tables(report, Style::Markdown).into_bytes()),
        Format::Csv => csv(report),
        Format::Json => {
            let mut json = serde_json::to_vec_pretty(report)?;
            json.push(b'\n');
            Ok(json)
        }
    }
}

/// What is to be known before the figures are believed.
pub(crate) fn caveats(report: &Report) -> Vec<String> {
    let malformed = malformed_lines(&report.setting.malformed);
    let skipped = report.skipped.iter();
    let skipped = skipped.map(|skip| format!("{} is left out: {}", skip.algorithm, skip.reason));
    let unmoved = report.setting.repeat.as_ref().and_then(findings::unmoved);
    let rough = (!report.setting.exact_quantiles).then(|| {
        "quantiles are those of a histogram, at most a thousandth too long; all else is exact"
            .to_owned()
    });
    let probed = |outcome: &&Outcome| outcome.algorithm == "prequal";
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
fn overload(report: &Report) -> Option<String> {
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
fn unmeasured(report: &Report) -> Option<String> {
    let from = report
        .results
        .iter()
        .map(|outcome| outcome.figures.measured_from_ns);
    let from = from.max()?;
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
fn unhappened(report: &Report) -> Option<String> {
    let ends = report
        .results
        .iter()
        .map(|outcome| outcome.figures.ended_ns);
    let end = ends.max()?;
    let turn = report.setting.turns.iter().find(|turn| turn.at > end)?;
    Some(format!(
        "the last request is finished at {}; from {} on nothing happens ({})",
        Nanoseconds(end),
        Nanoseconds(turn.at),
        turn.what.join("; ")
    ))
}

fn tables(report: &Report, style: Style) -> String {
    let mut parts = vec![
        heading(&report.setting),
        caveats(report).join("\n"),
        section(
            "How long requests take (milliseconds, waiting included)",
            &match report.setting.repeat {
                Some(_) => repeated::latencies(report, style),
                None => latencies(report, style),
            },
        ),
        over_time::phases(report, style),
        over_time::windows(report, style),
        repeated::shares(report, style),
        by_load::by_load(report, style),
        section(
            "Backends (share of the time busy; requests there on average)",
            &backends(report, style),
        ),
        repeated::differences(report, style),
        repeated::conclusions(report).join("\n"),
    ];
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}

fn heading(setting: &Setting) -> String {
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
    let load = setting.load.map(|load| format!(" at load {load}"));
    let load = load.unwrap_or_default();
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
        .map(|limit| format!(", at most {limit} waiting"));
    let limit = limit.unwrap_or_default();
    let cache = setting.cache.map(|cache| match cache.entries {
        Some(entries) => format!(", a cache of {entries} keys"),
        None => ", a cache without a limit".to_owned(),
    });
    let cache = cache.unwrap_or_default();
    let heading = format!(
        "{requests} requests{load} ({source}), the last {measured} measured, to {backends} backends with \
         {servers} server{plural} each{discipline}{limit}{cache}{instances}; capacity {capacity}, seed {seed}"
    );
    match &setting.repeat {
        Some(repeat) => heading + "\n" + &findings::runs(repeat, "requests"),
        None => heading,
    }
}

fn latencies(report: &Report, style: Style) -> String {
    let limit = report.setting.limit_ns;
    let over = limit.map(over);
    let mut headers = vec![
        "algorithm",
        "mean",
        "p50",
        "p90",
        "p99",
        "p99.9",
        "max",
        "rejected",
    ];
    let failed = has_failed(report);
    headers.extend(failed.then_some("failed"));
    headers.extend(over.as_deref());
    let hits = report.setting.cache.is_some();
    headers.extend(hits.then_some("hits"));
    let rows = report.results.iter().map(|outcome| {
        let figures = &outcome.figures;
        let mut row = vec![outcome.algorithm.to_owned()];
        row.extend(figures.latency.as_ref().map(times).unwrap_or_default());
        row.push(figures.rejected.to_string());
        row.extend(failed.then(|| figures.failed.to_string()));
        let over = figures
            .latency
            .as_ref()
            .and_then(|latency| latency.over_limit);
        row.extend(limit.map(|_| over.map(percent).unwrap_or_default()));
        row.extend(hits.then(|| figures.hit_ratio.map(percent).unwrap_or_default()));
        row
    });
    sheet(style, &headers, 1, rows)
}

/// Whether requests were lost under some algorithm.
fn has_failed(report: &Report) -> bool {
    report
        .results
        .iter()
        .any(|outcome| outcome.figures.failed > 0)
}

/// What the share of the requests that took longer is called.
fn over(limit: u64) -> String {
    format!("over {} ms", limit as f64 / 1e6)
}

fn times(latency: &Latency) -> [String; 6] {
    let times = [
        latency.p50_ns,
        latency.p90_ns,
        latency.p99_ns,
        latency.p999_ns,
        latency.max_ns,
    ];
    let [p50, p90, p99, p999, max] = times.map(|time| time as f64);
    [latency.mean_ns, p50, p90, p99, p999, max].map(milliseconds)
}

fn milliseconds(nanoseconds: f64) -> String {
    format!("{:.3}", nanoseconds / 1e6)
}

/// The fullest backends of each algorithm.
fn backends(report: &Report, style: Style) -> String {
    let columns = [has_failed(report), report.setting.cache.is_some()];
    let [failed, hits] = columns;
    let mut headers = vec!["algorithm", "backend", "requests", "rejected"];
    headers.extend(failed.then_some("failed"));
    headers.extend(hits.then_some("hits"));
    headers.extend(["busy", "there"]);
    let rows = report.results.iter().flat_map(|outcome| {
        let mut shares: Vec<_> = outcome.figures.backends.iter().collect();
        if shares.len() > LISTED_BACKENDS {
            shares.sort_by_key(|share| Reverse(share.requests));
        }
        shares.truncate(LISTED_BACKENDS);
        shares
            .into_iter()
            .map(|share| row(outcome.algorithm, share, columns))
    });
    let most = report
        .results
        .iter()
        .map(|outcome| outcome.figures.backends.len());
    let more = most
        .max()
        .unwrap_or_default()
        .saturating_sub(LISTED_BACKENDS);
    let table = sheet(style, &headers, 2, rows);
    match more {
        0 => table,
        more => format!("{table}\n\nWithout the {more} of each that finished the fewest."),
    }
}

/// A backend's row, with the columns of lost requests and of hits or without.
fn row(algorithm: &str, share: &Share, [failed, hits]: [bool; 2]) -> Vec<String> {
    let mut row = vec![
        algorithm.to_owned(),
        share.backend.clone(),
        share.requests.to_string(),
        share.rejected.to_string(),
    ];
    row.extend(failed.then(|| share.failed.to_string()));
    row.extend(hits.then(|| share.hit_ratio.map(percent).unwrap_or_default()));
    row.extend([
        percent(share.utilisation),
        format!("{:.3}", share.mean_queue),
    ]);
    row
}

/// One row an algorithm.
fn csv(report: &Report) -> Result<Vec<u8>> {
    let mut writer = Writer::from_writer(Vec::new());
    let repeated = report.setting.repeat.is_some();
    let intervals = if repeated { repeated::COLUMNS } else { &[] };
    writer.write_record(COLUMNS.iter().chain(intervals))?;
    for outcome in &report.results {
        let Outcome {
            algorithm, figures, ..
        } = outcome;
        let latency = figures.latency.as_ref();
        let cells = latency.map(|latency| {
            [
                latency.sum_ns.to_string(),
                latency.mean_ns.to_string(),
                latency.p50_ns.to_string(),
                latency.p90_ns.to_string(),
                latency.p99_ns.to_string(),
                latency.p999_ns.to_string(),
                latency.max_ns.to_string(),
                latency
                    .over_limit
                    .map(|share| share.to_string())
                    .unwrap_or_default(),
            ]
        });
        let counts = [figures.requests, figures.rejected].map(|count| count.to_string());
        let name = [(*algorithm).to_owned()];
        let cells = cells.unwrap_or_default();
        let more = [
            figures.failed.to_string(),
            figures
                .hit_ratio
                .map(|share| share.to_string())
                .unwrap_or_default(),
        ];
        let intervals = outcome.intervals.as_ref().map(repeated::cells);
        let intervals = intervals.unwrap_or_default();
        let cells = name.iter().chain(&counts).chain(&cells);
        writer.write_record(cells.chain(&more).chain(&intervals))?;
    }
    Ok(writer.into_inner()?)
}
