//! The plots of a plan.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::moves::{Moved, moves_of};
use super::strips;
use crate::plan::{BackendChange, Balance, Figures, Flow, Forecast, NO_BACKEND};
use crate::plot::{Axis, Dot, Drawing, HeatMap, Plot, Row, Rows, Scale, Shades, Unit};
use crate::sheet::Sheet;
use crate::text::{counted, list, percent, thousands};

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
        // Positions of different algorithms cannot be compared.
        false => strips::each(&[("before", before), ("after", after)]),
    }
}

/// What each step moves, or the whole without steps.
fn moves(report: &Forecast) -> Plot {
    let steps = report
        .steps
        .iter()
        .map(|step| (step.change.as_str(), &step.figures));
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
        let shares = figures.shares().map(percent);
        [(*name).to_owned()].into_iter().chain(shares)
    });
    let headers = ["change", "keys", "requests", "minimum", "needless"];
    Plot {
        name: "moves".to_owned(),
        title: "Keys that move".to_owned(),
        caption: "Share of keys that reach another backend. The mark is the minimum.".to_owned(),
        table: Sheet::of(&headers, 1, cells),
        drawing: moves_of(moved),
    }
}

/// From which backend to which, those with the largest flows by their names.
fn flows(report: &Forecast) -> Plot {
    let flows = &report.whole.flows;
    let [rows, columns] = ends(flows, &report.whole.backends);
    let cells = shares(flows, [&rows, &columns], report.requests);
    let counts: Vec<_> = [(rows.others, "losing"), (columns.others, "gaining")]
        .iter()
        .filter(|(others, _)| *others > 0)
        .map(|(others, what)| {
            format!(
                "{} {what} requests",
                counted(*others as u64, "other backend")
            )
        })
        .collect();
    let others = match &*counts {
        [] => String::new(),
        counts => format!(
            " The backends with the largest flows have their own row and column; {} are combined.",
            list(counts)
        ),
    };
    Plot {
        name: "flows".to_owned(),
        title: "Moves from backend to backend".to_owned(),
        caption: format!(
            "Requests that move from the backend of the row to that of the column, in percent of all requests.{others}"
        ),
        table: largest(flows),
        drawing: Drawing::HeatMap(HeatMap {
            axes: ["from".to_owned(), "to".to_owned()],
            rows: rows.names,
            columns: columns.names,
            cells,
            unit: Unit::Percent,
            what: "of all requests".to_owned(),
            shades: Shades::Even,
            most: None,
            events: Vec::new(),
        }),
    }
}

/// The backends that lose, and those that gain.
fn ends(flows: &[Flow], backends: &[BackendChange]) -> [Names; 2] {
    let ends: [fn(&Flow) -> &String; 2] = [|flow| &flow.from, |flow| &flow.to];
    ends.map(|end| Names::of(flows, end, backends))
}

/// Of so many requests the share of each flow, row by row; none where nothing flows.
fn shares(flows: &[Flow], [rows, columns]: [&Names; 2], requests: u64) -> Vec<Option<f64>> {
    let mut cells = vec![None; rows.names.len() * columns.names.len()];
    for flow in flows {
        let place = rows.place(&flow.from) * columns.names.len() + columns.place(&flow.to);
        *cells[place].get_or_insert(0.) += flow.requests as f64 / requests as f64;
    }
    cells
}

/// The backends at one end of the flows.
struct Names {
    /// In the order of the backends; last the others, if there are some.
    names: Vec<String>,
    others: usize,
}

impl Names {
    fn of(flows: &[Flow], end: fn(&Flow) -> &String, backends: &[BackendChange]) -> Self {
        let mut sums: BTreeMap<&String, u64> = BTreeMap::new();
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
        let named: BTreeSet<_> = largest.into_iter().map(|(name, _)| *name).collect();
        let names = backends
            .iter()
            .map(|change| &change.backend)
            .filter(|name| named.contains(name))
            .cloned();
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
            thousands(flow.keys),
            thousands(flow.requests),
        ]
    });
    let sheet = Sheet::of(&["from", "to", "keys", "requests"], 2, rows);
    match flows.len().saturating_sub(LISTED) {
        0 => sheet,
        more => sheet.noted(format!("{more} smaller flows are in CSV and JSON.")),
    }
}

