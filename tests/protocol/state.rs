//! What a conversation tells another process of its state, and what it is told of the backends.

use serde_json::{Value, json};

use super::*;

/// The last answer to some messages.
fn last(messages: &[Value]) -> Value {
    let lines: Vec<_> = messages.iter().map(Value::to_string).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    body(answers(&lines).last().unwrap())
}

fn fingerprint(messages: &[Value]) -> Value {
    last(&[messages, &[json!({"type": "fingerprint"})]].concat())
}

#[test]
fn a_restarted_process_carries_on_where_the_other_was() {
    for algorithm in ["anchor", "choose-k", "dx", "jump-back", "memento"] {
        let backends =
            |names: &[&str]| json!({"type": "init", "backends": names, "algorithm": algorithm});
        let living = fingerprint(&[
            backends(&["a", "b", "c", "d"]),
            json!({"type": "remove_backend", "backend": "b"}),
            json!({"type": "add_backend", "backend": {"name": "e", "weight": 2}}),
        ]);
        let now = json!(["e", "c", "d", "a"]);
        let mut init = json!({"type": "init", "algorithm": algorithm, "backends": now});
        init["backends"][0] = json!({"name": "e", "weight": 2});
        assert_ne!(
            fingerprint(std::slice::from_ref(&init)),
            living,
            "{algorithm}"
        );
        init["numbering"] = living["numbering"].clone();
        assert_eq!(fingerprint(&[init]), living, "{algorithm}");
    }
}

#[test]
fn strategies_without_a_history_show_none() {
    let ring = json!({"type": "init", "backends": ["a", "b"]});
    let shuffled = json!({"type": "init", "backends": ["b", "a"]});
    let state = fingerprint(&[ring]);
    assert_eq!(state["fingerprint"].as_str().unwrap().len(), 16);
    assert_eq!(state.get("numbering"), None);
    assert_eq!(fingerprint(&[shuffled]), state);
}

#[test]
fn a_numbering_that_cannot_be_is_refused() {
    let init = |numbering: Value| {
        let answer = last(&[
            json!({"type": "init", "backends": ["a"], "algorithm": "anchor", "numbering": numbering}),
        ]);
        answer["text"].as_str().unwrap_or("accepted").to_owned()
    };
    let valid = json!({"first": 2, "buckets": [["a", 1], [null, 1], ["b", 1]], "vacated": [1]});
    assert_eq!(init(valid.clone()), "accepted");
    for (field, wrong, text) in [
        (
            "vacated",
            json!([]),
            "bucket 1 is vacant; expected it in `vacated`",
        ),
        (
            "vacated",
            json!([1, 1]),
            "which is not vacant or is listed twice",
        ),
        ("vacated", json!([7]), "lists bucket 7"),
        (
            "buckets",
            json!([["a", 4_000_000_000u64], ["b", 1]]),
            "too many; a pool may have 16777216",
        ),
        ("buckets", json!([["", 1], [null, 1]]), "empty name"),
        ("first", json!(4_000_000_000u64), "`first` is 4000000000"),
        ("more", json!(1), "unknown field `more`"),
    ] {
        let mut numbering = valid.clone();
        numbering[field] = wrong;
        let answered = init(numbering);
        assert!(answered.contains(text), "{field}: {answered}");
    }
}

