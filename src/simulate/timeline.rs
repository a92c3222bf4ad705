//! A scenario, fitted to the backends: what is done when, one step after the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use evenkeel_algorithms::Backend;
use indexmap::IndexSet;
use serde::Serialize;

use super::scenario::{Event, Scenario, What};
use crate::change::MembershipChange;
use crate::config::Fault;

mod fitting;

use fitting::Fitting;

/// The steps of a scenario, and the backends that there ever are.
#[derive(Debug, Default)]
pub struct Timeline {
    /// The backends' names: those of the config, then those that are added.
    pub(super) stations: IndexSet<String>,
    /// What is done, in the order of time.
    pub(super) steps: Vec<Step>,
    /// The times between which figures are told apart, each with what begins or ends there.
    pub(super) turns: Vec<Turn>,
}

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
    pub(super) key: Arc<str>,
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

    /// How fast a backend ever is at least, against what it is by itself.
    pub(super) fn slowest(&self) -> f64 {
        let factors = self.steps.iter().map(|step| match step.action {
            Action::Speed { factor, .. } => factor,
            _ => 1.,
        });
        factors.fold(1., f64::min)
    }

    /// The same times with nothing that happens.
    pub(super) fn undisturbed(&self) -> Self {
        Self {
            stations: self.stations.clone(),
            steps: Vec::new(),
            turns: self.turns.clone(),
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
        let mut fitting = Fitting::new(backends);
        for wish in &wishes {
            let step = fitting.step(wish);
            step.map_err(|error| fault(wish.event, format!("{error:#}")))?;
        }
        fitting.timeline.turns = turns(events, backends.len());
        Ok(fitting.timeline)
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
            let (key, share) = (key.as_str().into(), *share);
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
