//! The tower adapter: requests over services that join, leave, are busy and fail. Everything is polled by hand, so that
//! every step is visible.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::common::{backend, backends, keys, owners};
use evenkeel_algorithms::strategy::anchor;
use evenkeel_algorithms::tower::{Balance, ResponseFuture};
use evenkeel_algorithms::{
    Algorithm, Anchor, Backend, Balancer, BuildError, Fingerprint, LeastConnections, LoadBalancer,
    Outcome, Pick, Pool, Profile, Rendezvous, RouteError, Seed, Slot,
};
use futures_core::Stream;
use tower::discover::Change;
use tower::{BoxError, Service};

/// What a service does next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    Free,
    Busy,
    Broken,
    /// It accepts requests, but does not answer yet.
    Slow,
    /// It accepts requests, and answers with an error.
    Failing,
}

/// A service that answers with its name.
#[derive(Clone, Debug)]
struct Node {
    name: String,
    mood: Arc<Mutex<Mood>>,
}

impl Node {
    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            mood: Arc::new(Mutex::new(Mood::Free)),
        }
    }

    fn is_in(&self, mood: Mood) -> bool {
        *self.mood.lock().unwrap() == mood
    }

    fn turn(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

impl Service<Key> for Node {
    type Response = String;
    type Error = BoxError;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        let mood = *self.mood.lock().unwrap();
        match mood {
            Mood::Busy => Poll::Pending,
            Mood::Broken => Poll::Ready(Err(format!("{} is broken", self.name).into())),
            Mood::Free | Mood::Slow | Mood::Failing => Poll::Ready(Ok(())),
        }
    }

    fn call(&mut self, _: Key) -> Answer {
        Answer(self.clone())
    }
}

struct Answer(Node);

impl Future for Answer {
    type Output = Result<String, BoxError>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        if self.0.is_in(Mood::Slow) {
            return Poll::Pending;
        }
        if self.0.is_in(Mood::Failing) {
            return Poll::Ready(Err("it failed".into()));
        }
        Poll::Ready(Ok(self.0.name.clone()))
    }
}

type Key = Option<[u8; 8]>;
type Found = Option<Result<Change<Backend, Node>, BoxError>>;

/// What is discovered, until the end or for now.
#[derive(Clone, Default)]
struct Discovery(Arc<Mutex<VecDeque<Found>>>);

impl Discovery {
    fn find(&self, found: Found) {
        self.0.lock().unwrap().push_back(found);
    }

    fn insert(&self, backend: Backend) -> Node {
        let node = Node::named(backend.name());
        self.find(Some(Ok(Change::Insert(backend, node.clone()))));
        node
    }

    fn remove(&self, name: &str) {
        self.find(Some(Ok(Change::Remove(Backend::new(name)))));
    }
}

impl Stream for Discovery {
    type Item = Result<Change<Backend, Node>, BoxError>;

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Found> {
        let found = self.0.lock().unwrap().pop_front();
        found.map_or(Poll::Pending, Poll::Ready)
    }
}

fn key_of(request: &Key) -> Option<Cow<'_, [u8]>> {
    request.as_ref().map(|key| key.as_slice().into())
}

type KeyOf = fn(&Key) -> Option<Cow<'_, [u8]>>;
type Subject = Balance<Discovery, KeyOf, Key>;
type Response = ResponseFuture<Node, KeyOf, Key>;

fn balance(algorithm: impl Algorithm, members: &[Backend]) -> (Subject, Discovery, Vec<Node>) {
    let discovery = Discovery::default();
    let nodes = members
        .iter()
        .map(|member| discovery.insert(member.clone()));
    let nodes = nodes.collect();
    let balance = Balance::new(algorithm, discovery.clone(), key_of as KeyOf);
    (balance.unwrap(), discovery, nodes)
}

fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

fn readiness(balance: &mut Subject) -> Poll<Result<(), String>> {
    let ready = balance.poll_ready(&mut context());
    ready.map_err(|error| error.to_string())
}

fn send(balance: &mut Subject, key: Key) -> Response {
    assert_eq!(readiness(balance), Poll::Ready(Ok(())));
    balance.call(key)
}

fn poll(response: &mut Pin<&mut Response>) -> Poll<Result<String, String>> {
    let polled = response.as_mut().poll(&mut context());
    polled.map_err(|error| error.to_string())
}

/// Returns the service that answers a request at once.
fn answer(balance: &mut Subject, key: [u8; 8]) -> String {
    let mut response = pin!(send(balance, Some(key)));
    let Poll::Ready(Ok(answer)) = poll(&mut response) else {
        panic!("expected an answer");
    };
    answer
}

fn node<'a>(nodes: &'a [Node], name: &str) -> &'a Node {
    let node = nodes.iter().find(|node| node.name == name);
    node.expect("a node of this name")
}

