//! Random histories of membership, health and requests, over every algorithm, against models written
//! the naive way: a list of members with their counts, a scan, and turns told one by one.

mod common;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use common::model::{Event, Member, Model};
use common::{Subject, keys, owners, warm};

use evenkeel_algorithms::{Outcome, Registry, Report, Ticket};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

fn event() -> impl Strategy<Value = Event> {
    let name = || prop::sample::select(&NAMES[..]);
    let weight = || 1..=6u64;
    let members = prop::sample::subsequence(NAMES.to_vec(), 0..=6).prop_shuffle();
    let members = members.prop_flat_map(move |names| {
        let weighted = names.into_iter().map(|name| (Just(name), 1..=6u64));
        weighted.collect::<Vec<_>>()
    });
    prop_oneof![
        3 => (name(), weight(), 0..6usize).prop_map(|(name, weight, at)| Event::Join(name, weight, at)),
        1 => name().prop_map(Event::Leave),
        1 => (name(), weight()).prop_map(|(name, weight)| Event::Reweight(name, weight)),
        1 => (name(), any::<bool>()).prop_map(|(name, drain)| Event::Drain(name, drain)),
        1 => (name(), any::<bool>()).prop_map(|(name, down)| Event::Down(name, down)),
        1 => (name(), any::<bool>()).prop_map(|(name, backup)| Event::Standby(name, backup)),
        1 => (name(), 0..4u32).prop_map(|(name, most)| Event::Cap(name, NonZeroU32::new(most))),
        2 => (name(), any::<bool>()).prop_map(|(name, healthy)| Event::Health(name, healthy)),
        1 => (1..6usize).prop_map(Event::Reorder),
        1 => members.prop_map(Event::Replace),
        4 => (1..12usize).prop_map(Event::Open),
        1 => name().prop_map(Event::Retry),
        2 => (0..100usize).prop_map(Event::Close),
        2 => (0..100usize, outcome()).prop_map(|(index, outcome)| Event::Finish(index, outcome)),
        2 => (name(), report()).prop_map(|(name, report)| Event::Report(name, report)),
    ]
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let outcome = |(milliseconds, success)| Outcome {
        latency: Duration::from_millis(milliseconds),
        success,
    };
    (0..100u64, any::<bool>()).prop_map(outcome)
}

fn report() -> impl Strategy<Value = Report> {
    let report = |(in_flight, milliseconds)| Report {
        in_flight,
        latency: Duration::from_millis(milliseconds),
    };
    (0..9u32, 0..100u64).prop_map(report)
}

fn history() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec(event(), 1..40)
}

/// Round-robin told turn by turn: the names of one full cycle, and whose turn is next.
#[derive(Default)]
struct Turns {
    cycle: Vec<String>,
    next: usize,
}

impl Turns {
    /// One cycle of smooth turns: each gains its weight, what has most (of equals the first)
    /// goes and pays what all have gained.
    fn cycle(members: &[Member]) -> Vec<String> {
        let members = || Member::active(members);
        let mut gained: BTreeMap<&str, i64> = BTreeMap::new();
        let mut cycle = Vec::new();
        loop {
            let mut richest: Option<&str> = None;
            for member in members() {
                let gain = gained.entry(member.name()).or_default();
                *gain += member.weight() as i64;
                let gain = *gain;
                if richest.is_none_or(|richest| gain > gained[richest]) {
                    richest = Some(member.name());
                }
            }
            let Some(richest) = richest else { return cycle };
            let round: u64 = members().map(Member::weight).sum();
            gained
                .entry(richest)
                .and_modify(|gain| *gain -= round as i64);
            cycle.push(richest.to_owned());
            if gained.values().all(|&gain| gain == 0) {
                return cycle;
            }
        }
    }

    /// The turns after a change: on with what would have been next of those that stay, at the same of
    /// its turns in the cycle (as far into its turns, if their number changed).
    fn changed(&self, members: &[Member]) -> Self {
        let cycle = Self::cycle(members);
        let turns =
            |cycle: &[String], name: &str| cycle.iter().filter(|&turn| turn == name).count();
        let mut upcoming = (self.next..self.cycle.len()).chain(0..self.next);
        let stays = upcoming.find(|&place| cycle.contains(&self.cycle[place]));
        let next = stays.map_or(0, |place| {
            let name = &self.cycle[place];
            let taken = turns(&self.cycle[..place], name);
            let taken = taken * turns(&cycle, name) / turns(&self.cycle, name);
            let mut places = (0..cycle.len()).filter(|&place| cycle[place] == *name);
            places
                .nth(taken)
                .expect("fewer than all its turns are taken")
        });
        Self { cycle, next }
    }

