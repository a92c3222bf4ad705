//! What a strategy supports.

use crate::contract::case::Case;
use crate::contract::event::Event;

/// What a strategy supports: everything, unless it is a program that supports less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Whether it supports backends of unequal weights.
    pub weights: bool,
    /// Whether a request can exclude backends: those already tried, or those at their cap.
    pub exclusions: bool,
}

impl Abilities {
    /// Everything, as a strategy in the same process must support it.
    pub const ALL: Self = Self {
        weights: true,
        exclusions: true,
    };

    /// Returns the part of a case that the strategy supports.
    pub(super) fn adapted(self, mut case: Case) -> Case {
        if !self.weights {
            case.start.iter_mut().for_each(|(_, weight)| *weight = 1);
            case.events.iter_mut().for_each(|event| match event {
                Event::Join(_, weight, _) | Event::Reweight(_, weight) => *weight = 1,
                Event::Replace(members) => members.iter_mut().for_each(|(_, weight)| *weight = 1),
                _ => {}
            });
        }
        if !self.exclusions {
            case.events.retain(|event| !matches!(event, Event::Cap(..)));
            case.events.iter_mut().for_each(|event| {
                if let Event::Request(request) = event {
                    request.tried.clear();
                }
            });
        }
        case
    }
}
