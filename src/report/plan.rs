//! A plan as a document.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use anyhow::Result;
use csv::Writer;

use super::comparison::remap_cells;
use super::document::Document;
use super::pictures;
use super::reported::Reported;
use crate::plan::{BackendShare, Balance, End, Figures, Flow, Forecast};
use crate::plot::Plot;
use crate::sheet::Sheet;
use crate::text::percent;

mod words;

/// The most characters in a line of a matrix of flows.
const WIDEST_MATRIX: usize = 120;

/// The most flows that are listed.
const LISTED_FLOWS: usize = 20;

/// The most backends whose gain and loss are listed.
const LISTED_BACKENDS: usize = 30;

impl Reported for Forecast {
    fn document(&self) -> Document {
        let (before, after) = (&self.before.name, &self.after.name);
        let sheets = [
            Some(remap(self)),
            flows(&self.whole),
            Some(backends(&self.whole)),
        ];
        Document {
            question: format!("What moves on the way from `{before}` to `{after}`?"),
            setting: setting(self),
            caveats: words::caveats(self),
            sheets: sheets.into_iter().flatten().collect(),
            conclusions: words::conclusions(self),
            advice: words::advice(self),
            ..Document::default()
        }
    }

    fn plots(&self) -> Vec<Plot> {
        pictures::plan::plots(self)
    }

    /// One row a flow of each step, and of the whole.
    fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = Writer::from_writer(Vec::new());
        writer.write_record([
            "step",
            "change",
            "from",
            "to",
            "keys",
            "requests",
            "keys_share",
            "requests_share",
        ])?;
        let steps = (1..).zip(&self.steps);
        let steps = steps.map(|(number, step)| (number.to_string(), &step.change, &step.figures));
        let whole = ("all".to_owned(), &self.after.name, &self.whole);
        for (number, change, figures) in steps.chain([whole]) {
            for flow in &figures.flows {
                let keys = flow.keys as f64 / self.keys as f64;
                let requests = flow.requests as f64 / self.requests as f64;
                writer.serialize((
                    &number,
                    change,
                    &flow.from,
                    &flow.to,
                    flow.keys,
                    flow.requests,
                    keys,
                    requests,
                ))?;
            }
        }
        Ok(writer.into_inner()?)
    }
}

fn setting(forecast: &Forecast) -> String {
    let Forecast {
        source,
        requests,
        keys,
        ..
    } = forecast;
    let [before, after] = [&forecast.before, &forecast.after].map(end);
    let of = if forecast.sampled > 1 {
        "a sample of "
    } else {
        ""
    };
    format!(
        "From {before} to {after}: {requests} requests with {of}{keys} distinct keys ({source})"
    )
}

fn end(end: &End) -> String {
    let End {
        name,
        algorithm,
        backends,
        total_weight,
    } = end;
    format!("`{name}` ({algorithm}, {backends} backends of total weight {total_weight})")
}

fn remap(forecast: &Forecast) -> Sheet {
    let headers = [
        "change",
        "remap_ratio",
        "remap_requests",
        "ideal_remap",
        "excess_remap",
        "ratio/ideal",
    ];
    let row = |change: &str, figures: &Figures| {
        let mut row = vec![change.to_owned()];
        row.extend(remap_cells([
            figures.remap_ratio,
            figures.remap_requests,
            figures.ideal_remap,
            figures.excess_remap,
        ]));
        row
    };
    let steps = forecast.steps.iter();
    let mut rows: Vec<_> = steps.map(|step| row(&step.change, &step.figures)).collect();
    if let Some(all) = &forecast.all_steps {
        let [ratio, requests] =
            [all.remap_ratio, all.remap_requests].map(|share| format!("{share:.5}"));
        let blank = String::new;
        rows.push(vec![
            "all steps".to_owned(),
            ratio,
            requests,
            blank(),
            blank(),
            blank(),
        ]);
        rows.push(row("at once", &forecast.whole));
    } else {
        rows.push(row(&forecast.after.name, &forecast.whole));
    }
    Sheet::of(&headers, 1, rows).titled("What moves (shares of the keys)")
}