    /// Takes a turn and tells whose it is: what may not be reached is walked past.
    fn take(&mut self, members: &[Member], tried: &str) -> Option<String> {
        let (before, from) = self.cycle.split_at(self.next);
        let mut turns = from.iter().chain(before);
        let admitted =
            |turn: &&String| Member::admitted(members, tried).any(|m| m.name() == **turn);
        let turn = turns.find(admitted).cloned();
        if turn.is_some() {
            self.next = (self.next + 1) % self.cycle.len();
        }
        turn
    }
}

fn subject(name: &str) -> Subject {
    Subject::of(Registry::builtin().named(name).expect("a known name"))
}

/// Plays a history on an algorithm; `request` routes one request that may not reach the one tried, and
/// `changed` follows every change.
fn play<T>(
    model: &mut Model,
    history: &[Event],
    state: &mut T,
    request: impl Fn(&mut Model, &mut T, &str),
    changed: impl Fn(&Model, &mut T),
) {
    for event in history {
        match event {
            Event::Open(count) => (0..*count).for_each(|_| request(model, state, "")),
            Event::Retry(tried) => request(model, state, tried),
            Event::Close(index) => model.close(*index, Ticket::release),
            Event::Finish(index, outcome) => model.close(*index, |ticket| ticket.finish(*outcome)),
            Event::Report(name, report) => model.report(name, *report),
            change => {
                if model.change(change) {
                    changed(model, state);
                }
            }
        }
    }
}

/// As many cases as take a few seconds, or what `PROPTEST_CASES` says.
fn cases() -> u32 {
    let cases = std::env::var("PROPTEST_CASES").ok();
    cases.and_then(|cases| cases.parse().ok()).unwrap_or(96)
}

/// The default of proptest looks for the folder of a `lib.rs`, which integration tests have not.
fn config() -> ProptestConfig {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/histories.proptest-regressions"
    );
    ProptestConfig {
        cases: cases(),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(file))),
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_pool_is_what_a_plain_list_says(history in history()) {
        for subject in Subject::all() {
            let open = |model: &mut Model, count: &mut u64, tried: &str| {
                *count += 1;
                model.open(&count.to_le_bytes(), tried);
                model.agrees();
            };
            let mut model = Model::new(subject);
            play(&mut model, &history, &mut 0, open, |model, _| model.agrees());
            model.tickets.drain(..).for_each(|(ticket, _)| ticket.release());
            model.members.iter_mut().for_each(|member| member.open = 0);
            model.agrees();
        }
    }

    #[test]
    fn keyed_answers_are_those_of_a_fresh_build(history in history()) {
        for subject in Subject::keyed() {
            let mut model = Model::new(subject);
            let open = |model: &mut Model, count: &mut u64, tried: &str| {
                *count += 1;
                model.open(&count.to_le_bytes(), tried);
            };
            play(&mut model, &history, &mut 0, open, |_, _| ());
            // Caps and bounds depend on what is in flight.
            model.tickets.clear();
            warm(&model.balancer);
            let fresh = subject.twin(&model.balancer);
            for key in keys(0..40) {
                prop_assert_eq!(owners(&model.balancer, &key, 6), owners(&fresh, &key, 6));
            }
        }
    }

    #[test]
    fn round_robin_takes_the_turns_told_one_by_one(history in history()) {
        let request = |model: &mut Model, turns: &mut Turns, tried: &str| {
            let expected = turns.take(&model.members, tried);
            assert_eq!(model.open(b"", tried), expected);
        };
        let changed = |model: &Model, turns: &mut Turns| *turns = turns.changed(&model.members);
        let mut model = Model::new(subject("round-robin"));
        play(&mut model, &history, &mut Turns::default(), request, changed);
    }

    #[test]
    fn least_connections_picks_what_a_scan_finds(history in history()) {
        let request = |model: &mut Model, _: &mut (), tried: &str| {
            let expected = Member::least_loaded(&model.members, tried);
            let expected = expected.map(|member| member.name().to_owned());
            assert_eq!(model.open(b"", tried), expected);
        };
        let mut model = Model::new(subject("least-connections"));
        play(&mut model, &history, &mut (), request, |_, _| ());
    }
}
