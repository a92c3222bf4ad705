//! The dialects answer as the real programs did: every recorded row, loaded through the ordinary
//! config and replayed through the ordinary load balancer. `tests/vectors/README.md` has the format.

use std::collections::BTreeMap;
use std::fs;

use evenkeel::config::Config;
use evenkeel_algorithms::{LoadBalancer, Ticket};
use serde::Deserialize;
use serde_json::value::RawValue;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors");

/// The sets of keys and of events, by their names.
type Sets = BTreeMap<String, Box<RawValue>>;

#[derive(Deserialize)]
struct Row {
    name: String,
    config: Box<RawValue>,
    /// Of a row of kind `routes`.
    keys: Option<String>,
    /// Of a row of kind `hold`.
    events: Option<String>,
    picks: String,
}

/// `open` or `close`, whose, and the key of what is opened.
#[derive(Deserialize)]
struct Event(String, u64, #[serde(default)] Option<String>);

fn read(file: &str) -> String {
    fs::read_to_string(format!("{FOLDER}/{file}")).unwrap()
}

fn route(balancer: &LoadBalancer, key: Option<&str>) -> Ticket {
    balancer.route(key.map(str::as_bytes)).unwrap()
}

fn routes(balancer: &LoadBalancer, keys: &[Option<String>]) -> Vec<usize> {
    let went = |key: &Option<String>| route(balancer, key.as_deref()).slot().index();
    keys.iter().map(went).collect()
}

fn hold(balancer: &LoadBalancer, events: &[Event]) -> Vec<usize> {
    let (mut open, mut went) = (BTreeMap::new(), Vec::new());
    for Event(kind, id, key) in events {
        if kind == "open" {
            let ticket = route(balancer, key.as_deref());
            went.push(ticket.slot().index());
            open.insert(id, ticket);
        } else {
            drop(open.remove(id).expect("it was opened"));
        }
    }
    went
}

/// How many picks a row has; each must be the program's.
fn replay(row: &Row, sets: &Sets) -> usize {
    let config = Config::parse(row.config.get()).unwrap();
    let balancer = config.balancer().unwrap();
    let went = match (&row.keys, &row.events) {
        (Some(keys), None) => routes(&balancer, &parsed::<Vec<_>>(&sets[keys])),
        (None, Some(events)) => hold(&balancer, &parsed::<Vec<_>>(&sets[events])),
        _ => panic!("{}: neither keys nor events", row.name),
    };
    let expected: Vec<_> = row.picks.chars().map(|digit| digit.to_digit(36)).collect();
    let went: Vec<_> = went.into_iter().map(|index| Some(index as u32)).collect();
    let differ = expected.iter().zip(&went).filter(|(a, b)| a != b).count();
    assert_eq!((differ, went.len()), (0, expected.len()), "{}", row.name);
    went.len()
}

fn parsed<'a, T: Deserialize<'a>>(set: &'a RawValue) -> T {
    serde_json::from_str(set.get()).unwrap()
}

fn replay_all(file: &str) -> (usize, usize) {
    let (text, sets) = (read(file), parsed_sets());
    let rows = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let picks: Vec<_> = rows.map(|row: Row| replay(&row, &sets)).collect();
    (picks.len(), picks.iter().sum())
}

fn parsed_sets() -> Sets {
    serde_json::from_str(&read("keysets.json")).unwrap()
}

#[test]
fn nginx_hash_consistent_answers_as_nginx_did() {
    assert_eq!(replay_all("nginx.jsonl"), (11, 17_119));
}

#[test]
fn haproxy_leastconn_answers_as_haproxy_did() {
    assert_eq!(replay_all("haproxy.jsonl"), (2, 358));
}
