//! The plots of an agreement.

use crate::plot::{Drawing, HeatMap, Plot, Unit};
use crate::report::{Sheet, percent};

/// Of configs or algorithms by their names, each with the shares of the keys that it sends where each of
/// them does.
pub(in crate::report) fn plots(configs: &[(&str, &[f64])]) -> Vec<Plot> {
    if configs.len() < 2 {
        return Vec::new();
    }
    let names: Vec<_> = configs.iter().map(|(name, _)| (*name).to_owned()).collect();
    // The other half is the same.
    let cells = configs.iter().enumerate().flat_map(|(row, (_, shares))| {
        let shares = shares.iter().enumerate();
        shares.map(move |(column, share)| (column <= row).then_some(*share))
    });
    vec![Plot {
        name: "agreement".to_owned(),
        title: "Who reaches the same backend".to_owned(),
        caption: "The share of the keys that two of them send to the same backend, in percent; the darker, the \
                  more."
            .to_owned(),
        drawing: Drawing::HeatMap(HeatMap {
            axes: ["one".to_owned(), "the other".to_owned()],
            rows: names.clone(),
            columns: names.clone(),
            cells: cells.collect(),
            unit: Unit::Percent,
            most: Some(1.),
            events: Vec::new(),
        }),
        table: table(&names, configs),
    }]
}

fn table(names: &[String], configs: &[(&str, &[f64])]) -> Sheet {
    let headers = [""].into_iter().chain(names.iter().map(String::as_str));
    let headers: Vec<_> = headers.collect();
    let rows = configs.iter().map(|(name, shares)| {
        let shares = shares.iter().map(|share| percent(*share));
        [(*name).to_owned()].into_iter().chain(shares)
    });
    Sheet::of(&headers, 1, rows)
}
