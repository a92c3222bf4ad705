//! Histories of membership, health and tickets, with every algorithm, compared with a plain list of what must be true.

#![no_main]

use std::cell::Cell;
use std::num::NonZeroU32;
use std::rc::Rc;
use std::time::Duration;

use arbitrary::Arbitrary;
use evenkeel_algorithms::strategy::bounded_load::{Factor, Overflow};
use evenkeel_algorithms::strategy::{bounded_load, ketama, least_connections, lrh, maglev, subset};
use evenkeel_algorithms::{
    Algorithm, Backend, BoundedLoad, BuildError, Card, Hashing, Key, LoadBalancer, Options,
    Outcome, Pool, Profile, Registry, Report, RouteError, Seed, Subset, Ticket, Weight,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|history: Vec<Event>| {
    for subject in Subject::all() {
        let mut model = Model::new(subject);
        for event in &history {
            model.play(*event);
            model.agrees();
        }
        model.equals_a_new_one();
        model.releases_all();
    }
});

/// An algorithm, plain or inside a wrapper.
#[derive(Clone, Copy)]
struct Subject {
    card: &'static Card,
    around: Around,
}

/// The wrapper of an algorithm.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Nothing,
    Bound(Overflow),
    /// Of three backends.
    Subset,
}

impl Around {
    const ALL: [Self; 4] = [
        Self::Nothing,
        Self::Bound(Overflow::Walk),
        Self::Bound(Overflow::Rehash),
        Self::Subset,
    ];

    fn algorithm(self, inner: Box<dyn Algorithm>) -> Box<dyn Algorithm> {
        match self {
            Self::Nothing => inner,
            Self::Bound(overflow) => {
                let factor = Factor::new(1.25).expect("within the range");
                Box::new(BoundedLoad::new(
                    inner,
                    bounded_load::Options { factor, overflow },
                ))
            }
            Self::Subset => {
                let options = subset::Options {
                    client: "client".to_owned(),
                    size: subset::Size::new(3).expect("within the range"),
                };
                Box::new(Subset::new(inner, Hashing::default(), options))
            }
        }
    }
}

impl Subject {
    fn all() -> impl Iterator<Item = Self> {
        let each = |card| Around::ALL.map(|around| Self { card, around });
        let fits = |subject: &Self| !subject.is_bounded() || subject.profile().key != Key::Unused;
        Registry::builtin().cards().flat_map(each).filter(fits)
    }

    fn is_bounded(self) -> bool {
        matches!(self.around, Around::Bound(_))
    }

    fn rehashes(self) -> bool {
        self.around == Around::Bound(Overflow::Rehash)
    }

    fn picks_the_least_loaded(self) -> bool {
        self.card == &least_connections::CARD && self.around == Around::Nothing
    }

    fn profile(self) -> Profile {
        self.algorithm().profile()
    }

    /// Small rings and tables: thousands of them are built per second.
    fn algorithm(self) -> Box<dyn Algorithm> {
        let mut options = Options::default();
        let points_per_weight = ketama::PointsPerWeight::new(4).expect("within the range");
        options.set(ketama::SECTION, ketama::Options { points_per_weight });
        options.set(
            lrh::SECTION,
            lrh::Options {
                points_per_backend: lrh::PointsPerBackend::new(4).expect("within the range"),
                ..lrh::Options::default()
            },
        );
        let table_size = maglev::TableSize::new(61).expect("a prime");
        options.set(maglev::SECTION, maglev::Options { table_size });
        let algorithm = self.card.algorithm(Seed::DEFAULT, &options);
        self.around.algorithm(algorithm)
    }

    fn build(self, pool: Pool) -> LoadBalancer {
        LoadBalancer::new(self.algorithm(), pool).expect("an algorithm that fits any pool")
    }

    /// Returns a new load balancer over the backends of another one, with the same history if the strategy depends on
    /// it.
    fn twin(self, other: &LoadBalancer) -> LoadBalancer {
        let snapshot = other.snapshot();
        let pool = snapshot.pool();
        let mut fresh = Pool::new(pool.backends().cloned()).expect("distinct names");
        if self.profile().history {
            let numbering = pool.numbering().expect("few buckets");
            fresh = fresh.with_numbering(numbering.clone());
        }
        self.build(fresh)
    }
}

/// An event. Backends are identified by name, tickets by any number.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Event {
    Join(Name, Small, u8),
    Leave(Name),
    Reweight(Name, Small),
    Drain(Name, bool),
    Down(Name, bool),
    Standby(Name, bool),
    Cap(Name, u8),
    Health(Name, bool),
    Rotate(u8),
    Switch(u8),
    Open(u8, Option<Name>),
    Close(u8),
    Finish(u8, u16, bool),
    Report(Name, u8, u16),
}

#[derive(Arbitrary, Clone, Copy, Debug)]
enum Name {
    A,
    B,
    C,
    D,
    E,
    F,
}