const WEIGHTS: [u64; 5] = [1, 3, 2, 1, 4];

#[test]
fn requests_go_where_a_load_balancer_sends_them() {
    let members = backends(&WEIGHTS);
    let (mut balance, discovery, _) = balance(Rendezvous::default(), &members);
    let pool = Pool::new(members.clone()).unwrap();
    let expected = LoadBalancer::new(Rendezvous::default(), pool).unwrap();
    for key in keys(0..200) {
        assert_eq!(answer(&mut balance, key), owners(&expected, &key, 1)[0]);
    }
    // One leaves, one joins, one gains weight.
    discovery.remove("b1");
    discovery.insert(backend("b9", 2));
    discovery.insert(backend("b0", 5));
    let mut after = members;
    after[0] = backend("b0", 5);
    after[1] = backend("b9", 2);
    expected.update(after).unwrap();
    for key in keys(0..200) {
        assert_eq!(answer(&mut balance, key), owners(&expected, &key, 1)[0]);
    }
    assert_eq!(balance.balancer().fingerprint(), expected.fingerprint());
}

#[test]
fn it_is_ready_once_there_is_a_backend() {
    let (mut balance, discovery, _) = balance(Rendezvous::default(), &[]);
    assert_eq!(readiness(&mut balance), Poll::Pending);
    discovery.insert(backend("a", 1));
    assert_eq!(readiness(&mut balance), Poll::Ready(Ok(())));
    discovery.remove("a");
    assert_eq!(readiness(&mut balance), Poll::Pending);
    discovery.find(None);
    let nobody = RouteError::NoBackend.to_string();
    assert_eq!(readiness(&mut balance), Poll::Ready(Err(nobody.clone())));
    assert_eq!(readiness(&mut balance), Poll::Ready(Err(nobody)));
}

/// Picks the first backend, and records the time and outcomes that it receives.
#[derive(Clone, Debug, Default)]
struct Listener {
    ends: Arc<Mutex<Vec<bool>>>,
    timeless: Arc<Mutex<usize>>,
}

impl Algorithm for Listener {
    fn build(&self, _: &Pool, _: Option<&dyn Balancer>) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(self.clone()))
    }

    fn profile(&self) -> Profile {
        Profile::TURNS.with_outcomes()
    }
}

impl Balancer for Listener {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        *self.timeless.lock().unwrap() += usize::from(pick.now().is_none());
        pick.pool().slots().find(|&slot| pick.allows(slot))
    }

    fn on_outcome(&self, _: &Pool, _: Slot, outcome: Outcome, _: Duration) {
        self.ends.lock().unwrap().push(outcome.success);
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text("listener");
    }
}

#[test]
fn a_balancer_gets_the_time_and_the_responses() {
    let listener = Listener::default();
    let (mut balance, _, nodes) = balance(listener.clone(), &[backend("a", 1)]);
    answer(&mut balance, [0; 8]);
    nodes[0].turn(Mood::Failing);
    let mut failing = pin!(send(&mut balance, None));
    assert!(matches!(poll(&mut failing), Poll::Ready(Err(_))));
    nodes[0].turn(Mood::Slow);
    drop(send(&mut balance, None));
    assert_eq!(*listener.ends.lock().unwrap(), [true, false]);
    assert_eq!(*listener.timeless.lock().unwrap(), 0);
}

#[test]
fn the_backends_stay_when_discovery_ends() {
    let (mut balance, discovery, _) = balance(Rendezvous::default(), &backends(&WEIGHTS));
    discovery.find(None);
    let before: Vec<_> = keys(0..50).map(|key| answer(&mut balance, key)).collect();
    let after: Vec<_> = keys(0..50).map(|key| answer(&mut balance, key)).collect();
    assert_eq!(before, after);
}

#[test]
fn a_request_is_in_flight_until_its_response_ends_or_is_dropped() {
    let (mut balance, _, nodes) = balance(Rendezvous::default(), &[backend("a", 1)]);
    nodes[0].turn(Mood::Slow);
    let mut response = pin!(send(&mut balance, Some([0; 8])));
    let in_flight = |balance: &Subject| balance.balancer().in_flight("a");
    assert_eq!(in_flight(&balance), Some(1));
    assert_eq!(poll(&mut response), Poll::Pending);
    let other = send(&mut balance, Some([1; 8]));
    assert_eq!(in_flight(&balance), Some(2));
    drop(other);
    assert_eq!(in_flight(&balance), Some(1));
    nodes[0].turn(Mood::Free);
    assert_eq!(poll(&mut response), Poll::Ready(Ok("a".to_owned())));
    // The future still exists.
    assert_eq!(in_flight(&balance), Some(0));
}

