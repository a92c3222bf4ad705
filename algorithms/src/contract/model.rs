//! A load balancer with a plain list of its members: histories are checked against the list.

use crate::backend::{Backend, Weight};
use crate::contract::case::Case;
use crate::contract::event::{Event, Request};
use crate::contract::finding::Finding;
use crate::contract::key_text::KeyText;
use crate::contract::member::Member;
use crate::contract::name::Name;
use crate::contract::subject::Subject;
use crate::error::{HealthError, RouteError};
use crate::load_balancer::LoadBalancer;
use crate::strategy::RoundRobin;
use crate::ticket::Ticket;

/// How the backends of a pool are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// In the order of the case.
    AsGiven,
    /// In the order of their names, with other addresses.
    ByName,
}

/// The result of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A request went to this backend, or to none.
    Routed(Option<Name>),
    /// The pool changed.
    Changed,
    /// Neither.
    Other,
}

/// A load balancer with a plain list of what its members should be.
pub struct Model<'a> {
    subject: &'a Subject,
    listing: Listing,
    balancer: LoadBalancer,
    members: Vec<Member>,
    tickets: Vec<(Ticket, usize)>,
    clock: usize,
}

impl<'a> Model<'a> {
    /// Creates the start of a case.
    ///
    /// # Errors
    /// If the strategy rejects the pool.
    pub fn new(subject: &'a Subject, case: &Case, listing: Listing) -> Result<Self, Finding> {
        let mut members = Vec::new();
        for &(name, weight) in &case.start {
            members.push(Member::new(name, backend(name, weight)?, 0));
        }
        Ok(Self {
            balancer: subject.balancer(&listed(&members, listing))?,
            subject,
            listing,
            members,
            tickets: Vec::new(),
            clock: 0,
        })
    }

    /// Plays a whole case; at the end all requests have ended.
    ///
    /// # Errors
    /// Those of [`Self::play`].
    pub fn played(subject: &'a Subject, case: &Case, listing: Listing) -> Result<Self, Finding> {
        let mut model = Self::new(subject, case, listing)?;
        for event in &case.events {
            model.play(event)?;
        }
        model.settle();
        Ok(model)
    }

    /// Returns the load balancer.
    #[must_use]
    pub const fn balancer(&self) -> &LoadBalancer {
        &self.balancer
    }

    /// Returns the members as they should be, in the order of the case.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// Applies an event to the load balancer and to the list.
    ///
    /// # Errors
    /// If the load balancer rejects what it must accept.
    pub fn play(&mut self, event: &Event) -> Result<Happened, Finding> {
        self.clock += 1;
        match event {
            Event::Request(request) => self.route(request).map(Happened::Routed),
            Event::End(index, outcome) => {
                self.end(*index, |ticket| match outcome {
                    Some(outcome) => ticket.finish(*outcome),
                    None => ticket.release(),
                });
                Ok(Happened::Other)
            }
            Event::Report(name, report) => {
                let known = self.place(*name).is_some();
                let taken = self.balancer.report(&name.to_string(), *report).is_ok();
                Finding::unless(known == taken, || format!("{event}: taken {taken}"))?;
                Ok(Happened::Other)
            }
            Event::Detour => {
                self.balancer.set_algorithm(RoundRobin)?;
                self.balancer.set_algorithm(self.subject.algorithm())?;
                Ok(Happened::Changed)
            }
            Event::Health(name, healthy) => self.set_healthy(*name, *healthy),
            change if self.redescribe(change)? => {
                self.balancer.update(listed(&self.members, self.listing))?;
                Ok(Happened::Changed)
            }
            _ => Ok(Happened::Other),
        }
    }

    /// Ends all requests and lets all newcomers become warm: a newcomer is warm when it is reached for the second time.
    pub fn settle(&mut self) {
        self.tickets.clear();
        self.members.iter_mut().for_each(|member| member.open = 0);
        for _ in 0..2 {
            // A strategy that does not pick by key warms no newcomer.
            let _ = self.balancer.owners(b"", usize::MAX);
        }
    }

    fn place(&self, name: Name) -> Option<usize> {
        self.members.iter().position(|member| member.name() == name)
    }

