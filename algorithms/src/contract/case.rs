//! What a law is checked on: a case.

use crate::contract::event::{Event, Request};
use crate::contract::name::Name;

/// What a law is checked on: backends, the events that happen to them, and the number of keys.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Case {
    /// The initial backends and their weights.
    pub start: Vec<(Name, u32)>,
    /// The events, in order.
    pub events: Vec<Event>,
    /// The number of keys to ask for, starting with key 0.
    pub keys: u64,
}

impl Case {
    /// Creates a case with the backends `b0`, `b1`, … of these weights.
    ///
    /// # Panics
    /// If there are more than 256.
    #[must_use]
    pub fn of(weights: &[u32]) -> Self {
        let numbers = (0..=u8::MAX).map(Name);
        assert!(weights.len() <= 256, "a case has at most 256 backends");
        Self {
            start: numbers.zip(weights.iter().copied()).collect(),
            ..Self::default()
        }
    }

    /// Returns a case with eight backends of several weights.
    #[must_use]
    pub fn usual() -> Self {
        Self::of(&[1, 2, 3, 1, 5, 2, 1, 4])
    }

    /// Returns the same case with these events appended.
    #[must_use]
    pub fn then(mut self, events: impl IntoIterator<Item = Event>) -> Self {
        self.events.extend(events);
        self
    }

    /// Returns the same case with this many requests appended: some have already tried one backend, and every third
    /// stays in flight.
    #[must_use]
    pub fn then_requests(self, count: u64) -> Self {
        let names: Vec<_> = self.start.iter().map(|&(name, _)| name).collect();
        let request = |key: u64| {
            let tried = names.get(key as usize / 2 % names.len().max(1));
            Event::Request(Request {
                tried: tried
                    .copied()
                    .filter(|_| key % 2 == 1)
                    .into_iter()
                    .collect(),
                stays: key.is_multiple_of(3),
                key,
            })
        };
        let requests: Vec<_> = (0..count).map(request).collect();
        self.then(requests)
    }

    /// Returns the same case with another number of keys.
    #[must_use]
    pub fn with_keys(self, keys: u64) -> Self {
        Self { keys, ..self }
    }

    /// Returns the same case with the backends numbered from 0 in the order of their appearance.
    pub(super) fn renumbered(mut self) -> Self {
        let start = self.start.iter_mut().map(|(name, _)| name);
        let others = self.events.iter_mut().flat_map(Event::names_mut);
        let mut known = Vec::new();
        for name in start.chain(others) {
            let place = known.iter().position(|known| known == name);
            *name = Name(place.unwrap_or_else(|| {
                known.push(*name);
                known.len() - 1
            }) as u8);
        }
        self
    }

    /// Returns the steps, one line each.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let join = |&(name, weight): &(Name, u32)| format!("{name} weight {weight}");
        let start: Vec<_> = self.start.iter().map(join).collect();
        let start = match start.is_empty() {
            true => "start with no backend".to_owned(),
            false => format!("start with {}", start.join(", ")),
        };
        let events = self.events.iter().map(ToString::to_string);
        std::iter::once(start).chain(events).collect()
    }
}
