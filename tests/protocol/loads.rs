//! Where requests in flight matter: caps, bounds, and several algorithms in one conversation.

use super::*;

fn backend(line: &str) -> String {
    body(line)["backend"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// The answer's backend is the first of its owners, also when it takes the last place there.
#[test]
fn the_first_owner_is_the_answer_also_at_a_cap_or_bound() {
    let capped = r#"{"type":"init","backends":[{"name":"a","max_in_flight":1},{"name":"b","max_in_flight":1},{"name":"c","max_in_flight":1}]}"#;
    let bounded = r#"{"type":"init","backends":["a","b","c"],"bounded_load":1}"#;
    let owners = r#"{"type":"http_request","client_id":"k","owners":3}"#;
    for init in [capped, bounded] {
        let answers = answers(&[init, owners, owners, owners]);
        let mut found = Vec::new();
        for (number, answer) in answers[1..].iter().enumerate() {
            let owners = body(answer)["owners"].clone();
            assert_eq!(owners[0], backend(answer), "{answer}");
            assert_eq!(owners.as_array().unwrap().len(), 3 - number, "{answer}");
            found.push(backend(answer));
        }
        found.sort();
        assert_eq!(found, ["a", "b", "c"]);
    }
}

#[test]
fn a_cap_holds_under_all_algorithms_of_a_conversation_together() {
    let init = r#"{"type":"init","backends":[{"name":"a","max_in_flight":1},{"name":"b","max_in_flight":1}],"algorithm":"ketama"}"#;
    let keyed = |id: u32| format!(r#"{{"type":"http_request","msg_id":{id},"client_id":"k"}}"#);
    let turn =
        |id: u32| format!(r#"{{"type":"http_request","msg_id":{id},"algorithm":"round-robin"}}"#);
    let done = |id: u32| format!(r#"{{"type":"request_complete","request":{id}}}"#);
    let lines = [
        init.to_owned(),
        keyed(1),
        turn(2),
        keyed(3),
        turn(4),
        done(1),
        done(2),
        turn(5),
        turn(6),
    ];
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let answers = answers(&lines);
    assert_ne!(backend(&answers[1]), backend(&answers[2]));
    for refused in &answers[3..5] {
        assert_eq!(body(refused)["code"], 22, "{refused}");
    }
    assert_ne!(backend(&answers[7]), backend(&answers[8]));
}

/// What an algorithm that no longer fits had counted is counted again when it fits once more.
#[test]
fn counts_outlive_an_algorithm_that_does_not_fit_for_a_while() {
    let request = r#"{"type":"http_request","msg_id":2,"algorithm":"haproxy-leastconn"}"#;
    let weight =
        |weight: u32| format!(r#"{{"type":"set_weight","backend":"b","weight":{weight}}}"#);
    let answers = answers(&[
        r#"{"type":"init","backends":["a","b"]}"#,
        request,
        &weight(300),
        &weight(1),
        r#"{"type":"http_request","msg_id":3,"algorithm":"haproxy-leastconn"}"#,
    ]);
    assert_eq!(
        (backend(&answers[1]), backend(&answers[4])),
        ("a".into(), "b".into())
    );
}

/// Only a change of a description builds again; health alone leaves turns and orders as they are.
#[test]
fn health_alone_resets_no_dialect() {
    let init = |algorithm: &str| {
        format!(r#"{{"type":"init","backends":["a","b","c"],"algorithm":"{algorithm}"}}"#)
    };
    let healthy = r#"{"type":"set_eligible","backend":"c","eligible":true}"#;
    let turn = r#"{"type":"http_request"}"#;
    let nginx = answers(&[
        &init("nginx-hash-consistent"),
        turn,
        healthy,
        turn,
        healthy,
        turn,
    ]);
    let went: Vec<_> = [1, 3, 5].map(|line: usize| backend(&nginx[line])).into();
    assert_eq!(went, ["a", "b", "c"]);
    let haproxy = answers(&[
        &init("haproxy-leastconn"),
        r#"{"type":"http_request","msg_id":2}"#,
        r#"{"type":"request_complete","request":2}"#,
        r#"{"type":"set_eligible","backend":"c","eligible":false}"#,
        turn,
    ]);
    assert_eq!(backend(&haproxy[4]), "b");
}

/// A what-if and owners take no turn, and compare like with like.
#[test]
fn questions_change_nothing_and_see_no_load() {
    let init = r#"{"type":"init","backends":["a","b","c"],"algorithm":"nginx-hash-consistent"}"#;
    let what_if = r#"{"type":"test_remap","clients":["",""],"new_backend":"d"}"#;
    let owners = r#"{"type":"http_request","client_id":"","owners":3}"#;
    let turn = r#"{"type":"http_request"}"#;
    let asked = answers(&[init, what_if, owners, turn]);
    assert_eq!(
        body(&asked[2])["owners"],
        serde_json::json!(["a", "b", "c"])
    );
    assert_eq!(
        (backend(&asked[2]), backend(&asked[3])),
        ("a".into(), "b".into())
    );
    let idle = answers(&[
        r#"{"type":"init","backends":["a","b","c"],"bounded_load":1}"#,
        r#"{"type":"http_request","client_id":"k"}"#,
        r#"{"type":"test_remap","clients":["k","l"],"new_backend":{"name":"d","down":true}}"#,
    ]);
    assert_eq!(body(&idle[2])["remapped"], 0, "{}", idle[2]);
}

#[test]
fn requests_that_bring_their_counts_draw_anew_each_time() {
    let mut lines =
        vec![r#"{"type":"init","backends":["a","b","c"],"algorithm":"power-of-two-choices"}"#];
    let request = r#"{"type":"http_request","active_connections":{"a":1,"b":1,"c":1}}"#;
    lines.extend([request; 40]);
    let answers = answers(&lines);
    for name in ["a", "b", "c"] {
        let own = format!(r#"{{"type": "http_response", "backend": "{name}"}}"#);
        let count = answers.iter().filter(|answer| **answer == own).count();
        assert!((4..=24).contains(&count), "{name}: {count}");
    }
}
