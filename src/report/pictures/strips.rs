//! Rings and tables as plots.

use crate::layout::{Kind, Layout};
use crate::plot::{Drawing, Plot, Strip, Strips};
use crate::sheet::Sheet;
use crate::text::percent;

/// The parts that move between two layouts.
const CHANGES: &str = "moves (grey: stays)";

/// The most parts of a ring or table that can be distinguished.
const PARTS: usize = 600;

/// The rings and tables of these names that are small; none if there are none.
pub(super) fn each(layouts: &[(&str, &Layout)]) -> Option<Plot> {
    let layouts = layouts
        .iter()
        .copied()
        .filter(|(_, layout)| is_small(layout));
    drawn(&layouts.collect::<Vec<_>>())
}

fn is_small(layout: &Layout) -> bool {
    layout.parts.len() <= PARTS
}

fn drawn(layouts: &[(&str, &Layout)]) -> Option<Plot> {
    let owners = owners(layouts.iter().map(|(_, layout)| *layout));
    let strips: Vec<_> = layouts
        .iter()
        .map(|(name, layout)| strip(name, layout, &owners))
        .collect();
    plot(owners, strips, layouts)
}

/// A ring or a table before a change and after it, and the parts that move.
pub(super) fn change(before: &Layout, after: &Layout) -> Option<Plot> {
    if !is_small(before) || !is_small(after) {
        return None;
    }
    let layouts = [("before", before), ("after", after)];
    let owners = owners([before, after].into_iter());
    let [was, is] = layouts.map(|(name, layout)| strip(name, layout, &owners));
    let changed = changed(&was, &is);
    plot(owners, vec![was, is, changed], &layouts)
}

fn plot(owners: Vec<String>, strips: Vec<Strip>, layouts: &[(&str, &Layout)]) -> Option<Plot> {
    let (_, first) = layouts.first()?;
    let what = match first.kind {
        _ if layouts.iter().any(|(_, layout)| layout.kind != first.kind) => "rings and tables",
        Kind::Ring => "ring",
        Kind::Table => "table",
    };
    Some(Plot {
        name: "owners".to_owned(),
        title: format!("Which backend owns which part of the {what}"),
        caption: "From the first position to the last, line by line like text; a key belongs to the backend at its position."
            .to_owned(),
        table: table(&owners, &strips),
        drawing: Drawing::Strips(Strips { owners, strips }),
    })
}

/// All backends, in the order of their first appearance.
fn owners<'a>(layouts: impl Iterator<Item = &'a Layout>) -> Vec<String> {
    let mut owners: Vec<String> = Vec::new();
    for name in layouts.flat_map(|layout| &layout.backends) {
        if !owners.contains(name) {
            owners.push(name.clone());
        }
    }
    owners
}

fn strip(name: &str, layout: &Layout, owners: &[String]) -> Strip {
    let owner = |slot: usize| {
        let name = layout.backends.get(slot);
        owners.iter().position(|owner| Some(owner) == name)
    };
    let parts = layout.parts.iter().map(|&(end, slot)| (end, owner(slot)));
    Strip {
        name: name.to_owned(),
        parts: parts.collect(),
    }
}

/// The parts with different owners, each with the one after.
fn changed(was: &Strip, is: &Strip) -> Strip {
    let (mut old, mut new) = (was.parts.iter().peekable(), is.parts.iter().peekable());
    let mut parts: Vec<(f64, Option<usize>)> = Vec::new();
    while let (Some(&&(old_end, before)), Some(&&(new_end, after))) = (old.peek(), new.peek()) {
        let end = old_end.min(new_end);
        let owner = after.filter(|_| before != after);
        match parts.last_mut() {
            Some(last) if last.1 == owner => last.0 = end,
            _ => parts.push((end, owner)),
        }
        if old_end <= end {
            old.next();
        }
        if new_end <= end {
            new.next();
        }
    }
    Strip {
        name: CHANGES.to_owned(),
        parts,
    }
}

/// What each owner has of each strip, and of how many parts.
fn table(owners: &[String], strips: &[Strip]) -> Sheet {
    let rows = strips.iter().flat_map(|strip| {
        owners.iter().enumerate().map(|(place, owner)| {
            let (parts, share) = owned(strip, place);
            [
                strip.name.clone(),
                owner.clone(),
                parts.to_string(),
                percent(share),
            ]
        })
    });
    Sheet::of(&["of", "backend", "parts", "share"], 2, rows)
}

fn owned(strip: &Strip, owner: usize) -> (usize, f64) {
    let (mut parts, mut share, mut from) = (0, 0., 0.);
    for &(end, of) in &strip.parts {
        if of == Some(owner) {
            parts += 1;
            share += end - from;
        }
        from = end;
    }
    (parts, share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(names: &[&str], parts: &[(f64, usize)]) -> Layout {
        Layout {
            kind: Kind::Ring,
            backends: names.iter().map(|&name| name.to_owned()).collect(),
            parts: parts.to_vec(),
        }
    }

    #[test]
    fn what_changes_hands_is_shown_by_its_new_owner() {
        let before = layout(&["a", "b"], &[(0.5, 0), (1., 1)]);
        let after = layout(&["b", "c"], &[(0.25, 1), (0.75, 0), (1., 1)]);
        let plot = change(&before, &after).unwrap();
        let Drawing::Strips(strips) = plot.drawing else {
            panic!("no strips");
        };
        assert_eq!(strips.owners, ["a", "b", "c"]);
        let changed = &strips.strips[2].parts;
        assert_eq!(
            changed,
            &[(0.25, Some(2)), (0.5, Some(1)), (0.75, None), (1., Some(2))]
        );
        assert_eq!(plot.table.rows[0], ["before", "a", "1", "50.0%"]);
        assert_eq!(plot.table.rows[8], [CHANGES, "c", "2", "50.0%"]);
    }
}
