//! One strategy under the traffic, from event to event.

use std::time::Duration;

use anyhow::Result;
use evenkeel_algorithms::{LoadBalancer, Outcome, RouteError};

use super::Simulation;
use super::agenda::{Agenda, LATEST};
use super::clock::Clock;
use super::figures::{Figures, Share};
use super::station::{Station, Visit};
use super::times::Times;
use super::traffic::{Request, Requests};

/// The state of a simulation.
pub(super) struct Run {
    pub(super) clock: Clock,
    /// The instances, which see a request each in turn.
    pub(super) balancers: Vec<LoadBalancer>,
    pub(super) stations: Vec<Station>,
    pub(super) agenda: Agenda,
    /// How many requests come before those that are measured.
    pub(super) warm_up: u64,
    pub(super) times: Times,
    pub(super) tallies: Vec<Tally>,
    /// Those whom no backend was picked for.
    pub(super) unplaced: u64,
    /// The time of the last event.
    pub(super) now: u64,
}

/// What became of the requests that were sent to a backend.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    finished: u64,
    rejected: u64,
}

impl Run {
    /// Lets all requests come and go.
    pub(super) fn all(
        mut self,
        requests: Requests<'_>,
        simulation: &Simulation<'_>,
    ) -> Result<Figures> {
        let mut start = 0;
        for (number, request) in (0..).zip(requests) {
            self.finish_until(request.arrival);
            self.at(request.arrival);
            if number == self.warm_up {
                start = self.now;
                self.stations
                    .iter_mut()
                    .for_each(|station| station.restart(start));
            }
            self.admit(number, request)?;
        }
        self.finish_until(LATEST);
        Ok(self.figures(start, simulation))
    }

    /// Takes the completions up to a time, that included.
    fn finish_until(&mut self, time: u64) {
        while let Some((end, place)) = self.agenda.next().filter(|&(end, _)| end <= time) {
            self.at(end);
            let station = &mut self.stations[place];
            if let Some(visit) = station.depart() {
                self.agenda.set(place, station.next_end());
                self.complete(visit, place);
            }
        }
    }

    fn complete(&mut self, visit: Visit, place: usize) {
        let time = self.now - visit.arrival;
        if visit.number >= self.warm_up {
            self.times.add(time);
            self.tallies[place].finished += 1;
        }
        let outcome = Outcome::success(Duration::from_nanos(time));
        visit.ticket.finish(outcome);
    }

    fn admit(&mut self, number: u64, request: Request<'_>) -> Result<()> {
        let measured = u64::from(number >= self.warm_up);
        let instance = (number % self.balancers.len() as u64) as usize;
        let ticket = match self.balancers[instance].route(request.key) {
            Ok(ticket) => ticket,
            Err(RouteError::NoBackend) => {
                self.unplaced += measured;
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let place = ticket.slot().index();
        let station = &mut self.stations[place];
        if !station.has_room() {
            self.tallies[place].rejected += measured;
            ticket.finish(Outcome::failure(Duration::ZERO));
            return Ok(());
        }
        let arrival = request.arrival;
        station.arrive(
            Visit {
                number,
                arrival,
                ticket,
            },
            request.service,
        );
        self.agenda.set(place, station.next_end());
        Ok(())
    }

    fn at(&mut self, time: u64) {
        self.now = time;
        self.clock.set(time);
    }

    fn figures(mut self, start: u64, simulation: &Simulation<'_>) -> Figures {
        let (now, span) = (self.now, (self.now - start) as f64);
        let over_time = |amount: u128| if span > 0. { amount as f64 / span } else { 0. };
        let backends = simulation.config.backends.iter();
        let shares = backends.zip(self.stations.iter_mut().zip(&self.tallies));
        let shares = shares.map(|(backend, (station, tally))| {
            let occupancy = station.occupancy(now);
            Share {
                backend: backend.name().to_owned(),
                requests: tally.finished,
                rejected: tally.rejected,
                utilisation: over_time(occupancy.servers) / f64::from(simulation.model.servers),
                mean_queue: over_time(occupancy.requests),
            }
        });
        let shares: Vec<_> = shares.collect();
        let rejected: u64 = shares.iter().map(|share| share.rejected).sum();
        Figures {
            requests: self.times.count(),
            rejected: rejected + self.unplaced,
            latency: self.times.latency(),
            backends: shares,
        }
    }
}
