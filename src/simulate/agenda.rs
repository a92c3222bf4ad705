//! Finds the station with the next completion.

/// No time: no completion is pending.
const NEVER: u64 = u64::MAX;

/// The latest possible time of an event.
pub(super) const LATEST: u64 = NEVER - 1;

/// The time of each station's next completion, in a tree of minima. Of equal times, the first station's comes first, so
/// that the order of events is the same everywhere.
pub(super) struct Agenda {
    /// The root is at 1, the children of i at 2i and 2i + 1, the leaves at the end.
    tree: Vec<u64>,
    leaves: usize,
}

impl Agenda {
    pub(super) fn new(stations: usize) -> Self {
        let leaves = stations.next_power_of_two();
        Self {
            tree: vec![NEVER; 2 * leaves],
            leaves,
        }
    }

    /// Returns the time of the next completion, and its backend.
    pub(super) fn next(&self) -> Option<(u64, usize)> {
        let least = self.tree[1];
        (least != NEVER).then(|| {
            let mut node = 1;
            while node < self.leaves {
                node = 2 * node + usize::from(self.tree[2 * node] != least);
            }
            (least, node - self.leaves)
        })
    }

    /// Sets the time of a station's next completion.
    pub(super) fn set(&mut self, station: usize, time: Option<u64>) {
        let mut node = self.leaves + station;
        self.tree[node] = time.unwrap_or(NEVER);
        while node > 1 {
            node /= 2;
            let least = self.tree[2 * node].min(self.tree[2 * node + 1]);
            if self.tree[node] == least {
                break;
            }
            self.tree[node] = least;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_time_comes_first_and_of_equals_the_first_station() {
        let mut agenda = Agenda::new(3);
        assert_eq!(agenda.next(), None);
        for (station, time) in [(2, 5), (1, 5), (0, 7)] {
            agenda.set(station, Some(time));
        }
        assert_eq!(agenda.next(), Some((5, 1)));
        agenda.set(1, None);
        assert_eq!(agenda.next(), Some((5, 2)));
        agenda.set(2, Some(8));
        assert_eq!(agenda.next(), Some((7, 0)));
    }
}
