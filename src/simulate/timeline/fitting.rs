//! Fits entries to the current backends, one after another in the order of time.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use evenkeel_algorithms::Backend;
use evenkeel_config::Fault;

use super::overlaps::refuse_overlaps;
use super::steps::{Step, Timeline};
use super::turns::turns;
use super::wishes::{Wish, wishes};
use crate::change::MembershipChange;
use crate::simulate::event::{Edit, Event, Hot, Members};
use crate::simulate::scenario::Scenario;

/// The maximum number of backends over all changes: about half a gigabyte.
const MAX_DESCRIBED: usize = 4_000_000;

impl Timeline {
    /// Fits a scenario to backends.
    ///
    /// # Errors
    /// The [`Fault`] of an entry that does not fit: it names an unknown backend, or overlaps with another entry.
    pub fn of(scenario: &Scenario, backends: &[Backend]) -> Result<Self, Fault> {
        let entries = scenario.entries();
        let fault = |entry, what| scenario.fault(entry, what);
        refuse_overlaps(entries, backends).map_err(|(entry, what)| fault(entry, what))?;
        let mut wishes: Vec<_> = entries
            .iter()
            .enumerate()
            .flat_map(|(number, entry)| wishes(number, entry, backends))
            .collect();
        wishes.sort_by_key(|wish| (wish.at, wish.begins));
        let mut fitting = Fitting::new(backends);
        for wish in &wishes {
            let step = fitting.step(wish);
            step.map_err(|error| fault(wish.entry, format!("{error:#}")))?;
        }
        fitting.timeline.turns = turns(entries, backends.len());
        Ok(fitting.timeline)
    }
}

/// The steps so far, and the state after them.
struct Fitting {
    timeline: Timeline,
    backends: Vec<Backend>,
    /// The speeds of backends that do not run at their own speed.
    speeds: BTreeMap<String, f64>,
    hot: Option<Hot>,
    /// The states before the entries that will end, by entry number and backend.
    before: BTreeMap<(usize, String), Was>,
    /// The number of backends over all changes of the members.
    described: usize,
}

/// A state before an entry.
#[derive(Clone)]
enum Was {
    Speed(f64),
    Hot(Option<Hot>),
    /// A backend and its position.
    There(usize, Backend),
    NotThere,
}

impl Fitting {
    /// Creates the state before any event.
    fn new(backends: &[Backend]) -> Self {
        Self {
            timeline: Timeline::quiet(backends),
            backends: backends.to_vec(),
            speeds: BTreeMap::new(),
            hot: None,
            before: BTreeMap::new(),
            described: 0,
        }
    }

    /// Applies the next wish.
    ///
    /// # Errors
    /// If it does not fit the backends at that time.
    fn step(&mut self, wish: &Wish) -> Result<()> {
        match &wish.event {
            Event::Speed { backend, factor } => self.speed(wish, backend, *factor)?,
            Event::Stop { backend } => {
                self.place(backend)?;
                let backend = backend.clone();
                self.push(wish.at, Event::Stop { backend });
            }
            Event::Start { backend } => self.start(wish.at, backend),
            Event::Health { backend, healthy } => {
                let (backend, healthy) = (backend.clone(), *healthy);
                self.push(wish.at, Event::Health { backend, healthy });
            }
            Event::Hot(hot) => self.heat(wish, hot.clone()),
            Event::Members(edit) if !wish.begins => self.undo(wish, edit.subject())?,
            Event::Members(Edit::Drain(name)) => {
                let place = self.place(name)?;
                self.remember(wish, name);
                self.backends[place] = self.backends[place].clone().with_drain(true);
                self.members(wish.at, None)?;
            }
            Event::Members(edit @ Edit::Change(change)) => {
                self.change(wish, edit.subject(), change)?;
            }
        }
        Ok(())
    }

    fn push(&mut self, at: u64, event: Event<Members>) {
        self.timeline.steps.push(Step { at, event });
    }

