//! A scenario, fitted to the backends: what is done when, one step after the other.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use evenkeel_algorithms::Backend;
use indexmap::IndexSet;
use serde::Serialize;

use super::scenario::{Event, Scenario, What};
use crate::compare::MembershipChange;
use crate::config::Fault;

/// The steps of a scenario, and the backends that there ever are.
#[derive(Debug, Default)]
pub struct Timeline {
    /// The backends' names: those of the config, then those that are added.
    pub(super) stations: IndexSet<String>,
    /// What is done, in the order of time.
    pub(super) steps: Vec<Step>,
    /// The times between which figures are told apart, each with what begins or ends there.
    pub(super) turns: Vec<Turn>,
    /// Backends over all changes of the members.
    described: usize,
}

/// The most backends over all changes: half a gigabyte or so.
const MOST_DESCRIBED: usize = 4_000_000;

/// A time at which something begins or ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// The time, in nanoseconds from the start.
    #[serde(rename = "at_ns")]
    pub at: u64,
    /// What begins, and what is over.
    pub what: Vec<String>,
}

/// Something that is done at a time.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) at: u64,
    pub(super) action: Action,
}

/// What is done.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// A backend has this times the speed that it has by itself.
    Speed { station: usize, factor: f64 },
    /// A backend is down, and what is there is lost.
    Stop { station: usize },
    /// A backend is up, with an empty cache.
    Start { station: usize },
    /// The load balancers learn whether a backend is healthy.
    Health { backend: String, healthy: bool },
    /// The load balancers have these backends, which are at these stations.
    Members {
        backends: Vec<Backend>,
        stations: Vec<usize>,
    },
    /// A key stands in the place of others.
    Hot(Option<Hot>),
}

/// A key that is in the place of others, in this share of the requests.
#[derive(Clone, Debug)]
pub(super) struct Hot {
    pub(super) key: String,
    pub(super) share: f64,
}

/// What an event asks for at a time, before it is known who is there then.
struct Wish<'a> {
    at: u64,
    event: usize,
    /// At one time what ends is taken before what begins.
    begins: bool,
    kind: Kind<'a>,
}

