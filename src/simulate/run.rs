//! Simulates one strategy with the traffic, from event to event.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use evenkeel_algorithms::analysis::Shares;
use evenkeel_algorithms::{Backend, ExpectedLatency, LoadBalancer, Outcome, Report, RouteError};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::agenda::Agenda;
use super::clock::Clock;
use super::event::{Event, Hot, Members};
use super::figures::{BackendFigures, Figures};
use super::machines::Machines;
use super::record::Record;
use super::station::{Model, Station};
use super::tally::Fate;
use super::timeline::Timeline;
use super::traffic::{Request, Requests};
use super::visit::Visit;

/// The number of requests between progress reports.
const TOLD: u64 = 1 << 16;

/// The random stream that decides whether a request has the hot key; those of the traffic are 0 to 2.
const HOT_KEY_STREAM: u64 = 3;

/// The number of probes per request for a strategy that uses them, as in the Prequal paper.
const PROBES: usize = 3;

/// The state of a simulation.
pub(super) struct Run<'a> {
    clock: Clock,
    /// The load balancer instances, which get the requests in turn.
    balancers: Vec<LoadBalancer>,
    stations: Vec<Station>,
    /// What each station expects of another request, if the load balancers use probes; otherwise empty.
    expected: Vec<ExpectedLatency>,
    /// The station of each backend of the pool.
    places: Vec<usize>,
    agenda: Agenda,
    timeline: &'a Timeline,
    model: Model,
    machines: &'a Machines,
    /// The number of completed steps of the timeline.
    steps_done: usize,
    hot: Option<Hot>,
    luck: ChaCha8Rng,
    record: Record,
    /// The time of the last event.
    now: u64,
}

impl<'a> Run<'a> {
    /// Creates the state before the first request. All backends of the timeline have a station; those of the pool come
    /// first.
    pub(super) fn new(
        clock: Clock,
        balancers: Vec<LoadBalancer>,
        model: Model,
        machines: &'a Machines,
        timeline: &'a Timeline,
        seed: u64,
        mut record: Record,
    ) -> Self {
        let station = |(name, &weight): (&String, _)| {
            let cache = machines.cache(name, weight, model.cache);
            Station::new(Model { cache, ..model }, machines.speed(name, weight))
        };
        let stations: Vec<_> = timeline.stations.iter().map(station).collect();
        let mut luck = ChaCha8Rng::seed_from_u64(seed);
        luck.set_stream(HOT_KEY_STREAM);
        record.resize(stations.len());
        let is_probed = |balancer: &LoadBalancer| !balancer.probes(1).is_empty();
        let expected = match balancers.iter().any(is_probed) {
            true => vec![ExpectedLatency::default(); stations.len()],
            false => Vec::new(),
        };
        Self {
            expected,
            clock,
            balancers,
            places: (0..stations.len()).collect(),
            agenda: Agenda::new(stations.len()),
            stations,
            timeline,
            model,
            machines,
            steps_done: 0,
            hot: None,
            luck,
            record,
            now: 0,
        }
    }

    /// Simulates all requests, and reports at intervals how many more have arrived.
    pub(super) fn all(
        mut self,
        requests: Requests<'_>,
        warm_up: u64,
        members: &[Backend],
        done: impl Fn(u64),
    ) -> Result<Figures> {
        self.send_to(members, None);
        let mut untold = 0;
        for (number, request) in (0..).zip(requests) {
            self.proceed(request.arrival)?;
            self.at(request.arrival)?;
            if number == warm_up {
                self.record.begin(self.now, &mut self.stations);
            }
            self.admit(number, request)?;
            untold += 1;
            if untold == TOLD {
                done(std::mem::take(&mut untold));
            }
        }
        done(untold);
        self.record.end_arrivals(self.now, &self.stations);
        // Events after the last request are skipped.
        while let Some((end, _)) = self.agenda.next() {
            self.proceed(end)?;
        }
        Ok(self.figures())
    }

