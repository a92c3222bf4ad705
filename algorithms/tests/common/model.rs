//! A load balancer with a plain list of its members beside it: what random histories are checked
//! against.

use std::num::NonZeroU32;

use evenkeel_algorithms::{Backend, LoadBalancer, Outcome, Report, RouteError, Ticket, Weight};

use super::{Subject, backend, set_healthy};

/// One thing that happens to a load balancer. Those that do not fit the moment (a second join of one
/// name, say) change nothing.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Join(&'static str, u64, usize),
    Leave(&'static str),
    Reweight(&'static str, u64),
    Drain(&'static str, bool),
    Down(&'static str, bool),
    Standby(&'static str, bool),
    Cap(&'static str, Option<NonZeroU32>),
    Health(&'static str, bool),
    Reorder(usize),
    Replace(Vec<(&'static str, u64)>),
    Open(usize),
    Retry(&'static str),
    Close(usize),
    Finish(usize, Outcome),
    Report(&'static str, Report),
}

/// A backend in the model. `born` tells one that left and came back from the one before.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) backend: Backend,
    pub(crate) healthy: bool,
    born: usize,
    pub(crate) open: u64,
}

impl Member {
    pub(crate) fn new(backend: Backend, born: usize) -> Self {
        Self {
            backend,
            healthy: true,
            born,
            open: 0,
        }
    }

    pub(crate) fn name(&self) -> &str {
        self.backend.name()
    }

    pub(crate) fn weight(&self) -> u64 {
        self.backend.weight().get().into()
    }

    pub(crate) fn is_eligible(&self) -> bool {
        self.healthy && !self.backend.is_draining() && !self.backend.is_down()
    }

    /// Those that are eligible: the backups only if there is no other.
    pub(crate) fn active(members: &[Self]) -> impl Iterator<Item = &Self> {
        let primary = |member: &Self| member.is_eligible() && !member.backend.is_backup();
        let alone = !members.iter().any(primary);
        members
            .iter()
            .filter(move |member| primary(member) || alone && member.is_eligible())
    }

    /// Those that may get a request now.
    pub(crate) fn admitted<'a>(members: &'a [Self], tried: &str) -> impl Iterator<Item = &'a Self> {
        let room = |member: &Self| {
            let most = member.backend.max_in_flight();
            most.is_none_or(|most| member.open < u64::from(most.get()))
        };
        Self::active(members).filter(move |member| room(member) && member.name() != tried)
    }

    /// Of those admitted, the first of the least (open + 1) / weight.
    pub(crate) fn least_loaded<'a>(members: &'a [Self], tried: &str) -> Option<&'a Self> {
        let mut best: Option<&Self> = None;
        for member in Self::admitted(members, tried) {
            let less =
                |best: &Self| (member.open + 1) * best.weight() < (best.open + 1) * member.weight();
            if best.is_none_or(less) {
                best = Some(member);
            }
        }
        best
    }
}

/// What should be true of a load balancer, kept as a plain list beside it.
pub(crate) struct Model {
    pub(crate) balancer: LoadBalancer,
    pub(crate) members: Vec<Member>,
    pub(crate) tickets: Vec<(Ticket, usize)>,
    clock: usize,
}

impl Model {
    pub(crate) fn new(subject: Subject) -> Self {
        Self {
            balancer: subject.balancer(&[]),
            members: Vec::new(),
            tickets: Vec::new(),
            clock: 0,
        }
    }

    /// Lets a change happen to the members and to the load balancer; says whether `event` is one.
    pub(crate) fn change(&mut self, event: &Event) -> bool {
        self.clock += 1;
        let place = |name| self.members.iter().position(|member| member.name() == name);
        match *event {
            Event::Join(name, weight, at) if place(name).is_none() => {
                let member = Member::new(backend(name, weight), self.clock);
                self.members.insert(at.min(self.members.len()), member);
            }
            Event::Leave(name) => self.members.retain(|member| member.name() != name),
            Event::Reweight(name, weight) => self.redescribe(name, |backend| {
                backend.with_weight(Weight::new(weight).expect("a small weight"))
            }),
            Event::Drain(name, drain) => {
                self.redescribe(name, |backend| backend.with_drain(drain));
            }
            Event::Down(name, down) => self.redescribe(name, |backend| backend.with_down(down)),
            Event::Standby(name, backup) => {
                self.redescribe(name, |backend| backend.with_backup(backup));
            }
            Event::Cap(name, most) => {
                self.redescribe(name, |backend| backend.with_max_in_flight(most));
            }
            Event::Health(name, healthy) => {
                let known = set_healthy(&self.balancer, name, healthy);
                assert_eq!(known, place(name).is_some());
                let named = self.members.iter_mut().find(|member| member.name() == name);
                named
                    .into_iter()
                    .for_each(|member| member.healthy = healthy);
                return known;
            }
            Event::Reorder(by) if !self.members.is_empty() => {
                let len = self.members.len();
                self.members.rotate_left(by % len);
                self.members.swap(0, by * 5 % len);
            }
            Event::Replace(ref members) => self.replace(members),
            _ => return false,
        }
        let members = self.members.iter().map(|member| member.backend.clone());
        self.balancer.update(members).expect("distinct names");
        true
    }

    fn redescribe(&mut self, name: &str, description: impl Fn(Backend) -> Backend) {
        for member in &mut self.members {
            if member.name() == name {
                member.backend = description(member.backend.clone());
            }
        }
    }

    fn replace(&mut self, members: &[(&'static str, u64)]) {
        let old = std::mem::take(&mut self.members);
        for &(name, weight) in members {
            let stays = old.iter().find(|member| member.name() == name);
            let new = Member::new(backend(name, weight), self.clock);
            self.members.push(Member {
                healthy: stays.is_none_or(|old| old.healthy),
                born: stays.map_or(new.born, |old| old.born),
                open: stays.map_or(0, |old| old.open),
                ..new
            });
        }
    }

    /// Routes one request, counts it, and tells where it went: to an admitted backend, if any.
    pub(crate) fn open(&mut self, key: &[u8], tried: &str) -> Option<String> {
        let ticket = match self.balancer.retry(Some(key), &[tried]) {
            Ok(ticket) => ticket,
            Err(error) => {
                assert_eq!(error, RouteError::NoBackend);
                let gave_up = self.balancer.snapshot().profile().may_give_up;
                assert!(gave_up || Member::admitted(&self.members, tried).next().is_none());
                return None;
            }
        };
        let name = ticket.backend().name().to_owned();
        let right = Member::admitted(&self.members, tried).any(|member| member.name() == name);
        assert!(right, "{name}");
        let place = self.members.iter().position(|member| member.name() == name);
        let member = &mut self.members[place.expect("a member of the pool")];
        member.open += 1;
        self.tickets.push((ticket, member.born));
        Some(name)
    }

    /// Ends one of the open requests, if there is any, in this way.
    pub(crate) fn close(&mut self, index: usize, end: impl FnOnce(Ticket)) {
        if self.tickets.is_empty() {
            return;
        }
        let (ticket, born) = self.tickets.swap_remove(index % self.tickets.len());
        let same =
            |member: &&mut Member| member.born == born && member.name() == ticket.backend().name();
        let member = self.members.iter_mut().find(same);
        member.into_iter().for_each(|member| member.open -= 1);
        end(ticket);
    }

    pub(crate) fn report(&self, name: &str, report: Report) {
        let known = self.members.iter().any(|member| member.name() == name);
        assert_eq!(self.balancer.report(name, report).is_ok(), known);
    }

    /// The pool says what the list says.
    pub(crate) fn agrees(&self) {
        let snapshot = self.balancer.snapshot();
        let pool = snapshot.pool();
        let said = pool.slots().map(|slot| {
            let (backend, eligible) = (pool.backend(slot).clone(), pool.is_eligible(slot));
            (backend, eligible, pool.in_flight(slot))
        });
        let members = self.members.iter();
        let expected =
            members.map(|member| (member.backend.clone(), member.is_eligible(), member.open));
        assert_eq!(said.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        let plain = |member: &Member| {
            let backend = &member.backend;
            member.is_eligible() && !backend.is_backup() && backend.max_in_flight().is_none()
        };
        assert_eq!(pool.is_unrestricted(), self.members.iter().all(plain));
        let active: Vec<_> = pool.slots().filter(|&slot| pool.is_active(slot)).collect();
        let active = active.into_iter().map(|slot| pool.backend(slot).name());
        assert!(active.eq(Member::active(&self.members).map(Member::name)));
    }
}
