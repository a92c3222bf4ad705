//! Circles of a graph, and arrows that others imply.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Arrows by where they begin.
pub(crate) type Graph<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// All that can be reached from each, by one arrow or more.
fn reached<'a>(graph: &Graph<'a>) -> Graph<'a> {
    let from_one = |(&from, to): (&&'a str, &BTreeSet<&'a str>)| {
        let (mut reached, mut open) = (BTreeSet::new(), Vec::from_iter(to));
        while let Some(next) = open.pop() {
            if reached.insert(*next) {
                open.extend(graph.get(next).into_iter().flatten());
            }
        }
        (from, reached)
    };
    graph.iter().map(from_one).collect()
}

/// The circles: sets of two or more that reach each other, the largest first.
pub(crate) fn circles<'a>(graph: &Graph<'a>) -> Vec<BTreeSet<&'a str>> {
    let reached = reached(graph);
    let circle = |(from, to): (&&str, &BTreeSet<&'a str>)| {
        let back = |to: &&str| reached[to].contains(from);
        to.iter().copied().filter(back).collect::<BTreeSet<_>>()
    };
    let circles: BTreeSet<_> = reached.iter().map(circle).collect();
    let mut circles: Vec<_> = circles
        .into_iter()
        .filter(|circle| circle.len() > 1)
        .collect();
    circles.sort_by_key(|circle| Reverse(circle.len()));
    circles
}

/// The arrows that no way over others implies.
pub(crate) fn reduced<'a>(graph: &Graph<'a>) -> Graph<'a> {
    let reached = reached(graph);
    let from_one = |(&from, to): (&&'a str, &BTreeSet<&'a str>)| {
        let implied = |one: &str| {
            let others = to.iter().filter(|&&other| other != one);
            // In a circle each arrow would imply the other.
            let mut others = others.filter(|&other| !reached[other].contains(from));
            others.any(|other| reached[other].contains(one))
        };
        let kept = to.iter().copied().filter(|one| !implied(one));
        (from, kept.collect())
    };
    graph.iter().map(from_one).collect()
}

/// How many arrows it takes at most to get to each from the top. All of a circle are as deep as the deepest.
pub(crate) fn depths<'a>(graph: &Graph<'a>) -> BTreeMap<&'a str, usize> {
    let reached = reached(graph);
    let mut depths: BTreeMap<_, _> = graph.keys().map(|&name| (name, 0)).collect();
    for _ in 0..graph.len() {
        for (from, to) in &reached {
            for to in to {
                let step = usize::from(!reached[to].contains(from));
                let depth = depths[to].max(depths[from] + step);
                depths.insert(to, depth);
            }
        }
    }
    depths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(arrows: &[(&'static str, &[&'static str])]) -> Graph<'static> {
        let to =
            |&(from, to): &(&'static str, &[&'static str])| (from, to.iter().copied().collect());
        arrows.iter().map(to).collect()
    }

    #[test]
    fn circles_are_found() {
        let graph = graph(&[("a", &["b"]), ("b", &["c"]), ("c", &["b", "d"]), ("d", &[])]);
        assert_eq!(circles(&graph), [BTreeSet::from(["b", "c"])]);
        assert_eq!(depths(&graph)["d"], 2);
    }

    #[test]
    fn implied_arrows_are_left_out() {
        let graph = graph(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])]);
        assert_eq!(reduced(&graph)["a"], BTreeSet::from(["b"]));
        assert_eq!(depths(&graph)["c"], 2);
    }
}
