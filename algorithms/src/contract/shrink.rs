//! Shrinks a counter-example: fewer backends, events and keys, smaller weights.

use crate::contract::case::Case;
use crate::contract::event::{Event, Request};
use crate::contract::finding::Finding;

/// Returns the smallest broken case that was found, and its contradiction to the law. Calls `broken` at most `most`
/// times.
pub(super) fn shrunk(
    case: Case,
    finding: Finding,
    most: u32,
    broken: &dyn Fn(&Case) -> Option<Finding>,
) -> (Case, Finding) {
    let mut search = Search {
        case,
        finding,
        left: most,
        broken,
    };
    loop {
        let before = search.case.clone();
        search.drop_chunks(|case| &mut case.start);
        search.drop_chunks(|case| &mut case.events);
        search.simplify_each();
        search.attempt(search.case.clone().renumbered());
        if search.case == before || search.left == 0 {
            return (search.case, search.finding);
        }
    }
}

/// The smallest case so far.
struct Search<'a> {
    case: Case,
    finding: Finding,
    left: u32,
    broken: &'a dyn Fn(&Case) -> Option<Finding>,
}

impl Search<'_> {
    /// Continues with another case if that is broken as well; returns whether it is.
    fn attempt(&mut self, case: Case) -> bool {
        if self.left == 0 || case == self.case {
            return false;
        }
        self.left -= 1;
        let found = (self.broken)(&case);
        let is_broken = found.is_some();
        if let Some(finding) = found {
            (self.case, self.finding) = (case, finding);
        }
        is_broken
    }

    /// Removes parts of a list, halves first, from its end.
    fn drop_chunks<T>(&mut self, list: fn(&mut Case) -> &mut Vec<T>) {
        let mut size = list(&mut self.case).len().div_ceil(2);
        while size > 0 {
            let mut end = list(&mut self.case).len();
            while end > 0 {
                let from = end.saturating_sub(size);
                let mut case = self.case.clone();
                list(&mut case).drain(from..end);
                self.attempt(case);
                end = from;
            }
            size /= 2;
        }
    }

    fn simplify_each(&mut self) {
        for place in 0..self.case.start.len() {
            let weight = self.case.start[place].1;
            for weight in smaller(weight) {
                let mut case = self.case.clone();
                case.start[place].1 = weight;
                if self.attempt(case) {
                    break;
                }
            }
        }
        for place in 0..self.case.events.len() {
            for event in simpler(&self.case.events[place]) {
                let mut case = self.case.clone();
                case.events[place] = event;
                if self.attempt(case) {
                    break;
                }
            }
        }
    }
}

fn smaller(number: u32) -> Vec<u32> {
    match number {
        0 | 1 => Vec::new(),
        _ => vec![1, number / 2, number - 1],
    }
}

/// Returns simpler events that may replace one, the simplest first.
fn simpler(event: &Event) -> Vec<Event> {
    match event {
        Event::Join(name, weight, place) => {
            let at_end = (*place < usize::MAX).then_some(Event::Join(*name, *weight, usize::MAX));
            let lighter = smaller(*weight).into_iter();
            let lighter = lighter.map(|weight| Event::Join(*name, weight, *place));
            at_end.into_iter().chain(lighter).collect()
        }
        Event::Reweight(name, weight) => {
            let lighter = smaller(*weight).into_iter();
            lighter
                .map(|weight| Event::Reweight(*name, weight))
                .collect()
        }
        Event::Replace(members) => {
            let joins = members.iter().rev();
            let joins = joins.map(|&(name, weight)| Event::Join(name, weight, usize::MAX));
            let fewer = (0..members.len()).map(|place| {
                let mut members = members.clone();
                members.remove(place);
                members
            });
            let lighter = (0..members.len()).filter(|&place| members[place].1 > 1);
            let lighter = lighter.map(|place| {
                let mut members = members.clone();
                members[place].1 = 1;
                members
            });
            joins
                .chain(fewer.chain(lighter).map(Event::Replace))
                .collect()
        }
        Event::Request(request) => simpler_requests(request),
        Event::End(index, outcome) => {
            let untold = outcome.map(|_| Event::End(*index, None));
            let earlier = (*index > 0).then_some(Event::End(0, *outcome));
            untold.into_iter().chain(earlier).collect()
        }
        Event::Rotate(by) if *by > 1 => vec![Event::Rotate(1)],
        _ => Vec::new(),
    }
}

fn simpler_requests(request: &Request) -> Vec<Event> {
    let untried = (!request.tried.is_empty()).then(|| Request {
        tried: Vec::new(),
        ..request.clone()
    });
    let ended = request.stays.then(|| Request {
        stays: false,
        ..request.clone()
    });
    let keys = [0, request.key / 2].into_iter();
    let keys = keys.filter(|&key| key < request.key).map(|key| Request {
        key,
        ..request.clone()
    });
    let all = untried.into_iter().chain(ended).chain(keys);
    all.map(Event::Request).collect()
}