#[test]
fn a_reported_latency_makes_strategies_avoid_a_slow_backend() {
    let backends = ["slow", "b", "c", "d", "e"];
    let init = json!({"type": "init", "backends": backends, "algorithm": "peak-ewma"});
    let mut messages = vec![init];
    for number in 0..100 {
        messages.push(json!({"type": "http_request", "msg_id": number}));
        // Where it went is not known here: all are completed as what they are.
        for backend in backends {
            let latency = if backend == "slow" { 900.0 } else { 1.0 };
            messages.push(
                json!({"type": "request_complete", "backend": backend, "latency_ms": latency}),
            );
        }
    }
    let lines: Vec<_> = messages.iter().map(Value::to_string).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let answers = answers(&lines);
    let routed: Vec<_> = answers
        .iter()
        .filter(|answer| answer.contains("http_response"))
        .collect();
    let slow = routed
        .iter()
        .filter(|answer| answer.contains(r#""backend": "slow""#));
    // Both candidates are the slow one in a 25th of the cases.
    assert!(routed.len() == 100 && slow.count() < 12);
}

#[test]
fn reports_and_probes_are_for_strategies_that_need_them() {
    converse(&[
        (
            r#"{"type":"init","backends":["a","b"],"algorithm":"prequal"}"#,
            r#"{"type": "init_ok"}"#,
        ),
        (
            r#"{"type":"report","backend":"c","in_flight":1,"latency_ms":3}"#,
            r#"{"type": "error", "code": 20, "text": "there is no backend `c`"}"#,
        ),
        (
            r#"{"type":"report","backend":"a","in_flight":1,"latency_ms":-3}"#,
            r#"{"type": "error", "code": 12, "text": "latency_ms: -3 is no time; expected 0 or more"}"#,
        ),
        (
            r#"{"type":"report","backend":"a","in_flight":1}"#,
            r#"{"type": "error", "code": 12, "text": "missing field `latency_ms`"}"#,
        ),
        (
            r#"{"type":"report","backend":"a","in_flight":90,"latency_ms":300}"#,
            r#"{"type": "report_ok"}"#,
        ),
        (
            r#"{"type":"report","backend":"b","in_flight":1,"latency_ms":1}"#,
            r#"{"type": "report_ok"}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":1}"#,
            r#"{"type": "http_response", "in_reply_to": 1, "backend": "b"}"#,
        ),
        (
            r#"{"type":"probes","count":5,"algorithm":"round-robin"}"#,
            r#"{"type": "probes_ok", "backends": []}"#,
        ),
    ]);
    let probes = last(&[
        json!({"type": "init", "backends": ["a", "b"], "algorithm": "prequal"}),
        json!({"type": "probes", "count": 5}),
    ]);
    assert_eq!(probes["backends"].as_array().unwrap().len(), 2);
}

/// What a change moves is told as it will be in the end, though a newcomer has nothing at first.
#[test]
fn a_remap_is_told_past_the_warm_up() {
    let clients: Vec<_> = (0..200).map(|number| format!("c{number}")).collect();
    let remap = |init: Value| {
        let change = json!({"type": "test_remap", "new_backend": "d", "clients": clients});
        last(&[init, change])["moved"].clone()
    };
    let plain = json!({"type": "init", "backends": ["a", "b", "c"], "algorithm": "rendezvous"});
    let mut warming = plain.clone();
    warming["warm_up"] = json!({"seconds": 3600});
    let moved = remap(plain);
    assert!(moved.as_array().is_some_and(|moved| !moved.is_empty()));
    assert_eq!(remap(warming), moved);
}

#[test]
fn a_ping_is_answered_before_any_init() {
    converse(&[
        (
            r#"{"type":"ping","msg_id":1}"#,
            r#"{"type": "ping_ok", "in_reply_to": 1}"#,
        ),
        (
            r#"{"type":"status"}"#,
            r#"{"type": "error", "code": 22, "text": "no `init` has named the backends yet"}"#,
        ),
    ]);
}

#[test]
fn a_status_shows_backends_weights_health_and_requests_in_flight() {
    let pool = r#"{"type":"init","algorithm":"least-connections","backends":["a",{"name":"b","weight":2},{"name":"c","drain":true,"connections":3},{"name":"d","down":true},{"name":"e","backup":true}]}"#;
    let answers = answers(&[
        pool,
        r#"{"type":"http_request"}"#,
        r#"{"type":"http_request"}"#,
        r#"{"type":"set_healthy","backend":"a","healthy":false}"#,
        r#"{"type":"status","msg_id":"s"}"#,
        r#"{"type":"fingerprint"}"#,
        r#"{"type":"status","algorithm":"rendezvous"}"#,
    ]);
    let status = body(&answers[4]);
    assert_eq!(status["type"], "status_ok");
    assert_eq!(status["in_reply_to"], "s");
    assert_eq!(status["algorithm"], "least-connections");
    assert_eq!(status["fingerprint"], body(&answers[5])["fingerprint"]);
    assert_eq!(
        status["backends"],
        json!([
            {"name": "a", "weight": 1, "health": "unhealthy", "in_flight": 1},
            {"name": "b", "weight": 2, "health": "healthy", "in_flight": 1},
            {"name": "c", "weight": 1, "health": "draining", "in_flight": 3},
            {"name": "d", "weight": 1, "health": "down", "in_flight": 0},
            {"name": "e", "weight": 1, "health": "healthy", "backup": true, "in_flight": 0},
        ])
    );
    assert_eq!(body(&answers[6])["algorithm"], "rendezvous");
    assert_ne!(body(&answers[6])["fingerprint"], status["fingerprint"]);
}

#[test]
fn a_second_init_says_how_many_open_requests_it_released() {
    let init = r#"{"type":"init","backends":["a","b"],"algorithm":"least-connections"}"#;
    let answers = answers(&[
        init,
        r#"{"type":"http_request","msg_id":1}"#,
        r#"{"type":"http_request"}"#,
        r#"{"type":"init","backends":[]}"#,
        init,
        r#"{"type":"request_complete","request":1}"#,
        r#"{"type":"http_request","msg_id":1}"#,
        init,
        init,
    ]);
    assert_eq!(answers[0], r#"{"type": "init_ok"}"#);
    assert_eq!(body(&answers[3])["code"], 12, "{}", answers[3]);
    assert_eq!(answers[4], r#"{"type": "init_ok", "released": 2}"#);
    assert_eq!(body(&answers[5])["code"], 20);
    assert_eq!(
        answers[6],
        r#"{"type": "http_response", "in_reply_to": 1, "backend": "a", "active_connections": {"a": 1, "b": 0}}"#
    );
    assert_eq!(answers[7], r#"{"type": "init_ok", "released": 1}"#);
    assert_eq!(answers[8], r#"{"type": "init_ok"}"#);
}