#[test]
fn least_connections_counts_open_responses() {
    let (mut balance, _, nodes) = balance(LeastConnections, &backends(&[1, 1, 2]));
    nodes.iter().for_each(|node| node.turn(Mood::Slow));
    let open: Vec<_> = (0..8).map(|_| send(&mut balance, None)).collect();
    let in_flight = |name| balance.balancer().in_flight(name);
    assert_eq!(
        ["b0", "b1", "b2"].map(in_flight),
        [Some(2), Some(2), Some(4)]
    );
    drop(open);
    assert_eq!(["b0", "b1", "b2"].map(in_flight), [Some(0); 3]);
}

#[test]
fn a_busy_service_delays_only_its_own_requests() {
    let (mut balance, _, nodes) = balance(Rendezvous::default(), &backends(&WEIGHTS));
    let key = keys(0..1).next().unwrap();
    let owner = answer(&mut balance, key);
    node(&nodes, &owner).turn(Mood::Busy);
    let mut waiting = pin!(send(&mut balance, Some(key)));
    assert_eq!(poll(&mut waiting), Poll::Pending);
    for other in keys(1..50) {
        let mut response = pin!(send(&mut balance, Some(other)));
        match poll(&mut response) {
            Poll::Ready(answer) => assert_ne!(answer.as_ref(), Ok(&owner)),
            Poll::Pending => assert_eq!(owners(balance.balancer(), &other, 1)[0], owner),
        }
    }
    node(&nodes, &owner).turn(Mood::Free);
    assert_eq!(poll(&mut waiting), Poll::Ready(Ok(owner)));
}

#[test]
fn a_request_to_a_broken_service_goes_to_the_next_owner() {
    let (mut balance, discovery, nodes) = balance(Rendezvous::default(), &backends(&WEIGHTS));
    let key = keys(0..1).next().unwrap();
    let owner = answer(&mut balance, key);
    let order = owners(balance.balancer(), &key, 5);
    assert_eq!(order[0], owner);
    node(&nodes, &order[0]).turn(Mood::Broken);
    node(&nodes, &order[1]).turn(Mood::Broken);
    assert_eq!(answer(&mut balance, key), order[2]);
    assert_eq!(owners(balance.balancer(), &key, 5), order[2..]);
    assert_eq!(balance.balancer().in_flight(&order[0]), Some(0));
    // A service that is inserted again has its keys again.
    discovery.insert(backend(&order[1], 1));
    assert_eq!(readiness(&mut balance), Poll::Ready(Ok(())));
    assert_eq!(
        answer(&mut balance, key),
        owners(balance.balancer(), &key, 1)[0]
    );
    assert_eq!(owners(balance.balancer(), &key, 5).len(), 4);
}

#[test]
fn a_service_that_replaced_a_broken_one_stays_healthy() {
    let (mut balance, discovery, nodes) = balance(Rendezvous::default(), &[backend("a", 1)]);
    nodes[0].turn(Mood::Busy);
    let mut waiting = pin!(send(&mut balance, Some([0; 8])));
    assert_eq!(poll(&mut waiting), Poll::Pending);
    discovery.insert(backend("a", 1));
    assert_eq!(readiness(&mut balance), Poll::Ready(Ok(())));
    nodes[0].turn(Mood::Broken);
    assert_eq!(
        poll(&mut waiting),
        Poll::Ready(Err("a is broken".to_owned()))
    );
    assert_eq!(answer(&mut balance, [0; 8]), "a");
}

#[test]
fn a_service_that_fails_after_it_has_left_affects_no_other() {
    let (mut balance, discovery, nodes) = balance(Rendezvous::default(), &backends(&WEIGHTS));
    let key = keys(0..1).next().unwrap();
    assert_eq!(readiness(&mut balance), Poll::Ready(Ok(())));
    let order = owners(balance.balancer(), &key, 5);
    node(&nodes, &order[0]).turn(Mood::Busy);
    let mut waiting = pin!(send(&mut balance, Some(key)));
    assert_eq!(poll(&mut waiting), Poll::Pending);
    discovery.remove(&order[0]);
    assert_eq!(readiness(&mut balance), Poll::Ready(Ok(())));
    node(&nodes, &order[0]).turn(Mood::Broken);
    assert_eq!(poll(&mut waiting), Poll::Ready(Ok(order[1].clone())));
    // Back with its own service, it has its keys.
    discovery.insert(backend(
        &order[0],
        WEIGHTS[order[0][1..].parse::<usize>().unwrap()],
    ));
    assert_eq!(answer(&mut balance, key), order[0]);
    assert_eq!(owners(balance.balancer(), &key, 5), order);
}