impl Name {
    const fn text(self) -> &'static str {
        ["a", "b", "c", "d", "e", "f"][self as usize]
    }
}

/// A weight from 1 to 8.
#[derive(Clone, Copy, Debug)]
struct Small(Weight);

impl<'a> Arbitrary<'a> for Small {
    fn arbitrary(u: &mut arbitrary::Unstructured<'a>) -> arbitrary::Result<Self> {
        let weight = u.int_in_range(1..=8)?;
        Ok(Self(Weight::new(weight).expect("a small weight")))
    }
}

/// A backend of the list. Its tickets share the count, which distinguishes a backend that left and came back from the
/// earlier one.
struct Member {
    backend: Backend,
    healthy: bool,
    open: Rc<Cell<u64>>,
}

impl Member {
    fn name(&self) -> &str {
        self.backend.name()
    }

    fn is_eligible(&self) -> bool {
        self.healthy && !self.backend.is_draining() && !self.backend.is_down()
    }

    fn is_primary(&self) -> bool {
        self.is_eligible() && !self.backend.is_backup()
    }

    fn has_room(&self) -> bool {
        let most = self.backend.max_in_flight();
        most.is_none_or(|most| self.open.get() < u64::from(most.get()))
    }

    /// Returns the member with less (open + 1) / weight, compared without a division; of equals the first.
    fn less_loaded<'a>(first: &'a Self, second: &'a Self) -> &'a Self {
        let weight = |member: &Self| u64::from(member.backend.weight().get());
        let load = |member: &Self| member.open.get() + 1;
        if load(second) * weight(first) < load(first) * weight(second) {
            second
        } else {
            first
        }
    }
}

struct Model {
    subject: Subject,
    balancer: LoadBalancer,
    members: Vec<Member>,
    tickets: Vec<(Ticket, Rc<Cell<u64>>)>,
}

impl Model {
    fn new(subject: Subject) -> Self {
        Self {
            subject,
            balancer: subject.build(Pool::new([""; 0]).expect("no name at all")),
            members: Vec::new(),
            tickets: Vec::new(),
        }
    }

    fn play(&mut self, event: Event) {
        match event {
            Event::Join(name, weight, place) => self.join(name, weight, place.into()),
            Event::Leave(name) => {
                self.members.retain(|member| member.name() != name.text());
                self.update();
            }
            Event::Reweight(name, Small(weight)) => {
                self.redescribe(name, |backend| backend.with_weight(weight));
            }
            Event::Drain(name, drain) => self.redescribe(name, |backend| backend.with_drain(drain)),
            Event::Down(name, down) => self.redescribe(name, |backend| backend.with_down(down)),
            Event::Standby(name, backup) => {
                self.redescribe(name, |backend| backend.with_backup(backup));
            }
            Event::Cap(name, most) => {
                let most = NonZeroU32::new(u32::from(most % 4));
                self.redescribe(name, |backend| backend.with_max_in_flight(most));
            }
            Event::Health(name, healthy) => self.set_health(name, healthy),
            Event::Rotate(by) => {
                let by = usize::from(by) % self.members.len().max(1);
                self.members.rotate_left(by);
                self.update();
            }
            Event::Switch(to) => self.switch(to.into()),
            Event::Open(key, tried) => self.open(&[key], tried.map_or("", Name::text)),
            Event::Close(ticket) => self.close(ticket.into(), Ticket::release),
            Event::Finish(ticket, milliseconds, success) => {
                let latency = Duration::from_millis(milliseconds.into());
                self.close(ticket.into(), |ticket| {
                    ticket.finish(Outcome { latency, success });
                });
            }
            Event::Report(name, in_flight, milliseconds) => {
                let (in_flight, latency) =
                    (in_flight.into(), Duration::from_millis(milliseconds.into()));
                let known = self
                    .balancer
                    .report(name.text(), Report { in_flight, latency });
                assert_eq!(known.is_ok(), self.member(name).is_some());
            }
        }
    }

    /// A second backend with the same name is rejected, and nothing changes.
    fn join(&mut self, name: Name, Small(weight): Small, place: usize) {
        let backend = Backend::new(name.text()).with_weight(weight);
        if self.member(name).is_some() {
            let backends = self.backends().chain([backend]);
            let refusal = BuildError::DuplicateName {
                name: name.text().to_owned(),
            };
            assert_eq!(self.balancer.update(backends), Err(refusal));
            return;
        }
        let joiner = Member {
            backend,
            healthy: true,
            open: Rc::default(),
        };
        self.members
            .insert(place % (self.members.len() + 1), joiner);
        self.update();
    }

    fn redescribe(&mut self, name: Name, description: impl Fn(Backend) -> Backend) {
        if let Some(member) = self.member(name) {
            member.backend = description(member.backend.clone());
        }
        self.update();
    }

    fn set_health(&mut self, name: Name, healthy: bool) {
        let known = self.balancer.set_healthy(name.text(), healthy);
        let member = self.member(name);
        assert_eq!(known.is_ok(), member.is_some());
        if let Some(member) = member {
            member.healthy = healthy;
        }
    }

