//! The plots of a plan.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Moved, axis, moves_of, strips};
use crate::plan::{Balance, Figures, Flow, Forecast, Share};
use crate::plot::{Dot, Drawing, HeatMap, Plot, Row, Rows, Scale, Unit};
use crate::report::{Sheet, percent};

/// The most backends that have a row and a column of their own.
const NAMED: usize = 24;

/// Those that have none.
const OTHERS: &str = "all others";

/// The most backends that have a row of gain and loss, and the most flows in a table.
const LISTED: usize = 40;

pub(in crate::report) fn plots(report: &Forecast) -> Vec<Plot> {
    let mut plots = vec![moves(report)];
    if !report.whole.flows.is_empty() {
        plots.push(flows(report));
        plots.push(loads(&report.whole));
        plots.push(warm_up(&report.whole));
    }
    plots.extend(owners(report));
    plots
}

/// The ring or the table before and after.
fn owners(report: &Forecast) -> Option<Plot> {
    let [before, after] = &report.layouts;
    let (before, after) = before.as_ref().zip(after.as_ref())?;
    match report.before.algorithm == report.after.algorithm {
        true => strips::change(before, after),
        // Their places have nothing to do with each other.
        false => strips::each(&[("before", before), ("after", after)]),
    }
}

/// What each step moves, or the whole without steps.
fn moves(report: &Forecast) -> Plot {
    let steps = report.steps.iter();
    let steps = steps.map(|step| (step.change.as_str(), &step.figures));
    let whole = match report.steps.is_empty() {
        true => report.after.name.as_str(),
        false => "at once",
    };
    let all: Vec<_> = steps.chain([(whole, &report.whole)]).collect();
    let moved = all.iter().map(|&(name, figures)| Moved {
        name,
        ratio: figures.remap_ratio,
        needless: figures.excess_remap,
        least: figures.ideal_remap,
        interval: None,
    });
    let cells = all.iter().map(|(name, figures)| {
        let shares = [
            figures.remap_ratio,
            figures.remap_requests,
            figures.ideal_remap,
            figures.excess_remap,
        ];
        [(*name).to_owned()].into_iter().chain(shares.map(percent))
    });
    let headers = ["change", "keys", "requests", "has to", "needlessly"];
    Plot {
        name: "moves".to_owned(),
        title: "What moves".to_owned(),
        caption: "The share of the keys that reach another backend; the mark is what an even spread would move."
            .to_owned(),
        table: Sheet::of(&headers, 1, cells),
        drawing: moves_of(moved),
    }
}

/// From whom to whom, those with the largest flows by their names.
fn flows(report: &Forecast) -> Plot {
    let flows = &report.whole.flows;
    let ends = [
        |flow: &Flow| flow.from.clone(),
        |flow: &Flow| flow.to.clone(),
    ];
    let [rows, columns] = ends.map(|end| Names::of(flows, end, &report.whole.backends));
    let mut cells = vec![None; rows.names.len() * columns.names.len()];
    for flow in flows {
        let place = rows.place(&flow.from) * columns.names.len() + columns.place(&flow.to);
        *cells[place].get_or_insert(0.) += flow.requests as f64 / report.requests as f64;
    }
    let more = rows.others + columns.others;
    let others = match more {
        0 => String::new(),
        _ => format!(
            " Those with the largest flows have a row and a column of their own; {} that lose and {} that gain are put \
             together.",
            rows.others, columns.others
        ),
    };
    Plot {
        name: "flows".to_owned(),
        title: "From whom to whom".to_owned(),
        caption: format!(
            "What moves, in percent of the requests: from the backend of the row to that of the column.{others}"
        ),
        table: largest(flows),
        drawing: Drawing::HeatMap(HeatMap {
            axes: ["from".to_owned(), "to".to_owned()],
            rows: rows.names,
            columns: columns.names,
            cells,
            unit: Unit::Percent,
            most: None,
            events: Vec::new(),
        }),
    }
}

/// The backends at one end of the flows.
struct Names {
    /// In the order of the backends; last the others, if there are some.
    names: Vec<String>,
    others: usize,
}