    /// Processes the completions and the steps up to and including a time, in order.
    fn proceed(&mut self, time: u64) -> Result<()> {
        let timeline = self.timeline;
        while let Some(step) = timeline.steps.get(self.steps_done)
            && step.at <= time
        {
            self.finish_until(step.at)?;
            self.at(step.at)?;
            self.steps_done += 1;
            self.take(&step.event)?;
        }
        self.finish_until(time)
    }

    fn finish_until(&mut self, time: u64) -> Result<()> {
        while let Some((end, place)) = self.agenda.next().filter(|&(end, _)| end <= time) {
            self.at(end)?;
            let station = &mut self.stations[place];
            if let Some(visit) = station.depart() {
                self.agenda.set(place, station.next_end());
                self.complete(visit, place);
            }
        }
        Ok(())
    }

    fn complete(&mut self, visit: Visit, place: usize) {
        let Visit {
            number,
            arrival,
            found,
            ticket,
        } = visit;
        self.record.finished(number, arrival, self.now, place);
        let latency = Duration::from_nanos(self.now - arrival);
        if let Some(expected) = self.expected.get_mut(place) {
            expected.record(found, latency);
        }
        ticket.finish(Outcome::success(latency));
    }

    fn admit(&mut self, number: u64, request: Request<'_>) -> Result<()> {
        let Request {
            arrival, service, ..
        } = request;
        let hot = self.hot_key();
        let key = hot.as_deref().map(str::as_bytes).or(request.key);
        let instance = (number % self.balancers.len() as u64) as usize;
        if !self.expected.is_empty() {
            self.probe(instance);
        }
        let ticket = match self.balancers[instance].route(key) {
            Ok(ticket) => ticket,
            Err(RouteError::NoBackend) => {
                self.record.note(number, arrival, None, Fate::Rejected);
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let place = self.places[ticket.slot().index()];
        let station = &mut self.stations[place];
        let refused = match (station.is_up(), station.has_room()) {
            (true, true) => None,
            (true, false) => Some(Fate::Rejected),
            (false, _) => Some(Fate::Failed),
        };
        if let Some(fate) = refused {
            self.record.note(number, arrival, Some(place), fate);
            if station.is_up() {
                self.record.offered(number, place, service);
            }
            ticket.finish(Outcome::failure(Duration::ZERO));
            return Ok(());
        }
        let (service, found) = station.look_up(key, service);
        self.record.offered(number, place, service);
        let visit = Visit {
            number,
            arrival,
            found: in_flight(station),
            ticket,
        };
        station.arrive(visit, service);
        self.agenda.set(place, station.next_end());
        if let Some(is_hit) = found {
            let fate = if is_hit { Fate::Hit } else { Fate::Miss };
            self.record.note(number, arrival, Some(place), fate);
        }
        Ok(())
    }

    /// Returns the hot key, if there is one and this request has it.
    fn hot_key(&mut self) -> Option<Arc<str>> {
        let hot = self.hot.as_ref()?;
        let has_it = self.luck.random::<f64>() < hot.share;
        has_it.then(|| Arc::clone(&hot.key))
    }

    /// Probes some backends. A backend that is down does not answer.
    fn probe(&self, instance: usize) {
        let balancer = &self.balancers[instance];
        for backend in balancer.probes(PROBES) {
            let place = self.timeline.stations.get_index_of(backend.name());
            if let Some(place) = place.filter(|&place| self.stations[place].is_up()) {
                let in_flight = in_flight(&self.stations[place]);
                let report = Report {
                    in_flight,
                    latency: self.expected[place].at(in_flight),
                };
                // It was just drawn from this pool.
                let _ = balancer.report(backend.name(), report);
            }
        }
    }

    /// Applies an event of the timeline.
    fn take(&mut self, event: &Event<Members>) -> Result<()> {
        match event {
            Event::Speed { backend, factor } => {
                let place = self.timeline.station(backend)?;
                self.stations[place].set_speed(self.now, *factor);
                let end = self.stations[place].next_end();
                self.agenda.set(place, end);
            }
            Event::Stop { backend } => self.stop(self.timeline.station(backend)?),
            Event::Start { backend } => self.start(self.timeline.station(backend)?),
            Event::Health { backend, healthy } => {
                for balancer in &self.balancers {
                    balancer.set_healthy(backend, *healthy)?;
                }
            }
            Event::Members(members) => {
                for balancer in &self.balancers {
                    balancer.update(members.backends.iter().cloned())?;
                }
                self.places.clone_from(&members.stations);
                self.send_to(&members.backends, members.joiner);
            }
            Event::Hot(hot) => self.hot.clone_from(hot),
        }
        Ok(())
    }

    /// Notes which backends get new requests; one that joins is the machine of its weight.
    fn send_to(&mut self, members: &[Backend], joiner: Option<usize>) {
        let mut takes_requests = vec![false; self.stations.len()];
        for (place, backend) in self.places.iter().zip(members) {
            takes_requests[*place] = !backend.is_draining() && !backend.is_down();
        }
        for (station, takes_requests) in self.stations.iter_mut().zip(takes_requests) {
            station.set_takes_requests(self.now, takes_requests);
        }
        if let Some(joiner) = joiner {
            let (name, weight) = (members[joiner].name(), members[joiner].weight());
            let cache = self.machines.cache(name, weight, self.model.cache);
            let speed = self.machines.speed(name, weight);
            self.stations[self.places[joiner]].renew(self.now, speed, cache);
        }
    }

    fn start(&mut self, place: usize) {
        self.stations[place].start(self.now);
        if let Some(expected) = self.expected.get_mut(place) {
            *expected = ExpectedLatency::default();
        }
    }

    fn stop(&mut self, place: usize) {
        let lost = self.stations[place].stop(self.now);
        self.agenda.set(place, None);
        for visit in lost {
            let (number, arrival) = (visit.number, visit.arrival);
            self.record.note(number, arrival, Some(place), Fate::Failed);
            let time = Duration::from_nanos(self.now - arrival);
            visit.ticket.finish(Outcome::failure(time));
        }
    }

    fn at(&mut self, time: u64) -> Result<()> {
        self.record.pass(time, &mut self.stations)?;
        self.now = time;
        self.clock.set(time);
        Ok(())
    }

    fn figures(mut self) -> Figures {
        let servers = f64::from(self.model.servers);
        let loads = self.record.loads(self.now, &mut self.stations);
        let shares = self
            .timeline
            .stations
            .keys()
            .zip(self.record.tallies.iter().zip(loads))
            .map(
                |(name, (tally, (busy_servers, mean_queue)))| BackendFigures {
                    backend: name.clone(),
                    requests: tally.finished,
                    rejected: tally.counts.rejected,
                    failed: tally.counts.failed,
                    hit_ratio: tally.counts.hit_ratio(),
                    offered_load: tally.offered_load(),
                    utilisation: busy_servers / servers,
                    mean_queue,
                },
            )
            .collect();
        let ignores = |balancer: &LoadBalancer| Shares::of(&balancer.snapshot()).ignore_weights();
        Figures {
            ignores_weights: self.balancers.first().is_some_and(ignores),
            requests: self.record.times.count(),
            rejected: self.record.counts.rejected,
            failed: self.record.counts.failed,
            hit_ratio: self.record.counts.hit_ratio(),
            backends: shares,
            latency: self.record.times.latency(),
            quantiles: self.record.times.quantiles(),
            phases: self.record.phases(),
            windows: self.record.windows(self.now, &mut self.stations),
            windows_aside: Vec::new(),
            measured_from_ns: self.record.from,
            ended_ns: self.now,
        }
    }
}

/// Returns the number of requests at a station.
fn in_flight(station: &Station) -> u32 {
    station.len().try_into().unwrap_or(u32::MAX)
}