    fn set_healthy(&mut self, name: Name, healthy: bool) -> Result<Happened, Finding> {
        let member = self.members.iter_mut().find(|member| member.name() == name);
        let known = member.is_some();
        member
            .into_iter()
            .for_each(|member| member.healthy = healthy);
        match self.balancer.set_healthy(&name.to_string(), healthy) {
            Ok(()) if known => Ok(Happened::Changed),
            Err(HealthError::UnknownBackend(_)) if !known => Ok(Happened::Other),
            other => Err(Finding::new(format_args!("health {name}: {other:?}"))),
        }
    }

    /// Changes the list; returns whether there is a change to report.
    fn redescribe(&mut self, event: &Event) -> Result<bool, Finding> {
        let named = match event {
            Event::Join(name, weight, at) if self.place(*name).is_none() => {
                let member = Member::new(*name, backend(*name, *weight)?, self.clock);
                self.members.insert((*at).min(self.members.len()), member);
                return Ok(true);
            }
            Event::Rotate(by) if !self.members.is_empty() => {
                let len = self.members.len();
                self.members.rotate_left(by % len);
                self.members.swap(0, by * 5 % len);
                return Ok(true);
            }
            Event::Replace(members) => {
                self.replace(members)?;
                return Ok(true);
            }
            Event::Leave(name)
            | Event::Reweight(name, _)
            | Event::Drain(name, _)
            | Event::Down(name, _)
            | Event::Backup(name, _)
            | Event::Cap(name, _) => *name,
            _ => return Ok(false),
        };
        let Some(place) = self.place(named) else {
            return Ok(false);
        };
        let backend = self.members[place].backend.clone();
        self.members[place].backend = match event {
            Event::Reweight(_, weight) => backend.with_weight(Weight::new((*weight).into())?),
            Event::Drain(_, drain) => backend.with_drain(*drain),
            Event::Down(_, down) => backend.with_down(*down),
            Event::Backup(_, backup) => backend.with_backup(*backup),
            Event::Cap(_, most) => backend.with_max_in_flight(*most),
            _ => {
                self.members.remove(place);
                return Ok(true);
            }
        };
        Ok(true)
    }

    fn replace(&mut self, members: &[(Name, u32)]) -> Result<(), Finding> {
        let mut old = std::mem::take(&mut self.members);
        for &(name, weight) in members {
            let new = Member::new(name, backend(name, weight)?, self.clock);
            let stays = old.iter().position(|member| member.name() == name);
            self.members
                .push(match stays.map(|place| old.swap_remove(place)) {
                    Some(stays) => Member {
                        backend: new.backend,
                        ..stays
                    },
                    None => new,
                });
        }
        Ok(())
    }

    /// Routes a request and counts it.
    fn route(&mut self, request: &Request) -> Result<Option<Name>, Finding> {
        let tried: Vec<_> = request.tried.iter().map(Name::to_string).collect();
        let tried: Vec<_> = tried.iter().map(String::as_str).collect();
        let key = KeyText::new(request.key);
        let ticket = match self.balancer.retry(Some(key.as_bytes()), &tried) {
            Ok(ticket) => ticket,
            Err(RouteError::NoBackend) => return Ok(None),
            Err(error) => return Err(Finding::new(format_args!("{request}: {error}"))),
        };
        let name = Name::of(ticket.backend());
        if request.stays
            && let Some(place) = self.place(name)
        {
            self.members[place].open += 1;
            self.tickets.push((ticket, self.members[place].born));
        }
        Ok(Some(name))
    }

    /// Ends one of the open requests, if there is any, with this function.
    fn end(&mut self, index: usize, end: impl FnOnce(Ticket)) {
        if self.tickets.is_empty() {
            return;
        }
        let (ticket, born) = self.tickets.remove(index % self.tickets.len());
        let mut members = self.members.iter_mut();
        let same = |member: &&mut Member| {
            member.born == born && member.name() == Name::of(ticket.backend())
        };
        members
            .find(same)
            .into_iter()
            .for_each(|member| member.open -= 1);
        end(ticket);
    }
}

fn backend(name: Name, weight: u32) -> Result<Backend, Finding> {
    Ok(name.backend().with_weight(Weight::new(weight.into())?))
}

fn listed(members: &[Member], listing: Listing) -> Vec<Backend> {
    let mut backends: Vec<_> = members
        .iter()
        .map(|member| member.backend.clone())
        .collect();
    if listing == Listing::ByName {
        let address = |backend: Backend| {
            let address = format!("{}.example:80", backend.name());
            backend.with_address(address)
        };
        backends = backends.into_iter().map(address).collect();
        backends.sort_by(|a, b| a.name().cmp(b.name()));
    }
    backends
}
