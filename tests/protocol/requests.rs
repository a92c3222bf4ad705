//! Requests and their ends, under every kind of strategy.

use super::*;

#[test]
fn a_client_always_reaches_the_same_backend() {
    let answers = answers(&[INIT, ALICE, ALICE, ALICE]);
    assert_eq!(answers[0], INIT_OK);
    assert!(
        answers[1] == answers[2] && answers[2] == answers[3],
        "{answers:?}"
    );
    let position = body(&answers[1])["hash_ring_position"].as_u64().unwrap();
    assert!(position < 360, "{position}");
}

#[test]
fn both_shapes_are_answered_in_kind() {
    converse(&[
        (INIT, INIT_OK),
        (
            r#"{"type":"init","msg_id":18446744073709551615,"backends":["a"]}"#,
            r#"{"type": "init_ok", "in_reply_to": 18446744073709551615}"#,
        ),
        (
            r#"{"type":"init","backends":["a"]}"#,
            r#"{"type": "init_ok"}"#,
        ),
        (
            r#"{"dest":"lb","body":{"type":"init","backends":["a"]},"id":7}"#,
            r#"{"src": "lb", "body": {"type": "init_ok"}}"#,
        ),
        // With a type of its own a line is bare, whatever else it carries.
        (
            r#"{"type":"init","backends":["a"],"src":5,"body":{"type":9}}"#,
            r#"{"type": "init_ok"}"#,
        ),
        (
            r#"{"src":"\u0061\"","dest":"ä\n","body":{"type":"init","backends":["a\u00e9\\"]}}"#,
            r#"{"src": "ä\n", "dest": "a\"", "body": {"type": "init_ok"}}"#,
        ),
        (
            r#"{"type":"http_request","algorithm":"hrw","session_id":"\u0061"}"#,
            r#"{"type": "http_response", "backend": "aé\\"}"#,
        ),
    ]);
}

#[test]
fn requests_may_bring_their_own_backends_and_counts() {
    converse(&[
        (
            r#"{"src":"client","dest":"lb","body":{"type":"http_request","msg_id":1,"method":"GET","path":"/api/data","active_connections":{"api-1":3,"api-2":3,"api-3":3}}}"#,
            r#"{"src": "lb", "dest": "client", "body": {"type": "http_response", "in_reply_to": 1, "backend": "api-1"}}"#,
        ),
        (
            r#"{"type":"http_request","active_connections":{"z":3,"a":2,"b":2}}"#,
            r#"{"type": "http_response", "backend": "a"}"#,
        ),
        (
            r#"{"type":"http_request","active_connections":{}}"#,
            r#"{"type": "error", "code": 22, "text": "no eligible backend available"}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":3}"#,
            r#"{"type": "error", "in_reply_to": 3, "code": 22, "text": "no `init` has named the backends yet"}"#,
        ),
        (
            r#"{"type":"init","backends":["a","b"],"algorithm":"least-connections"}"#,
            r#"{"type": "init_ok"}"#,
        ),
        // A missing name counts nothing, and nothing stays in flight.
        (
            r#"{"type":"http_request","msg_id":4,"active_connections":{"a":1}}"#,
            r#"{"type": "http_response", "in_reply_to": 4, "backend": "b"}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":4}"#,
            r#"{"type": "http_response", "in_reply_to": 4, "backend": "a", "active_connections": {"a": 1, "b": 0}}"#,
        ),
    ]);
}

#[test]

