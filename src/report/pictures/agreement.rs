//! The plots of an agreement.

use crate::plot::{Drawing, HeatMap, Plot, Shades, Unit};
use crate::sheet::Sheet;
use crate::text::percent;

/// The most configs that are drawn.
const DRAWN: usize = 80;

/// Plots how configs or algorithms agree: each has a name and, for each of them, the share of keys that both send to
/// the same backend.
pub(in crate::report) fn plots(configs: &[(&str, &[f64])]) -> Vec<Plot> {
    if configs.len() < 2 {
        return Vec::new();
    }
    let mut order = in_order(configs);
    order.truncate(DRAWN);
    let names = order.iter().map(|&place| configs[place].0.to_owned());
    let names: Vec<_> = names.collect();
    // The other half is the same.
    let cells = (0..).zip(&order).flat_map(|(row, &one)| {
        let others = order.iter().enumerate();
        others.map(move |(column, &other)| (column <= row).then(|| configs[one].1[other]))
    });
    let others = match configs.len().saturating_sub(DRAWN) {
        0 => String::new(),
        others => format!(" {others} more are only in the whole table."),
    };
    vec![Plot {
        name: "agreement".to_owned(),
        title: "Keys that reach the same backend".to_owned(),
        caption: format!(
            "Share of keys that both send to the same backend, in percent; darker is more. Neighbors agree most.{others}"
        ),
        drawing: Drawing::HeatMap(HeatMap {
            axes: ["one".to_owned(), "the other".to_owned()],
            rows: names.clone(),
            columns: names.clone(),
            cells: cells.collect(),
            unit: Unit::Percent,
            what: "of keys".to_owned(),
            shades: Shades::Even,
            most: Some(1.),
            events: Vec::new(),
        }),
        table: table(configs, &order),
    }]
}

/// Orders the configs so that neighbors agree: after each comes the one of the rest that agrees with it most.
fn in_order(configs: &[(&str, &[f64])]) -> Vec<usize> {
    let mut left: Vec<_> = (0..configs.len()).collect();
    let mut order = vec![left.remove(0)];
    while let Some(&last) = order.last() {
        let shares = configs[last].1;
        // Of several the first, which is the last from behind.
        let next = (0..left.len()).rev();
        let Some(next) = next.max_by(|&a, &b| shares[left[a]].total_cmp(&shares[left[b]])) else {
            break;
        };
        order.push(left.remove(next));
    }
    order
}

/// Of the configs at these places.
fn table(configs: &[(&str, &[f64])], order: &[usize]) -> Sheet {
    let names = order.iter().map(|&place| configs[place].0);
    let headers: Vec<_> = [""].into_iter().chain(names).collect();
    let rows = order.iter().map(|&place| {
        let (name, shares) = configs[place];
        let shares = order.iter().map(|&other| percent(shares[other]));
        [name.to_owned()].into_iter().chain(shares)
    });
    Sheet::of(&headers, 1, rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configs_that_agree_are_neighbors() {
        let configs: [(&str, &[f64]); 4] = [
            ("a", &[1., 0.2, 0.2, 0.9]),
            ("b", &[0.2, 1., 1., 0.3]),
            ("c", &[0.2, 1., 1., 0.3]),
            ("d", &[0.9, 0.3, 0.3, 1.]),
        ];
        let plots = plots(&configs);
        let Drawing::HeatMap(map) = &plots[0].drawing else {
            panic!("no heat map");
        };
        assert_eq!(map.rows, ["a", "d", "b", "c"]);
        let (none, some) = (None, Some);
        let expected = [
            [some(1.), none, none, none],
            [some(0.9), some(1.), none, none],
            [some(0.2), some(0.3), some(1.), none],
            [some(0.2), some(0.3), some(1.), some(1.)],
        ];
        assert_eq!(map.cells, expected.concat());
    }
}