/// The backends that gain and lose most, and how many others there are.
fn affected(
    figures: &Figures,
    affected: impl Fn(&Balance) -> u64,
) -> (Vec<&BackendChange>, String) {
    let mut changed: Vec<_> = figures
        .backends
        .iter()
        .filter(|change| change.backend != NO_BACKEND && affected(&change.requests) > 0)
        .collect();
    let more = changed.len().saturating_sub(LISTED);
    if more == 0 {
        return (changed, String::new());
    }
    changed.sort_by_key(|change| Reverse(affected(&change.requests)));
    changed.truncate(LISTED);
    (
        changed,
        format!(" The {LISTED} most affected backends; {more} more are not shown."),
    )
}

fn loads(figures: &Figures) -> Plot {
    let changes = |counts: &Balance| counts.gained + counts.lost;
    let (changed, others) = affected(figures, changes);
    let legend = ["before", "after"].map(str::to_owned);
    let rows = changed.iter().map(|change| {
        let counts = [change.requests.before, change.requests.after];
        let dots = legend.iter().zip(counts).map(|(what, count)| Dot {
            what: what.clone(),
            value: count as f64,
        });
        Row {
            name: change.backend.clone(),
            dots: dots.collect(),
            ..Row::default()
        }
    });
    let cells = changed.iter().map(|change| {
        let Balance {
            before,
            after,
            gained,
            lost,
        } = change.requests;
        let counts = [before, after, gained, lost].map(thousands);
        [change.backend.clone()].into_iter().chain(counts)
    });
    let headers = ["backend", "before", "after", "gained", "lost"];
    Plot {
        name: "before-and-after".to_owned(),
        title: "Requests of each backend, before and after".to_owned(),
        caption: format!("Backends that gain or lose requests.{others}"),
        table: Sheet::of(&headers, 1, cells),
        drawing: Drawing::Rows(Rows {
            legend: legend.to_vec(),
            ..Rows::of(Axis::new("requests", Scale::Linear, Unit::Count), rows)
        }),
    }
}

fn warm_up(figures: &Figures) -> Plot {
    let (changed, others) = affected(figures, |counts| counts.gained);
    let new = |change: &BackendChange| change.requests.new_share().unwrap_or_default();
    let rows = changed.iter().map(|change| Row {
        name: change.backend.clone(),
        parts: vec![new(change)],
        ..Row::default()
    });
    let cells = changed
        .iter()
        .map(|change| [change.backend.clone(), percent(new(change))]);
    Plot {
        name: "warm-up".to_owned(),
        title: "New requests of each backend".to_owned(),
        caption: format!(
            "Share of a backend's requests after the change that it did not have before; its cache misses these at \
             first.{others}"
        ),
        table: Sheet::of(&["backend", "new"], 1, cells),
        drawing: Drawing::Rows(Rows::of(
            Axis::new("share of its requests", Scale::Linear, Unit::Percent),
            rows,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of backend n to n + 1, so many requests.
    fn flow(number: usize, requests: u64) -> Flow {
        Flow {
            from: format!("b{number}"),
            to: format!("b{}", number + 1),
            keys: 1,
            requests,
        }
    }

    fn backends(count: usize) -> Vec<BackendChange> {
        let change = |number: usize| BackendChange {
            backend: format!("b{number}"),
            ..BackendChange::default()
        };
        (0..count).map(change).collect()
    }

    #[test]
    fn a_few_flows_stand_by_their_names() {
        let flows = [flow(2, 30), flow(0, 10)];
        let [rows, columns] = ends(&flows, &backends(5));
        assert_eq!(rows.names, ["b0", "b2"]);
        assert_eq!(columns.names, ["b1", "b3"]);
        let cells = shares(&flows, [&rows, &columns], 100);
        assert_eq!(cells, [Some(0.1), None, None, Some(0.3)]);
    }

    #[test]
    fn the_small_ones_of_many_are_put_together_and_none_is_lost() {
        let flows: Vec<_> = (0..40)
            .map(|number| flow(number, 1 + number as u64))
            .collect();
        let [rows, columns] = ends(&flows, &backends(41));
        assert_eq!((rows.names.len(), rows.others), (NAMED, 40 - (NAMED - 1)));
        // In the order of the backends, of which the last lose most.
        assert_eq!((&*rows.names[0], &*rows.names[NAMED - 1]), ("b17", OTHERS));
        assert_eq!(columns.names[0], "b18");
        let total: u64 = flows.iter().map(|flow| flow.requests).sum();
        let cells = shares(&flows, [&rows, &columns], total);
        assert_eq!(cells.len(), NAMED * NAMED);
        assert!((cells.iter().flatten().sum::<f64>() - 1.).abs() < 1e-9);
        let others = flows[..17].iter().map(|flow| flow.requests).sum::<u64>();
        let last = cells[NAMED * NAMED - 1].unwrap();
        assert!((last - others as f64 / total as f64).abs() < 1e-9);
    }
}
