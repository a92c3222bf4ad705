//! Counts of where requests or keys go before and after each change.

use std::collections::BTreeMap;

use evenkeel_algorithms::Slot;
use evenkeel_algorithms::analysis::Change;

use super::road::Road;

/// The maximum number of cells of dense matrices for all changes; beyond that, only occurring pairs are stored.
const MAX_CELLS: usize = 4 << 20;

/// The destination of a request or key: a slot, or no backend.
pub(super) type Destination = Option<Slot>;

/// A change on the road: two of its states.
pub(super) struct Span<'a> {
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) change: Change<'a>,
}

impl<'a> Span<'a> {
    /// Returns the span of the whole road and then those of its steps, if it has any.
    pub(super) fn all(road: &'a Road) -> Vec<Self> {
        let last = road.states.len() - 1;
        let steps = (0..road.steps().len()).filter(|_| road.stepwise);
        let steps = steps.map(|before| (before, before + 1));
        let span = |(before, after): (usize, usize)| Self {
            before,
            after,
            change: Change::of(&road.states[before].snapshot, &road.states[after].snapshot),
        };
        [(0, last)].into_iter().chain(steps).map(span).collect()
    }

    pub(super) fn moves(&self, destinations: &[Destination]) -> bool {
        self.change
            .moved(destinations[self.before], destinations[self.after])
    }
}

/// The counts of some requests or keys.
pub(super) struct Tally {
    pub(super) total: u64,
    /// The number that more than one step moves.
    pub(super) moved_again: u64,
    /// The counts of each span.
    pub(super) flows: Vec<Flows>,
}

impl Tally {
    /// Creates a tally for dense counts.
    pub(super) fn dense(road: &Road, spans: &[Span<'_>]) -> Self {
        let len = |state: usize| road.states[state].snapshot.pool().len() + 1;
        let cells = |span: &Span<'_>| len(span.before) * len(span.after);
        if spans.iter().map(cells).sum::<usize>() > MAX_CELLS {
            return Self::sparse(spans);
        }
        let flows = spans.iter().map(|span| Flows::Dense {
            width: len(span.after),
            counts: vec![0; cells(span)],
        });
        Self::new(flows.collect())
    }

    /// Creates a tally for sparse counts.
    pub(super) fn sparse(spans: &[Span<'_>]) -> Self {
        Self::new(
            spans
                .iter()
                .map(|_| Flows::Sparse(BTreeMap::new()))
                .collect(),
        )
    }

    const fn new(flows: Vec<Flows>) -> Self {
        Self {
            total: 0,
            moved_again: 0,
            flows,
        }
    }

    /// Counts one request or key by its destination in each state.
    pub(super) fn count(&mut self, spans: &[Span<'_>], destinations: &[Destination]) {
        self.total += 1;
        for (flows, span) in self.flows.iter_mut().zip(spans) {
            flows.add(destinations[span.before], destinations[span.after], 1);
        }
        let moves = spans.iter().skip(1).filter(|step| step.moves(destinations));
        self.moved_again += u64::from(moves.take(2).count() == 2);
    }

    /// Adds the counts of another tally.
    pub(super) fn merge(&mut self, other: &Self) {
        self.total += other.total;
        self.moved_again += other.moved_again;
        for (flows, more) in self.flows.iter_mut().zip(&other.flows) {
            for ((from, to), count) in more.iter() {
                flows.add(from, to, count);
            }
        }
    }
}

/// The number of moves from each backend to each other one.
pub(super) enum Flows {
    /// A cell for every pair; the last row and column are for no backend.
    Dense { width: usize, counts: Vec<u64> },
    /// The pairs that occur.
    Sparse(BTreeMap<(Destination, Destination), u64>),
}

impl Flows {
    fn add(&mut self, from: Destination, to: Destination, count: u64) {
        match self {
            Self::Dense { width, counts } => {
                let (width, height) = (*width, counts.len() / *width);
                let place =
                    |destination: Destination, len| destination.map_or(len - 1, Slot::index);
                counts[place(from, height) * width + place(to, width)] += count;
            }
            Self::Sparse(counts) => *counts.entry((from, to)).or_default() += count,
        }
    }

    pub(super) fn iter(&self) -> Box<dyn Iterator<Item = ((Destination, Destination), u64)> + '_> {
        match self {
            Self::Dense { width, counts } => {
                let height = counts.len() / width;
                let destination = |place, len| (place + 1 < len).then(|| Slot::new(place));
                let flow = move |(cell, &count): (usize, &u64)| {
                    let ends = (
                        destination(cell / width, height),
                        destination(cell % width, *width),
                    );
                    (ends, count)
                };
                let cells = counts.iter().enumerate();
                Box::new(cells.filter(|(_, count)| **count > 0).map(flow))
            }
            Self::Sparse(counts) => Box::new(counts.iter().map(|(&ends, &count)| (ends, count))),
        }
    }
}