fn turns_keep_their_proportions() {
    let of = |weights: [u32; 3], count: u32| {
        let [a, b, c] = weights;
        let init = format!(
            r#"{{"type":"init","algorithm":"weighted-round-robin","backends":[{{"name":"a","weight":{a}}},{{"name":"b","weight":{b}}},{{"name":"c","weight":{c}}}]}}"#
        );
        let send = format!(r#"{{"type":"send_requests","count":{count}}}"#);
        answers(&[&init, &send, &send])
    };
    let expected = r#"{"type": "send_requests_ok", "distribution": {"a": 4, "b": 4, "c": 2}}"#;
    assert_eq!(of([4, 4, 2], 10)[1..], [expected, expected]);
    let expected = r#"{"type": "send_requests_ok", "distribution": {"a": 10, "b": 3, "c": 1}}"#;
    assert_eq!(of([10, 3, 1], 14)[1..], [expected, expected]);
}

#[test]
fn least_connections_counts_until_a_request_is_complete() {
    converse(&[
        (
            r#"{"type":"init","algorithm":"least-connections","backends":["b",{"name":"a","connections":1}]}"#,
            r#"{"type": "init_ok"}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":1}"#,
            r#"{"type": "http_response", "in_reply_to": 1, "backend": "b", "active_connections": {"b": 1, "a": 1}}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":2}"#,
            r#"{"type": "http_response", "in_reply_to": 2, "backend": "b", "active_connections": {"b": 2, "a": 1}}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":2}"#,
            r#"{"type": "error", "in_reply_to": 2, "code": 21, "text": "the request 2 is still open"}"#,
        ),
        (
            r#"{"type":"send_requests","count":5}"#,
            r#"{"type": "send_requests_ok", "distribution": {"b": 2, "a": 3}}"#,
        ),
        (
            r#"{"type":"http_request"}"#,
            r#"{"type": "http_response", "backend": "a", "active_connections": {"b": 2, "a": 2}}"#,
        ),
        (
            r#"{"type":"request_complete","backend":"b"}"#,
            r#"{"type": "request_complete_ok"}"#,
        ),
        (
            r#"{"type":"request_complete","request":1}"#,
            r#"{"type": "error", "code": 20, "text": "there is no open request 1"}"#,
        ),
        (
            r#"{"type":"request_complete","request":2}"#,
            r#"{"type": "request_complete_ok"}"#,
        ),
        (
            r#"{"type":"request_complete","backend":"a"}"#,
            r#"{"type": "request_complete_ok"}"#,
        ),
        (
            r#"{"type":"request_complete","backend":"a"}"#,
            r#"{"type": "error", "code": 20, "text": "there is no open request on a backend `a`"}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":2}"#,
            r#"{"type": "http_response", "in_reply_to": 2, "backend": "b", "active_connections": {"b": 1, "a": 1}}"#,
        ),
        (
            r#"{"type":"remove_backend","backend":"b"}"#,
            r#"{"type": "remove_backend_ok"}"#,
        ),
        (
            r#"{"type":"request_complete","request":2}"#,
            r#"{"type": "request_complete_ok"}"#,
        ),
    ]);
}

#[test]
fn an_algorithm_of_single_requests_goes_on_with_its_turns_and_counts() {
    let turn = r#"{"type":"http_request","algorithm":"round-robin"}"#;
    let least = r#"{"type":"http_request","algorithm":"least-connections","client_id":"x"}"#;
    converse(&[
        (
            r#"{"type":"init","backends":["a","b","c"]}"#,
            r#"{"type": "init_ok"}"#,
        ),
        (turn, r#"{"type": "http_response", "backend": "a"}"#),
        (
            least,
            r#"{"type": "http_response", "backend": "a", "active_connections": {"a": 1, "b": 0, "c": 0}}"#,
        ),
        (turn, r#"{"type": "http_response", "backend": "b"}"#),
        (
            r#"{"type":"remove_backend","backend":"b"}"#,
            r#"{"type": "remove_backend_ok"}"#,
        ),
        (turn, r#"{"type": "http_response", "backend": "c"}"#),
        (
            least,
            r#"{"type": "http_response", "backend": "c", "active_connections": {"a": 1, "c": 1}}"#,
        ),
        (
            r#"{"type":"request_complete","backend":"a"}"#,
            r#"{"type": "request_complete_ok"}"#,
        ),
    ]);
}

#[test]
fn eligibility_weights_owners_and_retries() {
    let answers = answers(&[
        r#"{"type":"init","backends":["a","b",{"name":"c","drain":true}]}"#,
        r#"{"type":"http_request","client_id":"k","owners":9}"#,
        r#"{"type":"set_eligible","backend":"c","eligible":true}"#,
        r#"{"type":"http_request","client_id":"k","owners":9,"explain":true}"#,
        r#"{"type":"http_request","client_id":"k","owners":1,"exclude":["a"]}"#,
        r#"{"type":"set_eligible","backend":"a","eligible":false}"#,
        r#"{"type":"set_eligible","backend":"b","eligible":false}"#,
        r#"{"type":"http_request","client_id":"k"}"#,
        r#"{"type":"set_eligible","backend":"c","eligible":false}"#,
        r#"{"type":"http_request","client_id":"k"}"#,
        r#"{"type":"set_weight","backend":"c","weight":5}"#,
        r#"{"type":"set_eligible","backend":"a","eligible":true}"#,
        r#"{"type":"http_request","client_id":"k"}"#,
    ]);
    let owners = |answer: usize| body(&answers[answer])["owners"].as_array().unwrap().len();
    assert_eq!((owners(1), owners(3), owners(4)), (2, 3, 1));
    assert_eq!(body(&answers[3])["owners"][0], body(&answers[3])["backend"]);
    let point = body(&answers[3])["hash_ring_point"].as_u64().unwrap();
    assert_eq!(body(&answers[3])["hash_ring_position"], (point * 360) >> 32);
    assert_ne!(body(&answers[4])["backend"], "a");
    assert_eq!(body(&answers[7])["backend"], "c");
    assert_eq!(body(&answers[9])["code"], 22);
    assert_eq!(body(&answers[12])["backend"], "a");
}

/// As the library does: a retry names what was tried, which may have left the pool in the meantime.
#[test]
fn an_excluded_name_that_is_no_longer_there_makes_no_difference() {
    let ask = r#"{"type":"http_request","client_id":"k","owners":3}"#;
    let retry = r#"{"type":"http_request","client_id":"k","owners":3,"exclude":["gone"]}"#;
    let counted = r#"{"type":"http_request","msg_id":1,"algorithm":"least-connections","exclude":["gone","a"]}"#;
    let answers = answers(&[
        r#"{"type":"init","backends":["a","b","c"]}"#,
        ask,
        retry,
        counted,
    ]);
    assert_eq!(answers[1], answers[2]);
    assert_eq!(body(&answers[3])["backend"], "b");
}

#[test]
fn a_msg_id_may_be_a_text() {
    converse(&[
        (
            r#"{"type":"init","msg_id":"7","backends":["a"],"algorithm":"least-connections"}"#,
            r#"{"type": "init_ok", "in_reply_to": "7"}"#,
        ),
        (
            r#"{"src":"c","dest":"lb","body":{"type":"http_request","msg_id":"7"}}"#,
            r#"{"src": "lb", "dest": "c", "body": {"type": "http_response", "in_reply_to": "7", "backend": "a", "active_connections": {"a": 1}}}"#,
        ),
        // The number is another name than the text.
        (
            r#"{"type":"http_request","msg_id":7}"#,
            r#"{"type": "http_response", "in_reply_to": 7, "backend": "a", "active_connections": {"a": 2}}"#,
        ),
        (
            r#"{"type":"http_request","msg_id":"7"}"#,
            r#"{"type": "error", "in_reply_to": "7", "code": 21, "text": "the request `7` is still open"}"#,
        ),
        (
            r#"{"type":"request_complete","msg_id":"\u00e9\"","request":"7"}"#,
            r#"{"type": "request_complete_ok", "in_reply_to": "é\""}"#,
        ),
        (
            r#"{"type":"request_complete","msg_id":"","request":"7"}"#,
            r#"{"type": "error", "in_reply_to": "", "code": 20, "text": "there is no open request `7`"}"#,
        ),
        (
            r#"{"type":"request_complete","request":7}"#,
            r#"{"type": "request_complete_ok"}"#,
        ),
        (
            r#"{"type":"nope","msg_id":"x","body":1}"#,
            r#"{"type": "error", "in_reply_to": "x", "code": 10, "text": "unknown type `nope`, expected one of `init`, `http_request`, `request_complete`, `test_remap`, `add_backend`, `remove_backend`, `set_weight`, `set_healthy`, `set_eligible`, `send_requests`, `fingerprint`, `probes`, `report`, `status`, `ping`"}"#,
        ),
        (
            r#"{"type":"ping","msg_id":1.5}"#,
            r#"{"type": "error", "code": 12, "text": "msg_id: invalid type: floating point `1.5`, expected a whole number of 64 bits or a text"}"#,
        ),
    ]);
}
