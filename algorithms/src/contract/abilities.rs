//! What a strategy can be asked.

use crate::contract::case::Case;
use crate::contract::event::Event;

/// What a strategy can be asked: all, unless it is a program that takes less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Whether it takes backends of unequal weights.
    pub weights: bool,
    /// Whether a request can exclude backends: those that it has tried, or that are at their cap.
    pub exclusions: bool,
}

impl Abilities {
    /// All that a strategy in the same process has to take.
    pub const ALL: Self = Self {
        weights: true,
        exclusions: true,
    };

    /// Returns a case as far as it can be asked.
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
