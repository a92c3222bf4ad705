//! Events fitted to who is there, one after the other in the order of time.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use evenkeel_algorithms::Backend;

use super::{Action, Hot, Kind, Step, Timeline, Wish, subject};
use crate::compare::MembershipChange;

/// The most backends over all changes: half a gigabyte or so.
const MAX_DESCRIBED: usize = 4_000_000;

/// The steps so far, and what is so after them.
pub(super) struct Fitting {
    pub(super) timeline: Timeline,
    backends: Vec<Backend>,
    /// The speeds of those that do not have their own.
    speeds: BTreeMap<String, f64>,
    hot: Option<Hot>,
    /// What was so before the events that will end, by their numbers and whom they are about.
    before: BTreeMap<(usize, String), Was>,
    /// Backends over all changes of the members.
    described: usize,
}

/// What was so before an event.
#[derive(Clone)]
enum Was {
    Speed(f64),
    Hot(Option<Hot>),
    /// A backend and its place.
    There(usize, Backend),
    NotThere,
}

impl Fitting {
    /// Before anything happens.
    pub(super) fn new(backends: &[Backend]) -> Self {
        Self {
            timeline: Timeline::quiet(backends),
            backends: backends.to_vec(),
            speeds: BTreeMap::new(),
            hot: None,
            before: BTreeMap::new(),
            described: 0,
        }
    }

    /// Does what is asked for next.
    ///
    /// # Errors
    /// If it does not fit who is there then.
    pub(super) fn step(&mut self, wish: &Wish<'_>) -> Result<()> {
        match &wish.kind {
            Kind::Speed(name, factor) => self.speed(wish, name, *factor)?,
            Kind::Stop(name) => {
                self.place(name)?;
                let station = self.station(name)?;
                self.push(wish.at, Action::Stop { station });
            }
            Kind::Start(name) => self.start(wish.at, name),
            Kind::Health(name, healthy) => {
                let (backend, healthy) = ((*name).to_owned(), *healthy);
                self.push(wish.at, Action::Health { backend, healthy });
            }
            Kind::Hot(hot) => self.heat(wish, hot.clone()),
            Kind::Drain(name) => {
                let place = self.place(name)?;
                self.remember(wish, name);
                self.backends[place] = self.backends[place].clone().with_drain(true);
                self.members(wish.at)?;
            }
            Kind::Change(change) => self.change(wish, change)?,
            Kind::Undo(name) => self.undo(wish, name)?,
        }
        Ok(())
    }

    fn push(&mut self, at: u64, action: Action) {
        self.timeline.steps.push(Step { at, action });
    }

    /// A speed begins, or that of before comes back.
    fn speed(&mut self, wish: &Wish<'_>, name: &str, factor: f64) -> Result<()> {
        let held = (wish.event, name.to_owned());
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
        let station = self.station(name)?;
        self.push(wish.at, Action::Speed { station, factor });
        Ok(())
    }

    /// A key becomes hot, or that of before comes back.
    fn heat(&mut self, wish: &Wish<'_>, hot: Option<Hot>) {
        let held = (wish.event, String::new());
        self.hot = if wish.begins {
            self.before.insert(held, Was::Hot(self.hot.clone()));
            hot
        } else {
            match self.before.get(&held) {
                Some(Was::Hot(before)) => before.clone(),
                _ => None,
            }
        };
        self.push(wish.at, Action::Hot(self.hot.clone()));
    }

    /// A backend is up, with an empty cache.
    fn start(&mut self, at: u64, name: &str) {
        if let Some(station) = self.timeline.stations.get_index_of(name) {
            self.push(at, Action::Start { station });
        }
    }

    fn change(&mut self, wish: &Wish<'_>, change: &MembershipChange) -> Result<()> {
        let name = subject(change);
        self.remember(wish, name);
        self.backends = change.apply(&self.backends)?;
        self.members(wish.at)?;
        if let MembershipChange::Add(_) = change {
            self.anew(wish.at, name);
        }
        Ok(())
    }

    /// Who joins is up, empty and as fast as it is by itself, even if one of this name was not.
    fn anew(&mut self, at: u64, name: &str) {
        self.start(at, name);
        if self.speeds.remove(name).is_some()
            && let Some(station) = self.timeline.stations.get_index_of(name)
        {
            self.push(
                at,
                Action::Speed {
                    station,
                    factor: 1.,
                },
            );
        }
    }

    /// A backend is again as it was before an event, and where it was.
    fn undo(&mut self, wish: &Wish<'_>, name: &str) -> Result<()> {
        let before = self.before.get(&(wish.event, name.to_owned())).cloned();
        match (before, self.position(name)) {
            (Some(Was::There(_, backend)), Some(place)) => self.backends[place] = backend,
            (Some(Was::There(place, backend)), None) => {
                self.backends
                    .insert(place.min(self.backends.len()), backend);
                self.members(wish.at)?;
                self.anew(wish.at, name);
                return Ok(());
            }
            (Some(Was::NotThere), Some(place)) => {
                self.backends.remove(place);
                ensure!(!self.backends.is_empty(), "no backend would be left");
            }
            _ => return Ok(()),
        }
        self.members(wish.at)
    }

    /// Keeps what a backend is, and where.
    fn remember(&mut self, wish: &Wish<'_>, name: &str) {
        let was = self.position(name).map_or(Was::NotThere, |place| {
            Was::There(place, self.backends[place].clone())
        });
        self.before.insert((wish.event, name.to_owned()), was);
    }

    /// The number of a backend's station.
    fn station(&self, name: &str) -> Result<usize> {
        let known = self.timeline.stations.get_index_of(name);
        known.with_context(|| format!("there is no backend `{name}`"))
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

    fn members(&mut self, at: u64) -> Result<()> {
        self.described += self.backends.len();
        ensure!(
            self.described <= MAX_DESCRIBED,
            "too many changes of so many backends; expected at most {MAX_DESCRIBED} backends over all changes"
        );
        let names = self
            .backends
            .iter()
            .map(|backend| backend.name().to_owned());
        let stations = names.map(|name| self.timeline.stations.insert_full(name).0);
        let action = Action::Members {
            stations: stations.collect(),
            backends: self.backends.clone(),
        };
        self.push(at, action);
        Ok(())
    }
}