    /// Applies a speed, or restores the previous one.
    fn speed(&mut self, wish: &Wish, name: &str, factor: f64) -> Result<()> {
        let held = (wish.entry, name.to_owned());
        let factor = if wish.begins {
            self.place(name)?;
            let before = self.speeds.get(name).copied().unwrap_or(1.);
            self.before.insert(held, Was::Speed(before));
            factor
        } else {
            match self.before.get(&held) {
                Some(Was::Speed(before)) => *before,
                _ => 1.,
            }
        };
        self.speeds.insert(name.to_owned(), factor);
        self.timeline.station(name)?;
        let backend = name.to_owned();
        self.push(wish.at, Event::Speed { backend, factor });
        Ok(())
    }

    /// Makes a key hot, or restores the previous one.
    fn heat(&mut self, wish: &Wish, hot: Option<Hot>) {
        let held = (wish.entry, String::new());
        self.hot = if wish.begins {
            self.before.insert(held, Was::Hot(self.hot.clone()));
            hot
        } else {
            match self.before.get(&held) {
                Some(Was::Hot(before)) => before.clone(),
                _ => None,
            }
        };
        self.push(wish.at, Event::Hot(self.hot.clone()));
    }

    /// Starts a backend, with an empty cache.
    fn start(&mut self, at: u64, name: &str) {
        if self.timeline.stations.contains_key(name) {
            let backend = name.to_owned();
            self.push(at, Event::Start { backend });
        }
    }

    fn change(&mut self, wish: &Wish, name: &str, change: &MembershipChange) -> Result<()> {
        self.remember(wish, name);
        self.backends = change.apply(&self.backends)?;
        match change {
            MembershipChange::Add(_) => {
                self.members(wish.at, self.position(name))?;
                self.restart(wish.at, name);
                Ok(())
            }
            _ => self.members(wish.at, None),
        }
    }

    /// Starts a new backend with an empty cache and its own speed, even if an earlier one of this name had another.
    fn restart(&mut self, at: u64, name: &str) {
        self.start(at, name);
        if self.speeds.remove(name).is_some() {
            let (backend, factor) = (name.to_owned(), 1.);
            self.push(at, Event::Speed { backend, factor });
        }
    }

    /// Restores a backend and its position from before an event.
    fn undo(&mut self, wish: &Wish, name: &str) -> Result<()> {
        let before = self.before.get(&(wish.entry, name.to_owned())).cloned();
        match (before, self.position(name)) {
            (Some(Was::There(_, backend)), Some(place)) => self.backends[place] = backend,
            (Some(Was::There(place, backend)), None) => {
                self.backends
                    .insert(place.min(self.backends.len()), backend);
                self.members(wish.at, None)?;
                self.restart(wish.at, name);
                return Ok(());
            }
            (Some(Was::NotThere), Some(place)) => {
                self.backends.remove(place);
                ensure!(!self.backends.is_empty(), "no backend would be left");
            }
            _ => return Ok(()),
        }
        self.members(wish.at, None)
    }

    /// Stores a backend and its position.
    fn remember(&mut self, wish: &Wish, name: &str) {
        let was = self.position(name).map_or(Was::NotThere, |place| {
            Was::There(place, self.backends[place].clone())
        });
        self.before.insert((wish.entry, name.to_owned()), was);
    }

    fn place(&self, name: &str) -> Result<usize> {
        let place = self.position(name);
        place.with_context(|| format!("there is no backend `{name}` at that time"))
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.backends
            .iter()
            .position(|backend| backend.name() == name)
    }

    fn members(&mut self, at: u64, joiner: Option<usize>) -> Result<()> {
        self.described += self.backends.len();
        ensure!(
            self.described <= MAX_DESCRIBED,
            "too many changes of so many backends; expected at most {MAX_DESCRIBED} backends over all changes"
        );
        let known = &mut self.timeline.stations;
        let station = |backend: &Backend| {
            let entry = known.entry(backend.name().to_owned());
            let place = entry.index();
            entry.or_insert(backend.weight());
            place
        };
        let members = Members {
            stations: self.backends.iter().map(station).collect(),
            backends: self.backends.clone(),
            joiner,
        };
        self.push(at, Event::Members(members));
        Ok(())
    }
}
