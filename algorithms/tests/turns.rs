//! Laws of single strategies over random histories: round-robin against turns that are computed one by one, least
//! connections against a scan.

use std::collections::BTreeMap;

use evenkeel_algorithms::Card;
use evenkeel_algorithms::contract::{
    Case, Event, Finding, Happened, Law, Listing, Member, Model, Name, Subject, histories,
};
use evenkeel_algorithms::strategy::{least_connections, round_robin};

/// Returns a law of one strategy, to be checked on many histories.
const fn law(sentence: &'static str, holds: fn(&Subject, &Case) -> Result<(), Finding>) -> Law {
    Law {
        name: "own",
        sentence,
        fits: |_| Ok(()),
        promised: |_| Ok(()),
        cases: |_| histories(1_000, 0),
        holds,
        shrinks: true,
    }
}

fn holds(law: &Law, card: &'static Card) {
    law.check(&Subject::new(card)).into_result().unwrap();
}

/// Round-robin turn by turn: the names of one full cycle, and the position of the next turn.
#[derive(Default)]
struct Turns {
    cycle: Vec<Name>,
    next: usize,
}

impl Turns {
    /// Returns one cycle of smooth turns: in each turn every member gains its weight; the one with the largest total
    /// (the first of equals) takes the turn and pays the sum of the gains.
    fn cycle(members: &[Member]) -> Vec<Name> {
        let members = || Member::active(members);
        let mut gained: BTreeMap<Name, i64> = BTreeMap::new();
        let mut cycle = Vec::new();
        loop {
            let mut richest: Option<Name> = None;
            for member in members() {
                let gain = gained.entry(member.name()).or_default();
                *gain += member.weight() as i64;
                let gain = *gain;
                if richest.is_none_or(|richest| gain > gained[&richest]) {
                    richest = Some(member.name());
                }
            }
            let Some(richest) = richest else { return cycle };
            let round: u64 = members().map(Member::weight).sum();
            gained
                .entry(richest)
                .and_modify(|gain| *gain -= round as i64);
            cycle.push(richest);
            if gained.values().all(|&gain| gain == 0) {
                return cycle;
            }
        }
    }

    /// Returns the turns after a change: they continue with the remaining backend that would have been next, at the
    /// same of its turns in the cycle (as far into its turns, if their number changed).
    fn changed(&self, members: &[Member]) -> Self {
        let cycle = Self::cycle(members);
        let turns = |cycle: &[Name], name: Name| cycle.iter().filter(|&&turn| turn == name).count();
        let mut upcoming = (self.next..self.cycle.len()).chain(0..self.next);
        let stays = upcoming.find(|&place| cycle.contains(&self.cycle[place]));
        let next = stays.map_or(0, |place| {
            let name = self.cycle[place];
            let taken = turns(&self.cycle[..place], name);
            let taken = taken * turns(&cycle, name) / turns(&self.cycle, name);
            let mut places = (0..cycle.len()).filter(|&place| cycle[place] == name);
            places
                .nth(taken)
                .expect("fewer than all its turns are taken")
        });
        Self { cycle, next }
    }

    /// Takes a turn and returns its member; members that may not be picked are skipped.
    fn take(&mut self, members: &[Member], tried: &[Name]) -> Option<Name> {
        let (before, from) = self.cycle.split_at(self.next);
        let mut turns = from.iter().chain(before).copied();
        let admitted = |turn: &Name| Member::admitted(members, tried).any(|m| m.name() == *turn);
        let turn = turns.find(admitted);
        if turn.is_some() {
            self.next = (self.next + 1) % self.cycle.len();
        }
        turn
    }
}

#[test]
fn round_robin_equals_turns_computed_one_by_one() {
    let law = law(
        "the turns equal those computed one by one",
        |subject, case| {
            let mut model = Model::new(subject, case, Listing::AsGiven)?;
            let mut turns = Turns::default();
            for event in &case.events {
                let expected = match event {
                    // Another algorithm begins its own turns.
                    Event::Detour => continue,
                    Event::Request(_) => turns.take(model.members(), event.tried()),
                    _ => None,
                };
                match model.play(event)? {
                    Happened::Routed(answer) => Finding::expect("request", &answer, &expected)?,
                    Happened::Changed => turns = turns.changed(model.members()),
                    Happened::Other => {}
                }
            }
            Ok(())
        },
    );
    holds(&law, &round_robin::CARD);
}

/// Returns the first admitted member with the least (open + 1) / weight.
fn least_loaded(members: &[Member], tried: &[Name]) -> Option<Name> {
    let mut best: Option<&Member> = None;
    for member in Member::admitted(members, tried) {
        let less =
            |best: &Member| (member.open + 1) * best.weight() < (best.open + 1) * member.weight();
        if best.is_none_or(less) {
            best = Some(member);
        }
    }
    best.map(Member::name)
}

#[test]
fn least_connections_equals_a_scan() {
    let law = law(
        "the first of the least loaded backends is picked",
        |subject, case| {
            let mut model = Model::new(subject, case, Listing::AsGiven)?;
            for event in &case.events {
                let expected = match event {
                    Event::Request(_) => least_loaded(model.members(), event.tried()),
                    _ => None,
                };
                if let Happened::Routed(answer) = model.play(event)? {
                    Finding::expect("request", &answer, &expected)?;
                }
            }
            Ok(())
        },
    );
    holds(&law, &least_connections::CARD);
}