impl Names {
    fn of(flows: &[Flow], end: impl Fn(&Flow) -> String, backends: &[Share]) -> Self {
        let mut sums: BTreeMap<String, u64> = BTreeMap::new();
        for flow in flows {
            *sums.entry(end(flow)).or_default() += flow.requests;
        }
        let mut largest: Vec<_> = sums.iter().collect();
        largest.sort_by_key(|&(_, &requests)| Reverse(requests));
        let others = match largest.len() {
            0..=NAMED => 0,
            all => all - (NAMED - 1),
        };
        largest.truncate(sums.len() - others);
        let named: BTreeSet<_> = largest.into_iter().map(|(name, _)| name).collect();
        let names = backends.iter().map(|share| &share.backend);
        let names = names.filter(|name| named.contains(name)).cloned();
        Self {
            names: names
                .chain((others > 0).then(|| OTHERS.to_owned()))
                .collect(),
            others,
        }
    }

    /// The place of a name, or of the others.
    fn place(&self, name: &str) -> usize {
        let place = self.names.iter().position(|other| other == name);
        place.unwrap_or(self.names.len().saturating_sub(1))
    }
}

/// The largest flows.
fn largest(flows: &[Flow]) -> Sheet {
    let mut largest: Vec<_> = flows.iter().collect();
    largest.sort_by_key(|flow| Reverse(flow.requests));
    largest.truncate(LISTED);
    let rows = largest.iter().map(|flow| {
        [
            flow.from.clone(),
            flow.to.clone(),
            flow.keys.to_string(),
            flow.requests.to_string(),
        ]
    });
    let sheet = Sheet::of(&["from", "to", "keys", "requests"], 2, rows);
    match flows.len().saturating_sub(LISTED) {
        0 => sheet,
        more => sheet.noted(format!(
            "{more} smaller ones are in the CSV and in the JSON."
        )),
    }
}

/// The backends that gain and lose most, and how many others there are.
fn affected(figures: &Figures, affected: impl Fn(&Balance) -> u64) -> (Vec<&Share>, String) {
    let shares = figures.backends.iter();
    let mut shares: Vec<_> = shares
        .filter(|share| affected(&share.requests) > 0)
        .collect();
    let more = shares.len().saturating_sub(LISTED);
    if more == 0 {
        return (shares, String::new());
    }
    shares.sort_by_key(|share| Reverse(affected(&share.requests)));
    shares.truncate(LISTED);
    (
        shares,
        format!(" The {LISTED} with most of it; {more} others have less."),
    )
}

fn loads(figures: &Figures) -> Plot {
    let changes = |counts: &Balance| counts.gained + counts.lost;
    let (shares, others) = affected(figures, changes);
    let legend = ["before", "after"].map(str::to_owned);
    let rows = shares.iter().map(|share| {
        let counts = [share.requests.before, share.requests.after];
        let dots = legend.iter().zip(counts).map(|(what, count)| Dot {
            what: what.clone(),
            value: count as f64,
        });
        Row {
            name: share.backend.clone(),
            dots: dots.collect(),
            ..Row::default()
        }
    });
    let cells = shares.iter().map(|share| {
        let Balance {
            before,
            after,
            gained,
            lost,
        } = share.requests;
        let counts = [before, after, gained, lost].map(|count| count.to_string());
        [share.backend.clone()].into_iter().chain(counts)
    });
    let headers = ["backend", "before", "after", "gained", "lost"];
    Plot {
        name: "before-and-after".to_owned(),
        title: "Requests of each backend, before and after".to_owned(),
        caption: format!("Backends that gain or lose something.{others}"),
        table: Sheet::of(&headers, 1, cells),
        drawing: Drawing::Rows(Rows {
            legend: legend.to_vec(),
            ..Rows::of(axis("requests", Scale::Linear, Unit::Count), rows)
        }),
    }
}

fn warm_up(figures: &Figures) -> Plot {
    let (shares, others) = affected(figures, |counts| counts.gained);
    let new = |share: &Share| share.requests.new_share().unwrap_or_default();
    let rows = shares.iter().map(|share| Row {
        name: share.backend.clone(),
        parts: vec![new(share)],
        ..Row::default()
    });
    let cells = shares.iter();
    let cells = cells.map(|share| [share.backend.clone(), percent(new(share))]);
    Plot {
        name: "warm-up".to_owned(),
        title: "What is new to each backend".to_owned(),
        caption: format!(
            "Of the requests that it has after, the share that it did not have before: a cache misses as many at \
             first.{others}"
        ),
        table: Sheet::of(&["backend", "new"], 1, cells),
        drawing: Drawing::Rows(Rows::of(
            axis("share of its requests", Scale::Linear, Unit::Percent),
            rows,
        )),
    }
}