enum Kind<'a> {
    Speed(&'a str, f64),
    Stop(&'a str),
    Start(&'a str),
    Health(&'a str, bool),
    Drain(&'a str),
    Change(&'a MembershipChange),
    /// Makes a backend what it was before the event.
    Undo(&'a str),
    Hot(Option<Hot>),
}

/// What of the simulation an event has its hand on: two events at once are refused.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Hold<'a> {
    Speed(&'a str),
    Presence(&'a str),
    Key,
}

impl Timeline {
    /// Of backends to which nothing happens.
    #[must_use]
    pub fn quiet(backends: &[Backend]) -> Self {
        Self {
            stations: backends
                .iter()
                .map(|backend| backend.name().to_owned())
                .collect(),
            ..Self::default()
        }
    }

    pub(super) const fn has_steps(&self) -> bool {
        !self.steps.is_empty()
    }

    /// The same times with nothing that happens.
    pub(super) fn undisturbed(&self) -> Self {
        Self {
            stations: self.stations.clone(),
            steps: Vec::new(),
            turns: self.turns.clone(),
            described: 0,
        }
    }

    /// Fits a scenario to backends.
    ///
    /// # Errors
    /// The [`Fault`] of an event that does not fit: it names nobody, or another has its hand on the same.
    pub fn of(scenario: &Scenario, backends: &[Backend]) -> Result<Self, Fault> {
        let events = scenario.events();
        let fault = |event, what| scenario.fault(event, what);
        refuse_overlaps(events, backends).map_err(|(event, what)| fault(event, what))?;
        let wishes = events.iter().enumerate();
        let mut wishes: Vec<_> = wishes
            .flat_map(|(number, event)| wishes_of(number, event, backends))
            .collect();
        wishes.sort_by_key(|wish| (wish.at, wish.begins));
        let mut fitting = Fitting {
            timeline: Self::quiet(backends),
            backends: backends.to_vec(),
            speeds: BTreeMap::new(),
            hot: None,
            before: BTreeMap::new(),
        };
        for wish in &wishes {
            let step = fitting.step(wish);
            step.map_err(|error| fault(wish.event, format!("{error:#}")))?;
        }
        fitting.timeline.turns = turns(events, backends.len());
        Ok(fitting.timeline)
    }
}

/// The steps so far, and what is so after them.
struct Fitting {
    timeline: Timeline,
    backends: Vec<Backend>,
    /// The speeds of those that do not have their own.
    speeds: BTreeMap<String, f64>,
    hot: Option<Hot>,
    /// What was so before the events that will end, by their numbers and whom they are about.
    before: BTreeMap<(usize, String), Was>,
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
    fn step(&mut self, wish: &Wish<'_>) -> Result<()> {
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
        self.timeline.described += self.backends.len();
        ensure!(
            self.timeline.described <= MOST_DESCRIBED,
            "too many changes of so many backends; expected at most {MOST_DESCRIBED} backends over all changes"
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

/// Whom a change is about.
fn subject(change: &MembershipChange) -> &str {
    match change {
        MembershipChange::Add(backend) => backend.name(),
        MembershipChange::Remove(name)
        | MembershipChange::Reweight(name, _)
        | MembershipChange::Replace(name, _) => name,
    }
}

/// What an event asks for, in the order of the same time.
fn wishes_of<'a>(number: usize, event: &'a Event, backends: &'a [Backend]) -> Vec<Wish<'a>> {
    let mut wishes = Vec::new();
    let mut wish = |at, begins, kind| {
        wishes.push(Wish {
            at,
            event: number,
            begins,
            kind,
        });
    };
    let (at, end) = (event.at, event.end(backends.len()));
    match &event.what {
        What::Slow { backend, speed } => {
            wish(at, true, Kind::Speed(backend, *speed));
            end.into_iter()
                .for_each(|end| wish(end, false, Kind::Speed(backend, 1.)));
        }
        What::Stop {
            backend,
            noticed_after,
        } => {
            wish(at, true, Kind::Stop(backend));
            let noticed = at.saturating_add(*noticed_after);
            if end.is_none_or(|end| noticed < end) {
                wish(noticed, true, Kind::Health(backend, false));
            }
            if let Some(end) = end {
                wish(end, false, Kind::Start(backend));
                wish(end, false, Kind::Health(backend, true));
            }
        }
        What::Drain { backend } => {
            wish(at, true, Kind::Drain(backend));
            end.into_iter()
                .for_each(|end| wish(end, false, Kind::Undo(backend)));
        }
        What::Change(change) => {
            wish(at, true, Kind::Change(change));
            end.into_iter()
                .for_each(|end| wish(end, false, Kind::Undo(subject(change))));
        }
        What::HotKey { key, share } => {
            let (key, share) = (key.clone(), *share);
            wish(at, true, Kind::Hot(Some(Hot { key, share })));
            end.into_iter()
                .for_each(|end| wish(end, false, Kind::Hot(None)));
        }
        What::Deploy { down, every, .. } => {
            for (turn, name) in (0..).zip(event.subjects(backends)) {
                let away = at.saturating_add(every.saturating_mul(turn));
                let back = away.saturating_add(*down);
                wish(away, true, Kind::Drain(name));
                wish(back, false, Kind::Start(name));
                wish(back, false, Kind::Undo(name));
            }
        }
    }
    wishes
}

impl Event {
    /// The backends that it is about.
    fn subjects<'a>(&'a self, all: &'a [Backend]) -> Vec<&'a str> {
        match &self.what {
            What::Slow { backend, .. } | What::Stop { backend, .. } | What::Drain { backend } => {
                vec![backend]
            }
            What::Change(change) => vec![subject(change)],
            What::HotKey { .. } => Vec::new(),
            What::Deploy { backends, .. } if backends.is_empty() => {
                all.iter().map(Backend::name).collect()
            }
            What::Deploy { backends, .. } => backends.iter().map(String::as_str).collect(),
        }
    }

    /// What it has its hand on.
    fn holds<'a>(&'a self, all: &'a [Backend]) -> Vec<Hold<'a>> {
        let subjects = self.subjects(all).into_iter();
        match self.what {
            What::Slow { .. } => subjects.map(Hold::Speed).collect(),
            What::HotKey { .. } => vec![Hold::Key],
            _ => subjects.map(Hold::Presence).collect(),
        }
    }
}

/// Refuses an event that begins while an earlier one, which ends by itself, has its hand on the same: what
/// should then be, when that one ends?
fn refuse_overlaps(events: &[Event], backends: &[Backend]) -> Result<(), (usize, String)> {
    let mut order: Vec<_> = (0..events.len()).collect();
    order.sort_by_key(|&number| events[number].at);
    let mut held: BTreeMap<Hold<'_>, (u64, usize)> = BTreeMap::new();
    for number in order {
        let event = &events[number];
        for hold in event.holds(backends) {
            if let Some(&(until, other)) = held.get(&hold)
                && event.at < until
            {
                return Err((
                    number,
                    format!(
                        "this begins while `{}` (event {}) is not over",
                        events[other].what,
                        other + 1
                    ),
                ));
            }
            // Who is stopped for good stays so.
            let is_stop = matches!(event.what, What::Stop { .. });
            let end = event.end(backends.len()).or(is_stop.then_some(u64::MAX));
            if let Some(end) = end {
                held.insert(hold, (end, number));
            }
        }
    }
    Ok(())
}

/// When events begin and end.
fn turns(events: &[Event], backends: usize) -> Vec<Turn> {
    let mut turns: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for event in events {
        if let Some(end) = event.end(backends) {
            let over = format!("{}: over", event.what);
            turns.entry(end).or_default().push(over);
        }
    }
    for event in events {
        turns
            .entry(event.at)
            .or_default()
            .push(event.what.to_string());
    }
    let turns = turns.into_iter();
    turns.map(|(at, what)| Turn { at, what }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backends() -> Vec<Backend> {
        ["a", "b", "c"].map(Backend::new).to_vec()
    }

    fn timeline(events: &str) -> Result<Timeline, Fault> {
        let scenario = Scenario::parse(format!("events:\n{events}")).unwrap();
        Timeline::of(&scenario, &backends())
    }

    /// The time in seconds and the action of each step, in few words.
    fn told(timeline: &Timeline) -> Vec<String> {
        let told = |step: &Step| {
            let action = match &step.action {
                Action::Speed { station, factor } => format!("speed {station} {factor}"),
                Action::Stop { station } => format!("stop {station}"),
                Action::Start { station } => format!("start {station}"),
                Action::Health { backend, healthy } => format!("health {backend} {healthy}"),
                Action::Hot(hot) => format!("hot {}", hot.is_some()),
                Action::Members { backends, stations } => {
                    let all = backends.iter().zip(stations).map(|(backend, station)| {
                        let drains = if backend.is_draining() { "!" } else { "" };
                        format!(" {}{drains}:{}@{station}", backend.name(), backend.weight())
                    });
                    format!("members{}", all.collect::<String>())
                }
            };
            format!("{} {action}", step.at / 1_000_000_000)
        };
        timeline.steps.iter().map(told).collect()
    }

    #[test]
    fn what_begins_ends_and_what_was_comes_back() {
        let timeline = timeline(
            "  - { at: 1s, for: 9s, slow: a, speed: 0.5 }
  - { at: 2s, for: 3s, stop: b, noticed_after: 1s }
  - { at: 3s, for: 2s, remove: c }
  - { at: 6s, reweight: c, weight: 4, for: 1s }
  - { at: 8s, add: d }
  - { at: 9s, hot_key: k, share: 0.5, for: 1s }",
        );
        let timeline = timeline.unwrap();
        let expected = [
            "1 speed 0 0.5",
            "2 stop 1",
            "3 health b false",
            "3 members a:1@0 b:1@1",
            "5 start 1",
            "5 health b true",
            "5 members a:1@0 b:1@1 c:1@2",
            "5 start 2",
            "6 members a:1@0 b:1@1 c:4@2",
            "7 members a:1@0 b:1@1 c:1@2",
            "8 members a:1@0 b:1@1 c:1@2 d:1@3",
            "8 start 3",
            "9 hot true",
            "10 speed 0 1",
            "10 hot false",
        ];
        assert_eq!(told(&timeline), expected);
        let turns: Vec<_> = timeline
            .turns
            .iter()
            .map(|turn| turn.at / 1_000_000_000)
            .collect();
        assert_eq!(turns, [1, 2, 3, 5, 6, 7, 8, 9, 10]);
        assert_eq!(
            timeline.turns[3].what,
            ["b stopped: over", "c removed: over"]
        );
    }

    #[test]
    fn a_deployment_takes_one_out_after_the_other() {
        let timeline = timeline("  - { at: 1s, deploy: [c, a], down: 2s, every: 2s }").unwrap();
        let expected = [
            "1 members a:1@0 b:1@1 c!:1@2",
            "3 start 2",
            "3 members a:1@0 b:1@1 c:1@2",
            "3 members a!:1@0 b:1@1 c:1@2",
            "5 start 0",
            "5 members a:1@0 b:1@1 c:1@2",
        ];
        assert_eq!(told(&timeline), expected);
    }

    #[test]
    fn what_ends_makes_it_as_it_was_before() {
        let timeline = timeline(
            "  - { at: 1s, slow: a, speed: 0.6 }
  - { at: 2s, for: 1s, slow: a, speed: 0.9 }
  - { at: 1s, drain: b }
  - { at: 2s, for: 1s, drain: b }
  - { at: 4s, for: 1s, remove: a }
  - { at: 6s, remove: a }
  - { at: 7s, add: a }",
        );
        let expected = [
            "1 speed 0 0.6",
            "1 members a:1@0 b!:1@1 c:1@2",
            "2 speed 0 0.9",
            "2 members a:1@0 b!:1@1 c:1@2",
            "3 speed 0 0.6",
            "3 members a:1@0 b!:1@1 c:1@2",
            "4 members b!:1@1 c:1@2",
            "5 members a:1@0 b!:1@1 c:1@2",
            "5 start 0",
            "5 speed 0 1",
            "6 members b!:1@1 c:1@2",
            "7 members b!:1@1 c:1@2 a:1@0",
            "7 start 0",
        ];
        assert_eq!(told(&timeline.unwrap()), expected);
    }

    #[test]
    fn what_does_not_fit_is_refused_where_it_stands() {
        for (events, line, expected) in [
            (
                "  - { at: 1s, slow: x, speed: 0.5 }",
                2,
                "no backend `x` at that time",
            ),
            ("  - { at: 1s, remove: x }", 2, "there is no backend `x`"),
            (
                "  - { at: 1s, add: a }",
                2,
                "there is a backend of this name",
            ),
            (
                "  - { at: 1s, remove: a }\n  - { at: 2s, drain: a }",
                3,
                "no backend `a` at that time",
            ),
            (
                "  - { at: 3s, stop: a }\n  - { at: 2s, for: 2s, drain: a }",
                2,
                "begins while `a drained` (event 2) is not over",
            ),
            (
                "  - { at: 1s, stop: a }\n  - { at: 9s, deploy: [a], down: 2s, every: 2s }",
                3,
                "begins while `a stopped` (event 1) is not over",
            ),
            (
                "  - { at: 1s, deploy: all, down: 2s, every: 2s }\n  - { at: 2s, stop: b }",
                3,
                "begins while `deploy of all` (event 1) is not over",
            ),
            (
                "  - { at: 1s, remove: a }\n  - { at: 1s, remove: b }\n  - { at: 1s, remove: c }",
                4,
                "no backend would be left",
            ),
        ] {
            let fault = timeline(events).unwrap_err();
            assert!(fault.what.contains(expected), "{events}: {fault}");
            assert_eq!(fault.place.unwrap().0, line, "{events}: {fault}");
        }
    }
}