/// Services fail on other threads while they are replaced. Whichever comes first, the last one is never made unhealthy
/// by the failure of an earlier one.
#[test]
fn services_are_replaced_while_others_fail() {
    let (mut balance, discovery, nodes) = balance(Rendezvous::default(), &backends(&WEIGHTS));
    nodes.iter().for_each(|node| node.turn(Mood::Broken));
    for round in 0..200 {
        let waiting: Vec<_> = keys(0..20)
            .map(|key| send(&mut balance, Some(key)))
            .collect();
        std::thread::scope(|scope| {
            scope.spawn(move || {
                for response in waiting {
                    let _ = poll(&mut pin!(response));
                }
            });
            let names = (0..WEIGHTS.len()).map(|number| format!("b{number}"));
            let new: Vec<_> = names
                .zip(WEIGHTS)
                .map(|(name, weight)| discovery.insert(backend(&name, weight)))
                .collect();
            assert_eq!(readiness(&mut balance), Poll::Ready(Ok(())));
            let snapshot = balance.balancer().snapshot();
            let pool = snapshot.pool();
            assert!(pool.slots().all(|slot| pool.is_eligible(slot)), "{round}");
            new.iter().for_each(|node| node.turn(Mood::Broken));
        });
    }
    let healthy = WEIGHTS.iter().enumerate();
    for (number, &weight) in healthy {
        discovery.insert(backend(&format!("b{number}"), weight));
    }
    let expected = LoadBalancer::new(
        Rendezvous::default(),
        Pool::new(backends(&WEIGHTS)).unwrap(),
    );
    let expected = expected.unwrap();
    for key in keys(0..50) {
        assert_eq!(answer(&mut balance, key), owners(&expected, &key, 1)[0]);
    }
}

#[test]
fn without_another_backend_the_error_of_the_service_is_returned() {
    let (mut balance, discovery, nodes) = balance(Rendezvous::default(), &backends(&[1, 1]));
    nodes.iter().for_each(|node| node.turn(Mood::Broken));
    let mut response = pin!(send(&mut balance, Some([0; 8])));
    let last = owners(balance.balancer(), &[0; 8], 2).pop().unwrap();
    let error = format!("{last} is broken");
    assert_eq!(poll(&mut response), Poll::Ready(Err(error)));
    let mut response = pin!(send(&mut balance, Some([0; 8])));
    let nobody = RouteError::NoBackend.to_string();
    assert_eq!(poll(&mut response), Poll::Ready(Err(nobody)));
    // Made eligible by other code, it still has no service.
    balance.balancer().set_healthy("b0", true).unwrap();
    let mut response = pin!(send(&mut balance, Some([0; 8])));
    assert!(matches!(poll(&mut response), Poll::Ready(Err(_))));
    discovery.insert(backend("b0", 1));
    assert_eq!(answer(&mut balance, [0; 8]), "b0");
}

#[test]
fn a_routing_error_is_returned_in_the_response() {
    let capped = backend("a", 1).with_max_in_flight(NonZeroU32::MIN);
    let (mut balance, _, _) = balance(Rendezvous::default(), &[capped]);
    let refused = |error: RouteError| Poll::Ready(Err(error.to_string()));
    let mut response = pin!(send(&mut balance, None));
    assert_eq!(poll(&mut response), refused(RouteError::KeyRequired));
    let first = send(&mut balance, Some([0; 8]));
    let mut second = pin!(send(&mut balance, Some([0; 8])));
    assert_eq!(poll(&mut second), refused(RouteError::NoBackend));
    drop(first);
    assert_eq!(answer(&mut balance, [0; 8]), "a");
}

#[test]
fn faults_of_discovery_and_of_the_pool_end_readiness() {
    let (mut failing, discovery, _) = balance(Rendezvous::default(), &[]);
    discovery.find(Some(Err("no such zone".into())));
    assert_eq!(
        readiness(&mut failing),
        Poll::Ready(Err("no such zone".to_owned()))
    );
    let options = anchor::Options {
        capacity: Some(anchor::Capacity::new(2).unwrap()),
    };
    let (mut full, discovery, _) = balance(Anchor::new(Seed::DEFAULT, options), &backends(&[1; 3]));
    let error = BuildError::CapacityExceeded {
        algorithm: "anchor",
        buckets: 3,
        capacity: 2,
    };
    assert_eq!(readiness(&mut full), Poll::Ready(Err(error.to_string())));
    discovery.remove("b2");
    assert_eq!(readiness(&mut full), Poll::Ready(Ok(())));
}

#[test]
fn the_response_can_be_sent_to_another_thread() {
    fn sendable<T: Send>(_: &T) {}
    let (mut balance, _, _) = balance(Rendezvous::default(), &[backend("a", 1)]);
    sendable(&balance);
    sendable(&send(&mut balance, Some([0; 8])));
}