    fn switch(&mut self, to: usize) {
        let subjects: Vec<_> = Subject::all().collect();
        self.subject = subjects[to % subjects.len()];
        self.balancer
            .set_algorithm(self.subject.algorithm())
            .expect("an algorithm that fits any pool");
    }

    /// Routes a request that has tried a backend: to the first owner of its key or to the least loaded backend, if the
    /// algorithm promises that, otherwise to any allowed one.
    fn open(&mut self, key: &[u8], tried: &str) {
        let expected = self.expected(key, tried);
        let ticket = match self.balancer.retry(Some(key), &[tried]) {
            Ok(ticket) => ticket,
            Err(error) => {
                assert_eq!(error, RouteError::NoBackend);
                let none = self.allowed(tried).next().is_none();
                assert!(none || self.subject.profile().may_give_up);
                return;
            }
        };
        let name = ticket.backend().name();
        assert!(expected.is_none_or(|expected| expected == name));
        let member = self.allowed(tried).find(|member| member.name() == name);
        let open = Rc::clone(&member.expect("an eligible backend, not yet tried").open);
        open.set(open.get() + 1);
        self.tickets.push((ticket, open));
    }

    fn allowed(&self, tried: &str) -> impl Iterator<Item = &Member> {
        let allowed = move |member: &&Member| member.has_room() && member.name() != tried;
        self.active().filter(allowed)
    }

    /// Returns the members in service: the backups only if there is no other.
    fn active(&self) -> impl Iterator<Item = &Member> {
        let alone = !self.members.iter().any(Member::is_primary);
        let active = move |member: &&Member| member.is_primary() || alone && member.is_eligible();
        self.members.iter().filter(active)
    }

    fn expected(&self, key: &[u8], tried: &str) -> Option<String> {
        if self.subject.profile().key == Key::Required {
            let owners = self.balancer.owners(key, 2).expect("a strategy by key");
            let mut names = owners.iter().map(Backend::name);
            let first = names.next()?;
            if first == tried {
                names.next().map(str::to_owned)
            } else if tried.is_empty() || !self.subject.rehashes() {
                Some(first.to_owned())
            } else {
                // The key may have been hashed again because the tried backend is full.
                None
            }
        } else if self.subject.picks_the_least_loaded() {
            let mut allowed = self.allowed(tried);
            let first = allowed.next()?;
            Some(allowed.fold(first, Member::less_loaded).name().to_owned())
        } else {
            None
        }
    }

    fn close(&mut self, ticket: usize, end: impl FnOnce(Ticket)) {
        if self.tickets.is_empty() {
            return;
        }
        let (ticket, open) = self.tickets.swap_remove(ticket % self.tickets.len());
        end(ticket);
        open.set(open.get() - 1);
    }

    fn update(&self) {
        self.balancer
            .update(self.backends())
            .expect("distinct names");
    }

    fn backends(&self) -> impl Iterator<Item = Backend> {
        self.members.iter().map(|member| member.backend.clone())
    }

    fn member(&mut self, name: Name) -> Option<&mut Member> {
        let mut members = self.members.iter_mut();
        members.find(|member| member.name() == name.text())
    }

    /// Checks that the pool agrees with the list.
    fn agrees(&self) {
        let snapshot = self.balancer.snapshot();
        let pool = snapshot.pool();
        assert_eq!(pool.len(), self.members.len());
        for (slot, member) in pool.slots().zip(&self.members) {
            assert_eq!(*pool.backend(slot), member.backend);
            assert_eq!(pool.is_eligible(slot), member.is_eligible());
            assert_eq!(pool.in_flight(slot), member.open.get());
        }
        let active = pool.slots().filter(|&slot| pool.is_active(slot));
        let active = active.map(|slot| pool.backend(slot).name());
        assert!(active.eq(self.active().map(Member::name)));
        let plain =
            |member: &Member| member.is_primary() && member.backend.max_in_flight().is_none();
        assert_eq!(pool.is_unrestricted(), self.members.iter().all(plain));
    }

    /// Checks that the owners of keys are those of a newly built balancer, unless state from earlier requests matters.
    fn equals_a_new_one(&mut self) {
        if self.subject.profile().key != Key::Required {
            return;
        }
        // Caps and bounds depend on requests in flight.
        self.tickets.clear();
        let fresh = self.subject.twin(&self.balancer);
        for member in &self.members {
            let told = fresh.set_healthy(member.name(), member.healthy);
            told.expect("it is there");
        }
        for key in 0..32 {
            let owners = |balancer: &LoadBalancer| balancer.owners(&[key], usize::MAX);
            assert_eq!(owners(&self.balancer), owners(&fresh));
        }
    }

    fn releases_all(mut self) {
        self.tickets.clear();
        let snapshot = self.balancer.snapshot();
        let pool = snapshot.pool();
        assert!(pool.slots().all(|slot| pool.in_flight(slot) == 0));
    }
}
