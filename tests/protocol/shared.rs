//! Many clients that share one conversation.

use std::thread;

use super::server::{Server, on_stdio, wait_until};

const CONFIG: &str = "configs/least-connections.yaml";
const COUNTED: &str = r#"{"type":"http_request","msg_id":1}"#;

/// How many requests are in flight, without one more.
fn in_flight(client: &mut super::server::Client) -> u64 {
    let answer = client.ask(r#"{"type":"http_request","msg_id":999}"#);
    let answer = super::body(&answer);
    let counts = answer["active_connections"].as_object().unwrap();
    let sum: u64 = counts.values().map(|count| count.as_u64().unwrap()).sum();
    client.ask(r#"{"type":"request_complete","request":999}"#);
    sum - 1
}

#[test]
fn answers_by_key_are_those_of_stdio() {
    let arguments = ["configs/ketama.yaml"];
    let server = Server::start(&["--shared", "configs/ketama.yaml"]);
    thread::scope(|scope| {
        for number in 0..10 {
            let client = server.connect();
            scope.spawn(move || {
                let mut lines = String::new();
                for key in 0..3000 {
                    lines += &format!(
                        "{{\"type\":\"http_request\",\"msg_id\":{key},\"client_id\":\"{number}-{key}\",\"owners\":2}}\n"
                    );
                }
                let answers = client.converse(lines.as_bytes(), 700 + number * 1000);
                assert_eq!(answers, on_stdio(&arguments, lines.as_bytes()), "client {number}");
            });
        }
    });
}

#[test]
fn one_client_is_answered_as_on_stdio() {
    let server = Server::start(&["--shared", CONFIG]);
    let mut lines = String::new();
    for number in 1..500 {
        lines += &match number % 5 {
            0 => format!(
                "{{\"type\":\"request_complete\",\"request\":{}}}\n",
                number - 3
            ),
            1 => format!(
                "{{\"type\":\"set_healthy\",\"backend\":\"b1\",\"healthy\":{}}}\n",
                number % 2 == 0
            ),
            _ => format!(
                "{{\"type\":\"http_request\",\"msg_id\":{number},\"client_id\":\"{number}\"}}\n"
            ),
        };
    }
    let expected = on_stdio(&[CONFIG], lines.as_bytes());
    assert_eq!(server.connect().converse(lines.as_bytes(), 999), expected);
}

#[test]
fn counts_are_common_and_open_requests_are_each_clients_own() {
    let server = Server::start(&["--shared", CONFIG]);
    let (mut one, mut two, mut three) = (server.connect(), server.connect(), server.connect());
    one.reach(COUNTED);
    assert!(
        two.ask(COUNTED).contains("http_response"),
        "its msg_id is its own"
    );
    assert!(two.ask(COUNTED).contains(r#""code": 21"#));
    assert_eq!(in_flight(&mut three), 2);

    let complete = r#"{"type":"request_complete","request":1}"#;
    assert!(three.ask(complete).contains(r#""code": 20"#));
    assert_eq!(one.ask(complete), r#"{"type": "request_complete_ok"}"#);
    assert_eq!(in_flight(&mut three), 1);
    assert!(
        one.ask(complete).contains(r#""code": 20"#),
        "it has none left"
    );

    drop(two);
    wait_until("the requests of the client that left are released", || {
        in_flight(&mut three) == 0
    });
}

#[test]
fn a_client_completes_the_oldest_request_of_its_own_on_a_backend() {
    let server = Server::start(&["--shared"]);
    let (mut one, mut two) = (server.connect(), server.connect());
    one.ask(r#"{"type":"init","backends":["a"],"algorithm":"least-connections"}"#);
    one.ask(COUNTED);
    let complete = r#"{"type":"request_complete","backend":"a"}"#;
    assert!(two.ask(complete).contains(r#""code": 20"#));
    assert_eq!(in_flight(&mut two), 1);
    assert_eq!(one.ask(complete), r#"{"type": "request_complete_ok"}"#);
    assert_eq!(in_flight(&mut two), 0);
}

#[test]
fn a_change_by_one_client_is_seen_by_all() {
    let server = Server::start(&["--shared", CONFIG]);
    let (mut one, mut two) = (server.connect(), server.connect());
    two.ask(COUNTED);
    let init = r#"{"type":"init","backends":["x"],"algorithm":"least-connections"}"#;
    assert_eq!(one.ask(init), r#"{"type": "init_ok", "released": 1}"#);
    // The conversation starts again: earlier open requests are gone.
    let complete = r#"{"type":"request_complete","request":1}"#;
    assert!(two.ask(complete).contains(r#""code": 20"#));
    assert_eq!(
        two.ask(COUNTED),
        r#"{"type": "http_response", "in_reply_to": 1, "backend": "x", "active_connections": {"x": 1}}"#
    );
    one.ask(r#"{"type":"add_backend","backend":"y"}"#);
    one.ask(r#"{"type":"set_healthy","backend":"x","healthy":false}"#);
    assert!(
        two.ask(r#"{"type":"http_request","msg_id":2}"#)
            .contains(r#""backend": "y""#)
    );
}

#[test]
fn all_counts_return_to_zero_when_clients_break_off() {
    let server = Server::start(&["--shared", CONFIG]);
    thread::scope(|scope| {
        for number in 0..8 {
            let mut client = server.connect();
            scope.spawn(move || {
                for request in 0..300 {
                    client.send(&format!(
                        "{{\"type\":\"http_request\",\"msg_id\":{request}}}\n"
                    ));
                }
                if number % 2 == 0 {
                    client.line();
                }
                client.send(r#"{"type":"http_requ"#);
            });
        }
    });
    let mut client = server.connect();
    wait_until("nothing is in flight", || in_flight(&mut client) == 0);
}