/// From whom to whom, if anything moves: a matrix if there are few, else the largest.
fn flows(figures: &Figures) -> Option<Sheet> {
    if figures.flows.is_empty() {
        return None;
    }
    if matrix_width(figures) <= WIDEST_MATRIX {
        return Some(matrix(figures));
    }
    let mut largest: Vec<_> = figures.flows.iter().collect();
    largest.sort_by_key(|flow| Reverse(flow.requests));
    let more = largest.len().saturating_sub(LISTED_FLOWS);
    largest.truncate(LISTED_FLOWS);
    let rows = largest.iter().map(|flow| {
        let Flow {
            from,
            to,
            keys,
            requests,
        } = flow;
        [
            from.clone(),
            to.clone(),
            keys.to_string(),
            requests.to_string(),
        ]
    });
    let title = match more {
        0 => "From whom to whom".to_owned(),
        more => format!("From whom to whom (the largest; {more} more are smaller)"),
    };
    let headers = ["from", "to", "keys", "requests"];
    Some(Sheet::of(&headers, 2, rows).titled(title))
}

/// How wide the matrix of the flows would be: a column a backend, each with a frame.
fn matrix_width(figures: &Figures) -> usize {
    let names = figures
        .backends
        .iter()
        .map(|share| share.backend.chars().count());
    let columns = names.clone().map(|name| name.max(6) + 3);
    names.max().unwrap_or_default() + columns.sum::<usize>()
}

fn matrix(figures: &Figures) -> Sheet {
    let mut cells: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for flow in &figures.flows {
        cells.insert((&flow.from, &flow.to), flow.requests);
    }
    for BackendShare {
        backend, requests, ..
    } in &figures.backends
    {
        let stays = requests.before - requests.lost;
        cells.insert((backend, backend), stays);
    }
    let names = |has: fn(&Balance) -> u64| -> Vec<&str> {
        let backends = figures.backends.iter();
        let backends = backends.filter(|share| has(&share.requests) > 0);
        backends.map(|share| &*share.backend).collect()
    };
    let (from, to) = (names(|counts| counts.before), names(|counts| counts.after));
    let headers: Vec<_> = [""].into_iter().chain(to.iter().copied()).collect();
    let rows = from.iter().map(|from| {
        let count = |to: &&str| cells.get(&(*from, *to)).copied().unwrap_or_default();
        let counts = to.iter().map(|to| count(to).to_string());
        [(*from).to_owned()]
            .into_iter()
            .chain(counts)
            .collect::<Vec<_>>()
    });
    Sheet::of(&headers, 1, rows)
        .titled("From whom to whom (requests; who has them before is on the left)")
}

/// Gain and loss, of those who have most of it if there are many.
fn backends(figures: &Figures) -> Sheet {
    let headers = [
        "backend",
        "before",
        "after",
        "gained",
        "lost",
        "new of its after",
    ];
    let mut shares: Vec<_> = figures.backends.iter().collect();
    let more = shares.len().saturating_sub(LISTED_BACKENDS);
    if more > 0 {
        shares.sort_by_key(|share| Reverse(share.requests.gained + share.requests.lost));
        shares.truncate(LISTED_BACKENDS);
    }
    let rows = shares.iter().map(|share| {
        let counts = share.requests;
        [
            share.backend.clone(),
            counts.before.to_string(),
            counts.after.to_string(),
            counts.gained.to_string(),
            counts.lost.to_string(),
            counts.new_share().map(percent).unwrap_or_default(),
        ]
    });
    let title = match more {
        0 => "Gain and loss (requests)".to_owned(),
        more => format!("Gain and loss (requests; the most affected, without {more} others)"),
    };
    Sheet::of(&headers, 1, rows).titled(title)
}
